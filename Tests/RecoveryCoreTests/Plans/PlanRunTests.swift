import Inventory
import Quantities
import RecoveryCore
import Testing

/// The rules by which steps begin, end and fail.
@Suite struct PlanRunTests {
  private static func vm(_ number: Int) -> VirtualMachineID { VirtualMachineID(number) }
  private static func second(_ number: Int64) -> Instant { Instant.zero + .seconds(number) }

  /// When the step of a machine or custom step with this title began and ended.
  private func times(_ run: PlanRun?, _ title: String) -> [Instant?]? {
    run?.allSteps.first { $0.title == title }.map { [$0.started, $0.finished] }
  }

  // MARK: Order

  @Test func `A priority starts when every machine of the one before has recovered or failed`() throws {
    var world = PlanWorld([
      planGroup(0, [0, 1, 2]) { number, member in member.settings.priority = number == 2 ? .p2 : .p1 }
    ])
    let plan = world.addPlan("RP", [0])
    world.duration = { $0 == .waitForTools(Self.vm(0)) ? .seconds(60) : .seconds(1) }
    world.failure = { $0 == .powerOn(Self.vm(1), at: .second) ? .withoutEffect : nil }
    try world.run(.test(synchronizesData: false), plan)
    let run = world.book.run(of: plan)
    // Hosts, image, storage and networks take 4 s, power-on 1 s, the heartbeat of vm0 60 s.
    #expect(times(run, "vm0") == [Self.second(4), Self.second(65)])
    #expect(times(run, "vm1") == [Self.second(4), Self.second(5)])
    #expect(times(run, "vm2") == [Self.second(65), Self.second(67)])
    #expect(world.reports.last?.machines.map(\.status) == [.testSucceeded, .testError, .testSucceeded])
    #expect(world.book.status(of: plan) == .testComplete)
  }

  @Test
  func `A machine waits for those it depends on and their delay, but not for their steps after power-on`()
    throws
  {
    var world = PlanWorld([
      planGroup(0, [0, 1]) { number, member in
        if number == 0 { member.settings.dependencies = [Self.vm(1)] }
        guard number == 1 else { return }
        member.settings.delayAfterPowerOn = .seconds(10)
        member.settings.postPowerOnSteps = [Callout(.runOnVM, name: "Warm cache", content: "warm")]
      }
    ])
    let plan = world.addPlan("RP", [0])
    world.duration = { if case .runOnVM = $0 { .seconds(100) } else { .seconds(1) } }
    try world.run(.test(synchronizesData: false), plan)
    let run = world.book.run(of: plan)
    // vm1: power-on 4 to 5 s, heartbeat until 6 s, delay until 16 s, command until 116 s.
    #expect(times(run, "vm1") == [Self.second(4), Self.second(116)])
    #expect(times(run, "vm0") == [Self.second(16), Self.second(18)])
  }

  @Test func `A machine starts with a warning if one it depends on could not be started`() throws {
    var world = PlanWorld([
      planGroup(0, [0, 1]) { number, member in if number == 0 { member.settings.dependencies = [Self.vm(1)] }
      }
    ])
    let plan = world.addPlan("RP", [0])
    world.failure = { $0 == .powerOn(Self.vm(1), at: .second) ? .withoutEffect : nil }
    try world.run(.test(synchronizesData: false), plan)
    #expect(world.reports.last?.machines.map(\.status) == [.testWarning, .testError])
    #expect(
      world.reports.last?.history.warnings == ["7.1 vm0: it depends on vm1, which could not be started"])
  }

  @Test
  func `The first custom step between the storage snapshot and the machines starts beside the snapshot`()
    throws
  {
    var world = PlanWorld([planGroup(0, [0])])
    let plan = world.addPlan(
      "RP", [0],
      callouts: ["first", "second"].map {
        PlanCallout(Callout(.runOnServer, name: $0, content: "true"), at: .beforeRecoverPriority2VMs)
      })
    world.duration = { if case .runOnServer = $0 { .seconds(20) } else { .seconds(1) } }
    try world.run(.test(synchronizesData: false), plan)
    let run = world.book.run(of: plan)
    // Hosts until 1 s. Image and storage until 3 s, networks until 4 s; the first custom step until 21 s.
    #expect(times(run, "Create writable storage snapshot") == [Self.second(1), Self.second(3)])
    #expect(times(run, "first") == [Self.second(1), Self.second(21)])
    #expect(times(run, "second") == [Self.second(21), Self.second(41)])
    #expect(times(run, "vm0")?[0] == Self.second(41))
  }

  @Test func `A custom step after the first machines waits for them`() throws {
    var world = PlanWorld([planGroup(0, [0])])
    let plan = world.addPlan(
      "RP", [0],
      callouts: [
        PlanCallout(Callout(.runOnServer, name: "late", content: "true"), at: .beforeRecoverPriority4VMs)
      ])
    try world.run(.test(synchronizesData: false), plan)
    // 4 s until networks are set, power-on and heartbeat.
    #expect(times(world.book.run(of: plan), "late") == [Self.second(6), Self.second(7)])
  }

  // MARK: Failures

  @Test func `A machine whose heartbeat does not come fails after its timeout, and a rerun waits anew`()
    throws
  {
    var world = PlanWorld([planGroup(0, [0]) { _, member in member.settings.toolsTimeout = .seconds(120) }])
    let plan = world.addPlan("RP", [0])
    world.ignores = { $0 == .waitForTools(Self.vm(0)) }
    try world.run(.disasterRecovery(synchronizesData: false), plan)
    #expect(world.book.status(of: plan) == .incompleteRecovery)
    #expect(world.reports.last?.history.errors == ["12.1.2 Wait for VMware Tools (vm0): timed out after 2m"])
    #expect(world.abandoned.count == 1)
    world.ignores = { _ in false }
    let before = world.asked.count
    try world.run(.disasterRecovery(synchronizesData: false), plan)
    #expect(world.book.status(of: plan) == .recoveryComplete)
    #expect(!world.asked[before...].contains(.powerOn(Self.vm(0), at: .second)))
    #expect(stepStatus(world.book.run(of: plan), "12.1.1") == .alreadyDone)
    #expect(stepStatus(world.book.run(of: plan), "12.1.2") == .success)
  }

  @Test func `A heartbeat that comes after its timeout changes nothing`() throws {
    var world = PlanWorld([
      planGroup(0, [0, 1]) { number, member in member.settings.toolsTimeout = .seconds(number == 0 ? 60 : 300)
      }
    ])
    let plan = world.addPlan("RP", [0])
    world.ignores = { $0 == .waitForTools(Self.vm(0)) }
    world.duration = { $0 == .waitForTools(Self.vm(1)) ? .seconds(200) : .seconds(1) }
    try world.start(.test(synchronizesData: false), plan)
    world.proceed(to: Self.second(100))
    let late = try #require(world.abandoned.first)
    let isAwaited = world.book.handle(.succeeded, of: late, at: world.now)
    #expect(!isAwaited)
    world.finish()
    // Five seconds until both are on, and 200 until vm1 is heard of.
    #expect(world.now == Self.second(205))
    #expect(world.reports.last?.machines.map(\.status) == [.testError, .testSucceeded])
  }

  @Test func `Without a timeout for VMware Tools nobody waits for them`() throws {
    var world = PlanWorld([planGroup(0, [0]) { _, member in member.settings.toolsTimeout = .zero }])
    let plan = world.addPlan("RP", [0])
    try world.run(.test(synchronizesData: false), plan)
    #expect(!world.asked.contains(.waitForTools(Self.vm(0))))
    #expect(world.reports.last?.recoveryTime == .seconds(5))
  }

  @Test func `A guest that does not shut down in its time is powered off`() throws {
    var world = PlanWorld([
      planGroup(0, [0]) { _, member in member.settings.guestShutdownTimeout = .seconds(60) }
    ])
    let plan = world.addPlan("RP", [0])
    world.ignores = { $0 == .shutDownGuest(Self.vm(0)) }
    try world.run(.plannedMigration, plan)
    #expect(world.book.status(of: plan) == .recoveryComplete)
    #expect(world.asked.contains(.powerOff(Self.vm(0), at: .first)))
    #expect(world.reports.last?.history.result == .warnings)
    #expect(world.reports.last?.machines.map(\.status) == [.recoveryWarning])
  }

  @Test func `A guest that shuts down is not powered off, and one that is off is left alone`() throws {
    var world = PlanWorld([planGroup(0, [0, 1])])
    let plan = world.addPlan("RP", [0])
    world.machines[Self.vm(1)]?.isOn.first = false
    try world.run(.plannedMigration, plan)
    let run = world.book.run(of: plan)
    #expect(stepStatus(run, "2.1.1.1") == .success)
    #expect(stepStatus(run, "2.1.1.2") == .skipped)
    #expect(stepStatus(run, "2.1.2") == .skipped)
    #expect(world.book.status(of: plan) == .recoveryComplete)
  }

  @Test func `A command of the plan that fails is a warning, and the plan goes on`() throws {
    var world = PlanWorld([planGroup(0, [0])])
    let script = Callout(.runOnServer, name: "Tell the phone system", content: "call", timeout: .seconds(30))
    let plan = world.addPlan("RP", [0], callouts: [PlanCallout(script, at: .beforeRestoreHosts)])
    world.ignores = { $0 == .runOnServer(script) }
    try world.run(.test(synchronizesData: false), plan)
    #expect(world.reports.last?.history.warnings == ["1 Tell the phone system: timed out after 30s"])
    #expect(world.reports.last?.machines.map(\.status) == [.testSucceeded])
  }

  @Test func `A command before power-on that fails keeps the machine off and skips the rest`() throws {
    let steps = ["one", "two"].map { Callout(.runOnServer, name: $0, content: $0) }
    var world = PlanWorld([planGroup(0, [0]) { _, member in member.settings.prePowerOnSteps = steps }])
    let plan = world.addPlan("RP", [0])
    world.failure = { $0 == .runOnServer(steps[0]) ? .withoutEffect : nil }
    try world.run(.test(synchronizesData: false), plan)
    #expect(!world.asked.contains(.runOnServer(steps[1])))
    #expect(!world.asked.contains(.powerOn(Self.vm(0), at: .second)))
    #expect(world.reports.last?.machines.map(\.status) == [.testError])
  }

  @Test func `A command after power-on that fails is a warning and skips the machine's further commands`()
    throws
  {
    let steps = ["one", "two"].map { Callout(.runOnVM, name: $0, content: $0) }
    var world = PlanWorld([planGroup(0, [0]) { _, member in member.settings.postPowerOnSteps = steps }])
    let plan = world.addPlan("RP", [0])
    world.failure = { $0 == .runOnVM(Self.vm(0), steps[0]) ? .withoutEffect : nil }
    try world.run(.test(synchronizesData: false), plan)
    #expect(!world.asked.contains(.runOnVM(Self.vm(0), steps[1])))
    #expect(world.reports.last?.machines.map(\.status) == [.testWarning])
  }

  @Test func `A group whose image fails takes its machines with it and no others`() throws {
    var world = PlanWorld([planGroup(0, [0, 1]), planGroup(1, [2])])
    let plan = world.addPlan("RP", [0, 1])
    world.failure = {
      if case .createTestImage(let id, _, _) = $0, id.index == 0 { .withoutEffect } else { nil }
    }
    try world.run(.test(synchronizesData: false), plan)
    #expect(world.reports.last?.machines.map(\.status) == [.testError, .testError, .testSucceeded])
    #expect(!world.asked.contains(.configureStorage(Self.vm(0), isTest: true)))
    #expect(world.objections.isEmpty)
  }

  @Test func `A machine that cannot be recovered stays untouched and says why`() throws {
    var world = PlanWorld([
      planGroup(0, [0, 1]) { number, member in if number == 0 { member.problem = "no network is mapped" } }
    ])
    let plan = world.addPlan("RP", [0])
    try world.run(.plannedMigration, plan)
    #expect(world.reports.last?.history.errors == ["9.1.2 Configure storage (vm0): no network is mapped"])
    #expect(world.machines[Self.vm(0)]?.isOn.first == true)
    #expect(world.book.status(of: plan) == .incompleteRecovery)
    world.groups[0].members[0].problem = nil
    try world.run(.plannedMigration, plan)
    #expect(world.book.status(of: plan) == .recoveryComplete)
    // Its last changes came over after it was shut down, and those of vm1 were left alone.
    #expect(world.asked.contains(.synchronize(ProtectionGroupID(0), .final, machines: [Self.vm(0)])))
    #expect(world.onAtBothSites.isEmpty)
    #expect(world.objections.isEmpty)
  }
}
