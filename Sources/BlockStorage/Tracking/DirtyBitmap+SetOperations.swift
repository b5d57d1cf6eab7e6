extension DirtyBitmap {
  /// Marks what `other` marks, such as the transfer set of an abandoned delta.
  ///
  /// - Precondition: Both describe disks of one geometry.
  /// - Complexity: O(1) for each run marked in `other`; constant if this bitmap is empty.
  package mutating func formUnion(_ other: DirtyBitmap) {
    precondition(geometry == other.geometry, "bitmaps of one disk are united")
    if isEmpty {
      self = other
      return
    }
    other.forEachRun { mark($0) }
  }

  /// Clears what `other` marks.
  package mutating func subtract(_ other: DirtyBitmap) {
    precondition(geometry == other.geometry, "bitmaps of one disk are subtracted")
    other.forEachRun { clear($0) }
  }

  /// Calls `body` with every run of marked extents, in ascending order.
  package func forEachRun<Failure: Error>(
    _ body: (Range<Int>) throws(Failure) -> Void
  ) throws(Failure) {
    var extent = 0
    while let run = nextRun(from: extent) {
      try body(run)
      extent = run.upperBound
    }
  }
}

extension DirtyBitmap: Equatable {
  /// Whether both mark the same extents of disks of one geometry.
  package static func == (left: DirtyBitmap, right: DirtyBitmap) -> Bool {
    guard left.geometry == right.geometry, left.count == right.count else { return false }
    var extent = 0
    while let run = left.nextRun(from: extent) {
      guard run == right.nextRun(from: extent) else { return false }
      extent = run.upperBound
    }
    return true
  }
}
