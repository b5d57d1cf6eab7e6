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
    if let time = report.recoveryTime { detail += ", recovery time \(time)" }
    record.note("plan.run-ended", subject: report.history.planName, detail: detail, at: now)
    if let entry = run.entry { runEnded(entry: entry) }
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
      criticalPath: report.criticalPath.map {
        .init(
          number: $0.step.number, title: $0.step.title, duration: $0.duration, queued: $0.queued)
      }, errors: steps.flatMap(\.errors), warnings: steps.flatMap(\.warnings), steps: steps.map { .init($0) },
      machines: report.machines.map { outcome in
        let recovered = run.recovered.last { $0.vm == outcome.vm }
        return PlanRunRecord.Machine(
          vm: outcome.vm, name: scenario.inventory[outcome.vm].name,
          group: conductor.groups.group(outcome.group)?.name ?? "", status: outcome.status.rawValue,
          ready: outcome.ready, instance: recovered?.instance,
          dataLoss: recovered.map { $0.lastWrite > $0.instance ? $0.lastWrite - $0.instance : .zero })
      })
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
