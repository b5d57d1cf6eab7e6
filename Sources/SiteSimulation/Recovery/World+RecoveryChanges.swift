import ClusterModels
import Inventory
import Quantities
import RecoveryCore
import ReplicationCore
import Scenarios
import SimulationKernel

/// What people change or delete of what was made between two sites.
///
/// What cannot be done is refused; of several machines each by itself.
extension World {
  mutating func attempt(_ change: Scenario.RecoveryChange, pair: Int) throws(RecoveryFailure) {
    switch change {
    case .deletePlaceholders(let vms): for vm in vms { deletePlaceholder(of: vm, pair: pair) }
    case .movePlaceholders(let vms, let place, let side):
      for vm in vms { movePlaceholder(of: vm, to: place, at: side, pair: pair) }
    case .restorePlaceholders(let group): try restorePlaceholders(ofGroup: group.index, pair: pair)
    case .configureGroup(let group): try configureGroup(group.index, pair: pair)
    case .deleteMachines: break
    case .editPlan(let plan, let edit, let side):
      try conductors[pair].edit(planID(plan, of: RecoveryPairID(pair)), edit, from: side)
      record.note("plan.edited", subject: name(ofPlan: plan.index, pair), at: now)
    case .deletePlan(let plan, let side):
      try conductors[pair].delete(planID(plan, of: RecoveryPairID(pair)), from: side, at: now)
    case .damagePlan(let plan): conductors[pair].setDamaged(true, plan.index)
    case .saveSettings(let vms, let edit, let side):
      try conductors[pair].save(edit, of: vms, from: side)
      for vm in vms {
        record.note("vm.settings-saved", subject: scenario.inventory[vm].name, at: now)
      }
    }
  }

  private func name(ofPlan position: Int, _ pair: Int) -> String {
    conductors[pair].description.plans[position].description.name
  }

  // MARK: - Placeholders

  private mutating func deletePlaceholder(of vm: VirtualMachineID, pair: Int) {
    let name = scenario.inventory[vm].name
    guard conductors[pair].groups.protectedVM(vm)?.placeholder?.state == .present else {
      return record.note(
        "placeholder.delete-refused", subject: name, detail: "there is no placeholder", at: now)
    }
    conductors[pair].groups.placeholderDeleted(of: vm)
    conductors[pair].changedMembers.append(vm)
    conductors[pair].hasNews = true
    record.note("placeholder.deleted", subject: name, at: now)
  }

  private mutating func movePlaceholder(
    of vm: VirtualMachineID, to place: VMLocationOverrides, at side: PairSide, pair: Int
  ) {
    let name = scenario.inventory[vm].name
    guard let placeholder = conductors[pair].groups.protectedVM(vm)?.placeholder,
      placeholder.state == .present, placeholder.side == side
    else {
      return record.note(
        "placeholder.move-refused", subject: name, detail: "there is no placeholder", at: now)
    }
    var location = placeholder.location
    location.folder = place.folder ?? location.folder
    location.resource = place.resource ?? location.resource
    location.storagePolicy = place.storagePolicy ?? location.storagePolicy
    for (card, network) in place.networks.enumerated() where location.networks.indices.contains(card) {
      location.networks[card] = network ?? location.networks[card]
    }
    conductors[pair].groups.placeholderMoved(of: vm, to: location)
    record.note("placeholder.moved", subject: name, at: now)
  }

  /// It is done at the recovery site, and the protected site may be down.
  ///
  /// That is what the description of the operation says; its connectivity contract says otherwise, and is not asked.
  ///
  /// - Source: Site Recovery Manager REST API 2.0, `restore-all-placeholders`.
  private mutating func restorePlaceholders(ofGroup position: Int, pair: Int) throws(RecoveryFailure) {
    guard let id = conductors[pair].groupIDs[position],
      let side = conductors[pair].book.protectedSide(of: id)?.other
    else { throw RecoveryFailure("the protection group does not exist") }
    guard conductors[pair].answers(.siteRecoveryManager, at: side) else {
      throw RecoveryFailure(
        "the Site Recovery Manager server of site \(conductors[pair].siteNames[side]) does not answer")
    }
    let mappings = conductors[pair].mappings
    let commands: [ProtectionCommand]
    do {
      commands = try conductors[pair].groups.restorePlaceholders(id, mappings: mappings)
    } catch {
      throw RecoveryFailure(conductors[pair].text(error))
    }
    conductors[pair].hasNews = true
    noteProblems(ofGroup: position, pair: pair)
    conductors[pair].ask(commands, at: now)
  }

  // MARK: - Machines

  /// Whether the machine that ran before the last recovery is still there, or was until reprotect used it up.
  func originalExists(of vm: VirtualMachineID) -> Bool {
    machineIndex[vm.index].map { !replications[machines[$0].replication].isOriginalDeleted } ?? false
  }

  /// Somebody deletes machines at a site: those that run there are lost, and what protects them is in error; those that a
  /// recovery left there are not there for reprotect.
  mutating func deleteMachines(
    _ vms: [VirtualMachineID], at site: SiteID, pair: Int
  ) throws(SimulationFailure) {
    for vm in vms {
      guard let text = try deleteMachine(vm, at: site, pair: pair) else { continue }
      record.note("vm.delete-refused", subject: scenario.inventory[vm].name, detail: text, at: now)
    }
    tellNews(of: pair)
  }

  /// - Returns: Why it cannot be done.
  private mutating func deleteMachine(
    _ vm: VirtualMachineID, at site: SiteID, pair: Int
  ) throws(SimulationFailure) -> String? {
    guard let machine = copy(of: vm, at: site), !machines[machine].isDeleted else {
      return "there is no such virtual machine"
    }
    let index = machines[machine].replication
    switch machines[machine].role {
    case .test: return "it belongs to a test"
    case .gone: return "there is no such virtual machine"
    case .current:
      if replications[index].life == .recovered { return "it was recovered and is not protected yet" }
      try switchOff(machine)
      machines[machine].isRegistered = false
      machines[machine].isDeleted = true
      note("vm.deleted", of: machine)
      if replications[index].isActive {
        replications[index].source.configurationFailed(.diskRemoved, at: now)
        try sourceChanged(index)
      }
    case .former:
      note("vm.deleted", of: machine)
      try deleteOriginal(machine, index)
      replications[index].isOriginalDeleted = true
      conductors[pair].groups.originalDeleted(of: vm)
      conductors[pair].changedMembers.append(vm)
      conductors[pair].hasNews = true
    }
    lookAt(vm, pair: pair)
    return nil
  }

  /// The machine that a recovery left behind is gone, and its disks with it; the devices of an array hold what they held.
  private mutating func deleteOriginal(_ machine: Int, _ index: Int) throws(SimulationFailure) {
    guard replications[index].storageUnit == nil else {
      try switchOff(machine)
      machines[machine].isRegistered = false
      machines[machine].isDeleted = true
      return
    }
    try switchOff(machine)
    drawWrites(of: machine)
    let datastore = machines[machine].datastore.index
    if datastores[datastore].vsan != nil {
      let objects = machines[machine].objects
      for object in objects { datastores[datastore].vsan?.cluster.remove(object) }
      datastores[datastore].vsan?.machineObjects[machines[machine].id.index].removeAll {
        objects.contains($0)
      }
      followCommands(of: datastore)
    } else {
      datastores[datastore].used = datastores[datastore].used - machines[machine].space
    }
    try removeCopy(machine)
    replications[index].formerCopy = nil
  }

  // MARK: - Plans

  /// The servers have deleted a plan, or one of them while it cannot reach the other.
  mutating func endDeletion(of plan: RecoveryPlanID, pair: Int) {
    guard let position = conductors[pair].deletionEnded(plan) else { return }
    record.note("plan.deleted", subject: name(ofPlan: position, pair), at: now)
  }
}
