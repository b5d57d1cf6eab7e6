/// What a recovery plan is doing or waits for, as people and programs see it.
///
/// It is derived from the plan's groups and its run, never stored: see ``PlanBook/status(of:seenFrom:)``.
///
/// - Source: Site Recovery Manager REST API 2.0, `status` of a recovery plan.
package enum RecoveryPlanStatus: String, Sendable, Hashable, CaseIterable {
  /// Idle and able to run.
  case ready = "READY_STATE"
  case noProtectionGroups = "NO_PROTECTION_GROUPS"
  /// Its groups are protected at different sites, often since another plan was run on one of them.
  case directionError = "DIRECTION_ERROR"
  case deleting = "DELETING"
  /// At least one prompt is shown.
  case waitingForUserInput = "WAITING_FOR_USER_INPUT"
  case cancelInProgress = "CANCEL_IN_PROGRESS"
  case testInProgress = "TEST_IN_PROGRESS"
  /// Another plan is running on one of its groups or has a test there that is not cleaned up.
  case protectionGroupsInUse = "PROTECTION_GROUPS_IN_USE"
  /// A test has ended, with or without errors, and waits to be cleaned up.
  case testComplete = "TEST_COMPLETE"
  /// The server died during a test.
  case testInterrupted = "TEST_INTERRUPTED"
  case cleanupInProgress = "CLEANUP_IN_PROGRESS"
  case cleanupIncomplete = "CLEANUP_INCOMPLETE"
  case cleanupInterrupted = "CLEANUP_INTERRUPTED"
  case recoveryInProgress = "RECOVERY_IN_PROGRESS"
  /// Everything is recovered and the protected site is left in order: reprotect is next.
  case recoveryComplete = "RECOVERY_COMPLETE"
  /// What the protected site still knows of a recovery that was running when the sites lost each other.
  case recoveryStarted = "RECOVERY_STARTED"
  /// Some groups were recovered through another plan.
  case partialRecovery = "PARTIAL_RECOVERY"
  /// Everything is recovered, but steps at the protected site, which can be reached, are open.
  case recoverySplitBrain = "RECOVERY_SPLIT_BRAIN"
  /// Everything is recovered, but steps at the protected site, which cannot be reached, are open.
  case disasterRecoveryComplete = "DISASTER_RECOVERY_COMPLETE"
  /// A recovery had errors or was cancelled.
  case incompleteRecovery = "INCOMPLETE_RECOVERY"
  case recoveryInterrupted = "RECOVERY_INTERRUPTED"
  case reprotectInProgress = "REPROTECT_IN_PROGRESS"
  case incompleteReprotect = "INCOMPLETE_REPROTECT"
  /// Some groups were reprotected through another plan; the others are recovered.
  case partialReprotect = "PARTIAL_REPROTECT"
  case reprotectInterrupted = "REPROTECT_INTERRUPTED"
  /// What is recorded of the plan is damaged.
  case unknown = "UNKNOWN_STATE"
  /// It was edited at both sites while they were apart.
  case syncConflict = "SYNC_CONFLICT"
}
