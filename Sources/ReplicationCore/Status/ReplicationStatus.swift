/// The state of one replication in the words of the product's REST interface.
///
/// The variants with an RPO violation are the same states seen together with the clock; see
/// ``withViolation(_:)``. Which word holds when several things are the case is decided by
/// ``ReplicationConditions``.
///
/// - Source: vSphere Replication REST API, `CompoundReplicationStatus`.
package enum ReplicationStatus: String, Sendable, Hashable, CaseIterable {
  /// Replication is being set up or changed.
  case configuring = "CONFIGURING"
  /// The first full sync of the replication's life.
  case initialFullSync = "INITIAL_FULL_SYNC"
  case fullSync = "FULL_SYNC"
  case sync = "SYNC"
  /// Healthy, no traffic.
  case ok = "OK"
  /// No traffic, no connection, or the virtual machine is off.
  case notActive = "NOT_ACTIVE"
  case paused = "PAUSED"
  /// Nothing is sent until somebody puts something right.
  case error = "ERROR"
  /// On its way to another replication server.
  case moving = "MOVING"
  /// The replica is being made a virtual machine.
  case recovering = "RECOVERING"
  /// The replica is a virtual machine of its own; replication is over.
  case recovered = "RECOVERED"
  /// A disk of the replica is being made as large as its source.
  case diskResizing = "DISK_RESIZING"
  /// The site that knows does not answer.
  case unknown = "UNKNOWN"
  case rpoViolation = "RPO_VIOLATION"
  case syncRPOViolation = "SYNC_RPO_VIOLATION"
  case fullSyncRPOViolation = "FULL_SYNC_RPO_VIOLATION"
  case notActiveRPOViolation = "NOT_ACTIVE_RPO_VIOLATION"
  case errorRPOViolation = "ERROR_RPO_VIOLATION"

  /// This status while the recovery point objective is (not) violated.
  ///
  /// Only five states have a word for it; the others stay as they are.
  package func withViolation(_ isViolated: Bool) -> ReplicationStatus {
    guard isViolated else { return self }
    return switch self {
    case .ok: .rpoViolation
    case .sync: .syncRPOViolation
    case .fullSync: .fullSyncRPOViolation
    case .notActive: .notActiveRPOViolation
    case .error: .errorRPOViolation
    default: self
    }
  }
}
