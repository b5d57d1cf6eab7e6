import Inventory
import Quantities
import RecoveryCore
import ReplicationCore
import Scenarios
import SimulationKernel

/// What drives the recovery between pairs of sites.
extension World {
  /// Sets up what is configured when the run begins.
  mutating func buildConductors() {
    awaitNetworks()
    for (index, description) in scenario.recoveryPairs.enumerated() {
      let names = BothSides(
        first: scenario.inventory[description.sites.first].name,
        second: scenario.inventory[description.sites.second].name)
      conductors.append(
        RecoveryConductor(
          description, id: RecoveryPairID(index), siteNames: names,
          replicationServers: BothSides(
            first: replicationServerCount(of: description.sites.first),
            second: replicationServerCount(of: description.sites.second)),
          arrays: ArrayKnowledge(scenario)))
      conductors[index].storage = RecoveryConductor.storage(of: description, in: scenario)
      buildArrays(ofPair: index)
      conductors[index].book.ignoresLocks = planted.contains(.lockNotTaken)
      tellSites(index)
      tellNetworks(index)
      for refusal in conductors[index].setUp() {
        record.note("recovery.setup-refused", subject: refusal.subject, detail: refusal.text, at: now)
      }
      _ = conductors[index].arrays.takeNews()
      for vm in description.virtualMachines { awaitViolation(of: vm.id, pair: index) }
      armTimer(ofPair: index)
    }
  }

  /// Lets a pair's plans go on as far as they can now.
  mutating func conduct(_ pair: Int) throws(SimulationFailure) {
    conductors[pair].advance(to: now)
    lookAtDueMachines(of: pair)
    discoverDueDevices(pair)
    while true {
      conductors[pair].takeCommands(at: now)
      let abandoned = conductors[pair].abandoned
      conductors[pair].abandoned.removeAll(keepingCapacity: true)
      for ticket in abandoned { try abandon(ticket) }
      if let duty = conductors[pair].nextDuty(at: now) {
        try carryOut(duty, pair: pair)
        continue
      }
      let ended = conductors[pair].takeReports(at: now)
      guard !ended.isEmpty else { break }
      tellNews(of: pair)
      for (run, report) in ended {
        releasePoints(of: run)
        conclude(run, report, pair: pair)
      }
    }
    tellNews(of: pair)
    armTimer(ofPair: pair)
  }

  /// Machines came to the end that commands wait for.
  mutating func recoveryOutcomesCame() throws(SimulationFailure) {
    while !recoveryOutcomes.isEmpty {
      let outcomes = recoveryOutcomes
      recoveryOutcomes.removeAll(keepingCapacity: true)
      for outcome in outcomes {
        conductors[outcome.ticket.pair.index].ended(
          outcome, name: scenario.inventory[outcome.ticket.machine].name, at: now)
      }
      for pair in conductors.indices where outcomes.contains(where: { $0.ticket.pair.index == pair }) {
        try conduct(pair)
      }
    }
  }

  mutating func recoveryDeadline(_ pair: Int, stamp: UInt64) throws(SimulationFailure) {
    guard conductors[pair].timerStamp == stamp else { return }
    conductors[pair].timer = nil
    try conduct(pair)
  }

  mutating func armTimer(ofPair pair: Int) {
    let due = conductors[pair].nextDeadline
    guard due != conductors[pair].timer else { return }
    conductors[pair].timer = due
    conductors[pair].timerStamp += 1
    guard let due else { return }
    queue.schedule(
      WorldEvent(.recoveryDeadline, pair, stamp: conductors[pair].timerStamp), at: max(due, now))
  }

  mutating func tellNews(of pair: Int) {
    tellDatastoreGroups(of: pair)
    for (vm, status) in conductors[pair].takeMemberNews() {
      record.note(
        "vm.protection-status", subject: scenario.inventory[vm].name, detail: status.rawValue, at: now)
    }
    for vm in conductors[pair].takeSettingsConflicts() {
      record.note("vm.settings-conflict", subject: scenario.inventory[vm].name, at: now)
    }
    for news in conductors[pair].takeNews() {
      record.note(news.kind, subject: news.subject, detail: news.detail, at: now)
    }
  }

  // MARK: - Sites

  /// Something may have changed about sites, servers or links: every pair is told.
  mutating func watchSites() throws(SimulationFailure) {
    for pair in conductors.indices {
      tellSites(pair)
      noteDoubles(pair)
      lookAtMachines(of: pair)
      try conduct(pair)
    }
  }

  mutating func tellSites(_ pair: Int) {
    let sites = conductors[pair].description.sites
    conductors[pair].standbyCounts = BothSides(
      first: standbyCount(of: sites.first), second: standbyCount(of: sites.second))
    func running(_ side: PairSide) -> [Bool] {
      ServerRole.allCases.map { role in
        runs(role, at: sites[side]) && conductors[pair].servers.sites[side][role].isDeployed
      }
    }
    conductors[pair].sitesChanged(
      running: BothSides(first: running(.first), second: running(.second)),
      areConnected: canReach(site: sites.first, from: sites.second),
      hosts: BothSides(first: runningHostCount(of: sites.first), second: runningHostCount(of: sites.second)),
      at: now)
  }

  /// Whether a server of a site runs: some host of the site does, and its appliance, where the scenario has one.
  private func runs(_ role: ServerRole, at site: SiteID) -> Bool {
    guard runningHostCount(of: site) > 0 else { return false }
    let wanted: Appliance.Role
    switch role {
    case .vCenter: return true
    case .siteRecoveryManager: wanted = .siteRecovery
    case .replicationManagement: wanted = .management
    }
    return !scenario.inventory.appliances.indices.contains { index in
      let appliance = scenario.inventory.appliances[index]
      return appliance.role == wanted && appliance.site == site && !compute.appliances[index].serves
    }
  }

  private func runningHostCount(of site: SiteID) -> Int {
    scenario.inventory.hosts.indices.count { scenario.inventory.hosts[$0].site == site && hosts[$0].isUp }
  }

  private mutating func noteDoubles(_ pair: Int) {
    for vm in conductors[pair].description.virtualMachines { noteDouble(vm.id, pair: pair) }
  }

  /// A copy of a machine was started or has stopped, also one that is only customised: another one may be on at the other site.
  mutating func noteDouble(ofCopy machine: Int) {
    let index = machines[machine].replication
    guard replications[index].formerCopy != nil else { return }
    followStaleCopy(index)
    let vm = machines[machine].id
    for pair in conductors.indices where conductors[pair].unit(of: vm) != nil { noteDouble(vm, pair: pair) }
  }

  /// Reports a machine that runs at both sites, once until that ends.
  mutating func noteDouble(_ vm: VirtualMachineID, pair: Int) {
    guard let machine = machineIndex[vm.index] else { return }
    let isDouble = runsAtBothSites(machine)
    guard isDouble else {
      conductors[pair].doubles.remove(vm)
      return
    }
    guard conductors[pair].doubles.insert(vm).inserted else { return }
    if planted.contains(.doubleNotReported) { return }
    record.note("vm.runs-at-both-sites", subject: scenario.inventory[vm].name, at: now)
  }
}
