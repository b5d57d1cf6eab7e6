import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Servers that die, sites that lose each other, prompts, cancelling.
@Suite struct RecoveryServerTests {
  @Test func `A server that dies interrupts its run, which is run again when it is back`() throws {
    var world = try PlannedWorld(
      timeline: [
        #""at": "30m", "do": "plan.test", "plan": "RP", "id": "drill""#,
        #""at": "30m20s", "do": "site.fail", "site": "lyon", "for": "10m""#,
      ]
    ).world()
    let test = try world.run(untilEndOf: "drill")
    #expect(test.result == "ERRORS" && test.planStatus == "TEST_INTERRUPTED")
    // Nobody can be asked while it is away.
    #expect(try world.complete(.cleanup(isForced: false)) == nil)
    #expect(world.details(of: "plan.cleanup-refused").count == 1)
    try world.run(until: .minutes(60))
    #expect(world.planStatus == .testInterrupted)
    let again = try #require(try world.complete(.test(synchronizesData: true)))
    #expect(again.errors.isEmpty, "\(again.errors)")
    #expect(try #require(try world.complete(.cleanup(isForced: false))).errors.isEmpty)
    #expect(world.planStatus == .ready)
  }

  @Test func `A prompt waits until somebody dismisses it`() throws {
    var world = try PlannedWorld(
      plan: #""steps": [{ "before": "power-on:P1", "type": "PROMPT", "name": "Check", "text": "Go on?" }]"#
    ).world()
    try world.run(until: .minutes(10))
    try world.begin(.test(synchronizesData: false))
    try world.run(for: .hours(1))
    #expect(world.planStatus == .waitingForUserInput)
    #expect(world.prompts(of: .first, in: .only).map(\.title) == ["Check"])
    try world.perform(.dismissPrompt(.only, .first))
    #expect(world.planStatus == .testInProgress)
    try world.run(for: .minutes(10))
    #expect(world.planStatus == .testComplete)
    try world.perform(.dismissPrompt(.only, .first))
    #expect(world.details(of: "plan.dismiss-prompt-refused") == ["no prompt is shown"])
  }

  @Test func `A migration that is cancelled before storage is touched is undone`() throws {
    var world = try PlannedWorld(guest: #""boot": "30s", "shutdown": "2m""#).world()
    try world.run(until: .minutes(10))
    try world.begin(.plannedMigration)
    try world.run(for: .seconds(60))
    try world.perform(.cancel(.only, .first))
    #expect(world.planStatus == .cancelInProgress)
    try world.run(for: .minutes(20))
    #expect(world.planRuns.last?.result == "CANCELLED")
    for vm in 0..<3 { #expect(world.power(of: VirtualMachineID(vm), atSite: SiteID(0)) == "ON") }
    let again = try #require(try world.complete(.plannedMigration))
    #expect(again.errors.isEmpty && again.machines.allSatisfy { $0.dataLoss == .zero })
  }

  @Test func `Machines that run at both sites after a forced recovery are reported`() throws {
    var world = try PlannedWorld(recovery: #""defaults": { "allowForced": true }"#).world()
    try world.run(until: .minutes(30))
    let run = try #require(try world.complete(.forcedRecovery))
    #expect(run.errors.isEmpty)
    #expect(world.details(of: "vm.runs-at-both-sites").count == 3)
    #expect(world.planStatus == .recoverySplitBrain)
    #expect(run.machines.allSatisfy { $0.dataLoss != nil && $0.dataLoss != .zero })
    let rerun = try #require(try world.complete(.plannedMigration))
    #expect(rerun.errors.isEmpty, "\(rerun.errors)")
    #expect(world.planStatus == .recoveryComplete)
    #expect(try #require(try world.complete(.reprotect(isForced: false))).result == "SUCCESS")
  }

  @Test func `What is refused says why`() throws {
    var world = try PlannedWorld().world()
    try world.run(until: .minutes(5))
    #expect(try world.complete(.forcedRecovery) == nil)
    #expect(try world.complete(.reprotect(isForced: false)) == nil)
    #expect(try world.complete(.cleanup(isForced: false)) == nil)
    #expect(
      world.details(of: "plan.recover-refused") == ["recovery.forceRecovery is not set at the recovery site"])
    #expect(world.details(of: "plan.reprotect-refused") == ["the plan is READY_STATE"])
    #expect(world.details(of: "plan.cleanup-refused") == ["the plan is READY_STATE"])
  }

  @Test func `A plan waits for the group of another that is tested`() throws {
    var world = try PlannedWorld(
      furtherPlans: [#"{ "name": "RP-2", "from": "paris", "to": "lyon", "groups": ["PG-1"] }"#]
    ).world()
    try world.run(until: .minutes(5))
    #expect(try world.complete(.test(synchronizesData: false))?.result == "SUCCESS")
    #expect(world.status(of: RecoveryPlanID(1), in: .only) == .protectionGroupsInUse)
    #expect(try world.complete(.test(synchronizesData: false), plan: 1) == nil)
    #expect(try world.complete(.cleanup(isForced: false))?.result == "SUCCESS")
    #expect(world.status(of: RecoveryPlanID(1), in: .only) == .ready)
  }
}
