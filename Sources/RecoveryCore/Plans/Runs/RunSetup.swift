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

/// What earlier runs have done outside the groups of a plan.
struct PlanMemory: Sendable {
  /// Machines that gave way on account of the plan or of one that shares a group with it, each once, in the order in
  /// which they did.
  var suspensions: [Suspension] = []
  /// Custom steps of the plan that succeeded since it was last ready.
  var callouts: Set<RunMemory.CalloutKey> = []

  func suspension(of vm: VirtualMachineID, at side: PairSide) -> Int? {
    suspensions.firstIndex { $0.vm.vm == vm && $0.vm.side == side }
  }
}

/// A machine that gave way to recovered ones.
struct Suspension: Sendable, Hashable {
  var vm: RecoveryPlan.SuspendedVM
  /// Whether it is suspended, not only asked to be; either way it is resumed in the end.
  var isCertain = false
  /// The plan that asked for it last, or `nil` while the run that did goes on.
  var plan: RecoveryPlanID?
}
