import ClusterModels
import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Recoveries into clusters that are looked at in detail.
@Suite struct ClusterRecoveryTests {
  /// Clusters with vSphere HA at both sites, two hosts of 40 GiB at `paris` and, of `memory`, at `lyon`; a machine of 8 GiB at `paris`, and one of 24 GiB that
  /// nobody replicates on the first host of `lyon`.
  private func world(memory: String = "40GiB", timeline: [String] = []) throws -> World {
    func cluster(_ name: String, _ memory: String) -> String {
      #""clusters": [{ "name": "\#(name)", "hosts": 2, "hostType": { "cores": 10, "memory": "\#(memory)" }, "ha": { "memoryOvercommitment": "100%" } }]"#
    }
    return try World(
      Scenario.read(
        """
        { "format": 1, "name": "small", "limits": "relaxed", "clock": { "duration": "2h" },
          "sites": [
            { "name": "paris", "datastores": [{ "name": "ds-paris" }], \(cluster("c1", "40GiB")) },
            { "name": "lyon", "datastores": [{ "name": "ds-lyon" }], \(cluster("c2", memory)) }],
          "links": [{ "name": "wan", "between": ["paris", "lyon"], "usable": "100%", "bandwidth": "1MiB/s", "latency": "0ms" }],
          "network": { "model": "bare", "framing": "none" },
          "workloads": { "app": { "model": "periodic", "every": "1m", "first": "30s", "size": "8MiB", "offset": "16MiB" } },
          "vms": [{ "name": "app", "site": "paris", "datastore": "ds-paris", "host": "c1-esx-01", "boot": "20s", "shutdown": "10s",
            "memory": "8GiB", "disks": [{ "name": "data", "size": "1GiB", "used": "64MiB", "workload": "app" }] },
            { "name": "lab", "site": "lyon", "datastore": "ds-lyon", "host": "c2-esx-01", "memory": "24GiB",
              "disks": [{ "name": "data", "size": "1GiB" }] }],
          "replications": [{ "vm": "app", "to": "lyon", "datastore": "ds-lyon", "rpo": "5m", "policy": "fixed", "initialSync": "done" }],
          "timeline": [\(timeline.map { "{ \($0) }" }.joined(separator: ","))],
          "profile": { "configurationSize": "0B" } }
        """))
  }

  @Test func `A recovered machine goes to the host with the most room, and vSphere HA starts it again`()
    throws
  {
    // The host fails at 500 s: 18 s until that is noticed, 10 s for the power-on, 20 s for the boot.
    var world = try world(timeline: [#""at": "500s", "do": "host.fail", "host": "c2-esx-02""#])
    try world.run(until: .seconds(400))
    let instance = try world.migrate(step: 1, until: .seconds(450))
    #expect(instance == .seconds(410))
    let host = try world.startRecovered()
    #expect(world.scenario.inventory[host].name == "c2-esx-02")
    try world.run(until: .seconds(600))
    let record = try world.finish(version: "test")
    #expect(
      record.events.filter { $0.kind.hasPrefix("vm.") && $0.at >= .seconds(500) }
        .map { "\($0.at.nanoseconds / 1_000_000_000) \($0.kind) \($0.detail)" } == [
          "500 vm.fail host c2-esx-02 failed", "518 vm.restart-begins on host c2-esx-01",
          "528 vm.start on host c2-esx-01", "548 vm.ready ",
        ])
  }

  @Test func `Where no host has room a machine is recovered once another one was suspended`() throws {
    // Hosts of 28 GiB: the one holds 24 GiB, the other has failed.
    var world = try world(
      memory: "28GiB", timeline: [#""at": "100s", "do": "host.fail", "host": "c2-esx-02""#])
    try world.run(until: .seconds(400))
    _ = try world.makeWritable(0, notAfter: nil)
    #expect(world.registerRecovered(0) == nil)
    var refusal = ""
    if case .failure(let failure) = try world.powerOn(0, copy: .recovered) { refusal = failure.text }
    #expect(refusal == "no host has room")
    let (lab, lyon) = (VirtualMachineID(1), SiteID(1))
    try world.suspend(lab, at: lyon)
    #expect(world.power(of: lab, at: lyon) == .suspended)
    let host = try world.startRecovered()
    #expect(world.scenario.inventory[host].name == "c2-esx-01")
    #expect(try world.resume(lab, at: lyon)?.text == "no host has room")
    #expect(try world.powerOff(0, copy: .recovered) == nil)
    #expect(try world.resume(lab, at: lyon) == nil)
    #expect(world.power(of: lab, at: lyon) == .on)
  }

  @Test func `A machine comes back to the cluster it left`() throws {
    var world = try world(timeline: [#""at": "3000s", "do": "host.fail", "host": "c1-esx-01""#])
    for round in 0..<2 {
      try world.run(until: world.now + .minutes(10))
      let instance = try world.migrate(step: round * 2, until: world.now + .minutes(1))
      #expect(instance != nil)
      _ = try world.startRecovered()
      #expect(try world.reverseReplication(of: 0) == nil)
    }
    try world.run(until: .seconds(2_900))
    #expect(world.status(of: 0).rawValue == "OK")
    #expect(world.machines[world.current].place == world.compute.machinePlaces[0])
    #expect(world.scenario.inventory[world.machines[world.current].host].name == "c1-esx-01")
    try world.run(until: .seconds(3_100))
    #expect(world.scenario.inventory[world.machines[world.current].host].name == "c1-esx-02")
    _ = try world.finish(version: "test")
  }
}
