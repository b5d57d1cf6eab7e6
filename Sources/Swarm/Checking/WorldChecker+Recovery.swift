import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import SiteSimulation

/// What must hold of recoveries.
extension WorldChecker {
  /// Checks what plans did, whenever something was recorded.
  mutating func checkRecoveries(_ world: borrowing World, eventsFrom first: Int) throws(Violation) {
    var ended = world.planRunCount
    swap(&ended, &recoveries.runCount)
    let runs = world.planRuns[ended...]
    // A run that ended in this step worked until now.
    for index in scenario.replications.indices { try checkRecovered(index, ended: runs, world) }
    for pair in scenario.recoveryPairs.indices {
      let plans = scenario.recoveryPairs[pair].plans.map(\.description)
      for run in runs {
        guard let plan = plans.firstIndex(where: { $0.name == run.plan }) else { continue }
        try checkEnd(of: run, plan: plan, pair: pair, world)
        // The groups of a plan may be others than in the beginning.
        let groups = recoveries.plans[pair][plan]?.run?.groups ?? plans[plan].groups.map(\.index)
        recoveries.ended(run, plan: plan, groups: groups, pair: pair)
      }
      let sights = world.planSights(of: pair)
      for (plan, sight) in sights.enumerated() where sight?.status != recoveries.plans[pair][plan]?.status {
        if let status = sight?.status { counts.planStatuses[status.rawValue, default: 0] += 1 }
      }
      guard let (group, detail) = recoveries.saw(sights, ofPair: pair) else { continue }
      let name = scenario.recoveryPairs[pair].groups[group].description.name
      throw Violation(.planLock, at: world.time, subject: name, detail: detail)
    }
    try checkStarts(world)
    try checkDoubles(world, eventsFrom: first)
    for run in runs {
      counts.planRuns["\(run.workflow) \(run.result)", default: 0] += 1
      for machine in run.machines { counts.machineOutcomes[machine.status, default: 0] += 1 }
    }
    notePlaceholders(world)
  }

  /// A run has ended: looks at what it leaves.
  private mutating func checkEnd(
    of run: PlanRunRecord, plan: Int, pair: Int, _ world: borrowing World
  ) throws(Violation) {
    noteWanted(by: run, world)
    try checkActor(of: run, pair: pair, at: world.time)
    try checkLoss(in: run, at: world.time)
    for machine in run.machines {
      if let index = replication(of: machine.vm) { try checkOwnWrites(index, world) }
    }
    guard run.result == "SUCCESS" else { return }
    switch HistoryRecord.OperationType(rawValue: run.operationType) {
    case .cleanup: try checkCleanup(run, plan: plan, pair: pair, world)
    case .reprotect: try checkReprotected(run, pair: pair, world)
    case .test, .failover, nil: break
    }
  }

  /// The pair and the group of a machine.
  private func group(of machine: VirtualMachineID) -> (pair: Int, group: Int)? {
    for (pair, description) in scenario.recoveryPairs.enumerated() {
      if let group = description.groups.firstIndex(where: { $0.members.contains(machine) }) {
        return (pair, group)
      }
    }
    return nil
  }

  // MARK: - Recovered machines

  /// Looks for a machine that was just recovered: its disks must be a past image, and after a planned migration the last one.
  ///
  /// - Parameter ended: The runs that ended in this step.
  private mutating func checkRecovered(
    _ index: Int, ended: ArraySlice<PlanRunRecord>, _ world: borrowing World
  ) throws(Violation) {
    guard let instance = world.recoveredInstance(of: index) else { return }
    let copies = world.copies(of: index)
    guard copies.current != recoveries.machines[index].current else { return }
    noteLoss(of: index, recoveredWith: instance, as: copies.current, world)
    recoveries.machines[index].current = copies.current
    let disks = world.diskContents(ofCopy: copies.current)
    recoveries.machines[index].image = disks
    recoveries.machines[index].isWanted = false
    try checkDisks(disks, at: instance, of: index, world)
    let machine = scenario.replications[index].virtualMachine
    guard let former = copies.former, let (pair, group) = group(of: machine),
      let (plan, run) = recoveries.recovery(ofGroup: group, pair: pair)
        ?? started(group, pair, world) ?? passed(machine, pair, ended)
    else { return }
    recoveries.machines[index].mayBeDouble = mayBeDouble(machine, run.workflow, plan, pair, world)
    guard run.workflow == .plannedMigration, !isReverted(machine, since: run.started, until: world.time)
    else {
      return
    }
    counts.migrations += 1
    guard world.diskContents(ofCopy: former) != disks else { return }
    throw Violation(
      .migration, at: world.time, subject: name(index),
      detail: "the instance of \(instance) is not what the machine held when it was shut down")
  }

  /// The recovery that holds a group and that nobody saw begin: it began in this step.
  private func started(
    _ group: Int, _ pair: Int, _ world: borrowing World
  ) -> (plan: Int, run: PlanSight.Run)? {
    for (plan, sight) in world.planSights(of: pair).enumerated() {
      if let run = sight?.run, run.workflow.isRecovery, run.groups.contains(group) { return (plan, run) }
    }
    return nil
  }

  /// The recovery of a machine that took no time: it began and ended in this step.
  private func passed(
    _ machine: VirtualMachineID, _ pair: Int, _ ended: ArraySlice<PlanRunRecord>
  ) -> (plan: Int, run: PlanSight.Run)? {
    let recoveries: [PlanWorkflow] = [
      .plannedMigration, .disasterRecovery(synchronizesData: true), .forcedRecovery,
    ]
    let plans = scenario.recoveryPairs[pair].plans
    for record in ended.reversed() where record.machines.contains(where: { $0.vm == machine }) {
      guard let workflow = recoveries.first(where: { $0.name == record.workflow }),
        let plan = plans.firstIndex(where: { $0.description.name == record.plan })
      else { continue }
      return (
        plan,
        PlanSight.Run(
          key: record.key, workflow: workflow, started: record.started,
          groups: plans[plan].description.groups.map(\.index))
      )
    }
    return nil
  }

  /// Whether a machine may be on at both sites: its recovery asked nothing of the protected site, or could not be heard
  /// there, so that the machine is still in the inventory.
  private func mayBeDouble(
    _ machine: VirtualMachineID, _ workflow: PlanWorkflow, _ plan: Int, _ pair: Int, _ world: borrowing World
  ) -> Bool {
    switch workflow {
    case .forcedRecovery: return true
    case .disasterRecovery:
      let name = scenario.inventory[machine].name
      return !world.steps(ofPlan: plan, in: pair).contains {
        $0.title == "Prepare for migration" && $0.referredObject == name
          && [.success, .alreadyDone].contains($0.status)
      }
    case .plannedMigration, .test, .cleanup, .reprotect: return false
    }
  }

  /// Whether a machine returned to a snapshot, which can be after its last synchronisation.
  private func isReverted(_ machine: VirtualMachineID, since start: Instant, until now: Instant) -> Bool {
    scenario.timeline.contains { entry in
      guard case .revert(let ids) = entry.action else { return false }
      return ids.contains(machine) && start <= entry.at && entry.at <= now
    }
  }

  private mutating func checkDisks(
    _ disks: [[UInt8]], at instance: Instant, of index: Int, _ world: borrowing World
  ) throws(Violation) {
    counts.comparedImages += 1
    guard let defect = histories[index].defect(ofInstanceAt: instance, disks: disks) else { return }
    throw Violation(.recoveredImage, at: world.time, subject: name(index), detail: defect)
  }

  /// Looks for copies that run for the first time: none has written yet.
  private mutating func checkStarts(_ world: borrowing World) throws(Violation) {
    for sight in world.machineSights where sight.isRunning && recoveries.started.insert(sight.copy).inserted {
      guard let index = scenario.replications.firstIndex(where: { $0.virtualMachine == sight.machine }) else {
        continue
      }
      let instance: Instant?
      switch sight.role {
      case .test:
        counts.testedMachines += 1
        instance = world.testedInstance(of: index)
      case .current:
        instance = world.recoveredInstance(of: index)
        counts.recoveredMachines += instance == nil ? 0 : 1
      case .former: instance = nil
      }
      guard let instance else { continue }
      try checkDisks(world.diskContents(ofCopy: sight.copy), at: instance, of: index, world)
    }
  }

  // MARK: - Two places

  private mutating func checkDoubles(_ world: borrowing World, eventsFrom first: Int) throws(Violation) {
    let sights = world.machineSights
    let reports = world.recordedEvents(from: first).filter { $0.kind == "vm.runs-at-both-sites" }
    for (index, replication) in scenario.replications.enumerated() {
      func isOn(_ role: MachineSight.Role) -> Bool {
        sights.contains { $0.machine == replication.virtualMachine && $0.role == role && $0.isRunning }
      }
      guard isOn(.former), isOn(.current) else {
        recoveries.machines[index].isDoubleSince = nil
        continue
      }
      if recoveries.machines[index].isDoubleSince == nil {
        recoveries.machines[index].isDoubleSince = world.time
        recoveries.machines[index].isDoubleReported = false
        counts.doubles += 1
      }
      if !recoveries.machines[index].mayBeDouble {
        throw Violation(
          .onePlace, at: world.time, subject: name(index),
          detail: "it is on at both sites, and its recovery was neither forced nor isolated")
      }
      if reports.contains(where: { $0.subject == name(index) }) {
        recoveries.machines[index].isDoubleReported = true
      }
      guard !recoveries.machines[index].isDoubleReported,
        let since = recoveries.machines[index].isDoubleSince,
        since < world.time
      else { continue }
      throw Violation(
        .onePlace, at: world.time, subject: name(index),
        detail: "it is on at both sites since \(since), and nobody was told")
    }
  }

  // MARK: - Clean-up

  private func checkCleanup(
    _ run: PlanRunRecord, plan: Int, pair: Int, _ world: borrowing World
  ) throws(Violation) {
    for machine in run.machines {
      guard let index = replication(of: machine.vm), let rest = rest(ofTestOf: index, world) else { continue }
      throw Violation(
        .cleanup, at: world.time, subject: machine.name, detail: "\(run.plan) was cleaned up and left \(rest)"
      )
    }
    let networks = world.isolatedNetworkCount(ofPlan: plan, in: pair)
    guard networks > 0 else { return }
    throw Violation(
      .cleanup, at: world.time, subject: run.plan,
      detail: "it was cleaned up and left \(networks) test networks")
  }

  // MARK: - The end

  /// Checks that no run goes on for ever: those that wait for a person aside.
  func checkRunsEnded(_ world: borrowing World) throws(Violation) {
    for pair in scenario.recoveryPairs.indices {
      for (plan, sight) in world.planSights(of: pair).enumerated() {
        guard let sight, let run = sight.run, sight.status != .waitingForUserInput else { continue }
        let bound = bound(of: run, pair: pair, plan: plan)
        guard run.started + bound < world.time else { continue }
        let name = scenario.recoveryPairs[pair].plans[plan].description.name
        throw Violation(
          .recovery, at: world.time, subject: name,
          detail:
            "its run began at \(run.started) and is \(sight.status.rawValue) still, after more than \(bound)")
      }
    }
  }

  /// How long a run may take, prompts aside: every time limit of its steps, and what its operations take one after another.
  private func bound(of run: PlanSight.Run, pair: Int, plan: Int) -> TimeSpan {
    let description = scenario.recoveryPairs[pair]
    let times = description.times
    let each =
      times.groupStorage * 3 + times.machineStorage + times.registration * 2 + times.networkChange
      + times.networkCreation + times.powerOn * 2 + times.powerOff * 2 + times.guestCustomization
      + times.migrationPreparation + times.replicationReversal + times.placeholderCreation + times.remoteCall
      * 4
    let wake = scenario.inventory.hosts.contains(where: \.isInStandby) ? times.hostWake * 2 : .zero
    var bound = TimeSpan.minutes(1) + wake + (description.parameters.synchronizationTimeLimit ?? .zero) * 3
    for machine in description.virtualMachines
    where run.groups.contains(where: { description.groups[$0].members.contains(machine.id) }) {
      let settings = machine.settings
      bound += each + settings.guestShutdownTimeout + settings.toolsTimeout + settings.delayAfterPowerOn
      bound += max(
        description.defaults.first.customizationTimeout, description.defaults.second.customizationTimeout)
      for step in settings.prePowerOnSteps + settings.postPowerOnSteps { bound += step.timeout }
    }
    // Settings may be changed by hand.
    for entry in scenario.timeline {
      guard case .recovery(.change(_, .saveSettings(let machines, let edit, _))) = entry.action else {
        continue
      }
      let times = [edit.guestShutdownTimeout, edit.toolsTimeout, edit.delayAfterPowerOn].compactMap { $0 }
      bound += times.reduce(.zero, +) * Int64(machines.count)
    }
    let callouts = description.plans[plan].description.callouts
    for step in callouts { bound += step.callout.timeout }
    // Answers to prompts come so much later each.
    return bound * 2 + .minutes(10)
  }

  /// Whether no plan has run since a moment.
  func arePlansQuiet(_ world: borrowing World, since start: Instant) -> Bool {
    world.planRuns.allSatisfy { $0.ended < start }
      && scenario.recoveryPairs.indices.allSatisfy { pair in
        world.planSights(of: pair).allSatisfy { $0?.run == nil }
      }
  }
}
