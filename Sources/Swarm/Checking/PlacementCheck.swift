import Inventory
import Quantities
import SiteSimulation

/// Where a copy of a machine may be.
enum PlacementCheck {
  /// What is wrong with the place of a copy; `nil` if nothing.
  static func defect(of sight: MachineSight, hosts: [Host]) -> String? {
    if sight.plannedBy.count > 1 {
      return "\(sight.plannedBy.count) hosts plan its syncs"
    }
    guard sight.isRunning else { return nil }
    if !sight.isHostUp { return "it runs on \(hosts[sight.host.index].name), which is down" }
    if hosts[sight.host.index].site != sight.site {
      return "it runs on \(hosts[sight.host.index].name), which is at another site"
    }
    if sight.hasCycles, let planner = sight.plannedBy.first, planner != sight.host {
      return "it runs on \(hosts[sight.host.index].name), and \(hosts[planner.index].name) plans its syncs"
    }
    return nil
  }

  /// A host of a cluster on which more runs, starts or arrives than it has memory or processors for; `nil` if there is none.
  ///
  /// What each takes is what the scenario says of it.
  static func overfilledHost(
    _ tenants: [HostTenant], in inventory: Inventory
  ) -> (name: String, detail: String)? {
    for cluster in inventory.clusters {
      guard let capacity = cluster.hostCapacity, let settings = cluster.availability else { continue }
      let processors = capacity.cpuCount(overcommitment: settings.cpuOvercommitment)
      for host in cluster.hosts {
        var (memory, taken) = (ByteCount.zero, 0)
        for tenant in tenants where tenant.hosts.contains(host) {
          switch tenant.kind {
          case .virtualMachine(let id):
            memory += inventory[id].memory
            taken += inventory[id].cpuCount
          case .appliance(let id):
            memory += inventory[id].memory
            taken += inventory[id].cpuCount
          }
        }
        let name = inventory.hosts[host.index].name
        if memory > capacity.memory { return (name, "machines of \(memory) run on \(capacity.memory)") }
        if taken > processors { return (name, "\(taken) virtual processors run on \(processors)") }
      }
    }
    return nil
  }

  /// What runs on a host of a cluster that is looked at in detail, and takes no room there; `nil` if nothing does.
  static func homeless(
    _ sights: [MachineSight], among tenants: [HostTenant], in inventory: Inventory
  ) -> (name: String, detail: String)? {
    let modelled = inventory.clusters.filter { $0.availability != nil }.flatMap(\.hosts)
    for sight in sights where sight.isRunning && modelled.contains(sight.host) {
      let isCounted = tenants.contains {
        $0.kind == .virtualMachine(sight.machine) && $0.hosts.contains(sight.host)
      }
      guard !isCounted else { continue }
      return (
        inventory[sight.machine].name,
        "it runs on \(inventory.hosts[sight.host.index].name), and takes no room there"
      )
    }
    return nil
  }
}
