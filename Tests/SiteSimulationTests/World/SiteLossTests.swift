import Inventory
import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// Machines of `a` are replicated every five minutes, at once over a line that takes no time worth telling, to `b` or `c`.
@Suite struct SiteLossTests {
  private static func losses(_ timeline: String...) throws -> [SiteLossRecord] {
    try run(
      Scenario.read(
        """
        { "format": 1, "name": "losses", "limits": "relaxed", "clock": { "duration": "1h" },
          "sites": [
            { "name": "a", "hosts": 1, "fateGroup": "campus", "datastores": [{ "name": "ds-a" }] },
            { "name": "b", "hosts": 1, "fateGroup": "campus", "datastores": [{ "name": "ds-b" }] },
            { "name": "c", "hosts": 1, "datastores": [{ "name": "ds-c" }] }],
          "links": [
            { "name": "ab", "between": ["a", "b"], "bandwidth": "10Gbps", "latency": "0ms" },
            { "name": "ac", "between": ["a", "c"], "bandwidth": "10Gbps", "latency": "0ms" }],
          "vms": [
            { "name": "near", "site": "a", "datastore": "ds-a", "disks": [{ "name": "d", "size": "1GiB" }] },
            { "name": "far", "site": "a", "datastore": "ds-a", "disks": [{ "name": "d", "size": "1GiB" }] },
            { "name": "off", "site": "a", "datastore": "ds-a", "disks": [{ "name": "d", "size": "1GiB" }] },
            { "name": "back", "site": "c", "datastore": "ds-c", "disks": [{ "name": "d", "size": "1GiB" }] },
            { "name": "alone", "site": "a", "datastore": "ds-a", "disks": [{ "name": "d", "size": "1GiB" }] }],
          "replications": [
            { "vm": "near", "to": "b", "datastore": "ds-b", "rpo": "5m", "initialSync": "done" },
            { "vm": "far", "to": "c", "datastore": "ds-c", "rpo": "20m", "initialSync": "done" },
            { "vm": "off", "to": "c", "datastore": "ds-c", "rpo": "20m", "initialSync": "done" },
            { "vm": "back", "to": "a", "datastore": "ds-a", "rpo": "20m", "initialSync": "done" }],
          "timeline": [\(timeline.map { "{ \($0) }" }.joined(separator: ","))] }
        """)
    ).siteLosses
  }

  @Test func `A site that fails costs what its replicas elsewhere do not have`() throws {
    let losses = try Self.losses(
      #""at": "20m", "do": "vm.power-off", "vm": "off""#,
      #""at": "21m", "do": "replication.sync", "vm": "off""#,
      #""at": "26m", "do": "replication.sync", "vm": "far""#,
      #""at": "30m", "do": "site.fail", "site": "a", "for": "10m", "id": "fire""#)

    // The campus is a and b: the near replica burns too. `off` ran last when it was shut down and was copied a minute later.
    // `far` has the instance of the 26th minute, four minutes old. `back` runs at c, and `alone` is nobody's concern.
    let loss = try #require(losses.first)
    #expect(losses.count == 1)
    #expect(loss.fault == "fire" && loss.sites == "a and b" && loss.at == .minutes(30))
    #expect(loss.machines.map(\.vm.index) == [0, 1, 2])
    #expect(loss.machines.map(\.loss) == [nil, .minutes(4), .zero])
    #expect(loss.worst?.vm.index == 1)
  }

  @Test func `A site without machines of its own costs nothing`() throws {
    #expect(try Self.losses(#""at": "30m", "do": "host.fail", "host": "c-esx-01", "for": "10m""#).isEmpty)
  }
}
