import ClusterModels
import Inventory
import Quantities
import ReplicationCore
import Scenarios
import SimulationKernel

/// Appliances: machines on hosts that run the replication.
///
/// While the management server of either site is down, replications go on as they are, since the hosts schedule them; nobody can tell their
/// status, and nothing can be configured, paused, resumed or started by hand. (*Inferred* from the roles: only the servers and hosts are in the data path.)
extension World {
  /// Its machine is gone, and what it had in memory.
  mutating func applianceStopped(_ id: ApplianceID) throws(SimulationFailure) {
    guard compute.appliances[id.index].isRunning else {
      compute.appliances[id.index].bootStamp += 1
      return
    }
    compute.appliances[id.index].isRunning = false
    compute.appliances[id.index].bootStamp += 1
    // A hang does not outlive the machine.
    lift(compute.appliances[id.index].hangs.endAll())
    guard case .replicationServer(let server) = scenario.inventory[id].role else { return }
    servers[server.index].isHung = false
    servers[server.index].isRunning = false
    try serverFailed(server)
  }

  /// Its machine is on; it serves when it has booted.
  mutating func applianceBoots(_ id: ApplianceID) {
    compute.appliances[id.index].bootStamp += 1
    queue.schedule(
      WorldEvent(.applianceBooted, id.index, stamp: compute.appliances[id.index].bootStamp),
      at: now + scenario.inventory[id].boot)
  }

  mutating func applianceBooted(_ index: Int, stamp: UInt64) throws(SimulationFailure) {
    guard compute.appliances[index].bootStamp == stamp, !compute.appliances[index].isRunning else { return }
    compute.appliances[index].isRunning = true
    record.note("appliance.ready", subject: scenario.inventory.appliances[index].name, at: now)
    guard case .replicationServer(let server) = scenario.inventory.appliances[index].role else { return }
    servers[server.index].isRunning = true
    if servers[server.index].isUp { try serverRestored(server) }
  }

  // MARK: - Actions

  mutating func failAppliance(_ id: ApplianceID, entry: Int) throws(SimulationFailure) {
    compute.appliances[id.index].failures.begin(entry, ())
    try applianceStopped(id)
    guard let place = compute.appliancePlaces[id.index] else { return }
    try change(cluster: place.cluster) { $0.powerOff(place.member, at: $1) }
  }

  /// Nothing keeps the appliance off any more: it is powered on, if it is off, as soon as a host has room.
  mutating func startAppliance(_ id: ApplianceID) throws(SimulationFailure) {
    guard compute.appliances[id.index].failures.isEmpty, let place = compute.appliancePlaces[id.index],
      case .off = compute.clusters[place.cluster].model.power(of: place.member)
    else { return }
    let preferred = compute.hostPlaces[scenario.inventory[id].host.index]?.host
    do {
      _ = try compute.clusters[place.cluster].model.powerOn(place.member, preferring: preferred, at: now)
    } catch {
      compute.clusters[place.cluster].model.awaitPowerOn(place.member, preferring: preferred)
      record.note(
        "appliance.start-refused", subject: scenario.inventory[id].name, detail: "\(error)", at: now)
      return
    }
    applianceBoots(id)
  }

  /// A host is back: appliances that were lost with it, and that nobody started elsewhere, start with it.
  ///
  /// - Source: That appliances start with their host where vSphere HA does not guard them is *inferred*; ESXi can do so.
  mutating func startAppliances(of host: HostID) throws(SimulationFailure) {
    for index in compute.appliances.indices where compute.appliances[index].startsWith == host {
      compute.appliances[index].startsWith = nil
      try startAppliance(ApplianceID(index))
    }
  }

  /// The appliance answers nobody: what it was doing times out, and goes on afterwards.
  ///
  /// Syncs and merges of a replication server that hangs stand still and go on when it answers again (*inferred*).
  mutating func applianceHangs(_ id: ApplianceID, entry: Int) throws(SimulationFailure) {
    guard compute.appliances[id.index].isRunning else { return }
    compute.appliances[id.index].hangs.begin(entry, ())
    try hangChanged(id)
  }

  mutating func hangChanged(_ id: ApplianceID) throws(SimulationFailure) {
    guard case .replicationServer(let server) = scenario.inventory[id].role else { return }
    servers[server.index].isHung = !compute.appliances[id.index].hangs.isEmpty
    // It may have been restarted while it hung.
    if servers[server.index].isUp { try serverRestored(server) }
    try reachabilityChanged()
  }

  mutating func moveAppliance(_ id: ApplianceID, to host: HostID) throws(SimulationFailure) {
    let name = scenario.inventory[id].name
    guard let place = compute.appliancePlaces[id.index], let target = compute.hostPlaces[host.index],
      target.cluster == place.cluster
    else { return record.note("appliance.move-refused", subject: name, detail: "another cluster", at: now) }
    do {
      try compute.clusters[place.cluster].model.migrate(place.member, to: target.host, at: now)
    } catch {
      return record.note("appliance.move-refused", subject: name, detail: "\(error)", at: now)
    }
    try clusterChanged(place.cluster)
  }

  // MARK: - Management

  /// The replications among `ids` whose management servers serve, and that the actor of the entry may manage; of the others
  /// it is recorded that this was refused.
  mutating func manageable(_ ids: [ReplicationID], entry: Int) -> [ReplicationID] {
    let verb = scenario.timeline[entry].verb
    var managed: [ReplicationID] = []
    for id in ids {
      let replication = replications[id.index]
      guard replication.isActive else {
        note("\(verb.rawValue)-refused", of: replication.machineIndex, detail: "not replicated")
        continue
      }
      guard let silent = silentManagementServer(of: id.index) else {
        managed.append(id)
        continue
      }
      note(
        "\(verb.rawValue)-refused", of: replication.machineIndex,
        detail: "\(scenario.inventory[silent].name) does not answer")
    }
    return authorized(managed, verb, by: actor(ofEntry: entry))
  }

  /// The management server of either site of a replication that does not serve; the first of them.
  func silentManagementServer(of index: Int) -> ApplianceID? {
    let sites = [machines[replications[index].machineIndex].site, replications[index].target]
    return scenario.inventory.appliances.indices.first { index in
      let appliance = scenario.inventory.appliances[index]
      return appliance.role == .management && sites.contains(appliance.site)
        && !compute.appliances[index].serves
    }.map { ApplianceID($0) }
  }
}
