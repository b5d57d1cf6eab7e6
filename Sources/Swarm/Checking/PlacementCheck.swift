import Inventory
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
}
