/// What a run of a recovery plan does, with the choices made when it was started.
package enum PlanWorkflow: Sendable, Hashable {
  /// Recovers into an isolated network while protection goes on.
  ///
  /// `synchronizesData`: whether recent changes are replicated first.
  case test(synchronizesData: Bool)
  /// Takes a test away; if `isForced`, errors are reported and ignored, and something may be left behind.
  case cleanup(isForced: Bool)
  /// Moves without loss; an error at the protected site stops it.
  case plannedMigration
  /// Recovers from what is there; errors at the protected site are reported and ignored.
  case disasterRecovery(synchronizesData: Bool)
  /// Recovers without a word to the protected site.
  case forcedRecovery
  /// Protects in the other direction; if `isForced`, errors of cleaning up storage are reported and ignored.
  case reprotect(isForced: Bool)

  /// What the history calls it.
  package var operationType: HistoryRecord.OperationType {
    switch self {
    case .test: .test
    case .cleanup: .cleanup
    case .plannedMigration, .disasterRecovery, .forcedRecovery: .failover
    case .reprotect: .reprotect
    }
  }

  package var operation: PlanOperation {
    switch self {
    case .test: .test
    case .cleanup: .cleanup
    case .plannedMigration: .runPlannedMigration
    case .disasterRecovery: .runDisasterRecovery
    case .forcedRecovery: .runForcedRecovery
    case .reprotect: .reprotect
    }
  }

  package var isRecovery: Bool { operationType == .failover }
  package var isTest: Bool { operationType == .test }
}
