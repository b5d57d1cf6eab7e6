import BlockStorage
import Inventory
import Measurements
import Quantities
import Testing

@testable import SiteSimulation

/// The first full sync: from nothing, from a seed, or not at all.
@Suite struct InitialSyncTests {
  /// A machine with 32 MiB in use, 4,096 extents, and an RPO of 5 minutes; nothing writes to it.
  static func world(_ initialSync: String) -> SmallWorld {
    SmallWorld(
      machines: [#""name": "app", "disks": [{ "name": "data", "size": "1GiB", "used": "32MiB" }]"#],
      replications: [#""vm": "app", "rpo": "5m", \#(initialSync)"#])
  }

  @Test func `A full sync to an empty replica sends what is in use and compares nothing`() throws {
    // 32 MiB at 1 MiB/s; then an empty delta makes it an instance.
    let record = try run(Self.world(#""initialSync": "full""#))

    let sync = try #require(record.fullSyncs.first)
    #expect(sync.startedAt == .zero && sync.endedAt.isClose(to: .seconds(32)))
    #expect(sync.payloadSize == .mebibytes(32) && sync.wireSize == .mebibytes(32))
    #expect(sync.checksummedSize == .zero)
    #expect(record.vms[0].lag.unprotected(in: record.measured) == [.zero..<record.deltas[0].endedAt])
    #expect(record.events.first?.kind == "replication.full-sync-started")
    #expect(record.events.first?.detail == "initial")
  }

  @Test func `A seed costs a comparison, and what differs`() throws {
    var world = try Self.world(#""initialSync": "seeded", "differing": "10%""#).world()
    let source = world.machines[0].contents[0]
    // A seed is an older copy: what differs was written at the source since.
    let differing = (0..<4_096).count { source.tag(of: $0) != source.image.tag }
    // 10 % of 4,096 extents are 410; the draw has a standard deviation of 19.
    #expect((310...510).contains(differing))

    try world.run(until: .minutes(10))
    let record = try world.finish(version: "test")

    let sync = try #require(record.fullSyncs.first)
    #expect(record.fullSyncs.count == 1)
    #expect(sync.payloadSize == .extents(UInt64(differing)))
    #expect(sync.checksummedSize == .mebibytes(32))
    #expect(sync.wireSize == sync.payloadSize + .bytes(16 * 16), "16 regions of 2 MiB")
    #expect(record.vms[0].finalStatus == "OK")
  }

  @Test func `A seed that is current sends checksums only`() throws {
    let record = try run(Self.world(#""initialSync": "seeded", "differing": "0%""#))
    #expect(record.fullSyncs.map(\.payloadSize) == [.zero])
    #expect(record.fullSyncs.map(\.wireSize) == [.bytes(256)])
    #expect(record.carriedBack == .zero)
  }

  @Test func `Another seed of the run draws other extents of a seed`() throws {
    let world = Self.world(#""initialSync": "seeded", "differing": "10%""#)
    let (one, other) = try (run(world, seed: 1), run(world, seed: 2))
    #expect(one.fullSyncs[0].payloadSize != other.fullSyncs[0].payloadSize)
    #expect(one.digest != other.digest)
  }

  @Test func `A replica that is there already needs no sync, and its cycles begin within half the RPO`()
    throws
  {
    // One machine on its host: the spread puts its first cycle at half the RPO.
    let record = try run(Self.world(#""initialSync": "done""#))
    #expect(record.fullSyncs.isEmpty)
    #expect(record.deltas[0].startedAt == .seconds(150))
    #expect(record.vms[0].lag.unprotected(in: record.measured).isEmpty)
  }

  @Test func `An initial sync that is cut off starts over and finds what arrived`() throws {
    // The line is cut at 16 s, noticed at 76 s, back at 100 s; attempts follow at 86 s and 106 s. By 16 s 4 chunks of
    // 4 MiB have arrived, which are compared: 8 regions. The other 16 MiB are sent.
    var world = Self.world(#""initialSync": "full""#)
    world.timeline = [#""at": "16500ms", "do": "link.down", "link": "wan", "for": "84s""#]

    let record = try run(world)

    #expect(record.fullSyncs.count == 2)
    #expect(record.fullSyncs[0].outcome == .aborted(reason: "connectionLost"))
    #expect(record.fullSyncs[0].wireSize == .kibibytes(16 * 1_024 + 512))
    #expect(record.fullSyncs[1].payloadSize == .mebibytes(16))
    #expect(record.fullSyncs[1].checksummedSize == .mebibytes(16))
    #expect(record.vms[0].lag.completions.count >= 1)
    #expect(record.vms[0].finalStatus == "OK")
  }

  @Test func `Disks that are excluded and machines that are not replicated cost nothing`() throws {
    var world = SmallWorld(
      workloads: ["busy": #""model": "sequential", "write": "1MiB/s", "blockSize": "64KiB""#],
      machines: [
        """
        "name": "app", "disks": [{ "name": "data", "size": "1GiB", "used": "8MiB" },
          { "name": "scratch", "size": "1GiB", "workload": "busy" }]
        """
      ],
      replications: [#""vm": "app", "rpo": "5m", "exclude": ["scratch"]"#])
    let alone = try run(world)
    world.machines.append(
      #""name": "other", "disks": [{ "name": "data", "size": "1GiB", "workload": "busy" }]"#)
    let accompanied = try run(world)

    #expect(alone.payloadSize == .mebibytes(8))
    #expect(alone.vms[0].disks.map(\.name) == ["data"])
    #expect(alone.vms[0].writtenSize == .zero)
    #expect(accompanied.vms.map(\.name) == ["app"])
    #expect(accompanied.digest == alone.digest)
    #expect(accompanied.eventCount == alone.eventCount)
  }

  @Test func `All disks of a machine are one instance`() throws {
    // Both disks are written at 30 s; the delta of 60 s ships 4 + 2 MiB in 6 s and is complete once.
    let world = SmallWorld(
      duration: "90s",
      workloads: [
        "a": #""model": "periodic", "every": "1h", "first": "30s", "size": "4MiB""#,
        "b": #""model": "periodic", "every": "1h", "first": "30s", "size": "2MiB""#,
      ],
      machines: [
        """
        "name": "app", "disks": [{ "name": "data", "size": "1GiB", "workload": "a" },
          { "name": "log", "size": "1GiB", "workload": "b" }]
        """
      ],
      replications: [#""vm": "app", "rpo": "1m", "policy": "fixed", "initialSync": "done""#])
    let record = try run(world)
    #expect(record.deltas.map(\.payloadSize) == [.mebibytes(6)])
    #expect(record.deltas[0].endedAt.isClose(to: .seconds(66)))
    #expect(record.vms[0].lag.completions.count == 2, "the replica at the start, and one instance")
  }

  // MARK: - Seeds that are none

  @Test(arguments: [("other-uuid", "seedUUIDDiffers"), ("not-chosen", "nameTakenWithoutSeed")])
  func `A seed that does not fit is an error until the replication is configured again`(
    seed: String, problem: String
  ) throws {
    // Configured again at 60 s: a file that nobody had chosen becomes the seed, which is current; one of another disk is
    // left alone, and all 32 MiB are sent.
    var world = Self.world(#""initialSync": "seeded", "differing": "0%", "seed": "\#(seed)""#)
    let broken = try run(world)
    #expect(broken.cycles.isEmpty && broken.vms[0].finalStatus.hasPrefix("ERROR"))
    let event = try #require(broken.events.first { $0.kind == "replication.error" })
    #expect(event.at == .zero && event.detail.contains(problem), "\(event)")

    world.timeline = [#""at": "60s", "do": "replication.reconfigure", "vm": "app""#]
    let mended = try run(world)
    #expect(mended.fullSyncs.map(\.startedAt) == [.seconds(60)])
    #expect(mended.fullSyncs.map(\.payloadSize) == [seed == "not-chosen" ? .zero : .mebibytes(32)])
    #expect(mended.fullSyncs.map(\.checksummedSize) == [seed == "not-chosen" ? .mebibytes(32) : .zero])
    #expect(mended.vms[0].finalStatus == "OK")
  }
}
