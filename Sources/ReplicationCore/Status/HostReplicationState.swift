/// The state of a replicated machine as its host's interface tells it.
///
/// - Source: VI API, `ReplicationVmState`; `error` is in the list and not used.
package enum HostReplicationState: String, Sendable, Hashable, CaseIterable {
  /// Nothing of the machine is replicated, or it is off.
  case none
  case paused
  /// A full sync runs.
  case syncing
  /// Replicated, and nothing is being sent.
  case idle
  /// A delta runs.
  case active
  case error
}

extension ReplicationConditions {
  /// What the source host says of the replication.
  ///
  /// A machine that is off is `none`, and `syncing` or `active` while an offline sync runs.
  ///
  /// - Source: The words: VI API, where progress exists only in `syncing` and `active`. That the first is a
  ///   full sync and the second a delta is a reading of that text, unverified.
  package var hostState: HostReplicationState {
    if isPaused { return .paused }
    return switch sync {
    case .fullSync: .syncing
    case .delta: .active
    case .none: isPoweredOn ? .idle : .none
    }
  }
}
