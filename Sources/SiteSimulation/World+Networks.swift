import Inventory
import Quantities
import RecoveryCore
import Scenarios

/// Port groups that the timeline makes: before their entry they do not exist.
extension World {
  /// Takes away, at instant zero, what an entry of the timeline makes.
  mutating func awaitNetworks() {
    for entry in scenario.timeline {
      guard case .recovery(.createNetwork(let site, let network)) = entry.action else { continue }
      awaitedNetworks.insert(SiteNetwork(site: site, network: network))
    }
  }

  /// A port group is there from now on.
  mutating func createNetwork(_ network: Int, at site: SiteID) throws(RecoveryFailure) {
    guard awaitedNetworks.remove(SiteNetwork(site: site, network: network)) != nil else {
      throw RecoveryFailure("it exists already")
    }
    for pair in conductors.indices { tellNetworks(pair) }
  }

  /// Tells a pair which networks of its sites do not exist.
  mutating func tellNetworks(_ pair: Int) {
    for side in PairSide.allCases {
      let site = conductors[pair].description.sites[side]
      conductors[pair].awaitedNetworks[side] = scenario.sites[site.index].networks.indices.filter {
        awaitedNetworks.contains(SiteNetwork(site: site, network: $0))
      }.map { MappableObjectID($0) }
    }
  }

  /// The network that keeps a machine from being deployed, since it does not exist.
  func missingNetwork(of vm: VirtualMachineID) -> String? {
    let site = scenario.inventory[vm].site
    let missing = scenario.virtualMachines[vm.index].networks.compactMap { $0 }.first {
      awaitedNetworks.contains(SiteNetwork(site: site, network: $0))
    }
    return missing.map { scenario.sites[site.index].networks[$0] }
  }
}

/// A port group by its position at its site.
struct SiteNetwork: Sendable, Hashable {
  let site: SiteID
  let network: Int
}
