import ClusterModels
import Inventory
import Quantities
import ReplicationCore
import Scenarios

/// Machines that make room for a recovery, and what a site answers.
extension World {
  /// Suspends a machine at a site: it keeps its memory and takes nothing of a host.
  ///
  /// No effect if it is not on there.
  mutating func suspend(_ id: VirtualMachineID, at site: SiteID) throws(SimulationFailure) {
    guard let machine = copy(of: id, at: site) else {
      guard machineIndex[id.index] == nil, unreplicatedPowers[id.index] == .on else { return }
      unreplicatedPowers[id.index] = .suspended
      record.note("vm.suspended", subject: scenario.inventory[id].name, at: now)
      return try leaveCluster(compute.machinePlaces[id.index])
    }
    guard machines[machine].isOn else { return }
    drawWrites(of: machine)
    machines[machine].power = .suspended
    machines[machine].stoppedAt = now
    machines[machine].destination = nil
    pauseGuest(machine)
    try leaveCluster(machines[machine].place)
    note("vm.suspended", of: machine)
    guard let replication = trackedReplication(of: machine) else { return }
    replications[replication].source.poweredOff(at: now)
    saveState(replication)
    try sourceChanged(replication)
  }

  /// Lets a suspended machine go on where it stopped; no effect if it is not suspended there.
  ///
  /// - Returns: Why it cannot: no host has room, or an offline instance locks it.
  mutating func resume(_ id: VirtualMachineID, at site: SiteID) throws(SimulationFailure) -> RecoveryFailure?
  {
    guard let machine = copy(of: id, at: site) else {
      guard machineIndex[id.index] == nil, unreplicatedPowers[id.index] == .suspended else { return nil }
      if let place = compute.machinePlaces[id.index],
        case .failure(let refusal) = enterCluster(
          at: place, preferring: scenario.inventory[id].host, isWaiting: false)
      {
        return RecoveryFailure("\(refusal)")
      }
      unreplicatedPowers[id.index] = .on
      record.note("vm.resumed", subject: scenario.inventory[id].name, at: now)
      return nil
    }
    guard machines[machine].power == .suspended else { return nil }
    guard !isLocked(machine) else {
      return RecoveryFailure("the virtual machine is locked by its offline instance")
    }
    let host: HostID
    switch hostForRecovery(of: machine, preferring: machines[machine].host) {
    case .success(let found): host = found
    case .failure(let failure): return failure
    }
    machines[machine].host = host
    machines[machine].power = .on
    machines[machine].writtenUntil = now
    guestChanged(machine)
    note("vm.resumed", of: machine, detail: "on host \(scenario.inventory[host].name)")
    guard let replication = trackedReplication(of: machine) else { return nil }
    try loadState(replication)
    replications[replication].source.poweredOn(at: now)
    try sourceChanged(replication)
    return nil
  }

  /// The copy of a machine at a site, a test machine only where there is no other; `nil` for machines that are not replicated.
  func copy(of id: VirtualMachineID, at site: SiteID) -> Int? {
    guard let current = machineIndex[id.index] else { return nil }
    let replication = replications[machines[current].replication]
    return [current, replication.formerCopy, replication.testCopy].compactMap { $0 }
      .first { machines[$0].site == site }
  }

  /// What a machine does at a site; `nil` where it has no copy in the inventory.
  func power(of id: VirtualMachineID, at site: SiteID) -> Machine.Power? {
    if let machine = copy(of: id, at: site) {
      return machines[machine].isRegistered ? machines[machine].power : nil
    }
    guard machineIndex[id.index] == nil, scenario.inventory[id].site == site else { return nil }
    return unreplicatedPower(of: id)
  }

  /// What a machine does that is not replicated; one whose host failed, or whose whole site did where hosts are not looked at
  /// in detail, is not on.
  private func unreplicatedPower(of id: VirtualMachineID) -> Machine.Power {
    let power = unreplicatedPowers[id.index]
    guard power == .on else { return power }
    if let place = compute.machinePlaces[id.index] {
      if case .off = compute.clusters[place.cluster].model.power(of: place.member) { return .failed }
      return power
    }
    let site = scenario.inventory[id].site
    let hasHost = hosts.indices.contains { hosts[$0].isUp && scenario.inventory.hosts[$0].site == site }
    return hasHost ? power : .failed
  }

  // MARK: - Sites

  /// Whether one site can talk to another: a link between them is up.
  func canReach(site: SiteID, from origin: SiteID) -> Bool {
    if site == origin { return true }
    return scenario.inventory.links.indices.contains { link in
      let ends = scenario.inventory.links[link].ends
      return ends.contains(site) && ends.contains(origin) && isUp(LinkID(link))
    }
  }

  /// Whether the servers that recover and replicate at a site serve: it has a host that runs, and its appliances of Site
  /// Recovery Manager and of the management of vSphere Replication answer, where the scenario has them.
  func answers(site: SiteID) -> Bool {
    let hasHost = hosts.indices.contains { hosts[$0].isUp && scenario.inventory.hosts[$0].site == site }
    return hasHost
      && scenario.inventory.appliances.indices.allSatisfy { index in
        let appliance = scenario.inventory.appliances[index]
        guard appliance.site == site else { return true }
        switch appliance.role {
        case .siteRecovery, .management: return compute.appliances[index].serves
        case .replicationServer: return true
        }
      }
  }
}
