import Inventory
import Measurements
import Quantities
import RecoveryCore
import ReplicationCore
import Scenarios

/// What the protection of machines rests on: whether they exist and are replicated, and how well.
extension World {
  /// Finds that out for all machines of a pair.
  mutating func lookAtMachines(of pair: Int) {
    for machine in conductors[pair].description.virtualMachines { lookAt(machine.id, pair: pair) }
  }

  /// Finds it out for machines whose objective may be violated by now.
  mutating func lookAtDueMachines(of pair: Int) {
    while let entry = conductors[pair].violations.first, entry.due <= now {
      conductors[pair].violations.removeFirst()
      conductors[pair].awaitsViolation[entry.step] = false
      lookAt(conductors[pair].description.virtualMachines[entry.step].id, pair: pair)
    }
  }

  /// Something happened to a replication on which the protection of its machine rests.
  mutating func memberChanged(_ index: Int) {
    let vm = replications[index].machine
    for pair in conductors.indices where conductors[pair].unit(of: vm) != nil {
      let deadline = conductors[pair].violations.first
      if lookAt(vm, pair: pair) { tellNews(of: pair) }
      if conductors[pair].violations.first != deadline { armTimer(ofPair: pair) }
    }
  }

  /// - Returns: Whether something is otherwise than it was.
  @discardableResult
  mutating func lookAt(_ vm: VirtualMachineID, pair: Int) -> Bool {
    awaitViolation(of: vm, pair: pair)
    let facts = facts(of: vm, pair: pair)
    guard let member = conductors[pair].groups.protectedVM(vm), member.facts != facts else { return false }
    conductors[pair].groups.factsChanged(facts, for: vm)
    conductors[pair].changedMembers.append(vm)
    conductors[pair].hasNews = true
    return true
  }

  /// Looks at a machine again when its lag exceeds its objective, if no instance is complete before.
  mutating func awaitViolation(of vm: VirtualMachineID, pair: Int) {
    guard let position = conductors[pair].positions[vm], !conductors[pair].awaitsViolation[position],
      let machine = machineIndex[vm.index]
    else { return }
    let index = machines[machine].replication
    let rpo = replications[index].lag.rpo
    guard replications[index].isActive, let lag = replications[index].lag.lag(at: now), lag <= rpo else {
      return
    }
    conductors[pair].awaitsViolation[position] = true
    conductors[pair].violations.insert(.init(due: now + (rpo - lag) + .nanoseconds(1), step: position))
  }

  private func facts(of vm: VirtualMachineID, pair: Int) -> ProtectedVM.Facts {
    var facts = ProtectedVM.Facts()
    let machine = machineIndex[vm.index]
    guard let machine, replications[machines[machine].replication].life != .absent else {
      facts.unreplicatedDevices = scenario.inventory[vm].disks.map(\.name)
      return facts
    }
    let index = machines[machine].replication
    facts.exists = !machines[machine].isDeleted
    if let unit = replications[index].storageUnit {
      storageChanged(&facts, of: vm, pair: pair)
      facts.replication = storageHealth(unit)
    } else if replications[index].isActive {
      facts.unreplicatedDevices = machines[machine].addedDisks.map(\.name)
      facts.replication = replicationHealth(index)
    }
    return facts
  }

  private func replicationHealth(_ index: Int) -> ProviderHealth {
    switch status(of: index) {
    case .error, .errorRPOViolation: .error("the replication is in status ERROR")
    case .rpoViolation, .syncRPOViolation, .fullSyncRPOViolation, .notActiveRPOViolation:
      .warning("the recovery point objective is violated")
    case .configuring, .initialFullSync, .fullSync, .sync, .ok, .notActive, .paused, .moving, .recovering,
      .recovered, .diskResizing, .unknown:
      .ok
    }
  }

  /// What the arrays report of the machine's datastore.
  private func storageChanged(_ facts: inout ProtectedVM.Facts, of vm: VirtualMachineID, pair: Int) {
    let arrays = conductors[pair].arrays
    guard let group = conductors[pair].groups.protectedVM(vm)?.group,
      let issues = arrays.issues(of: vm, in: group)
    else { return }
    facts.storageChanged(issues) { arrays.name(of: $0) }
    if issues.isEmpty, let problem = arrays.groupProblem(of: vm, in: group) {
      facts.configuration = .error(problem)
    }
  }

  /// Whether a unit is copied: a device that is not replicated is an error.
  ///
  /// Copies that lack room keep their last image, which can be recovered: a warning.
  private func storageHealth(_ unit: Int) -> ProviderHealth {
    guard let fault = storageFault(unit) else { return .ok }
    return storageUnits[unit].removedDevices.isEmpty ? .warning(fault) : .error(fault)
  }
}
