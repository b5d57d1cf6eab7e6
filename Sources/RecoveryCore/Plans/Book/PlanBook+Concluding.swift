import Inventory
import Quantities

/// What remains of a run when it has ended.
extension PlanBook {
  /// Hands what an ended run did to its groups and its plan.
  mutating func concludeIfEnded(_ plan: RecoveryPlanID) {
    guard let position = running.firstIndex(of: plan), let ending = plans[plan.index].run?.ending,
      let report = plans[plan.index].run?.report(plan: plan, user: plans[plan.index].user)
    else { return }
    pendingCommands += plans[plan.index].run?.takeCommands() ?? []
    guard let run = plans[plan.index].run else { return }
    running.remove(at: position)
    plans[plan.index].callouts = run.planMemory.callouts
    takeSuspensions(of: run, plan)
    switch run.workflow {
    case .test:
      conclude(run, phase: ending == .interrupted ? .testInterrupted(plan) : .testComplete(plan))
    case .cleanup(let isForced): concludeCleanup(run, of: plan, isForced: isForced)
    case .plannedMigration, .disasterRecovery, .forcedRecovery:
      concludeRecovery(run, of: plan, ending)
    case .reprotect: concludeReprotect(run, of: plan, ending)
    }
    reports.append(report)
  }

  /// Takes what the run changed; what others changed meanwhile stays.
  private mutating func takeSuspensions(of run: PlanRun, _ plan: RecoveryPlanID) {
    let before = run.setup.planMemory.suspensions
    let after = run.planMemory.suspensions
    for item in before where !after.contains(where: { $0.vm == item.vm }) {
      suspensions.removeAll { $0.vm == item.vm && $0.plan == item.plan }
    }
    for var item in after where !before.contains(item) {
      item.plan = item.plan ?? plan
      if let index = suspensions.firstIndex(where: { $0.vm.vm == item.vm.vm && $0.vm.side == item.vm.side }) {
        suspensions[index] = item
      } else {
        suspensions.append(item)
      }
    }
  }

  private mutating func conclude(_ run: PlanRun, phase: GroupPhase) {
    for index in run.groups.indices {
      let id = run.groups[index].group.id
      groups[id]?.memory = run.memory(ofGroup: index)
      groups[id]?.phase = phase
    }
  }

  private mutating func concludeCleanup(_ run: PlanRun, of plan: RecoveryPlanID, isForced: Bool) {
    guard run.isCleanedUp else {
      conclude(
        run,
        phase: run.ending == .interrupted
          ? .cleanupInterrupted(plan, wasForced: isForced) : .cleanupIncomplete(plan))
      return
    }
    for group in run.groups {
      groups[group.group.id]?.memory = RunMemory()
      groups[group.group.id]?.phase = .ready
    }
    clearCallouts()
    suspensions.removeAll { $0.plan == plan && $0.vm.side == run.recoverySide }
  }

  /// Custom steps run again once every group of their plan is ready, whichever plan made it so.
  private mutating func clearCallouts() {
    for index in plans.indices where !plans[index].callouts.isEmpty {
      let plan = RecoveryPlanID(index)
      if !isRunning(plan), effectivePlan(plan).groups.allSatisfy({ groups[$0]?.phase == .ready }) {
        plans[index].callouts = []
      }
    }
  }

  private mutating func concludeRecovery(
    _ run: PlanRun, of plan: RecoveryPlanID, _ ending: PlanRun.Ending
  ) {
    var areAllRecovered = true
    for index in run.groups.indices {
      let id = run.groups[index].group.id
      let memory = run.memory(ofGroup: index)
      groups[id]?.memory = memory
      if run.isRecovered(group: index), run.groups[index].record.contains(.madeStorageWritable) {
        groups[id]?.phase = .recovered(plan)
      } else {
        areAllRecovered = false
        groups[id]?.phase = run.isUntouched(group: index) ? .ready : .partiallyRecovered(plan)
      }
    }
    plans[plan.index].attention =
      switch ending {
      case .interrupted: .recoveryInterrupted
      case .cancelled: .recoveryCancelled
      case .completed, .stopped: areAllRecovered ? nil : .recoveryIncomplete
      }
  }

  private mutating func concludeReprotect(
    _ run: PlanRun, of plan: RecoveryPlanID, _ ending: PlanRun.Ending
  ) {
    var areAllReprotected = true
    for index in run.groups.indices {
      let id = run.groups[index].group.id
      guard run.isReprotected(group: index) else {
        areAllReprotected = false
        groups[id]?.memory = run.memory(ofGroup: index)
        groups[id]?.phase = .partiallyReprotected(plan)
        continue
      }
      groups[id] = GroupRecord(protectedSide: run.recoverySide)
      for other in plans.indices where plans[other].copies.first.groups.contains(id) {
        plans[other].attention = nil
        if plans[other].copies.first.groups.first == id {
          plans[other].parting?.protectedSide = run.recoverySide
        }
      }
    }
    clearCallouts()
    if areAllReprotected {
      plans[plan.index].attention = nil
    } else {
      plans[plan.index].attention =
        ending == .interrupted ? .reprotectInterrupted : .reprotectIncomplete
    }
  }
}
