import Inventory
import Quantities
import RecoveryCore
import Testing

/// What becomes of a run that somebody cancels.
@Suite struct CancelTests {
  private static func vm(_ number: Int) -> VirtualMachineID { VirtualMachineID(number) }
  private static let prompt = Callout(.prompt, name: "ask", content: "go on?")

  /// Where a recovery may wait although every machine has its place.
  enum Waiting: CaseIterable { case atEnd, afterPowerOn, inDelay, beforeLeavingOff }

  @Test(arguments: Waiting.allCases)
  func `A recovery that is cancelled has to be run again, however far it was`(waiting: Waiting) throws {
    var world = PlanWorld([
      planGroup(0, [0]) { _, member in
        switch waiting {
        case .atEnd: break
        case .afterPowerOn: member.settings.postPowerOnSteps = [Self.prompt]
        case .inDelay: member.settings.delayAfterPowerOn = .seconds(30)
        case .beforeLeavingOff:
          member.settings.startupAction = .doNotPowerOn
          member.settings.prePowerOnSteps = [Self.prompt]
        }
      }
    ])
    let callouts = waiting == .atEnd ? [PlanCallout(Self.prompt, at: .atEnd)] : []
    let plan = world.addPlan("RP", [0], callouts: callouts)
    world.dismissesPrompts = false
    try world.start(.plannedMigration, plan)
    // Everything but the wait takes less than 15 s.
    world.proceed(to: Instant.zero + .seconds(15))
    let run = try #require(world.book.run(of: plan))
    #expect(waiting == .inDelay || run.openPrompts.count == 1)
    try world.book.cancel(plan, at: world.now)
    #expect(!world.book.isRunning(plan))
    #expect(world.book.status(of: plan) == .incompleteRecovery)
    #expect(world.book.run(of: plan)?.progress == 100)
    world.dismissesPrompts = true
    world.take()
    try world.run(.plannedMigration, plan)
    #expect(world.book.status(of: plan) == .recoveryComplete)
    #expect(world.objections.isEmpty)
  }

  /// A driver that has taken commands and begun none of them.
  private func queued(_ workflow: PlanWorkflow) throws -> (
    book: PlanBook, plan: RecoveryPlanID, group: PlanGroup, waiting: [CommandID]
  ) {
    var book = PlanBook()
    let group = planGroup(0, [0, 1])
    book.addGroup(group.id, protectedSide: .first)
    let plan = try book.addPlan(RecoveryPlan(name: "RP", protectedSide: .first, groups: [group.id]))
    try book.start(workflow, of: plan, from: .second, groups: [group], by: "ann", at: .zero)
    // The first synchronisation.
    for command in book.takeCommands() {
      guard case .perform(let id, _) = command else { continue }
      book.handle(.began, of: id, at: .zero)
      book.handle(.succeeded, of: id, at: .zero + .seconds(1))
    }
    let waiting: [CommandID] = book.takeCommands().compactMap {
      if case .perform(let id, _) = $0 { id } else { nil }
    }
    #expect(waiting.count == 2)
    return (book, plan, group, waiting)
  }

  @Test func `A command that the driver has not begun is taken back`() throws {
    var (book, plan, group, waiting) = try queued(.plannedMigration)
    try book.cancel(plan, at: .zero + .seconds(2))
    // Nothing is under way, and nothing was shut down that would have to be powered on again.
    #expect(!book.isRunning(plan))
    #expect(book.takeCommands() == waiting.map { .abandon($0) })
    #expect(book.phase(of: group.id) == .ready)
    let isAwaited = book.handle(.began, of: waiting[0], at: .zero + .seconds(3))
    #expect(!isAwaited)
  }

  @Test func `A command that nobody has taken is not handed over any more`() throws {
    var book = PlanBook()
    let group = planGroup(0, [0])
    book.addGroup(group.id, protectedSide: .first)
    let plan = try book.addPlan(RecoveryPlan(name: "RP", protectedSide: .first, groups: [group.id]))
    try book.start(.plannedMigration, of: plan, from: .second, groups: [group], by: "ann", at: .zero)
    try book.cancel(plan, at: .zero)
    #expect(book.takeCommands().isEmpty)
    #expect(!book.isRunning(plan))
  }

  @Test func `What has begun comes to its end before the run does, and is undone`() throws {
    var (book, plan, _, waiting) = try queued(.plannedMigration)
    book.handle(.began, of: waiting[0], at: .zero + .seconds(2))
    try book.cancel(plan, at: .zero + .seconds(2))
    #expect(book.takeCommands() == [.abandon(waiting[1])])
    #expect(book.status(of: plan) == .cancelInProgress)
    book.handle(.succeeded, of: waiting[0], at: .zero + .seconds(3))
    let undo: [RecoveryAction?] = book.takeCommands().map {
      if case .perform(_, let action) = $0 { action } else { nil }
    }
    #expect(undo == [.powerOn(Self.vm(0), at: .first)])
  }

  @Test func `A crash forgets what had not begun`() throws {
    var (book, plan, group, waiting) = try queued(.plannedMigration)
    book.serverFailed(.second, at: .zero + .seconds(2))
    book.serverRestarted(.second)
    #expect(book.phase(of: group.id) == .ready)
    #expect(book.status(of: plan) == .recoveryInterrupted)
    let isAwaited = book.handle(.succeeded, of: waiting[0], at: .zero + .seconds(3))
    #expect(!isAwaited)
  }

  @Test func `Cancelling the undo of a stopped migration does not hide its error`() throws {
    var world = PlanWorld([planGroup(0, [0, 1])])
    let plan = world.addPlan("RP", [0])
    world.duration = { $0 == .powerOn(Self.vm(0), at: .first) ? .minutes(1) : .seconds(1) }
    world.failure = { $0 == .restoreHosts(.first) ? .withoutEffect : nil }
    try world.start(.plannedMigration, plan)
    var progress = 0
    func check(_ world: PlanWorld) {
      let now = world.book.run(of: plan)?.progress ?? 0
      #expect(now >= progress)
      progress = now
    }
    // Synchronisation, two guests, the hosts of either site, and vm1 is on again.
    for _ in 0..<6 {
      _ = world.step()
      check(world)
    }
    #expect(world.asked.last == .powerOn(Self.vm(1), at: .first))
    try world.book.cancel(plan, at: world.now)
    #expect(world.book.status(of: plan) == .cancelInProgress)
    world.finish()
    check(world)
    #expect(progress == 100)
    #expect(world.reports.last?.history.result == .errors)
    #expect(world.leftovers(protectedAt: .first).isEmpty)
  }

  @Test func `A prompt does not make a reprotect one that can be cancelled`() throws {
    var world = PlanWorld([planGroup(0, [0])])
    let plan = world.addPlan("RP", [0], callouts: [PlanCallout(Self.prompt, at: .beforeReverseReplication)])
    try world.run(.plannedMigration, plan)
    world.dismissesPrompts = false
    try world.start(.reprotect(isForced: false), plan)
    world.finish()
    #expect(world.book.status(of: plan) == .waitingForUserInput)
    #expect(throws: PlanRefusal.notAllowed(.cancel, .reprotectInProgress)) {
      try world.book.cancel(plan, at: world.now)
    }
    let open = try #require(world.book.run(of: plan)?.openPrompts.first)
    try world.book.dismissPrompt(open, at: world.now)
    world.take()
    world.finish()
    #expect(world.book.status(of: plan) == .ready)
  }
}
