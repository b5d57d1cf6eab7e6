import Inventory
import Quantities

/// Everything a run is made from.
struct RunSetup: Sendable {
  var key: Int
  var workflow: PlanWorkflow
  var plan: RecoveryPlan
  /// The side where the machines are protected, and where they are recovered.
  var protectedSide: PairSide
  var groups: [PlanGroup]
  /// What earlier runs did, for each of `groups`.
  var memories: [RunMemory]
  /// What earlier runs did for the plan as a whole.
  var planMemory: PlanMemory
  var pointsInTime: [RecoveryAction.PointInTime]
  var synchronizationTimeLimit: TimeSpan?
  var customizationTimeLimit: TimeSpan

  var recoverySide: PairSide { protectedSide.other }
}

/// What runs of one plan have done outside its groups.
struct PlanMemory: Sendable {
  /// Machines that may be suspended on account of the plan, in the order in which they were.
  var suspended: [RecoveryPlan.SuspendedVM] = []
  /// Custom steps of the plan that succeeded since it was last ready.
  var callouts: Set<RunMemory.CalloutKey> = []
}
