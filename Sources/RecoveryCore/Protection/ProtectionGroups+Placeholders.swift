package import Inventory

extension ProtectionGroups {
  /// Configures the protection of every member that has none yet, with the mappings as they are now.
  ///
  /// Machines without a place keep the reason as their status; no placeholder is made for them. Members that are configured
  /// keep what they have, also if a mapping has changed since.
  ///
  /// - Returns: The placeholders to make, in the order of the members.
  package mutating func configureAll(
    _ id: ProtectionGroupID, mappings: InventoryMappings
  ) throws(ProtectionRefusal) -> [ProtectionCommand] {
    let group = try existing(id)
    let status = status(of: id)
    guard status.isEditable else { throw .notEditable(status) }
    var commands: [ProtectionCommand] = []
    for vm in group.members {
      guard let member = protectedVM(vm), member.operation == nil, !member.isConfigured, member.facts.exists
      else { continue }
      commands += makePlaceholder(of: vm, member, in: group, mappings: mappings, operation: .configuring)
    }
    return commands
  }

  /// Makes the placeholders again that are deleted or were never made; the protected site need not answer.
  package mutating func restorePlaceholders(
    _ id: ProtectionGroupID, mappings: InventoryMappings
  ) throws(ProtectionRefusal) -> [ProtectionCommand] {
    let group = try existing(id)
    let status = status(of: id)
    guard status.isEditable else { throw .notEditable(status) }
    var commands: [ProtectionCommand] = []
    for vm in group.members {
      guard let member = protectedVM(vm), member.operation == nil else { continue }
      let needsRepair =
        member.placeholder?.state == .deleted
        || member.isConfigured && member.placeholder == nil
        || member.placeholderProblem != nil
      guard needsRepair else { continue }
      if let old = member.placeholder, old.state == .deleted {
        // It goes where it was, whatever the mappings say now.
        update(vm) { $0.operation = .restoringPlaceholder }
        commands.append(
          .createPlaceholder(vm: vm, side: old.side, location: old.location, datastore: old.datastore))
      } else {
        commands += makePlaceholder(
          of: vm, member, in: group, mappings: mappings, operation: .restoringPlaceholder)
      }
    }
    return commands
  }

  /// Finds a place for a machine's placeholder and begins to make it; the reason is kept if there is none.
  private mutating func makePlaceholder(
    of vm: VirtualMachineID, _ member: ProtectedVM, in group: ProtectionGroup, mappings: InventoryMappings,
    operation: ProtectedVM.Operation
  ) -> [ProtectionCommand] {
    let side = group.protectedSide
    let location: VMLocation
    do {
      location = try mappings.place(member.location, overrides: member.overrides[side], from: side)
    } catch {
      update(vm) { $0.placeholderProblem = .mapping(error) }
      return []
    }
    guard let datastore = mappings.placeholderDatastore(visibleFrom: location.resource, at: side.other) else {
      update(vm) { $0.placeholderProblem = .noDatastore(resource: location.resource) }
      return []
    }
    update(vm) {
      $0.placeholderProblem = nil
      $0.operation = operation
      $0.placeholder = Placeholder(
        side: side.other, location: location, datastore: datastore, state: .deleted)
    }
    return [.createPlaceholder(vm: vm, side: side.other, location: location, datastore: datastore)]
  }

  /// The placeholder asked for is registered: the machine is protected.
  ///
  /// Nothing happens if none was asked for.
  package mutating func placeholderCreated(for vm: VirtualMachineID) {
    update(vm) {
      guard $0.operation == .configuring || $0.operation == .restoringPlaceholder else { return }
      $0.operation = nil
      $0.isConfigured = true
      $0.placeholderProblem = nil
      $0.placeholder?.state = .present
    }
  }

  package mutating func placeholderCreationFailed(for vm: VirtualMachineID, reason: String) {
    update(vm) {
      guard $0.operation == .configuring || $0.operation == .restoringPlaceholder else { return }
      // A placeholder that could not be repaired stays deleted; one that never was is none.
      if $0.operation == .configuring || !$0.isConfigured { $0.placeholder = nil }
      $0.operation = nil
      $0.placeholderProblem = .creationFailed(reason)
    }
  }

  /// Somebody deleted a machine's placeholder.
  package mutating func placeholderDeleted(of vm: VirtualMachineID) {
    update(vm) { if $0.placeholder?.state == .present { $0.placeholder?.state = .deleted } }
  }

  /// Somebody changed where a placeholder is; the recovered machine will be there.
  package mutating func placeholderMoved(of vm: VirtualMachineID, to location: VMLocation) {
    update(vm) { $0.placeholder?.location = location }
  }

  /// Somebody deleted the machine that ran before the recovery: *Original protected VM not found*.
  ///
  /// Nothing happens to a machine that is not recovered, and to one that storage replicates: its way back does not need the
  /// original.
  ///
  /// - Source: VMware, "VMware Site Recovery", virtual machine protection status.
  package mutating func originalDeleted(of vm: VirtualMachineID) {
    guard let member = protectedVM(vm), member.isRecovered,
      group(member.group)?.replicationType == .vSphereReplication
    else { return }
    update(vm) { $0.placeholderProblem = .originalNotFound }
  }

  // MARK: During plans

  /// Where the machine is registered when a test or a recovery puts it in its placeholder's place.
  ///
  /// - Returns: `nil` if there is no placeholder: the machine cannot be recovered.
  package mutating func placeholderReplaced(of vm: VirtualMachineID, byTest isTest: Bool) -> VMLocation? {
    guard let placeholder = protectedVM(vm)?.placeholder else { return nil }
    switch placeholder.state {
    case .present:
      update(vm) { $0.placeholder?.state = isTest ? .replacedByTest : .replacedByRecovery }
    case .replacedByTest where isTest, .replacedByRecovery where !isTest:
      // A rerun finds its work done.
      break
    case .replacedByTest, .replacedByRecovery, .deleted:
      return nil
    }
    return placeholder.location
  }

  /// Clean-up has registered the placeholder again; nothing happens if no test had replaced it.
  package mutating func placeholderRestored(of vm: VirtualMachineID) {
    update(vm) { if $0.placeholder?.state == .replacedByTest { $0.placeholder?.state = .present } }
  }

  /// A forced clean-up has ended and not registered the placeholder again: it is deleted, until it is restored; nothing happens
  /// if no test had replaced it.
  ///
  /// Until then the machine is not recovered, which would leave it off at both sites.
  ///
  /// - Returns: Whether it is deleted by this.
  package mutating func placeholderLost(of vm: VirtualMachineID) -> Bool {
    guard protectedVM(vm)?.placeholder?.state == .replacedByTest else { return false }
    update(vm) { $0.placeholder?.state = .deleted }
    return true
  }
}
