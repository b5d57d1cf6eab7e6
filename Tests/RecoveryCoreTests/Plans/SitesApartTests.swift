import Inventory
import Quantities
import RecoveryCore
import Testing

/// What people do at one site while it cannot talk to the other.
@Suite struct SitesApartTests {
  private static let groups = [planGroup(0, [0, 1]), planGroup(1, [2])]
  private var world = PlanWorld(Self.groups)

  private func status(_ plan: RecoveryPlanID, _ side: PairSide? = nil) -> RecoveryPlanStatus {
    side.map { world.book.status(of: plan, seenFrom: $0) } ?? world.book.status(of: plan)
  }

  @Test mutating func `Nobody at the protected site touches a run that begins after the sites parted`() throws
  {
    let prompt = PlanCallout(Callout(.prompt, name: "ask", content: "go on?"), at: .beforePresyncStorage)
    let plan = world.addPlan("RP", [0], callouts: [prompt])
    world.isUp.first = false
    world.book.sitesDisconnected()
    world.dismissesPrompts = false
    try world.start(.disasterRecovery(synchronizesData: false), plan)
    #expect(status(plan, .first) == .ready)
    try world.book.edit(plan, from: .first) {
      $0.text = "edited"
      $0.groups = []
    }
    #expect(world.book.isRunning(plan))
    #expect(status(plan) == .waitingForUserInput)
    #expect(throws: PlanRefusal.notAllowed(.cancel, .ready)) {
      try world.book.cancel(plan, from: .first, at: world.now)
    }
    let open = try #require(world.book.run(of: plan)?.openPrompts.first)
    #expect(throws: PlanRefusal.notAllowed(.dismissPrompt, .ready)) {
      try world.book.dismissPrompt(open, from: .first, at: world.now)
    }
    try world.book.delete(plan, from: .first)
    #expect(status(plan, .first) == .deleting)
    #expect(status(plan, .second) == .waitingForUserInput)
    world.book.deletionCompleted(plan)
    #expect(world.book.planIDs == [plan])
    try world.book.dismissPrompt(open, from: .second, at: world.now)
    world.take()
    world.finish()
    #expect(status(plan) == .disasterRecoveryComplete)

    world.isUp.first = true
    world.book.sitesReconnected()
    // What became of the plan allows no deletion.
    #expect(status(plan) == .recoverySplitBrain)
  }

  @Test mutating func `A run known at both sites is cancelled at the one that conducts it`() throws {
    let plan = world.addPlan("RP", [0])
    try world.start(.test(synchronizesData: false), plan)
    world.book.sitesDisconnected()
    #expect(status(plan, .first) == .testInProgress)
    #expect(throws: PlanRefusal.notAtRecoverySite) {
      try world.book.cancel(plan, from: .first, at: world.now)
    }
    try world.book.cancel(plan, from: .second, at: world.now)
    world.finish()
    #expect(status(plan) == .testComplete)
  }

  @Test
  mutating func `A plan deleted at one site is deleted at both when they are together and nothing uses it`()
    throws
  {
    let plan = world.addPlan("RP", [0])
    let tested = world.addPlan("RP-2", [1])
    world.book.sitesDisconnected()
    try world.book.delete(plan, from: .second)
    try world.book.delete(tested, from: .first)
    #expect(status(plan, .second) == .deleting)
    #expect(status(plan, .first) == .ready)
    #expect(throws: PlanRefusal.notAllowed(.test, .deleting)) {
      try world.start(.test(synchronizesData: false), plan)
    }
    try world.run(.test(synchronizesData: false), tested)
    world.book.sitesReconnected()
    #expect(status(plan, .first) == .deleting)
    #expect(status(tested) == .testComplete)
    world.book.deletionCompleted(plan)
    #expect(world.book.planIDs == [tested])
  }

  @Test mutating func `A conflict ends when one site saves the plan and the sites meet again`() throws {
    let plan = world.addPlan("RP", [0])
    world.book.sitesDisconnected()
    try world.book.edit(plan, from: .first) { $0.text = "one" }
    try world.book.edit(plan, from: .second) { $0.text = "two" }
    world.book.sitesReconnected()
    #expect(status(plan) == .syncConflict)
    world.book.sitesDisconnected()
    world.book.sitesReconnected()
    #expect(status(plan) == .syncConflict)
    world.book.sitesDisconnected()
    try world.book.edit(plan, from: .second) { $0.text = "three" }
    world.book.sitesReconnected()
    #expect(status(plan) == .ready)
    #expect(world.book.plan(plan, seenFrom: .first).text == "three")
  }

  @Test mutating func `A protected site whose server is down is as good as cut off`() throws {
    let plan = world.addPlan("RP", [0])
    world.isUp.first = false
    world.book.serverFailed(.first, at: world.now)
    #expect(throws: PlanRefusal.serverDown(.first)) { try world.start(.plannedMigration, plan, from: .first) }
    #expect(throws: PlanRefusal.serverDown(.first)) {
      try world.book.edit(plan, from: .first) { $0.text = "x" }
    }
    #expect(throws: PlanRefusal.serverDown(.first)) { try world.book.delete(plan, from: .first) }
    try world.run(.disasterRecovery(synchronizesData: false), plan)
    #expect(status(plan) == .disasterRecoveryComplete)
    #expect(status(plan, .first) == .ready)
    world.isUp.first = true
    world.book.serverRestarted(.first)
    #expect(status(plan) == .recoverySplitBrain)
    #expect(status(plan, .first) == .recoverySplitBrain)
  }

  @Test mutating func `What is edited while the other server is down comes to it when it is back`() throws {
    let plan = world.addPlan("RP", [0])
    world.book.serverFailed(.first, at: world.now)
    try world.book.edit(plan, from: .second) { $0.text = "new" }
    #expect(world.book.plan(plan, seenFrom: .first).text.isEmpty)
    // Both the network and the server have to be back.
    world.book.sitesDisconnected()
    world.book.serverRestarted(.first)
    #expect(world.book.plan(plan, seenFrom: .first).text.isEmpty)
    world.book.sitesReconnected()
    #expect(world.book.plan(plan, seenFrom: .first).text == "new")
  }

  // MARK: What a plan may be

  @Test mutating func `A plan has a name, each group once, and commands only where they can run`() throws {
    let command = Callout(.runOnVM, name: "warm", content: "warm")
    func refusal(_ plan: RecoveryPlan) -> PlanRefusal? {
      do {
        _ = try world.book.addPlan(plan)
        return nil
      } catch {
        return error
      }
    }
    #expect(refusal(RecoveryPlan(name: "", protectedSide: .first)) == .invalid(.unnamed))
    let twice = [ProtectionGroupID(1), ProtectionGroupID(0), ProtectionGroupID(1)]
    #expect(
      refusal(RecoveryPlan(name: "RP", protectedSide: .first, groups: twice))
        == .invalid(.duplicateGroup(ProtectionGroupID(1))))
    #expect(
      refusal(
        RecoveryPlan(name: "RP", protectedSide: .first, callouts: [PlanCallout(command, at: .atEnd)]))
        == .invalid(.callout(name: "warm", .needsMachine)))
    #expect(world.book.planIDs.isEmpty)
    let plan = world.addPlan("RP", [0])
    #expect(throws: PlanRefusal.invalid(.unnamed)) {
      try world.book.edit(plan, from: .first) { $0.name = "" }
    }
    #expect(world.book.plan(plan, seenFrom: .first).name == "RP")
  }

  @Test func `There are no more plans, groups and machines than are supported`() throws {
    var limits = RecoveryLimits()
    limits[.recoveryPlans] = 2
    limits[.groupsPerPlan] = 1
    limits[.vmsPerPlan] = 1
    var book = PlanBook(limits: limits)
    for group in Self.groups { book.addGroup(group.id, protectedSide: .first) }
    let plan = try book.addPlan(RecoveryPlan(name: "RP", protectedSide: .first, groups: [Self.groups[0].id]))
    #expect(throws: PlanRefusal.limit(LimitExceeded(limit: .groupsPerPlan, count: 2, maximum: 1))) {
      try book.edit(plan, from: .first) { $0.groups.append(Self.groups[1].id) }
    }
    _ = try book.addPlan(RecoveryPlan(name: "RP-2", protectedSide: .first))
    #expect(throws: PlanRefusal.limit(LimitExceeded(limit: .recoveryPlans, count: 3, maximum: 2))) {
      _ = try book.addPlan(RecoveryPlan(name: "RP-3", protectedSide: .first))
    }
    #expect(throws: PlanRefusal.limit(LimitExceeded(limit: .vmsPerPlan, count: 2, maximum: 1))) {
      try book.start(
        .test(synchronizesData: false), of: plan, from: .second, groups: [Self.groups[0]], by: "ann",
        at: .zero)
    }
  }

  @Test mutating func `A group is not forgotten while a plan lists it at either site`() throws {
    let plan = world.addPlan("RP", [0])
    world.book.sitesDisconnected()
    try world.book.edit(plan, from: .second) { $0.groups = [] }
    #expect(throws: PlanRefusal.groupInUse(by: plan)) { try world.book.removeGroup(ProtectionGroupID(0)) }
    world.book.sitesReconnected()
    try world.book.removeGroup(ProtectionGroupID(0))
    #expect(world.book.phase(of: ProtectionGroupID(0)) == nil)
    #expect(status(plan) == .noProtectionGroups)
  }
}
