import Inventory
import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// Sites with two clusters: nothing crosses from one to the other that does not in the product.
@Suite struct ClusterBoundaryTests {
  /// Clusters `c1` and `c2` of three hosts at both sites; the datastores are vSANs of `c2` there.
  private func scenario(
    product: String = "8.0U3", host: String = "", plain: Bool = false, ha: String = "",
    machines: String = "app", _ timeline: String...
  ) throws -> Scenario {
    let source = plain ? "" : #", "vsan": { "device": "10GiB", "cluster": "c2" }"#
    return try Scenario.read(
      """
      { "format": 1, "name": "small", "clock": { "duration": "1h" },
        "sites": [
          { "name": "paris", "datastores": [{ "name": "ds-paris"\(source) }],
            "clusters": [{ "name": "c1", "hosts": 3 }, { "name": "c2", "hosts": 3 }] },
          { "name": "lyon", "datastores": [{ "name": "ds-lyon", "vsan": { "device": "10GiB", "cluster": "d2" } }],
            "clusters": [{ "name": "d1", "hosts": 3 }, { "name": "d2", "hosts": 3\(ha) }] }],
        "links": [{ "name": "wan", "between": ["paris", "lyon"], "usable": "100%", "bandwidth": "10MiB/s", "latency": "0ms" }],
        "workloads": { "app": { "model": "periodic", "every": "1m", "first": "30s", "size": "8MiB" } },
        "vms": [{ "name": "\(machines)", "site": "paris", "datastore": "ds-paris", \(host)
          "disks": [{ "name": "data", "size": "100MiB", "workload": "app" }] }],
        "replications": [{ "vm": "app*", "to": "lyon", "datastore": "ds-lyon", "rpo": "15m", "initialSync": "done" }],
        "timeline": [\(timeline.map { "{ \($0) }" }.joined(separator: ","))],
        "profile": { "product": "\(product)" } }
      """)
  }

  @Test func `A machine is not started in another cluster`() throws {
    let fail = (1...3).map { #""at": "20m", "do": "host.fail", "host": "c1-esx-0\#($0)", "for": "20m""# }
    let record = try run(
      scenario(host: #""host": "c1-esx-01","#, plain: true, fail[0], fail[1], fail[2]))
    let start = try #require(record.events.first { $0.kind == "vm.start" })
    #expect(start.at >= .minutes(40) && start.detail.contains("c1-esx"))
  }

  @Test func `A machine is moved to no other cluster`() throws {
    let record = try run(
      scenario(
        host: #""host": "c1-esx-01","#, plain: true,
        #""at": "20m", "do": "vm.migrate", "vm": "app", "host": "c2-esx-01""#))
    #expect(record.events.first { $0.kind == "vm.migrate-refused" }?.detail == "another cluster")
  }

  @Test func `Machines are placed in the cluster of their vSAN datastore`() throws {
    let scenario = try scenario(machines: "app-{1..6}")
    let hosts = scenario.inventory.virtualMachines.map { scenario.inventory[$0.host].name }
    #expect(hosts == [1, 2, 3, 1, 2, 3].map { "c2-esx-0\($0)" })
  }

  @Test func `A replica is written by hosts of its datastore's cluster, whatever fails and is balanced`()
    throws
  {
    var world = try World(
      scenario(
        product: "enhanced", machines: "app-{1..6}",
        #""at": "10m", "do": "host.fail", "host": "d2-esx-01", "for": "15m""#))
    for minute in stride(from: Int64(1), through: 60, by: 1) {
      try world.run(until: .minutes(minute))
      let names = world.replications.compactMap { $0.host.map { world.scenario.inventory[$0].name } }
      #expect(names.allSatisfy { $0.hasPrefix("d2-") }, "at \(minute) min: \(names)")
      if minute == 5 || minute == 59 { #expect(Set(names).count == 3 && names.count == 6) }
    }
    _ = try world.finish(version: "test")
  }

  @Test(arguments: ["", #", "ha": {}"#])
  func `A recovered machine runs in the cluster of the vSAN datastore that its replica is on`(ha: String)
    throws
  {
    var world = try World(
      scenario(plain: true, ha: ha, #""at": "30m", "do": "host.fail", "host": "d2-esx-01""#))
    try world.run(until: .minutes(20))
    _ = try world.makeWritable(0, notAfter: nil)
    let host = try world.startRecovered()
    #expect(world.scenario.inventory[host].name == "d2-esx-01")
    try world.run(until: .minutes(40))
    let later = world.machines[world.current].host
    #expect(world.scenario.inventory[later].name == "d2-esx-02" && world.machines[world.current].isOn)
  }

  @Test func `Balancing gives nothing to a host in maintenance mode`() throws {
    var world = try World(
      scenario(
        product: "enhanced", ha: #", "ha": {}"#, machines: "app-{1..6}",
        #""at": "10m", "do": "host.maintenance", "host": "d2-esx-01", "for": "40m""#))
    try world.run(until: .minutes(45))  // Balanced at 30 min.
    let names = world.replications.compactMap { $0.host.map { world.scenario.inventory[$0].name } }
    #expect(names.count == 6 && !names.contains("d2-esx-01"))
  }
}
