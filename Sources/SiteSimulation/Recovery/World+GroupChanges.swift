import Inventory
import RecoveryCore
import Scenarios

/// What people change of protection groups and mappings after they were made.
///
/// What the operation's contract and the operator's privileges do not allow is refused as a whole; of several machines each is
/// refused by itself.
extension World {
  // MARK: - Members

  /// Takes machines out of their groups: their placeholders are removed, their replications go on.
  mutating func leaveGroups(
    _ vms: [VirtualMachineID], from side: PairSide?, pair: Int, by actor: Scenario.Actor
  ) throws(RecoveryFailure) {
    try authorize(.removeVmFromProtectionGroup, on: vms, from: side, pair: pair, by: actor)
    for vm in vms {
      let name = scenario.inventory[vm].name
      do throws(RecoveryFailure) {
        let group = conductors[pair].groups.protectedVM(vm).flatMap {
          conductors[pair].groups.group($0.group)?.name
        }
        let command = try conductors[pair].leaveGroup(vm)
        record.note("vm.left-group", subject: name, detail: group ?? "", at: now)
        conductors[pair].ask([command], at: now)
      } catch {
        record.note("group.remove-refused", subject: name, detail: error.text, at: now)
      }
    }
  }

  /// Ends the protection of members, which stay in their groups.
  mutating func unprotect(
    _ vms: [VirtualMachineID], from side: PairSide?, pair: Int, by actor: Scenario.Actor
  ) throws(RecoveryFailure) {
    try authorize(.removeVmProtection, on: vms, from: side, pair: pair, by: actor)
    for vm in vms {
      do throws(ProtectionRefusal) {
        let command = try conductors[pair].groups.removeProtection(from: vm)
        conductors[pair].hasNews = true
        conductors[pair].ask([command], at: now)
      } catch {
        record.note(
          "group.unprotect-refused", subject: scenario.inventory[vm].name,
          detail: conductors[pair].text(error), at: now)
      }
    }
  }

  private mutating func authorize(
    _ operation: RecoveryOperation, on vms: [VirtualMachineID], from side: PairSide?, pair: Int,
    by actor: Scenario.Actor
  ) throws(RecoveryFailure) {
    var sides: [PairSide] = []
    for vm in vms {
      let place = side ?? conductors[pair].protectedSide(ofMember: vm)
      if let place, !sides.contains(place) { sides.append(place) }
    }
    for side in sides {
      try conductors[pair].authorize(operation, from: side, needsRemoteSite: false, by: actor)
    }
  }

  /// Why a machine cannot join a group, beyond what its group says.
  func refusalToJoin(_ vms: [VirtualMachineID]) -> RecoveryFailure? {
    for vm in vms {
      guard let machine = machineIndex[vm.index] else { continue }
      if replications[machines[machine].replication].life == .recovered {
        return RecoveryFailure(
          "virtual machine \(scenario.inventory[vm].name) was recovered and is not replicated")
      }
    }
    return nil
  }

  // MARK: - Groups

  mutating func configureGroup(
    _ position: Int, from side: PairSide?, pair: Int, by actor: Scenario.Actor
  ) throws(RecoveryFailure) {
    let (id, protectedSide) = try conductors[pair].madeGroup(position)
    try conductors[pair].authorize(
      .configureAll, from: side ?? protectedSide, needsRemoteSite: true, by: actor)
    let mappings = conductors[pair].mappings
    let commands: [ProtectionCommand]
    do {
      commands = try conductors[pair].groups.configureAll(id, mappings: mappings)
    } catch {
      throw RecoveryFailure(conductors[pair].text(error))
    }
    conductors[pair].hasNews = true
    noteProblems(ofGroup: position, pair: pair)
    conductors[pair].ask(commands, at: now)
  }

  mutating func deleteGroup(
    _ position: Int, from side: PairSide?, pair: Int, by actor: Scenario.Actor
  ) throws(RecoveryFailure) {
    let (_, protectedSide) = try conductors[pair].madeGroup(position)
    try conductors[pair].authorize(
      .deleteGroup, from: side ?? protectedSide, needsRemoteSite: false, by: actor)
    let commands = try conductors[pair].deleteGroup(position)
    record.note(
      "group.deleted", subject: conductors[pair].description.groups[position].description.name, at: now)
    conductors[pair].ask(commands, at: now)
  }

  /// The placeholder of a machine whose protection ended is removed, unless its site cannot be reached.
  mutating func removeProtection(
    of vm: VirtualMachineID, at side: PairSide, hasPlaceholder: Bool, pair: Int
  ) {
    conductors[pair].groups.protectionRemoved(from: vm)
    conductors[pair].changedMembers.append(vm)
    guard hasPlaceholder else { return }
    let name = scenario.inventory[vm].name
    if conductors[pair].answers(.vCenter, at: side) {
      record.note("placeholder.removed", subject: name, at: now)
    } else {
      record.note(
        "placeholder.left", subject: name,
        detail: "site \(conductors[pair].siteNames[side]) does not answer", at: now)
    }
  }

  // MARK: - Mappings

  mutating func removeMapping(
    _ source: MappableObjectID, from side: PairSide, andBack takesReverse: Bool, pair: Int,
    by actor: Scenario.Actor
  ) throws(RecoveryFailure) {
    let object = conductors[pair].mappings.objects[side][source]
    try conductors[pair].authorize(object.kind.deletion, from: side, needsRemoteSite: true, by: actor)
    try conductors[pair].removeMapping(source, from: side, andBack: takesReverse)
    record.note("mapping.removed", subject: object.name, at: now)
  }

  mutating func changeMapping(
    _ source: MappableObjectID, to target: MappableObjectID, from side: PairSide, isReversed: Bool, pair: Int,
    by actor: Scenario.Actor
  ) throws(RecoveryFailure) {
    let object = conductors[pair].mappings.objects[side][source]
    for operation in [object.kind.deletion, object.kind.creation] {
      try conductors[pair].authorize(operation, from: side, needsRemoteSite: true, by: actor)
    }
    try conductors[pair].changeMapping(source, to: target, from: side, isReversed: isReversed)
    record.note(
      "mapping.changed", subject: object.name,
      detail: "to \(conductors[pair].mappings.objects[side.other][target].name)", at: now)
  }
}
