package import Inventory

/// What the plans do to their groups.
///
/// How groups come from one phase to the next is the business of ``PlanBook`` alone; groups are told.
extension ProtectionGroups {
  /// Takes what the plans have made of a group.
  ///
  /// If its protected side has turned, its machines are protected where they were recovered to; one whose placeholder on the
  /// other side was deleted meanwhile is not.
  ///
  /// - Precondition: The group exists.
  package mutating func plansChanged(
    _ id: ProtectionGroupID, to phase: GroupPhase, protectedSide: PairSide
  ) {
    self[id].phase = phase
    guard self[id].protectedSide != protectedSide else { return }
    self[id].protectedSide = protectedSide
    for vm in self[id].members {
      update(vm) { member in
        member.isRecovered = false
        member.originalLocation = nil
        member.operation = nil
        guard member.placeholder?.side != protectedSide.other || member.placeholder?.state != .present
        else { return }
        member.isConfigured = false
        member.placeholder = nil
      }
    }
  }

  /// One machine of the group runs, or could run, at the recovery site, where its placeholder was.
  package mutating func recovered(_ vm: VirtualMachineID) {
    update(vm) { member in
      guard !member.isRecovered else { return }
      member.isRecovered = true
      member.originalLocation = member.location
      if let placeholder = member.placeholder { member.location = placeholder.location }
    }
  }

  /// Turns the protection of one recovered machine around: it is to get a placeholder where it ran before.
  ///
  /// The placeholder goes where the original was; if that is gone, the mappings of the other direction say where, except for
  /// vSphere Replication, which needs the original's disks.
  ///
  /// - Parameter originalExists: Whether the machine that ran before the recovery is still there.
  /// - Returns: The placeholder to make, or nothing if the machine has been turned around already.
  /// - Source: VMware, "Site Recovery Manager Administration" 6.1: how reprotect works.
  package mutating func reverseProtection(
    of vm: VirtualMachineID, originalExists: Bool, mappings: InventoryMappings
  ) throws(PlaceholderProblem) -> ProtectionCommand? {
    guard let member = protectedVM(vm), let group = group(member.group) else {
      preconditionFailure("only members of a group are reprotected")
    }
    let target = group.protectedSide
    if let placeholder = member.placeholder, placeholder.side == target, placeholder.state == .present {
      return nil
    }
    if let placeholder = member.placeholder, placeholder.side == target, placeholder.state == .deleted {
      // Somebody deleted it since: it goes where it was.
      update(vm) { $0.operation = .restoringPlaceholder }
      return .createPlaceholder(
        vm: vm, side: target, location: placeholder.location, datastore: placeholder.datastore)
    }
    let place: VMLocation
    do {
      place = try self.place(
        originalExists ? member.originalLocation : nil, member: member, group: group, mappings: mappings)
    } catch {
      update(vm) { $0.placeholderProblem = error }
      throw error
    }
    guard let datastore = mappings.placeholderDatastore(visibleFrom: place.resource, at: target) else {
      update(vm) { $0.placeholderProblem = .noDatastore(resource: place.resource) }
      throw .noDatastore(resource: place.resource)
    }
    update(vm) {
      $0.operation = .configuring
      $0.placeholderProblem = nil
      $0.placeholder = Placeholder(side: target, location: place, datastore: datastore, state: .deleted)
    }
    return .createPlaceholder(vm: vm, side: target, location: place, datastore: datastore)
  }

  private func place(
    _ original: VMLocation?, member: ProtectedVM, group: ProtectionGroup, mappings: InventoryMappings
  ) throws(PlaceholderProblem) -> VMLocation {
    if let original { return original }
    guard group.replicationType != .vSphereReplication else { throw .originalNotFound }
    let side = group.protectedSide.other
    do {
      return try mappings.place(member.location, overrides: member.overrides[side], from: side)
    } catch {
      throw .mapping(error)
    }
  }
}
