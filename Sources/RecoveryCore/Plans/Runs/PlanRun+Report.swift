import Inventory
package import Quantities

/// What a run says of itself.
extension PlanRun {
  /// The errors of all steps, each with number and title of its step.
  package var errors: [String] { texts(\.errors) }
  package var warnings: [String] { texts(\.warnings) }

  private func texts(_ kind: KeyPath<RunStep, [String]>) -> [String] {
    steps.indices.flatMap { index in
      let texts = steps[index][keyPath: kind]
      guard !texts.isEmpty else { return [String]() }
      let step = step(index)
      let subject = step.referredObject.map { $0 == step.title ? "" : " (\($0))" } ?? ""
      return texts.map { "\(step.number) \(step.title)\(subject): \($0)" }
    }
  }

  /// How the run ended for the history; `nil` while it is active.
  package var result: HistoryRecord.ResultState? {
    guard let ending else { return nil }
    if ending == .cancelled { return .cancelled }
    if hasErrors || ending != .completed { return .errors }
    return steps.contains(where: { !$0.warnings.isEmpty }) ? .warnings : .success
  }

  // MARK: Machines and groups

  /// Whether every machine of the group has recovered.
  func isRecovered(group: Int) -> Bool {
    machineRanges[group].allSatisfy { machines[$0].record.contains(.recovered) }
  }

  /// Whether no run has done anything to the group that matters to the next.
  func isUntouched(group: Int) -> Bool {
    groups[group].record.attempted.isEmpty
      && machineRanges[group].allSatisfy { machines[$0].record.attempted.isEmpty }
  }

  /// Whether nothing of the group is on or writable at the protected site any more.
  func isProtectedSideClosed(group: Int) -> Bool {
    groups[group].record.contains(.deactivatedStorage)
      && machineRanges[group].allSatisfy {
        !isRunningAtProtectedSite(machines[$0])
          && machines[$0].record.contains(.preparedForMigration)
      }
  }

  /// Whether the group is protected in the other direction with all that belongs to it.
  func isReprotected(group: Int) -> Bool {
    guard case .reprotect(let isForced) = workflow else { return false }
    let record = groups[group].record
    return record.contains(.reversedReplication) && record.contains(.synchronizedInReverse)
      && (isForced || record.contains(.cleanedUpStorage))
      && machineRanges[group].allSatisfy {
        machines[$0].record.contains(.configuredReverseReplication)
          && machines[$0].record.contains(.configuredReverseProtection)
      }
  }

  /// Whether nothing of a test is left, or whatever is left is given up.
  var isCleanedUp: Bool {
    guard case .cleanup(let isForced) = workflow, ending == .completed else { return false }
    return isForced || !hasErrors
  }

  /// How a machine fares, or fared, in this run.
  func status(ofMachine index: Int) -> VMRecoveryStatus {
    let machine = machines[index]
    let hasRecovered = machine.record.contains(.recovered)
    if machine.hadRecovered, !machine.hasFailed, !machine.hasWarnings,
      let status = setup.memories[machine.group].statuses[machine.member.vm]
    {
      return status
    }
    switch workflow {
    case .test:
      if machine.hasFailed { return .testError }
      if hasRecovered { return machine.hasWarnings ? .testWarning : .testSucceeded }
      return isActive ? .testInProgress : .testIncomplete
    case .plannedMigration, .disasterRecovery, .forcedRecovery:
      if machine.hasFailed { return .recoveryError }
      if hasRecovered { return machine.hasWarnings ? .recoveryWarning : .recoverySucceeded }
      return isActive ? .recoveryInProgress : .recoveryIncomplete
    case .cleanup:
      if machine.hasFailed { return .cleanupError }
      return isActive ? .cleanupInProgress : isCleanedUp ? .readyToRecover : .cleanupIncomplete
    case .reprotect:
      if machine.hasFailed { return .reprotectError }
      return isActive
        ? .reprotectInProgress
        : areReprotected[machine.group] ? .readyToRecover : .reprotectIncomplete
    }
  }

  /// What the next run of the group goes on from.
  func memory(ofGroup index: Int) -> RunMemory {
    var memory = setup.memories[index]
    memory.group = groups[index].record
    for machine in machineRanges[index] {
      memory.vms[machines[machine].member.vm] = machines[machine].record
      memory.statuses[machines[machine].member.vm] = status(ofMachine: machine)
    }
    memory.isProtectedSideClosed = isProtectedSideClosed(group: index)
    return memory
  }

  // MARK: Time

  /// When the run brought a machine to the end of its steps; `nil` if it did not, or an earlier run did.
  func ready(machine index: Int) -> Instant? {
    guard workflow.isTest || workflow.isRecovery, machines[index].hadTurn,
      !machines[index].hasFailed, let completion = machines[index].completion, !machines[index].hadRecovered
    else { return nil }
    return steps[completion].finished
  }

  /// The machine that was ready last, the first of several.
  private var lastReady: (completion: Int, instant: Instant)? {
    var last: (completion: Int, instant: Instant)?
    for index in machines.indices {
      guard let ready = ready(machine: index), let completion = machines[index].completion else {
        continue
      }
      if let known = last, known.instant >= ready { continue }
      last = (completion, ready)
    }
    return last
  }

  /// The chain of steps that ends with the last machine that became ready, each beginning when the one before it ended.
  package var criticalPath: [RunReport.CriticalStep] {
    var path: [RunReport.CriticalStep] = []
    var next = lastReady.flatMap { steps[$0.completion].finishedBy }
    while let index = next {
      let step = steps[index]
      next = step.releasedBy
      guard let begun = step.started, let finished = step.finished, finished > begun else {
        continue
      }
      path.append(
        .init(
          step: self.step(index), duration: finished - begun,
          queued: step.began.map { $0 - begun } ?? .zero,
          priority: step.vm.map { machines[$0].member.settings.priority }))
    }
    return path.reversed()
  }

  /// From the start of the run until the last machine that it brought up was ready.
  package var recoveryTime: TimeSpan? {
    guard let started, let last = lastReady else { return nil }
    return last.instant - started
  }

  /// - Precondition: The run has ended.
  func report(plan: RecoveryPlanID, user: String) -> RunReport {
    guard let started, let ended, let ending, let result else {
      preconditionFailure("only a run that has ended has a report")
    }
    let history = HistoryRecord(
      runKey: key, plan: plan, planName: setup.plan.name, user: user,
      operationType: workflow.operationType, result: result, errors: errors, warnings: warnings,
      started: started, duration: ended - started)
    let outcomes = machines.indices.map { index in
      RunReport.MachineOutcome(
        vm: machines[index].member.vm, group: groups[machines[index].group].group.id,
        status: status(ofMachine: index), ready: ready(machine: index))
    }
    return RunReport(
      history: history, workflow: workflow, ending: ending, machines: outcomes,
      recoveryTime: recoveryTime, criticalPath: criticalPath)
  }
}
