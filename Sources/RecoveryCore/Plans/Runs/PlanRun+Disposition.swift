import Inventory
import Quantities

/// What is done, what is left out and what is remembered.
extension PlanRun {
  enum Disposition: Sendable {
    case act
    case leaveOut
    case alreadyDone
    case refuse(String)
  }

  func disposition(of index: Int) -> Disposition {
    let step = steps[index]
    if case .undoing = phase { return .act }
    if isDone(step) { return .alreadyDone }
    if step.isLeftOut || startsRecoveredMachine(step) { return .leaveOut }
    if case .operation(let operation) = step.work,
      let disposition = disposition(of: operation, step)
    {
      return disposition
    }
    if let vm = step.vm,
      machines[vm].hasFailed || (step.isAfterPowerOn && machines[vm].skipsAfterPowerOn)
    {
      return .leaveOut
    }
    if let group = step.group, step.vm == nil {
      if groups[group].hasFailed && (step.rule != .warn || step.needsWholeGroup) { return .leaveOut }
      if step.needsWholeGroup && groups[group].failedMachineCount > 0 { return .leaveOut }
    }
    return .act
  }

  /// Whether the step belongs to the start of a machine that an earlier run recovered.
  private func startsRecoveredMachine(_ step: RunStep) -> Bool {
    guard let vm = step.vm, machines[vm].hadRecovered, let parent = step.parent else { return false }
    return steps[parent].completesVM
  }

  private func isDone(_ step: RunStep) -> Bool {
    if let callout = step.callout {
      let key = calloutKeys[callout]
      return step.vm.map { machines[$0].record.callouts.contains(key) }
        ?? planMemory.callouts.contains(key)
    }
    if case .operation(.suspend(let vm, at: let side)) = step.work {
      return planMemory.suspension(of: vm, at: side).map { planMemory.suspensions[$0].isCertain } ?? false
    }
    guard let deed = step.deed else { return false }
    if let vm = step.vm {
      if deed == .configuredReverseProtection, machines[vm].member.lacksPlaceholder { return false }
      return machines[vm].record.contains(deed)
    }
    guard let group = step.group, groups[group].record.contains(deed) else { return false }
    // A machine may have been on in between: as long as its replica is not in use, nothing is final.
    if deed == .synchronizedFinally && workflow == .plannedMigration { return step.machines.isEmpty }
    return step.machines.allSatisfy { machines[$0].record.contains(deed) }
  }

  /// What follows from the state of what the operation is about; `nil` if nothing does.
  private func disposition(of operation: RecoveryAction, _ step: RunStep) -> Disposition? {
    switch operation {
    case .configureStorage:
      guard let vm = step.vm, let problem = machines[vm].obstacle else { return nil }
      return .refuse(problem)
    case .configureReverseReplication:
      guard let vm = step.vm, let problem = machines[vm].member.problem else { return nil }
      return .refuse(problem)
    case .shutDownGuest: return protectedMachineIsOff(step) ? .leaveOut : nil
    case .powerOff(_, let side) where side == protectedSide:
      return protectedMachineIsOff(step) ? .leaveOut : nil
    case .prepareForMigration:
      guard let vm = step.vm else { return nil }
      return machines[vm].obstacle != nil || isRunningAtProtectedSite(machines[vm])
        ? .leaveOut : nil
    case .deactivateStorage:
      guard let group = step.group else { return nil }
      return groups[group].runningMachineCount > 0 ? .leaveOut : nil
    case .powerOff, .resetStorage:
      guard let vm = step.vm else { return nil }
      return machines[vm].record.attempted.contains(.configuredStorage) ? nil : .leaveOut
    case .discardTestImage:
      guard let group = step.group else { return nil }
      return groups[group].record.attempted.contains(.createdTestImage) ? nil : .leaveOut
    default: return nil
    }
  }

  private func protectedMachineIsOff(_ step: RunStep) -> Bool {
    guard let vm = step.vm else { return false }
    return machines[vm].obstacle != nil || !isRunningAtProtectedSite(machines[vm])
  }

  /// Notes that the operation of a step has begun, or is done.
  mutating func remember(_ index: Int, isDone: Bool) {
    let step = steps[index]
    // What an undo does is forgotten with all the rest when it ends; if it is interrupted, the next run finds what is on.
    if case .undoing = phase { return }
    if case .operation(.suspend(let vm, at: let side)) = step.work {
      let item = RecoveryPlan.SuspendedVM(vm: vm, name: step.subject ?? "", side: side)
      let suspension = Suspension(vm: item, isCertain: isDone)
      if let index = planMemory.suspension(of: vm, at: side) {
        planMemory.suspensions[index] = suspension
      } else {
        planMemory.suspensions.append(suspension)
      }
      return
    }
    if case .operation(.resume(let vm, at: let side)) = step.work {
      guard let index = planMemory.suspension(of: vm, at: side) else { return }
      if isDone {
        planMemory.suspensions.remove(at: index)
      } else {
        planMemory.suspensions[index].isCertain = false
      }
      return
    }
    if let callout = step.callout {
      guard isDone else { return }
      if let vm = step.vm {
        machines[vm].record.callouts.insert(calloutKeys[callout])
      } else {
        planMemory.callouts.insert(calloutKeys[callout])
      }
      return
    }
    guard let deed = step.deed else { return }
    if let vm = step.vm {
      let wasRunning = isRunningAtProtectedSite(machines[vm])
      machines[vm].record.attempted.insert(deed)
      if isDone { machines[vm].record.done.insert(deed) }
      if wasRunning && !isRunningAtProtectedSite(machines[vm]) {
        groups[machines[vm].group].runningMachineCount -= 1
      }
    } else if let group = step.group {
      groups[group].record.attempted.insert(deed)
      if isDone { groups[group].record.done.insert(deed) }
      for vm in step.machines {
        machines[vm].record.attempted.insert(deed)
        // What a machine writes afterwards would be missing.
        let isLast = deed != .synchronizedFinally || !isRunningAtProtectedSite(machines[vm])
        if isDone && isLast { machines[vm].record.done.insert(deed) }
      }
    }
  }
}
