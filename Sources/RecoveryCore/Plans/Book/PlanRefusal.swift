package import Inventory

/// Why a ``PlanBook`` does not do what it was asked for.
package enum PlanRefusal: Error, Sendable, Hashable {
  case notAllowed(PlanOperation, RecoveryPlanStatus)
  /// A recovery without the protected site starts at the recovery site; while the sites are apart, everything does, and the
  /// recovery site alone can cancel a run and answer its prompts.
  case notAtRecoverySite
  /// Reprotect changes both sites.
  case sitesApart
  case serverDown(PairSide)
  /// As many plans are running as may.
  case tooManyRunningPlans(maximum: Int)
  /// These machines wait for each other.
  case dependencyCycle([VirtualMachineID])
  /// Advanced setting `recovery.forceRecovery` is off at the recovery site.
  case forcedRecoveryDisabled
  /// A planned migration loses nothing, so it takes the newest state.
  case pointInTimeNotAllowed
  /// A clean-up that was interrupted is continued with the options it was started with.
  case optionsFixed(isForced: Bool)
  /// No such prompt is shown.
  case noSuchPrompt
  /// The direction of a plan follows its groups while it has any.
  case directionFollowsGroups
  /// Something is wrong with the plan itself.
  case invalid(RecoveryPlanProblem)
  /// More than is supported.
  case limit(LimitExceeded)
  /// A plan lists the group.
  case groupInUse(by: RecoveryPlanID)
}
