import Inventory
import Measurements
import Quantities
import ResourceModels
import Testing

@testable import SiteSimulation

/// Links that become slow, long, lossy or unsteady in the middle of a delta of 48 MiB, which takes from 60 s to 108 s
/// where nothing disturbs it.
@Suite struct LinkConditionTests {
  /// As ``LinkFaultTests/world``, with a window of 64 KiB over 10 ms, which bounds nothing: 64 KiB / 20 ms is 3.1 MiB/s.
  private static var windowed: SmallWorld {
    var world = LinkFaultTests.world
    world.link = #""bandwidth": "1MiB/s", "latency": "10ms", "window": "64KiB""#
    world.network = #""model": "fluid", "framing": "none""#
    return world
  }

  /// The end of the first delta, from the beginning of the run.
  private static func end(_ world: SmallWorld, _ timeline: String...) throws -> Instant {
    var world = world
    world.timeline = timeline
    return try run(world).cycles[0].endedAt
  }

  /// Whether `end` is `seconds` later than without faults, to 0.15 s: a round trip, and slow start after it.
  private static func isLater(_ end: Instant, by seconds: Double, in world: SmallWorld) throws -> Bool {
    let undisturbed = try Self.end(world)
    return abs(Double(end.nanoseconds - undisturbed.nanoseconds) / 1e9 - seconds) < 0.15
  }

  @Test func `A longer way makes a window worth less at once, and a shorter one more`() throws {
    // For 16 s the round trip is 100 ms: 64 KiB / 100 ms = 0.625 MiB/s, so that 16 s bring 10 MiB: 6 s later.
    let end = try Self.end(
      Self.windowed, #""at": "80s", "do": "link.latency", "link": "wan", "latency": "50ms", "for": "16s""#)
    #expect(try Self.isLater(end, by: 6, in: Self.windowed))
  }

  @Test func `Mean jitter counts as latency in the round trip`() throws {
    // 10 ms and 40 ms of jitter are 50 ms on average.
    let end = try Self.end(
      Self.windowed,
      #""at": "80s", "do": "link.latency", "link": "wan", "latency": "10ms", "jitter": "40ms", "for": "16s""#)
    #expect(try Self.isLater(end, by: 6, in: Self.windowed))
  }

  @Test func `Of two latencies the later one counts, and the earlier one again when it ends`() throws {
    // 50 ms from 80 s to 96 s, of which 4 s with 100 ms: 12 s · 0.625 + 4 s · 0.3125 = 8.75 MiB of 16: 7.25 s later.
    let end = try Self.end(
      Self.windowed, #""at": "80s", "do": "link.latency", "link": "wan", "latency": "50ms", "for": "16s""#,
      #""at": "84s", "do": "link.latency", "link": "wan", "latency": "100ms", "for": "4s""#)
    #expect(try Self.isLater(end, by: 7.25, in: Self.windowed))
  }

  @Test func `Loss bounds a connection under way by the formula for CUBIC`() throws {
    // 1 % at a round trip of 20 ms: about 0.4 MiB/s for 16 s.
    let bound = CongestionControl.cubic.lossBound(
      roundTripSeconds: 0.02, loss: 0.01, timeout: 1, segment: 1448)
    #expect(bound > 0.3 * 1_048_576 && bound < 0.5 * 1_048_576)
    let end = try Self.end(
      Self.windowed, #""at": "80s", "do": "link.loss", "link": "wan", "loss": "1%", "for": "16s""#)
    #expect(try Self.isLater(end, by: 16 - 16 * bound / 1_048_576, in: Self.windowed))
  }

  @Test func `Losses of several causes add up as chances do`() {
    #expect(Ratio.percent(10).union(.percent(20)) == .percent(28))
    #expect(Ratio.zero.union(.percent(20)) == .percent(20))
  }

  @Test func `A link that flaps is down and up in turn, and ends up`() throws {
    // Down from 80 s to 85 s and from 100 s to 105 s: 10 s later. It would go down again at 120 s.
    var world = LinkFaultTests.world
    world.timeline = [
      #""at": "80s", "do": "link.flap", "link": "wan", "down": "5s", "up": "15s", "for": "40s", "id": "flap""#
    ]
    let record = try run(world)
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(118)))
    #expect(record.cycles[1].endedAt.isClose(to: .seconds(120 + 48)))
    #expect(record.faults[0].kind == "link.flap" && record.faults[0].to == .seconds(120))
  }

  @Test func `A flap that is cut off while the link is down leaves it up`() throws {
    // Down from 80 s for a minute, but over at 90 s.
    let end = try Self.end(
      LinkFaultTests.world,
      #""at": "80s", "do": "link.flap", "link": "wan", "down": "1m", "up": "1m", "for": "10s""#)
    #expect(end.isClose(to: .seconds(118)))
  }

  @Test func `A brown-out leaves a share of the bandwidth, and two leave a share of a share`() throws {
    // A quarter for 16 s brings 4 MiB: 12 s later. Two of a half do the same.
    let single = #""at": "80s", "do": "link.brownout", "link": "wan", "share": "25%", "for": "16s""#
    #expect(try Self.end(LinkFaultTests.world, single).isClose(to: .seconds(120)))
    let half = #""at": "80s", "do": "link.brownout", "link": "wan", "share": "50%", "for": "16s""#
    #expect(try Self.end(LinkFaultTests.world, half, half).isClose(to: .seconds(120)))
  }

  @Test func `A brown-out takes its share of a limit`() throws {
    // Half of 512 KiB/s for 16 s brings 4 MiB.
    let end = try Self.end(
      LinkFaultTests.world,
      #""at": "80s", "do": "link.limit", "link": "wan", "bandwidth": "512KiB/s", "for": "16s""#,
      #""at": "80s", "do": "link.brownout", "link": "wan", "share": "50%", "for": "16s""#)
    #expect(end.isClose(to: .seconds(120)))
  }

  @Test func `A brown-out with loss is slower than either`() throws {
    let world = Self.windowed
    let brownout = #""at": "80s", "do": "link.brownout", "link": "wan", "share": "50%", "for": "16s""#
    let lossy =
      #""at": "80s", "do": "link.brownout", "link": "wan", "share": "50%", "loss": "1%", "for": "16s""#
    #expect(try Self.end(world, lossy) > Self.end(world, brownout))
  }

  @Test func `A restored link has lost all of its faults`() throws {
    var world = LinkFaultTests.world
    world.timeline = [
      #""at": "70s", "do": "link.brownout", "link": "wan", "share": "50%""#,
      #""at": "70s", "do": "link.latency", "link": "wan", "latency": "1s""#,
      #""at": "70s", "do": "link.loss", "link": "wan", "loss": "1%""#,
      #""at": "70s", "do": "link.flap", "link": "wan", "down": "10s", "up": "10s""#,
      #""at": "70s", "do": "link.corrupt", "link": "wan", "share": "50%""#,
      #""at": "70s", "do": "link.background", "link": "wan", "background": { "rate": "1MiB/s" }"#,
      #""at": "75s", "do": "link.restore", "link": "wan""#,
    ]
    let record = try run(world)
    #expect(record.faults.allSatisfy { $0.to == .seconds(75) } && record.faults.count == 6)
    // Down from 70 s to 75 s.
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(113)))
  }

  // MARK: - Jitter of messages without content

  @Test func `With jitter messages take different times, and none less than the latency`() throws {
    // An empty delta is its end and the answer: two messages of 10 ms and up to 10 ms more each.
    var world = SmallWorld(
      machines: [#""name": "idle", "disks": [{ "name": "data", "size": "1MiB" }]"#],
      replications: [#""vm": "idle", "rpo": "1m", "policy": "fixed", "initialSync": "done""#])
    world.link = #""bandwidth": "1MiB/s", "latency": "10ms", "jitter": "5ms""#
    let record = try run(world)
    let durations = record.cycles.filter(\.isCompleted).map { ($0.endedAt - $0.startedAt).nanoseconds }
    #expect(durations.count > 5 && Set(durations).count == durations.count)
    #expect(durations.allSatisfy { (20_000_000...40_000_000).contains($0) })
    #expect(try run(world) == record)
  }
}
