import Inventory
import RecoveryCore
import Testing

@Suite struct RecoveryPlanStatusTests {
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

  @Test func `Each of the 27 statuses allows what the table says and nothing else`() throws {
    let lines = Self.table.split(separator: "\n")
    #expect(lines.count == 27)
    for line in lines {
      let words = line.split(separator: " ")
      let status = try #require(RecoveryPlanStatus(rawValue: String(words[0])))
      let allowed = zip(PlanOperation.allCases, words.dropFirst()).filter { $1 == "x" }.map(\.0)
      #expect(words.count == 1 + PlanOperation.allCases.count)
      #expect(status.allowedOperations == Set(allowed), "\(status.rawValue)")
    }
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
