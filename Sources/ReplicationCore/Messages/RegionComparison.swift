package import BlockStorage

/// The regions of a compare request that differ, each with the target's checksum of every extent.
package struct RegionComparison: Sendable, Hashable {
  package struct Difference: Sendable, Hashable {
    package let extents: Range<Int>
    package let checksums: [RegionChecksum]
  }

  package let disk: Int
  package let differences: [Difference]
}
