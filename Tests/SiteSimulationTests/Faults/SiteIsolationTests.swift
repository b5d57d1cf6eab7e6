import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

@Suite struct SiteIsolationTests {
  /// A site with two links, isolated from 2 min to 8 min; one of the links is restored at 4 min.
  @Test func `A link that is restored ends the isolation of its site on itself alone`() throws {
    let record = try run(
      .read(
        """
        { "format": 1, "name": "isolation", "limits": "relaxed", "clock": { "duration": "10m" },
          "sites": [
            { "name": "paris", "datastores": [{ "name": "ds-paris" }] },
            { "name": "lyon", "datastores": [{ "name": "ds-lyon" }] }],
          "links": [
            { "name": "one", "between": ["paris", "lyon"], "bandwidth": "1MiB/s", "latency": "0ms" },
            { "name": "two", "between": ["paris", "lyon"], "bandwidth": "1MiB/s", "latency": "0ms" }],
          "vms": [{ "name": "app", "site": "paris", "datastore": "ds-paris", "disks": [{ "name": "d", "size": "1MiB" }] }],
          "replications": [
            { "vm": "app", "to": "lyon", "datastore": "ds-lyon", "rpo": "1m", "initialSync": "done", "via": "two" }],
          "timeline": [
            { "at": "2m", "do": "site.isolate", "site": "lyon", "for": "6m" },
            { "at": "4m", "do": "link.restore", "link": "one" }] }
        """))

    let isolation = try #require(record.faults.first { $0.kind == "site.isolate" })
    #expect(isolation.from == .minutes(2) && isolation.to == .minutes(8))
    // Over the other link nothing arrives before its end.
    #expect(!record.deltas.contains { $0.endedAt > .minutes(2) && $0.endedAt < .minutes(8) })
  }
}
