package import Quantities

/// What the product's REST interface tells about one replication besides its status.
///
/// | Field of the contract        | Here                                   |
/// |------------------------------|----------------------------------------|
/// | `rpo`                        | ``objectiveMinutes``                   |
/// | `last_sync_time`             | ``lastSyncMilliseconds``               |
/// | `last_sync_duration`         | ``lastSyncSeconds``                    |
/// | `last_sync_size`             | ``lastSyncSize``                       |
/// | `current_rpo_violation`      | ``violationMinutes(at:)``              |
/// | `sync_progress.progress`     | ``SyncProgress/percent``               |
/// | `checksum_current`, `checksum_total` | ``SyncProgress/checksummed``, ``SyncProgress/total`` |
/// | `transferred_current`, `transferred_total` | ``SyncProgress/transferred``, ``SyncProgress/toTransfer`` |
/// | `mpit_enabled`, `mpit_instances`, `mpit_days` | ``Settings/pointsInTime`` |
/// | `quiescing_enabled`          | ``Settings/isQuiesced``                |
/// | `network_compression_enabled` | ``Settings/isCompressed``             |
/// | `encryption_enabled`         | ``Settings/isEncrypted``               |
/// | `enhanced_replication`       | ``Settings/isEnhanced``                |
///
/// The driver hands over every ``ReplicationEvent`` with its time, and the progress as often as it likes.
///
/// - Source: vSphere Replication REST API, `ReplicationInfo`. What the contract leaves open is decided at each
///   property and inferred.
package struct ReplicationReport: Sendable, Hashable {
  /// How many points in time are kept.
  package struct PointsInTime: Sendable, Hashable {
    package let instancesPerDay: Int
    package let days: Int

    package init(instancesPerDay: Int, days: Int) {
      self.instancesPerDay = instancesPerDay
      self.days = days
    }
  }

  /// What an administrator configured.
  package struct Settings: Sendable, Hashable {
    /// The recovery point objective.
    package var objective: TimeSpan
    package var pointsInTime: PointsInTime?
    package var isQuiesced = false
    package var isCompressed = false
    package var isEncrypted = false
    package var isEnhanced = false

    package init(objective: TimeSpan) { self.objective = objective }
  }

  /// The newest complete instance.
  private struct LastSync: Sendable, Hashable {
    let pointInTime: Instant
    let completedAt: Instant
    let size: ByteCount
  }

  package var settings: Settings
  /// The start of the run in milliseconds of the time that the contract counts in.
  private let startMilliseconds: Int64
  private let progressInterval: TimeSpan
  private var lastSync: LastSync?
  /// The point in time of a replica that existed before the run.
  private let initialPointInTime: Instant?
  /// The progress last published, or `nil` while no sync runs or has told anything.
  package private(set) var progress: SyncProgress?
  private var progressPublishedAt: Instant?
  private var isSyncing = false

  /// - Parameters:
  ///   - startMilliseconds: The start of the run since 1970, in milliseconds.
  ///   - replicaOf: The point in time of the replica that exists already, if one does.
  ///   - progressInterval: How often progress is published; ``ProductProfile/Transfer/progressInterval``.
  package init(
    settings: Settings, startMilliseconds: Int64, replicaOf pointInTime: Instant? = nil,
    progressInterval: TimeSpan = .seconds(5)
  ) {
    self.settings = settings
    self.startMilliseconds = startMilliseconds
    self.progressInterval = progressInterval
    initialPointInTime = pointInTime
  }

  // MARK: - What happens

  /// Takes an event of the replication that happened at `now`.
  package mutating func handle(_ event: ReplicationEvent, at now: Instant) {
    switch event {
    case .fullSyncStarted, .deltaStarted: restart(isSyncing: true)
    case .fullSyncCompleted, .syncAborted: restart(isSyncing: false)
    case .deltaCompleted(let account):
      lastSync = LastSync(pointInTime: account.startedAt, completedAt: now, size: account.wireSize)
      restart(isSyncing: false)
    case .connectionLost, .connectionRestored, .deltaNotStarted, .preparationExceededObjective,
      .configurationFailed:
      break
    }
  }

  private mutating func restart(isSyncing: Bool) {
    self.isSyncing = isSyncing
    progress = nil
    progressPublishedAt = nil
  }

  /// Publishes how far the sync under way is: its first figures at once, others when the interval has passed.
  ///
  /// No effect while no sync runs.
  package mutating func progressed(_ progress: SyncProgress, at now: Instant) {
    guard isSyncing else { return }
    if let published = progressPublishedAt, now < published + progressInterval { return }
    self.progress = progress
    progressPublishedAt = now
  }

  // MARK: - The fields

  /// The objective in minutes, rounded up: a scenario may have one that the product has not.
  package var objectiveMinutes: Int64 {
    (settings.objective.nanoseconds + minute - 1) / minute
  }

  /// The point in time of the newest complete instance in milliseconds since 1970, rounded down; `nil` before
  /// there is one.
  ///
  /// It is the start of the delta, not its end: what an administrator reads there is the age of the replica.
  package var lastSyncMilliseconds: Int64? {
    newestPointInTime.map { startMilliseconds + floored($0.nanoseconds, by: 1_000_000) }
  }

  /// How long the delta of the newest instance took, in seconds, rounded down; `nil` before one was sent.
  ///
  /// A full sync before it does not count.
  package var lastSyncSeconds: Int64? {
    lastSync.map { ($0.completedAt - $0.pointInTime).nanoseconds / 1_000_000_000 }
  }

  /// What the delta of the newest instance sent; `nil` before one was sent.
  package var lastSyncSize: ByteCount? { lastSync?.size }

  /// Whether the newest complete instance is older than the objective.
  ///
  /// Without an instance nothing is violated: the first sync has no deadline.
  package func isViolated(at now: Instant) -> Bool {
    deadline.map { now > $0 } ?? false
  }

  /// The whole minutes since the next instance should have been complete, 0 while it need not be.
  package func violationMinutes(at now: Instant) -> Int64 {
    guard let deadline, now > deadline else { return 0 }
    return (now - deadline).nanoseconds / minute
  }

  private var newestPointInTime: Instant? { lastSync?.pointInTime ?? initialPointInTime }

  private var deadline: Instant? { newestPointInTime.map { $0 + settings.objective } }

  private var minute: Int64 { 60_000_000_000 }

  private func floored(_ value: Int64, by divisor: Int64) -> Int64 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
