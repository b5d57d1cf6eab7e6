import Inventory
import Quantities
import Scenarios
import SiteSimulation

/// In which order vSphere HA starts machines again: whatever starts leaves no machine of higher priority behind that could have
/// started there.
enum RestartCheck {
  /// A machine that began to start while one of higher priority waited that its host had room for; `nil` if there is none.
  ///
  /// Both must have waited before, so that neither came later. What is not certain of a demand, as whether a recovered machine is
  /// guaranteed memory, is taken so that nothing is found for it.
  static func defect(
    before: [RestartSight], now: [RestartSight], tenants: [HostTenant], in inventory: Inventory,
    priority: (VirtualMachineID) -> RestartPriority
  ) -> (machine: VirtualMachineID, detail: String)? {
    for started in now {
      guard let host = started.host, !before.contains(started) else { continue }
      for other in now where other.host == nil && other.hosts == started.hosts && before.contains(other) {
        guard priority(other.machine) > priority(started.machine) else { continue }
        let left = tenants.filter { $0.kind != .virtualMachine(started.machine) && $0.hosts.contains(host) }
        guard fits(other.machine, beside: left, on: host, in: inventory) else { continue }
        let name = inventory[other.machine].name
        return (
          started.machine,
          "it starts on \(inventory.hosts[host.index].name), and \(name) of higher priority waits, which has room there"
        )
      }
    }
    return nil
  }

  private static func fits(
    _ machine: VirtualMachineID, beside tenants: [HostTenant], on host: HostID, in inventory: Inventory
  ) -> Bool {
    guard let cluster = inventory.clusters.first(where: { $0.hosts.contains(host) }),
      let capacity = cluster.hostCapacity, let settings = cluster.availability
    else { return true }
    func demand(_ id: VirtualMachineID) -> HostDemand {
      HostDemand(
        cpuCount: inventory[id].cpuCount, memory: inventory[id].memory,
        reservation: inventory[id].memoryReservation)
    }
    let taken = tenants.reduce(demand(machine)) { sum, tenant in
      switch tenant.kind {
      case .virtualMachine(let id): sum + demand(id)
      case .appliance(let id):
        sum
          + HostDemand(
            cpuCount: inventory[id].cpuCount, memory: inventory[id].memory, reservation: .zero)
      }
    }
    return HostBounds(of: capacity, under: settings).hold(taken)
  }
}

extension WorldChecker {
  /// Looks whether what starts now was the next in order.
  mutating func checkRestarts(_ world: borrowing World) throws(Violation) {
    let restarts = world.restartSights
    defer { self.restarts = restarts }
    guard restarts != self.restarts, !self.restarts.isEmpty else { return }
    let tenants = world.hostTenants
    let found = RestartCheck.defect(
      before: self.restarts, now: restarts, tenants: tenants, in: scenario.inventory
    ) { [scenario] machine in scenario.virtualMachines[machine.index].guest.restartPriority }
    guard let (machine, detail) = found else { return }
    throw Violation(.placement, at: world.time, subject: scenario.inventory[machine].name, detail: detail)
  }
}
