import Inventory
import Quantities
import RecoveryCore

/// Timeline entries about Site Recovery Manager.
extension Resolver {
  mutating func recoveryAction(
    _ verb: Scenario.TimelineEntry.Verb, of entry: TimelineEntryDraft
  ) -> Scenario.RecoveryAction? {
    switch verb {
    case .installAddOn, .removeAddOn, .renewCertificate:
      guard let site = siteNames.resolve(entry.site.located, log: &log), let addOn = entry.addOn.known?.addOn
      else {
        return nil
      }
      return switch verb {
      case .installAddOn: .installAddOn(addOn, at: SiteID(site))
      case .removeAddOn: .removeAddOn(addOn, at: SiteID(site))
      default: .renewCertificate(addOn, at: SiteID(site))
      }
    case .createNetwork:
      guard let site = siteNames.resolve(entry.site.located, log: &log),
        let network = resolveObject(.networks, entry.network.located, at: site)
      else { return nil }
      return .createNetwork(SiteID(site), network: network)
    case .deploy: return machines(of: entry).map { .deploy($0) }
    case .pairSites:
      guard let sites = entry.sites.known, sites.count == 2,
        let direction = direction(from: sites[0], to: sites[1])
      else { return nil }
      return recovery.pair(of: direction.from, direction.to).map { .pair(RecoveryPairID($0)) }
    case .reconnectSites, .unpairSites:
      guard let pair = joinedPair(entry.sites) else { return nil }
      return verb == .reconnectSites ? .reconnect(pair) : .unpair(pair)
    case .logIn, .logOut:
      guard let (pair, side) = side(entry.site, entry.to) else { return nil }
      return verb == .logIn ? .logIn(pair, from: side) : .logOut(pair, from: side)
    case .map:
      guard let (pair, side) = side(entry.from, entry.to), let kind = entry.kind.known?.kind else {
        return nil
      }
      return .map(pair, kind, from: side)
    case .placePlaceholders:
      return side(entry.site, entry.to).map { .placePlaceholders($0.pair, at: $0.side) }
    case .createGroup: return group(of: entry).map { .createGroup($0.pair, $0.id) }
    case .protect:
      let ids = machines(of: entry)
      guard let ids, let (pair, group) = group(of: entry) else { return nil }
      return .protect(pair, group, ids)
    case .configureReplication: return replications(of: entry).map { .configureReplication($0) }
    case .stopReplication: return replications(of: entry).map { .stopReplication($0) }
    case .createPlan: return plan(of: entry).map { .createPlan($0.pair, $0.id) }
    case .testPlan, .cleanUpPlan, .recoverPlan, .reprotectPlan: return run(verb, of: entry)
    case .cancelPlan: return plan(of: entry).map { .cancel($0.pair, $0.id) }
    case .dismissPrompt: return plan(of: entry).map { .dismissPrompt($0.pair, $0.id) }
    case .failOperation: return failure(of: entry)
    case .deletePlaceholder, .movePlaceholder, .restorePlaceholders, .deleteMachine, .editPlan, .deletePlan,
      .damagePlan, .saveSettings, .leaveGroup, .unprotect, .configureGroup, .deleteGroup, .removeMapping,
      .changeMapping, .discoverDevices, .changeDevice, .removeDevice, .failAdapter:
      return recoveryEdit(verb, of: entry)
    default: preconditionFailure("\(verb.rawValue) is no verb of Site Recovery Manager")
    }
  }

  // MARK: What entries name

  mutating func plan(of entry: TimelineEntryDraft) -> (pair: RecoveryPairID, id: RecoveryPlanID)? {
    guard let index = recovery.planNames.resolve(entry.plan.located, log: &log) else { return nil }
    let plan = recovery.plans[index]
    return plan.pair.map { (RecoveryPairID($0), RecoveryPlanID(plan.position)) }
  }

  mutating func group(of entry: TimelineEntryDraft) -> (pair: RecoveryPairID, id: ProtectionGroupID)? {
    guard let reference = entry.group.located else { return nil }
    switch reference.value {
    case .first(let number):
      log.report(
        .wrongType, "\"group\" needs the name of a protection group, not the number \(number)",
        at: reference.span)
      return nil
    case .second(let name):
      let located = Located(value: name, span: reference.span)
      guard let index = recovery.groupNames.resolve(located, log: &log) else { return nil }
      let group = recovery.groups[index]
      return group.pair.map { (RecoveryPairID($0), ProtectionGroupID(group.position)) }
    }
  }

  /// The pair and the side of it that a site is; the other site need not be named where there is only one.
  mutating func side(
    _ site: Field<String>, _ other: Field<String>
  ) -> (pair: RecoveryPairID, side: PairSide)? {
    let index = siteNames.resolve(site.located, log: &log)
    let partner = siteNames.resolve(other.located, log: &log)
    guard let index, let reference = site.located, !other.isGiven || partner != nil else { return nil }
    let pairs = recovery.pairs.indices.filter { pair in
      recovery.pairs[pair].side(of: index) != nil
        && (partner.map { recovery.pairs[pair].joins(index, $0) } ?? true)
    }
    guard pairs.count == 1, let side = recovery.pairs[pairs[0]].side(of: index) else {
      // Without plans that could be read, nothing is certain.
      guard draft.recoveryPlans.located != nil, draft.protectionGroups.located != nil else { return nil }
      log.report(
        .noPair,
        pairs.isEmpty
          ? "the site \(quoted(reference.value)) is not paired with \(partner.map { quoted(siteName($0)) } ?? "another")"
          : "the site \(quoted(reference.value)) is paired with several sites", at: reference.span,
        help: pairs.isEmpty ? "name both sites in \"mappings\", in a group or in a plan" : "write \"to\"")
      return nil
    }
    return (RecoveryPairID(pairs[0]), side)
  }

  /// The pair of two sites; reported where the scenario describes none.
  private mutating func joinedPair(_ field: Field<[Located<String>]>) -> RecoveryPairID? {
    guard let sites = field.located, sites.value.count == 2,
      let direction = direction(from: sites.value[0], to: sites.value[1])
    else { return nil }
    guard let pair = recovery.pair(of: direction.from, direction.to) else {
      if draft.recoveryPlans.located != nil, draft.protectionGroups.located != nil {
        log.report(
          .noPair,
          "the sites \(quoted(sites.value[0].value)) and \(quoted(sites.value[1].value)) are not paired",
          at: sites.span, help: "name both sites in \"mappings\", in a group or in a plan")
      }
      return nil
    }
    return RecoveryPairID(pair)
  }

  // MARK: Runs

  private mutating func run(
    _ verb: Scenario.TimelineEntry.Verb, of entry: TimelineEntryDraft
  ) -> Scenario.RecoveryAction? {
    let workflow = workflow(verb, of: entry)
    let points = pointsInTime(of: entry)
    guard let (pair, id) = plan(of: entry), let workflow, let points else { return nil }
    var from: PairSide?
    if entry.from.isGiven {
      guard let site = siteNames.resolve(entry.from.located, log: &log), let reference = entry.from.located
      else {
        return nil
      }
      from = recovery.pairs[pair.index].side(of: site)
      if from == nil {
        log.report(
          .wrongSite, "the plan does not belong to the site \(quoted(reference.value))", at: reference.span)
        return nil
      }
    }
    let prompts: Scenario.PlanRunOptions.Prompts
    switch entry.prompts.known {
    case .first(.dismiss): prompts = .dismissed(after: .zero)
    case .second(let dismissal):
      guard let after = dismissal.after.known else { return nil }
      prompts = .dismissed(after: after)
    case .first(.wait), nil: prompts = .wait
    }
    return .run(
      pair, id,
      Scenario.PlanRunOptions(
        workflow: workflow, from: from, prompts: prompts, pointsInTime: points,
        user: entry.user.known ?? entry.role.known ?? "administrator"))
  }

  private mutating func workflow(
    _ verb: Scenario.TimelineEntry.Verb, of entry: TimelineEntryDraft
  ) -> PlanWorkflow? {
    let isForced = entry.isForced.known ?? false
    let synchronizes = entry.synchronizesData.known ?? true
    switch verb {
    case .testPlan: return .test(synchronizesData: synchronizes)
    case .cleanUpPlan: return .cleanup(isForced: isForced)
    case .reprotectPlan: return .reprotect(isForced: isForced)
    default: break
    }
    guard let mode = entry.mode.known else { return nil }
    guard mode == .plannedMigration else {
      return isForced ? .forcedRecovery : .disasterRecovery(synchronizesData: synchronizes)
    }
    if isForced, let span = entry.isForced.located?.span {
      log.report(
        .conflictingKeys, "a planned migration cannot be forced", at: span,
        help: "write \"mode\": \"disaster-recovery\"")
    }
    if !synchronizes, let span = entry.synchronizesData.located?.span {
      log.report(
        .conflictingKeys, "a planned migration always replicates recent changes", at: span,
        help: "write \"mode\": \"disaster-recovery\"")
    }
    if let points = entry.pointsInTime.located, !points.value.isEmpty {
      log.report(
        .conflictingKeys, "a planned migration recovers the newest instance, which loses nothing",
        at: points.span, help: "write \"mode\": \"disaster-recovery\"")
    }
    return .plannedMigration
  }

  /// The older instances that a run takes, ascending by machine; those "before" another entry once that has its instant.
  private mutating func pointsInTime(
    of entry: TimelineEntryDraft
  ) -> [RecoveryCore.RecoveryAction.PointInTime]? {
    let plan = entry.plan.known.flatMap { recovery.planNames.index(of: $0) }
    let members = Set(plan.map { recovery.plans[$0].groups.flatMap { recovery.groups[$0].members } } ?? [])
    var instants: [Int: Instant] = [:]
    for located in entry.pointsInTime.known ?? [] {
      let point = located.value
      if point.at.isGiven == point.before.isGiven {
        log.report(
          point.at.isGiven ? .conflictingKeys : .missingKey,
          point.at.isGiven
            ? "\"at\" and \"before\" exclude each other" : "point in time has neither \"at\" nor \"before\"",
          at: located.span.start)
      }
      guard let selector = point.virtualMachine.located, let selected = select(selector) else { return nil }
      if plan != nil, let stranger = selected.first(where: { !members.contains($0) }), !log.hasErrors {
        log.report(
          .notProtected,
          "virtual machine \(quoted(machines[stranger].name)) is in no group of the plan \(quoted(entry.plan.known ?? "?"))",
          at: selector.span)
      }
      let before = point.before.known.flatMap { id in entries.first { $0.draft.id.known == id }?.instant }
      guard let instant = point.at.known.map({ Instant.zero + $0 }) ?? before else { continue }
      for machine in selected { instants[machine] = instant }
    }
    return instants.keys.sorted().compactMap { machine in
      instants[machine].map {
        RecoveryCore.RecoveryAction.PointInTime(vm: VirtualMachineID(machine), instant: $0)
      }
    }
  }

  /// Gives a run the instances "before" other entries, whose instants are known by now.
  mutating func completePointsInTime(ofEntry index: Int) {
    let entry = entries[index].draft
    let references = (entry.pointsInTime.known ?? []).compactMap(\.value.before.located)
    guard !references.isEmpty else { return }
    var ids = NameTable("timeline entry")
    for (index, other) in entries.enumerated() {
      if other.draft.id.isGiven, other.draft.id.located == nil { ids.missesSome() }
      if let id = other.draft.id.located, ids.index(of: id.value) == nil {
        ids.define(id, as: index, log: &log)
      }
    }
    for reference in references {
      guard let other = ids.resolve(reference, log: &log), entries[other].afterRun != nil else { continue }
      log.report(
        .invalidMoment,
        "the start of \(quoted(reference.value)) is not known, since it waits for a plan's run",
        at: reference.span, help: "write \"at\" with a time")
    }
    guard case .recovery(.run(let pair, let plan, let options))? = entries[index].action,
      let points = pointsInTime(of: entry)
    else { return }
    entries[index].action = .recovery(
      .run(
        pair, plan,
        Scenario.PlanRunOptions(
          workflow: options.workflow, from: options.from, prompts: options.prompts, pointsInTime: points,
          user: options.user)))
  }

  // MARK: Faults

  private mutating func failure(of entry: TimelineEntryDraft) -> Scenario.RecoveryAction? {
    let named = entry.plan.isGiven ? plan(of: entry) : nil
    let group = entry.group.isGiven ? group(of: entry) : nil
    let ids = entry.virtualMachine.isGiven ? machines(of: entry) : nil
    guard named != nil || !entry.plan.isGiven, group != nil || !entry.group.isGiven,
      ids != nil || !entry.virtualMachine.isGiven, let kind = entry.operation.known,
      let text = entry.text.known
    else { return nil }
    var pairs: [Int] = [named?.pair.index, group?.pair.index].compactMap { $0 }
    if let ids {
      guard ids.count == 1 else {
        if let span = entry.virtualMachine.located?.span {
          log.report(
            .wrongCount, "operations fail for one virtual machine or for all, not for \(ids.count)", at: span,
            help: "leave \"vm\" out, or write an entry for each")
        }
        return nil
      }
      let group = recovery.groupOfMachine[ids[0].index]
      if let pair = group.flatMap({ recovery.groups[$0].pair }) { pairs.append(pair) }
      if group == nil, let span = entry.virtualMachine.located?.span, !log.hasErrors {
        log.report(
          .notProtected, "virtual machine \(quoted(machines[ids[0].index].name)) is in no protection group",
          at: span)
        return nil
      }
    }
    if pairs.isEmpty, recovery.pairs.count == 1 { pairs = [0] }
    guard let pair = pairs.first else {
      if let span = entry.verb.located?.span, draft.recoveryPlans.located != nil {
        log.report(
          .noPair, "nothing says whose operations fail", at: span, help: "write \"plan\", \"group\" or \"vm\""
        )
      }
      return nil
    }
    return .failOperation(
      RecoveryPairID(pair),
      Scenario.OperationFault(kind: kind, virtualMachine: ids?.first, group: group?.id, text: text))
  }
}
