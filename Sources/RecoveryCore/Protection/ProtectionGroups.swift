package import Inventory

/// All protection groups of a pair and the machines in them.
///
/// Mappings are handed in where they count, since they may change between one configuration and the next.
///
/// - Invariant: A machine is in one group at most, and every member of a group is a protected machine of that group.
package struct ProtectionGroups: Sendable, Hashable {
  private(set) var groups: [ProtectionGroup?] = []
  /// By machine.
  private var protectedVMs: [ProtectedVM?] = []
  private var groupCount = 0
  private var protectedCount = 0
  package let limits: RecoveryLimits
  package let offering: Offering

  package init(limits: RecoveryLimits = RecoveryLimits(), offering: Offering = .onPremises) {
    self.limits = limits
    self.offering = offering
  }

  /// - Precondition: The group exists.
  package internal(set) subscript(id: ProtectionGroupID) -> ProtectionGroup {
    get {
      guard let group = group(id) else { preconditionFailure("the protection group exists") }
      return group
    }
    set { groups[id.index] = newValue }
  }

  package func group(_ id: ProtectionGroupID) -> ProtectionGroup? {
    groups.indices.contains(id.index) ? groups[id.index] : nil
  }

  /// In the order in which they were made.
  package var identifiers: [ProtectionGroupID] {
    groups.indices.filter { groups[$0] != nil }.map { ProtectionGroupID($0) }
  }

  package func protectedVM(_ vm: VirtualMachineID) -> ProtectedVM? {
    protectedVMs.indices.contains(vm.index) ? protectedVMs[vm.index] : nil
  }

  /// How many machines are members of some group.
  package var protectedVMCount: Int { protectedCount }

  /// Changes a member; nothing happens to a machine that is none.
  mutating func update(_ vm: VirtualMachineID, _ change: (inout ProtectedVM) -> Void) {
    guard var member = protectedVM(vm) else { return }
    change(&member)
    protectedVMs[vm.index] = member
  }

  // MARK: Groups

  package mutating func create(_ group: ProtectionGroup) throws(ProtectionRefusal) -> ProtectionGroupID {
    guard !group.name.isEmpty else { throw .unnamed }
    guard offering.supports(group.replicationType) else { throw .typeExcluded(group.replicationType) }
    if let index = groups.firstIndex(where: { $0?.name == group.name }) {
      throw .nameTaken(ProtectionGroupID(index))
    }
    try check(.groupNameCharacters, group.name.count)
    try check(.groupDescriptionCharacters, group.description.count)
    try check(.protectionGroups, groupCount + 1)
    groups.append(
      ProtectionGroup(
        name: group.name, description: group.description, replicationType: group.replicationType,
        protectedSide: group.protectedSide))
    groupCount += 1
    return ProtectionGroupID(groups.count - 1)
  }

  /// Deletes a group on which no plan works and nothing of a plan is left unfinished: it is ready or recovered; its machines lose their protection, their replication goes on.
  ///
  /// - Returns: What to do about their placeholders.
  package mutating func delete(_ id: ProtectionGroupID) throws(ProtectionRefusal) -> [ProtectionCommand] {
    let group = try existing(id)
    switch group.phase {
    case .ready, .recovered: break
    default: throw .notIdle(group.phase)
    }
    for vm in group.members where protectedVM(vm)?.operation != nil { throw .busy(vm) }
    var commands: [ProtectionCommand] = []
    for vm in group.members {
      commands.append(removal(of: vm, in: group))
      protectedVMs[vm.index] = nil
      protectedCount -= 1
    }
    groups[id.index] = nil
    groupCount -= 1
    return commands
  }

  // MARK: Members

  /// Adds machines of the protected site; each is *Not Configured* until ``configureAll(_:mappings:)``.
  ///
  /// Either all are added or none.
  package mutating func add(
    _ vms: [(vm: VirtualMachineID, location: VMLocation)], to id: ProtectionGroupID
  ) throws(ProtectionRefusal) {
    let group = try existing(id)
    let status = status(of: id)
    guard status.isEditable else { throw .notEditable(status) }
    var added: [VirtualMachineID] = []
    for (vm, _) in vms {
      if let owner = protectedVM(vm)?.group { throw .alreadyProtected(vm, by: owner) }
      if added.contains(vm) { throw .alreadyProtected(vm, by: id) }
      added.append(vm)
    }
    try check(.vmsPerGroup, group.members.count + vms.count)
    try check(.protectedVMs, protectedCount + vms.count)
    for (vm, location) in vms {
      while protectedVMs.count <= vm.index { protectedVMs.append(nil) }
      protectedVMs[vm.index] = ProtectedVM(group: id, location: location)
    }
    protectedCount += vms.count
    self[id].members = (group.members + added).sorted()
  }

  /// Takes a machine out of its group, whose protection ends at once.
  ///
  /// - Returns: What to do about its placeholder, if anything.
  package mutating func remove(_ vm: VirtualMachineID) throws(ProtectionRefusal) -> ProtectionCommand {
    guard let member = protectedVM(vm) else { throw .notProtected(vm) }
    let status = status(of: member.group)
    guard status.allowsRemoval else { throw .notEditable(status) }
    guard member.operation == nil else { throw .busy(vm) }
    let command = removal(of: vm, in: self[member.group])
    protectedVMs[vm.index] = nil
    protectedCount -= 1
    self[member.group].members.removeAll { $0 == vm }
    return command
  }

  /// Ends a machine's protection but leaves it in its group, *Not Configured*.
  package mutating func removeProtection(
    from vm: VirtualMachineID
  ) throws(ProtectionRefusal) -> ProtectionCommand {
    guard let member = protectedVM(vm) else { throw .notProtected(vm) }
    let status = status(of: member.group)
    guard status.allowsRemoval else { throw .notEditable(status) }
    guard member.operation == nil else { throw .busy(vm) }
    update(vm) { $0.operation = .removing }
    return removal(of: vm, in: self[member.group])
  }

  package mutating func protectionRemoved(from vm: VirtualMachineID) {
    update(vm) {
      guard $0.operation == .removing else { return }
      $0.operation = nil
      $0.isConfigured = false
      $0.placeholder = nil
      $0.placeholderProblem = nil
    }
  }

  /// Says where one machine goes regardless of the mappings while `side` is protected.
  package mutating func setOverrides(
    _ overrides: VMLocationOverrides, for vm: VirtualMachineID, from side: PairSide
  ) throws(ProtectionRefusal) {
    guard let member = protectedVM(vm) else { throw .notProtected(vm) }
    let status = status(of: member.group)
    guard status.isEditable else { throw .notEditable(status) }
    update(vm) { $0.overrides[side] = overrides }
  }

  /// What was found out about a machine, whatever its group is doing.
  package mutating func factsChanged(_ facts: ProtectedVM.Facts, for vm: VirtualMachineID) {
    update(vm) { $0.facts = facts }
  }

  /// The machine was moved to another folder, resource or network at the site where it runs.
  package mutating func moved(_ vm: VirtualMachineID, to location: VMLocation) {
    update(vm) { $0.location = location }
  }

  // MARK: Small parts

  func existing(_ id: ProtectionGroupID) throws(ProtectionRefusal) -> ProtectionGroup {
    guard let group = group(id) else { throw .noSuchGroup }
    return group
  }

  private func check(_ limit: RecoveryLimit, _ count: Int) throws(ProtectionRefusal) {
    if let exceeded = limits.exceeded(limit, by: count) { throw .limit(exceeded) }
  }

  private func removal(of vm: VirtualMachineID, in group: ProtectionGroup) -> ProtectionCommand {
    let placeholder = protectedVM(vm)?.placeholder
    return .removeProtection(
      vm: vm, side: placeholder?.side ?? group.protectedSide.other,
      hasPlaceholder: placeholder?.state == .present)
  }
}
