extension ReplicationStatus {
  /// How the product's user interface sorts the states.
  package enum Group: String, Sendable, Hashable, CaseIterable {
    case ok = "OK"
    case warning = "Warning"
    case inProgress = "In progress"
    case error = "Error"
    case recovered = "Recovered"
  }

  /// The group in which the user interface counts this state.
  ///
  /// - Source: VMware, vSphere Replication 5.8, replication states. Of the words that release did not have,
  ///   resizing counts as in progress and an unknown state as a warning; that an error stays one when the
  ///   objective is violated as well is inferred too.
  package var group: Group {
    switch self {
    case .ok, .moving, .recovering: .ok
    case .paused, .notActive, .unknown: .warning
    case .rpoViolation, .syncRPOViolation, .fullSyncRPOViolation, .notActiveRPOViolation: .warning
    case .configuring, .initialFullSync, .fullSync, .sync, .diskResizing: .inProgress
    case .error, .errorRPOViolation: .error
    case .recovered: .recovered
    }
  }

  /// The state as the user interface writes it, as `Sync (RPO violation)`.
  ///
  /// - Source: VMware, vSphere Replication 5.8, for `Not Active` and `OK (RPO violation)`; others are formed
  ///   alike.
  package var title: String {
    switch self {
    case .configuring: "Configuring"
    case .initialFullSync: "Initial Full Sync"
    case .fullSync: "Full Sync"
    case .sync: "Sync"
    case .ok: "OK"
    case .notActive: "Not Active"
    case .paused: "Paused"
    case .error: "Error"
    case .moving: "Moving"
    case .recovering: "Recovering"
    case .recovered: "Recovered"
    case .diskResizing: "Disk Resizing"
    case .unknown: "Unknown"
    case .rpoViolation: "OK (RPO violation)"
    case .syncRPOViolation: "Sync (RPO violation)"
    case .fullSyncRPOViolation: "Full Sync (RPO violation)"
    case .notActiveRPOViolation: "Not Active (RPO violation)"
    case .errorRPOViolation: "Error (RPO violation)"
    }
  }
}
