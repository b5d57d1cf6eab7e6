import ClusterModels
import Expectations
import Inventory
import Measurements
import Scenarios

/// What expectations ask of machines, plans and groups.
extension World {
  /// The runs of plans that have ended.
  var planRuns: [PlanRunRecord] { [] }

  /// The status of each plan, in the order of pairs and plans.
  var planStates: [StateSample] { [] }

  /// The status of each protection group, in the order of pairs and groups.
  var groupStates: [StateSample] { [] }

  /// Where a machine is replicated to now.
  func target(of replication: Int) -> SiteID { scenario.replications[replication].target }

  /// Whether each machine is on, at the site where it is registered.
  var powerStates: [StateSample] {
    scenario.inventory.virtualMachines.indices.map { index in
      let machine = scenario.inventory.virtualMachines[index]
      return StateSample(
        name: machine.name, site: scenario.inventory[machine.site].name,
        word: (isOn(VirtualMachineID(index)) ? PowerWord.on : .off).rawValue)
    }
  }

  private func isOn(_ id: VirtualMachineID) -> Bool {
    if let index = machineIndex[id.index] {
      return if case .on = machines[index].power { true } else { false }
    }
    guard let place = compute.machinePlaces[id.index] else { return true }
    if case .off = compute.clusters[place.cluster].model.power(of: place.member) { return false }
    return true
  }
}
