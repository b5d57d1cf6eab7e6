package import Quantities

/// What remains of a run: who did what when, and how it ended.
///
/// Each ``RunReport`` holds one; who drives the plans keeps them for as long as they are wanted.
///
/// - Source: Site Recovery Manager REST API 2.0, history reports.
package struct HistoryRecord: Sendable, Hashable {
  package enum OperationType: String, Sendable, Hashable, CaseIterable {
    case test = "TEST"
    case cleanup = "CLEANUP"
    /// Planned migration, disaster recovery and forced recovery.
    case failover = "FAILOVER"
    case reprotect = "REPROTECT"
  }

  package enum ResultState: String, Sendable, Hashable, CaseIterable {
    case success = "SUCCESS"
    case warnings = "WARNINGS"
    case errors = "ERRORS"
    case cancelled = "CANCELLED"
  }

  /// From 1, in the order in which the runs of all plans were started.
  package var runKey: Int
  package var plan: RecoveryPlanID
  /// As the plan was called at the time.
  package var planName: String
  package var user: String
  package var operationType: OperationType
  package var result: ResultState
  /// Each with the number and title of its step, in the order of the steps.
  package var errors: [String]
  package var warnings: [String]
  package var started: Instant
  package var duration: TimeSpan

  package var ended: Instant { started + duration }
}
