package import BlockStorage

/// A disk as both sides of a replication see it: readable, with digests over what it really holds.
package protocol ReplicatedDisk: ExtentReading where ReadFailure == Never {
  /// The digest of the whole content.
  var digest: ContentDigest { get }
  /// A keyed checksum of what the extents hold and where they lie; 0 if they hold zeros only.
  func checksum(ofRegion extents: Range<Int>, key: ComparisonKey) -> RegionChecksum
  /// Whether any extent of the region holds anything but zeros.
  func isAllocated(region extents: Range<Int>) -> Bool
  /// The next run in `range` of extents that hold anything but zeros, or `nil`.
  func nextAllocatedRun(in range: Range<Int>) -> Range<Int>?
}

extension ExtentStore: ReplicatedDisk {}
