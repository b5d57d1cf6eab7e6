/// Everything about a replication that its status word depends on.
///
/// Several may hold at once: a paused replication of a machine that is off, say. The status is the first of
/// this list that holds:
///
/// | Condition                                                    | Status              |
/// |--------------------------------------------------------------|---------------------|
/// | the site that knows does not answer                          | `UNKNOWN`           |
/// | the replica was recovered; is being recovered                | `RECOVERED`, `RECOVERING` |
/// | it is being set up or changed                                | `CONFIGURING`       |
/// | setting up failed, or an error stops it                      | `ERROR` *           |
/// | it moves to another replication server                       | `MOVING`            |
/// | it is paused                                                 | `PAUSED`            |
/// | a disk of the replica is being enlarged                      | `DISK_RESIZING`     |
/// | no connection, or the machine is off and nothing is sent     | `NOT_ACTIVE` *      |
/// | there has never been a complete instance                     | `INITIAL_FULL_SYNC` |
/// | a full sync runs or must run                                 | `FULL_SYNC` *       |
/// | a delta runs                                                 | `SYNC` *            |
/// | nothing of all that                                          | `OK` *              |
///
/// A star marks the words with a variant for a violated recovery point objective.
///
/// - Source: The words: vSphere Replication REST API. The order is inferred: what an administrator must act on
///   first comes first, and what stops all traffic comes before what traffic there would be.
package struct ReplicationConditions: Sendable, Hashable {
  package enum Configuration: Sendable, Hashable, CaseIterable {
    case running
    case done
    case failed
  }

  package enum Recovery: Sendable, Hashable, CaseIterable {
    case none
    case running
    case done
  }

  package enum Sync: Sendable, Hashable, CaseIterable {
    case none
    case fullSync
    case delta
  }

  /// Whether the site that knows about the replication answers.
  package var isReachable = true
  package var configuration = Configuration.done
  package var recovery = Recovery.none
  /// Whether an error stops the replication: a disk was added, a seed does not fit, the target is full.
  package var hasError = false
  package var isMoving = false
  package var isPaused = false
  package var isPoweredOn = true
  /// Whether the source is connected, as far as it has noticed.
  package var isConnected = true
  package var isResizingDisk = false
  /// The sync under way.
  package var sync = Sync.none
  /// Whether only a full sync can lead on.
  package var needsFullSync = false
  /// Whether the target has ever held a complete instance.
  package var hasReplica = true
  /// Whether the newest complete instance is older than the recovery point objective.
  package var isViolated = false

  package init() {}

  package var status: ReplicationStatus { undatedStatus.withViolation(isViolated) }

  /// The status without regard to the recovery point objective.
  private var undatedStatus: ReplicationStatus {
    guard isReachable else { return .unknown }
    switch recovery {
    case .done: return .recovered
    case .running: return .recovering
    case .none: break
    }
    if configuration == .running { return .configuring }
    if configuration == .failed || hasError { return .error }
    if isMoving { return .moving }
    if isPaused { return .paused }
    if isResizingDisk { return .diskResizing }
    if !isConnected || !isPoweredOn && sync == .none { return .notActive }
    guard hasReplica else { return .initialFullSync }
    return switch sync {
    case .fullSync: .fullSync
    case .delta: .sync
    case .none: needsFullSync ? .fullSync : .ok
    }
  }
}
