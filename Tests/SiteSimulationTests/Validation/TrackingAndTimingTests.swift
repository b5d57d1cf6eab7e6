import Inventory
import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// What a cycle ships, when it must begin, and what one disk and one host can do: the scenarios 01 to 04.
@Suite struct TrackingAndTimingTests {
  // MARK: - 01

  @Test func `Six guests that write the same ship between a sixtieth and sixteen times of it`() throws {
    let record = try run(.validation("01-distinct-extents"))

    // 100 KiB/s for 3,900 s; a piece of 6,000 KiB that is due at the very end is not written any more.
    for vm in record.vms {
      #expect(vm.writtenSize.isWithin(percent: 1.6, of: .kibibytes(390_000)), "\(vm.name)")
    }
    // Four cycles, at 15, 30, 45 and 60 min, of 900 s · 100 KiB/s.
    #expect(record.shippedSize(of: "append-01") == .kibibytes(4 * 90_000))
    // The same 6,000 KiB once per cycle.
    #expect(record.shippedSize(of: "rewrite-15m") == .kibibytes(4 * 6_000))
    #expect(record.shippedSize(of: "rewrite-1h") == .kibibytes(6_000))
  }

  /// 22,500 writes of 4 KiB fall on 50 GiB of *N* extents in 15 min, so that *N · (1 − e^(−22,500 / N))* are dirty:
  /// 22,461 of 6,553,600 extents of 8 KiB, 22,423 of 3,276,800 of 16 KiB, 22,194 of 819,200 of 64 KiB.
  @Test(arguments: [("random-100g", 8, 22_461), ("random-4t", 16, 22_423), ("random-40t", 64, 22_194)])
  func `Small writes ship an extent each, which is larger on a larger disk`(
    name: String, kibibytes: UInt64, extents: UInt64
  ) throws {
    let record = try run(.validation("01-distinct-extents"))

    let expected = ByteCount.kibibytes(kibibytes) * extents
    let deltas = record.deltas(of: name)
    #expect(deltas.count == 4)
    // Chance moves 22,500 by less than 150 in two of three cases.
    #expect(deltas.allSatisfy { $0.payloadSize.isWithin(percent: 2, of: expected) })
    #expect(deltas.allSatisfy { $0.payloadSize.bytes % (kibibytes << 10) == 0 })
  }

  // MARK: - 02

  @Test func `Seven minutes keep an RPO of fifteen, eight miss it for one minute of every eight`() throws {
    let record = try run(.validation("02-instance-time"))

    #expect(try record.violations(of: "seven-01").isEmpty)
    // Cycles of 8 min from minute 5 on: the instance of minute 5 is 15 min old at minute 20 and the newest until 21.
    // Its configuration takes 12,599 B / 1 MiB/s = 12 ms more.
    for name in ["eight-01", "group-01"] {
      let violations = try record.violations(of: name)
      #expect(violations.count == 6)
      for (index, violation) in violations.enumerated() {
        let expected = 60.0 * Double(20 + 8 * index)
        #expect(abs((violation.lowerBound - .zero).inSeconds - expected) < 0.2)
        #expect(abs((violation.upperBound - violation.lowerBound).inSeconds - 60) < 0.1)
      }
    }
  }

  @Test func `A disk that is there early does not make an instance`() throws {
    let record = try run(.validation("02-instance-time"))
    // The log disk has 48 of the 480 MiB; the instance counts when the other 432 are there.
    #expect(
      try record.vm("group-01").lag.completions.dropFirst().map(\.at)
        == record.vm("eight-01").lag.completions.dropFirst().map(\.at))
  }

  // MARK: - 03

  @Test func `A disk gets its window per round trip, whatever the line carries`() throws {
    let record = try run(.validation("03-windows-and-contexts"))
    func seconds(_ name: String) throws -> Double {
      try #require(record.deltas(of: name).first).duration.inSeconds
    }

    // 512 KiB per 1 ms: 512 MiB in 1.024 s; per 50 ms: 51.2 s; slow start takes a few round trips more.
    #expect(try seconds("near-01").isWithin(percent: 2, of: 1.024))
    #expect(try seconds("far-01").isWithin(percent: 2, of: 51.2))
    // Four disks, four windows: 12.8 s, and the slow start of one connection.
    #expect(try 12.8..<15 ~= seconds("four-01"))
    // 1448 B / 50 ms · √1.5 / √0.001 are 1.1 MB/s for the classic law of loss: some 480 s.
    #expect(try 400..<600 ~= seconds("lossy-01"))
    // The formula: 8 · 536,870,912 bit / 7 Gbit/s = 0.61 s for each.
    let formula = 8 * 536_870_912.0 / 7e9
    for name in ["near-01", "far-01", "four-01", "lossy-01"] { #expect(try seconds(name) > formula) }
  }

  @Test func `The seventeenth disk of a host waits for one of sixteen contexts`() throws {
    let record = try run(.validation("03-windows-and-contexts"))
    let ends = try (1...20).map { number in
      let name = number < 10 ? "small-0\(number)" : "small-\(number)"
      return try #require(record.deltas(of: name).first).duration.inSeconds
    }
    // 64 MiB at 512 KiB per 50 ms: 6.4 s.
    #expect(ends.prefix(16).allSatisfy { $0.isWithin(percent: 6, of: 6.4) })
    #expect(ends.suffix(4).allSatisfy { $0.isWithin(percent: 6, of: 12.8) })
  }

  @Test func `A later release has larger windows and more contexts`() throws {
    let record = try run(
      .validation("03-windows-and-contexts", overrides: [("/profile/product", "8.0U3")]))
    // 2,048 blocks of 8 KiB per 50 ms are 335 MB/s: 1.6 s, and the slow start to a window of 16 MiB takes some two more.
    let far = try #require(record.deltas(of: "far-01").first).duration.inSeconds
    #expect(1.6..<4 ~= far)
    let small = try (1...20).map { number in
      try #require(record.deltas(of: number < 10 ? "small-0\(number)" : "small-\(number)").first).duration
    }
    #expect(Set(small).count == 1)
  }

  // MARK: - 04

  @Test func `Machines of one host take turns, those of several hosts collide`() throws {
    let record = try run(.validation("04-spread-over-the-host"))

    for number in 1...4 {
      // Together 8 min on their line: 12:00 to 12:08, 12:08 to 12:16 and so on, one minute of eight out of RPO. In the
      // two hours measured that is 15 times 60 s.
      #expect(try record.violatedSeconds(of: "apart-0\(number)").isWithin(percent: 1, of: 900))
      let apart = record.deltas(of: "apart-0\(number)").filter { $0.startedAt > .minutes(60) }
      #expect(apart.allSatisfy { $0.duration.inSeconds.isWithin(percent: 1, of: 480) })
      // Taking turns: 2 min alone, now and then two at a time, and the RPO is missed by seconds at most.
      #expect(try record.violatedSeconds(of: "together-0\(number)") < 72)
      let together = record.deltas(of: "together-0\(number)").filter { $0.startedAt > .minutes(60) }
      let mean = together.reduce(0) { $0 + $1.duration.inSeconds } / Double(together.count)
      #expect(120..<200 ~= mean)
    }
    // The formula: 4 · 120 MiB / 15 min = 0.53 MiB/s of 1.
    #expect(4 * 120.0 / (15 * 60) < 0.54)
  }
}
