/// Turns bytes into the extents they touch.
struct ExtentCover: Sendable {
  let extentSizeBytes: UInt64

  /// The extents that hold a byte of `lower..<upper`, outward.
  ///
  /// - Precondition: The range is not empty.
  func extents(fromByte lower: UInt64, to upper: UInt64) -> Range<Int> {
    let first = lower / extentSizeBytes
    let last = (upper &- 1) / extentSizeBytes
    return Range(uncheckedBounds: (Int(truncatingIfNeeded: first), Int(truncatingIfNeeded: last) &+ 1))
  }
}

extension Array<Range<Int>> {
  /// Appends `run`, or grows the last run where `run` continues or overlaps it in ascending order.
  ///
  /// - Parameter firstIndex: Runs before this index stay as they are.
  mutating func appendJoining(_ run: Range<Int>, from firstIndex: Int) {
    guard count > firstIndex, let last, last.lowerBound <= run.lowerBound,
      run.lowerBound <= last.upperBound
    else {
      append(run)
      return
    }
    if run.upperBound > last.upperBound {
      self[count - 1] = last.lowerBound..<run.upperBound
    }
  }
}
