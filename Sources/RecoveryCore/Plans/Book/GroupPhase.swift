/// What plans have made of a protection group.
package enum GroupPhase: Sendable, Hashable {
  case ready
  case testing(RecoveryPlanID)
  /// Until it is cleaned up.
  case testComplete(RecoveryPlanID)
  case testInterrupted(RecoveryPlanID)
  case cleaningUp(RecoveryPlanID)
  case cleanupIncomplete(RecoveryPlanID)
  /// Clean-up can only be continued as it was started.
  case cleanupInterrupted(RecoveryPlanID, wasForced: Bool)
  case recovering(RecoveryPlanID)
  case partiallyRecovered(RecoveryPlanID)
  case recovered(RecoveryPlanID)
  case reprotecting(RecoveryPlanID)
  case partiallyReprotected(RecoveryPlanID)

  /// The plan that was run last on the group since it was ready.
  package var plan: RecoveryPlanID? {
    switch self {
    case .ready: nil
    case .testing(let plan), .testComplete(let plan), .testInterrupted(let plan),
      .cleaningUp(let plan),
      .cleanupIncomplete(let plan), .cleanupInterrupted(let plan, _), .recovering(let plan),
      .partiallyRecovered(let plan), .recovered(let plan), .reprotecting(let plan),
      .partiallyReprotected(let plan):
      plan
    }
  }

  /// The plan that keeps all others from the group: the one that runs, or has a test there that is not cleaned up.
  ///
  /// - Source: Site Recovery Manager REST API 2.0, `PROTECTION_GROUPS_IN_USE`. *Inferred*: the lock holds after an
  ///   interrupted test and an incomplete clean-up as it does after a complete test.
  package var lockHolder: RecoveryPlanID? {
    switch self {
    case .ready, .partiallyRecovered, .recovered, .partiallyReprotected: nil
    case .testing, .testComplete, .testInterrupted, .cleaningUp, .cleanupIncomplete,
      .cleanupInterrupted,
      .recovering, .reprotecting:
      plan
    }
  }
}
