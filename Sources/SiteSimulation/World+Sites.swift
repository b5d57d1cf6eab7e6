import ClusterModels
import Inventory
import Quantities
import ReplicationCore
import Scenarios
import SimulationKernel

/// What the timeline does to hosts, sites, appliances and guests.
extension World {
  mutating func begin(_ action: Scenario.ComputeAction, entry: Int) throws(SimulationFailure) {
    switch action {
    case .hostIsolate(let host):
      try change(host) { $0.hostIsolated($1, at: $2) }
      hosts[host.index].isolations.begin(entry, ())
      try vsanHostChanged(host)
    case .hostDisconnect(let host):
      try change(host) { $0.hostDisconnected($1, at: $2) }
      hosts[host.index].disconnections.begin(entry, ())
    case .hostMaintenance(let host): try beginMaintenance(of: host, entry: entry)
    case .siteFail(let sites): try fail(sites, entry: entry)
    case .siteRestore(let site): try restore(site)
    case .siteIsolate(let site):
      for link in self.links(of: site) {
        links[link.index].outages.begin(entry, ())
        try linkChanged(link)
      }
    case .applianceFail(let id): try failAppliance(id, entry: entry)
    case .applianceHang(let id): try applianceHangs(id, entry: entry)
    case .applianceRestore(let id):
      let isHung = !compute.appliances[id.index].hangs.isEmpty
      lift(compute.appliances[id.index].failures.endAll() + compute.appliances[id.index].hangs.endAll())
      if isHung { try hangChanged(id) }
      try startAppliance(id)
    case .applianceMove(let id, let host): try moveAppliance(id, to: host)
    case .machineCrash(let ids): for machine in indices(ids) { guestCrashes(machine) }
    case .machineHang(let ids): for machine in indices(ids) { guestHangs(machine, entry: entry) }
    }
  }

  mutating func end(_ action: Scenario.ComputeAction, entry: Int) throws(SimulationFailure) {
    switch action {
    case .hostIsolate(let host):
      guard hosts[host.index].isolations.end(entry), hosts[host.index].isolations.isEmpty else { return }
      try vsanHostChanged(host)
      try change(host) { $0.hostRejoined($1, at: $2) }
    case .hostDisconnect(let host):
      guard hosts[host.index].disconnections.end(entry), hosts[host.index].disconnections.isEmpty else {
        return
      }
      try change(host) { $0.hostReconnected($1, at: $2) }
    case .hostMaintenance(let host):
      guard hosts[host.index].maintenances.end(entry), hosts[host.index].maintenances.isEmpty else { return }
      hosts[host.index].isOutOfStorage = false
      try vsanHostChanged(host)
      try change(host) { $0.maintenanceEnded($1, at: $2) }
      try assignHosts()
    case .siteFail(let sites): try powerReturned(to: sites, entry: entry)
    case .siteIsolate(let site):
      for link in self.links(of: site) where links[link.index].outages.end(entry) { try linkChanged(link) }
    case .applianceFail(let id):
      if compute.appliances[id.index].failures.end(entry) { try startAppliance(id) }
    case .applianceHang(let id):
      if compute.appliances[id.index].hangs.end(entry) { try hangChanged(id) }
    case .machineHang(let ids):
      for machine in indices(ids) where machines[machine].guest.hangs.end(entry) { guestChanged(machine) }
    case .siteRestore, .applianceRestore, .applianceMove, .machineCrash:
      preconditionFailure("only lasting entries end")
    }
  }

  func subject(of action: Scenario.ComputeAction) -> String {
    switch action {
    case .hostIsolate(let host), .hostDisconnect(let host), .hostMaintenance(let host):
      scenario.inventory[host].name
    case .siteFail(let sites): sites.map { scenario.inventory[$0].name }.joined(separator: " and ")
    case .siteRestore(let site), .siteIsolate(let site): scenario.inventory[site].name
    case .applianceFail(let id), .applianceHang(let id), .applianceRestore(let id), .applianceMove(let id, _):
      scenario.inventory[id].name
    case .machineCrash(let ids), .machineHang(let ids):
      ids.count == 1
        ? scenario.inventory[ids[0]].name : "\(scenario.inventory[ids[0]].name) and \(ids.count - 1) more"
    }
  }

  // MARK: - Hosts

  /// Gives an input about a host to its cluster, where that is looked at in detail.
  mutating func change(
    _ host: HostID, _ input: (inout ComputeCluster, Int, Instant) -> Void
  ) throws(SimulationFailure) {
    guard let place = compute.hostPlaces[host.index] else { return }
    try change(cluster: place.cluster) { input(&$0, place.host, $1) }
  }

  /// The machines of a host move to others, and so do the replicas it writes, each between two syncs.
  private mutating func beginMaintenance(of host: HostID, entry: Int) throws(SimulationFailure) {
    guard let place = compute.hostPlaces[host.index] else { return }
    do {
      try compute.clusters[place.cluster].model.maintenanceRequested(place.host, at: now)
    } catch {
      return noteHost(host, "host.maintenance-refused", detail: "\(error)")
    }
    hosts[host.index].maintenances.begin(entry, ())
    try clusterChanged(place.cluster)
    for index in replications.indices where replications[index].host == host {
      replications[index].nextHost = hostForReplica(index)
      moveIfIdle(index)
    }
  }

  // MARK: - Sites

  private func links(of site: SiteID) -> [LinkID] {
    scenario.inventory.links.indices.filter { scenario.inventory.links[$0].ends.contains(site) }.map {
      LinkID($0)
    }
  }

  private func hosts(of sites: [SiteID]) -> [HostID] {
    scenario.inventory.hosts.indices.filter { sites.contains(scenario.inventory.hosts[$0].site) }.map {
      HostID($0)
    }
  }

  private func servers(of sites: [SiteID]) -> [ReplicationServerID] {
    scenario.inventory.replicationServers.indices
      .filter { sites.contains(scenario.inventory.replicationServers[$0].site) }.map {
        ReplicationServerID($0)
      }
  }

  /// Power is gone at all sites at once: no host of any of them takes over from another.
  private mutating func fail(_ sites: [SiteID], entry: Int) throws(SimulationFailure) {
    noteLosses(with: sites, entry: entry)
    let failing = hosts(of: sites).filter { hosts[$0.index].isUp }
    let stopping = servers(of: sites)
    for host in hosts(of: sites) { hosts[host.index].failures.begin(entry, ()) }
    for server in servers(of: sites) { servers[server.index].failures.begin(entry, ()) }
    for server in stopping { try serverFailed(server) }
    for host in failing { try hostFailed(host) }
  }

  private mutating func powerReturned(to sites: [SiteID], entry: Int) throws(SimulationFailure) {
    var returning: [HostID] = []
    for host in hosts(of: sites) where hosts[host.index].failures.end(entry) {
      if hosts[host.index].isUp { returning.append(host) }
    }
    var serving: [ReplicationServerID] = []
    for server in servers(of: sites) where servers[server.index].failures.end(entry) {
      if servers[server.index].isUp { serving.append(server) }
    }
    for server in serving { try serverRestored(server) }
    try hostsReturned(returning)
  }

  /// Hosts are back at one instant: their clusters see all of them before anything is started.
  mutating func hostsReturned(_ returned: [HostID]) throws(SimulationFailure) {
    for cluster in compute.clusters.indices {
      let positions = returned.compactMap { compute.hostPlaces[$0.index] }.filter { $0.cluster == cluster }
      guard !positions.isEmpty else { continue }
      try change(cluster: cluster) { $0.hostsReturned(positions.map(\.host), at: $1) }
    }
    for host in returned { try hostRestored(host) }
  }

  /// Power is back at a site, whatever took it.
  private mutating func restore(_ site: SiteID) throws(SimulationFailure) {
    let failed = hosts(of: [site]).filter { !hosts[$0.index].failures.isEmpty }
    let serving = servers(of: [site]).filter { !servers[$0.index].failures.isEmpty }
    var ended: [Int] = []
    for host in failed { ended += hosts[host.index].failures.endAll() }
    for server in serving { ended += servers[server.index].failures.endAll() }
    var lifted: [Int] = []
    for entry in ended where !lifted.contains(entry) {
      let isInForce =
        hosts.contains { $0.failures.contains(entry) } || servers.contains { $0.failures.contains(entry) }
      if !isInForce { lifted.append(entry) }
    }
    lift(lifted)
    for server in serving where servers[server.index].isUp { try serverRestored(server) }
    try hostsReturned(failed.filter { hosts[$0.index].isUp })
  }
}
