import ClusterModels
import Inventory
import Scenarios

/// Hosts that vSphere DPM has switched off, which recovery plans wake.
///
/// A host in standby is as one that has failed, without anybody missing it: it holds no room, vSphere HA does not count on it, and
/// power-ons are not counted for it. Once woken it stays on, since the product turns DPM off for a run and leaves the hosts
/// on. DPM itself is not modelled: nothing sends a host into standby later.
///
/// - Source: VMware, Site Recovery Manager 5.0 and 5.5 administration guides, on DPM and DRS clusters.
extension World {
  /// Switches the hosts off that begin in standby.
  mutating func putInStandby() {
    for (index, host) in scenario.inventory.hosts.enumerated() where host.isInStandby {
      hosts[index].isInStandby = true
      guard let place = compute.hostPlaces[index] else { continue }
      compute.clusters[place.cluster].model.hostInStandby(place.host)
    }
  }

  /// The hosts of a site run that were in standby; one that has failed meanwhile does when it is repaired.
  mutating func wakeHosts(of site: SiteID) throws(SimulationFailure) {
    var woken: [HostID] = []
    for index in hosts.indices where hosts[index].isInStandby && scenario.inventory.hosts[index].site == site
    {
      hosts[index].isInStandby = false
      noteHost(HostID(index), "host.woken")
      if hosts[index].isUp { woken.append(HostID(index)) }
    }
    guard !woken.isEmpty else { return }
    try hostsReturned(woken)
    for pair in conductors.indices { tellSites(pair) }
  }

  /// How many hosts of a site are in standby.
  func standbyCount(of site: SiteID) -> Int {
    hosts.indices.count { hosts[$0].isInStandby && scenario.inventory.hosts[$0].site == site }
  }
}
