import Foundation
import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// What seven of the shipped worlds teach, on worlds made small: fewer machines or smaller disks, and links, rates and datastores
/// smaller by as much, so that times are those of the large ones.
@Suite struct WorldEffectTests {
  /// A quarter of everything and one machine of each kind; the first cut at 2 h, the long one at 5 h, the other never.
  @Test func `Seven and a half hours cost little more than twice what one hour costs`() throws {
    let record = try run(
      .thinned(
        "both-lines-cut",
        [
          ("db-{01..02}", "db-{01..01}"), ("web-{01..06}", "web-{01..01}"), (#""at": "10h""#, #""at": "2h""#),
          (#""at": "58h""#, #""at": "5h""#), (#""at": "34h""#, #""at": "71h""#), ("120kB", "30kB"),
          ("12kB", "3kB"),
          ("4GiB", "1GiB"), (#""200Mbps"#, #""50Mbps"#), (#""100Mbps"#, #""25Mbps"#),
        ]), until: .minutes(13 * 60))

    let deltas = record.deltas(of: "db-01")
    let short = try #require(deltas.first { $0.endedAt > .minutes(120 + 63) })
    let long = try #require(deltas.first { $0.endedAt > .minutes(300 + 450) })
    let ratio = Double(long.payloadSize.bytes) / Double(short.payloadSize.bytes)
    // Seven times the time.
    #expect(ratio > 1.8 && ratio < 2.6, "\(ratio)")
    #expect(record.fullSyncs.isEmpty)
    // Too late until that delta is through, which the line being back does not mean.
    let violations = try record.vm("db-01").lag.violations(in: Instant.minutes(300)..<Instant.minutes(780))
    // The instance is complete when its end arrives, of which the source hears 9 ms later.
    #expect(violations.last?.upperBound == long.endedAt - .milliseconds(9))
    #expect(long.endedAt > .minutes(750))
  }

  /// An eighth of everything.
  @Test(arguments: [(gibibytes: 178, isDead: false), (172, true)])
  func `Between a late night and a dead one lie six gigabytes`(gibibytes: Int, isDead: Bool) throws {
    let record = try run(
      .thinned(
        "datastore-full-during-merge",
        [
          (#""178GiB""#, "\"\(gibibytes * 128)MiB\""), ("200MB/s", "25MB/s"), ("60MB/s", "7500kB/s"),
          ("1Gbps", "125Mbps"), ("60kB/s", "7500B/s"), (#""2GiB""#, #""256MiB""#), (#""4GiB""#, #""512MiB""#),
          (#""offset": "8GiB""#, #""offset": "1GiB""#), (#""20GiB""#, #""2560MiB""#),
          (#""8GiB", "workload": "app""#, #""1GiB", "workload": "app""#),
          (#""40GiB", "used": "12GiB""#, #""5GiB", "used": "1536MiB""#),
        ]), until: .minutes(450))

    let refused = record.events.filter { $0.kind == EventRecord.insufficientSpaceKind }
    // The backup job begins at 6 h; its delta finds the datastore full while earlier ones are merged.
    let refusals = refused.map(\.at)
    #expect(
      !refusals.isEmpty && refusals.allSatisfy { $0 > .minutes(360) && $0 < .minutes(400) }, "\(refusals)")
    #expect(record.vms.count(where: \.isInError) == (isDead ? 8 : 0))
    #expect(record.fullSyncs.isEmpty)
    // The last half hour, an hour after it began.
    #expect((record.violatedTime(in: Instant.minutes(420)..<Instant.minutes(450)) == .zero) != isDead)
  }

  /// A tenth of everything but the number of machines.
  @Test func `A shorter objective ships more than five times as much and misses it`() throws {
    func record(rpo: String) throws -> RunRecord {
      try run(
        .thinned(
          "five-minutes-for-everyone",
          [
            ("60Mbps", "6Mbps"), ("220kB", "22kB"), ("512MiB", "51MiB"),
            (#""rpo": "5m""#, "\"rpo\": \"\(rpo)\""),
          ]), until: .minutes(180))
    }
    let (short, usual) = try (record(rpo: "5m"), record(rpo: "1h"))
    #expect(short.payloadSize > usual.payloadSize * 5)
    let measured = Instant.minutes(60)..<Instant.minutes(180)
    #expect(usual.violatedTime(in: measured) == .zero)
    #expect(short.violatedTime(in: measured) > .zero)
    let worst = short.vms.compactMap { $0.lag.statistics(in: measured).lagMaximum }.max()
    #expect(try #require(worst) < .seconds(330))
  }

  /// Two machines of each kind with 128 MiB, over a line of 4,098 bit/s: 244 times smaller.
  @Test func `Seeds save a week, and what has none waits for its own first instance`() throws {
    let record = try run(
      .thinned(
        "initial-sync-122tib",
        [
          ("seeded-{01..61}", "seeded-{01..02}"), ("copied-{01..61}", "copied-{01..02}"),
          (#""976563bps""#, #""4098bps""#), ("\"size\": \"1GiB\"", "\"size\": \"128MiB\""),
        ]), until: .minutes(11 * 1_440))

    func first(_ name: String) throws -> Instant {
      try #require(record.cycles(of: name).first { $0.kind == .delta && $0.isCompleted }).startedAt
    }
    for name in ["seeded-01", "seeded-02"] { #expect(try first(name) < .minutes(1_440)) }
    // 2 · 128 MiB at 70 % of 4,098 bit/s take 8.7 days; the 3 % of the seeds and all checksums came first.
    for name in ["copied-01", "copied-02"] {
      #expect(try first(name) > .minutes(8 * 1_440 + 1_000) && first(name) < .minutes(9 * 1_440 + 720))
      // Nothing can be recovered before.
      let statistics = try record.vm(name).lag.statistics(in: .zero..<(.minutes(11 * 1_440)))
      #expect(statistics.unprotectedTime > .minutes(8 * 1_440 + 1_000))
    }
  }

  /// One machine of each kind on the whole line: a fifth of its 70 Mbit/s are 1.75 MB/s.
  @Test func `Without the loss the same fifth of the backup carries what the databases write`() throws {
    let record = try run(
      .thinned(
        "primary-cut-poor-backup",
        [
          ("db-{01..02}", "db-{01..01}"), ("web-{01..04}", "web-{01..01}"),
          (#""loss": "1%""#, #""loss": "0%""#),
        ]),
      until: .minutes(7 * 60 + 15))

    let deltas = record.deltas(of: "db-01").filter { $0.startedAt > .minutes(375) && $0.isCompleted }
    let rates = deltas.map { Double($0.payloadSize.bytes) / $0.duration.inSeconds }
    #expect(!rates.isEmpty && rates.allSatisfy { $0 > 1.4e6 && $0 < 1.8e6 }, "\(rates)")
    // A sync is late now and then, where with the loss the database is behind for all of these 35 minutes.
    #expect(record.violatedTime(in: .minutes(400)..<(.minutes(435))) < .minutes(6))
  }

  /// One machine of each kind on the whole line.
  @Test func `A connection over a lossy backup gets the same whatever the line could carry`() throws {
    let record = try run(
      .thinned(
        "primary-cut-poor-backup", [("db-{01..02}", "db-{01..01}"), ("web-{01..04}", "web-{01..01}")]),
      until: .minutes(7 * 60 + 15))

    #expect(record.fullSyncs.isEmpty && !record.cycles.contains { $0.isAborted })
    let switched = record.events.filter { $0.kind == "replication.link-changed" }
    #expect(switched.count == 2 && switched.allSatisfy { $0.at <= .minutes(363) })
    func rates(_ window: Range<Instant>) -> [Double] {
      record.deltas(of: "db-01").filter { window.contains($0.startedAt) }.map {
        Double($0.payloadSize.bytes) / $0.duration.inSeconds
      }
    }
    // 8.75 MB/s before, once with others beside it. A fifth of that is left, and the connection gets a quarter of the fifth.
    let (before, after) = (rates(.minutes(60)..<(.minutes(350))), rates(.minutes(375)..<(.minutes(420))))
    #expect(before.allSatisfy { $0 > 6e6 }, "\(before)")
    #expect(!after.isEmpty && after.allSatisfy { $0 > 400e3 && $0 < 480e3 }, "\(after)")
    #expect(record.violatedTime(in: .minutes(360)..<(.minutes(400))) > .minutes(8))
  }

  /// Ten machines and one, over a twentieth of the line.
  @Test func `A lost server costs the time until another one serves, and no full sync`() throws {
    let record = try run(
      .thinned(
        "server-loss-200",
        [("app-{001..200}", "app-{001..010}"), ("other-{01..20}", "other-{01..01}"), ("500Mbps", "25Mbps")]),
      until: .minutes(540))

    #expect(record.fullSyncs.isEmpty)
    #expect(record.violatedTime(in: .minutes(60)..<(.minutes(540))) > .zero)
    #expect(try record.violations(of: "other-01").isEmpty)
    for vm in record.vms where vm.name != "other-01" {
      func lost(from: Int64, to: Int64) -> TimeSpan? {
        vm.lag.statistics(in: .minutes(from)..<(.minutes(to))).lagMaximum
      }
      let (rebuilt, moved) = try (#require(lost(from: 240, to: 310)), #require(lost(from: 480, to: 530)))
      // Fifty minutes of outage against ten.
      #expect(rebuilt > .minutes(50) && moved < .minutes(45), "\(vm.name): \(rebuilt), \(moved)")
    }
  }

  /// A fiftieth of everything but the number of machines.
  @Test func `What is freed is shipped as zeros, which compression makes small`() throws {
    let record = try run(
      .thinned(
        "unmap-storm",
        [
          ("100GiB", "2GiB"), ("40GiB", "819MiB"), ("50GiB", "1GiB"), ("200Mbps", "4Mbps"),
          ("20kB/s", "400B/s"),
          (#""workingSet": "2GiB""#, #""workingSet": "40MiB""#),
        ]), until: .minutes(17 * 60))

    for vm in record.vms {
      let late = vm.lag.violations(in: .minutes(240)..<(.minutes(17 * 60)))
        .reduce(TimeSpan.zero) { $0 + ($1.upperBound - $1.lowerBound) }
      let isCompressed = vm.name == "file-01" || vm.name == "file-02"
      #expect(isCompressed ? late < .minutes(10) : late > .minutes(380), "\(vm.name): \(late)")
      // 1 GiB is due at each, and nothing of it was written.
      let storm = try #require(record.deltas(of: vm.name).max { $0.payloadSize < $1.payloadSize })
      #expect(storm.payloadSize > .gibibytes(1) && vm.writtenSize < .mebibytes(40))
      #expect(isCompressed == (storm.wireSize < .mebibytes(64)))
    }
  }
}
