import Measurements
import Quantities
import SiteSimulation

/// What recoveries lose must be what they say.
extension WorldChecker {
  /// Notes which of the machines that people use are on.
  mutating func notePower(_ world: borrowing World) {
    for index in recoveries.machines.indices {
      if world.isOn(copy: recoveries.machines[index].current) {
        recoveries.machines[index].offSince = nil
      } else if recoveries.machines[index].offSince == nil {
        recoveries.machines[index].offSince = world.time
      }
    }
  }

  /// A machine was just recovered: what was written from its instance on is lost, until now or until its machine went off.
  mutating func noteLoss(
    of index: Int, recoveredWith instance: Instant, as copy: Int, _ world: borrowing World
  ) {
    let last = recoveries.machines[index].offSince ?? world.time
    recoveries.machines[index].recovery = RecoveryBooks.Recovery(
      at: world.time, instance: instance, loss: last > instance ? last - instance : .zero)
    recoveries.machines[index].offSince = world.isOn(copy: copy) ? nil : world.time
  }

  /// Compares what a run says that its machines have lost.
  func checkLoss(in run: PlanRunRecord, at now: Instant) throws(Violation) {
    for machine in run.machines {
      guard let index = replication(of: machine.vm) else { continue }
      let recovery = recoveries.machines[index].recovery
      let defect = Self.lossDefect(of: machine, in: run, recovery)
      if let defect { throw Violation(.lag, at: now, subject: machine.name, detail: defect) }
    }
  }

  /// What is wrong with the loss that a run reports of a machine; `nil` if nothing.
  ///
  /// - Parameter recovery: The last one of the machine, if there was any.
  static func lossDefect(
    of machine: PlanRunRecord.Machine, in run: PlanRunRecord, _ recovery: RecoveryBooks.Recovery?
  ) -> String? {
    guard let instance = machine.instance else {
      guard let recovery, recovery.at > run.started else { return nil }
      return "\(run.plan) has recovered it at \(recovery.at) and says nothing of its loss"
    }
    guard let recovery else { return "\(run.plan) says that it recovered it, and it was not" }
    if machine.dataLoss == recovery.loss, instance == recovery.instance { return nil }
    let reported = machine.dataLoss.map { "\($0)" } ?? "nothing"
    return "\(run.plan) reports a loss of \(reported) with the instance of \(instance), and lost "
      + "\(recovery.loss) with that of \(recovery.instance)"
  }
}
