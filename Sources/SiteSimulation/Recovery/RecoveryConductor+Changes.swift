import Inventory
import Quantities
import RecoveryCore
import Scenarios

/// What people change or delete of plans and settings.
extension RecoveryConductor {
  // MARK: - Plans

  /// - Parameter side: Where the operator is; `nil`: at the recovery site.
  mutating func edit(
    _ plan: RecoveryPlanID, _ edit: Scenario.PlanEdit, from side: PairSide?,
    by actor: Scenario.Actor = .administrator
  ) throws(RecoveryFailure) {
    let side = side ?? book.protectedSide(of: plan).other
    try authorize(.reconfigureRecoveryPlan, from: side, needsRemoteSite: false, by: actor)
    var groups: [ProtectionGroupID]?
    if let positions = edit.groups {
      groups = positions.compactMap { groupIDs[$0.index] }
      guard groups?.count == positions.count else {
        throw RecoveryFailure("the protection group does not exist")
      }
    }
    let count = (groups ?? []).reduce(0) { $0 + (self.groups.group($1)?.members.count ?? 0) }
    if let exceeded = description.limits.exceeded(.vmsPerPlan, by: count) {
      throw RecoveryFailure(text(exceeded))
    }
    do {
      try book.edit(plan, from: side) {
        $0.name = edit.name ?? $0.name
        $0.vmsToSuspend = edit.vmsToSuspend ?? $0.vmsToSuspend
        $0.callouts = edit.callouts ?? $0.callouts
        $0.text = edit.text ?? $0.text
        $0.groups = groups ?? $0.groups
        $0.testNetworks = edit.testNetworks ?? $0.testNetworks
      }
    } catch {
      throw RecoveryFailure(text(error))
    }
    hasNews = true
  }

  /// Begins to delete a plan, which takes the servers ``RecoveryTimes/remoteCall``.
  mutating func delete(
    _ plan: RecoveryPlanID, from side: PairSide?, by actor: Scenario.Actor, at now: Instant
  ) throws(RecoveryFailure) {
    let side = side ?? book.protectedSide(of: plan).other
    try authorize(.deleteRecoveryPlan, from: side, needsRemoteSite: false, by: actor)
    do {
      try book.delete(plan, from: side)
    } catch {
      throw RecoveryFailure(text(error))
    }
    hasNews = true
    beginDeletions(at: now)
  }

  /// Deletes what is in status `DELETING`, also what was deleted at one site while the sites could not talk.
  mutating func beginDeletions(at now: Instant) {
    for case let plan? in planIDs where isDeleting(plan) && !plansBeingDeleted.contains(plan) {
      plansBeingDeleted.append(plan)
      _ = enqueue(RecoveryJob(work: .deletion(plan), lane: .none, duration: times.remoteCall), at: now)
    }
  }

  private func isDeleting(_ plan: RecoveryPlanID) -> Bool {
    PairSide.allCases.contains { book.status(of: plan, seenFrom: $0) == .deleting }
  }

  /// - Returns: The position of the plan in the description, if it is gone at both sites.
  mutating func deletionEnded(_ plan: RecoveryPlanID) -> Int? {
    plansBeingDeleted.removeAll { $0 == plan }
    guard isDeleting(plan), let position = planIDs.firstIndex(of: plan) else { return nil }
    hasNews = true
    book.deletionCompleted(plan)
    guard !book.planIDs.contains(plan) else { return nil }
    planIDs[position] = nil
    toldPlans[position] = nil
    return position
  }

  /// The record of a plan is damaged, or comes back from a backup; by its position in the description.
  mutating func setDamaged(_ isDamaged: Bool, _ position: Int) {
    guard let plan = planIDs[position] else { return }
    book.setDamaged(isDamaged, plan)
    hasNews = true
  }

  // MARK: - Settings of machines

  /// Changes the settings of machines at one site, and at the other if it can be reached.
  ///
  /// - Parameter side: Where the operator is; `nil`: at the recovery site.
  mutating func save(
    _ edit: Scenario.SettingsEdit, of vms: [VirtualMachineID], from side: PairSide?, by actor: Scenario.Actor
  ) throws(RecoveryFailure) {
    for vm in vms {
      guard let position = positions[vm], let member = groups.protectedVM(vm),
        let protectedSide = book.protectedSide(of: member.group)
      else { throw RecoveryFailure("a virtual machine is in no protection group") }
      let side = side ?? protectedSide.other
      try authorize(
        .updatePlanVirtualMachineRecoverySettings, from: side, needsRemoteSite: false, by: actor)
      var new = settings[position].settings(recoveredTo: side, defaults: description.defaults)
      edit.apply(to: &new)
      do {
        try settings[position].save(
          new, at: side, reachesOther: servers.reaches(.siteRecoveryManager),
          changeVersion: settings[position].changeVersion(at: side))
      } catch {
        throw RecoveryFailure("recovery settings are not saved: \(error)")
      }
      if settings[position].status == .ok { toldConflicts[position] = false }
    }
  }

  /// The sites can talk again: settings that were changed at one are so at both, those that were changed at both are in
  /// conflict until somebody saves them again.
  mutating func settingsMeet() {
    for index in settings.indices {
      settings[index].reconnected()
      guard settings[index].status == .syncConflict, !toldConflicts[index] else { continue }
      toldConflicts[index] = true
      settingsConflicts.append(description.virtualMachines[index].id)
    }
  }

  mutating func takeSettingsConflicts() -> [VirtualMachineID] {
    defer { settingsConflicts.removeAll(keepingCapacity: true) }
    return settingsConflicts
  }

  // MARK: - Members in trouble

  /// The members whose trouble began, changed or ended since this was last called, with what they are in now.
  ///
  /// Operations on a member are not told: what they lead to is.
  mutating func takeMemberNews() -> [(vm: VirtualMachineID, status: MemberStatus)] {
    guard !changedMembers.isEmpty else { return [] }
    var news: [(vm: VirtualMachineID, status: MemberStatus)] = []
    for vm in changedMembers {
      guard let position = positions[vm], let status = groups.status(of: vm), !status.isPassing else {
        continue
      }
      let trouble: MemberStatus? = status.isTrouble ? status : nil
      guard trouble != toldMembers[position] else { continue }
      toldMembers[position] = trouble
      news.append((vm, status))
    }
    changedMembers.removeAll(keepingCapacity: true)
    return news
  }
}

extension MemberStatus {
  /// Whether something is being done to the member.
  fileprivate var isPassing: Bool {
    switch self {
    case .loading, .configuringProtection, .removingProtection, .restoringPlaceholder: true
    default: false
    }
  }

  /// Whether something went wrong that was well: people see it without having asked for anything.
  fileprivate var isTrouble: Bool {
    switch self {
    case .deviceNotFound, .placeholderDeleted, .arrayConfigurationError, .placeholderCreationError, .invalid,
      .replicationError, .replicationWarning, .missingUnprotectedVM, .vVolConfigurationError,
      .vVolConfigurationWarning:
      true
    case .loading, .notConfigured, .configuringProtection, .removingProtection, .restoringPlaceholder, .ok,
      .missingMapping, .mappingConflict:
      false
    }
  }
}
