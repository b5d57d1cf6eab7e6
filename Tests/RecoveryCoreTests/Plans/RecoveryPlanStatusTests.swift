import Inventory
import RecoveryCore
import Testing

/// Every operation in every status, tried on a plan that got there.
@Suite struct RecoveryPlanStatusTests {
  /// What may be asked of a plan, written down from the product's reference of plan statuses.
  ///
  /// Columns: test, cleanup, planned migration, disaster recovery, forced recovery, reprotect, cancel, dismiss prompt,
  /// edit, delete.
  static let table = """
    READY_STATE                 x . x x x . . . x x
    NO_PROTECTION_GROUPS        . . . . . . . . x x
    DIRECTION_ERROR             . . . . . . . . x .
    DELETING                    . . . . . . . . . .
    WAITING_FOR_USER_INPUT      . . . . . . x x . .
    CANCEL_IN_PROGRESS          . . . . . . . . . .
    TEST_IN_PROGRESS            . . . . . . x . . .
    PROTECTION_GROUPS_IN_USE    . . . . . . . . . .
    TEST_COMPLETE               . x . . . . . . . .
    TEST_INTERRUPTED            x x . . . . . . . .
    CLEANUP_IN_PROGRESS         . . . . . . x . . .
    CLEANUP_INCOMPLETE          . x . . . . . . . .
    CLEANUP_INTERRUPTED         . x . . . . . . . .
    RECOVERY_IN_PROGRESS        . . . . . . x . . .
    RECOVERY_COMPLETE           . . . . . x . . . .
    RECOVERY_STARTED            . . . . . . . . . .
    PARTIAL_RECOVERY            . . x x x . . . . .
    RECOVERY_SPLIT_BRAIN        . . x x . . . . . .
    DISASTER_RECOVERY_COMPLETE  . . . . . . . . . .
    INCOMPLETE_RECOVERY         . . x x x . . . . .
    RECOVERY_INTERRUPTED        . . x x x . . . . .
    REPROTECT_IN_PROGRESS       . . . . . . . . . .
    INCOMPLETE_REPROTECT        . . . . . x . . . .
    PARTIAL_REPROTECT           . . . . . x . . . .
    REPROTECT_INTERRUPTED       . . . . . x . . . .
    UNKNOWN_STATE               . . . . . . . . . .
    SYNC_CONFLICT               . . . . . . . . x .
    """

  /// Where an operation that is accepted leads at once, other than to the beginning of its workflow.
  static let consequences = """
    READY_STATE                 edit READY_STATE
    NO_PROTECTION_GROUPS        edit NO_PROTECTION_GROUPS
    DIRECTION_ERROR             edit DIRECTION_ERROR
    WAITING_FOR_USER_INPUT      dismissPrompt TEST_IN_PROGRESS
    WAITING_FOR_USER_INPUT      cancel TEST_COMPLETE
    TEST_IN_PROGRESS            cancel CANCEL_IN_PROGRESS
    CLEANUP_IN_PROGRESS         cancel CANCEL_IN_PROGRESS
    RECOVERY_IN_PROGRESS        cancel CANCEL_IN_PROGRESS
    SYNC_CONFLICT               edit READY_STATE
    """

  static let beginnings: [PlanOperation: String] = [
    .test: "TEST_IN_PROGRESS", .cleanup: "CLEANUP_IN_PROGRESS", .runPlannedMigration: "RECOVERY_IN_PROGRESS",
    .runDisasterRecovery: "RECOVERY_IN_PROGRESS", .runForcedRecovery: "RECOVERY_IN_PROGRESS",
    .reprotect: "REPROTECT_IN_PROGRESS", .delete: "DELETING",
  ]

  /// The sites from which a plan is seen in this status.
  private func sides(_ status: RecoveryPlanStatus) -> [PairSide] {
    switch status {
    case .recoveryStarted: [.first]
    case .disasterRecoveryComplete: [.second]
    default: PairSide.allCases
    }
  }

  @Test(arguments: RecoveryPlanStatus.allCases)
  func
    `Of each status, what the table says is accepted from either site and leads on, and all else changes nothing`(
      status: RecoveryPlanStatus
    ) throws
  {
    let lines = Self.table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.count == 27)
    let row = try #require(lines.first { $0[0] == status.rawValue })
    #expect(row.count == 1 + PlanOperation.allCases.count)
    for side in sides(status) {
      for (operation, mark) in zip(PlanOperation.allCases, row.dropFirst()) {
        var (world, plan) = try world(in: status)
        #expect(world.book.status(of: plan, seenFrom: side) == status)
        // A recovery that does without the protected site begins at the other one.
        let isElsewhere = side == .first && [.runDisasterRecovery, .runForcedRecovery].contains(operation)
        let isAccepted = mark == "x" && !isElsewhere
        let consequence = Self.consequences.split(separator: "\n")
          .map { $0.split(separator: " ").map(String.init) }
          .first { $0[0] == status.rawValue && $0[1] == "\(operation)" }?[2]
        let context = "\(operation) from \(side) in \(status.rawValue)"
        do {
          try ask(operation, of: plan, from: side, &world)
          #expect(isAccepted, "\(context)")
          let expected = consequence ?? Self.beginnings[operation]
          #expect(world.book.status(of: plan, seenFrom: side).rawValue == expected, "\(context)")
        } catch let refusal as PlanRefusal {
          #expect(!isAccepted, "\(context): \(refusal)")
          #expect(world.book.status(of: plan, seenFrom: side) == status, "\(context)")
        }
      }
    }
  }

  private func ask(
    _ operation: PlanOperation, of plan: RecoveryPlanID, from side: PairSide, _ world: inout PlanWorld
  ) throws {
    switch operation {
    case .test: try world.start(.test(synchronizesData: false), plan, from: side)
    case .cleanup: try world.start(.cleanup(isForced: false), plan, from: side)
    case .runPlannedMigration: try world.start(.plannedMigration, plan, from: side)
    case .runDisasterRecovery: try world.start(.disasterRecovery(synchronizesData: true), plan, from: side)
    case .runForcedRecovery: try world.start(.forcedRecovery, plan, from: side)
    case .reprotect: try world.start(.reprotect(isForced: false), plan, from: side)
    case .cancel: try world.book.cancel(plan, from: side, at: world.now)
    case .dismissPrompt:
      let prompt = world.book.run(of: plan)?.openPrompts.first ?? CommandID(run: 0, step: 0)
      try world.book.dismissPrompt(prompt, from: side, at: world.now)
    case .edit: try world.book.edit(plan, from: side) { $0.text = "edited" }
    case .delete: try world.book.delete(plan, from: side)
    }
  }

  /// Two groups, and a plan that has come into this status.
  private func world(in status: RecoveryPlanStatus) throws -> (PlanWorld, RecoveryPlanID) {
    var world = PlanWorld([planGroup(0, [0]), planGroup(1, [1])])
    let prompt = PlanCallout(Callout(.prompt, name: "ask", content: "go on?"), at: .beforePresyncStorage)
    let isWaiting = status == .waitingForUserInput
    let plan = world.addPlan(
      "RP", status == .noProtectionGroups ? [] : [0, 1], callouts: isWaiting ? [prompt] : [])
    let other = world.addPlan("RP-2", [0])
    let (test, cleanup) = (PlanWorkflow.test(synchronizesData: false), PlanWorkflow.cleanup(isForced: false))
    let reprotect = PlanWorkflow.reprotect(isForced: false)
    func fail(_ kind: RecoveryAction.Kind) { world.failure = { $0.kind == kind ? .withoutEffect : nil } }
    switch status {
    case .ready, .noProtectionGroups: break
    case .directionError:
      try world.run(.plannedMigration, other)
      try world.run(reprotect, other)
    case .deleting: try world.book.delete(plan, from: .first)
    case .waitingForUserInput:
      world.dismissesPrompts = false
      try world.start(test, plan)
    case .cancelInProgress:
      try world.start(test, plan)
      try world.book.cancel(plan, at: world.now)
    case .testInProgress: try world.start(test, plan)
    case .protectionGroupsInUse: try world.run(test, other)
    case .testComplete: try world.run(test, plan)
    case .testInterrupted:
      try world.start(test, plan)
      world.crash(.second, withEffect: false)
    case .cleanupInProgress, .cleanupIncomplete, .cleanupInterrupted:
      try world.run(test, plan)
      if status == .cleanupIncomplete { fail(.resetStorage) }
      try world.start(cleanup, plan)
      if status == .cleanupIncomplete { world.finish() }
      if status == .cleanupInterrupted { world.crash(.second, withEffect: false) }
    case .recoveryInProgress: try world.start(.plannedMigration, plan)
    case .recoveryComplete: try world.run(.plannedMigration, plan)
    case .recoveryStarted:
      try world.start(.disasterRecovery(synchronizesData: false), plan)
      world.book.sitesDisconnected()
    case .partialRecovery: try world.run(.plannedMigration, other)
    case .recoverySplitBrain: try world.run(.forcedRecovery, plan)
    case .disasterRecoveryComplete:
      world.isUp.first = false
      world.book.sitesDisconnected()
      try world.run(.disasterRecovery(synchronizesData: false), plan)
    case .incompleteRecovery:
      fail(.powerOn)
      try world.run(.plannedMigration, plan)
    case .recoveryInterrupted:
      try world.start(.plannedMigration, plan)
      world.crash(.second, withEffect: true)
    case .reprotectInProgress, .incompleteReprotect, .reprotectInterrupted:
      try world.run(.plannedMigration, plan)
      if status == .incompleteReprotect { fail(.configureReverseProtection) }
      try world.start(reprotect, plan)
      if status == .incompleteReprotect { world.finish() }
      if status == .reprotectInterrupted { world.crash(.second, withEffect: false) }
    case .partialReprotect:
      try world.run(.plannedMigration, plan)
      try world.run(reprotect, other)
    case .unknown: world.book.setDamaged(true, plan)
    case .syncConflict:
      world.book.sitesDisconnected()
      for side in PairSide.allCases { try world.book.edit(plan, from: side) { $0.text = "\(side)" } }
      world.book.sitesReconnected()
    }
    return (world, plan)
  }
}

@Suite struct PlanDependenciesTests {
  private let groups = [
    planGroup(0, [0, 1, 2]) { number, member in
      member.settings.priority = number == 2 ? .p4 : .p3
    },
    planGroup(1, [3]) { _, member in member.settings.priority = .p1 },
  ]

  @Test func `A dependency counts only within a priority of a plan`() {
    let dependencies = PlanDependencies(groups: groups)
    #expect(dependencies.status(of: .init(0), dependingOn: .init(1)) == .ok)
    #expect(dependencies.status(of: .init(0), dependingOn: .init(2)) == .lowerPriority)
    #expect(dependencies.status(of: .init(0), dependingOn: .init(3)) == .higherPriority)
    #expect(dependencies.status(of: .init(0), dependingOn: .init(9)) == .notInPlan)
    #expect(dependencies.status(of: .init(9), dependingOn: .init(0)) == nil)
  }

  @Test func `Machines that wait for each other are named, and a plan with them does not start`() throws {
    var groups = groups
    groups[0].members[0].settings.dependencies = [.init(1)]
    groups[0].members[1].settings.dependencies = [.init(0)]
    #expect(PlanDependencies(groups: groups).cycle == [.init(0), .init(1)])

    var world = PlanWorld(groups)
    let plan = world.addPlan("RP", [0, 1])
    #expect(throws: PlanRefusal.dependencyCycle([.init(0), .init(1)])) {
      try world.start(.test(synchronizesData: false), plan)
    }
  }

  @Test func `A circle across priorities is none`() {
    var groups = groups
    groups[0].members[0].settings.dependencies = [.init(2)]
    groups[0].members[2].settings.dependencies = [.init(0)]
    #expect(PlanDependencies(groups: groups).cycle.isEmpty)
  }
}
