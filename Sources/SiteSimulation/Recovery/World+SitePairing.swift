import Inventory
import Quantities
import RecoveryCore
import Scenarios

/// Pairs of sites and their add-ons, as people see them.
///
/// An add-on belongs to its site: what is done to it every pair of the site learns.
extension World {
  mutating func pairSites(_ pair: RecoveryPairID) throws(RecoveryFailure) {
    try conductors[pair.index].pairFromFirst()
    for warning in conductors[pair.index].pairingWarnings {
      record.note("site.pair-warning", subject: subject(of: .pair(pair)), detail: warning, at: now)
    }
  }

  mutating func install(_ addOn: AddOn, at site: SiteID) throws(RecoveryFailure) {
    for (pair, side) in pairs(of: site) {
      try conductors[pair].install(
        addOn, replicationServers: replicationServerCount(of: site), at: side, now: now)
      armTimer(ofPair: pair)
    }
  }

  mutating func remove(_ addOn: AddOn, at site: SiteID) throws(RecoveryFailure) {
    let pairs = pairs(of: site)
    for (pair, _) in pairs where conductors[pair].servers.pairing?.services.contains(addOn) == true {
      throw RecoveryFailure(conductors[pair].text(AddOnRefusal.stillPaired))
    }
    for (pair, side) in pairs {
      try conductors[pair].remove(addOn, at: side, now: now)
      armTimer(ofPair: pair)
    }
  }

  mutating func renewCertificate(of addOn: AddOn, at site: SiteID) throws(RecoveryFailure) {
    for (pair, side) in pairs(of: site) {
      guard conductors[pair].servers.sites[side][addOn.role].isDeployed else {
        throw RecoveryFailure(conductors[pair].text(AddOnRefusal.notInstalled))
      }
      conductors[pair].servers.certificateRenewed(addOn.role, at: side)
      conductors[pair].hasNews = true
      tellSites(pair)
    }
  }

  /// How many vSphere Replication servers a site has, the one inside its management appliance among them.
  func replicationServerCount(of site: SiteID) -> Int {
    scenario.inventory.replicationServers.count { $0.site == site }
  }

  private func pairs(of site: SiteID) -> [(pair: Int, side: PairSide)] {
    conductors.indices.compactMap { pair in
      conductors[pair].description.side(of: site).map { (pair, $0) }
    }
  }

  /// Whether vSphere Replication replicates something between the sites of a pair.
  func hasReplications(between pair: RecoveryPairID) -> Bool {
    let description = conductors[pair.index].description
    return replications.indices.contains { index in
      guard replications[index].storageUnit == nil, replications[index].life != .absent,
        let side = description.side(of: machines[replications[index].machineIndex].site)
      else { return false }
      return description.side(of: replications[index].target) == side.other
    }
  }
}
