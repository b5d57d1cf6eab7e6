/// What a protection group is doing, as the product shows it.
///
/// ``ProtectionGroups/status(of:)`` derives it from the group's machines and from the plan that uses it.
package enum ProtectionGroupStatus: String, Sendable, Hashable, CaseIterable {
  /// The other site knows more of the group than this one, and cannot be asked.
  case unknown = "UNKNOWN"
  /// Idle, and every machine is OK.
  case ok = "OK"
  /// Idle, and some machine is not OK.
  case notConfigured = "NOT_CONFIGURED"
  case configuringProtection = "CONFIGURING_PROTECTION"
  case removingProtection = "REMOVING_PROTECTION"
  case restoringPlaceholders = "RESTORING_PLACEHOLDERS"
  /// Several different operations run on machines of the group.
  case operationsInProgress = "OPERATIONS_IN_PROGRESS"
  case testing = "TESTING"
  case testComplete = "TEST_COMPLETE"
  case cleaningUp = "CLEANING_UP"
  case recovering = "RECOVERING"
  /// Some machines were recovered and others were not.
  case partiallyRecovered = "PARTIALLY_RECOVERED"
  case recovered = "RECOVERED"
  case reprotecting = "REPROTECTING"
  case partiallyReprotected = "PARTIALLY_REPROTECTED"
  /// The label of ``ok`` in the user interface, which the interface lists beside it.
  ///
  /// No group has it here; who reads statuses takes both words for one.
  case ready = "READY"
  /// What is needed to tell is still on its way.
  case loading = "LOADING"

  /// Whether machines may be added, configured and restored.
  ///
  /// - Source: VMware Live Site Recovery 9.0, protection group status reference.
  package var isEditable: Bool {
    switch self {
    case .ok, .ready, .notConfigured, .configuringProtection, .removingProtection, .restoringPlaceholders,
      .operationsInProgress:
      true
    case .unknown, .loading, .testing, .testComplete, .cleaningUp, .recovering, .partiallyRecovered,
      .recovered,
      .reprotecting, .partiallyReprotected:
      false
    }
  }

  /// Whether machines may be removed: also after a recovery, and after a reprotect that failed for some.
  ///
  /// - Source: VMware Live Site Recovery 9.0, protection group status reference.
  package var allowsRemoval: Bool {
    switch self {
    case .partiallyRecovered, .recovered, .partiallyReprotected: true
    default: isEditable
    }
  }
}

/// How far the recovery of a protection group is.
package enum GroupRecoveryStatus: String, Sendable, Hashable, CaseIterable {
  case unknown = "UNKNOWN"
  case cleanup = "CLEANUP"
  case partiallyRecovered = "PARTIALLY_RECOVERED"
  case ready = "READY"
  case recoveryComplete = "RECOVERY_COMPLETE"
  case recoveryInProgress = "RECOVERY_IN_PROGRESS"
  case reprotectInProgress = "REPROTECT_IN_PROGRESS"
  case partiallyReprotected = "PARTIALLY_REPROTECTED"
  case testComplete = "TEST_COMPLETE"
  case testInProgress = "TEST_IN_PROGRESS"
}

extension GroupPhase {
  /// What the group is doing on account of plans; `nil` while they leave it alone.
  ///
  /// A test or clean-up that did not come to its end leaves the group as if still tested.
  ///
  /// - Source: VMware Live Site Recovery 9.0, protection group status reference. For interrupted runs *inferred*.
  package var status: ProtectionGroupStatus? {
    switch self {
    case .ready: nil
    case .testing, .testInterrupted, .cleanupIncomplete, .cleanupInterrupted: .testing
    case .testComplete: .testComplete
    case .cleaningUp: .cleaningUp
    case .recovering: .recovering
    case .partiallyRecovered: .partiallyRecovered
    case .recovered: .recovered
    case .reprotecting: .reprotecting
    case .partiallyReprotected: .partiallyReprotected
    }
  }

  package var recoveryStatus: GroupRecoveryStatus {
    switch self {
    case .ready: .ready
    case .testing, .testInterrupted, .cleanupIncomplete, .cleanupInterrupted: .testInProgress
    case .testComplete: .testComplete
    case .cleaningUp: .cleanup
    case .recovering: .recoveryInProgress
    case .partiallyRecovered: .partiallyRecovered
    case .recovered: .recoveryComplete
    case .reprotecting: .reprotectInProgress
    case .partiallyReprotected: .partiallyReprotected
    }
  }
}
