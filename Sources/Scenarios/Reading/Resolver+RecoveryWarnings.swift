import Inventory
import Quantities
import RecoveryCore

/// What is allowed about recoveries, and hardly meant.
extension Resolver {
  /// Warns about machines that no mapping places at the recovery site, once for each object without a mapping.
  mutating func warnAboutMappings() {
    guard !log.hasErrors else { return }
    for group in recovery.groups {
      guard let index = group.pair, let direction = group.direction,
        let span = group.draft.name.located?.span,
        let side = recovery.pairs[index].side(of: direction.from)
      else { continue }
      let mapped = Set(
        recovery.pairs[index].mappings.flatMap { mapping -> [Int] in
          if mapping.from == side { return [mapping.source] }
          return mapping.isReversed ? [mapping.target] : []
        })
      var missing: [Int: [Int]] = [:]
      for machine in group.members {
        guard let location = location(of: machine) else { continue }
        let overrides = recovery.settings[machine]?.overrides[side] ?? VMLocationOverrides.none
        var needed: [MappableObjectID] = []
        if overrides.folder == nil { needed.append(location.folder) }
        if overrides.resource == nil { needed.append(location.resource) }
        for (card, network) in location.networks.enumerated() {
          let isPlaced = overrides.networks.indices.contains(card) && overrides.networks[card] != nil
          if let network, !isPlaced, !needed.contains(network) { needed.append(network) }
        }
        for object in needed where !mapped.contains(object.index) {
          missing[object.index, default: []].append(machine)
        }
      }
      for object in missing.keys.sorted() {
        let members = missing[object] ?? []
        let name = quoted(members.first.map { machines[$0].name } ?? "?")
        let others = members.count > 1 ? " and \(members.count - 1) more" : ""
        log.report(
          .mappingMissing,
          "\(objectText(object, at: direction.from)) of virtual machine \(name)\(others) is not mapped to site \(quoted(siteName(direction.to)))",
          at: span, help: "add it to \"mappings\"")
      }
    }
  }

  /// Reports plans that recover nothing: as an error where they say how machines of theirs are recovered.
  mutating func checkPlansHaveGroups() {
    for plan in recovery.plans where plan.draft.groups.known?.isEmpty == true {
      guard let name = plan.draft.name.located else { continue }
      let names = (draft.protectionGroups.known ?? []).compactMap(\.value.name.known)
      let help =
        names.isEmpty
        ? "make a protection group, and name it in \"groups\""
        : "name them in \"groups\"; there are: \(abridged(names))"
      if plan.draft.virtualMachines.known?.isEmpty ?? true {
        log.report(
          .planWithoutGroups, "the plan \(quoted(name.value)) has no groups and recovers nothing",
          at: name.span,
          help: help)
      } else {
        log.report(
          .notProtected,
          "the plan \(quoted(name.value)) has no groups, and so none of the machines in its \"vms\"",
          at: name.span, help: help)
      }
    }
  }

  /// Warns once if guests of machines in plans boot in no time because nobody said otherwise.
  mutating func warnAboutInstantGuests() {
    guard !log.hasErrors else { return }
    let members = Set(recovery.plans.flatMap { $0.groups.flatMap { recovery.groups[$0].members } }).sorted()
    let instant = members.filter { !machines[$0].draft.boot.isGiven }
    guard let first = instant.first else { return }
    let others = instant.count > 1 ? " and \(instant.count - 1) more boot" : " boots"
    log.report(
      .instantGuests,
      "virtual machine \(quoted(machines[first].name))\(others) in no time, which makes recovery times too short",
      at: machines[first].nameSpan,
      help: "give each what its guest takes, as \"boot\": \"2m\"; \"0s\" if it is meant")
  }

  /// What messages call an object, as `the network "prod"`.
  private func objectText(_ object: Int, at site: Int) -> String {
    for word in MappingWord.allCases {
      let position = object - objectOffset(word, at: site)
      let names = objectNames(word, at: site)
      guard names.indices.contains(position) else { continue }
      let noun =
        switch word {
        case .networks: "network"
        case .folders: "folder"
        case .resources: "cluster"
        case .storagePolicies: "storage policy"
        }
      return "the \(noun) \(quoted(names[position]))"
    }
    return "an object"
  }

  // MARK: Timeline

  /// Checks what depends on the order of the entries.
  mutating func checkRecoveryTimeline() {
    for index in entries.indices {
      let entry = entries[index]
      guard let verb = entry.draft.verb.known, let instant = entry.instant else { continue }
      checkCreated(entry.draft, verb, at: instant)
      if verb.isPlanRun { completePointsInTime(ofEntry: index) }
      guard case .recovery(.run(let pair, let plan, let options))? = entry.action else { continue }
      guard
        let planned = recovery.plans.first(where: { $0.pair == pair.index && $0.position == plan.index })
      else { continue }
      if options.workflow == .forcedRecovery { warnAboutForce(planned, entry.draft) }
      if verb == .reprotectPlan { warnAboutReverse(planned, entry.draft) }
    }
    warnAboutLateInstallations()
  }

  /// Reports an entry about a plan or group that another entry makes later.
  private mutating func checkCreated(
    _ entry: TimelineEntryDraft, _ verb: Scenario.TimelineEntry.Verb, at instant: Instant
  ) {
    if let plan = entry.plan.located, verb != .createPlan, recovery.later.plans.contains(plan.value) {
      let made = entries.filter { $0.draft.verb.known == .createPlan && $0.draft.plan.known == plan.value }
      reportIfEarly("the plan", plan, at: instant, made)
    }
    if case .second(let name)? = entry.group.known, let span = entry.group.located?.span,
      verb != .createGroup,
      recovery.later.groups.contains(name)
    {
      let made = entries.filter { entry in
        guard entry.draft.verb.known == .createGroup, case .second(name)? = entry.draft.group.known else {
          return false
        }
        return true
      }
      reportIfEarly("the group", Located(value: name, span: span), at: instant, made)
    }
  }

  private mutating func reportIfEarly(
    _ noun: String, _ name: Located<String>, at instant: Instant, _ made: [PlannedEntry]
  ) {
    let instants = made.compactMap(\.instant)
    guard let first = instants.min(), instants.count == made.count, instant < first else { return }
    log.report(
      .notMadeYet, "\(noun) \(quoted(name.value)) is not there before \(first)", at: name.span,
      help: "the timeline makes it then; remove that entry if it is there from the beginning")
  }

  private mutating func warnAboutForce(_ plan: PlannedRecovery.Plan, _ entry: TimelineEntryDraft) {
    guard let direction = plan.direction, let span = entry.isForced.located?.span else { return }
    let isTurned = entries.contains { other in
      other.draft.verb.known == .reprotectPlan && other.draft.plan.known == plan.draft.name.known
    }
    let sites = isTurned ? [direction.to, direction.from] : [direction.to]
    guard !sites.contains(where: { recoveryDefaults(ofSite: $0).allowsForcedRecovery }) else { return }
    log.report(
      .forcedNotAllowed, "the site \(quoted(siteName(direction.to))) does not allow forced recoveries",
      at: span,
      help: "write \"recovery\": { \"defaults\": { \"allowForced\": true } }")
  }

  /// Warns about a reprotect that finds no way back for a machine.
  private mutating func warnAboutReverse(_ plan: PlannedRecovery.Plan, _ entry: TimelineEntryDraft) {
    guard !log.hasErrors, let index = plan.pair, let direction = plan.direction,
      let span = entry.plan.located?.span, let side = recovery.pairs[index].side(of: direction.from)
    else { return }
    let pair = recovery.pairs[index]
    for machine in plan.groups.flatMap({ recovery.groups[$0].members }) {
      guard let location = location(of: machine) else { continue }
      for object in [location.folder, location.resource] + location.networks.compactMap({ $0 }) {
        let target = pair.mappings.lazy.compactMap { mapping -> Int? in
          if mapping.from == side { return mapping.source == object.index ? mapping.target : nil }
          return mapping.isReversed && mapping.target == object.index ? mapping.source : nil
        }.first
        guard let target else { continue }
        let isMappedBack = pair.mappings.contains { mapping in
          mapping.from == side ? mapping.isReversed && mapping.target == target : mapping.source == target
        }
        guard !isMappedBack else { continue }
        log.report(
          .noReverseMapping,
          "\(objectText(target, at: direction.to)), to which virtual machine \(quoted(machines[machine].name)) is recovered, is not mapped back",
          at: span, help: "write \"reverse\": true in \"mappings\"")
        return
      }
    }
  }
}
