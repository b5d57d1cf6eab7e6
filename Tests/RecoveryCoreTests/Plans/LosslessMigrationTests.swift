import Inventory
import Quantities
import RecoveryCore
import Testing

/// A planned migration that ends well has lost nothing, whatever was tried before it.
@Suite struct LosslessMigrationTests {
  private static func vm(_ number: Int) -> VirtualMachineID { VirtualMachineID(number) }

  /// Two machines without VMware Tools, so that they are powered off at once.
  private var world = PlanWorld([planGroup(0, [0, 1]) { _, member in member.hasTools = false }])

  private func failing(_ kind: RecoveryAction.Kind) -> (RecoveryAction) -> PlanWorld.Failure? {
    { $0.kind == kind ? .withoutEffect : nil }
  }

  /// Runs a planned migration two hours later; the world objects if it loses something.
  private mutating func migrate(_ plan: RecoveryPlanID) throws {
    world.failure = { _ in nil }
    world.now = world.now + .hours(2)
    try world.run(.plannedMigration, plan)
    #expect(world.book.status(of: plan) == .recoveryComplete)
    #expect(stepStatus(world.book.run(of: plan), "7") == .success)
    #expect(world.onAtBothSites.isEmpty)
    #expect(world.objections.isEmpty)
  }

  @Test mutating func `What a disaster recovery could not make writable is synchronised before it is`() throws
  {
    let plan = world.addPlan("RP", [0])
    world.failure = failing(.makeStorageWritable)
    try world.run(.disasterRecovery(synchronizesData: false), plan)
    #expect(world.book.status(of: plan) == .incompleteRecovery)
    try migrate(plan)
  }

  @Test mutating func `A synchronisation of machines that could not be powered off is not final`() throws {
    let prompt = PlanCallout(Callout(.prompt, name: "ask", content: "go on?"), at: .beforePrepareStorage)
    let plan = world.addPlan("RP", [0], callouts: [prompt])
    world.dismissesPrompts = false
    world.failure = failing(.powerOff)
    try world.start(.disasterRecovery(synchronizesData: true), plan)
    world.finish()
    try world.book.cancel(plan, at: world.now)
    #expect(world.machines[Self.vm(0)]?.isOn.first == true)
    world.dismissesPrompts = true
    try migrate(plan)
  }

  @Test mutating func `One machine that stayed on does not spoil the migration of its group`() throws {
    let plan = world.addPlan("RP", [0])
    world.failure = {
      $0 == .powerOff(Self.vm(1), at: .first) || $0.kind == .makeStorageWritable ? .withoutEffect : nil
    }
    try world.run(.disasterRecovery(synchronizesData: true), plan)
    #expect(world.book.status(of: plan) == .incompleteRecovery)
    try migrate(plan)
  }

  @Test(arguments: [false, true])
  mutating func `What a machine wrote between two migrations comes over`(isOffAgain: Bool) throws {
    let plan = world.addPlan("RP", [0])
    world.failure = failing(.makeStorageWritable)
    try world.run(.plannedMigration, plan)
    #expect(world.book.status(of: plan) == .incompleteRecovery)
    world.operatorPowersOn(Self.vm(0))
    if isOffAgain {
      world.now = world.now + .hours(1)
      _ = world.carryOut(.powerOff(Self.vm(0), at: .first))
    }
    try migrate(plan)
  }

  @Test mutating func `A machine whose replica is in use is neither synchronised nor stops the others`()
    throws
  {
    let plan = world.addPlan("RP", [0])
    // Both replicas are writable, and nobody heard of it.
    world.failure = { $0.kind == .makeStorageWritable ? .withEffect : nil }
    try world.run(.disasterRecovery(synchronizesData: false), plan)
    let before = world.asked.count
    try migrate(plan)
    #expect(world.asked[before...].contains { $0.kind == .synchronize })
    #expect(world.groupStates[ProtectionGroupID(0)]?.writable.count == 2)
  }

  @Test
  mutating func
    `A recovered machine whose protection has trouble is shut down at the protected site all the same`()
    throws
  {
    let plan = world.addPlan("RP", [0])
    world.isUp.first = false
    world.book.sitesDisconnected()
    try world.run(.disasterRecovery(synchronizesData: false), plan)
    world.isUp.first = true
    world.book.sitesReconnected()
    #expect(world.book.status(of: plan) == .recoverySplitBrain)
    world.groups[0].members[0].problem = "no network is mapped"
    try world.run(.plannedMigration, plan)
    #expect(world.reports.last?.history.result == .success)
    #expect(world.book.status(of: plan) == .recoveryComplete)
    #expect(world.onAtBothSites.isEmpty)
    #expect(world.objections.isEmpty)
  }

  @Test
  mutating func `A recovered machine that somebody powered on at the protected site is shut down again`()
    throws
  {
    let other = world.addPlan("RP-0", [0])
    try world.run(.plannedMigration, other)
    world.operatorPowersOn(Self.vm(1))
    world.groups.append(planGroup(1, []))
    world.book.addGroup(ProtectionGroupID(1), protectedSide: .first)
    let plan = world.addPlan("RP", [0, 1])
    #expect(world.book.status(of: plan) == .partialRecovery)
    let before = world.asked.count
    try world.run(.plannedMigration, plan)
    #expect(world.book.status(of: plan) == .recoveryComplete)
    #expect(world.onAtBothSites.isEmpty)
    #expect(!world.asked[before...].contains { $0.kind == .powerOn || $0.kind == .configureStorage })
    #expect(world.objections.isEmpty)
  }
}
