import Inventory
import Quantities
import RecoveryCore
import Testing

/// Histories in which a plan gets into each of its statuses.
@Suite struct PlanStatusTests {
  private static let groups = [planGroup(0, [0, 1]), planGroup(1, [2]), planGroup(2, [3])]
  private var world = PlanWorld(Self.groups)

  private func status(_ plan: RecoveryPlanID) -> RecoveryPlanStatus { world.book.status(of: plan) }

  @Test
  mutating func `Test, clean-up, migration and reprotect lead through the statuses of a day without errors`()
    throws
  {
    let plan = world.addPlan("RP", [0, 1])
    #expect(status(plan) == .ready)
    try world.start(.test(synchronizesData: true), plan)
    #expect(status(plan) == .testInProgress)
    world.finish()
    #expect(status(plan) == .testComplete)
    #expect(world.leftovers(protectedAt: .first).contains("0 is on at the other site"))
    try world.start(.cleanup(isForced: false), plan)
    #expect(status(plan) == .cleanupInProgress)
    world.finish()
    #expect(status(plan) == .ready)
    #expect(world.book.phase(of: Self.groups[2].id) == .ready)

    try world.start(.plannedMigration, plan)
    #expect(status(plan) == .recoveryInProgress)
    world.finish()
    #expect(status(plan) == .recoveryComplete)
    try world.start(.reprotect(isForced: false), plan)
    #expect(status(plan) == .reprotectInProgress)
    world.finish()
    #expect(status(plan) == .ready)
    #expect(world.book.protectedSide(of: plan) == .second)
    #expect(world.objections.isEmpty)
  }

  @Test
  mutating func `Failback is the same plan run the other way, and reprotect again brings everything back`()
    throws
  {
    let plan = world.addPlan("RP", [0, 1, 2])
    for workflow in [
      PlanWorkflow.plannedMigration, .reprotect(isForced: false), .plannedMigration,
      .reprotect(isForced: false),
    ] { try world.run(workflow, plan) }
    #expect(world.book.protectedSide(of: plan) == .first)
    #expect(world.leftovers(protectedAt: .first).isEmpty)
    #expect(world.objections.isEmpty)
    #expect(world.reports.map(\.history.operationType) == [.failover, .reprotect, .failover, .reprotect])
    #expect(world.reports.allSatisfy { $0.history.result == .success })
  }

  @Test mutating func `A plan without groups can only be edited or deleted`() throws {
    let plan = world.addPlan("RP", [])
    #expect(status(plan) == .noProtectionGroups)
    #expect(throws: PlanRefusal.notAllowed(.test, .noProtectionGroups)) {
      try world.start(.test(synchronizesData: false), plan)
    }
    try world.book.edit(plan, from: .first) { $0.protectedSide = .second }
    #expect(world.book.protectedSide(of: plan) == .second)
    try world.book.edit(plan, from: .first) {
      $0.groups = [Self.groups[0].id]
    }
    #expect(status(plan) == .ready)
    #expect(throws: PlanRefusal.directionFollowsGroups) {
      try world.book.edit(plan, from: .first) { $0.protectedSide = .first }
    }
  }

  @Test mutating func `A deleted plan goes through DELETING`() throws {
    let plan = world.addPlan("RP", [0])
    try world.book.delete(plan, from: .first)
    #expect(status(plan) == .deleting)
    world.book.deletionCompleted(plan)
    #expect(world.book.planIDs.isEmpty)
  }

  @Test mutating func `A damaged record is UNKNOWN_STATE, and so is a group nobody knows`() {
    let plan = world.addPlan("RP", [0])
    let other = world.addPlan("RP-2", [7])
    world.book.setDamaged(true, plan)
    #expect(status(plan) == .unknown)
    #expect(status(other) == .unknown)
    #expect(world.book.status(of: VirtualMachineID(0), in: Self.groups[0].id, of: plan) == .unknown)
    world.book.setDamaged(false, plan)
    #expect(status(plan) == .ready)
  }

  @Test mutating func `Another plan keeps a shared group until its test is cleaned up`() throws {
    let plan = world.addPlan("RP", [0, 1])
    let other = world.addPlan("RP-2", [1, 2])
    try world.start(.test(synchronizesData: false), plan)
    #expect(status(other) == .protectionGroupsInUse)
    world.finish()
    #expect(status(plan) == .testComplete)
    #expect(status(other) == .protectionGroupsInUse)
    #expect(throws: PlanRefusal.notAllowed(.runDisasterRecovery, .protectionGroupsInUse)) {
      try world.start(.disasterRecovery(synchronizesData: false), other)
    }
    try world.run(.cleanup(isForced: false), plan)
    #expect(status(other) == .ready)
  }

  @Test mutating func `A plan waits at a prompt until it is dismissed`() throws {
    let prompt = Callout(.prompt, name: "Check DNS", content: "Is DNS up?")
    let plan = world.addPlan("RP", [0], callouts: [PlanCallout(prompt, at: .beforePresyncStorage)])
    world.dismissesPrompts = false
    try world.start(.test(synchronizesData: false), plan)
    world.finish()
    #expect(status(plan) == .waitingForUserInput)
    let open = try #require(world.book.run(of: plan)?.openPrompts.first)
    #expect(throws: PlanRefusal.noSuchPrompt) {
      try world.book.dismissPrompt(CommandID(run: open.run, step: open.step + 1), at: world.now)
    }
    try world.book.dismissPrompt(open, at: world.now)
    #expect(status(plan) == .testInProgress)
    world.take()
    world.finish()
    #expect(status(plan) == .testComplete)
  }

  @Test mutating func `A cancelled test lets what is under way end and then waits for its clean-up`() throws {
    let plan = world.addPlan("RP", [0])
    world.duration = { if case .waitForTools = $0 { .seconds(90) } else { .seconds(1) } }
    try world.start(.test(synchronizesData: false), plan)
    // Hosts, image, storage, networks and power-on: after five seconds both wait for VMware Tools.
    world.proceed(to: Instant.zero + .seconds(6))
    try world.book.cancel(plan, at: world.now)
    #expect(status(plan) == .cancelInProgress)
    #expect(throws: PlanRefusal.notAllowed(.cancel, .cancelInProgress)) {
      try world.book.cancel(plan, at: world.now)
    }
    world.finish()
    #expect(world.now == Instant.zero + .seconds(95))
    #expect(status(plan) == .testComplete)
    #expect(world.reports.last?.history.result == .cancelled)
    try world.run(.cleanup(isForced: false), plan)
    #expect(world.leftovers(protectedAt: .first).isEmpty)
  }

  @Test
  mutating func `A server that dies leaves its runs interrupted, and they can be started again at once`()
    throws
  {
    let plan = world.addPlan("RP", [0])
    try world.start(.test(synchronizesData: false), plan)
    world.proceed(to: Instant.zero + .seconds(3))
    world.crash(.second, withEffect: true)
    #expect(status(plan) == .testInterrupted)
    try world.run(.test(synchronizesData: false), plan)
    #expect(status(plan) == .testComplete)
    #expect(stepStatus(world.book.run(of: plan), "3.1.1") == .alreadyDone)

    try world.start(.cleanup(isForced: false), plan)
    world.crash(.second, withEffect: false)
    #expect(status(plan) == .cleanupInterrupted)
    #expect(throws: PlanRefusal.optionsFixed(isForced: false)) {
      try world.start(.cleanup(isForced: true), plan)
    }
    try world.run(.cleanup(isForced: false), plan)
    #expect(status(plan) == .ready)

    try world.start(.plannedMigration, plan)
    world.crash(.first, withEffect: false)
    #expect(status(plan) == .recoveryInProgress)
    world.crash(.second, withEffect: true)
    #expect(status(plan) == .recoveryInterrupted)
    try world.run(.plannedMigration, plan)
    #expect(status(plan) == .recoveryComplete)

    try world.start(.reprotect(isForced: false), plan)
    world.crash(.second, withEffect: true)
    #expect(status(plan) == .reprotectInterrupted)
    try world.run(.reprotect(isForced: false), plan)
    #expect(status(plan) == .ready)
    #expect(world.objections.isEmpty)
  }

  @Test mutating func `A server that is down starts nothing`() throws {
    let plan = world.addPlan("RP", [0])
    world.book.serverFailed(.second, at: world.now)
    #expect(throws: PlanRefusal.serverDown(.second)) { try world.start(.plannedMigration, plan) }
    world.book.serverRestarted(.second)
    try world.start(.plannedMigration, plan)
  }

  @Test
  mutating func `A clean-up with errors is incomplete, is repeated, and gives up what is left if forced`()
    throws
  {
    let plan = world.addPlan("RP", [0])
    try world.run(.test(synchronizesData: false), plan)
    world.failure = { if case .resetStorage = $0 { .withoutEffect } else { nil } }
    try world.run(.cleanup(isForced: false), plan)
    #expect(status(plan) == .cleanupIncomplete)
    #expect(world.reports.last?.history.errors.count == 2)
    #expect(stepStatus(world.book.run(of: plan), "4.1") == .skipped)
    try world.run(.cleanup(isForced: true), plan)
    #expect(status(plan) == .ready)
    #expect(world.reports.last?.history.result == .warnings)
  }

  @Test
  mutating func `An error at the protected site stops a planned migration and powers its machines on again`()
    throws
  {
    let plan = world.addPlan("RP", [0, 1])
    world.failure = { $0 == .powerOff(VirtualMachineID(2), at: .first) ? .withoutEffect : nil }
    world.ignores = { $0 == .shutDownGuest(VirtualMachineID(2)) }
    try world.run(.plannedMigration, plan)
    #expect(status(plan) == .incompleteRecovery)
    #expect(world.reports.last?.ending == .stopped)
    #expect(world.leftovers(protectedAt: .first).isEmpty)
    // The guest of vm2 had its five minutes.
    #expect(world.reports.last?.history.warnings == ["2.1.3.1 Shut down guest (vm2): timed out after 5m"])
    #expect(world.book.status(of: VirtualMachineID(2), in: Self.groups[1].id, of: plan) == .recoveryError)
    #expect(
      world.book.status(of: VirtualMachineID(0), in: Self.groups[0].id, of: plan) == .recoveryIncomplete)

    world.failure = { _ in nil }
    world.ignores = { _ in false }
    try world.run(.plannedMigration, plan)
    #expect(status(plan) == .recoveryComplete)
    #expect(world.objections.isEmpty)
  }
}
