import Inventory
import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// Site `a` has a circuit of 1 MiB/s and ships 16 MiB to `b` and to `c` at 60 s, over two links that share the circuit.
@Suite struct CircuitTests {
  private static func record(circuitOfC: String = "4MiB/s", _ timeline: String...) throws -> RunRecord {
    try run(
      Scenario.read(
        """
        { "format": 1, "name": "circuits", "limits": "relaxed", "clock": { "duration": "150s" },
          "sites": [
            { "name": "a", "datastores": [{ "name": "ds-a" }],
              "circuit": { "name": "er-a", "bandwidth": "1MiB/s", "usable": "100%" } },
            { "name": "b", "datastores": [{ "name": "ds-b" }],
              "circuit": { "name": "er-b", "bandwidth": "2MiB/s", "usable": "100%" } },
            { "name": "c", "datastores": [{ "name": "ds-c" }],
              "circuit": { "name": "er-c", "bandwidth": "\(circuitOfC)", "usable": "100%" } }],
          "links": [
            { "name": "ab", "between": ["a", "b"], "over": "circuit", "latency": "0ms", "usable": "100%" },
            { "name": "ca", "between": ["c", "a"], "over": "circuit", "latency": "0ms", "usable": "100%" }],
          "network": { "model": "bare", "framing": "none" },
          "workloads": { "w": { "model": "periodic", "every": "10m", "first": "30s", "size": "16MiB" } },
          "vms": [{ "name": "vm-{1..2}", "site": "a", "datastore": "ds-a",
                    "disks": [{ "name": "data", "size": "64MiB", "workload": "w" }] }],
          "replications": [
            { "vm": "vm-1", "to": "b", "datastore": "ds-b", "rpo": "1m", "policy": "fixed", "initialSync": "done" },
            { "vm": "vm-2", "to": "c", "datastore": "ds-c", "rpo": "1m", "policy": "fixed", "initialSync": "done" }],
          "timeline": [\(timeline.map { "{ \($0) }" }.joined(separator: ","))],
          "profile": { "configurationSize": "0B" } }
        """))
  }

  private static func ends(_ record: RunRecord) throws -> [Instant] {
    try ["vm-1", "vm-2"].map { try #require(record.cycles(of: $0).first).endedAt }
  }

  @Test func `Links over one circuit share it`() throws {
    // 32 MiB together at 1 MiB/s.
    let record = try Self.record()
    #expect(try Self.ends(record).allSatisfy { $0.isClose(to: .seconds(92)) })

    // Neither link of 1 MiB/s or more is full, the circuit is: 32 s out of a. Into b goes half a MiB/s of the 2 that it carries.
    func circuit(_ name: String, _ way: Link.Direction) throws -> LinkStatistics {
      try #require(record.circuits.first { $0.name == name && $0.direction == way }).statistics(from: .zero)
    }
    let (out, into) = (try circuit("er-a", .forward), try circuit("er-b", .backward))
    #expect((TimeSpan.seconds(32) ..< .milliseconds(32_300)).contains(out.saturatedTime))
    // Both deltas with what their messages carry beside the data.
    #expect((33_554_432..<33_800_000).contains(out.bytes.bytes))
    #expect(into.saturatedTime == .zero)
    #expect(try circuit("er-a", .backward).saturatedTime == .zero)
    #expect(record.circuits.count == 6)
  }

  @Test func `A link carries no more than the smaller of its two circuits, and leaves the rest to others`()
    throws
  {
    // A quarter for c: 16 MiB take 64 s. Three quarters for b: 16 / 0.75 = 21.3 s.
    let ends = try Self.ends(Self.record(circuitOfC: "256KiB/s"))
    #expect(ends[0].isClose(to: .zero + .nanoseconds(81_333_333_334)))
    #expect(ends[1].isClose(to: .seconds(124)))
  }

  @Test func `A circuit that is down takes its links with it`() throws {
    let record = try Self.record(#""at": "70s", "do": "circuit.down", "circuit": "er-a", "for": "10s""#)
    #expect(try Self.ends(record).allSatisfy { $0.isClose(to: .seconds(102)) })
    #expect(record.faults[0].kind == "circuit.down" && record.faults[0].subject == "er-a")
  }

  @Test func `A circuit at the other end takes only its own link with it`() throws {
    // 5 MiB each by 70 s; b then has it all: 11 s more. c has 11 MiB left at 81 s.
    let ends = try Self.ends(
      Self.record(#""at": "70s", "do": "circuit.down", "circuit": "er-c", "for": "11s""#))
    #expect(ends[0].isClose(to: .seconds(81)))
    #expect(ends[1].isClose(to: .seconds(92)))
  }

  @Test func `A limit of a circuit is shared, and lifted by a restoration`() throws {
    // Half for 20 s loses 10 MiB of the two: 10 s later.
    let record = try Self.record(
      #""at": "62s", "do": "circuit.limit", "circuit": "er-a", "bandwidth": "512KiB/s""#,
      #""at": "82s", "do": "circuit.restore", "circuit": "er-a""#)
    #expect(try Self.ends(record).allSatisfy { $0.isClose(to: .seconds(102)) })
  }

  @Test func `A limit of one way out of the site leaves the way in alone`() throws {
    // Half for 20 s on the way of the data is 10 s later; on the way back it changes nothing.
    let out = try Self.record(
      #""at": "62s", "do": "circuit.limit", "circuit": "er-a", "bandwidth": { "forward": "512KiB/s", "backward": "8MiB/s" }, "for": "20s""#
    )
    #expect(try Self.ends(out).allSatisfy { $0.isClose(to: .seconds(102)) })
    let back = try Self.record(
      #""at": "62s", "do": "circuit.limit", "circuit": "er-a", "bandwidth": { "forward": "1MiB/s", "backward": "64KiB/s" }, "for": "20s""#
    )
    #expect(try Self.ends(back).allSatisfy { $0.isClose(to: .seconds(92)) })
  }

  @Test func `Bytes are counted by link, whatever they share`() throws {
    let record = try Self.record()
    let sent = record.links.filter { $0.source == "a" }.map(\.use.bytes)
    #expect(sent == [.mebibytes(16), .mebibytes(16)])
  }
}
