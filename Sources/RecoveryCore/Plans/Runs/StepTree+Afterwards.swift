import Inventory

/// The steps of clean-up and reprotect.
///
/// - Source: As for the other workflows. *Inferred*: storage is reset only for groups whose machines are all reset, so
///   that nothing is thrown away beneath a machine.
extension StepTree {
  mutating func addCleanup(isForced: Bool) {
    let rule: RunStep.FailureRule = isForced ? .warn : .failVM
    addHosts("Restore recovery site hosts from standby", side: setup.recoverySide)
    addCallouts(.beforePowerOffRecoverySiteVMs)
    let top = addTop("Power off test VMs")
    for (index, machine) in machines.enumerated() {
      let member = machine.member
      let composite = add(member.name, subject: member.name, under: top)
      assign(composite, machine: index)
      change(composite) { $0.completesVM = true }
      let off = add(
        "Power off", subject: member.name, under: composite,
        .powerOff(member.vm, at: setup.recoverySide), deed: .poweredOffTest, rule: rule)
      let reset = add(
        "Reset storage", subject: member.name, under: composite, .resetStorage(member.vm),
        deed: .resetStorage, rule: rule)
      link(off, to: reset)
    }
    addCallouts(.beforeResumeRecoverySiteVMs)
    addResumption(
      "Resume non-critical VMs", side: setup.recoverySide, rule: isForced ? .warn : .report)
    addCallouts(.beforeRestoreStorage)
    addForEachGroup(
      "Discard test data and reset storage", deed: .discardedTestImage, rule: isForced ? .warn : .report,
      needsWholeGroup: !isForced
    ) { .discardTestImage($0) }
  }

  mutating func addReprotect(isForced: Bool) {
    addHosts("Restore protected site hosts from standby", side: setup.protectedSide)
    addCallouts(.beforeReverseReplication)
    let storage = addTop("Configure storage to reverse direction")
    for (index, group) in setup.groups.enumerated() {
      let composite = add(group.name, subject: group.name, under: storage)
      change(composite) { $0.group = index }
      let reverse = add(
        "Reverse replication", subject: group.name, under: composite, .reverseReplication(group.id),
        deed: .reversedReplication, rule: .failGroup)
      addForEachMachine(
        of: index, under: composite, "Configure reverse replication", deed: .configuredReverseReplication,
        after: reverse
      ) { .configureReverseReplication($0) }
    }
    addCallouts(.beforeCreatePlaceholderVMs)
    let protection = addTop("Configure protection to reverse direction")
    for (index, group) in setup.groups.enumerated() {
      let composite = add(group.name, subject: group.name, under: protection)
      change(composite) { $0.group = index }
      addForEachMachine(
        of: index, under: composite, "Configure protection", deed: .configuredReverseProtection,
        after: nil
      ) { .configureReverseProtection($0) }
    }
    // It may remove the disks that are to be the seeds of a machine whose replication was not turned.
    addForEachGroup(
      "Clean up storage", deed: .cleanedUpStorage, rule: isForced ? .warn : .report, needsWholeGroup: true
    ) { .cleanUpStorage($0) }
    addCallouts(.beforeFinalizeStorage)
    addSynchronization(
      "Synchronize storage", .reversed, deed: .synchronizedInReverse, rule: .report)
    for step in steps.indices {
      guard case .operation(.synchronize) = steps[step].work else { continue }
      change(step) { $0.needsWholeGroup = true }
    }
  }

  private mutating func addForEachMachine(
    of group: Int, under parent: Int, _ title: String, deed: RunMemory.Deed, after first: Int?,
    operation: (VirtualMachineID) -> RecoveryAction
  ) {
    for index in members[group] {
      let member = machines[index].member
      let step = add(
        title, subject: member.name, under: parent, operation(member.vm), deed: deed, rule: .failVM)
      assign(step, machine: index)
      if let first { link(first, to: step) }
    }
  }

  private mutating func addForEachGroup(
    _ title: String, deed: RunMemory.Deed, rule: RunStep.FailureRule, needsWholeGroup: Bool,
    operation: (ProtectionGroupID) -> RecoveryAction
  ) {
    let top = addTop(title)
    for (index, group) in setup.groups.enumerated() {
      let step = add(
        title, subject: group.name, under: top, operation(group.id), deed: deed, rule: rule)
      change(step) {
        $0.group = index
        $0.needsWholeGroup = needsWholeGroup
      }
    }
  }
}
