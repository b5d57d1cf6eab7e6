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

/// Why the host refuses an operation on a replication.
///
/// - Source: VI API, the reasons of `ReplicationVmFault`.
package enum HostReplicationFault: String, Error, Sendable, Hashable, CaseIterable {
  case notConfigured
  case poweredOff
  case suspended
  case poweredOn
  /// An instance of a machine that is off is being sent: the machine is locked.
  case offlineReplicating
  case invalidState
  case invalidInstanceId
  case closeDiskError
  case groupExist
}

/// The state of a replication as its replication server tells it.
///
/// - Source: vCloud Availability API, `CloudDestinationStateInfo`.
package enum ServerGroupState: String, Sendable, Hashable, CaseIterable {
  /// Known, and no source is connected.
  case idle
  /// Receives nothing: it was recovered.
  case passive
  /// A source is connected.
  case opened
  case fullSync = "fullsync"
  case delta = "lwd"
  /// Redo logs are being merged.
  case prune
  case paused
  case unknown
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

  /// What the replication server says of the replication.
  ///
  /// - Parameter isMerging: Whether it merges redo logs; seen only where nothing arrives.
  /// - Source: The words: vCloud Availability API; when each holds is inferred.
  package func serverGroupState(isMerging: Bool = false) -> ServerGroupState {
    guard isReachable else { return .unknown }
    if recovery == .done { return .passive }
    if isPaused { return .paused }
    return switch sync {
    case .fullSync where isConnected: .fullSync
    case .delta where isConnected: .delta
    default: isMerging ? .prune : isConnected && isPoweredOn ? .opened : .idle
    }
  }
}
