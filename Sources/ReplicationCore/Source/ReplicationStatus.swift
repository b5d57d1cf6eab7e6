/// The state of one replication in the words of the product's REST interface.
///
/// The variants with an RPO violation are the same states seen together with the clock; see
/// ``withViolation(_:)``.
///
/// - Source: vSphere Replication REST API, `CompoundReplicationStatus`.
package enum ReplicationStatus: String, Sendable, Hashable, CaseIterable {
  /// The first full sync of the replication's life.
  case initialFullSync = "INITIAL_FULL_SYNC"
  case fullSync = "FULL_SYNC"
  case sync = "SYNC"
  /// Healthy, no traffic.
  case ok = "OK"
  /// No traffic, no connection, or the virtual machine is off.
  case notActive = "NOT_ACTIVE"
  case paused = "PAUSED"
  /// The configuration must be mended before anything is sent.
  case error = "ERROR"
  /// A disk grew, and its replica does not have the new size yet.
  case diskResizing = "DISK_RESIZING"
  case rpoViolation = "RPO_VIOLATION"
  case syncRPOViolation = "SYNC_RPO_VIOLATION"
  case fullSyncRPOViolation = "FULL_SYNC_RPO_VIOLATION"
  case notActiveRPOViolation = "NOT_ACTIVE_RPO_VIOLATION"

  /// This status while the recovery point objective is (not) violated.
  package func withViolation(_ isViolated: Bool) -> ReplicationStatus {
    guard isViolated else { return self }
    return switch self {
    case .ok: .rpoViolation
    case .sync: .syncRPOViolation
    case .fullSync: .fullSyncRPOViolation
    case .notActive: .notActiveRPOViolation
    default: self
    }
  }
}
