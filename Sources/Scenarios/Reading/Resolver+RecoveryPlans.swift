import Inventory
import Quantities
import RecoveryCore

/// What plans hold beside their groups, and what is supported.
extension Resolver {
  mutating func resolvePlanDetails() {
    for index in recovery.plans.indices {
      let plan = recovery.plans[index].draft
      recovery.plans[index].callouts = (plan.steps.known ?? []).compactMap { planCallout($0) }
      guard let pair = recovery.plans[index].pair, let direction = recovery.plans[index].direction else {
        continue
      }
      for selector in plan.suspended.known ?? [] {
        for item in machinesGivingWay(selector, pair)
        where !recovery.plans[index].suspended.contains(where: { $0.machine == item.machine }) {
          recovery.plans[index].suspended.append(item)
        }
      }
      for (network, test) in plan.testNetworks.known ?? [] {
        _ = resolveObject(.networks, network, at: direction.to)
        _ = resolveObject(.networks, test, at: direction.to)
      }
    }
  }

  mutating func planCallout(_ located: Located<PlanStepDraft>) -> PlanCallout? {
    let step = located.value
    let places = [step.at.located?.value, step.before.located?.value.before, step.after.located?.value.after]
    let given = [step.at.isGiven, step.before.isGiven, step.after.isGiven]
    if given.count(where: { $0 }) > 1 {
      log.report(
        .conflictingKeys, "\"at\", \"before\" and \"after\" exclude each other", at: located.span.start)
    } else if !given.contains(true) {
      log.report(
        .missingKey, "step of a plan has neither \"at\" nor \"before\" nor \"after\"", at: located.span.start,
        help: "write \"after\": \"power-on:P1\", or \"at\": \"before-sync-storage\"")
    }
    guard let callout = callout(step, at: .recoveryStep), let position = places.compactMap({ $0 }).first
    else {
      return nil
    }
    return PlanCallout(callout, at: position)
  }

  /// The machines of a pair of sites that give way to those of a plan; those before the first that cannot, which is reported.
  mutating func machinesGivingWay(
    _ selector: Located<String>, _ pair: Int
  ) -> [(machine: Int, side: PairSide)] {
    var suspended: [(machine: Int, side: PairSide)] = []
    for machine in select(selector) ?? [] {
      let name = quoted(machines[machine].name)
      if recovery.groupOfMachine[machine] != nil {
        log.report(
          .suspendsProtected,
          "virtual machine \(name) is in a protection group and cannot give way to others",
          at: selector.span)
        return suspended
      }
      guard let site = machines[machine].site else { continue }
      guard let side = recovery.pairs[pair].side(of: site) else {
        log.report(
          .wrongSite,
          "virtual machine \(name) is at site \(quoted(siteName(site))), to which the plan does not recover",
          at: selector.span)
        return suspended
      }
      suspended.append((machine, side))
    }
    return suspended
  }

  // MARK: Limits

  /// Where the product runs: on Azure VMware Solution if either site is there.
  func offering(ofPair pair: Int?) -> Offering {
    guard draft.platform.known == .avs else { return .onPremises }
    let sites = draft.sites.known ?? []
    let considered =
      pair.map { [recovery.pairs[$0].sites.first, recovery.pairs[$0].sites.second] }
      ?? Array(sites.indices)
    return considered.contains { sites[$0].value.region.isGiven } ? .azureVMwareSolution : .onPremises
  }

  var recoveryLimits: RecoveryLimits {
    var limits = RecoveryLimits()
    limits.isEnforced = draft.limits.known == .product
    return limits
  }

  mutating func checkRecoveryLimits() {
    for (index, group) in recovery.groups.enumerated() {
      let name = group.draft.name.located
      check(.groupNameCharacters, name?.value.count, "characters of a group's name", at: name?.span)
      let description = group.draft.description.located
      check(
        .groupDescriptionCharacters, description?.value.count, "characters of a group's description",
        at: description?.span)
      check(.vmsPerGroup, recovery.groups[index].members.count, "virtual machines of a group", at: name?.span)
    }
    for plan in recovery.plans {
      let span = plan.draft.name.located?.span
      check(.groupsPerPlan, plan.groups.count, "groups of a plan", at: span)
      let members = plan.groups.reduce(0) { $0 + recovery.groups[$1].members.count }
      check(.vmsPerPlan, members, "virtual machines of a plan", at: span)
    }
    for pair in recovery.pairs.indices {
      let groups = recovery.groups.filter { $0.pair == pair }
      let span = groups.first?.draft.name.located?.span
      check(.protectionGroups, groups.count, "protection groups", at: span)
      check(.protectedVMs, groups.reduce(0) { $0 + $1.members.count }, "protected virtual machines", at: span)
      let plans = recovery.plans.filter { $0.pair == pair }
      check(.recoveryPlans, plans.count, "recovery plans", at: plans.first?.draft.name.located?.span)
    }
  }

  private mutating func check(_ limit: RecoveryLimit, _ count: Int?, _ noun: String, at span: SourceSpan?) {
    guard let count, let span, let exceeded = recoveryLimits.exceeded(limit, by: count) else { return }
    log.report(
      .recoveryLimit, "\(count) \(noun) are more than the \(exceeded.maximum) that are supported", at: span,
      help: "write \"limits\": \"relaxed\" at the top of the scenario to explore it anyway")
  }

  /// How many sites share one as their recovery site.
  mutating func checkSharing() {
    let limits = recoveryLimits
    guard limits.isEnforced else { return }
    for site in (draft.sites.known ?? []).indices {
      let pairs = recovery.pairs.indices.filter { recovery.pairs[$0].side(of: site) != nil }
      guard let last = pairs.last, let span = draft.sites.known?[site].value.name.located?.span else {
        continue
      }
      let maximum = pairs.map { offering(ofPair: $0).sharedRecoverySitesMaximum(limits) }.min() ?? 0
      guard pairs.count > maximum else { continue }
      let isCloud = offering(ofPair: last) == .azureVMwareSolution
      log.report(
        .recoveryLimit,
        "the site \(quoted(siteName(site))) is paired with \(pairs.count) sites, and \(maximum) is supported\(isCloud ? " on Azure VMware Solution" : "")",
        at: span, help: "write \"limits\": \"relaxed\" at the top of the scenario to explore it anyway")
    }
  }
}
