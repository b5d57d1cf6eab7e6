import GRDB
import Inventory
import Measurements
import Quantities

extension ResultWriter {
  func writePlanRuns(_ record: RunRecord, run: Int64) throws {
    let runs = try Insertion(into: "plan_runs", columnCount: 15, database: database)
    let steps = try Insertion(into: "plan_steps", columnCount: 9, database: database)
    let findings = try Insertion(into: "plan_findings", columnCount: 6, database: database)
    let path = try Insertion(into: "plan_critical_path", columnCount: 7, database: database)
    let machines = try Insertion(into: "plan_vms", columnCount: 11, database: database)
    let cards = try Insertion(into: "plan_vm_cards", columnCount: 14, database: database)
    for (number, planRun) in record.planRuns.enumerated() {
      try runs.insert([
        run, number, planRun.key, planRun.id, planRun.plan, planRun.protectedSite, planRun.recoverySite,
        planRun.user, planRun.workflow, planRun.operationType, planRun.result, planRun.planStatus,
        planRun.started, planRun.ended, planRun.recoveryTime,
      ])
      var findingCount = 0
      func write(_ texts: [String], _ severity: String, step: Int?) throws {
        for text in texts {
          try findings.insert([run, number, findingCount, step, severity, text])
          findingCount += 1
        }
      }
      for (index, step) in planRun.steps.enumerated() {
        try steps.insert([
          run, number, index, step.number, step.title, step.depth, step.status, step.started, step.finished,
        ])
        try write(step.errors, "error", step: index)
        try write(step.warnings, "warning", step: index)
      }
      try write(planRun.errors, "error", step: nil)
      try write(planRun.warnings, "warning", step: nil)
      for (index, step) in planRun.criticalPath.enumerated() {
        try path.insert([run, number, index, step.number, step.title, step.duration, step.queued])
      }
      for (index, machine) in planRun.machines.enumerated() {
        try machines.insert([
          run, number, index, machine.vm.index, machine.name, machine.group, machine.status, machine.ready,
          machine.instance, machine.dataLoss, machine.ipCustomization,
        ])
        for card in machine.cards {
          try cards.insert([
            run, number, index, card.index, card.network, card.ipv4, Self.list(card.gateways), card.ipv6,
            Self.list(card.ipv6Gateways), Self.list(card.nameServers), Self.list(card.nameSuffixes),
            Self.list(card.winsServers), card.origin.rawValue, card.rule,
          ])
        }
      }
    }
  }

  /// Several values as one text; `nil` if there are none.
  private static func list(_ values: [String]) -> String? {
    values.isEmpty ? nil : values.joined(separator: ";")
  }

  func writeDatastores(_ record: RunRecord, run: Int64) throws {
    let datastores = try Insertion(into: "datastores", columnCount: 8, database: database)
    let vsans = try Insertion(into: "vsan_datastores", columnCount: 21, database: database)
    for datastore in record.datastores {
      try datastores.insert([
        run, datastore.id.index, datastore.name, datastore.site, datastore.capacity, datastore.usedSize,
        datastore.usedPeak, datastore.peakShare.map(\.partsPerBillion),
      ])
      guard let vsan = datastore.vsan else { continue }
      try vsans.insert([
        run, datastore.id.index, vsan.objectCount, vsan.componentCount, vsan.absentCount, vsan.degradedCount,
        vsan.staleCount, vsan.reducedObjectCount, vsan.inaccessibleObjectCount, vsan.rebuiltCount,
        vsan.repairedExtentCount, vsan.resyncedSize,
        vsan.conditions.reducedObjects.peak, vsan.conditions.reducedObjects.duration,
        vsan.conditions.inaccessibleObjects.peak, vsan.conditions.inaccessibleObjects.duration,
        vsan.conditions.unplacedComponents.peak, vsan.conditions.unplacedComponents.duration,
        vsan.conditions.alerts.peak, vsan.conditions.alerts.duration, vsan.conditions.alertCount,
      ])
    }
  }
}
