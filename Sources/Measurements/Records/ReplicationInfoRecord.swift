package import Quantities

/// What the product's REST interface would tell about one replication at the end of the run.
///
/// Every property is a field of the contract in the contract's own unit; the table gives both names.
///
/// | Field                          | Property                                             |
/// |--------------------------------|------------------------------------------------------|
/// | `rpo`, in minutes              | ``rpoMinutes``                                       |
/// | `last_sync_time`, in milliseconds | ``lastSyncMilliseconds``                          |
/// | `last_sync_duration`, in seconds | ``lastSyncSeconds``                                |
/// | `last_sync_size`, in bytes     | ``lastSyncSize``                                     |
/// | `current_rpo_violation`, in minutes | ``violationMinutes``                            |
/// | `sync_progress`                | ``progress``                                         |
/// | `mpit_enabled`, `mpit_instances`, `mpit_days` | ``pointsInTime``                      |
/// | `quiescing_enabled`            | ``isQuiesced``                                       |
/// | `network_compression_enabled`  | ``isCompressed``                                     |
/// | `encryption_enabled`           | ``isEncrypted``                                      |
/// | `enhanced_replication`         | ``isEnhanced``                                       |
///
/// Beside them stand the words of the host and of the replication server, which other interfaces tell.
///
/// - Source: vSphere Replication REST API, `ReplicationInfo` and `SyncProgressData`.
package struct ReplicationInfoRecord: Sendable, Hashable {
  /// How far a sync was.
  package struct Progress: Sendable, Hashable {
    /// From 0 to 100.
    package let percent: Int
    package let checksummed: ByteCount
    package let checksumTotal: ByteCount
    package let transferred: ByteCount
    package let transferTotal: ByteCount

    package init(
      percent: Int, checksummed: ByteCount, checksumTotal: ByteCount, transferred: ByteCount,
      transferTotal: ByteCount
    ) {
      self.percent = percent
      self.checksummed = checksummed
      self.checksumTotal = checksumTotal
      self.transferred = transferred
      self.transferTotal = transferTotal
    }
  }

  /// How many older points in time are kept.
  package struct PointsInTime: Sendable, Hashable {
    package let instancesPerDay: Int
    package let days: Int

    package init(instancesPerDay: Int, days: Int) {
      self.instancesPerDay = instancesPerDay
      self.days = days
    }
  }

  package let rpoMinutes: Int64
  /// What the host of the machine tells of it, a word of the VI API.
  package var hostState = "none"
  /// What the replication server tells of its group, a word of the vCloud Availability API.
  package var groupState = "passive"
  /// The point in time of the newest instance that the source knows to be complete, since 1970 by the clock of
  /// the scenario; `nil` without one.
  package var lastSyncMilliseconds: Int64?
  /// How long the delta of that instance took; `nil` before one was sent.
  package var lastSyncSeconds: Int64?
  /// What that delta sent; `nil` before one was sent.
  package var lastSyncSize: ByteCount?
  /// Whole minutes since the next instance should have been complete, 0 while it need not be.
  package var violationMinutes: Int64 = 0
  /// `nil` while no sync runs.
  package var progress: Progress?
  /// `nil` if only the newest instance is kept.
  package var pointsInTime: PointsInTime?
  package var isQuiesced = false
  package var isCompressed = false
  package var isEncrypted = false
  package var isEnhanced = false

  package init(rpoMinutes: Int64) { self.rpoMinutes = rpoMinutes }
}
