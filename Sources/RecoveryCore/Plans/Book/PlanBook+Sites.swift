import Inventory
package import Quantities

/// What happens to plans from outside of their runs.
extension PlanBook {
  /// The sites lost each other: each goes on with what it knows.
  package mutating func sitesDisconnected() {
    guard areSitesConnected else { return }
    for index in plans.indices where !plans[index].isDeleted {
      let isRecovering = plans[index].run.map { $0.isActive && $0.workflow.isRecovery } ?? false
      plans[index].peerView = isRecovering ? .recoveryStarted : status(of: RecoveryPlanID(index))
    }
    areSitesConnected = false
  }

  /// The sites found each other again.
  ///
  /// A plan that was edited at one site is so at both; one that was edited at both is in conflict. While a plan works on
  /// its groups or has a test there, the site that conducts it is right (*inferred*).
  package mutating func sitesReconnected() {
    guard !areSitesConnected else { return }
    areSitesConnected = true
    for index in plans.indices {
      plans[index].peerView = nil
      let edited = plans[index].editedSides
      plans[index].editedSides = []
      let plan = RecoveryPlanID(index)
      let conducting = protectedSide(of: plan).other
      let holdsGroups = plans[index].copies[conducting].groups.contains {
        groups[$0]?.phase.lockHolder == plan
      }
      if holdsGroups {
        plans[index].copies = BothSides(plans[index].copies[conducting])
      } else if edited.count == 2 {
        plans[index].hasConflict = plans[index].copies.first != plans[index].copies.second
      } else if let side = edited.first {
        plans[index].copies = BothSides(plans[index].copies[side])
      }
    }
  }

  /// The Site Recovery Manager server of a site died: the runs that it conducted are interrupted.
  package mutating func serverFailed(_ side: PairSide, at now: Instant) {
    isServerUp[side] = false
    for plan in running where plans[plan.index].run?.recoverySide == side {
      plans[plan.index].run?.interrupt(at: now)
      concludeIfEnded(plan)
    }
  }

  /// The server of a site is back; interrupted runs wait to be started again.
  package mutating func serverRestarted(_ side: PairSide) { isServerUp[side] = true }

  // MARK: Configuring

  /// Changes what is configured of a plan at the site where the user is, and at the other if it can be reached.
  ///
  /// It settles a conflict.
  package mutating func edit(
    _ plan: RecoveryPlanID, from side: PairSide, _ change: (inout RecoveryPlan) -> Void
  ) throws(PlanRefusal) {
    let status = status(of: plan, seenFrom: side)
    guard status.allowedOperations.contains(.edit) else { throw .notAllowed(.edit, status) }
    let old = plans[plan.index].copies[side]
    var new = old
    change(&new)
    guard new.protectedSide == old.protectedSide || new.groups.isEmpty else {
      throw .directionFollowsGroups
    }
    if areSitesConnected {
      plans[plan.index].copies = BothSides(new)
      plans[plan.index].hasConflict = false
    } else {
      plans[plan.index].copies[side] = new
      if !plans[plan.index].editedSides.contains(side) {
        plans[plan.index].editedSides.append(side)
      }
    }
    plans[plan.index].run = nil
  }

  /// Begins to delete a plan; it is `DELETING` until ``deletionCompleted(_:)``, and its history stays.
  package mutating func delete(_ plan: RecoveryPlanID, from side: PairSide) throws(PlanRefusal) {
    let status = status(of: plan, seenFrom: side)
    guard status.allowedOperations.contains(.delete) else { throw .notAllowed(.delete, status) }
    plans[plan.index].isDeleting = true
  }

  /// - Precondition: The plan is being deleted.
  package mutating func deletionCompleted(_ plan: RecoveryPlanID) {
    precondition(plans[plan.index].isDeleting, "only what is being deleted is deleted in the end")
    plans[plan.index].isDeleted = true
  }

  /// A server found the record of a plan damaged, or restored it from a backup.
  package mutating func setDamaged(_ isDamaged: Bool, _ plan: RecoveryPlanID) {
    plans[plan.index].isDamaged = isDamaged
  }
}
