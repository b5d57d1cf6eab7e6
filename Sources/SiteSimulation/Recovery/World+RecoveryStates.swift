import Expectations
import Inventory
import Measurements
import RecoveryCore
import Scenarios

/// What expectations ask of machines, plans and groups.
extension World {
  /// The status of each plan that exists, in the order of pairs and plans.
  var planStates: [StateSample] {
    conductors.indices.flatMap { pair in
      conductors[pair].description.plans.indices.compactMap { plan -> StateSample? in
        guard let status = conductors[pair].status(ofPlan: plan) else { return nil }
        return StateSample(
          name: conductors[pair].description.plans[plan].description.name, word: status.rawValue)
      }
    }
  }

  /// The status of each protection group that exists, in the order of pairs and groups.
  var groupStates: [StateSample] {
    conductors.indices.flatMap { pair in
      conductors[pair].description.groups.indices.compactMap { group -> StateSample? in
        guard let status = conductors[pair].status(ofGroup: group) else { return nil }
        return StateSample(
          name: conductors[pair].description.groups[group].description.name, word: status.rawValue)
      }
    }
  }

  /// Where a machine is replicated to now.
  func target(of replication: Int) -> SiteID { replications[replication].target }

  /// What each machine does at each site where it is registered, or has a placeholder.
  var powerStates: [StateSample] {
    scenario.inventory.virtualMachines.indices.flatMap { index in
      scenario.inventory.sites.indices.compactMap { site -> StateSample? in
        guard let word = power(of: VirtualMachineID(index), atSite: SiteID(site)) else { return nil }
        return StateSample(
          name: scenario.inventory.virtualMachines[index].name, site: scenario.inventory.sites[site].name,
          word: word)
      }
    }
  }
}
