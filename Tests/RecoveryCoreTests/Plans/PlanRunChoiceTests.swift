import Inventory
import Quantities
import RecoveryCore
import Testing

/// What people choose, and how a run is taken back.
@Suite struct PlanRunChoiceTests {
  private static func vm(_ number: Int) -> VirtualMachineID { VirtualMachineID(number) }
  private static func second(_ number: Int64) -> Instant { Instant.zero + .seconds(number) }

  @Test func `A machine that is not to be powered on is registered and left off`() throws {
    var world = PlanWorld([
      planGroup(0, [0]) { _, member in
        member.settings.startupAction = .doNotPowerOn
        member.settings.postPowerOnSteps = [Callout(.runOnVM, name: "never", content: "never")]
        member.needsCustomization = true
      }
    ])
    let plan = world.addPlan("RP", [0])
    try world.run(.plannedMigration, plan)
    #expect(world.asked.contains(.customizeGuest(Self.vm(0))))
    #expect(!world.asked.contains(.powerOn(Self.vm(0), at: .second)))
    #expect(!world.asked.contains { if case .runOnVM = $0 { true } else { false } })
    #expect(world.book.status(of: plan) == .recoveryComplete)
  }

  @Test func `A point in time goes to the group of its machine, and a planned migration takes none`() throws {
    var world = PlanWorld([planGroup(0, [0]), planGroup(1, [1])])
    let plan = world.addPlan("RP", [0, 1])
    let choice = RecoveryAction.PointInTime(
      vm: Self.vm(1), instant: Instant(nanoseconds: -3_600_000_000_000))
    #expect(throws: PlanRefusal.pointInTimeNotAllowed) {
      try world.start(.plannedMigration, plan, pointsInTime: [choice])
    }
    try world.start(.disasterRecovery(synchronizesData: false), plan, pointsInTime: [choice])
    world.finish()
    #expect(
      world.asked.contains(
        .makeStorageWritable(ProtectionGroupID(0), machines: [Self.vm(0)], pointsInTime: [])))
    #expect(
      world.asked.contains(
        .makeStorageWritable(ProtectionGroupID(1), machines: [Self.vm(1)], pointsInTime: [choice])))
  }

  @Test
  func `What a recovery suspended is resumed on the way back, and what a test suspended by its clean-up`()
    throws
  {
    var world = PlanWorld([planGroup(0, [0])])
    world.suspendList = [.init(vm: Self.vm(9), name: "dev9", side: .second)]
    let plan = world.addPlan("RP", [0])
    try world.run(.test(synchronizesData: false), plan)
    #expect(world.suspended == [Self.vm(9)])
    try world.run(.cleanup(isForced: false), plan)
    #expect(world.suspended.isEmpty)
    try world.run(.plannedMigration, plan)
    try world.run(.reprotect(isForced: false), plan)
    #expect(world.suspended == [Self.vm(9)])
    try world.run(.plannedMigration, plan)
    #expect(world.suspended.isEmpty)
    #expect(stepStatus(world.book.run(of: plan), "3.1") == .success)
  }

  @Test func `Undo powers on only what was on, and a cancelled migration is undone before its storage steps`()
    throws
  {
    var world = PlanWorld([planGroup(0, [0, 1])])
    let plan = world.addPlan("RP", [0])
    world.machines[Self.vm(1)]?.isOn.first = false
    // Pre-synchronisation until 1 s, shutdown until 2 s, then hosts of both sites until 4 s.
    try world.start(.plannedMigration, plan)
    world.proceed(to: Self.second(2))
    #expect(world.machines[Self.vm(0)]?.isOn.first == false)
    try world.book.cancel(plan, at: world.now)
    world.finish()
    #expect(world.machines[Self.vm(0)]?.isOn.first == true)
    #expect(world.machines[Self.vm(1)]?.isOn.first == false)
    #expect(world.reports.last?.history.result == .cancelled)
    #expect(
      outline(world.book.run(of: plan)).hasSuffix("15 Restore VMs at protected site\n15.1 Power on (vm0)"))
    #expect(world.book.status(of: plan) == .incompleteRecovery)
  }

  @Test func `A migration that has touched storage is not undone but run again`() throws {
    var world = PlanWorld([planGroup(0, [0])])
    let plan = world.addPlan("RP", [0])
    world.failure = { if case .synchronize(_, .final, _) = $0 { .withoutEffect } else { nil } }
    try world.run(.plannedMigration, plan)
    #expect(world.machines[Self.vm(0)]?.isOn.first == false)
    #expect(world.book.phase(of: ProtectionGroupID(0)) == .partiallyRecovered(plan))
    world.failure = { _ in nil }
    try world.run(.plannedMigration, plan)
    let run = world.book.run(of: plan)
    for number in ["1", "2", "6"] { #expect(stepStatus(run, number) == .alreadyDone) }
    #expect(stepStatus(run, "7") == .success)
    #expect(world.book.status(of: plan) == .recoveryComplete)
  }

  @Test func `A crash in the middle of an undo does not let a machine run at both sites`() throws {
    var world = PlanWorld([planGroup(0, [0, 1])])
    let plan = world.addPlan("RP", [0])
    try world.start(.plannedMigration, plan)
    world.proceed(to: Self.second(2))
    try world.book.cancel(plan, at: world.now)
    world.proceed(to: Self.second(3))
    world.crash(.second, withEffect: true)
    #expect(world.book.status(of: plan) == .recoveryInterrupted)
    try world.run(.plannedMigration, plan)
    #expect(world.book.status(of: plan) == .recoveryComplete)
    #expect(world.onAtBothSites.isEmpty)
    #expect(world.objections.isEmpty)
  }

  @Test func `Progress grows from 0 to 100`() throws {
    var world = PlanWorld([planGroup(0, [0, 1])])
    let plan = world.addPlan("RP", [0])
    try world.start(.plannedMigration, plan)
    var last = 0
    while world.step() {
      let progress = world.book.run(of: plan)?.progress ?? 0
      #expect(progress >= last)
      last = progress
    }
    #expect(last == 100)
  }
}
