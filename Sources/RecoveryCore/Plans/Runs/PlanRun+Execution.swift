import Inventory
import Quantities

/// How steps begin and end.
extension PlanRun {
  /// Starts the run.
  ///
  /// - Precondition: It was not started.
  mutating func begin(at now: Instant) {
    precondition(phase == .prepared, "a run begins once")
    phase = .running
    started = now
    for step in top where steps[step].waits == 0 { queue.append(Begin(step: step, trigger: nil)) }
    drain(at: now)
  }

  /// Takes a report about the command of `step`.
  ///
  /// - Returns: Whether it was awaited; a report about a step that is over changes nothing.
  @discardableResult
  mutating func handle(_ event: CommandEvent, of step: Int, at now: Instant) -> Bool {
    guard steps.indices.contains(step), steps[step].status == .running, !steps[step].isComposite,
      !steps[step].isDelay, isActive
    else { return false }
    switch event {
    case .began:
      guard steps[step].began == nil else { return false }
      steps[step].began = now
      remember(step, isDone: false)
      if let limit = steps[step].timeLimit { setDeadline(of: step, now + limit) }
      return true
    case .succeeded, .succeededWithWarning, .failed:
      if steps[step].began == nil { remember(step, isDone: false) }
    }
    switch event {
    case .began: break
    case .succeeded: succeed(step, at: now)
    case .succeededWithWarning(let text):
      warn(step, text)
      succeed(step, at: now)
    case .failed(let text): fail(step, text, at: now)
    }
    drain(at: now)
    return true
  }

  /// Lets time pass: delays end, and what has exceeded its time fails.
  mutating func advance(to now: Instant) {
    while let entry = deadlines.first, entry.due <= now {
      deadlines.removeFirst()
      guard steps[entry.step].status == .running, steps[entry.step].deadline == entry.due else {
        continue
      }
      if steps[entry.step].isDelay {
        succeed(entry.step, at: now)
      } else {
        commands.append(.abandon(CommandID(run: key, step: entry.step)))
        fail(entry.step, "timed out after \(steps[entry.step].timeLimit ?? .zero)", at: now)
      }
      drain(at: now)
    }
  }

  private mutating func setDeadline(of step: Int, _ due: Instant) {
    steps[step].deadline = due
    deadlines.insert(.init(due: due, step: step))
  }

  // MARK: Beginning

  mutating func drain(at now: Instant) {
    while queueHead < queue.count {
      let next = queue[queueHead]
      queueHead += 1
      if case .settling = phase { continue }
      begin(next.step, trigger: next.trigger, at: now)
    }
    queue.removeAll(keepingCapacity: true)
    queueHead = 0
    switch phase {
    case .settling(let ending) where underWayCount == 0: settle(ending, at: now)
    case .running where finishedTopCount == top.count: end(.completed, at: now)
    case .undoing(let ending) where finishedTopCount == top.count: finishUndo(ending, at: now)
    default: break
    }
  }

  private mutating func begin(_ step: Int, trigger: Int?, at now: Instant) {
    steps[step].releasedBy = trigger
    steps[step].started = now
    steps[step].status = .running
    switch steps[step].work {
    case .composite:
      if steps[step].completesVM { warnOfDependees(step) }
      for child in steps[step].children where steps[child].waits == 0 {
        queue.append(Begin(step: child, trigger: trigger))
      }
      if steps[step].children.isEmpty { finish(step, .success, trigger: trigger, at: now) }
    case .operation, .delay:
      switch disposition(of: step) {
      case .leaveOut: finish(step, .skipped, trigger: trigger, at: now)
      case .alreadyDone: finish(step, .alreadyDone, trigger: trigger, at: now)
      case .refuse(let problem): fail(step, problem, trigger: trigger, at: now)
      case .act: act(step, at: now)
      }
    }
  }

  private mutating func act(_ step: Int, at now: Instant) {
    underWayCount += 1
    switch steps[step].work {
    case .composite: preconditionFailure("a composite has nothing to do itself")
    case .delay(let span): setDeadline(of: step, now + span)
    case .operation(let operation):
      if steps[step].isPrompt { prompts.append(step) }
      commands.append(.perform(CommandID(run: key, step: step), operation))
    }
  }

  /// A machine whose dependees failed starts all the same.
  ///
  /// - Source: VMware, "Site Recovery Manager Administration" 8.4, configuring dependencies: the plan goes on with a
  ///   warning.
  private mutating func warnOfDependees(_ step: Int) {
    guard let vm = steps[step].vm, workflow.isTest || workflow.isRecovery else { return }
    for dependee in failedDependees[vm] {
      warn(step, "it depends on \(machines[dependee].member.name), which could not be started")
    }
  }

  // MARK: Ending

  private mutating func succeed(_ step: Int, at now: Instant) {
    underWayCount -= 1
    remember(step, isDone: true)
    finish(step, steps[step].warnings.isEmpty ? .success : .warning, trigger: step, at: now)
  }

  private mutating func fail(_ step: Int, _ text: String, at now: Instant) {
    underWayCount -= 1
    fail(step, text, trigger: step, at: now)
  }

  private mutating func fail(_ step: Int, _ text: String, trigger: Int?, at now: Instant) {
    switch steps[step].rule {
    case .warn: warn(step, text)
    case .warnAndSkipRest:
      warn(step, text)
      if let vm = steps[step].vm { machines[vm].skipsAfterPowerOn = true }
    case .failVM:
      steps[step].errors.append(text)
      if let vm = steps[step].vm { failMachine(vm) }
    case .failGroup:
      steps[step].errors.append(text)
      if let group = steps[step].group {
        groups[group].hasFailed = true
        for vm in machineRanges[group] where !machines[vm].hadRecovered { failMachine(vm) }
      }
    case .report: steps[step].errors.append(text)
    case .stopRun:
      steps[step].errors.append(text)
      if let vm = steps[step].vm { failMachine(vm) }
      if let group = steps[step].group, steps[step].vm == nil { groups[group].hasFailed = true }
      if phase == .running { stopBeginning(.stopped, failing: step, at: now) }
    }
    finish(step, steps[step].errors.isEmpty ? .warning : .error, trigger: trigger, at: now)
  }

  private mutating func failMachine(_ vm: Int) {
    guard !machines[vm].hasFailed else { return }
    machines[vm].hasFailed = true
    groups[machines[vm].group].failedMachineCount += 1
    for dependent in dependents[vm] { failedDependees[dependent].append(vm) }
  }

  mutating func warn(_ step: Int, _ text: String) {
    steps[step].warnings.append(text)
    if let vm = steps[step].vm { machines[vm].hasWarnings = true }
  }

  mutating func finish(_ step: Int, _ status: RecoveryStepStatus, trigger: Int?, at now: Instant) {
    steps[step].status = status
    steps[step].finished = now
    steps[step].finishedBy = trigger
    if !steps[step].isComposite { finishedLeafCount += 1 }
    if steps[step].isPrompt { prompts.removeAll { $0 == step } }
    let wasCut = steps[step].childStatuses & RecoveryStepStatus.cancelled.bit != 0
    if steps[step].completesVM, !wasCut, let vm = steps[step].vm { completeTurn(of: vm) }
    for successor in steps[step].successors {
      steps[successor].waits -= 1
      if steps[successor].waits == 0 { queue.append(Begin(step: successor, trigger: trigger)) }
    }
    guard let parent = steps[step].parent else {
      finishedTopCount += 1
      return
    }
    steps[parent].finishedChildCount += 1
    steps[parent].childStatuses |= status.bit
    if steps[parent].finishedChildCount == steps[parent].children.count {
      let combined = RecoveryStepStatus.combined(steps[parent].childStatuses)
      finish(
        parent, combined == .success && !steps[parent].warnings.isEmpty ? .warning : combined,
        trigger: trigger, at: now)
    }
  }

  private mutating func completeTurn(of vm: Int) {
    machines[vm].hadTurn = true
    guard workflow.isTest || workflow.isRecovery, !machines[vm].hasFailed else { return }
    machines[vm].record.done.insert(.recovered)
  }
}
