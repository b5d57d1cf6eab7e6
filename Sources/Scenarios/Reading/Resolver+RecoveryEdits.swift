import Inventory
import Quantities
import RecoveryCore

/// Timeline entries that change what was made in Site Recovery Manager.
extension Resolver {
  mutating func recoveryEdit(
    _ verb: Scenario.TimelineEntry.Verb, of entry: TimelineEntryDraft
  ) -> Scenario.RecoveryAction? {
    switch verb {
    case .deletePlaceholder:
      return protectedMachines(of: entry).map { .change($0.pair, .deletePlaceholders($0.vms)) }
    case .movePlaceholder:
      guard let (pair, vms) = protectedMachines(of: entry), let place = entry.place.known,
        let side = placeholderSide(of: vms[0], pair, entry)
      else { return nil }
      let site = recovery.pairs[pair.index].sites[side]
      return .change(pair, .movePlaceholders(vms, to: overrides(of: place, at: site), at: side))
    case .restorePlaceholders: return group(of: entry).map { .change($0.pair, .restorePlaceholders($0.id)) }
    case .configureGroup: return group(of: entry).map { .change($0.pair, .configureGroup($0.id)) }
    case .deleteMachine:
      let protected = protectedMachines(of: entry)
      guard let site = siteNames.resolve(entry.site.located, log: &log), let (pair, vms) = protected,
        sideOfPair(site, pair, entry.site) != nil
      else { return nil }
      return .change(pair, .deleteMachines(vms, at: SiteID(site)))
    case .editPlan:
      guard let (pair, id) = plan(of: entry), let edit = planEdit(of: entry, in: pair) else { return nil }
      guard let from = operatorSide(of: entry, pair) else { return nil }
      return .change(pair, .editPlan(id, edit, from: from.side))
    case .deletePlan:
      guard let (pair, id) = plan(of: entry), let from = operatorSide(of: entry, pair) else { return nil }
      return .change(pair, .deletePlan(id, from: from.side))
    case .damagePlan: return plan(of: entry).map { .change($0.pair, .damagePlan($0.id)) }
    case .saveSettings:
      let edit = settingsEdit(of: entry)
      guard let (pair, vms) = protectedMachines(of: entry), let edit, let from = operatorSide(of: entry, pair)
      else { return nil }
      return .change(pair, .saveSettings(vms, edit, from: from.side))
    default: preconditionFailure("\(verb.rawValue) changes nothing that was made")
    }
  }

  /// The machines of an entry, which are members of groups of one pair.
  private mutating func protectedMachines(
    of entry: TimelineEntryDraft
  ) -> (pair: RecoveryPairID, vms: [VirtualMachineID])? {
    guard let vms = machines(of: entry), let first = vms.first,
      let reference = entry.virtualMachine.located
    else { return nil }
    let groups = vms.map { recovery.groupOfMachine[$0.index] }
    if let stranger = zip(vms, groups).first(where: { $0.1 == nil })?.0 {
      if !log.hasErrors {
        log.report(
          .notProtected, "virtual machine \(quoted(machines[stranger.index].name)) is in no protection group",
          at: reference.span)
      }
      return nil
    }
    let pairs = groups.compactMap { $0.flatMap { recovery.groups[$0].pair } }
    guard let pair = pairs.first, pairs.count == vms.count else { return nil }
    if let other = zip(vms, pairs).first(where: { $0.1 != pair })?.0 {
      log.report(
        .noPair,
        "virtual machines \(quoted(machines[first.index].name)) and \(quoted(machines[other.index].name)) are protected between different sites",
        at: reference.span, help: "write an entry for each pair of sites")
      return nil
    }
    return (RecoveryPairID(pair), vms)
  }

  private mutating func sideOfPair(
    _ site: Int, _ pair: RecoveryPairID, _ field: Field<String>
  ) -> PairSide? {
    if let side = recovery.pairs[pair.index].side(of: site) { return side }
    if let reference = field.located {
      log.report(
        .wrongSite, "nothing of it is at the site \(quoted(reference.value))", at: reference.span)
    }
    return nil
  }

  private mutating func placeholderSide(
    of vm: VirtualMachineID, _ pair: RecoveryPairID, _ entry: TimelineEntryDraft
  ) -> PairSide? {
    guard entry.site.isGiven else {
      let direction = recovery.groupOfMachine[vm.index].flatMap { recovery.groups[$0].direction }
      return direction.flatMap { recovery.pairs[pair.index].side(of: $0.to) }
    }
    guard let site = siteNames.resolve(entry.site.located, log: &log) else { return nil }
    return sideOfPair(site, pair, entry.site)
  }

  /// Where the operator is; `nil` after a report.
  private mutating func operatorSide(
    of entry: TimelineEntryDraft, _ pair: RecoveryPairID
  ) -> OperatorPlace? {
    guard entry.from.isGiven else { return OperatorPlace() }
    guard let site = siteNames.resolve(entry.from.located, log: &log) else { return nil }
    return sideOfPair(site, pair, entry.from).map { OperatorPlace(side: $0) }
  }

  private mutating func planEdit(of entry: TimelineEntryDraft, in pair: RecoveryPairID) -> Scenario.PlanEdit?
  {
    guard let changes = entry.changes.located else { return nil }
    if changes.value.isEmpty {
      log.report(.missingKey, "the entry changes nothing of the plan", at: changes.span.start)
      return nil
    }
    var edit = Scenario.PlanEdit(text: changes.value.description.known)
    if let names = changes.value.groups.known {
      var groups: [ProtectionGroupID] = []
      for name in names {
        guard let index = recovery.groupNames.resolve(name, log: &log) else { continue }
        let group = recovery.groups[index]
        guard let own = group.pair else { continue }
        guard own == pair.index else {
          log.report(
            .directionsDiffer, "the group \(quoted(name.value)) is protected between other sites",
            at: name.span)
          continue
        }
        groups.append(ProtectionGroupID(group.position))
      }
      edit.groups = groups
    }
    edit.testNetworks = changes.value.testNetworks.known?.map { network, test in
      RecoveryPlan.TestNetwork(recoveryNetwork: network.value, testNetwork: test.value)
    }
    return edit
  }

  private mutating func settingsEdit(of entry: TimelineEntryDraft) -> Scenario.SettingsEdit? {
    guard let settings = entry.settings.located else { return nil }
    if settings.value.isEmpty {
      log.report(.missingKey, "the entry changes nothing of the settings", at: settings.span.start)
      return nil
    }
    let draft = settings.value
    for field in [draft.shutdownTimeout, draft.toolsTimeout, draft.delay] {
      checkTimeout(field, maximum: VMRecoverySettings.timeoutMaximum)
    }
    var edit = Scenario.SettingsEdit()
    edit.priority = draft.priority.known.map { RecoveryPriority.allCases[$0 - 1] }
    edit.startupAction = draft.startup.known.map { $0 == .off ? .doNotPowerOn : .powerOn }
    edit.skipsGuestShutdown = draft.skipsGuestShutdown.known
    edit.guestShutdownTimeout = draft.shutdownTimeout.known
    edit.toolsTimeout = draft.toolsTimeout.known
    edit.delayAfterPowerOn = draft.delay.known
    return edit
  }
}

/// Where an operator is.
private struct OperatorPlace {
  /// `nil`: at the recovery site.
  var side: PairSide?
}
