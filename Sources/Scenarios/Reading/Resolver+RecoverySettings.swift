import Inventory
import Quantities
import RecoveryCore

/// How each machine is recovered: what the plans that hold it say.
extension Resolver {
  /// The advanced settings of a site.
  func recoveryDefaults(ofSite site: Int) -> RecoveryDefaults {
    var defaults = RecoveryDefaults()
    let recovery = draft.recovery.known
    recovery?.defaults.known?.apply(to: &defaults)
    let name = siteName(site)
    recovery?.siteDefaults.known?.first { $0.name.value == name }?.value.apply(to: &defaults)
    return defaults
  }

  mutating func resolveRecoverySettings() {
    checkRecoveryDefaults()
    for index in recovery.plans.indices {
      let plan = recovery.plans[index]
      let members = Set(plan.groups.flatMap { recovery.groups[$0].members })
      var ofPlan: [Int: PlannedRecovery.Settings] = [:]
      for located in plan.draft.virtualMachines.known ?? [] {
        apply(located, of: index, members: members, to: &ofPlan)
      }
      merge(ofPlan, of: index)
    }
    resolveAddressTable()
    checkCards()
    checkDependencies()
  }

  /// Applies one entry of a plan to the machines that it selects.
  private mutating func apply(
    _ located: Located<PlanMachineDraft>, of plan: Int, members: Set<Int>,
    to settings: inout [Int: PlannedRecovery.Settings]
  ) {
    let draft = located.value
    let changes = changes(of: draft, inPlan: plan)
    guard let selector = draft.match.located, let selected = select(selector) else { return }
    let meant = selected.filter { members.contains($0) }
    if meant.isEmpty || !selector.value.contains("*") && meant.count < selected.count {
      let stranger = selected.first { !members.contains($0) } ?? selected.first
      // What a group that is itself defective would hold is not known.
      if let stranger, !log.hasErrors, !recovery.plans[plan].groups.isEmpty {
        log.report(
          .notProtected,
          "virtual machine \(quoted(machines[stranger].name)) is in no group of the plan \(quoted(recovery.plans[plan].draft.name.known ?? "?"))",
          at: selector.span)
      }
    }
    guard let pair = recovery.plans[plan].pair, let direction = recovery.plans[plan].direction else { return }
    let site = recovery.pairs[pair].side(of: direction.to)
    let overrides = draft.place.known.map { self.overrides(of: $0, at: direction.to) }
    for machine in meant {
      var entry =
        settings[machine]
        ?? PlannedRecovery.Settings(
          settings: VMRecoverySettings(defaults: recoveryDefaults(ofSite: direction.to)), plan: plan,
          span: selector.span)
      entry.span = selector.span
      changes.apply(to: &entry.settings, of: VirtualMachineID(machine))
      if changes.nics != nil { entry.cardSpans = changes.cardSpans }
      if changes.dependencies != nil { entry.dependencySpan = draft.dependencies.located?.span }
      if let overrides, let site { entry.overrides[site.other] = overrides }
      settings[machine] = entry
    }
  }

  mutating func overrides(of place: PlaceDraft, at site: Int) -> VMLocationOverrides {
    func id(_ word: MappingWord, _ reference: Field<String>) -> MappableObjectID? {
      resolveObject(word, reference.located, at: site).map { MappableObjectID($0) }
    }
    var networks: [Located<String>] = []
    switch place.networks.known {
    case .first(let name): networks = [name]
    case .second(let names): networks = names
    case nil: break
    }
    return VMLocationOverrides(
      folder: id(.folders, place.folder), resource: id(.resources, place.resource),
      networks: networks.map { resolveObject(.networks, $0, at: site).map { MappableObjectID($0) } },
      storagePolicy: id(.storagePolicies, place.storagePolicy))
  }

  /// Takes what a plan says of its machines; two plans that differ are reported once.
  private mutating func merge(_ ofPlan: [Int: PlannedRecovery.Settings], of plan: Int) {
    var isReported = false
    for machine in ofPlan.keys.sorted() {
      guard let new = ofPlan[machine] else { continue }
      guard let old = recovery.settings[machine] else {
        recovery.settings[machine] = new
        continue
      }
      guard old.settings != new.settings || old.overrides != new.overrides, !isReported else { continue }
      isReported = true
      func name(_ plan: Int?) -> String {
        quoted(plan.flatMap { recovery.plans[$0].draft.name.known } ?? "?")
      }
      log.report(
        .settingsDiffer,
        "the plans \(name(old.plan)) and \(name(plan)) say different things of virtual machine \(quoted(machines[machine].name))",
        at: new.span, notes: ["the first is on \(log.location(of: old.span))"],
        help: "recovery settings belong to the machine; write them in one plan, or the same in both")
    }
  }

  // MARK: Times

  private mutating func checkRecoveryDefaults() {
    guard let draft = draft.recovery.known else { return }
    var all = draft.defaults.known.map { [$0] } ?? []
    for (name, defaults) in draft.siteDefaults.known ?? [] {
      _ = siteNames.resolve(name, log: &log)
      all.append(defaults)
    }
    for defaults in all {
      for field in [defaults.shutdownTimeout, defaults.toolsTimeout, defaults.delay] {
        checkTimeout(field, maximum: VMRecoverySettings.timeoutMaximum)
      }
    }
  }

  mutating func checkTimeout(_ field: Field<TimeSpan>, maximum: TimeSpan) {
    guard let located = field.located, located.value > maximum else { return }
    log.report(
      .timeoutTooLong, "\(located.value) is more than the \(maximum) that are accepted", at: located.span)
  }

  // MARK: Dependencies

  private mutating func checkDependencies() {
    var dependencies: [[VirtualMachineID]] = Array(repeating: [], count: machines.count)
    for (machine, planned) in recovery.settings { dependencies[machine] = planned.settings.dependencies }
    var reported: Set<SourceSpan> = []
    for machine in recovery.settings.keys.sorted() {
      guard let planned = recovery.settings[machine], let span = planned.dependencySpan,
        !reported.contains(span)
      else { continue }
      let id = VirtualMachineID(machine)
      if VMRecoverySettings.dependencyProblem(of: id, dependencies: dependencies) == .cycle {
        // One report for all machines of the cycle: the others' entries are marked too.
        for other in cycle(through: id, dependencies) {
          if let span = recovery.settings[other.index]?.dependencySpan { reported.insert(span) }
        }
        reported.insert(span)
        log.report(
          .dependencyCycle, "virtual machine \(quoted(machines[machine].name)) would wait for itself",
          at: span)
        continue
      }
      if let text = uselessDependency(of: machine, planned) {
        reported.insert(span)
        log.report(
          .ignoredDependency, text, at: span, help: "only machines of the same plan and priority count")
      }
    }
  }

  /// The machines that a machine needs and that need it.
  private func cycle(
    through vm: VirtualMachineID, _ dependencies: [[VirtualMachineID]]
  ) -> [VirtualMachineID] {
    var reached: Set<VirtualMachineID> = []
    var waiting = dependencies[vm.index]
    while let next = waiting.popLast() {
      if reached.insert(next).inserted { waiting += dependencies[next.index] }
    }
    return reached.sorted()
  }

  /// Why a dependency has no effect, or `nil` if all have one.
  private func uselessDependency(of machine: Int, _ planned: PlannedRecovery.Settings) -> String? {
    guard let group = recovery.groupOfMachine[machine] else { return nil }
    let name = quoted(machines[machine].name)
    for dependency in planned.settings.dependencies {
      let other = quoted(machines[dependency.index].name)
      guard let otherGroup = recovery.groupOfMachine[dependency.index] else { continue }
      let isTogether = recovery.plans.contains { $0.groups.contains(group) && $0.groups.contains(otherGroup) }
      guard isTogether else { return "no plan holds both \(name) and \(other), which it depends on" }
      let priority = planned.settings.priority
      let otherPriority =
        recovery.settings[dependency.index]?.settings.priority
        ?? (recovery.groups[otherGroup].direction.map { recoveryDefaults(ofSite: $0.to) }
        ?? RecoveryDefaults())
        .priority
      guard priority == otherPriority else {
        return
          "\(name) has priority \(priority.level) and depends on \(other) of priority \(otherPriority.level)"
      }
    }
    return nil
  }
}
