package import BlockStorage
package import Quantities

/// A number that grows with every sync of one replication.
package typealias SyncSequence = UInt64

/// What the source says about a finished instance.
package struct InstanceSummary: Sendable {
  package let sequence: SyncSequence
  /// The moment whose content the instance holds: the start of its sync.
  package let pointInTime: Instant
  /// How many extents of each disk the instance holds.
  package let extentCounts: [Int]
  /// The digest of each disk at that moment.
  package let certificates: [ContentDigest]
}
