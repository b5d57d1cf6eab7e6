import Measurements
import Quantities
import ReplicationCore
import ResourceModels
import Scenarios
import Testing

@testable import SiteSimulation

@Suite struct BrokenPathTests {
  @Test func `A message without content does not cross a link that is down`() throws {
    // 48 MiB at 1 MiB/s begin to arrive at 60 s + 0.3 s and are whole at 108.3 s. The answer would be at the source
    // at 108.6 s, but the link is down from 108.4 s to 138.4 s.
    var world = LinkFaultTests.world
    world.link = #""bandwidth": "1MiB/s", "latency": "300ms""#
    world.timeline = [#""at": "108.4s", "do": "link.down", "link": "wan", "for": "30s""#]
    let cycle = try run(world).cycles[0]
    #expect(cycle.isCompleted && cycle.endedAt.isClose(to: .zero + .milliseconds(138_400)))
  }

  @Test func `No instance completes at a site without hosts`() throws {
    // The link is down at 106 s, the last host fails at 106.5 s, and the link returns at 107 s: 2 MiB are missing.
    var small = LinkFaultTests.world
    small.timeline = [
      #""at": "106s", "do": "link.down", "link": "wan", "for": "1s""#,
      #""at": "106.5s", "do": "host.fail", "host": "lyon-esx-01", "for": "40s""#,
    ]
    var world = try small.world()
    try world.run(until: .seconds(140))
    #expect(world.replications[0].verifiedInstanceCount == 0)
  }

  @Test func `A shutdown of several machines lasts until the last of them is up`() throws {
    var small = LinkFaultTests.world
    small.machines.append(#""name": "web", "disks": [{ "name": "data", "size": "1GiB", "used": "64MiB" }]"#)
    small.replications.append(#""vm": "web", "rpo": "1m", "policy": "fixed", "initialSync": "done""#)
    small.machines.append(#""name": "idle", "disks": [{ "name": "data", "size": "1GiB", "used": "64MiB" }]"#)
    small.timeline = [
      #""at": "100s", "do": "vm.power-off", "vm": "*", "for": "200s""#,
      #""at": "150s", "do": "vm.power-on", "vm": "web""#,
      #""at": "160s", "do": "vm.power-off", "vm": "idle", "for": "20s""#,
    ]
    let faults = try run(small).faults
    #expect(faults.map(\.to) == [.seconds(300), .seconds(180)])
  }

  /// Three disks over 1 Tbit/s: marks and ends of the transfers fall within the same nanosecond.
  @Test func `A transfer may end within the nanosecond of its last mark`() throws {
    let record = try run(
      Scenario.read(
        """
        {
          "format": 1, "name": "fast", "limits": "relaxed", "clock": { "duration": "10m" },
          "sites": [
            { "name": "paris", "datastores": [{ "name": "here" }] },
            { "name": "lyon", "datastores": [{ "name": "there" }] }
          ],
          "links": [
            { "name": "wan", "between": ["paris", "lyon"], "usable": "100%", "bandwidth": "1Tbps", "latency": "20ms" }
          ],
          "network": { "model": "bare", "framing": "none" },
          "vms": [
            { "name": "vm", "site": "paris", "datastore": "here",
              "disks": [
                { "name": "a", "size": "8KiB" }, { "name": "b", "size": "2MiB" }, { "name": "c", "size": "8KiB" }] }
          ],
          "replications": [
            { "vm": "vm", "to": "lyon", "datastore": "there", "rpo": "5m", "initialSync": "seeded",
              "differing": "100%" }
          ],
          "profile": { "checksumRate": "46MB/s" }
        }
        """))
    #expect(record.verifiedInstanceCount > 0)
  }

  @Test func `A short silence leaves a window as open as it was, and no wider`() {
    var connection = Connection(windowMaximum: .mebibytes(4))
    let path = NetworkPath([NetworkHop(bandwidth: .gigabitsPerSecond(1), latency: .milliseconds(20))])
    _ = connection.open(over: path, model: .fluid, at: .zero)
    connection.transferEnded(at: .zero + .milliseconds(61))
    _ = connection.open(over: path, model: .fluid, at: .zero + .milliseconds(100))
    #expect(!connection.slowStart.isOver)
  }
}
