import Inventory
import Quantities

/// The steps of test, planned migration, disaster recovery and forced recovery.
///
/// - Source: VMware, "Site Recovery Manager Administration" 8.7, recovery plan steps; Site Recovery Manager REST API 2.0,
///   positions of callouts; step lists of a public two-site vSphere Replication lab. *Inferred*: what an error at the
///   recovery site means where no document says so.
extension StepTree {
  mutating func addTest(synchronizesData: Bool) {
    addCallouts(.beforePresyncStorage)
    if synchronizesData {
      addSynchronization(
        "Synchronize storage", .recentChanges, deed: .synchronizedBeforeShutdown, rule: .failGroup)
    }
    addCallouts(.beforeBeginPrepareStorage)
    addCallouts(.beforeRestoreHosts)
    addHosts("Restore recovery site hosts from standby", side: setup.recoverySide)
    addSuspension()
    addCallouts(.beforePrepareStorage)
    addCallouts(.beforeConfigureStorage)
    let predecessors = currentPredecessors
    let storage = addTop("Create writable storage snapshot")
    for group in setup.groups.indices {
      addStorage(of: group, under: storage, "Create image", deed: .createdTestImage) {
        .createTestImage($0, machines: $1, pointsInTime: $2)
      }
    }
    letCustomStepBeginBeside(predecessors: predecessors)
    let networks = addTop("Configure test networks")
    for (index, machine) in machines.enumerated() {
      let step = add(
        "Configure test networks", subject: machine.member.name, under: networks,
        .configureTestNetwork(machine.member.vm), deed: .configuredTestNetwork, rule: .failVM)
      assign(step, machine: index)
    }
    addPowerOn()
    addCallouts(.atEnd)
  }

  mutating func addRecovery() {
    let rule: RunStep.FailureRule = setup.workflow == .plannedMigration ? .stopRun : .warn
    let first = steps.count
    addCallouts(.beforePresyncStorage)
    addSynchronization(
      "Pre-synchronize storage", .beforeShutdown, deed: .synchronizedBeforeShutdown, rule: rule)
    addCallouts(.beforeShutdownProtectedSiteVMs)
    addShutdown(rule: rule)
    addCallouts(.beforeResumeProtectedSiteVMs)
    addResumption(
      "Resume VMs suspended by previous recovery", side: setup.protectedSide, rule: rule)
    addCallouts(.beforeRestoreHosts)
    addHosts("Restore recovery site hosts from standby", side: setup.recoverySide)
    addCallouts(.beforeBeginPreparePrimarySiteHosts)
    addHosts("Restore protected site hosts from standby", side: setup.protectedSide, rule: rule)
    addCallouts(.beforeBeginPrepareStorage)
    addPreparation(rule: rule)
    addCallouts(.beforeSyncStorage)
    addSynchronization("Synchronize storage", .final, deed: .synchronizedFinally, rule: rule)
    for step in steps.indices[first...] { leaveOutIfAtProtectedSite(step) }
    addSuspension()
    addCallouts(.beforePrepareStorage)
    addCallouts(.beforeConfigureStorage)
    let storage = addTop("Change recovery site storage to writable")
    for group in setup.groups.indices {
      addStorage(of: group, under: storage, "Make storage writable", deed: .madeStorageWritable) {
        .makeStorageWritable($0, machines: $1, pointsInTime: $2)
      }
    }
    addPowerOn()
    addCallouts(.atEnd)
  }

  /// A forced recovery says nothing to the protected site, and data is not synchronised unless it was asked for.
  private mutating func leaveOutIfAtProtectedSite(_ step: Int) {
    guard case .operation(let operation) = steps[step].work else { return }
    let isLeftOut =
      switch (setup.workflow, operation) {
      case (.forcedRecovery, .restoreHosts(let side)): side == setup.protectedSide
      case (.forcedRecovery, .runOnServer), (.forcedRecovery, .showPrompt): false
      case (.forcedRecovery, _): true
      case (.disasterRecovery(synchronizesData: false), .synchronize): true
      default: false
      }
    if isLeftOut { change(step) { $0.isLeftOut = true } }
  }

  // MARK: Parts

  /// The machines of a group that can be recovered, or are already.
  private func recoverable(of group: Int) -> [Int] {
    members[group].filter {
      let member = machines[$0].member
      return member.problem == nil || record(of: member.vm, in: group)?.contains(.configuredStorage) == true
    }
  }

  /// Those of them whose replicas a recovery has not taken into use.
  ///
  /// To make them writable may have been tried in vain: then what was written since must still come over.
  private func synchronizable(of group: Int) -> [Int] {
    guard !setup.workflow.isTest else { return recoverable(of: group) }
    return recoverable(of: group).filter {
      guard let record = record(of: machines[$0].member.vm, in: group) else { return true }
      return !record.contains(.madeStorageWritable) && !record.attempted.contains(.configuredStorage)
    }
  }

  private func record(of vm: VirtualMachineID, in group: Int) -> RunMemory.Record? {
    setup.memories[group].vms[vm]
  }

  mutating func assign(_ step: Int, machine: Int) {
    let group = machines[machine].group
    change(step) {
      $0.vm = machine
      $0.group = group
    }
  }

  mutating func addSynchronization(
    _ title: String, _ reason: RecoveryAction.Synchronization, deed: RunMemory.Deed, rule: RunStep.FailureRule
  ) {
    let top = addTop(title)
    for (index, group) in setup.groups.enumerated() {
      let open =
        reason == .reversed ? Array(members[index]) : synchronizable(of: index)
      let step = add(
        title, subject: group.name, under: top,
        .synchronize(group.id, reason, machines: open.map { machines[$0].member.vm }), deed: deed, rule: rule,
        timeLimit: setup.synchronizationTimeLimit)
      change(step) {
        $0.group = index
        $0.machines = open
        // What was made writable has a life of its own: nothing may overwrite it.
        $0.isLeftOut = open.isEmpty && !group.members.isEmpty
      }
    }
  }

  mutating func addHosts(_ title: String, side: PairSide, rule: RunStep.FailureRule = .warn) {
    let step = addTop(title, work: .operation(.restoreHosts(side)))
    change(step) { $0.rule = rule }
  }

  private mutating func addSuspension() {
    addCallouts(.beforeSuspendRecoverySiteVMs)
    let top = addTop("Suspend non-critical VMs at recovery site")
    for item in setup.plan.vmsToSuspend where item.side == setup.recoverySide {
      _ = add(
        "Suspend", subject: item.name, under: top, .suspend(item.vm, at: item.side), deed: nil, rule: .warn)
    }
  }

  mutating func addResumption(_ title: String, side: PairSide, rule: RunStep.FailureRule) {
    let top = addTop(title)
    for item in setup.planMemory.suspensions.map(\.vm) where item.side == side {
      _ = add(
        "Resume", subject: item.name, under: top, .resume(item.vm, at: side), deed: nil, rule: rule)
    }
  }

  /// The lowest priority is shut down first and all of one priority before the next.
  private mutating func addShutdown(rule: RunStep.FailureRule) {
    let top = addTop("Shut down VMs at protected site")
    var row: [Int] = []
    for priority in RecoveryPriority.allCases.reversed() {
      let members = machines.indices.filter { machines[$0].member.settings.priority == priority }
      guard !members.isEmpty else { continue }
      let group = add("Shut down priority \(priority.level) VMs", subject: nil, under: top)
      row.append(group)
      for index in members { addShutdown(of: index, under: group, rule: rule) }
    }
    chain(row)
  }

  private mutating func addShutdown(of index: Int, under parent: Int, rule: RunStep.FailureRule) {
    let member = machines[index].member
    let composite = add(member.name, subject: member.name, under: parent)
    assign(composite, machine: index)
    var row: [Int] = []
    if member.hasTools && !member.settings.skipsGuestShutdown {
      row.append(
        add(
          "Shut down guest", subject: member.name, under: composite, .shutDownGuest(member.vm),
          deed: .shutDownGuest, rule: .warn, timeLimit: member.settings.guestShutdownTimeout))
    }
    row.append(
      add(
        "Power off", subject: member.name, under: composite,
        .powerOff(member.vm, at: setup.protectedSide), deed: .poweredOff, rule: rule))
    chain(row)
  }

  private mutating func addPreparation(rule: RunStep.FailureRule) {
    let top = addTop("Prepare protected site VMs for migration")
    for (index, group) in setup.groups.enumerated() {
      let composite = add(group.name, subject: group.name, under: top)
      change(composite) { $0.group = index }
      var prepared: [Int] = []
      for machine in members[index] {
        let member = machines[machine].member
        let step = add(
          "Prepare for migration", subject: member.name, under: composite,
          .prepareForMigration(member.vm), deed: .preparedForMigration, rule: rule)
        assign(step, machine: machine)
        prepared.append(step)
      }
      let storage = add(
        "Make storage read-only", subject: group.name, under: composite,
        .deactivateStorage(group.id), deed: .deactivatedStorage, rule: rule)
      for step in prepared { link(step, to: storage) }
    }
  }

  private mutating func addStorage(
    of index: Int, under top: Int, _ title: String, deed: RunMemory.Deed,
    operation: (ProtectionGroupID, [VirtualMachineID], [RecoveryAction.PointInTime]) -> RecoveryAction
  ) {
    let group = setup.groups[index]
    let composite = add(group.name, subject: group.name, under: top)
    change(composite) { $0.group = index }
    let open = recoverable(of: index)
    let own = Set(open.map { machines[$0].member.vm })
    let image = add(
      title, subject: group.name, under: composite,
      operation(
        group.id, open.map { machines[$0].member.vm }, setup.pointsInTime.filter { own.contains($0.vm) }),
      deed: deed, rule: .failGroup)
    change(image) {
      $0.group = index
      $0.machines = open
    }
    for machine in members[index] {
      let member = machines[machine].member
      let step = add(
        "Configure storage", subject: member.name, under: composite,
        .configureStorage(member.vm, isTest: setup.workflow.isTest), deed: .configuredStorage, rule: .failVM)
      assign(step, machine: machine)
      link(image, to: step)
    }
  }
}
