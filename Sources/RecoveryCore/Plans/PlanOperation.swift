/// What somebody can ask of a recovery plan.
package enum PlanOperation: String, Sendable, Hashable, CaseIterable {
  case test, cleanup, runPlannedMigration, runDisasterRecovery, runForcedRecovery, reprotect
  case cancel, dismissPrompt, edit, delete
}

extension RecoveryPlanStatus {
  /// What may be asked of a plan in this status; everything else is refused.
  ///
  /// - Source: VMware Site Recovery, recovery plan status reference, and Site Recovery Manager REST API 2.0. *Inferred*:
  ///   clean-up of an interrupted test, cancelling a clean-up, running a plan that another has partly recovered, no
  ///   forced recovery of what is recovered already, and that nothing can be asked before the sites are together again.
  package var allowedOperations: Set<PlanOperation> {
    switch self {
    case .ready:
      [.test, .runPlannedMigration, .runDisasterRecovery, .runForcedRecovery, .edit, .delete]
    case .noProtectionGroups: [.edit, .delete]
    case .directionError, .syncConflict: [.edit]
    case .waitingForUserInput: [.dismissPrompt, .cancel]
    case .testInProgress, .cleanupInProgress, .recoveryInProgress: [.cancel]
    case .testComplete, .cleanupIncomplete, .cleanupInterrupted: [.cleanup]
    case .testInterrupted: [.test, .cleanup]
    case .recoverySplitBrain: [.runPlannedMigration, .runDisasterRecovery]
    case .partialRecovery, .incompleteRecovery, .recoveryInterrupted:
      [.runPlannedMigration, .runDisasterRecovery, .runForcedRecovery]
    case .recoveryComplete, .incompleteReprotect, .partialReprotect, .reprotectInterrupted:
      [.reprotect]
    case .deleting, .cancelInProgress, .protectionGroupsInUse, .recoveryStarted,
      .disasterRecoveryComplete,
      .reprotectInProgress, .unknown:
      []
    }
  }
}
