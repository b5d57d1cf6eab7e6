import Inventory
import Quantities
import Scenarios
import Testing

@testable import RecoveryCore
@testable import SiteSimulation

/// Which statuses people see in the simulated world: all that the product has, but for those named here with the reason.
@Suite struct RecoveryStatusTests {
  /// The words seen so far.
  private struct Seen {
    var plans: Set<RecoveryPlanStatus> = []
    var groups: Set<ProtectionGroupStatus> = []
    var recoveries: Set<GroupRecoveryStatus> = []
    var machines: Set<VMRecoveryStatus> = []
    var steps: Set<RecoveryStepStatus> = []

    mutating func look(at world: borrowing World) {
      let conductor = world.conductors[0]
      for position in conductor.planIDs.indices {
        guard let plan = conductor.planIDs[position] else { continue }
        for side in PairSide.allCases { plans.insert(conductor.book.status(of: plan, seenFrom: side)) }
        for vm in conductor.description.virtualMachines {
          guard let group = conductor.groups.protectedVM(vm.id)?.group else { continue }
          machines.insert(conductor.book.status(of: vm.id, in: group, of: plan))
        }
        for step in conductor.book.run(of: plan)?.allSteps ?? [] { steps.insert(step.status) }
      }
      for id in conductor.groupIDs.compactMap(\.self) {
        groups.insert(conductor.groups.status(of: id))
        recoveries.insert(conductor.groups.recoveryStatus(of: id))
      }
    }
  }

  private func follow(_ world: inout World, until end: Instant, _ seen: inout Seen) throws {
    seen.look(at: world)
    var events = 0
    while try world.step(until: end) {
      let count = world.record.events.count
      // Every change of a status is an event, and a run's steps change while it is under way.
      if count != events || !world.conductors[0].runs.isEmpty { seen.look(at: world) }
      events = count
    }
    seen.look(at: world)
  }

  /// Two groups of two machines; `RP` has both, `ONE` the first, `EMPTY` none.
  private func text(
    _ timeline: [String], plan: String = "", guest: String = #""boot": "30s", "shutdown": "10s""#
  ) -> PlannedWorld {
    PlannedWorld(
      machines: 4, machinesPerGroup: 2, guest: guest, disk: "1MiB", write: "1kB/s", plan: plan,
      furtherPlans: [
        #"{ "name": "ONE", "from": "paris", "to": "lyon", "groups": ["PG-1"] }"#,
        #"{ "name": "EMPTY", "from": "paris", "to": "lyon", "groups": [] }"#,
      ], recovery: #""defaults": { "allowForced": true }"#, timeline: timeline)
  }

  private static let prompt =
    #""steps": [{ "before": "power-on:P1", "type": "PROMPT", "name": "Check", "text": "Go on?" }]"#
  private static let warning =
    #""vms": [{ "match": "vm-01", "postPowerOn": [{ "type": "RUN_ON_VM", "name": "check", "command": "check", "exitCode": 1 }] }]"#

  /// Small stories, each with what it is for.
  private var stories: [(text: PlannedWorld, hours: Int64)] {
    func fail(_ at: String, _ operation: String, _ more: String = "", for span: String = "20m") -> String {
      #""at": "\#(at)", "do": "plan.fail-operation", "plan": "RP", "operation": "\#(operation)", "text": "out of order", "for": "\#(span)"\#(more)"#
    }
    func run(_ at: String, _ verb: String, _ plan: String = "RP", _ more: String = "") -> String {
      #""at": "\#(at)", "do": "plan.\#(verb)", "plan": "\#(plan)"\#(more)"#
    }
    let disaster = #", "mode": "disaster-recovery""#
    return [
      // A test, its clean-up, migration and reprotect, with another plan on one of the groups.
      (
        text([
          run("10m", "test"), run("20m", "cleanup"), run("30m", "recover"), run("1h", "reprotect"),
        ]), 2
      ),
      // One group of the plan is recovered, and then reprotected, by another plan.
      (text([run("10m", "recover", "ONE"), run("30m", "reprotect", "ONE")]), 1),
      (text([run("10m", "recover"), run("30m", "reprotect", "ONE")]), 1),
      // Clean-up, recovery and reprotect with errors.
      (
        text([
          run("10m", "test"), fail("15m", "power-off", #", "vm": "vm-01""#), run("16m", "cleanup"),
          run("40m", "cleanup"), fail("50m", "power-on", #", "vm": "vm-01""#), run("51m", "recover"),
          run("1h15m", "recover"), fail("1h30m", "configure-reverse-replication", #", "vm": "vm-01""#),
          run("1h31m", "reprotect"), run("2h", "reprotect"),
        ]), 3
      ),
      (text([fail("9m", "power-on", #", "vm": "vm-01""#), run("10m", "test"), run("40m", "cleanup")]), 1),
      // Servers that die in each kind of run.
      (
        text([
          run("10m", "test"), #""at": "10m20s", "do": "site.fail", "site": "lyon", "for": "5m""#,
          run("20m", "test"), run("30m", "cleanup"),
          #""at": "30m2s", "do": "site.fail", "site": "lyon", "for": "5m""#, run("40m", "cleanup"),
          run("50m", "recover"), #""at": "50m50s", "do": "site.fail", "site": "lyon", "for": "5m""#,
          run("1h5m", "recover"), run("1h30m", "reprotect"),
          #""at": "1h30m5s", "do": "site.fail", "site": "paris", "for": "5m""#, run("1h50m", "reprotect"),
        ]), 3
      ),
      (
        text([
          run("10m", "recover"), run("30m", "reprotect"),
          #""at": "30m5s", "do": "site.fail", "site": "lyon", "for": "5m""#, run("1h", "reprotect"),
        ]), 2
      ),
      // Prompts and cancelling, of a test and of a recovery.
      (text([run("10m", "test"), run("15m", "cancel"), run("20m", "cleanup")], plan: Self.prompt), 1),
      (
        text([run("10m", "recover"), run("10m30s", "cancel")], guest: #""boot": "30s", "shutdown": "2m""#), 1
      ),
      (text([run("10m", "test"), run("10m25s", "cancel")], guest: #""boot": "3m", "shutdown": "2m""#), 1),
      // Custom steps that fail after power-on.
      (text([run("10m", "test"), run("20m", "cleanup"), run("30m", "recover")], plan: Self.warning), 1),
      // A disaster, and what is left to do when the protected site is back.
      (
        text([
          #""at": "10m", "do": "site.fail", "site": "paris", "for": "1h""#,
          run("15m", "recover", "RP", disaster),
          run("1h30m", "recover", "RP", disaster), run("2h", "reprotect"),
        ]), 3
      ),
      // The sites lose each other while a recovery runs.
      (
        text([
          run("10m", "recover", "RP", disaster),
          #""at": "10m30s", "do": "link.down", "link": "wan", "for": "1h""#,
        ]), 1
      ),
      // A placeholder, a damaged record, and a plan that is edited at both sites and then deleted.
      (
        text([
          #""at": "10m", "do": "placeholder.delete", "vm": "vm-01""#,
          #""at": "11m", "do": "placeholder.restore", "group": "PG-1""#,
          #""at": "12m", "do": "plan.damage", "plan": "ONE", "for": "1m""#,
          #""at": "15m", "do": "link.down", "link": "wan", "for": "5m""#,
          #""at": "16m", "do": "plan.edit", "plan": "ONE", "from": "paris", "changes": { "description": "one" }"#,
          #""at": "17m", "do": "plan.edit", "plan": "ONE", "from": "lyon", "changes": { "description": "other" }"#,
          #""at": "25m", "do": "plan.edit", "plan": "ONE", "changes": { "description": "both" }"#,
          #""at": "26m", "do": "plan.delete", "plan": "ONE""#,
        ]), 1
      ),
    ]
  }

  /// What no verb of a timeline leads to; reached by the tests of the groups alone.
  private static let groupsInTheCoreOnly: [ProtectionGroupStatus: String] = [
    .unknown: "this site always knows its groups", .ready: "the label of OK",
    .loading: "facts about machines are known at once",
    .removingProtection: "no verb removes protection",
    .operationsInProgress: "groups are configured as a whole",
  ]

  @Test func `Every status that the product has is seen`() throws {
    var seen = Seen()
    for story in stories {
      var world = try story.text.world()
      try follow(&world, until: .zero + .hours(story.hours), &seen)
    }
    // What is configured later, and what lacks a mapping.
    for name in ["recovery/one-way-mappings.json", "recovery/avs-workshop.json"] {
      var world = try World(Scenario.shipped(name))
      try follow(&world, until: .zero + .minutes(45), &seen)
    }

    let plans = RecoveryPlanStatus.allCases.filter { !seen.plans.contains($0) }
    #expect(plans.isEmpty, "no plan was \(plans)")
    let groups = ProtectionGroupStatus.allCases.filter {
      !seen.groups.contains($0) && Self.groupsInTheCoreOnly[$0] == nil
    }
    #expect(groups.isEmpty, "no group was \(groups)")
    #expect(seen.groups.isDisjoint(with: Self.groupsInTheCoreOnly.keys))
    // That a site knows nothing of a group has no verb either.
    let recoveries = GroupRecoveryStatus.allCases.filter { !seen.recoveries.contains($0) && $0 != .unknown }
    #expect(recoveries.isEmpty, "no group was \(recoveries)")
    let machines = VMRecoveryStatus.allCases.filter { !seen.machines.contains($0) }
    #expect(machines.isEmpty, "no machine was \(machines)")
    let steps = RecoveryStepStatus.allCases.filter { !seen.steps.contains($0) }
    #expect(steps.isEmpty, "no step was \(steps)")
  }
}
