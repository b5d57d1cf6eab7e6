import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

/// What guests free, rest and compress, servers and hosts, datastores, overheads: the scenarios 09 to 12.
@Suite struct EnvironmentTests {
  // MARK: - 09

  @Test func `Freeing 9 GiB is a delta of 9 GiB`() throws {
    let record = try run(.validation("09-unmap-quiescing-compression"))
    let deltas = record.deltas(of: "freeing-01")

    // Freed in minute 70, sent from minute 90 on, with the 300 MiB of every cycle: 9,516 MiB / 4 MiB/s = 2,379 s.
    #expect(deltas.map(\.payloadSize) == [300, 300, 9_516, 300].map { .mebibytes($0) })
    #expect(deltas[2].startedAt == .minutes(90))
    #expect(deltas[2].duration.inSeconds.isWithin(percent: 0.1, of: 2_379))
    #expect(record.deltas(of: "plain-01").allSatisfy { $0.payloadSize == .mebibytes(300) })
    // The instance of minute 60 is the newest until 2:09:39, and that of minute 90, which comes then, is too old already:
    // out of RPO from minute 90 until the instance of 2:30 is there.
    let longest = try #require(
      record.violations(of: "freeing-01").max {
        $0.upperBound - $0.lowerBound < $1.upperBound - $1.lowerBound
      })
    #expect(longest.lowerBound == .minutes(90) && longest.upperBound == deltas[3].endedAt)
  }

  @Test func `The instance of a guest that is brought to rest is as young as its rest`() throws {
    let record = try run(.validation("09-unmap-quiescing-compression"))
    // By the clock at 0:30, 1:00 …; two minutes until the guest is at rest, then 75 s of sending.
    #expect(
      record.deltas(of: "resting-01").map(\.startedAt)
        == [32, 62, 92, 122, 152].map { .minutes($0) })
    #expect(
      record.deltas(of: "plain-01").map(\.startedAt) == [30, 60, 90, 120, 150].map { .minutes($0) })
    let lag = try #require(record.vm("resting-01").lag.statistics(in: record.measured).lagMaximum)
    // From 0:00 to 0:33:15 there is no other instance than the first one.
    #expect(lag.inSeconds.isWithin(percent: 0.1, of: 33 * 60 + 15))
  }

  @Test func `Compression changes what crosses the wire, not what has changed`() throws {
    let record = try run(.validation("09-unmap-quiescing-compression"))
    #expect(record.shippedSize(of: "compressed-01") == record.shippedSize(of: "plain-01"))
    let wire = record.deltas(of: "compressed-01").map(\.wireSize)
    #expect(zip(wire, record.deltas(of: "plain-01")).allSatisfy { $0 <= $1.wireSize })
  }

  // MARK: - 10

  @Test func `Three machines share a server, and one that is moved survives its loss`() throws {
    let record = try run(.validation("10-servers-and-hosts"))
    func cycle(_ number: Int, minute: Int64) throws -> CycleRecord? {
      record.deltas(of: "app-0\(number)").first { $0.startedAt == .minutes(minute) }
    }

    // 3 · 240 MiB / 20 MiB/s = 36 s.
    for number in 1...6 {
      let first = try #require(try cycle(number, minute: 15))
      #expect(first.duration.inSeconds.isWithin(percent: 0.1, of: 36))
    }
    // The second, fourth and sixth go through the other server, to which the third was moved: 4 · 240 / 20 = 48 s.
    for number in [2, 3, 4, 6] {
      let second = try #require(try cycle(number, minute: 30))
      #expect(second.duration.inSeconds.isWithin(percent: 0.1, of: 48))
    }
    // The first and fifth stand still until the server is back in minute 60.
    for number in [1, 5] {
      #expect(try cycle(number, minute: 30) == nil)
      let violations = try record.violations(of: "app-0\(number)")
      #expect(violations.contains { $0.lowerBound == .minutes(30) && $0.upperBound > .minutes(60) })
    }
  }

  @Test func `A target host that dies holds its replicas up for 30 seconds`() throws {
    let record = try run(.validation("10-servers-and-hosts"))
    // Two of six replicas go through the host. Its failure at 1:15:05 is noticed at 1:15:35; what is left then takes
    // at least the time of one machine's 240 MiB less what 5 s at up to 20 MiB/s brought: 7 s.
    let cycles = record.cycles.filter { $0.startedAt == .minutes(75) }
    #expect(cycles.count { $0.duration > .seconds(42) } == 2)
    #expect(cycles.count == 6 && cycles.allSatisfy { $0.isCompleted })
    #expect(record.fullSyncs.isEmpty)
  }

  @Test func `Without servers the hosts share the load and no server can die`() throws {
    let record = try run(
      .validation("10-servers-and-hosts", overrides: [("/profile/product", "enhanced")]))
    // Six replicas on three hosts: 2 · 240 MiB / 20 MiB/s = 24 s, also while the server is down.
    for minute in [15, 30, 45, 60] as [Int64] {
      let cycles = record.cycles.filter { $0.startedAt == .minutes(minute) }
      #expect(cycles.count == 6)
      #expect(cycles.allSatisfy { $0.duration.inSeconds.isWithin(percent: 0.1, of: 24) })
    }
    // Connections to the host that dies are lost with it: the two syncs start over once that is noticed.
    let aborted = record.cycles.filter { $0.isAborted }
    #expect(aborted.map(\.outcome) == [.aborted(reason: "targetLost"), .aborted(reason: "targetLost")])
  }

  // MARK: - 11

  /// - Source: VMware vSAN documentation: components that are absent are rebuilt after 60 minutes, and nothing is
  ///   above 95 % of a device; mirroring takes twice the size, parity over four hosts 4/3.
  @Test func `A rebuild costs an RPO an hour after the host, and stops where a device is full`() throws {
    let record = try run(.validation("11-vsan"))
    func vsan(_ name: String) throws -> VSANRecord {
      try #require(record.datastores.first { $0.name == name }?.vsan)
    }
    func used(_ name: String) throws -> ByteCount {
      try #require(record.datastores.first { $0.name == name }?.usedSize)
    }
    func late(_ group: String) throws -> [Range<Instant>] {
      try (1...6).flatMap { try record.violations(of: "\(group)-0\($0)") }
    }
    // Six replicas of 3 GiB: 2 · 18 GiB = 36 GiB, and 4/3 · 18 GiB = 24 GiB.
    #expect(try used("vsan-sound").isWithin(percent: 0.2, of: .gibibytes(36)))
    #expect(try used("vsan-parity").isWithin(percent: 0.2, of: .gibibytes(24)))
    for group in ["sound", "back", "parity"] { #expect(try late(group).isEmpty) }
    // Back after 50 of 60 minutes: what was written meanwhile is copied once, the same 16 MiB of three replicas.
    let back = try vsan("vsan-back")
    #expect(back.rebuiltCount == 0 && back.reducedObjectCount == 0)
    #expect(back.resyncedSize.isWithin(percent: 1, of: .mebibytes(3 * 16)))
    // Gone: of twelve copies of 3 GiB on four hosts three, and what takes next to nothing, from 1 h + 60 min on.
    let rebuild = try vsan("vsan-rebuild")
    #expect(rebuild.rebuiltCount >= 3 && rebuild.reducedObjectCount == 0)
    #expect(rebuild.resyncedSize.isWithin(percent: 1, of: .gibibytes(9)))
    let violations = try late("rebuild")
    #expect(violations.count >= 3 && violations.allSatisfy { $0.lowerBound > .minutes(120) })
    // Eight disk groups of 6,500 MiB have twelve copies: four have two (6,144 MiB, 94.5 %), four have one. Of the three copies that
    // are lost two find a group with one; for the third there is none on the one host that has no part of its object.
    let full = try vsan("vsan-full")
    #expect(full.reducedObjectCount == 1 && full.inaccessibleObjectCount == 0)
    #expect(try used("vsan-full").isWithin(percent: 0.2, of: .gibibytes(33)))
  }

  // MARK: - 12

  /// - Source: vSphere Replication documentation: about 3,800 bytes of events per sync, 288 syncs a day at 5 minutes;
  ///   virtuallyhyper.com, 2012: 12,599 bytes for the instance of an idle machine.
  @Test func `An idle machine makes 288 instances a day and sends 3.6 MB for nothing`() throws {
    let record = try run(.validation("12-instance-overheads"))

    for number in 1...20 {
      let deltas = record.deltas(of: number < 10 ? "idle-0\(number)" : "idle-\(number)")
      #expect(deltas.count == 288)
      #expect(deltas.allSatisfy { $0.payloadSize == .zero && $0.wireSize == .bytes(12_599) })
    }
    #expect(record.deltas(of: "daily-01").count == 1)
    // 20 · 288 · 12,599 + 12,599 B: a sixth of what 70 % of 64 kbit/s carry in a day.
    #expect(record.carried == .bytes(20 * 288 * 12_599 + 12_599))
    let share = Double(record.carried.bytes) * 8 / 86_400 / 44_800
    #expect(share.isWithin(percent: 5, of: 0.15))
    // 288 · 3,800 B of events a day and machine.
    let events = SchedulingArithmetic.eventSizePerSync * UInt64(record.deltas(of: "idle-01").count)
    #expect(events == SchedulingArithmetic.dailyEventSize(objective: .minutes(5)))
    #expect(events == .bytes(1_094_400))
  }
}
