package import Inventory

/// How the status of plans and machines follows from groups and runs.
extension PlanBook {
  /// The status of a plan as this site shows it.
  ///
  /// While the sites are apart, or one of their servers is down, the one that does not conduct the plan's runs shows what it
  /// last knew and what was done to the plan there.
  ///
  /// - Complexity: O(groups of the plan).
  package func status(of plan: RecoveryPlanID, seenFrom side: PairSide) -> RecoveryPlanStatus {
    if !arePeersTogether, side == protectedSide(of: plan), let parting = plans[plan.index].parting {
      return plans[plan.index].deletedSides.contains(side) ? .deleting : parting.status
    }
    return status(of: plan)
  }

  /// The status of a plan at the site that conducts its runs.
  package func status(of plan: RecoveryPlanID) -> RecoveryPlanStatus {
    let record = plans[plan.index]
    if let run = record.run, run.isActive { return record.isDamaged ? .unknown : status(of: run) }
    if record.isDeleting || record.isDeleted || record.deletedSides.contains(protectedSide(of: plan).other) {
      return .deleting
    }
    if record.isDamaged { return .unknown }
    if record.hasConflict { return .syncConflict }
    let ids = effectivePlan(plan).groups
    if ids.isEmpty { return .noProtectionGroups }
    var states: [GroupRecord] = []
    for id in ids {
      guard let group = groups[id] else { return .unknown }
      if let holder = group.phase.lockHolder, holder != plan, !ignoresLocks { return .protectionGroupsInUse }
      states.append(group)
    }
    for group in states {
      switch group.phase {
      case .testComplete: return .testComplete
      case .testInterrupted: return .testInterrupted
      case .cleanupIncomplete: return .cleanupIncomplete
      case .cleanupInterrupted: return .cleanupInterrupted
      default: continue
      }
    }
    return status(of: plan, states, attention: record.attention)
  }

  private func status(of run: PlanRun) -> RecoveryPlanStatus {
    if run.isCancelling { return .cancelInProgress }
    return run.openPrompts.isEmpty ? statusBesidePrompts(of: run) : .waitingForUserInput
  }

  func statusBesidePrompts(of run: PlanRun) -> RecoveryPlanStatus {
    switch run.workflow.operationType {
    case .test: .testInProgress
    case .cleanup: .cleanupInProgress
    case .failover: .recoveryInProgress
    case .reprotect: .reprotectInProgress
    }
  }

  /// The status of a plan none of whose groups is locked.
  private func status(
    of plan: RecoveryPlanID, _ states: [GroupRecord], attention: Attention?
  ) -> RecoveryPlanStatus {
    let readyCount = states.count { $0.phase == .ready }
    let side = states[0].protectedSide
    if states.contains(where: { $0.protectedSide != side }) {
      return statusOfMixedDirections(states, attention: attention)
    }
    if let partial = states.first(where: {
      if case .partiallyReprotected = $0.phase { true } else { false }
    }) {
      if attention == .reprotectInterrupted { return .reprotectInterrupted }
      return partial.phase.plan == plan ? .incompleteReprotect : .partialReprotect
    }
    if attention == .recoveryInterrupted { return .recoveryInterrupted }
    if attention == .recoveryCancelled { return .incompleteRecovery }
    let areAllRecovered = states.allSatisfy {
      if case .recovered = $0.phase { true } else { false }
    }
    if areAllRecovered {
      if states.allSatisfy(\.memory.isProtectedSideClosed) { return .recoveryComplete }
      return arePeersTogether ? .recoverySplitBrain : .disasterRecoveryComplete
    }
    if attention == .recoveryIncomplete { return .incompleteRecovery }
    return readyCount == states.count ? .ready : .partialRecovery
  }

  /// Groups that face different ways wait for reprotect if all that are not ready were recovered from the same side, with
  /// nothing left to do there, and all that are ready face the other way; otherwise the plan is of no use as it is.
  private func statusOfMixedDirections(_ states: [GroupRecord], attention: Attention?)
    -> RecoveryPlanStatus
  {
    let ready = states.filter { $0.phase == .ready }
    let other = states.filter { $0.phase != .ready }
    let areWaiting = other.allSatisfy {
      $0.awaitsReprotect && $0.protectedSide == other[0].protectedSide
    }
    guard let first = other.first, areWaiting,
      ready.allSatisfy({ $0.protectedSide != first.protectedSide })
    else { return .directionError }
    return switch attention {
    case .reprotectInterrupted: .reprotectInterrupted
    case .reprotectIncomplete: .incompleteReprotect
    default: .partialReprotect
    }
  }

  /// How a machine of a group fared, as a plan shows it.
  package func status(
    of vm: VirtualMachineID, in group: ProtectionGroupID, of plan: RecoveryPlanID
  ) -> VMRecoveryStatus {
    guard !plans[plan.index].isDamaged, effectivePlan(plan).groups.contains(group),
      let record = groups[group]
    else { return .unknown }
    if let holder = record.phase.lockHolder, let run = plans[holder.index].run, run.isActive,
      let index = run.position(of: vm)
    {
      return run.status(ofMachine: index)
    }
    return record.memory.statuses[vm] ?? .readyToRecover
  }
}
