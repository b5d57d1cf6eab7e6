import Inventory
import Quantities
import RecoveryCore
import Testing

/// One command of a run fails: each of every workflow, with and without having taken effect.
@Suite struct FailureTests {
  /// What is run before, and then with the failure.
  struct Case: Sendable, CustomTestStringConvertible {
    var before: [PlanWorkflow]
    var workflow: PlanWorkflow
    var how: PlanWorld.Failure
    var testDescription: String { "\(workflow) \(how)" }
  }

  static let cases: [Case] = PlanWorld.Failure.allCases.flatMap { how in
    [
      Case(before: [], workflow: .test(synchronizesData: true), how: how),
      Case(before: [.test(synchronizesData: false)], workflow: .cleanup(isForced: false), how: how),
      Case(before: [.test(synchronizesData: false)], workflow: .cleanup(isForced: true), how: how),
      Case(before: [], workflow: .plannedMigration, how: how),
      Case(before: [], workflow: .disasterRecovery(synchronizesData: true), how: how),
      Case(before: [], workflow: .forcedRecovery, how: how),
      Case(before: [.plannedMigration], workflow: .reprotect(isForced: false), how: how),
      Case(before: [.plannedMigration], workflow: .reprotect(isForced: true), how: how),
    ]
  }

  /// Two groups with everything that a step can come from.
  private func world() -> (PlanWorld, RecoveryPlanID) {
    var world = PlanWorld([
      planGroup(0, [0, 1]) { number, member in
        if number == 1 { member.settings.dependencies = [VirtualMachineID(0)] }
        guard number == 0 else { return }
        member.needsCustomization = true
        member.settings.prePowerOnSteps = [Callout(.runOnServer, name: "before", content: "before")]
        member.settings.postPowerOnSteps = [Callout(.runOnVM, name: "after", content: "after")]
      },
      planGroup(1, [2]) { _, member in
        member.settings.priority = .p1
        member.hasTools = false
      },
    ])
    world.suspendList = [.init(vm: VirtualMachineID(9), name: "dev9", side: .second)]
    let callouts = [PlanCalloutPosition.beforeRestoreHosts, .beforeRecoverPriority1VMs, .atEnd].map {
      PlanCallout(Callout(.runOnServer, name: $0.rawValue, content: "true"), at: $0)
    }
    let plan = world.addPlan("RP", [0, 1], callouts: callouts)
    return (world, plan)
  }

  private func ready(_ item: Case) throws -> (PlanWorld, RecoveryPlanID) {
    var (world, plan) = world()
    for workflow in item.before { try world.run(workflow, plan) }
    return (world, plan)
  }

  @Test(arguments: cases) func `A failed command stops or is ignored as the mode says, and a rerun mends it`(
    item: Case
  ) throws {
    var (reference, plan) = try ready(item)
    try reference.run(item.workflow, plan)
    #expect(reference.reports.last?.history.result == .success)
    for number in 0..<reference.askedCount {
      var (world, plan) = try ready(item)
      world.failing = (number, item.how)
      try world.run(item.workflow, plan)
      world.failing = nil
      let operation = try #require(world.failedOperation)
      let context = "command \(number): \(operation)"
      let report = try #require(world.reports.last)
      #expect(
        report.history.result == (isWarning(operation, item.workflow) ? .warnings : .errors), "\(context)")
      let stops = item.workflow == .plannedMigration && isAtProtectedSite(operation)
      #expect(report.ending == (stops ? .stopped : .completed), "\(context)")
      if item.workflow == .cleanup(isForced: true) {
        // What it gave up may be left behind, and it says so.
        #expect(world.book.status(of: plan) == .ready)
        continue
      }
      checkBothSites(world, plan, context)
      try mend(&world, plan, item.workflow)
      #expect(world.objections.isEmpty, "\(context)")
      checkBothSites(world, plan, context)
      let side = world.book.protectedSide(of: plan)
      #expect(
        side == (item.workflow.isTest || item.before == [.test(synchronizesData: false)] ? .first : .second))
      if item.workflow.operationType == .reprotect || item.workflow.isRecovery { world.suspended = [] }
      #expect(world.leftovers(protectedAt: side).isEmpty, "\(context)")
    }
  }

  /// Runs again what has to be run until the plan is ready.
  private func mend(_ world: inout PlanWorld, _ plan: RecoveryPlanID, _ workflow: PlanWorkflow) throws {
    for _ in 0..<4 where world.book.status(of: plan) != .ready {
      let allowed = world.book.status(of: plan).allowedOperations
      if allowed.contains(.cleanup) {
        try world.run(.cleanup(isForced: false), plan)
      } else if allowed.contains(.runPlannedMigration) {
        try world.run(.plannedMigration, plan)
      } else {
        try world.run(.reprotect(isForced: false), plan)
      }
    }
    #expect(world.book.status(of: plan) == .ready)
  }

  /// A machine is on at both sites only after a recovery that could not do its part at the protected site, and then the
  /// plan asks to be run again.
  private func checkBothSites(_ world: PlanWorld, _ plan: RecoveryPlanID, _ context: String) {
    guard !world.onAtBothSites.isEmpty else { return }
    let status = world.book.status(of: plan)
    #expect(status == .recoverySplitBrain || status == .incompleteRecovery, "\(context)")
    #expect(world.reports.last?.workflow != .plannedMigration, "\(context)")
  }

  private func isAtProtectedSite(_ operation: RecoveryAction) -> Bool {
    switch operation {
    case .synchronize, .powerOff, .prepareForMigration, .deactivateStorage, .restoreHosts(.first): true
    default: false
    }
  }

  private func isWarning(_ operation: RecoveryAction, _ workflow: PlanWorkflow) -> Bool {
    switch operation {
    case .restoreHosts(.first): workflow != .plannedMigration
    case .restoreHosts, .suspend, .shutDownGuest, .runOnVM: true
    case .runOnServer(let callout): callout.name != "before"
    case _ where workflow.isRecovery && isAtProtectedSite(operation): workflow != .plannedMigration
    case .resume: workflow != .cleanup(isForced: false)
    case .powerOff, .resetStorage, .discardTestImage: workflow == .cleanup(isForced: true)
    case .cleanUpStorage: workflow == .reprotect(isForced: true)
    default: false
    }
  }
}
