import Inventory
import Quantities
import RecoveryCore
import ReplicationCore
import Scenarios
import SimulationKernel

/// What the timeline does with Site Recovery Manager.
///
/// What cannot be done is refused: an event says so, and a run that was refused counts as ended at once.
extension World {
  /// - Parameters:
  ///   - entry: The entry of the timeline, or `nil` if somebody else asks for it.
  ///   - actor: Who asks.
  mutating func begin(
    _ action: Scenario.RecoveryAction, entry: Int?, by actor: Scenario.Actor
  ) throws(SimulationFailure) {
    var refusal: RecoveryFailure?
    var isFirstRun = false
    if case .run(let pair, let plan, _) = action {
      // What was interrupted goes on with its images.
      isFirstRun = conductors[pair.index].status(ofPlan: plan.index) == .ready
    }
    do throws(RecoveryFailure) {
      try attempt(action, entry: entry, by: actor)
    } catch {
      refusal = error
    }
    switch action {
    case .run(let pair, let plan, let options):
      if refusal == nil, isFirstRun, options.workflow.isTest || options.workflow.isRecovery,
        let id = conductors[pair.index].planIDs[plan.index]
      {
        try discardImagesLeft(by: id, pair: pair.index)
      }
    case .deploy(let ids): try deploy(ids)
    case .configureReplication(let ids):
      try configureReplication(authorized(ids, action.verb, by: actor))
    case .stopReplication(let ids): try stopReplication(authorized(ids, action.verb, by: actor))
    case .change(let pair, .deleteMachines(let vms, let site)):
      try deleteMachines(vms, at: site, pair: pair.index)
    default: break
    }
    if let refusal {
      record.note(
        "\(action.verb.rawValue)-refused", subject: subject(of: action), detail: refusal.text, at: now)
      if action.isRun, let entry { runEnded(entry: entry) }
    }
    if let pair = pair(of: action) { try conduct(pair) }
  }

  /// Only operations that fail do so for a time, records of plans that are damaged, and what is out of order at arrays.
  mutating func end(_ action: Scenario.RecoveryAction, entry: Int) {
    switch action {
    case .failOperation(let pair, _): conductors[pair.index].faults.removeAll { $0.entry == entry }
    case .change(let pair, .damagePlan(let plan)):
      conductors[pair.index].setDamaged(false, plan.index)
      tellNews(of: pair.index)
    case .change(let pair, .removeDevice(let system, let device)):
      deviceReturned(device, of: system, entry: entry, pair: pair.index)
    case .change(let pair, .failAdapter(let system, let side, _)):
      adapterReturned(of: system, at: side, entry: entry, pair: pair.index)
    default: break
    }
  }

  private mutating func attempt(
    _ action: Scenario.RecoveryAction, entry: Int?, by actor: Scenario.Actor
  ) throws(RecoveryFailure) {
    switch action {
    case .installAddOn(let addOn, let site): try install(addOn, at: site)
    case .removeAddOn(let addOn, let site): try remove(addOn, at: site)
    case .renewCertificate(let addOn, let site): try renewCertificate(of: addOn, at: site)
    case .createNetwork(let site, let network): try createNetwork(network, at: site)
    case .deploy, .configureReplication, .stopReplication: break
    case .pair(let pair):
      try conductors[pair.index].require(ReplicationOperation.pairVr.privileges, of: actor)
      try pairSites(pair)
    case .reconnect(let pair):
      try conductors[pair.index].require(ReplicationOperation.reconnectVrPairing.privileges, of: actor)
      try conductors[pair.index].reconnect()
      tellSites(pair.index)
    case .unpair(let pair):
      try conductors[pair.index].authorize(.deletePairing, from: .first, needsRemoteSite: true, by: actor)
      try conductors[pair.index].require(ReplicationOperation.deleteVrPairing.privileges, of: actor)
      try conductors[pair.index].unpair(hasReplications: hasReplications(between: pair))
    case .logIn(let pair, let side): try conductors[pair.index].logIn(from: side)
    case .logOut(let pair, let side): conductors[pair.index].logOut(from: side)
    case .map(let pair, let kind, let side):
      try conductors[pair.index].authorize(kind.creation, from: side, needsRemoteSite: true, by: actor)
      // What could be mapped counts, also if something else could not.
      defer { configureOpenGroups(pair.index) }
      try conductors[pair.index].map(kind, from: side, areMadeLater: true)
    case .placePlaceholders(let pair, let side):
      try conductors[pair.index].authorize(
        .createPlaceholderDatastores, from: side, needsRemoteSite: false, by: actor)
      try conductors[pair.index].placePlaceholders(at: side)
      configureOpenGroups(pair.index)
    case .createGroup(let pair, let group):
      let side = conductors[pair.index].description.groups[group.index].description.protectedSide
      try conductors[pair.index].authorize(.createGroup, from: side, needsRemoteSite: true, by: actor)
      let commands = try conductors[pair.index].createGroup(group.index)
      noteProblems(ofGroup: group.index, pair: pair.index)
      conductors[pair.index].ask(commands, at: now)
    case .protect(let pair, let group, let vms):
      let side = conductors[pair.index].description.groups[group.index].description.protectedSide
      try conductors[pair.index].authorize(.reconfigureGroup, from: side, needsRemoteSite: true, by: actor)
      if let refusal = refusalToJoin(vms) { throw refusal }
      let commands = try conductors[pair.index].protect(vms, in: group.index)
      for vm in vms { lookAt(vm, pair: pair.index) }
      noteProblems(ofGroup: group.index, pair: pair.index)
      conductors[pair.index].ask(commands, at: now)
    case .createPlan(let pair, let plan):
      let side = conductors[pair.index].description.plans[plan.index].description.protectedSide
      try conductors[pair.index].authorize(.createPlan, from: side.other, needsRemoteSite: false, by: actor)
      try conductors[pair.index].createPlan(plan.index)
    case .run(let pair, let plan, let options):
      try start(planID(plan, of: pair), options, pair: pair.index, entry: entry, by: actor)
    case .cancel(let pair, let plan):
      try conductors[pair.index].cancel(planID(plan, of: pair), by: actor, at: now)
    case .dismissPrompt(let pair, let plan):
      try conductors[pair.index].dismissPrompts(of: planID(plan, of: pair), by: actor, at: now)
    case .failOperation(let pair, let fault): conductors[pair.index].faults.append((entry, fault))
    case .change(let pair, let change): try attempt(change, entry: entry, pair: pair.index, by: actor)
    }
  }

  func planID(
    _ position: RecoveryPlanID, of pair: RecoveryPairID
  ) throws(RecoveryFailure) -> RecoveryPlanID {
    guard let id = conductors[pair.index].planIDs[position.index] else {
      throw RecoveryFailure("the recovery plan does not exist")
    }
    return id
  }

  private mutating func configureOpenGroups(_ pair: Int) {
    let commands = conductors[pair].configureOpenGroups()
    conductors[pair].ask(commands, at: now)
  }

  /// Says of the machines of a group that could not be protected why.
  mutating func noteProblems(ofGroup position: Int, pair: Int) {
    guard let id = conductors[pair].groupIDs[position], let group = conductors[pair].groups.group(id) else {
      return
    }
    for vm in group.members {
      guard conductors[pair].groups.protectedVM(vm)?.placeholderProblem != nil,
        let problem = conductors[pair].problem(of: vm)
      else { continue }
      record.note(
        "vm.protection-failed", subject: scenario.inventory[vm].name, detail: problem, at: now)
    }
  }

  // MARK: - Runs

  private mutating func start(
    _ plan: RecoveryPlanID, _ options: Scenario.PlanRunOptions, pair: Int, entry: Int?,
    by actor: Scenario.Actor
  ) throws(RecoveryFailure) {
    lookAtMachines(of: pair)
    let recoverySide = conductors[pair].book.protectedSide(of: plan).other
    let groups = planGroups(of: plan, recoveredTo: recoverySide, pair: pair)
    try conductors[pair].start(
      plan, options, from: options.from ?? recoverySide, groups: groups, entry: entry, by: actor, at: now)
    holdPoints(options.pointsInTime, ofPlan: plan, pair: pair)
  }

  private func planGroups(of plan: RecoveryPlanID, recoveredTo side: PairSide, pair: Int) -> [PlanGroup] {
    let conductor = conductors[pair]
    return conductor.book.plan(plan, seenFrom: side).groups.compactMap { id in
      guard let group = conductor.groups.group(id) else { return nil }
      return PlanGroup(
        id: id, name: group.name,
        members: group.members.map { member(of: $0, recoveredTo: side, conductor) })
    }
  }

  private func member(
    of vm: VirtualMachineID, recoveredTo side: PairSide, _ conductor: RecoveryConductor
  ) -> PlanMember {
    let settings = conductor.settings(of: vm, recoveredTo: side)
    return PlanMember(
      vm: vm, name: scenario.inventory[vm].name, settings: settings,
      needsCustomization: !conductor.customizations(of: vm, recoveredTo: side).isEmpty,
      hasTools: scenario.virtualMachines[vm.index].guest.hasTools,
      isOnAtProtectedSite: isToRunAtProtectedSite(vm),
      problem: conductor.problem(of: vm),
      lacksPlaceholder: conductor.groups.protectedVM(vm)?.placeholder?.state == .deleted)
  }

  /// Whether a machine's protected copy is on, or would be if its host or site had not failed: nobody has shut it down.
  private func isToRunAtProtectedSite(_ vm: VirtualMachineID) -> Bool {
    guard let machine = machineIndex[vm.index], let copy = place(of: .protected, of: machine) else {
      return false
    }
    return machines[copy].power != .off
  }

  /// The run of an entry has ended: what waits for that is to come.
  mutating func runEnded(entry: Int) {
    for (index, waiting) in scenario.timeline.enumerated() {
      guard let end = waiting.afterRun, end.entry == entry else { continue }
      queue.schedule(WorldEvent(.timelineBegins, index), at: now + end.delay)
      guard let duration = waiting.duration else { continue }
      queue.schedule(WorldEvent(.timelineEnds, index), at: now + end.delay + duration)
    }
  }

  // MARK: - Names

  private func pair(of action: Scenario.RecoveryAction) -> Int? {
    switch action {
    case .installAddOn, .removeAddOn, .renewCertificate, .createNetwork, .deploy, .configureReplication,
      .stopReplication:
      nil
    case .pair(let pair), .reconnect(let pair), .unpair(let pair), .logIn(let pair, _), .logOut(let pair, _),
      .map(let pair, _, _),
      .placePlaceholders(let pair, _), .createGroup(let pair, _), .protect(let pair, _, _),
      .createPlan(let pair, _), .run(let pair, _, _), .cancel(let pair, _), .dismissPrompt(let pair, _),
      .failOperation(let pair, _), .change(let pair, _):
      pair.index
    }
  }

  func subject(of action: Scenario.RecoveryAction) -> String {
    func names(_ vms: [VirtualMachineID]) -> String {
      let first = scenario.inventory[vms[0]].name
      return vms.count == 1 ? first : "\(first) and \(vms.count - 1) more"
    }
    func names(_ pair: RecoveryPairID) -> String {
      let sites = scenario.recoveryPairs[pair.index].sites
      return "\(scenario.inventory[sites.first].name) and \(scenario.inventory[sites.second].name)"
    }
    func name(_ pair: RecoveryPairID, _ side: PairSide) -> String {
      scenario.inventory[scenario.recoveryPairs[pair.index].sites[side]].name
    }
    return switch action {
    case .installAddOn(_, let site), .removeAddOn(_, let site), .renewCertificate(_, let site):
      scenario.inventory[site].name
    case .createNetwork(let site, let network): scenario.sites[site.index].networks[network]
    case .deploy(let vms): names(vms)
    case .pair(let pair), .reconnect(let pair), .unpair(let pair): names(pair)
    case .logIn(let pair, let side), .logOut(let pair, let side), .map(let pair, _, let side),
      .placePlaceholders(let pair, let side):
      name(pair, side)
    case .createGroup(let pair, let group), .protect(let pair, let group, _):
      scenario.recoveryPairs[pair.index].groups[group.index].description.name
    case .configureReplication(let ids), .stopReplication(let ids):
      names(ids.map { scenario.replications[$0.index].virtualMachine })
    case .createPlan(let pair, let plan), .run(let pair, let plan, _), .cancel(let pair, let plan),
      .dismissPrompt(let pair, let plan):
      scenario.recoveryPairs[pair.index].plans[plan.index].description.name
    case .failOperation(_, let fault): fault.kind.rawValue
    case .change(let pair, let change):
      switch change {
      case .deletePlaceholders(let vms), .movePlaceholders(let vms, _, _), .deleteMachines(let vms, _),
        .saveSettings(let vms, _, _), .leaveGroups(let vms, _), .unprotect(let vms, _):
        names(vms)
      case .discoverDevices(let system), .changeDevice(let system, _, _), .removeDevice(let system, _),
        .failAdapter(let system, _, _):
        scenario.storageSystems[system.index].name
      case .removeMapping(let source, let side, _), .changeMapping(let source, _, let side, _):
        scenario.recoveryPairs[pair.index].objects[side][source].name
      case .restorePlaceholders(let group), .configureGroup(let group, _), .deleteGroup(let group, _):
        scenario.recoveryPairs[pair.index].groups[group.index].description.name
      case .editPlan(let plan, _, _), .deletePlan(let plan, _), .damagePlan(let plan):
        scenario.recoveryPairs[pair.index].plans[plan.index].description.name
      }
    }
  }
}
