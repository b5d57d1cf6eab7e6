import Inventory
import Quantities
import RecoveryCore
import Testing

/// What a run finds of the runs before it: of its own plan and of others.
@Suite struct RerunTests {
  private static func vm(_ number: Int) -> VirtualMachineID { VirtualMachineID(number) }
  private var world = PlanWorld([planGroup(0, [0, 1]), planGroup(1, [2])])

  private func status(_ plan: RecoveryPlanID) -> RecoveryPlanStatus { world.book.status(of: plan) }

  /// Fails the hosts of the protected site, after the machines are off and before anything of storage.
  private mutating func failBeforeStorage() {
    world.failure = { $0 == .restoreHosts(.first) ? .withoutEffect : nil }
  }

  @Test mutating func `An undo powers on the machines of the groups whose storage is as it was`() throws {
    let other = world.addPlan("RP-0", [0])
    let plan = world.addPlan("RP", [0, 1])
    try world.run(.plannedMigration, other)
    failBeforeStorage()
    try world.run(.plannedMigration, plan)
    #expect(world.reports.last?.ending == .stopped)
    #expect(world.machines[Self.vm(2)]?.isOn.first == true)
    #expect(world.machines[Self.vm(0)]?.isOn.first == false)
    #expect(world.book.phase(of: ProtectionGroupID(1)) == .ready)
    #expect(world.book.phase(of: ProtectionGroupID(0)) == .recovered(plan))

    world.failure = { _ in nil }
    let before = world.asked.count
    try world.run(.plannedMigration, plan)
    #expect(status(plan) == .recoveryComplete)
    #expect(!world.asked[before...].contains(.powerOn(Self.vm(0), at: .second)))
    #expect(world.onAtBothSites.isEmpty && world.objections.isEmpty)
  }

  @Test mutating func `A migration stopped while it prepares storage restores only what it has not prepared`()
    throws
  {
    let plan = world.addPlan("RP", [0, 1])
    // vm0 is prepared first; the storage of PG-0 waits for vm1, whose preparation takes long.
    world.duration = { $0 == .prepareForMigration(Self.vm(2)) ? .minutes(1) : .seconds(1) }
    world.failure = { $0 == .prepareForMigration(Self.vm(1)) ? .withoutEffect : nil }
    try world.run(.plannedMigration, plan)
    // Both groups have begun: nothing is undone.
    #expect(world.machines.values.allSatisfy { !$0.isOn.first })
    #expect(world.reports.last?.ending == .stopped)
    world.failure = { _ in nil }
    try world.run(.plannedMigration, plan)
    #expect(status(plan) == .recoveryComplete && world.objections.isEmpty)
  }

  @Test mutating func `An undo powers on what an interrupted run had shut down without hearing of it`() throws
  {
    let plan = world.addPlan("RP", [0, 1])
    try world.start(.plannedMigration, plan)
    // Pre-synchronisation takes a second; then the guests are asked to shut down.
    world.proceed(to: world.now + .seconds(1))
    world.crash(.second, withEffect: true)
    #expect(world.machines[Self.vm(0)]?.isOn.first == false)
    failBeforeStorage()
    try world.run(.plannedMigration, plan)
    #expect(world.reports.last?.ending == .stopped)
    #expect(world.leftovers(protectedAt: .first).isEmpty)
  }

  @Test mutating func `A rerun leaves recovered machines alone, whatever of their steps is open`() throws {
    let steps = ["one", "two"].map { Callout(.runOnVM, name: $0, content: $0) }
    world.groups[0].members[0].settings.postPowerOnSteps = steps
    let plan = world.addPlan("RP", [0])
    world.failure = {
      $0 == .runOnVM(Self.vm(0), steps[0]) || $0 == .powerOn(Self.vm(1), at: .second) ? .withoutEffect : nil
    }
    try world.run(.disasterRecovery(synchronizesData: true), plan)
    #expect(world.reports.last?.machines.map(\.status) == [.recoveryWarning, .recoveryError])
    // Now its addresses change too, which could start it anew.
    world.failure = { _ in nil }
    world.groups[0].members[0].needsCustomization = true
    let before = world.asked.count
    try world.run(.plannedMigration, plan)
    #expect(world.reports.last?.machines.map(\.status) == [.recoveryWarning, .recoverySucceeded])
    #expect(
      !world.asked[before...].contains {
        switch $0 {
        case .runOnVM, .customizeGuest, .powerOn(VirtualMachineID(0), at: _),
          .waitForTools(VirtualMachineID(0)):
          true
        default: false
        }
      })
    // Customisation and both commands were never done; power-on and heartbeat were.
    let run = world.book.run(of: plan)
    #expect(
      (1...5).map { stepStatus(run, "12.1.\($0)") } == [
        .skipped, .alreadyDone, .alreadyDone, .skipped, .skipped,
      ])
    // So were the steps before them, for the group as a whole.
    #expect(["1", "6", "7", "9"].map { stepStatus(run, $0) } == Array(repeating: .alreadyDone, count: 4))
    #expect(status(plan) == .recoveryComplete)
  }

  @Test mutating func `A recovered machine does not fail with its group`() throws {
    let plan = world.addPlan("RP", [0])
    world.groups[0].members[1].problem = "no network is mapped"
    try world.run(.disasterRecovery(synchronizesData: false), plan)
    world.groups[0].members[1].problem = nil
    world.failure = { $0.kind == .makeStorageWritable ? .withoutEffect : nil }
    try world.run(.disasterRecovery(synchronizesData: false), plan)
    #expect(world.reports.last?.machines.map(\.status) == [.recoverySucceeded, .recoveryError])
  }

  @Test mutating func `A machine that could not be suspended is asked again, and resumed in any case`() throws
  {
    world.suspendList = [.init(vm: Self.vm(9), name: "dev9", side: .second)]
    let plan = world.addPlan("RP", [0])
    world.failure = {
      $0.kind == .suspend || $0 == .powerOn(Self.vm(0), at: .second) ? .withoutEffect : nil
    }
    try world.run(.plannedMigration, plan)
    world.failure = { _ in nil }
    try world.run(.plannedMigration, plan)
    #expect(stepStatus(world.book.run(of: plan), "8.1") == .success)
    #expect(world.suspended == [Self.vm(9)])

    try world.run(.reprotect(isForced: false), plan)
    world.failure = { $0.kind == .suspend ? .withEffect : nil }
    world.suspended = []
    world.suspendList = []
    try world.run(.test(synchronizesData: false), plan)
    try world.run(.cleanup(isForced: false), plan)
    // The test in the other direction has nothing to do with it.
    #expect(!world.asked.contains { $0.kind == .resume })
  }

  @Test
  mutating func
    `What one plan suspended is resumed by another that brings its groups back, and its custom steps run anew`()
    throws
  {
    world.suspendList = [.init(vm: Self.vm(9), name: "dev9", side: .second)]
    let script = Callout(.runOnServer, name: "Tell them", content: "tell")
    let plan = world.addPlan("RP", [0], callouts: [PlanCallout(script, at: .beforeRestoreHosts)])
    world.suspendList = []
    let other = world.addPlan("RP-2", [0, 1])
    try world.run(.plannedMigration, plan)
    #expect(world.suspended == [Self.vm(9)])
    try world.run(.plannedMigration, other)
    try world.run(.reprotect(isForced: false), other)
    try world.run(.plannedMigration, other)
    #expect(world.suspended.isEmpty)
    try world.run(.reprotect(isForced: false), other)
    let before = world.asked.count
    try world.run(.plannedMigration, plan)
    #expect(world.asked[before...].contains(.runOnServer(script)))
  }

  @Test mutating func `A machine that two tests suspended is resumed when the last of them is cleaned up`()
    throws
  {
    world.suspendList = [.init(vm: Self.vm(9), name: "dev9", side: .second)]
    let plans = [world.addPlan("RP-0", [0]), world.addPlan("RP-1", [1])]
    for plan in plans { try world.run(.test(synchronizesData: false), plan) }
    try world.run(.cleanup(isForced: false), plans[0])
    #expect(world.suspended == [Self.vm(9)])
    try world.run(.cleanup(isForced: false), plans[1])
    #expect(world.suspended.isEmpty)
  }

  @Test mutating func `A machine of a previous recovery that cannot be resumed stops the migration back`()
    throws
  {
    world.suspendList = [.init(vm: Self.vm(9), name: "dev9", side: .second)]
    let plan = world.addPlan("RP", [0])
    try world.run(.plannedMigration, plan)
    try world.run(.reprotect(isForced: false), plan)
    world.failure = { $0.kind == .resume ? .withoutEffect : nil }
    try world.run(.plannedMigration, plan)
    #expect(world.reports.last?.ending == .stopped)
    #expect(world.machines[Self.vm(0)]?.isOn.second == true)
    world.failure = { _ in nil }
    try world.run(.plannedMigration, plan)
    #expect(world.suspended.isEmpty && status(plan) == .recoveryComplete)
  }

  @Test mutating func `A forced reprotect does not clean up the storage of a group that is not turned`()
    throws
  {
    let plan = world.addPlan("RP", [0, 1])
    try world.run(.plannedMigration, plan)
    world.failure = { $0 == .configureReverseReplication(Self.vm(1)) ? .withoutEffect : nil }
    try world.run(.reprotect(isForced: true), plan)
    #expect(status(plan) == .incompleteReprotect)
    #expect(!world.asked.contains(.cleanUpStorage(ProtectionGroupID(0))))
    #expect(world.asked.contains(.cleanUpStorage(ProtectionGroupID(1))))
    world.failure = { _ in nil }
    try world.run(.reprotect(isForced: true), plan)
    #expect(status(plan) == .ready)
  }

  @Test mutating func `An error of cleaning up storage does not keep data from being synchronised back`()
    throws
  {
    let plan = world.addPlan("RP", [0])
    try world.run(.plannedMigration, plan)
    world.failure = { $0.kind == .cleanUpStorage ? .withoutEffect : nil }
    let before = world.asked.count
    try world.run(.reprotect(isForced: false), plan)
    #expect(world.asked[before...].contains { $0.kind == .synchronize })
    #expect(status(plan) == .incompleteReprotect)
  }

  @Test mutating func `Machines that wait for each other keep no test from being cleaned up`() throws {
    let plan = world.addPlan("RP", [0])
    try world.run(.test(synchronizesData: false), plan)
    world.groups[0].members[0].settings.dependencies = [Self.vm(1)]
    world.groups[0].members[1].settings.dependencies = [Self.vm(0)]
    try world.run(.cleanup(isForced: false), plan)
    #expect(throws: PlanRefusal.dependencyCycle([Self.vm(0), Self.vm(1)])) {
      try world.start(.test(synchronizesData: false), plan)
    }
  }
}
