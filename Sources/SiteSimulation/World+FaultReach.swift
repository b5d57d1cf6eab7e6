import ClusterModels
import Inventory
import Scenarios

/// Which replications a fault can disturb.
extension World {
  /// The replicated machines that an entry of the timeline can touch as things are: those it is about, and those whose replication goes
  /// through what it is about.
  ///
  /// A replication goes through its machine's host and datastore, the links it may use with their circuits, the replication server and
  /// the host of the target that it has now, and the datastore of its replica; a vSAN datastore is its hosts. What others do to it by
  /// sharing any of these is no fault of theirs.
  ///
  /// - Returns: Ascending.
  func reach(of entry: Int) -> [VirtualMachineID] {
    let action = scenario.timeline[entry].action
    return replications.indices.filter { reaches(action, $0) }.map { replications[$0].machine }.sorted()
  }

  private func reaches(_ action: Scenario.TimelineEntry.Action, _ index: Int) -> Bool {
    switch action {
    case .linkDown(let link), .linkLimit(let link, _), .linkRestore(let link), .linkLatency(let link, _, _),
      .linkLoss(let link, _), .linkFlap(let link, _, _), .linkBrownout(let link, _, _),
      .linkBackground(let link, _), .linkCorrupt(let link, _):
      links(under: index).contains(link)
    case .circuitDown(let circuit), .circuitLimit(let circuit, _), .circuitRestore(let circuit):
      links(under: index).contains { scenario.inventory[$0].circuits.contains(circuit) }
    case .hostFail(let host), .hostRestore(let host), .diskGroupFail(let host, _),
      .diskGroupRestore(let host, _):
      usesHost(host, index)
    case .serverFail(let server), .serverRestore(let server): replications[index].server == server
    case .powerOff(let ids), .powerOn(let ids), .migrate(let ids, _), .trim(let ids, _, _, _),
      .snapshot(let ids),
      .revert(let ids), .addDisk(let ids, _, _), .resizeDisk(let ids, _, _), .removeDisk(let ids, _),
      .scaleWorkload(let ids, _):
      ids.contains(replications[index].machine)
    case .pauseReplication(let ids), .resumeReplication(let ids), .syncReplication(let ids),
      .fullSyncReplication(let ids), .reconfigureReplication(let ids), .testImage(let ids, _),
      .moveReplication(let ids, _), .corruptReplica(let ids, _, _):
      ids.contains(ReplicationID(index))
    case .datastoreFull(let datastore), .datastoreSlow(let datastore, _), .datastoreRestore(let datastore):
      datastores(under: index).contains(datastore)
    case .compute(let action): reaches(action, index)
    case .recovery(.change(_, .removeDevice(let system, let device))):
      replications[index].storageUnit.map { $0 == unit(ofDevice: device, system) } ?? false
    // What a plan does or fails to do ends a replication or leaves it as it is.
    case .recovery: false
    }
  }

  private func reaches(_ action: Scenario.ComputeAction, _ index: Int) -> Bool {
    switch action {
    case .hostIsolate(let host), .hostDisconnect(let host), .hostMaintenance(let host): usesHost(host, index)
    case .siteFail(let sites): sites.contains { isAt($0, index) }
    case .siteRestore(let site), .siteIsolate(let site): isAt(site, index)
    case .applianceFail(let id), .applianceHang(let id), .applianceRestore(let id), .applianceMove(let id, _):
      usesAppliance(id, index)
    case .machineCrash(let ids), .machineHang(let ids): ids.contains(replications[index].machine)
    }
  }

  // MARK: - What a replication goes through

  private func machine(under index: Int) -> Machine { machines[replications[index].machineIndex] }

  /// Those it may use: one that stands by counts, since it may be the last.
  private func links(under index: Int) -> [LinkID] {
    replications[index].storageUnit.map { storageUnits[$0].links } ?? replications[index].links
  }

  private func datastores(under index: Int) -> [DatastoreID] {
    [machine(under: index).datastore, replications[index].datastore]
  }

  private func isAt(_ site: SiteID, _ index: Int) -> Bool {
    machine(under: index).site == site || replications[index].target == site
  }

  private func usesHost(_ host: HostID, _ index: Int) -> Bool {
    if machine(under: index).host == host || replications[index].host == host { return true }
    if datastores(under: index).contains(where: { self.datastores[$0.index].vsan?.index(of: host) != nil }) {
      return true
    }
    return scenario.inventory.appliances.indices.contains { appliance in
      self.host(of: ApplianceID(appliance)) == host && usesAppliance(ApplianceID(appliance), index)
    }
  }

  /// Its replication server; what is managed goes on without management.
  private func usesAppliance(_ id: ApplianceID, _ index: Int) -> Bool {
    switch scenario.inventory[id].role {
    case .replicationServer(let server): replications[index].server == server
    case .management, .siteRecovery: false
    }
  }

  /// Where an appliance runs, or ran first where its cluster is not looked at in detail or it does not run.
  private func host(of id: ApplianceID) -> HostID {
    guard let place = compute.appliancePlaces[id.index],
      let position = compute.clusters[place.cluster].model.host(of: place.member)
    else { return scenario.inventory[id].host }
    return compute.clusters[place.cluster].hosts[position]
  }
}
