import Inventory
import Quantities
import SiteSimulation
import Testing

@testable import Swarm

/// Machines of 8 GiB: 0 of low priority, 1 of high priority, 2 of medium priority, on hosts of 20 GiB, which hold two.
@Suite struct RestartCheckTests {
  private let hosts = [HostID(0), HostID(1)]

  private func waits(_ machine: Int) -> RestartSight {
    RestartSight(VirtualMachineID(machine), hosts: hosts, host: nil)
  }

  private func starts(_ machine: Int) -> RestartSight {
    RestartSight(VirtualMachineID(machine), hosts: hosts, host: HostID(0))
  }

  /// - Parameter others: What runs on the host already.
  private func found(before: [RestartSight], now: [RestartSight], others: [Int] = []) -> String? {
    var inventory = Inventory()
    inventory.hosts = [Host(name: "a", site: SiteID(0)), Host(name: "b", site: SiteID(0))]
    var settings = HighAvailability()
    settings.memoryOvercommitment = .one
    inventory.clusters = [
      Cluster(
        name: "a", site: SiteID(0), hosts: hosts,
        hostCapacity: HostCapacity(cores: 64, memory: .gibibytes(20)), availability: settings)
    ]
    inventory.virtualMachines = (0..<5).map {
      VirtualMachine(
        name: "vm-\($0)", site: SiteID(0), datastore: DatastoreID(0), host: HostID(0), disks: [])
    }
    let running = now.filter { $0.host != nil }.map(\.machine.index) + others
    let tenants = running.map { HostTenant(.virtualMachine(VirtualMachineID($0)), hosts: [HostID(0)]) }
    return RestartCheck.defect(before: before, now: now, tenants: tenants, in: inventory) {
      [.low, .high, .medium, .medium, .medium][$0.index]
    }?.detail
  }

  @Test func `A machine that starts before one of higher priority that fits is found`() {
    #expect(
      found(before: [waits(0), waits(1)], now: [starts(0), waits(1)])
        == "it starts on a, and vm-1 of higher priority waits, which has room there")
  }

  @Test func `The machine of higher priority starts first`() {
    #expect(found(before: [waits(0), waits(1)], now: [waits(0), starts(1)]) == nil)
    #expect(found(before: [waits(2), waits(3)], now: [starts(2), waits(3)]) == nil)
  }

  /// Beside two that run there is no room for it, whoever starts.
  @Test func `What fits nowhere holds nobody up`() {
    #expect(found(before: [waits(0), waits(1)], now: [starts(0), waits(1)], others: [2]) != nil)
    #expect(found(before: [waits(0), waits(1)], now: [starts(0), waits(1)], others: [2, 3]) == nil)
  }

  @Test func `Nobody waits for what comes later`() {
    #expect(found(before: [waits(0)], now: [starts(0), waits(1)]) == nil)
    #expect(found(before: [starts(0), waits(1)], now: [starts(0), waits(1)]) == nil)
  }
}

@Suite struct StrayCheckTests {
  /// - Parameter recoverable: Whether plans recover the machine.
  private func found(_ hosts: [[Int]], isRecoverable: Bool = false) -> String? {
    var inventory = Inventory()
    inventory.hosts = [0, 0, 1].map { Host(name: "at-\($0)", site: SiteID($0)) }
    inventory.virtualMachines = [
      VirtualMachine(name: "vm", site: SiteID(0), datastore: DatastoreID(0), host: HostID(0), disks: [])
    ]
    let id = VirtualMachineID(0)
    let tenants = hosts.map { HostTenant(.virtualMachine(id), hosts: $0.map { HostID($0) }) }
    return PlacementCheck.strayed(tenants, in: inventory, recoverable: isRecoverable ? [id] : [])?.detail
  }

  @Test func `A machine that nobody recovers is in one place of its site, or moves to another`() {
    #expect(found([[0]]) == nil)
    #expect(found([[0, 1]]) == nil)
    #expect(found([[0], [1]]) == "it takes room in two places")
    #expect(found([[2]]) == "it takes room on at-1, which is at another site")
    #expect(found([[0], [2]], isRecoverable: true) == nil)
  }
}
