import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Copies that recoveries left behind and that are on nevertheless.
@Suite struct StaleCopyTests {
  private static let forced = #""defaults": { "allowForced": true }"#

  @Test func `What a copy writes after a forced recovery is counted until it stops`() throws {
    var world = try PlannedWorld(recovery: Self.forced).world()
    try world.run(until: .minutes(30))
    let run = try #require(try world.complete(.forcedRecovery))
    #expect(run.result == "SUCCESS" && run.warnings == ["vm-01 and 2 more run at both sites"])
    try world.run(until: .minutes(90))
    let settlement = try #require(try world.complete(.plannedMigration))
    #expect(settlement.errors.isEmpty && settlement.warnings.isEmpty, "\(settlement.warnings)")
    let told = world.details(of: "vm.stale-copy-stopped")
    #expect(told.count == 3 && told.allSatisfy { $0.hasPrefix("former copy, on at paris for ") })

    let record = try world.finish(version: "test")
    #expect(record.staleCopies.map(\.name).sorted() == ["vm-01", "vm-02", "vm-03"])
    for stale in record.staleCopies {
      let machine = try #require(run.machines.first { $0.name == stale.name })
      let loss = try #require(machine.dataLoss)
      let instance = try #require(machine.instance)
      // The loss of the recovery ends where what is given up afterwards begins.
      #expect(stale.from == instance + loss && stale.site == "paris" && !stale.isOpen)
      #expect(stale.to > .minutes(90) && stale.to < settlement.ended)
      // 20 kB/s in blocks of 8 KiB.
      let expected = UInt64((stale.to - stale.from).nanoseconds / 1_000_000_000) * 20_000
      #expect(stale.writtenSize.bytes > expected - expected / 10)
      #expect(stale.writtenSize.bytes < expected + expected / 10)
    }
  }

  @Test func `A machine that comes back with its site writes in vain from then on`() throws {
    var world = try PlannedWorld(
      duration: "3h", machines: 1,
      timeline: [
        #""at": "30m", "do": "site.fail", "site": "paris", "for": "30m""#,
        #""at": "40m", "do": "plan.recover", "plan": "RP", "mode": "disaster-recovery", "id": "save""#,
      ]
    ).world()
    let save = try world.run(untilEndOf: "save")
    // At the end of the run it is on at one site only.
    #expect(!save.warnings.contains { $0.contains("both sites") })
    try world.run(until: .minutes(180))
    #expect(world.details(of: "vm.runs-at-both-sites").count == 1)
    let record = try world.finish(version: "test")
    let stale = try #require(record.staleCopies.first)
    #expect(record.staleCopies.count == 1 && stale.isOpen)
    #expect(stale.from >= .minutes(60) && stale.to == .minutes(180) && stale.writtenSize > .zero)
  }

  @Test func `A recovery that leaves nothing on tells of no stale copies`() throws {
    var world = try PlannedWorld().world()
    try world.run(until: .minutes(10))
    for workflow in [PlanWorkflow.plannedMigration, .reprotect(isForced: false), .plannedMigration] {
      let run = try #require(try world.complete(workflow))
      #expect(run.result == "SUCCESS" && run.warnings.isEmpty)
    }
    let record = try world.finish(version: "test")
    #expect(record.staleCopies.isEmpty)
    #expect(!record.events.contains { $0.kind == "vm.stale-copy-stopped" })
  }
}
