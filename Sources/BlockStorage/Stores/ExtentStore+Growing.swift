import Quantities

extension ExtentStore {
  /// A larger disk with the same content, zeros beyond.
  ///
  /// - Precondition: The geometry has extents of the same size and payload width, and no fewer.
  package func grown(to geometry: ExtentGeometry) -> ExtentStore {
    let larger = ExtentStore(geometry: geometry, image: image)
    let step = 4_096
    for start in stride(from: 0, to: self.geometry.extentCount, by: step) {
      let extents = start..<min(start + step, self.geometry.extentCount)
      if digestSum(ofRegion: extents) == larger.digestSum(ofRegion: extents) { continue }
      var payloads: [UInt8] = []
      read(extents, appendingTo: &payloads)
      larger.write(extents, payloads: payloads.span.bytes)
    }
    return larger
  }
}

extension ExtentStore {
  /// A larger disk with the same content in larger extents, zeros beyond.
  ///
  /// An extent that takes the place of several with one tag has that tag; of several tags it gets one that stands for
  /// them in their order. So two disks with the same content have the same content afterwards too.
  ///
  /// - Precondition: Payloads are tags on both. The extents are some power of two as large, and at most 64 become one.
  /// - Complexity: O(stored extents).
  package func coarsened(to geometry: ExtentGeometry) -> ExtentStore {
    precondition(
      geometry.payloadWidth == ExtentGeometry.tagWidth && self.geometry.payloadWidth == geometry.payloadWidth,
      "only tags can stand for several extents")
    precondition(geometry.diskSize >= self.geometry.diskSize, "a replicated disk does not shrink")
    let shift =
      geometry.extentSize.bytes.trailingZeroBitCount - self.geometry.extentSize.bytes.trailingZeroBitCount
    precondition((0...6).contains(shift), "extents become larger, at most 64 times")
    let used = image.usedExtentCount >> shift
    let larger = ExtentStore(
      geometry: geometry, image: used == 0 ? .empty : BaseImage(usedExtentCount: used, tag: image.tag))
    // Where nothing was written the images agree, but for the extent in which the old one ends.
    if used << shift < image.usedExtentCount { coarsen(used..<used + 1, shift: shift, into: larger) }
    forEachStoredPage { _, segment in
      coarsen(segment.lowerBound >> shift..<(segment.upperBound - 1) >> shift + 1, shift: shift, into: larger)
    }
    return larger
  }

  private func coarsen(_ extents: Range<Int>, shift: Int, into larger: ExtentStore) {
    for extent in extents {
      let parts = extent << shift..<min((extent + 1) << shift, geometry.extentCount)
      var tags: [UInt64] = parts.map { tag(of: $0) }
      while tags.count < 1 << shift { tags.append(0) }
      larger.fill(extent..<extent + 1, tag: Self.joined(tags))
    }
  }

  private static func joined(_ tags: [UInt64]) -> UInt64 {
    if tags.allSatisfy({ $0 == tags[0] }) { return tags[0] }
    let hash = tags.withUnsafeBytes { xxh64($0) }
    return hash == 0 ? 1 : hash
  }
}
