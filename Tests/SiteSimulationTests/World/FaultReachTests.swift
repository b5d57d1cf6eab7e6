import Inventory
import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// Whom a fault can touch: of four machines, `app-1` and `app-3` are on the first of two hosts and use the first of two servers.
@Suite struct FaultReachTests {
  private func faults(_ timeline: String...) throws -> [FaultRecord] {
    var world = ReplicationServerTests.world(machines: 4, servers: 2)
    world.hosts = 2
    world.targetHosts = 3
    world.timeline = timeline
    return try run(world, until: .minutes(5)).faults
  }

  /// The numbers in the names of the machines; `nil` for all.
  private func machines(_ fault: FaultRecord) -> [Int]? { fault.reach.map { $0.map { $0.index + 1 } } }

  @Test func `A fault of a host or a server touches those that go through it`() throws {
    let faults = try faults(
      #""at": "70s", "do": "host.fail", "host": "paris-esx-01", "for": "10s""#,
      #""at": "100s", "do": "vrserver.fail", "server": "lyon-vrs-02", "for": "10s""#)
    #expect(machines(faults[0]) == [1, 3] && machines(faults[1]) == [2, 4])
    #expect(faults[0].canTouch(VirtualMachineID(2)) && !faults[0].canTouch(VirtualMachineID(1)))
  }

  @Test func `A fault of a link, a site or a datastore touches all that use it`() throws {
    let faults = try faults(
      #""at": "70s", "do": "link.down", "link": "wan", "for": "5s""#,
      #""at": "80s", "do": "site.fail", "site": "lyon", "for": "5s""#,
      #""at": "90s", "do": "datastore.full", "datastore": "ds-lyon", "for": "5s""#)
    #expect(faults.map(\.reach) == [nil, nil, nil])
  }

  @Test func `What is done to machines touches them alone`() throws {
    let faults = try faults(
      #""at": "70s", "do": "vm.power-off", "vm": "app-4", "for": "5s""#,
      #""at": "80s", "do": "workload.scale", "vm": "app-2", "factor": "500%", "for": "5s""#,
      #""at": "90s", "do": "replication.pause", "vm": "app-1", "for": "5s""#)
    #expect(faults.map(machines) == [[4], [2], [1]])
  }

  @Test func `Without replication servers in the way their faults touch nobody`() throws {
    var world = ReplicationServerTests.world(machines: 2, servers: 1)
    world.profile = #""product": "enhanced""#
    world.timeline = [#""at": "70s", "do": "vrserver.fail", "server": "lyon-vrs-01", "for": "5s""#]
    #expect(try run(world, until: .minutes(3)).faults.map(\.reach) == [[]])
  }

  @Test func `A vSAN datastore is its hosts`() throws {
    let record = try run(
      VSANTests.world(
        duration: "20m", #""at": "10m", "do": "host.fail", "host": "lyon-esx-04", "for": "1m""#))
    #expect(record.faults.map(\.reach) == [nil])
  }
}
