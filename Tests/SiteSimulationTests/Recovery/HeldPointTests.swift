import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Points in time that runs of plans are to recover.
@Suite struct HeldPointTests {
  /// One point in time a day is kept, the first; the newest instance stays until the next is complete.
  @Test(arguments: [#", "pointsInTime": { "perDay": 1, "days": 1 }"#, ""])
  func `A run's own synchronisation does not drop the point in time that it is to recover`(kept: String)
    throws
  {
    var world = try PlannedWorld(machines: 1, machinesPerGroup: 1, replication: kept).world()
    try world.run(until: .minutes(63))
    let newest = world.recoveryInstances(of: 0).last
    let chosen = try #require(newest)
    #expect(chosen > .minutes(55))
    try world.perform(
      .run(
        .only, .first,
        Scenario.PlanRunOptions(
          workflow: .disasterRecovery(synchronizesData: true),
          pointsInTime: [.init(vm: VirtualMachineID(0), instant: chosen)])))
    while world.planRuns.isEmpty { guard try world.step(until: .minutes(120)) else { break } }
    let run = try #require(world.planRuns.last)
    #expect(run.result == "SUCCESS", "\(run.errors)")
    #expect(run.machines.first?.instance == chosen)
    _ = try world.finish(version: "test")
  }

  @Test func `What was kept for a run that is over goes with the next instance`() throws {
    var world = try PlannedWorld(
      machines: 1, machinesPerGroup: 1, replication: #", "pointsInTime": { "perDay": 1, "days": 1 }"#
    ).world()
    try world.run(until: .minutes(63))
    let newest = world.recoveryInstances(of: 0).last
    let chosen = try #require(newest)
    try world.perform(
      .run(
        .only, .first,
        Scenario.PlanRunOptions(
          workflow: .test(synchronizesData: true),
          pointsInTime: [.init(vm: VirtualMachineID(0), instant: chosen)])))
    while world.planRuns.isEmpty { guard try world.step(until: .minutes(120)) else { break } }
    #expect(world.testedInstance(of: 0) == chosen)
    #expect(world.recoveryInstances(of: 0).contains(chosen))
    _ = try world.complete(.cleanup(isForced: false))
    try world.run(for: .minutes(20))
    let kept = world.recoveryInstances(of: 0)
    #expect(!kept.contains(chosen) && kept.count == 2)
  }
}
