import Inventory
import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// Machines of a failed host whose disks cannot be reached either.
@Suite struct StorageReachTests {
  /// Three hosts with vSphere HA hold a vSAN: a mirror and a witness, each on one of them.
  @Test func `vSphere HA starts a machine when a majority of its disks' votes is back`() throws {
    let fail = (1...2).map { #"{ "at": "20m", "do": "host.fail", "host": "c1-esx-0\#($0)", "for": "10m" }"# }
    let record = try run(
      Scenario.read(
        """
        { "format": 1, "name": "small", "clock": { "duration": "1h" },
          "sites": [
            { "name": "paris", "datastores": [{ "name": "ds-paris", "vsan": { "device": "10GiB", "cluster": "c1" } }],
              "clusters": [{ "name": "c1", "hosts": 3, "ha": {} }] },
            { "name": "lyon", "datastores": [{ "name": "ds-lyon" }] }],
          "links": [{ "name": "wan", "between": ["paris", "lyon"], "usable": "100%", "bandwidth": "10MiB/s", "latency": "0ms" }],
          "workloads": { "app": { "model": "periodic", "every": "1m", "first": "30s", "size": "8MiB" } },
          "vms": [{ "name": "app", "site": "paris", "datastore": "ds-paris", "host": "c1-esx-01",
            "disks": [{ "name": "data", "size": "100MiB", "workload": "app" }] }],
          "replications": [{ "vm": "app", "to": "lyon", "datastore": "ds-lyon", "rpo": "15m", "initialSync": "done" }],
          "timeline": [\(fail.joined(separator: ","))] }
        """))
    let story = record.events.filter { $0.kind.hasPrefix("vm.") }
      .map { "\($0.at.nanoseconds / 1_000_000_000) \($0.kind)" }

    // Without them host 3 would have it on at 1,228 s. Two of three votes are back at 1,800 s; 10 s for the power-on.
    #expect(story == ["1200 vm.fail", "1800 vm.restart-begins", "1810 vm.start"])
    #expect(record.vms[0].finalStatus == "OK")
  }
}
