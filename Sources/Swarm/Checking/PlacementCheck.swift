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

  /// A host of a cluster that counts memory on which more runs than it holds; `nil` if there is none.
  ///
  /// It has the memory that machines reserve with the overhead of running them, and has given them no more in all than
  /// its cluster's overcommitment allows. A machine that was recovered reserves nothing, so that only the overhead is sure.
  ///
  /// Only copies of machines that are or were replicated are counted: what else runs takes room beside them.
  static func overfilledHost(
    _ sights: [MachineSight], in inventory: Inventory
  ) -> (name: String, detail: String)? {
    for cluster in inventory.clusters {
      guard let availability = cluster.availability, let capacity = cluster.hostCapacity else { continue }
      let bounds = HostBounds(of: capacity, under: availability)
      for host in cluster.hosts {
        let taken = sights.filter { $0.isRunning && $0.host == host }.reduce(HostDemand.zero) {
          let machine = inventory[$1.machine]
          return $0
            + HostDemand(cpuCount: machine.cpuCount, memory: machine.memory, reservation: .zero)
        }
        guard !bounds.hold(taken) else { continue }
        return (
          inventory.hosts[host.index].name,
          "machines of \(taken.cpuCount) processors, \(taken.memory) of memory and \(taken.reserved) of overhead run on \(capacity.memory)"
        )
      }
    }
    return nil
  }
}
