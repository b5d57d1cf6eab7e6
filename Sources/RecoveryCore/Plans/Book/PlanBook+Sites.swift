import Inventory
package import Quantities

/// What happens to plans from outside of their runs.
extension PlanBook {
  /// The sites lost each other: each goes on with what it knows.
  package mutating func sitesDisconnected() {
    part()
    areSitesConnected = false
  }

  /// The sites found each other again.
  ///
  /// A plan that was edited at one site is so at both; one that was edited at both is in conflict. While a plan works on
  /// its groups, or has a test or a recovery there, the site that conducts it is right (*inferred*). A plan that was deleted
  /// at one site is deleted at both if its status allows that now, and kept otherwise (*inferred*).
  package mutating func sitesReconnected() {
    guard !areSitesConnected else { return }
    areSitesConnected = true
    meet()
  }

  /// Notes what the sites know of each other, if they were together until now.
  private mutating func part() {
    guard arePeersTogether else { return }
    for index in plans.indices where !plans[index].isDeleted {
      let plan = RecoveryPlanID(index)
      let isRecovering = plans[index].run.map { $0.isActive && $0.workflow.isRecovery } ?? false
      plans[index].parting = Parting(
        status: isRecovering ? .recoveryStarted : status(of: plan), protectedSide: protectedSide(of: plan))
    }
  }

  /// Brings what was done at either site together, if the servers can talk to each other now.
  private mutating func meet() {
    guard arePeersTogether else { return }
    for index in plans.indices {
      let plan = RecoveryPlanID(index)
      let conducting = protectedSide(of: plan).other
      plans[index].parting = nil
      let edited = plans[index].editedSides
      plans[index].editedSides = []
      let holdsGroups = plans[index].copies[conducting].groups.contains {
        groups[$0]?.phase.plan == plan
      }
      if holdsGroups {
        plans[index].copies = BothSides(plans[index].copies[conducting])
      } else if edited.count == 1 {
        plans[index].copies = BothSides(plans[index].copies[edited[0]])
      }
      plans[index].hasConflict = plans[index].copies.first != plans[index].copies.second
      if !plans[index].deletedSides.isEmpty {
        plans[index].deletedSides = []
        plans[index].isDeleting = status(of: plan).allowedOperations.contains(.delete)
      }
    }
  }

  /// The Site Recovery Manager server of a site died: the runs that it conducted are interrupted, and the other site goes
  /// on with what it knows.
  package mutating func serverFailed(_ side: PairSide, at now: Instant) {
    part()
    isServerUp[side] = false
    for plan in running where plans[plan.index].run?.recoverySide == side {
      plans[plan.index].run?.interrupt(at: now)
      concludeIfEnded(plan)
    }
  }

  /// The server of a site is back; interrupted runs wait to be started again.
  package mutating func serverRestarted(_ side: PairSide) {
    guard !isServerUp[side] else { return }
    isServerUp[side] = true
    meet()
  }

  // MARK: Configuring

  /// Changes what is configured of a plan at the site where the user is, and at the other if it can be reached.
  ///
  /// It settles a conflict, and it clears the steps of the last run unless another site knows of a newer one.
  package mutating func edit(
    _ plan: RecoveryPlanID, from side: PairSide, _ change: (inout RecoveryPlan) -> Void
  ) throws(PlanRefusal) {
    guard isServerUp[side] else { throw .serverDown(side) }
    let status = status(of: plan, seenFrom: side)
    guard status.allowedOperations.contains(.edit) else { throw .notAllowed(.edit, status) }
    let old = plans[plan.index].copies[side]
    var new = old
    change(&new)
    guard new.protectedSide == old.protectedSide || new.groups.isEmpty else {
      throw .directionFollowsGroups
    }
    try check(new)
    if arePeersTogether {
      plans[plan.index].copies = BothSides(new)
      plans[plan.index].hasConflict = false
    } else {
      plans[plan.index].copies[side] = new
      if !plans[plan.index].editedSides.contains(side) {
        plans[plan.index].editedSides.append(side)
      }
    }
    let isConducting = arePeersTogether || side == protectedSide(of: plan).other
    if isConducting && !isRunning(plan) { plans[plan.index].run = nil }
  }

  /// Begins to delete a plan; it is `DELETING` until ``deletionCompleted(_:)``, and its history stays.
  ///
  /// While the sites are apart it is so at this one only, and what the other conducts goes on.
  package mutating func delete(_ plan: RecoveryPlanID, from side: PairSide) throws(PlanRefusal) {
    guard isServerUp[side] else { throw .serverDown(side) }
    let status = status(of: plan, seenFrom: side)
    guard status.allowedOperations.contains(.delete) else { throw .notAllowed(.delete, status) }
    if arePeersTogether {
      plans[plan.index].isDeleting = true
    } else {
      plans[plan.index].deletedSides.append(side)
    }
  }

  /// The work of deleting a plan is done; nothing happens while only one of the sites knows of it.
  ///
  /// - Precondition: The plan is being deleted.
  package mutating func deletionCompleted(_ plan: RecoveryPlanID) {
    let record = plans[plan.index]
    precondition(
      record.isDeleting || !record.deletedSides.isEmpty, "only what is being deleted is deleted in the end")
    plans[plan.index].isDeleted = record.isDeleting
  }

  /// A server found the record of a plan damaged, or restored it from a backup.
  package mutating func setDamaged(_ isDamaged: Bool, _ plan: RecoveryPlanID) {
    plans[plan.index].isDamaged = isDamaged
  }
}
