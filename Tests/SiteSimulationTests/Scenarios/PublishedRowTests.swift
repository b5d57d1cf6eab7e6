import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Further published figures, end to end.
@Suite struct PublishedRowTests {
  /// - Source: VMware, "Understanding vSphere Replication scheduling and RPO violations", 2014, second example.
  @Test func `A replica is 22 minutes old when a transfer of 22 minutes has brought it`() throws {
    // 1,320 MiB / 1 MiB/s = 22 min, from minute 5 on. At RPO 60 the next one starts by minute 5 + 60 − 22 = 43.
    let record = try run(.shipped("published/half-rpo-60m-transfer-22m.json"))

    let completion = record.vms[0].lag.completions[1]
    #expect(completion.pointInTime == .minutes(5) && completion.at.isClose(to: .minutes(27)))
    #expect((completion.at - completion.pointInTime).isClose(to: .minutes(22)))
    #expect(record.deltas[1].startedAt > .minutes(27) && record.deltas[1].startedAt <= .minutes(43))
    #expect(record.vms[0].lag.violations(in: record.measured).isEmpty)
  }

  /// - Source: VMware, vSphere Replication 8.7: what is rewritten all day is sent once at 24 h, 48 times at 30 minutes.
  @Test func `What is rewritten all day is sent 48 times a day at an RPO of 30 minutes`() throws {
    // Written at 5, 15, 25 min …; cycles at 30 min, 1 h … 24 h.
    let record = try run(
      SmallWorld(
        duration: "24h1m",
        workloads: ["block": #""model": "periodic", "every": "10m", "first": "5m", "size": "1MiB""#],
        machines: [#""name": "app", "disks": [{ "name": "data", "size": "1GiB", "workload": "block" }]"#],
        replications: [#""vm": "app", "rpo": "30m", "policy": "fixed", "initialSync": "done""#]))

    #expect(record.deltas.count == 48)
    #expect(record.payloadSize == .mebibytes(48))
  }

  /// - Source: VMware, vSphere Replication 8.5, for disks of 10 TB: at least 9 TB with 1 TB allocated, at least 3 TB with
  ///   9 TB allocated of which 2 TB were deleted. The scenario has a thousandth of that.
  @Test func `Trimming sends what is freed, nine tenths and three tenths of the disk`() throws {
    let record = try run(.shipped("published/unmap-10gb.json"))

    // 9 GB / 87.5 kB/s = 28.6 h with the other delta on the line; freed extents are whole ones of 8 KiB.
    let sizes = ["empty-01": 9_000_000_000, "full-01": 3_000_000_000] as [String: UInt64]
    for (name, size) in sizes.sorted(by: { $0.key < $1.key }) {
      let shipped = record.deltas(of: name).map(\.payloadSize).max() ?? .zero
      #expect(shipped >= .bytes(size) && shipped <= .bytes(size + 16_384), "\(name)")
      #expect(try record.vm(name).writtenSize <= .bytes(16_384))
    }
  }

  @Test func `After one very long transfer cycles come back to their pace`() throws {
    // The delta of 3 GB takes many objectives. The empty cycles after it follow each other without a pause until the
    // mean of the last transfers has forgotten it; then there is one an hour again.
    let record = try run(.shipped("published/unmap-10gb.json"))
    let cycles = record.deltas(of: "full-01")
    #expect(cycles.count < 100)
    let last = cycles.suffix(3)
    #expect(zip(last, last.dropFirst()).allSatisfy { $1.startedAt - $0.startedAt > .minutes(30) })
  }

  /// - Source: Broadcom KB 440767: 150 GB copied in about 9 minutes, compared with a seed in 20 to 40.
  @Test(arguments: [("125MB/s", 20.0), ("62.5MB/s", 40.0)])
  func `A seed of 150 GB is compared in 20 to 40 minutes, and copied in 9`(rate: String, minutes: Double)
    throws
  {
    // 150 GB / 125 MB/s = 1,200 s; / 62.5 MB/s = 2,400 s; / 278 MB/s = 540 s. Extents of 64 KiB, as a disk above 32 TiB has,
    // keep the run short.
    func seconds(_ start: String) throws -> Double {
      var world = SmallWorld(
        duration: "1h",
        machines: [#""name": "app", "disks": [{ "name": "data", "size": "33TiB", "used": "150GB" }]"#],
        replications: [#""vm": "app", "rpo": "24h", \#(start)"#],
        profile: #""checksumRate": "\#(rate)", "transferChunk": "64MiB""#)
      world.link = #""bandwidth": "2224Mbps", "latency": "0ms""#
      return try #require(run(world).fullSyncs.first).duration.inSeconds
    }
    let seed = try seconds(#""initialSync": "seeded", "differing": "0%""#)
    #expect(seed.isWithin(percent: 1, of: minutes * 60))
    #expect(try seconds(#""initialSync": "full""#).isWithin(percent: 0.5, of: 9 * 60))
  }
}
