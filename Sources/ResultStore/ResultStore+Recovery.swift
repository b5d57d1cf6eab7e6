import GRDB
import Inventory
import Measurements
import Quantities

extension ResultStore {
  /// The runs of plans, in the order of the record.
  static func planRuns(_ database: Database, run: Int64) throws -> [PlanRunRecord] {
    let steps = try rowsOfPlanRuns("plan_steps", by: "step", database, run: run)
    let findings = try rowsOfPlanRuns("plan_findings", by: "finding", database, run: run)
    let paths = try rowsOfPlanRuns("plan_critical_path", by: "position", database, run: run)
    let machines = try rowsOfPlanRuns("plan_vms", by: "position", database, run: run)
    let cards = try rowsOfPlanRuns("plan_vm_cards", by: "position, card", database, run: run)
    let cardsByMachine = Dictionary(grouping: cards.values.joined()) {
      MachinePlace(run: $0["plan_run"], position: $0["position"])
    }
    return try Row.fetchAll(
      database, sql: "SELECT * FROM plan_runs WHERE run = ? ORDER BY plan_run", arguments: [run]
    ).map { row in
      let number: Int = row["plan_run"]
      var findingTexts: [FindingPlace: [String]] = [:]
      for finding in findings[number] ?? [] {
        let place = FindingPlace(step: finding["step"], isError: finding["severity"] == "error")
        findingTexts[place, default: []].append(finding["text"])
      }
      func texts(step: Int?, isError: Bool) -> [String] {
        findingTexts[FindingPlace(step: step, isError: isError)] ?? []
      }
      return PlanRunRecord(
        key: row["run_key"], id: row["id"], plan: row["plan"], protectedSite: row["protected_site"],
        recoverySite: row["recovery_site"], user: row["user"], workflow: row["workflow"],
        operationType: row["operation_type"], result: row["result"], planStatus: row["plan_status"],
        started: row["started_ns"], ended: row["ended_ns"], recoveryTime: row["recovery_time_ns"],
        criticalPath: (paths[number] ?? []).map {
          PlanRunRecord.CriticalStep(
            number: $0["step_number"], title: $0["title"], duration: $0["duration_ns"],
            queued: $0["queued_ns"])
        },
        errors: texts(step: nil, isError: true), warnings: texts(step: nil, isError: false),
        steps: (steps[number] ?? []).map { step in
          PlanRunRecord.Step(
            number: step["step_number"], title: step["title"], depth: step["depth"], status: step["status"],
            started: step["started_ns"], finished: step["finished_ns"],
            errors: texts(step: step["step"], isError: true),
            warnings: texts(step: step["step"], isError: false))
        },
        machines: (machines[number] ?? []).map { machine in
          PlanRunRecord.Machine(
            vm: VirtualMachineID(machine["vm"]), name: machine["name"], group: machine["protection_group"],
            status: machine["status"], ready: machine["ready_ns"], instance: machine["instance_ns"],
            dataLoss: machine["data_loss_ns"], ipCustomization: machine["ip_customization"],
            cards: cardsByMachine[MachinePlace(run: number, position: machine["position"])]?.map(card) ?? [])
        })
    }
  }

  /// Where a machine is among those of all runs of plans.
  private struct MachinePlace: Hashable {
    let run: Int
    let position: Int
  }

  private static func card(_ row: Row) -> PlanRunRecord.Card {
    func list(_ column: String) -> [String] {
      (row[column] as String?)?.split(separator: ";").map(String.init) ?? []
    }
    return PlanRunRecord.Card(
      index: row["card"], network: row["network"], ipv4: row["ipv4"], gateways: list("gateways"),
      ipv6: row["ipv6"], ipv6Gateways: list("ipv6_gateways"), nameServers: list("name_servers"),
      nameSuffixes: list("name_suffixes"), winsServers: list("wins_servers"),
      origin: PlanRunRecord.Card.Origin(rawValue: row["origin"]) ?? .unchanged, rule: row["rule"])
  }

  /// Where an error or warning of a run of a plan belongs.
  private struct FindingPlace: Hashable {
    let step: Int?
    let isError: Bool
  }

  /// The rows of one of the tables below `plan_runs`, by the run of the plan they belong to.
  private static func rowsOfPlanRuns(
    _ table: String, by column: String, _ database: Database, run: Int64
  ) throws -> [Int: [Row]] {
    Dictionary(
      grouping: try Row.fetchAll(
        database, sql: "SELECT * FROM \(table) WHERE run = ? ORDER BY plan_run, \(column)", arguments: [run])
    ) { $0["plan_run"] as Int }
  }

  static func datastores(_ database: Database, run: Int64) throws -> [DatastoreRecord] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT * FROM datastores LEFT JOIN vsan_datastores USING (run, datastore) WHERE run = ? ORDER BY datastore
        """, arguments: [run]
    ).map { row in
      let vsan = (row["object_count"] as Int?).map {
        VSANRecord(
          objectCount: $0, componentCount: row["component_count"], absentCount: row["absent_count"],
          degradedCount: row["degraded_count"], staleCount: row["stale_count"],
          reducedObjectCount: row["reduced_object_count"],
          inaccessibleObjectCount: row["inaccessible_object_count"], rebuiltCount: row["rebuilt_count"],
          repairedExtentCount: row["repaired_extent_count"], resyncedSize: row["resynced_bytes"],
          conditions: VSANConditions(
            reducedObjects: .init(peak: row["reduced_object_peak"], duration: row["reduced_ns"]),
            inaccessibleObjects: .init(
              peak: row["inaccessible_object_peak"], duration: row["inaccessible_ns"]),
            unplacedComponents: .init(peak: row["unplaced_component_peak"], duration: row["unplaced_ns"]),
            alerts: .init(peak: row["alert_peak"], duration: row["alert_ns"]),
            alertCount: row["alert_count"]))
      }
      return DatastoreRecord(
        id: DatastoreID(row["datastore"]), name: row["name"], site: row["site"],
        capacity: row["capacity_bytes"],
        usedSize: row["used_bytes"], usedPeak: row["used_peak_bytes"],
        peakShare: (row["used_peak_share_ppb"] as Int64?).map { Ratio(partsPerBillion: max(0, $0)) },
        vsan: vsan)
    }
  }
}
