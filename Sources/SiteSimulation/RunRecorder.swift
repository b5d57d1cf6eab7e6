import BlockStorage
import Inventory
import Measurements
import Quantities
import ReplicationCore
import SimulationKernel

/// Collects what a run leaves behind, and the digest over it.
struct RunRecorder {
  private(set) var events: [EventRecord] = []
  private(set) var cycles: [CycleRecord] = []
  private(set) var faults: [FaultRecord] = []
  private(set) var planRuns: [PlanRunRecord] = []
  private(set) var siteLosses: [SiteLossRecord] = []
  /// In the order of their end.
  var staleCopies: [StaleCopyRecord] = []
  private(set) var digest = StateDigest()

  /// Records something people would look for.
  mutating func note(
    _ kind: String, subject: String, detail: String = "", vcenterEvent: String? = nil, at now: Instant
  ) {
    events.append(
      EventRecord(at: now, kind: kind, subject: subject, detail: detail, vcenterEvent: vcenterEvent))
    digest.combine(now.nanoseconds)
    digest.combine(kind)
    digest.combine(subject)
    digest.combine(detail)
  }

  mutating func append(_ cycle: CycleRecord) {
    cycles.append(cycle)
    digest.combine(cycle.endedAt.nanoseconds)
    digest.combine(UInt64(cycle.vm.index))
    digest.combine(UInt64(cycle.sequence))
    digest.combine(cycle.startedAt.nanoseconds)
    digest.combine(cycle.payloadSize.bytes)
    digest.combine(cycle.wireSize.bytes)
    digest.combine(cycle.isAborted ? 1 : 0 as UInt64)
  }

  /// Folds in that an instance is complete, and its content.
  mutating func completed(_ summary: InstanceSummary, machine: Int, at now: Instant) {
    digest.combine(now.nanoseconds)
    digest.combine(UInt64(machine))
    digest.combine(summary.sequence)
    digest.combine(summary.pointInTime.nanoseconds)
    for certificate in summary.certificates { digest.combine(certificate.change.sum) }
  }

  mutating func append(_ run: PlanRunRecord) {
    planRuns.append(run)
    digest.combine(run.ended.nanoseconds)
    digest.combine(UInt64(run.key))
    digest.combine(run.plan)
    digest.combine(run.result)
    digest.combine(run.planStatus)
    for step in run.steps {
      digest.combine(step.status)
      digest.combine(step.finished?.nanoseconds ?? 0)
    }
    for machine in run.machines {
      digest.combine(UInt64(machine.vm.index))
      digest.combine(machine.status)
      digest.combine(machine.instance?.nanoseconds ?? 0)
    }
  }

  mutating func append(_ fault: FaultRecord) { faults.append(fault) }

  mutating func append(_ loss: SiteLossRecord) { siteLosses.append(loss) }

  /// Folds a part of the final state.
  mutating func foldFinal(_ word: UInt64) { digest.combine(word) }
}
