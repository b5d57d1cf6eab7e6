import Inventory
import Quantities

/// How a run ends before its time, and how it takes back what it did.
extension PlanRun {
  /// Ends the run at the request of somebody: nothing new begins, what is under way comes to its end.
  ///
  /// Prompts and delays end at once.
  ///
  /// - Precondition: The run is active and not being cancelled.
  mutating func cancel(at now: Instant) {
    switch phase {
    case .running: stopBeginning(.cancelled, at: now)
    case .settling: phase = .settling(.cancelled)
    case .undoing: phase = .undoing(.cancelled)
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

  /// Lets no further step begin.
  mutating func stopBeginning(_ ending: Ending, at now: Instant) {
    phase = .settling(ending)
    let idle = steps.indices.filter {
      steps[$0].status == .running && (steps[$0].isPrompt || steps[$0].isDelay)
    }
    for index in idle {
      underWayCount -= 1
      if steps[index].isPrompt { commands.append(.abandon(CommandID(run: key, step: index))) }
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
    if workflow == .plannedMigration && !hasTouchedStorage { return beginUndo(ending, at: now) }
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
    forgetWhatWasOnlyBegun()
  }

  // MARK: Undo

  /// Whether something that an undo cannot take back may have happened, in this run or before.
  var hasTouchedStorage: Bool {
    groups.contains {
      $0.record.attempted.contains(.deactivatedStorage)
        || $0.record.attempted.contains(.madeStorageWritable)
    } || machines.contains { $0.record.attempted.contains(.preparedForMigration) }
  }

  /// Powers the protected machines on again that the run may have shut down.
  ///
  /// - Source: Site Recovery Manager REST API 2.0, `planned_failover`: an error or cancellation before the storage steps
  ///   restores the protected site. *Inferred*: all machines are powered on at once.
  private mutating func beginUndo(_ ending: Ending, at now: Instant) {
    phase = .undoing(ending)
    let affected = machines.indices.filter {
      machines[$0].member.isOnAtProtectedSite || machines[$0].record.isShutDown
    }.filter {
      machines[$0].record.attempted.contains(.shutDownGuest)
        || machines[$0].record.attempted.contains(.poweredOff)
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
  mutating func finishUndo(_ ending: Ending, at now: Instant) {
    for group in groups.indices { groups[group].record = RunMemory.Record() }
    for vm in machines.indices { machines[vm].record = RunMemory.Record() }
    planMemory.callouts = []
    end(ending, at: now)
  }

  /// A run that changed nothing but synchronised leaves its groups as they were.
  private mutating func forgetWhatWasOnlyBegun() {
    guard workflow.isRecovery, !hasTouchedStorage else { return }
    for group in groups.indices
    where machineRanges[group].allSatisfy({ machines[$0].record.attempted.areOnlySynchronizations }) {
      groups[group].record = RunMemory.Record()
      for vm in machineRanges[group] { machines[vm].record = RunMemory.Record() }
    }
  }
}
