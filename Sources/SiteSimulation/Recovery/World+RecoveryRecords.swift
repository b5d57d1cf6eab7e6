import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios

/// What runs of plans leave behind.
extension World {
  /// Records a run that ended, and begins to wait for what comes after it.
  mutating func conclude(_ run: ConductedRun, _ report: RunReport, pair: Int) {
    record.append(planRunRecord(run, report, pair: pair))
    var detail = "\(run.workflow.name): \(report.history.result.rawValue)"
    if let time = report.recoveryTime { detail += ", recovery time \(time.rounded)" }
    record.note("plan.run-ended", subject: report.history.planName, detail: detail, at: now)
    if case .cleanup(isForced: true) = run.workflow {
      losePlaceholders(by: run, pair: pair)
      noteImagesLeft(by: run, pair: pair)
    }
    if let entry = run.entry { runEnded(entry: entry) }
  }

  /// Placeholders that a forced clean-up has not brought back are gone; those that an interrupted one has not may come back yet.
  private mutating func losePlaceholders(by run: ConductedRun, pair: Int) {
    for id in conductors[pair].book.plan(run.plan, seenFrom: run.recoverySide).groups {
      guard let group = conductors[pair].groups.group(id), group.phase == .ready else { continue }
      for vm in group.members where conductors[pair].groups.placeholderLost(of: vm) {
        conductors[pair].changedMembers.append(vm)
        conductors[pair].hasNews = true
      }
    }
  }

  /// Says which images a forced clean-up has left; the next test or recovery throws them away before it begins.
  private mutating func noteImagesLeft(by run: ConductedRun, pair: Int) {
    for vm in members(of: run.plan, pair: pair) {
      guard let machine = machineIndex[vm.index],
        let copy = replications[machines[machine].replication].testCopy
      else { continue }
      note("test-image.left", of: copy, detail: "by a forced clean-up")
    }
  }

  /// Throws away what forced clean-ups have left of earlier tests: machines with their images and addresses, networks.
  ///
  /// A placeholder that is deleted by then is so until somebody restores it.
  mutating func discardImagesLeft(by plan: RecoveryPlanID, pair: Int) throws(SimulationFailure) {
    conductors[pair].isolatedNetworks.removeAll { $0.plan == plan }
    for vm in members(of: plan, pair: pair) {
      guard let machine = machineIndex[vm.index] else { continue }
      let index = machines[machine].replication
      guard let copy = replications[index].testCopy else { continue }
      note("test-image.discarded", of: copy, detail: "before a new run")
      conductors[pair].groups.placeholderRestored(of: vm)
      detachTests(of: [vm])
      if let unit = replications[index].storageUnit {
        try stopStorageTest(unit)
        conductors[pair].forgetTest(ofStorage: storageUnits[unit].description)
      } else {
        try discardTest(machine)
        if let unit = conductors[pair].unit(of: vm) {
          conductors[pair].provider.completed(.stopTest, of: [unit])
        }
      }
    }
  }

  private func members(of plan: RecoveryPlanID, pair: Int) -> [VirtualMachineID] {
    let side = conductors[pair].book.protectedSide(of: plan).other
    return conductors[pair].book.plan(plan, seenFrom: side).groups.flatMap {
      conductors[pair].groups.group($0)?.members ?? []
    }
  }

  /// Records the runs that the end of the clock cuts off: with the result `RUNNING`, and as long as they have lasted.
  mutating func recordUnfinishedRuns() {
    for pair in conductors.indices {
      for run in conductors[pair].runs {
        record.append(unfinishedRunRecord(run, pair: pair))
        let name = conductors[pair].book.plan(run.plan, seenFrom: run.recoverySide).name
        record.note("plan.run-unfinished", subject: name, detail: run.workflow.name, at: now)
      }
    }
  }

  private func unfinishedRunRecord(_ run: ConductedRun, pair: Int) -> PlanRunRecord {
    let conductor = conductors[pair]
    let steps = conductor.book.run(of: run.plan)?.allSteps ?? []
    let plan = conductor.book.plan(run.plan, seenFrom: run.recoverySide)
    let machines = plan.groups.flatMap { group in
      (conductor.groups.group(group)?.members ?? []).map { vm in
        let recovered = run.recovered.last { $0.vm == vm }
        return PlanRunRecord.Machine(
          vm: vm, name: scenario.inventory[vm].name, group: conductor.groups.group(group)?.name ?? "",
          status: conductor.book.status(of: vm, in: group, of: run.plan).rawValue, ready: nil,
          instance: recovered?.instance, dataLoss: recovered?.dataLoss,
          ipCustomization: conductor.customizationMode(of: vm, in: run),
          cards: conductor.cardRecords(of: vm, in: run, lease: lease(of: vm, in: run)))
      }
    }
    return PlanRunRecord(
      key: run.key, id: run.entry.flatMap { scenario.timeline[$0].id }, plan: plan.name,
      protectedSite: conductor.siteNames[run.protectedSide],
      recoverySite: conductor.siteNames[run.recoverySide], user: run.user, workflow: run.workflow.name,
      operationType: run.workflow.operationType.rawValue, result: PlanRunRecord.running,
      planStatus: conductor.book.status(of: run.plan).rawValue, started: run.started, ended: now,
      recoveryTime: nil, criticalPath: [], errors: steps.flatMap(\.errors),
      warnings: steps.flatMap(\.warnings) + networkWarnings(of: run, pair: pair)
        + doubleWarnings(of: run, machines.map(\.vm)),
      steps: steps.map { .init($0) }, machines: machines)
  }

  /// What a test does not show: machines on different hosts of an isolated network do not reach each other.
  ///
  /// The product tells nobody; the run's result stays as it is.
  private func networkWarnings(of run: ConductedRun, pair: Int) -> [String] {
    let segments = isolatedNetworks(of: RecoveryPairID(pair))
    return run.apartNetworks.map { network in
      let hosts = segments.filter { $0.network == network }.map { scenario.inventory[$0.host].name }
      return
        "the isolated network for \(network) does not span hosts: test machines on different ones of \(hosts.joined(separator: ", ")) do not reach each other"
    }
  }

  private func planRunRecord(_ run: ConductedRun, _ report: RunReport, pair: Int) -> PlanRunRecord {
    let conductor = conductors[pair]
    let history = report.history
    let steps = conductor.book.run(of: run.plan)?.allSteps ?? []
    return PlanRunRecord(
      key: run.key, id: run.entry.flatMap { scenario.timeline[$0].id }, plan: history.planName,
      protectedSite: conductor.siteNames[run.protectedSide],
      recoverySite: conductor.siteNames[run.recoverySide], user: history.user, workflow: run.workflow.name,
      operationType: history.operationType.rawValue, result: history.result.rawValue,
      planStatus: conductor.book.status(of: run.plan).rawValue, started: history.started,
      ended: history.ended, recoveryTime: report.recoveryTime,
      criticalPath: report.criticalPath.map { .init($0) }, errors: steps.flatMap(\.errors),
      warnings: steps.flatMap(\.warnings) + networkWarnings(of: run, pair: pair)
        + doubleWarnings(of: run, report.machines.map(\.vm)),
      steps: steps.map { .init($0) },
      machines: report.machines.map { outcome in
        let recovered = run.recovered.last { $0.vm == outcome.vm }
        return PlanRunRecord.Machine(
          vm: outcome.vm, name: scenario.inventory[outcome.vm].name,
          group: conductor.groups.group(outcome.group)?.name ?? "", status: outcome.status.rawValue,
          ready: outcome.ready, instance: recovered?.instance,
          dataLoss: recovered?.dataLoss,
          ipCustomization: conductor.customizationMode(of: outcome.vm, in: run),
          cards: conductor.cardRecords(of: outcome.vm, in: run, lease: lease(of: outcome.vm, in: run)))
      })
  }
}

extension PlanRunRecord.CriticalStep {
  /// The title names the step's machine or group, and when the machine starts: `Power on (db01, P1)`.
  init(_ link: RunReport.CriticalStep) {
    let object = link.step.referredObject.flatMap { $0 == link.step.title ? nil : $0 }
    let remarks = [object, link.priority.map { "P\($0.level)" }].compactMap { $0 }
    self.init(
      number: link.step.number,
      title: link.step.title + (remarks.isEmpty ? "" : " (\(remarks.joined(separator: ", ")))"),
      duration: link.duration, queued: link.queued)
  }
}

extension PlanRunRecord.Step {
  init(_ step: RecoveryStep) {
    var title = step.title
    if let object = step.referredObject, object != title { title += " (\(object))" }
    self.init(
      number: step.number, title: title, depth: step.depth, status: step.status.rawValue,
      started: step.started, finished: step.finished, errors: step.errors, warnings: step.warnings)
  }
}
