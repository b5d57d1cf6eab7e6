/// How a virtual machine fared in the last run that touched it.
///
/// - Source: Site Recovery Manager REST API 2.0, `status` of a virtual machine in a recovery plan. *Inferred*: a machine
///   counts as in progress from the start of its run, and as incomplete if the run ended before its turn.
package enum VMRecoveryStatus: String, Sendable, Hashable, CaseIterable {
  case readyToRecover = "READY_TO_RECOVER"
  case testInProgress = "TEST_IN_PROGRESS"
  case testError = "TEST_ERROR"
  case testWarning = "TEST_WARNING"
  case testSucceeded = "TEST_SUCCEEDED"
  case testIncomplete = "TEST_INCOMPLETE"
  case cleanupInProgress = "CLEANUP_IN_PROGRESS"
  case cleanupError = "CLEANUP_ERROR"
  case cleanupIncomplete = "CLEANUP_INCOMPLETE"
  case recoveryInProgress = "RECOVERY_IN_PROGRESS"
  case recoveryError = "RECOVERY_ERROR"
  case recoveryWarning = "RECOVERY_WARNING"
  case recoverySucceeded = "RECOVERY_SUCCEEDED"
  case recoveryIncomplete = "RECOVERY_INCOMPLETE"
  case reprotectInProgress = "REPROTECT_IN_PROGRESS"
  case reprotectError = "REPROTECT_ERROR"
  case reprotectIncomplete = "REPROTECT_INCOMPLETE"
  /// Nothing is known of it: its plan's record is damaged, or no group of the plan holds it.
  case unknown = "UNKNOWN"
}
