import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// The text of a scenario with machines at `paris` that one plan, `RP`, recovers at `lyon`.
///
/// Unless a test says otherwise: `vm-01` and so on with a disk of 64 MiB each, full, of which 20 kB/s are written, guests
/// that boot in 30 s and shut down in 10 s, an RPO of 5 minutes and a link of 100 Mbit/s.
struct PlannedWorld {
  var duration = "24h"
  var seed = 1
  var machines = 3
  /// Machines of each group: `PG-1` and so on.
  var machinesPerGroup = 3
  var hosts = 2
  /// Beside `paris` and `lyon`, such as machines at `lyon` that give way.
  var furtherMachines: [String] = []
  var guest = #""boot": "30s", "shutdown": "10s""#
  var disk = "64MiB"
  var write = "20kB/s"
  var rpo = "5m"
  var replication = ""
  /// Keys of the mappings.
  var mappings = #""reverse": true"#
  /// Further keys of the plan.
  var plan = ""
  var furtherPlans: [String] = []
  /// Keys of `recovery`.
  var recovery = ""
  var timeline: [String] = []

  var groupCount: Int { (machines + machinesPerGroup - 1) / machinesPerGroup }

  static func name(_ index: Int) -> String { index < 9 ? "vm-0\(index + 1)" : "vm-\(index + 1)" }

  var text: String {
    let groups = (0..<groupCount).map { group in
      let members = (group * machinesPerGroup..<min(machines, (group + 1) * machinesPerGroup))
      let names = members.map { "\"\(Self.name($0))\"" }.joined(separator: ", ")
      return #"{ "name": "PG-\#(group + 1)", "vms": [\#(names)] }"#
    }
    let groupNames = (0..<groupCount).map { "\"PG-\($0 + 1)\"" }.joined(separator: ", ")
    let vms = (0..<machines).map { index in
      """
      { "name": "\(Self.name(index))", "site": "paris", "datastore": "ds-paris", "network": "prod", \(guest),
        "disks": [{ "name": "os", "size": "\(disk)", "used": "\(disk)", "workload": "steady" }] }
      """
    }
    let own =
      #"{ "name": "RP", "from": "paris", "to": "lyon", "groups": [\#(groupNames)]\#(plan.isEmpty ? "" : ", ")\#(plan) }"#
    return """
      { "format": 1, "name": "recovery", "seed": \(seed), "limits": "relaxed",
        "clock": { "start": "2025-03-03T00:00:00Z", "duration": "\(duration)" },
        "sites": [
          { "name": "paris", "hosts": \(hosts), "replicationServers": 1,
            "datastores": [{ "name": "ds-paris", "capacity": "100TiB" }], "networks": ["prod"] },
          { "name": "lyon", "hosts": \(hosts), "replicationServers": 1,
            "datastores": [{ "name": "ds-lyon", "capacity": "100TiB" }], "networks": ["dr", "bubble"] }],
        "links": [{ "name": "wan", "between": ["paris", "lyon"], "bandwidth": "100Mbps", "latency": "5ms" }],
        "workloads": { "steady": { "model": "uniform", "write": "\(write)", "blockSize": "8KiB" } },
        "vms": [\((vms + furtherMachines).joined(separator: ",\n"))],
        "replications": [{ "vm": "vm-*", "to": "lyon", "datastore": "ds-lyon", "rpo": "\(rpo)", "initialSync": "done"\(replication) }],
        "mappings": { "from": "paris", "to": "lyon", "networks": { "prod": "dr" }, \(mappings) },
        "protectionGroups": [\(groups.joined(separator: ", "))],
        "recoveryPlans": [\(([own] + furtherPlans).joined(separator: ", "))],
        "recovery": { \(recovery) },
        "timeline": [\(timeline.map { "{ \($0) }" }.joined(separator: ",\n"))] }
      """
  }

  func scenario() throws -> Scenario { try Scenario.read(text) }
  func world() throws -> World { try World(scenario()) }
}

extension RecoveryPairID {
  /// The only pair of a test.
  static var only: RecoveryPairID { RecoveryPairID(0) }
}

extension RecoveryPlanID {
  static var first: RecoveryPlanID { RecoveryPlanID(0) }
}

extension World {
  /// Runs until the run with this id has ended, and a moment more.
  @discardableResult
  mutating func run(untilEndOf id: String, within limit: TimeSpan = .hours(24)) throws -> PlanRunRecord {
    let end = time + limit
    while !planRuns.contains(where: { $0.id == id }) {
      if try !step(until: end) { break }
    }
    return try #require(planRuns.last { $0.id == id }, "the run \(id) does not end")
  }

  /// Begins a run of a plan now.
  mutating func begin(
    _ workflow: PlanWorkflow, plan: Int = 0, prompts: Scenario.PlanRunOptions.Prompts = .wait
  )
    throws
  {
    try perform(
      .run(.only, RecoveryPlanID(plan), Scenario.PlanRunOptions(workflow: workflow, prompts: prompts)))
  }

  /// Runs a plan from now to its end.
  ///
  /// - Returns: `nil` if it was refused.
  mutating func complete(
    _ workflow: PlanWorkflow, plan: Int = 0,
    prompts: Scenario.PlanRunOptions.Prompts = .dismissed(after: .zero)
  ) throws -> PlanRunRecord? {
    let count = planRuns.count
    try begin(workflow, plan: plan, prompts: prompts)
    guard planRuns.count > count || isRunning(plan: plan) else { return nil }
    let end = time + .hours(12)
    while planRuns.count == count {
      if try !step(until: end) { break }
    }
    return try #require(planRuns.count > count ? planRuns.last : nil, "the run does not end")
  }

  func isRunning(plan: Int) -> Bool {
    conductors[0].planIDs[plan].map { conductors[0].book.isRunning($0) } ?? false
  }

  mutating func run(for span: TimeSpan) throws { try run(until: time + span) }

  var planStatus: RecoveryPlanStatus? { status(of: RecoveryPlanID.first, in: .only) }

  /// The details of events of a kind, in order.
  func details(of kind: String) -> [String] { record.events.filter { $0.kind == kind }.map(\.detail) }
}

extension PlanRunRecord {
  func step(_ title: String) -> Step? { steps.first { $0.title == title } }
  var hasProblems: Bool { !errors.isEmpty || !warnings.isEmpty }
}
