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

  /// A host of a cluster on which more runs, starts or arrives than it holds; `nil` if there is none.
  ///
  /// It must have the memory that is set aside for running machines, and has given them no more memory and processors in all than
  /// its cluster's overcommitment allows. A machine that was recovered reserves nothing, so that only its overhead is sure.
  ///
  /// What each takes is what the scenario says of it.
  ///
  /// - Parameter recoverable: The machines that plans may have recovered.
  static func overfilledHost(
    _ tenants: [HostTenant], in inventory: Inventory, recoverable: Set<VirtualMachineID> = []
  ) -> (name: String, detail: String)? {
    for cluster in inventory.clusters {
      guard let capacity = cluster.hostCapacity, let settings = cluster.availability else { continue }
      let bounds = HostBounds(of: capacity, under: settings)
      for host in cluster.hosts {
        var taken = HostDemand.zero
        for tenant in tenants where tenant.hosts.contains(host) {
          let (cpuCount, memory, reservation) =
            switch tenant.kind {
            case .virtualMachine(let id):
              (
                inventory[id].cpuCount, inventory[id].memory,
                recoverable.contains(id) ? .zero : inventory[id].memoryReservation
              )
            case .appliance(let id): (inventory[id].cpuCount, inventory[id].memory, ByteCount.zero)
            }
          taken = taken + HostDemand(cpuCount: cpuCount, memory: memory, reservation: reservation)
        }
        let name = inventory.hosts[host.index].name
        if let limit = bounds.memory, taken.memory > limit {
          return (name, "machines of \(taken.memory) run on \(limit)")
        }
        if taken.reserved > bounds.reserved {
          return (
            name, "machines with \(taken.reserved) of reservations and overhead run on \(bounds.reserved)"
          )
        }
        if taken.cpuCount > bounds.cpuCount {
          return (name, "\(taken.cpuCount) virtual processors run on \(bounds.cpuCount)")
        }
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

  /// An appliance, or a machine that no plan recovers, that takes room in two places or at another site; `nil` if there is none.
  ///
  /// - Parameter recoverable: The machines that plans may have recovered.
  static func strayed(
    _ tenants: [HostTenant], in inventory: Inventory, recoverable: Set<VirtualMachineID>
  ) -> (name: String, detail: String)? {
    for (index, tenant) in tenants.enumerated() {
      let (name, site): (String, SiteID)
      switch tenant.kind {
      case .virtualMachine(let id) where recoverable.contains(id): continue
      case .virtualMachine(let id): (name, site) = (inventory[id].name, inventory[id].site)
      case .appliance(let id): (name, site) = (inventory[id].name, inventory[id].site)
      }
      if let host = tenant.hosts.first(where: { inventory.hosts[$0.index].site != site }) {
        return (name, "it takes room on \(inventory.hosts[host.index].name), which is at another site")
      }
      if tenants[..<index].contains(where: { $0.kind == tenant.kind }) {
        return (name, "it takes room in two places")
      }
    }
    return nil
  }
}
