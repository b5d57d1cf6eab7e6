import BlockStorage
import Inventory
import Measurements
import Quantities
import ReplicationCore
import Testing

@testable import SiteSimulation

/// Hosts that crash: what their machines lose, where they start again, what must be compared.
@Suite struct HostFaultTests {
  /// A machine on `paris-esx-01` that rewrites 8 MiB at 30 s, 90 s and so on, and ships them in 8 s at every whole
  /// multiple of 5 minutes.
  static var world: SmallWorld {
    SmallWorld(
      duration: "19m", hosts: 2,
      workloads: [
        "app": #""model": "periodic", "every": "1m", "first": "30s", "size": "8MiB", "offset": "16MiB""#
      ],
      machines: [
        #""name": "app", "host": "paris-esx-01", "disks": [{ "name": "data", "size": "1GiB", "used": "64MiB", "workload": "app" }]"#
      ],
      replications: [#""vm": "app", "rpo": "5m", "policy": "fixed", "initialSync": "done""#])
  }

  @Test func `A crash costs a checksum pass, and only what differs crosses the wire`() throws {
    // The host dies at 200 s; the machine runs again 3 min later, at 380 s, on the other host. Its bitmap is gone,
    // so all 64 MiB in use at both sides are compared: 32 regions of 2 MiB, 16 bytes of checksum each. What differs
    // are the 8 MiB written at 30, 90 and 150 s: 1,024 extents in 4 regions, whose checksums come back.
    var world = Self.world
    world.timeline = [#""at": "200s", "do": "host.fail", "host": "paris-esx-01", "for": "10m""#]

    let record = try run(world)

    let sync = try #require(record.fullSyncs.first)
    #expect(record.fullSyncs.count == 1)
    #expect(sync.startedAt == .seconds(380))
    #expect(sync.payloadSize == .mebibytes(8))
    #expect(sync.checksummedSize == .mebibytes(64))
    #expect(sync.wireSize == .mebibytes(8) + .bytes(32 * 16))
    #expect(record.carriedBack == .bytes(4 * 256 * 16))
    // The delta that follows at once makes it an instance; until then that of 0 s was the newest.
    let delta = record.cycles[1]
    #expect(delta.kind == .delta && delta.startedAt == sync.endedAt)
    #expect(record.vms[0].lag.completions[1].pointInTime == delta.startedAt)
    #expect(record.vms[0].finalStatus == "OK")
    #expect(
      record.events.filter { $0.kind.hasPrefix("vm.") }.map { "\($0.at) \($0.kind) \($0.detail)" } == [
        "\(Instant.seconds(200)) vm.fail host paris-esx-01 failed",
        "\(Instant.seconds(380)) vm.start on host paris-esx-02",
      ])
  }

  @Test func `Reading and comparing regions takes its time at the checksum rate`() throws {
    // One request holds all 32 regions; both sides read their 64 MiB at once, at 1 MiB/s. Then its checksums take
    // 512 B / 1 MiB/s = 0.5 ms, those of the differing regions' extents 16 KiB / 1 MiB/s = 15.6 ms, and the 8 MiB
    // of data 8 s. The guest is quiet, or what it writes would be left to the delta.
    var world = Self.world
    world.profile = #""checksumRate": "1MiB/s", "haRestartDelay": "1m""#
    world.timeline = [
      #""at": "200s", "do": "host.fail", "host": "paris-esx-01""#,
      #""at": "200s", "do": "workload.scale", "vm": "app", "factor": "0%""#,
    ]
    let sync = try #require(run(world).fullSyncs.first)
    #expect(sync.startedAt == .seconds(260))
    #expect(sync.duration.isClose(to: .seconds(64 + 8) + .microseconds(488 + 15_625)))
  }

  @Test func `What a guest writes during a full sync is left to the delta that follows`() throws {
    // The reads take from 260 s to 324 s; at 270 s the guest rewrites all that differs.
    var world = Self.world
    world.profile = #""checksumRate": "1MiB/s", "haRestartDelay": "1m""#
    world.timeline = [#""at": "200s", "do": "host.fail", "host": "paris-esx-01""#]
    let cycles = try run(world).cycles
    #expect(cycles[0].kind == .fullSync && cycles[0].payloadSize == .zero)
    #expect(cycles[1].kind == .delta && cycles[1].payloadSize == .mebibytes(8))
  }

  @Test func `Without another host a machine waits for its own`() throws {
    // One host: down at 200 s, back at 500 s; vSphere HA starts the machine 3 min later.
    var world = Self.world
    world.hosts = 1
    world.timeline = [#""at": "200s", "do": "host.fail", "host": "paris-esx-01", "for": "5m""#]
    let record = try run(world)
    #expect(record.fullSyncs.map(\.startedAt) == [.seconds(500 + 180)])
    #expect(record.events.last { $0.kind == "vm.start" }?.detail == "on host paris-esx-01")
  }

  @Test func `The host with the fewest machines takes those of a failed one, one by one`() throws {
    // Two machines on the first host, one on the second, none on the third. The first to start goes to the third;
    // then second and third have one each, and the lower number takes the other.
    var world = Self.world
    world.hosts = 3
    world.machines = [("a", 1), ("b", 1), ("c", 2)].map { name, host in
      #""name": "\#(name)", "host": "paris-esx-0\#(host)", "disks": [{ "name": "data", "size": "1GiB", "used": "8MiB" }]"#
    }
    world.workloads = [:]
    world.replications = [#""vm": "*", "rpo": "5m", "policy": "fixed", "initialSync": "done""#]
    world.timeline = [#""at": "200s", "do": "host.fail", "host": "paris-esx-01""#]
    let starts = try run(world).events.filter { $0.kind == "vm.start" }.map { "\($0.subject) \($0.detail)" }
    #expect(starts == ["a on host paris-esx-03", "b on host paris-esx-02"])
  }

  @Test func `The return of a host does not delay a restart that is under way elsewhere`() throws {
    // Host 1 fails at 200 s, the restart on host 2 is due at 380 s; host 3 returns at 300 s.
    var world = Self.world
    world.hosts = 3
    world.timeline = [
      #""at": "100s", "do": "host.fail", "host": "paris-esx-03", "for": "200s""#,
      #""at": "200s", "do": "host.fail", "host": "paris-esx-01""#,
    ]
    #expect(try run(world).fullSyncs.map(\.startedAt) == [.seconds(380)])
  }

  @Test func `A machine that is shut down while it waits for its restart stays down`() throws {
    var world = Self.world
    world.timeline = [
      #""at": "200s", "do": "host.fail", "host": "paris-esx-01""#,
      #""at": "300s", "do": "vm.power-off", "vm": "app", "for": "5m""#,
    ]
    let record = try run(world)
    #expect(record.events.filter { $0.kind == "vm.start" }.map(\.at) == [.seconds(600)])
    #expect(record.fullSyncs.map(\.startedAt) == [.seconds(600)])
  }

  @Test func `A machine that is off when its host fails loses nothing`() throws {
    // Shut down at 100 s with 8 MiB dirty, started at 400 s on the other host: a delta of 8 MiB, no full sync.
    var world = Self.world
    world.timeline = [
      #""at": "100s", "do": "vm.power-off", "vm": "app", "for": "5m""#,
      #""at": "200s", "do": "host.fail", "host": "paris-esx-01""#,
    ]
    let record = try run(world)
    #expect(record.fullSyncs.isEmpty)
    #expect(record.cycles[0].startedAt == .seconds(400) && record.cycles[0].payloadSize == .mebibytes(8))
    #expect(record.events.last { $0.kind == "vm.start" }?.detail == "on host paris-esx-02")
  }

  @Test func `A host that two faults took down is back when both are over`() throws {
    var world = Self.world
    world.hosts = 1
    world.timeline = [
      #""at": "200s", "do": "host.fail", "host": "paris-esx-01", "for": "4m""#,
      #""at": "210s", "do": "host.fail", "host": "paris-esx-01", "for": "5m""#,
    ]
    // Down until 440 s and 510 s.
    let record = try run(world)
    #expect(record.fullSyncs.map(\.startedAt) == [.seconds(510 + 180)])
  }

  @Test func `A restored host lifts all its faults`() throws {
    var world = Self.world
    world.hosts = 1
    world.timeline = [
      #""at": "200s", "do": "host.fail", "host": "paris-esx-01""#,
      #""at": "210s", "do": "host.fail", "host": "paris-esx-01", "for": "2h""#,
      #""at": "400s", "do": "host.restore", "host": "paris-esx-01""#,
    ]
    let record = try run(world)
    #expect(record.fullSyncs.map(\.startedAt) == [.seconds(400 + 180)])
    #expect(record.faults.map(\.to) == [.seconds(400), .seconds(400)])
  }

  @Test func `Without a running host at the target a sync waits at its server, which is an error`() throws {
    // Host 1 writes the replica; that it failed is noticed at 240 s + 30 s, when no other runs. The server still answers,
    // so the cycle of 300 s begins; its 8 MiB arrive from 400 s on, when host 2 is back.
    var world = Self.world
    world.targetHosts = 2
    world.timeline = [
      #""at": "240s", "do": "host.fail", "host": "lyon-esx-01", "for": "10m""#,
      #""at": "250s", "do": "host.fail", "host": "lyon-esx-02", "for": "150s""#,
    ]
    let record = try run(world)
    #expect(record.fullSyncs.isEmpty)
    #expect(record.cycles[0].startedAt == .seconds(300))
    #expect(record.cycles[0].payloadSize == .mebibytes(8))
    #expect(record.cycles[0].isCompleted && record.cycles[0].endedAt.isClose(to: .seconds(408)))
    let events = record.events.filter { $0.kind.hasPrefix("replication.") }
    #expect(events.map(\.kind) == ["replication.no-accessible-host"])
    #expect(events.map(\.at) == [.seconds(270)])
    #expect(try run(world, until: .seconds(350)).vms[0].finalStatus == "ERROR_RPO_VIOLATION")
  }

  @Test func `One running host at the target is enough`() throws {
    var world = Self.world
    world.targetHosts = 2
    world.timeline = [#""at": "240s", "do": "host.fail", "host": "lyon-esx-01""#]
    #expect(try run(world).cycles[0].startedAt == .seconds(300))
  }

  @Test func `What a target received before its hosts failed completes only after their return`() throws {
    // 8 MiB at 64 KiB/s take 128 s from 300 s on. The target's host is gone from 310 s to 430 s: 120 s more.
    var world = Self.world
    world.link = #""bandwidth": "64KiB/s", "latency": "0ms""#
    world.timeline = [#""at": "310s", "do": "host.fail", "host": "lyon-esx-01", "for": "2m""#]
    let record = try run(world)
    #expect(record.cycles[0].isCompleted && record.cycles[0].endedAt.isClose(to: .seconds(548)))
    #expect(record.vms[0].lag.completions[1].at.isClose(to: .seconds(548)))
  }

  /// One machine that ships 48 MiB at every whole minute in 48 s; see ``LinkFaultTests``.
  @Test func `A target that is lost for less than the time-out only delays a delta`() throws {
    // 20 MiB by 80 s, nothing until 130 s, the other 28 MiB by 158 s.
    var world = LinkFaultTests.world
    world.timeline = [#""at": "80s", "do": "host.fail", "host": "lyon-esx-01", "for": "50s""#]
    let cycle = try run(world).cycles[0]
    #expect(cycle.isCompleted && cycle.endedAt.isClose(to: .seconds(60 + 48 + 50)))
  }

  @Test func `Behind a server another host takes over the delta once the failure is noticed`() throws {
    // 20 MiB by 80 s; noticed at 80 s + 30 s, and host 2 writes the other 28 MiB from 110 s to 138 s.
    var world = LinkFaultTests.world
    world.targetHosts = 2
    world.timeline = [#""at": "80s", "do": "host.fail", "host": "lyon-esx-01""#]
    let cycle = try run(world).cycles[0]
    #expect(cycle.isCompleted && cycle.startedAt == .seconds(60))
    #expect(cycle.endedAt.isClose(to: .seconds(138)))
  }

  @Test func `Without servers the delta that a failed host received starts over on another`() throws {
    // As before, but the connection was to host 1: all 48 MiB go again, from 110 s to 158 s.
    var world = LinkFaultTests.world
    world.targetHosts = 2
    world.profile = #""product": "enhanced""#
    world.timeline = [#""at": "80s", "do": "host.fail", "host": "lyon-esx-01""#]
    let cycles = try run(world).cycles
    #expect(cycles[0].outcome == .aborted(reason: "targetLost") && cycles[0].endedAt == .seconds(110))
    #expect(cycles[0].payloadSize == .mebibytes(20))
    #expect(cycles[1].startedAt == .seconds(110) && cycles[1].endedAt.isClose(to: .seconds(158)))
  }

  @Test func `A target that is lost while the link is down gets nothing when the link returns`() throws {
    // The link is down from 80 s to 90 s; from 85 s on no host runs: what was sent by 80 s is all there is.
    var world = LinkFaultTests.world
    world.timeline = [
      #""at": "80s", "do": "link.down", "link": "wan", "for": "10s""#,
      #""at": "85s", "do": "host.fail", "host": "lyon-esx-01""#,
    ]
    let record = try run(world)
    #expect(record.cycles[0].outcome == .inFlight)
    #expect(record.carried == .mebibytes(20))
    #expect(record.vms[0].finalStatus == "ERROR_RPO_VIOLATION")
  }

  @Test func `A merge waits while no host of the target runs`() throws {
    // The 8 MiB of 300 s arrive by 308 s and would be merged at 64 KiB/s until 436 s; the target is gone from 350 s to
    // 400 s, and a merge that was cut off starts over: until 528 s.
    var small = Self.world
    small.profile = #""mergeRate": "64KiB/s""#
    small.timeline = [#""at": "350s", "do": "host.fail", "host": "lyon-esx-01", "for": "50s""#]
    var world = try small.world()
    try world.run(until: .seconds(527))
    #expect(world.replications[0].replica.redoSize == .mebibytes(8))
    try world.run(until: .seconds(529))
    #expect(world.replications[0].replica.redoSize == .zero)
  }
}
