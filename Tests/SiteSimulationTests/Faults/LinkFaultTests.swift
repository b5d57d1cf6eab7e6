import BlockStorage
import Inventory
import Measurements
import Quantities
import ReplicationCore
import Testing

@testable import SiteSimulation

/// Links that break, return and change, in the middle of a delta.
@Suite struct LinkFaultTests {
  /// A machine that rewrites 48 MiB at 30 s, 90 s and so on, and ships them at every whole minute in 48 s.
  static var world: SmallWorld {
    SmallWorld(
      duration: "479s",
      workloads: ["app": #""model": "periodic", "every": "1m", "first": "30s", "size": "48MiB""#],
      machines: [
        #""name": "app", "disks": [{ "name": "data", "size": "1GiB", "used": "64MiB", "workload": "app" }]"#
      ],
      replications: [#""vm": "app", "rpo": "1m", "policy": "fixed", "initialSync": "done""#])
  }

  @Test func `A gap shorter than the time-out only delays a delta`() throws {
    // Begins at 60 s; 20 MiB are across at 80 s; the line is down for 59 s; the other 28 MiB end at 167 s.
    var world = Self.world
    world.timeline = [#""at": "80s", "do": "link.down", "link": "wan", "for": "59s""#]

    let record = try run(world)

    #expect(record.cycles[0].startedAt == .seconds(60))
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(60 + 48 + 59)))
    #expect(record.cycles.allSatisfy { !$0.isAborted })
    #expect(record.vms[0].lag.completions[1].pointInTime == .seconds(60))
  }

  @Test func `A cut in mid-delta leaves the last instance recoverable, and the half redo log never`() throws {
    var small = Self.world
    small.timeline = [#""at": "80s", "do": "link.down", "link": "wan", "for": "115s""#]
    var world = try small.world()
    let start = world.machines[0].contents[0].digest

    // At 79 s a part of the delta of 60 s is in a redo log; what can be recovered is the image of 0 s.
    try world.run(until: .seconds(79))
    #expect(world.replications[0].replica.redoSize >= .mebibytes(16))
    #expect(try Self.recoverable(in: world, relativeTo: start) == start)

    // The loss is noticed at 80 s + 60 s: the log is dropped, the instance stays.
    try world.run(until: .seconds(141))
    #expect(world.replications[0].replica.redoSize == .zero)
    #expect(try Self.recoverable(in: world, relativeTo: start) == start)
    #expect(world.replications[0].replica.newestInstance?.pointInTime == .zero)
    #expect(world.replications[0].source.status == .notActive)
  }

  @Test func `After a cut nothing is lost, and the backlog is caught up`() throws {
    // Down from 80 s to 195 s. Lost at 140 s; attempts follow after 10 s, 20 s and 30 s, at 150 s, 170 s and
    // 200 s; the last one succeeds, and the next delta begins at once. It holds the same 48 MiB, as they were
    // rewritten, and completes at 248 s. The next begins at the whole minute of 300 s.
    var world = Self.world
    world.timeline = [#""at": "80s", "do": "link.down", "link": "wan", "for": "115s", "id": "digger""#]

    let record = try run(world)

    #expect(record.cycles[0].outcome == .aborted(reason: "connectionLost"))
    #expect(record.cycles[0].endedAt == .seconds(140))
    #expect(record.cycles[0].wireSize == .mebibytes(20), "what crossed before the cut")
    #expect(record.cycles[1].startedAt == .seconds(200))
    #expect(record.cycles[1].endedAt.isClose(to: .seconds(248)))
    #expect(record.cycles[1].payloadSize == .mebibytes(48))
    #expect(record.cycles[2].startedAt == .seconds(300))
    // The instance of 0 s was the newest until 248 s.
    let lag = record.vms[0].lag.statistics(in: record.measured)
    let lagMaximum = try #require(lag.lagMaximum)
    #expect(lagMaximum.isClose(to: .seconds(248)))
    #expect(record.vms[0].lag.completions.last?.pointInTime == .seconds(420))
    #expect(record.vms[0].finalStatus == "OK")
    #expect(record.faults.map(\.name) == ["digger"])
    #expect(record.faults[0].from == .seconds(80) && record.faults[0].to == .seconds(195))
    #expect(
      record.events.map(\.kind).filter { $0.hasPrefix("replication.") } == [
        "replication.sync-aborted", "replication.connection-lost", "replication.connection-restored",
      ])
  }

  @Test func `After the catch-up the replica equals the source`() throws {
    // The guest's last write is at 390 s; what the instance of 420 s froze is what both sides hold at 479 s.
    var small = Self.world
    small.timeline = [
      #""at": "80s", "do": "link.down", "link": "wan", "for": "115s""#,
      #""at": "400s", "do": "workload.scale", "vm": "app", "factor": "0%""#,
    ]
    var world = try small.world()

    try world.run(until: .seconds(479))

    let source = world.machines[0].contents[0].digest
    #expect(try Self.recoverable(in: world, relativeTo: source) == source)
  }

  /// The digest of what a recovery would read of the only disk.
  private static func recoverable(
    in world: borrowing World, relativeTo digest: ContentDigest
  ) throws -> ContentDigest {
    let disks = try #require(world.replications[0].replica.recoverableDisks)
    return disks[0].digest(relativeTo: digest.image)
  }

  @Test func `A limit slows a transfer down for its time`() throws {
    // 20 MiB in 20 s; then half the rate for 20 s brings 10 MiB; the other 18 MiB take 18 s: 58 s in all.
    var world = Self.world
    world.timeline = [
      #""at": "80s", "do": "link.limit", "link": "wan", "bandwidth": "512KiB/s", "for": "20s""#
    ]
    #expect(try run(world).cycles[0].endedAt.isClose(to: .seconds(60 + 58)))
  }

  @Test(arguments: ["bare", "fluid", "CM02", "LV08"])
  func `A transfer that began under a limit is fast again when the limit ends`(model: String) throws {
    // From 60 s to 80 s 1.25 MiB at 64 KiB/s; the other 46.75 MiB take 46.75 s, a little more with headers: 127 s.
    var world = Self.world
    world.network = #""model": "\#(model)""#
    world.timeline = [
      #""at": "50s", "do": "link.limit", "link": "wan", "bandwidth": "64KiB/s", "for": "30s""#
    ]
    let end = try run(world).cycles[0].endedAt
    #expect(end > .seconds(126) && end < .seconds(132))
  }

  @Test func `Of two limits the later one counts, and the earlier one again when it ends`() throws {
    // 512 KiB/s from 70 s to 110 s, 256 KiB/s within from 80 s to 96 s:
    // 10 + 10/2 + 16/4 + 14/2 MiB = 26 MiB by 110 s; the other 22 MiB end at 132 s.
    var world = Self.world
    world.timeline = [
      #""at": "70s", "do": "link.limit", "link": "wan", "bandwidth": "512KiB/s", "for": "40s""#,
      #""at": "80s", "do": "link.limit", "link": "wan", "bandwidth": "256KiB/s", "for": "16s""#,
    ]
    #expect(try run(world).cycles[0].endedAt.isClose(to: .seconds(132)))
  }

  @Test func `Overlapping outages last until the last one ends`() throws {
    // Down from 70 s to 90 s and from 80 s to 100 s: 30 s in all, so that the delta ends at 138 s.
    var world = Self.world
    world.timeline = [
      #""at": "70s", "do": "link.down", "link": "wan", "for": "20s""#,
      #""at": "80s", "do": "link.down", "link": "wan", "for": "20s""#,
    ]
    #expect(try run(world).cycles[0].endedAt.isClose(to: .seconds(60 + 48 + 30)))
  }

  @Test func `Nothing gets through between outages that touch`() throws {
    // Each is shorter than the time-out of 60 s, both together are not: the loss is noticed at 70 s + 60 s.
    var world = Self.world
    world.timeline = [
      #""at": "70s", "do": "link.down", "link": "wan", "for": "40s""#,
      #""at": "110s", "do": "link.down", "link": "wan", "for": "40s""#,
    ]
    let cycle = try run(world).cycles[0]
    #expect(cycle.isAborted && cycle.endedAt == .seconds(130))
  }

  @Test func `A restored link is as the scenario describes it, and its faults are over`() throws {
    // Down from 70 s, with a limit in force from 75 s that was to last; both are lifted at 90 s: 20 s lost.
    var world = Self.world
    world.timeline = [
      #""at": "70s", "do": "link.down", "link": "wan""#,
      #""at": "75s", "do": "link.limit", "link": "wan", "bandwidth": "8KiB/s", "for": "1h""#,
      #""at": "90s", "do": "link.restore", "link": "wan""#,
    ]
    let record = try run(world)
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(60 + 48 + 20)))
    #expect(record.faults.map(\.to) == [.seconds(90), .seconds(90)])
    #expect(record.links[0].use.bins[1].capacityBytes == 40 << 20)
  }
}
