package import Inventory

/// What the plans do to their groups.
///
/// That one plan at a time uses a group is the plans' business; the phases only follow one another as they can.
extension ProtectionGroups {
  /// A test begins, or one that was interrupted begins again.
  package mutating func testBegan(_ id: ProtectionGroupID) throws(ProtectionRefusal) {
    try enter(.testing, id, from: [.idle, .testing])
  }

  /// A test ended, whether all its machines came up or not.
  package mutating func testEnded(_ id: ProtectionGroupID) throws(ProtectionRefusal) {
    try enter(.testComplete, id, from: [.testing])
  }

  package mutating func cleanupBegan(_ id: ProtectionGroupID) throws(ProtectionRefusal) {
    try enter(.cleaningUp, id, from: [.testing, .testComplete, .cleaningUp])
  }

  /// - Parameter isComplete: Whether everything was removed, or the clean-up was forced; otherwise the group is as if still
  ///   tested.
  package mutating func cleanupEnded(
    _ id: ProtectionGroupID, isComplete: Bool
  ) throws(ProtectionRefusal) {
    try enter(isComplete ? .idle : .testing, id, from: [.cleaningUp])
  }

  /// A recovery begins, or goes on where it stopped.
  ///
  /// It may also begin from `recovered`: the plan runs again to finish what was left at the protected site.
  package mutating func recoveryBegan(_ id: ProtectionGroupID) throws(ProtectionRefusal) {
    try enter(.recovering, id, from: [.idle, .recovering, .partiallyRecovered, .recovered])
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

  /// A recovery ended; the group is recovered if each of its machines is.
  ///
  /// A recovery that was undone, or failed before it recovered any machine, leaves the group partially recovered too: the
  /// plan must run again. Inferred.
  package mutating func recoveryEnded(_ id: ProtectionGroupID) throws(ProtectionRefusal) {
    let isComplete = try existing(id).members.allSatisfy { protectedVM($0)?.isRecovered == true }
    try enter(isComplete ? .recovered : .partiallyRecovered, id, from: [.recovering])
  }

  /// A planned migration was undone: everything is as before.
  package mutating func recoveryUndone(_ id: ProtectionGroupID) throws(ProtectionRefusal) {
    try enter(.idle, id, from: [.recovering])
  }

  package mutating func reprotectBegan(_ id: ProtectionGroupID) throws(ProtectionRefusal) {
    try enter(.reprotecting, id, from: [.recovered, .reprotecting, .partiallyReprotected])
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

  /// A reprotect ended; if every machine has its placeholder at the other side, the group's direction turns.
  ///
  /// - Parameter isForced: Whether clean-up errors are ignored: the direction turns, and machines without a placeholder are
  ///   not protected.
  package mutating func reprotectEnded(
    _ id: ProtectionGroupID, isForced: Bool = false
  ) throws(ProtectionRefusal) {
    let group = try existing(id)
    let isComplete = group.members.allSatisfy { vm in
      guard let placeholder = protectedVM(vm)?.placeholder else { return false }
      return placeholder.side == group.protectedSide && placeholder.state == .present
    }
    guard isComplete || isForced else {
      try enter(.partiallyReprotected, id, from: [.reprotecting])
      return
    }
    try enter(.idle, id, from: [.reprotecting])
    self[id].protectedSide = group.protectedSide.other
    for vm in group.members {
      update(vm) { member in
        member.isRecovered = false
        member.originalLocation = nil
        member.operation = nil
        let isTurned =
          member.placeholder?.side == group.protectedSide && member.placeholder?.state == .present
        if !isTurned {
          member.isConfigured = false
          member.placeholder = nil
        }
      }
    }
  }

  private mutating func enter(
    _ phase: ProtectionGroupPhase, _ id: ProtectionGroupID, from allowed: [ProtectionGroupPhase]
  ) throws(ProtectionRefusal) {
    let group = try existing(id)
    guard allowed.contains(group.phase) else { throw .wrongPhase(group.phase) }
    self[id].phase = phase
  }
}
