import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// The 200 replications of a server, at run time.
@Suite struct ServerLimitTests {
  private func scenario(limits: String) throws -> Scenario {
    try Scenario.read(
      """
      { "format": 1, "name": "small", "limits": "\(limits)", "clock": { "duration": "20m" },
        "sites": [{ "name": "paris", "datastores": [{ "name": "ds-paris" }] },
          { "name": "lyon", "replicationServers": 2, "datastores": [{ "name": "ds-lyon" }] }],
        "links": [{ "name": "wan", "between": ["paris", "lyon"], "bandwidth": "1Gbps", "latency": "1ms" }],
        "vms": [{ "name": "app-{001..202}", "site": "paris", "datastore": "ds-paris",
          "disks": [{ "name": "data", "size": "1MiB" }] }],
        "replications": [{ "vm": "app-*", "to": "lyon", "datastore": "ds-lyon", "rpo": "1h", "initialSync": "done" }],
        "timeline": [{ "at": "10m", "do": "replication.move", "vm": "app-*", "server": "lyon-vrs-01" }] }
      """)
  }

  @Test func `A server takes 200 replications and refuses more`() throws {
    let record = try run(scenario(limits: "product"))
    let refused = record.events.filter { $0.kind == "replication.move-refused" }
    #expect(refused.count == 2 && refused[0].detail == "lyon-vrs-01 has 200 replications")
  }

  @Test func `With relaxed limits a server takes any number`() throws {
    let record = try run(scenario(limits: "relaxed"))
    #expect(!record.events.contains { $0.kind == "replication.move-refused" })
  }
}
