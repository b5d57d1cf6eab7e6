import Inventory
package import Quantities

/// How runs are started and conducted.
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
    if workflow.isTest || workflow.isRecovery {
      let count = members.reduce(0) { $0 + $1.members.count }
      if let exceeded = limits.exceeded(.vmsPerPlan, by: count) { throw .limit(exceeded) }
      // What starts no machine does not care who waits for whom.
      let cycle = PlanDependencies(groups: members).cycle
      guard cycle.isEmpty else { throw .dependencyCycle(cycle) }
    }
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
    guard isServerUp[side] else { throw .serverDown(side) }
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
      planMemory: PlanMemory(
        suspensions: ownSuspensions(for: workflow, of: plan), callouts: plans[plan.index].callouts),
      pointsInTime: pointsInTime.sorted { $0.vm < $1.vm },
      synchronizationTimeLimit: parameters.synchronizationTimeLimit,
      customizationTimeLimit: defaults[protectedSide.other].customizationTimeout)
  }

  /// The machines that gave way to this plan; for a test or a recovery, also those that gave way to another plan of the same
  /// groups.
  private func ownSuspensions(for workflow: PlanWorkflow, of plan: RecoveryPlanID) -> [Suspension] {
    let own = Set(effectivePlan(plan).groups)
    return suspensions.filter { item in
      guard let other = item.plan, other != plan else { return true }
      return (workflow.isTest || workflow.isRecovery)
        && effectivePlan(other).groups.contains(where: own.contains)
    }
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
  ///
  /// - Parameter side: Where the user is; `nil`: at the site that conducts the run.
  package mutating func dismissPrompt(
    _ prompt: CommandID, from side: PairSide? = nil, at now: Instant
  ) throws(PlanRefusal) {
    guard let plan = running.first(where: { plans[$0.index].run?.key == prompt.run }),
      plans[plan.index].run?.openPrompts.contains(prompt) == true
    else { throw .noSuchPrompt }
    try checkInterference(.dismissPrompt, plan, from: side)
    handle(.succeeded, of: prompt, at: now)
  }

  /// Asks the plan's run to end: nothing new begins, what is under way comes to its end.
  ///
  /// - Parameter side: Where the user is; `nil`: at the site that conducts the run.
  package mutating func cancel(
    _ plan: RecoveryPlanID, from side: PairSide? = nil, at now: Instant
  ) throws(PlanRefusal) {
    try checkInterference(.cancel, plan, from: side)
    plans[plan.index].run?.cancel(at: now)
    concludeIfEnded(plan)
  }

  /// Checks what is asked of a plan that runs.
  private func checkInterference(
    _ operation: PlanOperation, _ plan: RecoveryPlanID, from side: PairSide?
  ) throws(PlanRefusal) {
    let conducting = protectedSide(of: plan).other
    let side = side ?? conducting
    guard isServerUp[side] else { throw .serverDown(side) }
    let status = status(of: plan, seenFrom: side)
    guard status.allowedOperations.contains(operation) else { throw .notAllowed(operation, status) }
    guard arePeersTogether || side == conducting else { throw .notAtRecoverySite }
    // A prompt makes nothing possible that the run does not allow without it.
    if operation == .cancel, let run = plans[plan.index].run {
      let status = statusBesidePrompts(of: run)
      guard status.allowedOperations.contains(.cancel) else { throw .notAllowed(.cancel, status) }
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
