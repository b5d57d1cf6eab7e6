import Inventory
import Measurements
import Quantities
import Testing

@testable import SiteSimulation

/// Two links join the sites: `wan` with 1 MiB/s, and `backup`, which leads the other way round and has half of it.
///
/// Routing converges in 5 s and returns after 10 s. The delta of 48 MiB takes from 60 s to 108 s where nothing disturbs it.
@Suite struct LinkChoiceTests {
  private static func world(_ timeline: String..., replication: String = "", backup: String = "")
    -> SmallWorld
  {
    var world = LinkFaultTests.world
    world.link = #"""
      "bandwidth": "1MiB/s", "latency": "0ms" },
      { "name": "backup", "between": ["lyon", "paris"], "usable": "100%", "bandwidth": "512KiB/s",
        "latency": "0ms", "preference": 2
      """#
    if !backup.isEmpty { world.link = backup }
    world.profile = #""routeConvergence": "5s", "routeReturn": "10s""#
    world.replications[0] += replication
    world.timeline = timeline
    return world
  }

  /// What each link carried towards the target, by name.
  private static func carried(_ record: RunRecord) -> [String: UInt64] {
    var bytes: [String: UInt64] = [:]
    for link in record.links where link.source == "paris" { bytes[link.name] = link.use.bytes.bytes }
    return bytes
  }

  @Test func `While all links are up the preferred one carries everything`() throws {
    let record = try run(Self.world())
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(108)))
    #expect(Self.carried(record)["backup"] == 0)
  }

  @Test func `When the link goes down the next one takes over after convergence`() throws {
    // 20 MiB by 80 s; from 85 s on the other 28 MiB at half the rate: 56 s.
    var world = Self.world(#""at": "80s", "do": "link.down", "link": "wan", "for": "1h""#)
    world.duration = "142s"
    let record = try run(world)
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(141)))
    #expect(!record.cycles[0].isAborted)
    #expect(Self.carried(record)["wan"] == 20 << 20)
    let changes = record.events.filter { $0.kind == "replication.link-changed" }
    #expect(changes.map(\.at) == [.seconds(85)] && changes.map(\.detail) == ["to link backup"])
  }

  @Test func `What was under way on the broken link is sent again, and counted`() throws {
    // At 82 s the frame that began at 80 s is half across: 2 MiB for nothing, and 28 MiB left at 87 s.
    var world = Self.world(#""at": "82s", "do": "link.down", "link": "wan", "for": "1h""#)
    world.duration = "144s"
    let record = try run(world)
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(143)))
    let wasted = record.links.reduce(ByteCount.zero) { $0 + $1.wastedSize }
    #expect(wasted == .mebibytes(2))
    let wireSize = record.cycles.reduce(ByteCount.zero) { $0 + $1.wireSize }
    let carried = Self.carried(record).values.reduce(0, +)
    #expect(abs(Int64(carried) - Int64((wireSize + wasted).bytes)) <= 2)
  }

  @Test func `When the better link returns a delta moves back and loses nothing`() throws {
    // Down from 10 s to 70 s. 60 s to 80 s at half the rate bring 10 MiB; the other 38 MiB take 38 s.
    let record = try run(Self.world(#""at": "10s", "do": "link.down", "link": "wan", "for": "60s""#))
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(118)))
    #expect(Self.carried(record)["backup"] == 10 << 20)
    #expect(record.links.allSatisfy { $0.wastedSize == .zero })
  }

  @Test func `A link that is back before routing has converged keeps its connections`() throws {
    let record = try run(Self.world(#""at": "80s", "do": "link.down", "link": "wan", "for": "4s""#))
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(112)))
    #expect(!record.events.contains { $0.kind == "replication.link-changed" })
  }

  @Test func `A better link that fails again before the return changes nothing`() throws {
    // Up from 70 s to 79 s only: all 48 MiB at half the rate.
    let record = try run(
      Self.world(
        #""at": "10s", "do": "link.down", "link": "wan", "for": "60s""#,
        #""at": "79s", "do": "link.down", "link": "wan", "for": "1h""#))
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(156)))
  }

  @Test func `Convergence counts from the failure that lasts`() throws {
    // Down from 80 s to 83 s and from 84 s on: routing changes at 89 s. The 1 MiB of the second between is sent again:
    // 28 MiB at half the rate take 56 s.
    let record = try run(
      Self.world(
        #""at": "80s", "do": "link.down", "link": "wan", "for": "3s""#,
        #""at": "84s", "do": "link.down", "link": "wan", "for": "1h""#))
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(145)))
  }

  @Test func `A replication that names its link waits for it`() throws {
    let record = try run(
      Self.world(
        #""at": "80s", "do": "link.down", "link": "wan", "for": "20s""#, replication: #", "via": "wan""#))
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(128)))
    #expect(Self.carried(record)["backup"] == 0)
  }

  @Test func `Of equally good links the first one is used, and the file's order does not beat the number`()
    throws
  {
    let other =
      #""bandwidth": "1MiB/s", "latency": "0ms", "preference": 2 }, { "name": "backup", "between": ["paris", "lyon"], "usable": "100%", "bandwidth": "1MiB/s", "latency": "0ms""#
    #expect(try Self.carried(run(Self.world(backup: other)))["wan"] == 0)
    let equal = other.replacing(#", "preference": 2"#, with: "")
    #expect(try Self.carried(run(Self.world(backup: equal)))["backup"] == 0)
  }

  @Test func `Where the connection times out first, the sync starts over on the other link`() throws {
    // The loss is noticed at 140 s. At 180 s routing has converged; the attempt of 200 s succeeds.
    var world = Self.world(#""at": "80s", "do": "link.down", "link": "wan", "for": "1h""#)
    world.profile = #""routeConvergence": "100s""#
    let record = try run(world)
    #expect(record.cycles[0].outcome == .aborted(reason: "connectionLost"))
    #expect(record.cycles[1].startedAt == .seconds(200))
    #expect(record.cycles[1].endedAt.isClose(to: .seconds(296)))
  }

  @Test func `The window is worth what the round trip of the new link makes of it`() throws {
    // 64 KiB in 100 ms are 0.625 MiB/s: from 85 s on the other 28 MiB take 44.8 s.
    var world = Self.world(
      #""at": "80s", "do": "link.down", "link": "wan", "for": "1h""#,
      backup:
        #""bandwidth": "1MiB/s", "latency": "10ms", "window": "64KiB" }, { "name": "backup", "between": ["paris", "lyon"], "usable": "100%", "bandwidth": "1MiB/s", "latency": "50ms", "window": "64KiB", "preference": 2"#
    )
    world.network = #""model": "fluid", "framing": "none""#
    // Small frames, so that little is sent twice.
    world.profile += #", "transferChunk": "64KiB""#
    let end = try run(world).cycles[0].endedAt
    #expect(end > .seconds(129) && end < .seconds(131))
  }
}
