import Inventory
import Quantities
import RecoveryCore
import Testing

/// Every status of a virtual machine and of a step is reached by something that can happen.
@Suite struct StatusWordTests {
  private static let groups = [planGroup(0, [0, 1])]
  private static let vm = VirtualMachineID(0)
  private var world = PlanWorld(Self.groups)

  private func status(_ plan: RecoveryPlanID, _ vm: VirtualMachineID = Self.vm) -> VMRecoveryStatus {
    world.book.status(of: vm, in: Self.groups[0].id, of: plan)
  }

  @Test mutating func `A machine goes through test and clean-up`() throws {
    let plan = world.addPlan("RP", [0])
    #expect(status(plan) == .readyToRecover)
    try world.start(.test(synchronizesData: false), plan)
    #expect(status(plan) == .testInProgress)
    try world.book.cancel(plan, at: world.now)
    world.finish()
    #expect(status(plan) == .testIncomplete)
    world.failure = { if case .discardTestImage = $0 { .withoutEffect } else { nil } }
    try world.start(.cleanup(isForced: false), plan)
    #expect(status(plan) == .cleanupInProgress)
    world.finish()
    // Nothing was begun but hosts, so there is nothing to discard.
    #expect(status(plan) == .readyToRecover)

    try world.run(.test(synchronizesData: false), plan)
    #expect(status(plan) == .testSucceeded)
    try world.run(.cleanup(isForced: false), plan)
    #expect(status(plan) == .cleanupIncomplete)
    world.failure = { _ in nil }
    try world.run(.cleanup(isForced: false), plan)
    #expect(status(plan) == .readyToRecover)

    world.failure = {
      switch $0 {
      case .configureTestNetwork(VirtualMachineID(0)), .resetStorage(VirtualMachineID(0)): .withoutEffect
      default: nil
      }
    }
    world.groups[0].members[1].settings.dependencies = [Self.vm]
    try world.run(.test(synchronizesData: false), plan)
    #expect(status(plan) == .testError)
    #expect(status(plan, VirtualMachineID(1)) == .testWarning)
    try world.run(.cleanup(isForced: false), plan)
    #expect(status(plan) == .cleanupError)
    #expect(status(plan, VirtualMachineID(1)) == .cleanupIncomplete)
  }

  @Test mutating func `A machine goes through recovery and reprotect`() throws {
    let plan = world.addPlan("RP", [0])
    try world.start(.disasterRecovery(synchronizesData: false), plan)
    #expect(status(plan) == .recoveryInProgress)
    try world.book.cancel(plan, at: world.now)
    world.finish()
    #expect(status(plan) == .recoveryIncomplete)
    world.failure = {
      $0 == .powerOn(VirtualMachineID(0), at: .second) || $0 == .prepareForMigration(VirtualMachineID(1))
        ? .withoutEffect : nil
    }
    try world.run(.disasterRecovery(synchronizesData: false), plan)
    #expect(status(plan) == .recoveryError)
    #expect(status(plan, VirtualMachineID(1)) == .recoveryWarning)
    world.failure = { _ in nil }
    try world.run(.disasterRecovery(synchronizesData: false), plan)
    #expect(status(plan) == .recoverySucceeded)

    world.failure = { $0 == .configureReverseReplication(VirtualMachineID(0)) ? .withoutEffect : nil }
    try world.start(.reprotect(isForced: false), plan)
    #expect(status(plan) == .reprotectInProgress)
    world.finish()
    #expect(status(plan) == .reprotectError)
    #expect(status(plan, VirtualMachineID(1)) == .reprotectIncomplete)
    world.failure = { _ in nil }
    try world.run(.reprotect(isForced: false), plan)
    #expect(status(plan) == .readyToRecover)
  }

  @Test mutating func `A machine is unknown to a plan that does not hold its group`() {
    let plan = world.addPlan("RP", [])
    #expect(status(plan) == .unknown)
  }

  @Test mutating func `Steps get into each of their eight statuses`() throws {
    let plan = world.addPlan("RP", [0])
    var met: Set<RecoveryStepStatus> = []
    func note(_ world: PlanWorld) {
      for step in world.book.run(of: plan)?.allSteps ?? [] {
        met.insert(step.status)
        #expect((step.finished == nil) == (step.started == nil || step.status == .running))
        #expect(step.progress == 100 || !step.status.isFinished)
      }
    }
    try world.start(.plannedMigration, plan)
    world.proceed(to: world.now + .seconds(6))
    note(world)
    try world.book.cancel(plan, at: world.now)
    world.finish()
    note(world)
    world.failure = {
      $0 == .powerOn(VirtualMachineID(0), at: .second)
        ? .withoutEffect
        : $0 == .restoreHosts(.second) ? .withoutEffect : nil
    }
    try world.run(.plannedMigration, plan)
    note(world)
    #expect(met == Set(RecoveryStepStatus.allCases))
  }
}
