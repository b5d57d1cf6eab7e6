import Inventory
import Measurements
import Quantities
import ReplicationCore
import Testing

@testable import SiteSimulation

/// Bandwidths by the time of the week, other traffic, and frames that are damaged, around the delta of 48 MiB that
/// takes from 60 s to 108 s where nothing disturbs it.
@Suite struct LinkTrafficTests {
  /// The run begins 80 s before eight on a Monday.
  private static func world(_ link: String, timeline: [String] = []) -> SmallWorld {
    var world = LinkFaultTests.world
    world.start = "2025-03-03T07:58:40Z"
    world.link = #""bandwidth": "1MiB/s", "latency": "0ms"\#(link)"#
    world.timeline = timeline
    return world
  }

  // MARK: - Schedules

  @Test func `A schedule changes the bandwidth at its time of day`() throws {
    // 20 MiB by 80 s; the other 28 MiB at half the rate: 56 s.
    let world = Self.world(
      #", "schedule": [{ "days": "Mon-Fri", "from": "08:00", "to": "08:01", "bandwidth": "512KiB/s" }]"#)
    #expect(try run(world).cycles[0].endedAt.isClose(to: .seconds(136)))
  }

  @Test func `A schedule for other days changes nothing`() throws {
    let world = Self.world(
      #", "schedule": [{ "days": "Tue-Sun", "from": "08:00", "to": "08:01", "bandwidth": "512KiB/s" }]"#)
    #expect(try run(world).cycles[0].endedAt.isClose(to: .seconds(108)))
  }

  @Test func `Of two rules that hold the finer one counts`() throws {
    // Half the rate from 20 s to 200 s, but a quarter from 80 s to 140 s: 20/2 + 60/4 + 46/2 MiB by 186 s.
    let world = Self.world(
      #"""
      , "schedule": [{ "days": "Mon", "from": "08:00", "to": "08:01", "bandwidth": "256KiB/s" },
                     { "from": "07:59", "to": "08:02", "bandwidth": "512KiB/s" }]
      """#)
    #expect(try run(world).cycles[0].endedAt.isClose(to: .seconds(186)))
  }

  @Test func `A limit counts instead of the schedule`() throws {
    // 28 MiB at 2 MiB/s take 14 s.
    let world = Self.world(
      #", "schedule": [{ "from": "08:00", "to": "08:01", "bandwidth": "512KiB/s" }]"#,
      timeline: [#""at": "80s", "do": "link.limit", "link": "wan", "bandwidth": "2MiB/s", "for": "16s""#])
    #expect(try run(world).cycles[0].endedAt.isClose(to: .seconds(94)))
  }

  // MARK: - Other traffic

  @Test func `Other traffic takes its rate, and its bytes are not those of replication`() throws {
    // Half of the link for 16 s: 8 s later. Both directions carry 8 MiB of it.
    let record = try run(
      Self.world(
        "",
        timeline: [
          #""at": "80s", "do": "link.background", "link": "wan", "background": { "rate": "512KiB/s" }, "for": "16s""#
        ]))
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(116)))
    #expect(record.links.map { ($0.backgroundSize.bytes + (512 << 10)) >> 20 } == [8, 8])
    let wireSize = record.cycles.reduce(ByteCount.zero) { $0 + $1.wireSize }
    #expect(abs(Int64(record.carried.bytes) - Int64(wireSize.bytes)) <= 2)
  }

  @Test func `Other traffic of three connections takes three quarters`() throws {
    // A quarter of the link for 16 s: 12 s later.
    let record = try run(
      Self.world(
        "",
        timeline: [
          #""at": "80s", "do": "link.background", "link": "wan", "background": { "rate": "1MiB/s", "connections": 3 }, "for": "16s""#
        ]))
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(120)))
  }

  @Test(arguments: [#""rate": "512KiB/s""#, #""share": "50%""#])
  func `Other traffic has its own times of the week`(amount: String) throws {
    // From 80 s to 140 s half of the link is left: 28 MiB take 56 s.
    let record = try run(
      Self.world(#", "background": { \#(amount), "schedule": [{ "from": "08:00", "to": "08:01" }] }"#))
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(136)))
    #expect(record.links.map { ($0.backgroundSize.bytes + (512 << 10)) >> 20 } == [30, 30])
  }

  @Test func `A link that others fill is full, whatever replication gets of it`() throws {
    // Both get half of it from 80 s to 108 s and more; full before and meanwhile.
    let world = Self.world(
      #", "background": { "rate": "1MiB/s", "schedule": [{ "from": "08:00", "to": "08:01" }] }"#)
    let bins = try run(world).links[0].use.bins
    #expect(bins[1].saturatedTime >= .seconds(59))
    #expect(bins[1].bytes < 45 << 20)
  }

  @Test func `Bursts come and go at random, half of the time in the mean, and again in the same way`() throws
  {
    // Nothing else is sent back: 479 s at 1 MiB/s, half of the time. About 240 pairs of 2 s: σ about 11 s.
    let world = Self.world(#", "background": { "rate": "1MiB/s", "on": "1s", "off": "1s" }"#)
    let record = try run(world)
    let sent = record.links[1].backgroundSize.bytes >> 20
    #expect(sent > 195 && sent < 285)
    #expect(record.links[0].backgroundSize != record.links[1].backgroundSize)
    #expect(try run(world) == record)
  }

  // MARK: - Damage

  @Test func `A damaged frame is sent again and never stored, and the sync goes on`() throws {
    // Each frame is 4 MiB, so each damaged one costs 4 s; there is no latency to set a connection up.
    var world = LinkFaultTests.world
    world.seed = 3
    world.timeline = [#""at": "60s", "do": "link.corrupt", "link": "wan", "share": "30%", "for": "40s""#]
    let record = try run(world)
    let damaged = record.links[0].damagedFrameCount
    #expect(damaged > 0)
    #expect(record.links[0].wastedSize == .mebibytes(4) * UInt64(damaged))
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(108 + 4 * Int64(damaged))))
    #expect(record.cycles.allSatisfy { !$0.isAborted })
    let wireSize = record.cycles.reduce(ByteCount.zero) { $0 + $1.wireSize }
    #expect(record.carried == wireSize + record.links[0].wastedSize)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `Whatever is damaged, replicas are equal and every byte is accounted for`(seed: UInt64) throws {
    var world = LinkFaultTests.world
    world.seed = Int(seed)
    world.link = #""bandwidth": "1MiB/s", "latency": "20ms", "loss": "0.01%""#
    world.network = #""model": "fluid""#
    world.profile = #""transferChunk": "256KiB""#
    world.replications = [#""vm": "app", "rpo": "1m", "initialSync": "seeded", "differing": "30%""#]
    world.timeline = [
      #""at": "10s", "do": "link.corrupt", "link": "wan", "share": "5%", "for": "3m""#,
      #""at": "90s", "do": "link.corrupt", "link": "wan", "share": "2%", "for": "30s""#,
      #""at": "100s", "do": "link.down", "link": "wan", "for": "10s""#,
      #""at": "200s", "do": "workload.scale", "vm": "app", "factor": "0%""#,
    ]
    let record = try run(world)
    #expect(["OK", "SYNC"].contains(record.vms[0].finalStatus))
    #expect(record.links[0].damagedFrameCount > 0)
    let wireSize = record.cycles.reduce(ByteCount.zero) { $0 + $1.wireSize } + record.links[0].wastedSize
    #expect(abs(Int64(record.carried.bytes) - Int64(wireSize.bytes)) <= 2)
  }
}
