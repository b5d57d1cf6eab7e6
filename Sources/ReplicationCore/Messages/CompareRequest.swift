package import BlockStorage

/// Consecutive regions of one disk whose checksums are compared as one request.
package struct CompareRequest: Sendable, Hashable {
  package let disk: Int
  /// The extents of all the regions.
  package let extents: Range<Int>
  /// Extents per region; the last one may have fewer.
  package let regionExtents: Int
  /// One per region.
  package let checksums: [RegionChecksum]

  package init(disk: Int, extents: Range<Int>, regionExtents: Int, checksums: [RegionChecksum]) {
    self.disk = disk
    self.extents = extents
    self.regionExtents = regionExtents
    self.checksums = checksums
  }

  package var regions: [Range<Int>] { Self.regions(of: extents, size: regionExtents) }

  static func regions(of extents: Range<Int>, size: Int) -> [Range<Int>] {
    stride(from: extents.lowerBound, to: extents.upperBound, by: size).map {
      $0..<min($0 + size, extents.upperBound)
    }
  }
}
