import Inventory
package import Quantities

/// How runs are started, conducted and concluded.
extension PlanBook {
  /// Starts a run.
  ///
  /// - Parameters:
  ///   - side: Where the user is.
  ///   - groups: The plan's groups in its order, with their members as they are now.
  ///   - pointsInTime: Machines that take an earlier instance than the newest.
  /// - Returns: The key of the run.
  @discardableResult
  package mutating func start(
    _ workflow: PlanWorkflow, of plan: RecoveryPlanID, from side: PairSide,
    groups members: [PlanGroup],
    pointsInTime: [RecoveryAction.PointInTime] = [], by user: String, at now: Instant
  ) throws(PlanRefusal) -> Int {
    let protectedSide = try check(workflow, of: plan, from: side, pointsInTime: pointsInTime)
    let settings = effectivePlan(plan)
    precondition(members.map(\.id) == settings.groups, "a run is given the groups of its plan")
    let cycle = PlanDependencies(groups: members).cycle
    guard cycle.isEmpty else { throw .dependencyCycle(cycle) }
    let participants = members.filter { isPart($0.id, of: workflow) }
    runCount += 1
    var run = PlanRun(
      setup(
        workflow, of: plan, key: runCount, protectedSide: protectedSide, groups: participants,
        pointsInTime: pointsInTime))
    for group in participants { groups[group.id]?.phase = workflow.phase(plan) }
    run.begin(at: now)
    plans[plan.index].run = run
    plans[plan.index].user = user
    plans[plan.index].attention = nil
    running.append(plan)
    concludeIfEnded(plan)
    return runCount
  }

  /// The steps that a run would have, before anything is started.
  package func preview(
    _ workflow: PlanWorkflow, of plan: RecoveryPlanID, groups members: [PlanGroup]
  ) -> PlanRun {
    PlanRun(
      setup(
        workflow, of: plan, key: 0, protectedSide: protectedSide(of: plan),
        groups: members.filter { groups[$0.id] != nil }, pointsInTime: []))
  }

  private func check(
    _ workflow: PlanWorkflow, of plan: RecoveryPlanID, from side: PairSide,
    pointsInTime: [RecoveryAction.PointInTime]
  ) throws(PlanRefusal) -> PairSide {
    let status = status(of: plan, seenFrom: side)
    guard status.allowedOperations.contains(workflow.operation) else {
      throw .notAllowed(workflow.operation, status)
    }
    // A plan that is partly reprotected is conducted from where its other groups still have to be turned.
    let ids = effectivePlan(plan).groups.filter { isPart($0, of: workflow) }
    let protectedSide = ids.first.flatMap { groups[$0]?.protectedSide } ?? protectedSide(of: plan)
    if side == protectedSide {
      switch workflow {
      case .disasterRecovery, .forcedRecovery: throw .notAtRecoverySite
      case .test, .cleanup, .plannedMigration, .reprotect:
        if !areSitesConnected { throw .notAtRecoverySite }
      }
    }
    guard isServerUp[protectedSide.other] else { throw .serverDown(protectedSide.other) }
    if case .reprotect = workflow {
      guard areSitesConnected else { throw .sitesApart }
      guard isServerUp[protectedSide] else { throw .serverDown(protectedSide) }
    }
    if workflow == .forcedRecovery, !defaults[protectedSide.other].allowsForcedRecovery {
      throw .forcedRecoveryDisabled
    }
    if !pointsInTime.isEmpty {
      switch workflow {
      case .test, .disasterRecovery, .forcedRecovery: break
      case .plannedMigration, .cleanup, .reprotect: throw .pointInTimeNotAllowed
      }
    }
    if case .cleanup(let isForced) = workflow {
      for id in ids {
        if case .cleanupInterrupted(_, let wasForced) = groups[id]?.phase, wasForced != isForced {
          throw .optionsFixed(isForced: wasForced)
        }
      }
    }
    guard running.count < parameters.runningPlanCountMaximum else {
      throw .tooManyRunningPlans(maximum: parameters.runningPlanCountMaximum)
    }
    return protectedSide
  }

  /// Reprotect works on the groups that wait for it; everything else works on all.
  private func isPart(_ group: ProtectionGroupID, of workflow: PlanWorkflow) -> Bool {
    guard case .reprotect = workflow else { return true }
    return groups[group]?.awaitsReprotect ?? false
  }

  private func setup(
    _ workflow: PlanWorkflow, of plan: RecoveryPlanID, key: Int, protectedSide: PairSide,
    groups members: [PlanGroup],
    pointsInTime: [RecoveryAction.PointInTime]
  ) -> RunSetup {
    RunSetup(
      key: key, workflow: workflow, plan: effectivePlan(plan), protectedSide: protectedSide,
      groups: members,
      memories: members.map { groups[$0.id]?.memory ?? RunMemory() },
      planMemory: plans[plan.index].memory,
      pointsInTime: pointsInTime.sorted { $0.vm < $1.vm },
      synchronizationTimeLimit: parameters.synchronizationTimeLimit,
      customizationTimeLimit: defaults[protectedSide.other].customizationTimeout)
  }

  // MARK: Conducting

  /// Takes what the driver reports about a command.
  ///
  /// - Returns: Whether it was awaited; what comes after a time limit, a crash or twice is ignored.
  @discardableResult
  package mutating func handle(_ event: CommandEvent, of command: CommandID, at now: Instant)
    -> Bool
  {
    guard let plan = running.first(where: { plans[$0.index].run?.key == command.run }) else {
      return false
    }
    let isAwaited = plans[plan.index].run?.handle(event, of: command.step, at: now) ?? false
    concludeIfEnded(plan)
    return isAwaited
  }

  /// Lets time pass: delays end, and what has exceeded its time fails.
  package mutating func advance(to now: Instant) {
    for plan in running {
      plans[plan.index].run?.advance(to: now)
      concludeIfEnded(plan)
    }
  }

  /// Lets a run go on that shows this prompt.
  package mutating func dismissPrompt(_ prompt: CommandID, at now: Instant) throws(PlanRefusal) {
    guard let plan = running.first(where: { plans[$0.index].run?.key == prompt.run }),
      plans[plan.index].run?.openPrompts.contains(prompt) == true
    else { throw .noSuchPrompt }
    let status = status(of: plan)
    guard status.allowedOperations.contains(.dismissPrompt) else {
      throw .notAllowed(.dismissPrompt, status)
    }
    handle(.succeeded, of: prompt, at: now)
  }

  /// Asks the plan's run to end: nothing new begins, what is under way comes to its end.
  package mutating func cancel(_ plan: RecoveryPlanID, at now: Instant) throws(PlanRefusal) {
    let status = status(of: plan)
    guard status.allowedOperations.contains(.cancel) else { throw .notAllowed(.cancel, status) }
    plans[plan.index].run?.cancel(at: now)
    concludeIfEnded(plan)
  }

  // MARK: Concluding

  /// Hands what an ended run did to its groups and its plan.
  mutating func concludeIfEnded(_ plan: RecoveryPlanID) {
    guard let position = running.firstIndex(of: plan), let ending = plans[plan.index].run?.ending,
      let report = plans[plan.index].run?.report(plan: plan, user: plans[plan.index].user)
    else { return }
    pendingCommands += plans[plan.index].run?.takeCommands() ?? []
    guard let run = plans[plan.index].run else { return }
    running.remove(at: position)
    plans[plan.index].memory = run.planMemory
    switch run.workflow {
    case .test:
      conclude(run, phase: ending == .interrupted ? .testInterrupted(plan) : .testComplete(plan))
    case .cleanup(let isForced): concludeCleanup(run, of: plan, isForced: isForced)
    case .plannedMigration, .disasterRecovery, .forcedRecovery:
      concludeRecovery(run, of: plan, ending)
    case .reprotect: concludeReprotect(run, of: plan, ending)
    }
    records.append(report.history)
    reports.append(report)
  }

  private mutating func conclude(_ run: PlanRun, phase: GroupPhase) {
    for index in run.groups.indices {
      let id = run.groups[index].group.id
      groups[id]?.memory = run.memory(ofGroup: index)
      groups[id]?.phase = phase
    }
  }

  private mutating func concludeCleanup(_ run: PlanRun, of plan: RecoveryPlanID, isForced: Bool) {
    guard run.isCleanedUp else {
      conclude(
        run,
        phase: run.ending == .interrupted
          ? .cleanupInterrupted(plan, wasForced: isForced) : .cleanupIncomplete(plan))
      return
    }
    for group in run.groups {
      groups[group.group.id]?.memory = RunMemory()
      groups[group.group.id]?.phase = .ready
    }
    plans[plan.index].memory.callouts = []
    plans[plan.index].memory.suspended.removeAll { $0.side == run.recoverySide }
  }

  private mutating func concludeRecovery(
    _ run: PlanRun, of plan: RecoveryPlanID, _ ending: PlanRun.Ending
  ) {
    var areAllRecovered = true
    for index in run.groups.indices {
      let id = run.groups[index].group.id
      let memory = run.memory(ofGroup: index)
      groups[id]?.memory = memory
      if run.isRecovered(group: index), run.groups[index].record.contains(.madeStorageWritable) {
        groups[id]?.phase = .recovered(plan)
      } else {
        areAllRecovered = false
        groups[id]?.phase = run.isUntouched(group: index) ? .ready : .partiallyRecovered(plan)
      }
    }
    plans[plan.index].attention =
      ending == .interrupted ? .recoveryInterrupted : areAllRecovered ? nil : .recoveryIncomplete
  }

  private mutating func concludeReprotect(
    _ run: PlanRun, of plan: RecoveryPlanID, _ ending: PlanRun.Ending
  ) {
    var areAllReprotected = true
    for index in run.groups.indices {
      let id = run.groups[index].group.id
      guard run.isReprotected(group: index) else {
        areAllReprotected = false
        groups[id]?.memory = run.memory(ofGroup: index)
        groups[id]?.phase = .partiallyReprotected(plan)
        continue
      }
      groups[id] = GroupRecord(protectedSide: run.recoverySide)
      for other in plans.indices where plans[other].copies.first.groups.contains(id) {
        plans[other].attention = nil
      }
    }
    if areAllReprotected {
      plans[plan.index].memory.callouts = []
      plans[plan.index].attention = nil
    } else {
      plans[plan.index].attention =
        ending == .interrupted ? .reprotectInterrupted : .reprotectIncomplete
    }
  }
}

extension PlanWorkflow {
  /// What a group is in while a plan runs.
  func phase(_ plan: RecoveryPlanID) -> GroupPhase {
    switch operationType {
    case .test: .testing(plan)
    case .cleanup: .cleaningUp(plan)
    case .failover: .recovering(plan)
    case .reprotect: .reprotecting(plan)
    }
  }
}
