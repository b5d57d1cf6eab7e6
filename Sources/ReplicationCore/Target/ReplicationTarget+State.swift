/// The state of a replication group as its server reports it.
///
/// - Source: vCloud Availability API, `CloudDestinationStateInfo`, for the words. What each stands for is
///   inferred.
package enum GroupState: String, Sendable, Hashable, CaseIterable {
  /// A complete instance exists, and nothing is received or merged.
  case idle
  /// The replica was recovered or removed and expects nothing.
  case passive
  /// The group waits for its first instance, and nothing is received.
  case opened
  case fullsync
  /// A lightweight delta is received.
  case lwd
  /// Logs are merged, and nothing is received.
  case prune
  case paused
  /// The server does not answer.
  case unknown
}

extension ReplicationTarget {
  package var groupState: GroupState {
    if lifecycle != .replicating { return .passive }
    if !isServerRunning { return .unknown }
    if isPaused { return .paused }
    switch sync {
    case .fullSync: return .fullsync
    case .delta: return .lwd
    case .none: break
    }
    if !runningMerges.isEmpty { return .prune }
    return newestInstance == nil ? .opened : .idle
  }

  /// Whether the replica cannot go on although its server runs: "Insufficient storage space" or "No
  /// accessible host for datastore".
  package var hasError: Bool {
    lifecycle == .replicating && (storageShortage != nil || !isHostAccessible)
  }
}
