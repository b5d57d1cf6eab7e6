import Inventory
import Quantities
package import RecoveryCore
import Scenarios

/// How runs are started and concluded.
extension RecoveryConductor {
  /// Starts a run of a plan.
  ///
  /// - Parameters:
  ///   - plan: By position in the description.
  ///   - side: Where the operator is.
  ///   - groups: The plan's groups with their members as they are now.
  ///   - entry: The entry of the timeline that asks for it.
  ///   - actor: Who asks.
  mutating func start(
    _ plan: RecoveryPlanID, _ options: Scenario.PlanRunOptions, from side: PairSide, groups: [PlanGroup],
    entry: Int?, by actor: Scenario.Actor, at now: Instant
  ) throws(RecoveryFailure) {
    try authorize(
      options.workflow.apiOperation, from: side, needsRemoteSite: options.workflow.needsProtectedSite,
      by: actor)
    let key: Int
    do {
      key = try book.start(
        options.workflow, of: plan, from: side, groups: groups,
        pointsInTime: options.pointsInTime, by: options.user, at: now)
    } catch {
      throw RecoveryFailure(text(error))
    }
    let delay: TimeSpan? = if case .dismissed(let after) = options.prompts { after } else { nil }
    let protectedSide = book.run(of: plan)?.protectedSide ?? book.protectedSide(of: plan)
    runs.append(
      ConductedRun(
        key: key, plan: plan, workflow: options.workflow, protectedSide: protectedSide, started: now,
        entry: entry, promptDelay: delay, user: options.user))
    tellGroups()
    hasNews = true
  }

  func run(of id: CommandID) -> ConductedRun? { runs.first { $0.key == id.run } }

  /// Takes the reports of runs that ended, each with what is known of the run.
  mutating func takeReports(at now: Instant) -> [(run: ConductedRun, report: RunReport)] {
    let reports = book.takeReports()
    guard !reports.isEmpty else { return [] }
    // What a run asked for last, such as to abandon something, still counts.
    takeCommands(at: now)
    hasNews = true
    tellGroups()
    return reports.compactMap { report in
      guard let index = runs.firstIndex(where: { $0.key == report.history.runKey }) else { return nil }
      let run = runs.remove(at: index)
      dropCommands(ofRun: run.key, at: now)
      return (run, report)
    }
  }

  // MARK: - Prompts and cancelling

  mutating func cancel(
    _ plan: RecoveryPlanID, by actor: Scenario.Actor, at now: Instant
  ) throws(RecoveryFailure) {
    try authorize(
      .cancelRecoveryPlan, from: book.protectedSide(of: plan).other, needsRemoteSite: false, by: actor)
    do {
      try book.cancel(plan, at: now)
    } catch {
      throw RecoveryFailure(text(error))
    }
  }

  /// Dismisses every prompt that the plan shows.
  mutating func dismissPrompts(
    of plan: RecoveryPlanID, by actor: Scenario.Actor, at now: Instant
  ) throws(RecoveryFailure) {
    try authorize(
      .dismissRecoveryStepsRecoveryPlanPrompt, from: book.protectedSide(of: plan).other,
      needsRemoteSite: false, by: actor)
    let prompts = book.run(of: plan)?.openPrompts ?? []
    guard !prompts.isEmpty else { throw RecoveryFailure("no prompt is shown") }
    for prompt in prompts { try dismiss(prompt, at: now) }
  }

  /// Dismisses a prompt; nothing happens if it is not shown any more.
  ///
  /// - Throws: The book's reason to refuse it, such as a damaged record of the plan; the prompt stays.
  mutating func dismiss(_ prompt: CommandID, at now: Instant) throws(RecoveryFailure) {
    guard let run = run(of: prompt), book.run(of: run.plan)?.openPrompts.contains(prompt) == true else {
      return
    }
    do {
      try book.dismissPrompt(prompt, at: now)
    } catch {
      throw RecoveryFailure(text(error))
    }
    if let serial = jobOfCommand.removeValue(forKey: prompt) { jobs[serial] = nil }
  }

  // MARK: - Faults

  /// Why an operation fails on account of the scenario; `nil` if it does not.
  func fault(in action: RecoveryAction) -> String? {
    let (vms, group) = subject(of: action)
    return faults.first { item in
      guard item.fault.kind == action.kind else { return false }
      if let vm = item.fault.virtualMachine, !vms.contains(vm) { return false }
      guard let position = item.fault.group else { return true }
      guard let id = groupIDs[position.index] else { return false }
      return group == id || vms.contains { groups.protectedVM($0)?.group == id }
    }?.fault.text
  }

  /// The machines and the group that an operation is about.
  private func subject(of action: RecoveryAction) -> (vms: [VirtualMachineID], group: ProtectionGroupID?) {
    switch action {
    case .synchronize(let group, _, let vms), .createTestImage(let group, let vms, _),
      .makeStorageWritable(let group, let vms, _):
      (vms, group)
    case .deactivateStorage(let group), .discardTestImage(let group), .reverseReplication(let group),
      .cleanUpStorage(let group):
      (groups.group(group)?.members ?? [], group)
    case .configureStorage(let vm, _), .configureTestNetwork(let vm), .customizeGuest(let vm),
      .powerOn(let vm, _), .waitForTools(let vm), .shutDownGuest(let vm), .powerOff(let vm, _),
      .prepareForMigration(let vm), .resetStorage(let vm), .suspend(let vm, _), .resume(let vm, _),
      .configureReverseReplication(let vm), .configureReverseProtection(let vm), .runOnVM(let vm, _):
      ([vm], nil)
    case .restoreHosts, .runOnServer, .showPrompt: ([], nil)
    }
  }
}

extension PlanWorkflow {
  var apiOperation: RecoveryOperation {
    switch self {
    case .test: .runTestRecovery
    case .cleanup: .runCleanupTestRecovery
    case .plannedMigration, .disasterRecovery, .forcedRecovery: .runRecovery
    case .reprotect: .runReprotect
    }
  }

  /// Whether it cannot do without the protected site.
  var needsProtectedSite: Bool {
    switch self {
    case .test(let synchronizesData): synchronizesData
    case .plannedMigration, .reprotect: true
    case .cleanup, .disasterRecovery, .forcedRecovery: false
    }
  }

  /// The word of records and tables.
  package var name: String {
    switch self {
    case .test: "test"
    case .cleanup: "cleanup"
    case .plannedMigration: "planned-migration"
    case .disasterRecovery: "disaster-recovery"
    case .forcedRecovery: "forced-recovery"
    case .reprotect: "reprotect"
    }
  }
}
