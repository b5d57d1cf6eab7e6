import Inventory
import Quantities

/// How a run ends before its time, and how it takes back what it did.
extension PlanRun {
  /// Ends the run at the request of somebody: nothing new begins, what is under way comes to its end.
  ///
  /// Prompts, delays and what waits in the driver's queue end at once. A run that an error has stopped ends as it would
  /// have.
  ///
  /// - Precondition: The run is active and not being cancelled.
  mutating func cancel(at now: Instant) {
    isCancelRequested = true
    switch phase {
    case .running: stopBeginning(.cancelled, at: now)
    case .settling, .undoing: break
    case .prepared, .ended: preconditionFailure("only a run that is active can be cancelled")
    }
    drain(at: now)
  }

  /// Ends the run at once, as its server died: what was under way will never be heard of.
  mutating func interrupt(at now: Instant) {
    guard isActive else { return }
    queue.removeAll()
    queueHead = 0
    for index in steps.indices.reversed() where steps[index].status == .running {
      if !steps[index].isComposite {
        steps[index].errors.append("the Site Recovery Manager server stopped")
      }
      close(index, .error, at: now)
    }
    underWayCount = 0
    commands.removeAll()
    end(.interrupted, at: now)
  }

  /// Lets no further step begin, and no command that the driver has not begun.
  ///
  /// - Parameter failing: The step whose error is the reason; it ends by itself.
  mutating func stopBeginning(_ ending: Ending, failing: Int? = nil, at now: Instant) {
    phase = .settling(ending)
    var untaken: Set<Int> = []
    commands = commands.filter { command in
      guard case .perform(let id, _) = command, steps[id.step].isWaiting else { return true }
      untaken.insert(id.step)
      return false
    }
    for index in steps.indices where index != failing && steps[index].isWaiting {
      underWayCount -= 1
      if !steps[index].isDelay && !untaken.contains(index) {
        commands.append(.abandon(CommandID(run: key, step: index)))
      }
      finish(index, .cancelled, trigger: index, at: now)
    }
  }

  /// Closes the steps that will have no end of their own, once nothing is under way.
  mutating func settle(_ ending: Ending, at now: Instant) {
    for index in steps.indices.reversed() {
      switch steps[index].status {
      case .running:
        let hasError = steps[index].childStatuses & RecoveryStepStatus.error.bit != 0
        close(index, hasError ? .error : .cancelled, at: now)
      case .inactive where ending == .cancelled: steps[index].status = .cancelled
      default: break
      }
    }
    if workflow == .plannedMigration { return beginUndo(ending, at: now) }
    end(ending, at: now)
  }

  private mutating func close(_ index: Int, _ status: RecoveryStepStatus, at now: Instant) {
    steps[index].status = status
    steps[index].finished = now
    if let parent = steps[index].parent { steps[parent].childStatuses |= status.bit }
  }

  mutating func end(_ ending: Ending, at now: Instant) {
    phase = .ended(ending)
    ended = now
    prompts = []
    deadlines = DeadlineQueue()
    hasErrors = steps.contains { !$0.errors.isEmpty }
    areReprotected = groups.indices.map(isReprotected)
    forgetWhatWasOnlyBegun()
  }

  // MARK: Undo

  /// Whether something of the group that an undo cannot take back may have happened, in this run or before.
  private func hasTouchedStorage(ofGroup group: Int) -> Bool {
    let attempted = groups[group].record.attempted
    return attempted.contains(.deactivatedStorage) || attempted.contains(.madeStorageWritable)
      || machineRanges[group].contains { machines[$0].record.attempted.contains(.preparedForMigration) }
  }

  /// Powers the protected machines on again that this run or an earlier one may have shut down, of all groups whose storage
  /// is as it was.
  ///
  /// - Source: Site Recovery Manager REST API 2.0, `planned_failover`: an error or cancellation before the storage steps
  ///   restores the protected site. *Inferred*: that each group is looked at by itself, and that all machines are powered on
  ///   at once.
  private mutating func beginUndo(_ ending: Ending, at now: Instant) {
    progressMinimum = progress
    phase = .undoing(ending)
    // Shutting down is begun only for machines that are on.
    let affected = machines.indices.filter {
      let attempted = machines[$0].record.attempted
      return (attempted.contains(.shutDownGuest) || attempted.contains(.poweredOff))
        && !hasTouchedStorage(ofGroup: machines[$0].group)
    }
    guard !affected.isEmpty else { return finishUndo(ending, at: now) }
    let parent = steps.count
    var undo = RunStep(
      title: "Restore VMs at protected site", subject: nil, parent: nil, ordinal: top.count + 1,
      work: .composite)
    undo.children = affected.indices.map { parent + 1 + $0 }
    steps.append(undo)
    top.append(parent)
    for (position, index) in affected.enumerated() {
      let member = machines[index].member
      var step = RunStep(
        title: "Power on", subject: member.name, parent: parent, ordinal: position + 1,
        work: .operation(.powerOn(member.vm, at: protectedSide)))
      step.vm = index
      step.group = machines[index].group
      step.rule = .report
      steps.append(step)
    }
    leafCount += affected.count
    finishedTopCount = top.count - 1
    queue.append(Begin(step: parent, trigger: nil))
    drain(at: now)
  }

  /// Forgets what was undone; a machine that did not come back is found off by the next run.
  ///
  /// The custom steps of the plan run again unless a group is left in the middle of its recovery.
  mutating func finishUndo(_ ending: Ending, at now: Instant) {
    var isHalfway = false
    for group in groups.indices {
      if hasTouchedStorage(ofGroup: group) {
        isHalfway = isHalfway || machineRanges[group].contains { !machines[$0].hadRecovered }
      } else {
        forget(group)
      }
    }
    if !isHalfway { planMemory.callouts = [] }
    end(ending, at: now)
  }

  private mutating func forget(_ group: Int) {
    groups[group].record = RunMemory.Record()
    for vm in machineRanges[group] { machines[vm].record = RunMemory.Record() }
  }

  /// A run that changed nothing of a group but synchronised leaves it as it was.
  private mutating func forgetWhatWasOnlyBegun() {
    guard workflow.isRecovery else { return }
    for group in groups.indices
    where !hasTouchedStorage(ofGroup: group)
      && machineRanges[group].allSatisfy({ machines[$0].record.attempted.areOnlySynchronizations })
    { forget(group) }
  }
}
