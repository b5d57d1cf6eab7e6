import Inventory
import Quantities
import RecoveryCore
import Testing

/// How long a recovery takes and which steps say so; what remains in the history.
@Suite struct RunTimeTests {
  private func titles(_ report: RunReport?) -> [String] {
    (report?.criticalPath ?? []).map { "\($0.step.title) \($0.step.referredObject ?? "") \($0.duration)" }
  }

  @Test
  func
    `The critical path leads through the slowest machine of each priority and adds up to the recovery time`()
    throws
  {
    var world = PlanWorld([
      planGroup(0, [0, 1, 2]) { number, member in
        member.settings.priority = number == 2 ? .p2 : .p1
        if number == 2 { member.settings.delayAfterPowerOn = .seconds(5) }
      }
    ])
    let plan = world.addPlan("RP", [0])
    world.duration = {
      switch $0 {
      case .waitForTools(VirtualMachineID(1)): .seconds(40)
      case .makeStorageWritable: .seconds(10)
      default: .seconds(1)
      }
    }
    try world.run(.disasterRecovery(synchronizesData: false), plan)
    let report = world.reports.last
    // Priority 2 is shut down before priority 1: 2 s; hosts 2 s; preparation 2 s; storage 11 s; vm1 41 s; vm2 7 s.
    #expect(
      titles(report) == [
        "Shut down guest vm2 1s", "Shut down guest vm1 1s", "Restore recovery site hosts from standby  1s",
        "Restore protected site hosts from standby  1s", "Prepare for migration vm2 1s",
        "Make storage read-only PG-0 1s", "Make storage writable PG-0 10s", "Configure storage vm2 1s",
        "Power on vm1 1s", "Wait for VMware Tools vm1 40s", "Power on vm2 1s", "Wait for VMware Tools vm2 1s",
        "Wait before further steps vm2 5s",
      ])
    #expect(report?.recoveryTime == .seconds(65))
    #expect(report?.criticalPath.reduce(TimeSpan.zero) { $0 + $1.duration } == .seconds(65))
    #expect(report?.machines.map(\.ready) == [19, 58, 65].map { Instant.zero + .seconds($0) })
  }

  @Test func `A step of the critical path says how long its command waited for its turn`() throws {
    var book = PlanBook()
    let group = planGroup(0, [0]) { _, member in member.settings.toolsTimeout = .zero }
    book.addGroup(group.id, protectedSide: .first)
    let plan = try book.addPlan(RecoveryPlan(name: "RP", protectedSide: .first, groups: [group.id]))
    try book.start(
      .test(synchronizesData: false), of: plan, from: .second, groups: [group], by: "ann", at: .zero)
    var now = Instant.zero
    while book.isRunning(plan) {
      for command in book.takeCommands() {
        guard case .perform(let id, let operation) = command else { continue }
        if case .powerOn = operation {
          now = now + .seconds(5)
          book.handle(.began, of: id, at: now)
        }
        now = now + .seconds(1)
        book.handle(.succeeded, of: id, at: now)
      }
    }
    let last = try #require(book.takeReports().last?.criticalPath.last)
    #expect(last.step.title == "Power on")
    #expect(last.duration == .seconds(6))
    #expect(last.queued == .seconds(5))
  }

  @Test func `A rerun times only the machines that it brings up`() throws {
    var world = PlanWorld([planGroup(0, [0, 1])])
    let plan = world.addPlan("RP", [0])
    world.failure = { $0 == .waitForTools(VirtualMachineID(1)) ? .withoutEffect : nil }
    try world.run(.disasterRecovery(synchronizesData: false), plan)
    world.failure = { _ in nil }
    try world.run(.disasterRecovery(synchronizesData: false), plan)
    // Hosts of both sites, then the heartbeat of vm1.
    #expect(world.reports.last?.recoveryTime == .seconds(3))
    #expect(world.reports.last?.machines.map { $0.ready == nil } == [true, false])
  }

  @Test func `The report of a run tells who did what when, and how it ended`() throws {
    var world = PlanWorld([planGroup(0, [0])])
    let plan = world.addPlan("RP", [0])
    try world.run(.test(synchronizesData: false), plan)
    let record = try #require(world.reports.last?.history)
    #expect(record.runKey == 1 && record.planName == "RP" && record.user == "ann")
    #expect(record.operationType == .test && record.result == .success)
    // Hosts, image, storage, networks, power-on, heartbeat.
    #expect(record.started == .zero && record.duration == .seconds(6))
  }

  /// AVS: 2,000 machines in 250 groups are the most a plan may hold.
  @Test func `A plan of 2,000 machines in 250 groups ends after two reports for each of its commands`() throws
  {
    var world = PlanWorld(
      (0..<250).map { group in
        planGroup(group, (0..<8).map { group * 8 + $0 }) { number, member in
          member.settings.priority = RecoveryPriority.allCases[number % 5]
        }
      })
    let plan = world.addPlan("RP", Array(0..<250))
    try world.run(.plannedMigration, plan)
    #expect(world.book.status(of: plan) == .recoveryComplete)
    // Of each group: two synchronisations, read-only, writable. Of each machine: shutdown, preparation, storage,
    // power-on, heartbeat. And the hosts of both sites.
    #expect(world.asked.count == 250 * 4 + 2000 * 5 + 2)
    #expect(world.handledCount == 2 * world.asked.count)
    #expect(world.objections.isEmpty)
  }

  /// What every machine came to is asked at the end of a run; to look at all steps for each of them took minutes.
  @Test(.timeLimit(.minutes(1)))
  func `A clean-up of 2,000 machines says of each how it fared without looking at all steps again`() throws {
    var world = PlanWorld([planGroup(0, Array(0..<2000))])
    let plan = world.addPlan("RP", [0])
    try world.run(.test(synchronizesData: false), plan)
    world.failure = { $0 == .resetStorage(VirtualMachineID(7)) ? .withoutEffect : nil }
    try world.run(.cleanup(isForced: false), plan)
    #expect(world.reports.last?.machines[7].status == .cleanupError)
    #expect(world.reports.last?.machines.count { $0.status == .cleanupIncomplete } == 1999)
  }
}
