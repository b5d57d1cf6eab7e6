import Inventory
import Quantities
import RecoveryCore
import Scenarios

/// What people change of groups and mappings after they were made.
extension RecoveryConductor {
  /// Where a machine was when it left its group.
  struct FormerMember: Sendable {
    let location: VMLocation
    let side: PairSide
  }

  // MARK: - Groups

  /// The group at a position of the description, and the side from which people work on it unless they say otherwise.
  func madeGroup(
    _ position: Int
  ) throws(RecoveryFailure) -> (id: ProtectionGroupID, protectedSide: PairSide) {
    guard let id = groupIDs[position], let side = book.protectedSide(of: id) else {
      throw RecoveryFailure("the protection group does not exist")
    }
    return (id, side)
  }

  /// The side where the machines of a member's group are protected.
  func protectedSide(ofMember vm: VirtualMachineID) -> PairSide? {
    groups.protectedVM(vm).flatMap { book.protectedSide(of: $0.group) }
  }

  /// Takes a machine out of its group; its replication goes on.
  ///
  /// - Returns: What to do about its placeholder.
  mutating func leaveGroup(_ vm: VirtualMachineID) throws(RecoveryFailure) -> ProtectionCommand {
    let member = groups.protectedVM(vm)
    let side = runningSide(ofMember: vm)
    do {
      let command = try groups.remove(vm)
      left(vm, member, side)
      return command
    } catch {
      throw RecoveryFailure(text(error))
    }
  }

  /// Deletes a group that no plan lists.
  ///
  /// - Returns: What to do about the placeholders of its members.
  mutating func deleteGroup(_ position: Int) throws(RecoveryFailure) -> [ProtectionCommand] {
    let (id, side) = try madeGroup(position)
    let members = groups[id].members.map {
      (vm: $0, member: groups.protectedVM($0), side: runningSide(ofMember: $0))
    }
    var changed = groups
    let commands: [ProtectionCommand]
    do {
      commands = try changed.delete(id)
    } catch {
      throw RecoveryFailure(text(error))
    }
    do {
      try book.removeGroup(id)
    } catch {
      throw RecoveryFailure(text(error))
    }
    groups = changed
    arrays.release(id)
    for (vm, member, side) in members { left(vm, member, side) }
    groupIDs[position] = nil
    toldGroups[position] = nil
    formerGroupSides[position] = side
    return commands
  }

  private mutating func left(_ vm: VirtualMachineID, _ member: ProtectedVM?, _ side: PairSide?) {
    if let member, let side { formerMembers[vm] = FormerMember(location: member.location, side: side) }
    if let position = positions[vm] { toldMembers[position] = nil }
    hasNews = true
  }

  /// Where a member runs: after a recovery at the other site than its group protects.
  private func runningSide(ofMember vm: VirtualMachineID) -> PairSide? {
    guard let member = groups.protectedVM(vm), let side = protectedSide(ofMember: vm) else { return nil }
    return member.isRecovered ? side.other : side
  }

  /// Where a machine that joins a group is; refused if that is not the site that the group protects.
  func location(ofJoining vm: VirtualMachineID, in group: ProtectionGroupID) throws(RecoveryFailure)
    -> VMLocation?
  {
    guard let position = positions[vm] else { return nil }
    let machine = description.virtualMachines[position]
    let home = description.groups.first { $0.members.contains(vm) }?.description.protectedSide
    let former = formerMembers[vm]
    if let side = former?.side ?? home, let protected = book.protectedSide(of: group), side != protected {
      throw RecoveryFailure("a virtual machine is not at site \(siteNames[protected])")
    }
    return former?.location ?? machine.location
  }

  // MARK: - Mappings

  /// Deletes a mapping.
  mutating func removeMapping(
    _ source: MappableObjectID, from side: PairSide, andBack takesReverse: Bool
  ) throws(RecoveryFailure) {
    do {
      try mappings.unmap(source, from: side, andBack: takesReverse)
    } catch {
      throw RecoveryFailure(text(error))
    }
  }

  /// Maps an object to another target than before.
  mutating func changeMapping(
    _ source: MappableObjectID, to target: MappableObjectID, from side: PairSide, isReversed: Bool
  ) throws(RecoveryFailure) {
    if mappings.objects[side][source].kind == .network {
      if let absence = absence(of: [source], at: side) ?? absence(of: [target], at: side.other) {
        throw absence
      }
    }
    do {
      try mappings.remap(source, to: target, from: side, reverse: isReversed)
    } catch {
      throw RecoveryFailure(text(error))
    }
  }
}

extension MappingKind {
  /// What is asked of a server to make a mapping.
  var creation: RecoveryOperation {
    switch self {
    case .network: .createNetworkMapping
    case .folder: .createFolderMapping
    case .resource: .createResourceMapping
    case .storagePolicy: .createStoragePolicyMapping
    }
  }

  /// What is asked of a server to delete one.
  var deletion: RecoveryOperation {
    switch self {
    case .network: .deleteNetworkMapping
    case .folder: .deleteFolderMapping
    case .resource: .deleteResourceMapping
    case .storagePolicy: .deleteStoragePolicyMapping
    }
  }
}
