extension ExtentStore {
  /// The digest computed anew from what is really stored.
  ///
  /// - Complexity: O(stored extents): where nothing was written, the image is what is stored.
  package func fullDigest() -> ContentDigest {
    var sum: UInt64 = 0
    forEachStoredPage { page, segment in
      sum &+= storedSum(page: page, segment) &- imageSum(segment)
    }
    return ContentDigest(image: image, payloadWidth: geometry.payloadWidth, change: .init(sum: sum))
  }

  /// The part of the digest's sum that belongs to what `extents` really hold.
  ///
  /// Equal on two disks of one payload width if the region holds the same on both, and 0 if it holds zeros only.
  package func digestSum(ofRegion extents: Range<Int>) -> UInt64 {
    geometry.validate(extents)
    var sum: UInt64 = 0
    var extent = extents.lowerBound
    while extent < extents.upperBound {
      let segment = pages.segment(from: extent, limit: extents.upperBound)
      sum &+= storedSum(page: extent >> pages.pageShift, segment)
      extent = segment.upperBound
    }
    return sum
  }

  /// Whether any extent of the region holds anything but zeros.
  package func isAllocated(region extents: Range<Int>) -> Bool {
    nextAllocatedRun(in: extents) != nil
  }

  /// The next run of extents in `range` that hold anything but zeros.
  ///
  /// - Returns: The run from the first such extent of `range` to the first extent of zeros or the end of
  ///   `range`; `nil` if `range` holds zeros only.
  package func nextAllocatedRun(in range: Range<Int>) -> Range<Int>? {
    geometry.validate(range)
    guard let start = firstExtent(in: range, isAllocated: true) else { return nil }
    return start..<(firstExtent(in: start..<range.upperBound, isAllocated: false) ?? range.upperBound)
  }

  /// The first extent of `range` that holds something, or the first that holds zeros.
  private func firstExtent(in range: Range<Int>, isAllocated: Bool) -> Int? {
    let width = geometry.payloadWidth
    var extent = range.lowerBound
    while extent < range.upperBound {
      let segment = pages.segment(from: extent, limit: range.upperBound)
      switch pages.page(extent >> pages.pageShift) {
      case .dense(let memory):
        for candidate in segment
        where ExtentContribution.isZero(memory + offset(inPage: candidate), byteCount: width) != isAllocated {
          return candidate
        }
        extent = segment.upperBound
      case .uniform(let payload):
        if ExtentContribution.isZero(payload, byteCount: width) != isAllocated { return extent }
        extent = segment.upperBound
      case .absent:
        // As far as nothing is stored, the image alone decides.
        let nextStored =
          pages.firstLeaf(from: extent, limit: range.upperBound)?.lowerBound ?? range.upperBound
        let absent = extent..<min(max(segment.upperBound, nextStored), range.upperBound)
        let used = absent.clamped(to: 0..<image.usedExtentCount)
        if isAllocated {
          if !used.isEmpty { return extent }
        } else if used.count < absent.count {
          return extent + used.count
        }
        extent = absent.upperBound
      }
    }
    return nil
  }

  /// Calls `body` with the number and the extents of every page that is stored, in ascending order.
  func forEachStoredPage(_ body: (_ page: Int, _ extents: Range<Int>) -> Void) {
    var extent = 0
    while extent < geometry.extentCount, let leaf = pages.firstLeaf(from: extent) {
      extent = leaf.lowerBound
      while extent < leaf.upperBound {
        let segment = pages.segment(from: extent, limit: leaf.upperBound)
        let page = extent >> pages.pageShift
        if case .absent = pages.page(page) {} else { body(page, segment) }
        extent = segment.upperBound
      }
    }
  }
}
