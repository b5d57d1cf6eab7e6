import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

@Suite struct RecoveryCycleTests {
  @Test func `A test, its clean-up, a migration, and back again end where they began`() throws {
    var world = try PlannedWorld().world()
    try world.run(until: .minutes(30))

    let test = try #require(try world.complete(.test(synchronizesData: true)))
    #expect(test.result == "SUCCESS" && test.errors.isEmpty)
    #expect(world.planStatus == .testComplete)
    #expect(test.machines.map(\.status) == ["TEST_SUCCEEDED", "TEST_SUCCEEDED", "TEST_SUCCEEDED"])
    #expect(try #require(try world.complete(.cleanup(isForced: false))).result == "SUCCESS")
    #expect(world.planStatus == .ready)

    for turn in 0..<2 {
      let from = turn == 0 ? "paris" : "lyon"
      let migration = try #require(try world.complete(.plannedMigration))
      #expect(
        migration.result == "SUCCESS" && !migration.hasProblems, "\(migration.errors) \(migration.warnings)")
      #expect(migration.protectedSite == from)
      #expect(world.planStatus == .recoveryComplete)
      // Nothing was written after the machines were off, and the last synchronization came after that.
      #expect(migration.machines.allSatisfy { $0.dataLoss == .zero })
      #expect(migration.machines.map(\.status) == Array(repeating: "RECOVERY_SUCCEEDED", count: 3))
      try world.run(for: .minutes(10))
      let reprotect = try #require(try world.complete(.reprotect(isForced: false)))
      #expect(reprotect.result == "SUCCESS" && !reprotect.hasProblems, "\(reprotect.errors)")
      #expect(world.planStatus == .ready)
      try world.run(for: .minutes(20))
    }
    #expect(world.protectedSite(of: ProtectionGroupID(0), in: .only) == SiteID(0))
    #expect(world.isolatedNetworks(of: .only).isEmpty)
    // State files tell what was written after each planned migration.
    let record = try world.finish(version: "test")
    #expect(!record.fullSyncs.contains { $0.startedAt > .minutes(30) })
  }

  @Test func `A disaster loses what was written since the newest instance, and nothing else`() throws {
    var world = try PlannedWorld(
      timeline: [
        #""at": "1h", "do": "site.fail", "site": "paris", "for": "4h", "id": "disaster""#,
        #""at": "1h10m", "do": "plan.recover", "plan": "RP", "mode": "disaster-recovery", "id": "failover""#,
        #""at": "5h30m", "do": "plan.recover", "plan": "RP", "mode": "disaster-recovery", "id": "rerun""#,
        #""after": "rerun", "delay": "5m", "do": "plan.reprotect", "plan": "RP", "id": "reprotect""#,
      ]
    ).world()
    try world.run(until: .minutes(60) - .seconds(1))
    try world.run(until: .minutes(60))
    let instances = (0..<3).map { world.sight(of: $0).newest?.pointInTime }

    let failover = try world.run(untilEndOf: "failover")

    for (index, machine) in failover.machines.enumerated() {
      #expect(machine.status.hasPrefix("RECOVERY_"))
      #expect(machine.instance == instances[index])
      // The site failed after an hour: what the last instance does not hold is gone.
      #expect(machine.dataLoss == instances[index].map { .minutes(60) - $0 })
    }
    #expect(world.planStatus == .disasterRecoveryComplete)
    #expect(failover.result == "WARNINGS")
    #expect(failover.errors.isEmpty)

    try world.run(until: .minutes(301))
    #expect(world.planStatus == .recoverySplitBrain)
    let rerun = try world.run(untilEndOf: "rerun")
    #expect(rerun.errors.isEmpty, "\(rerun.errors)")
    #expect(world.planStatus == .recoveryComplete)
    #expect(rerun.machines.allSatisfy { $0.ready == nil && $0.instance == nil })
    let reprotect = try world.run(untilEndOf: "reprotect")
    #expect(reprotect.result == "SUCCESS", "\(reprotect.errors)")
    #expect(world.planStatus == .ready)
  }

  /// Guests and replicas at the end, beside a twin run without the test.
  ///
  /// What is compared is which extents were written: payloads are numbers of looks at the guest's writes, and a test looks once
  /// more.
  @Test(arguments: [false, true])
  func `A test disturbs neither the guests nor the replication`(synchronizes: Bool) throws {
    let drill = [
      #""at": "1h", "do": "plan.test", "plan": "RP", "id": "drill", "syncData": \#(synchronizes)"#,
      #""after": "drill", "delay": "20m", "do": "plan.cleanup", "plan": "RP", "id": "cleanup""#,
    ]
    // All are off after two hours: from then on nothing changes any more.
    let end = #""at": "2h", "do": "vm.power-off", "vm": "vm-*""#
    var tested = try PlannedWorld(timeline: drill + [end]).world()
    var twin = try PlannedWorld(timeline: [end]).world()
    let cleanup = try tested.run(untilEndOf: "cleanup")
    #expect(cleanup.ended < .minutes(120) && cleanup.result == "SUCCESS")
    try tested.run(until: .minutes(121))
    try twin.run(until: .minutes(121))
    let sources = (0..<3).map { (tested.sourceContents(of: $0), twin.sourceContents(of: $0)) }
    for (one, other) in sources {
      #expect(RecoveryWorld.written(one) == RecoveryWorld.written(other))
    }

    let (one, other) = (try tested.complete(.plannedMigration), try twin.complete(.plannedMigration))

    // What is recovered is compared with what the source held, and nothing is lost: so the replicas are equal too.
    #expect(one?.result == "SUCCESS" && other?.result == "SUCCESS")
    #expect(one?.machines.map(\.dataLoss) == [.zero, .zero, .zero])
    #expect(other?.machines.map(\.dataLoss) == [.zero, .zero, .zero])
  }

  @Test func `The parts of the critical path add up to the recovery time`() throws {
    var world = try PlannedWorld(machines: 6, machinesPerGroup: 3).world()
    try world.run(until: .minutes(30))
    let run = try #require(try world.complete(.plannedMigration))
    let time = try #require(run.recoveryTime)
    #expect(run.criticalPath.reduce(TimeSpan.zero) { $0 + $1.duration } == time)
    #expect(time > .seconds(30))
    // With one operation at a time everything waits longer.
    var slow = try PlannedWorld(
      machines: 6, machinesPerGroup: 3, recovery: #""times": { "operationsPerVCenter": 1 }"#
    ).world()
    try slow.run(until: .minutes(30))
    let slowRun = try #require(try slow.complete(.plannedMigration))
    #expect(try #require(slowRun.recoveryTime) > time)
    #expect(slowRun.criticalPath.contains { $0.queued > .zero })
  }
}
