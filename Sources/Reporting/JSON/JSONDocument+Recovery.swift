import Measurements
import Quantities

extension JSONDocument {
  /// A run of a recovery plan, in the words of the REST contract where it has some.
  static func planRun(_ run: PlanRunRecord) -> JSONValue {
    .object([
      ("key", .string("\(run.key)")),
      ("id", .string(run.id)),
      ("plan", .string(run.plan)),
      ("workflow", .string(run.workflow)),
      ("operationType", .string(run.operationType)),
      ("protectedSite", .string(run.protectedSite)),
      ("recoverySite", .string(run.recoverySite)),
      ("user", .string(run.user)),
      ("result", .string(run.result)),
      ("planStatus", .string(run.planStatus)),
      ("startedSeconds", .seconds(run.started)),
      ("endedSeconds", .seconds(run.ended)),
      ("recoverySeconds", .seconds(run.recoveryTime)),
      ("doneVMCount", .count(run.doneMachineCount)),
      ("dataLossMaximumSeconds", .seconds(run.worstLoss?.loss)),
      ("criticalPath", .array(run.criticalPath.map(criticalStep))),
      ("errors", texts(run.errors)),
      ("warnings", texts(run.warnings)),
      ("steps", .array(run.steps.map(step))),
      ("vms", .array(run.machines.map(recoveredMachine))),
    ])
  }

  private static func criticalStep(_ step: PlanRunRecord.CriticalStep) -> JSONValue {
    .object([
      ("number", .string(step.number)),
      ("title", .string(step.title)),
      ("durationSeconds", .seconds(step.duration)),
      ("queuedSeconds", .seconds(step.queued)),
    ])
  }

  private static func step(_ step: PlanRunRecord.Step) -> JSONValue {
    .object([
      ("number", .string(step.number)),
      ("title", .string(step.title)),
      ("status", .string(step.status)),
      ("startedSeconds", .seconds(step.started)),
      ("finishedSeconds", .seconds(step.finished)),
      ("errors", texts(step.errors)),
      ("warnings", texts(step.warnings)),
    ])
  }

  private static func recoveredMachine(_ machine: PlanRunRecord.Machine) -> JSONValue {
    .object([
      ("name", .string(machine.name)),
      ("group", .string(machine.group)),
      ("status", .string(machine.status)),
      ("readyAtSeconds", .seconds(machine.ready)),
      ("instanceSeconds", .seconds(machine.instance)),
      ("dataLossSeconds", .seconds(machine.dataLoss)),
      ("ipCustomization", .string(machine.ipCustomization)),
      ("nics", .array(machine.cards.map(card))),
    ])
  }

  private static func card(_ card: PlanRunRecord.Card) -> JSONValue {
    .object([
      ("nic", .string("\(card.index)")),
      ("network", .string(card.network)),
      ("address", .string(card.ipv4)),
      ("gateways", texts(card.gateways)),
      ("address6", .string(card.ipv6)),
      ("gateways6", texts(card.ipv6Gateways)),
      ("dns", texts(card.nameServers)),
      ("suffixes", texts(card.nameSuffixes)),
      ("wins", texts(card.winsServers)),
      ("origin", .string(card.origin.rawValue)),
      ("rule", .string(card.rule)),
    ])
  }

  static func staleCopy(_ stale: StaleCopyRecord) -> JSONValue {
    .object([
      ("vm", .string(stale.name)),
      ("site", .string(stale.site)),
      ("fromSeconds", .seconds(stale.from)),
      ("toSeconds", .seconds(stale.to)),
      ("isOpen", .boolean(stale.isOpen)),
      ("writtenBytes", .bytes(stale.writtenSize)),
    ])
  }

  private static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

  static func vsan(_ vsan: VSANRecord) -> JSONValue {
    .object([
      ("objectCount", .count(vsan.objectCount)),
      ("componentCount", .count(vsan.componentCount)),
      ("absentCount", .count(vsan.absentCount)),
      ("degradedCount", .count(vsan.degradedCount)),
      ("staleCount", .count(vsan.staleCount)),
      ("reducedObjectCount", .count(vsan.reducedObjectCount)),
      ("inaccessibleObjectCount", .count(vsan.inaccessibleObjectCount)),
      ("rebuiltCount", .count(vsan.rebuiltCount)),
      ("repairedExtentCount", .count(vsan.repairedExtentCount)),
      ("resyncedBytes", .bytes(vsan.resyncedSize)),
      ("reducedObjectPeakCount", .count(vsan.conditions.reducedObjects.peak)),
      ("reducedSeconds", .seconds(vsan.conditions.reducedObjects.duration)),
      ("inaccessibleObjectPeakCount", .count(vsan.conditions.inaccessibleObjects.peak)),
      ("inaccessibleSeconds", .seconds(vsan.conditions.inaccessibleObjects.duration)),
      ("unplacedComponentPeakCount", .count(vsan.conditions.unplacedComponents.peak)),
      ("unplacedSeconds", .seconds(vsan.conditions.unplacedComponents.duration)),
      ("alertPeakCount", .count(vsan.conditions.alerts.peak)),
      ("alertSeconds", .seconds(vsan.conditions.alerts.duration)),
      ("alertCount", .count(vsan.conditions.alertCount)),
    ])
  }
}
