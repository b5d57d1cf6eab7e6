import Inventory
import Measurements
import Quantities
import ReplicationCore
import Testing

@testable import SiteSimulation

/// Replication servers, the hosts they write through, and the enhanced mode that does without them.
@Suite struct ReplicationServerTests {
  /// Machines `app-1` to `app-<count>`, each as in ``LinkFaultTests``: 48 MiB at every whole minute in 48 s alone.
  static func world(machines count: Int, servers: Int) -> SmallWorld {
    var world = LinkFaultTests.world
    world.targetServers = servers
    world.machines = (1...count).map {
      #""name": "app-\#($0)", "disks": [{ "name": "data", "size": "1GiB", "used": "64MiB", "workload": "app" }]"#
    }
    world.replications = [#""vm": "app-*", "rpo": "1m", "policy": "fixed", "initialSync": "done""#]
    return world
  }

  @Test func `A server that fails stops its replications and no others`() throws {
    // Four machines on two servers by turns; at 2 MiB/s each ships its 8 MiB in 16 s beside the others. Server 1 is gone
    // from 65 s to 245 s: 1 and 3 notice at 125 s, reconnect by the attempts at 135, 155, 185, 225 and 275 s.
    var world = Self.world(machines: 4, servers: 2)
    world.link = #""bandwidth": "2MiB/s", "latency": "0ms""#
    world.workloads = ["app": #""model": "periodic", "every": "1m", "first": "30s", "size": "8MiB""#]
    world.timeline = [#""at": "65s", "do": "vrserver.fail", "server": "lyon-vrs-01", "for": "3m""#]

    let record = try run(world)

    for name in ["app-1", "app-3"] {
      let cycles = record.cycles(of: name)
      #expect(cycles[0].outcome == .aborted(reason: "connectionLost") && cycles[0].endedAt == .seconds(125))
      #expect(cycles[1].startedAt == .seconds(275) && cycles[1].isCompleted)
    }
    for name in ["app-2", "app-4"] {
      #expect(record.cycles(of: name).allSatisfy { !$0.isAborted })
      #expect(
        record.cycles(of: name).map(\.startedAt).prefix(4).elementsEqual(
          [60, 120, 180, 240].map { Instant.seconds($0) }))
    }
    #expect(record.fullSyncs.isEmpty)
  }

  @Test func `A server that restarts within the time-out costs the deltas it was receiving, not a full sync`()
    throws
  {
    // 20 MiB by 80 s; back at 100 s without what it had in memory, so all 48 MiB go again, until 148 s.
    var world = Self.world(machines: 1, servers: 1)
    world.timeline = [#""at": "80s", "do": "vrserver.fail", "server": "lyon-vrs-01", "for": "20s""#]
    let cycles = try run(world).cycles
    #expect(cycles[0].outcome == .aborted(reason: "targetLost") && cycles[0].payloadSize == .mebibytes(20))
    #expect(cycles[1].kind == .delta && cycles[1].endedAt.isClose(to: .seconds(148)))
  }

  @Test func `A server with a limit is the bottleneck of its own replications`() throws {
    // Two machines behind one server of 512 KiB/s: 2 × 8 MiB take 32 s. With a server each: 16 s.
    for (servers, seconds) in [(1, 32), (2, 16)] as [(Int, Int64)] {
      var world = Self.world(machines: 2, servers: servers)
      world.link = #""bandwidth": "10MiB/s", "latency": "0ms""#
      world.workloads = ["app": #""model": "periodic", "every": "1m", "first": "30s", "size": "8MiB""#]
      world.profile = #""serverRate": "512KiB/s""#
      let first = try run(world).cycles.filter { $0.startedAt == .seconds(60) }
      #expect(first.count == 2)
      #expect(first.allSatisfy { $0.endedAt.isClose(to: .seconds(60 + seconds)) })
    }
  }

  @Test func `A host with a limit is the bottleneck of the replicas it writes`() throws {
    // As above, with one host or two behind one server.
    for (hosts, seconds) in [(1, 32), (2, 16)] as [(Int, Int64)] {
      var world = Self.world(machines: 2, servers: 1)
      world.targetHosts = hosts
      world.link = #""bandwidth": "10MiB/s", "latency": "0ms""#
      world.workloads = ["app": #""model": "periodic", "every": "1m", "first": "30s", "size": "8MiB""#]
      world.profile = #""hostRate": "512KiB/s""#
      let first = try run(world).cycles.filter { $0.startedAt == .seconds(60) }
      #expect(first.allSatisfy { $0.endedAt.isClose(to: .seconds(60 + seconds)) })
    }
  }

  @Test func `Enhanced replication spreads over a returning host within the half hour`() throws {
    // Host 2 is down at the start of the run and back at 10 min; until 30 min all four replicas are on host 1.
    var small = Self.world(machines: 4, servers: 1)
    small.duration = "40m"
    small.link = #""bandwidth": "10MiB/s", "latency": "0ms""#
    small.targetHosts = 2
    small.profile = #""product": "enhanced""#
    small.timeline = [
      #""at": "0s", "do": "host.fail", "host": "lyon-esx-02", "for": "10m""#
    ]
    var world = try small.world()
    try world.run(until: .minutes(29))
    #expect(world.replications.allSatisfy { $0.server == nil && $0.host?.index == 1 })
    try world.run(until: .minutes(31))
    #expect(world.replications.count { $0.host?.index == 1 } == 2)
    #expect(world.replications.count { $0.host?.index == 2 } == 2)
  }

  @Test func `A disk sends no more than its window in a round trip`() throws {
    // 64 blocks of 8 KiB in a round trip of 2 × 50 ms: 512 KiB / 0.1 s = 5 MiB/s on a link of 50 MiB/s, so 48 MiB take
    // 9.6 s; with updates of 16 extents as blocks 128 KiB · 64 / 0.1 s = 80 MiB/s, and the link is the limit.
    for (unit, seconds) in [("extent", 9.6), ("update", 0.96)] {
      var world = Self.world(machines: 1, servers: 1)
      world.link = #""bandwidth": "50MiB/s", "latency": "50ms""#
      world.profile = #""product": "8.0", "windowBlock": "\#(unit)""#
      let cycle = try run(world).cycles[0]
      // Beside the data: the latency of the first byte and of the answer.
      let expected = TimeSpan(nanoseconds: Int64((seconds + 0.1) * 1e9))
      #expect(cycle.duration.isClose(to: expected))
    }
  }

  @Test func `Disks beyond the contexts of their host wait their turn`() throws {
    // Three machines, two contexts: 1 and 2 share the line (2 × 8 MiB at 1 MiB/s: 16 s), 3 follows in 8 s.
    var world = Self.world(machines: 3, servers: 1)
    world.workloads = ["app": #""model": "periodic", "every": "1m", "first": "30s", "size": "8MiB""#]
    world.profile = #""hostContexts": 2"#
    let record = try run(world)
    for (name, end) in [("app-1", 76), ("app-2", 76), ("app-3", 84)] as [(String, Int64)] {
      let cycle = record.cycles(of: name)[0]
      #expect(cycle.startedAt == .seconds(60) && cycle.endedAt.isClose(to: .seconds(end)))
    }
  }

  /// Machines whose disks rewrite 48 MiB each, with a window of 1 MiB/s a disk: 64 blocks of 8 KiB in a round trip of 500 ms.
  private static func windowedWorld(machines: Int, disks: Int, contexts: Int) -> SmallWorld {
    var world = world(machines: machines, servers: 1)
    world.link = #""bandwidth": "50MiB/s", "latency": "250ms""#
    let list = (1...disks).map {
      #"{ "name": "d\#($0)", "size": "1GiB", "used": "64MiB", "workload": "app" }"#
    }
    world.machines = (1...machines).map {
      #""name": "app-\#($0)", "disks": [\#(list.joined(separator: ","))]"#
    }
    world.profile = #""product": "8.0", "hostContexts": \#(contexts)"#
    return world
  }

  @Test(arguments: [(2, 72), (3, 48)] as [(Int, Double)])
  func `One machine reads no more disks at a time than its host has contexts`(
    contexts: Int, seconds: Double
  ) throws {
    // Three disks: 144 MiB at 2 MiB/s take 72 s, at 3 MiB/s 48 s; what is read ahead makes the end slower.
    let cycle = try run(Self.windowedWorld(machines: 1, disks: 3, contexts: contexts)).cycles[0]
    #expect((seconds...seconds + 10).contains(cycle.duration.inSeconds), "\(cycle.duration)")
  }

  @Test func `Contexts that the first machine leaves free serve the second`() throws {
    // Of three contexts the first machine has two: 96 MiB at 2 MiB/s take 48 s. By then the second has sent 48 MiB of
    // its 96 with one context, and sends the rest with two in 24 s.
    let record = try run(Self.windowedWorld(machines: 2, disks: 2, contexts: 3))
    let (first, second) = (record.cycles(of: "app-1")[0], record.cycles(of: "app-2")[0])
    #expect((48...58).contains(first.duration.inSeconds), "\(first.duration)")
    #expect(
      second.startedAt == .seconds(60) && (72...84).contains(second.duration.inSeconds), "\(second.duration)")
  }

  /// VMware's law for 8.0U3: 2,048 blocks of 8 KiB a disk in a round trip of 50 ms are 2,684 Mbit/s.
  @Test func `A disk of release 8.0U3 has its window to itself by default`() throws {
    var world = Self.world(machines: 1, servers: 1)
    world.link = #""bandwidth": "10Gbps", "latency": "25ms""#
    world.workloads = ["app": #""model": "periodic", "every": "1m", "first": "30s", "size": "512MiB""#]
    world.profile = #""product": "8.0U3""#
    let cycle = try run(world).cycles[0]
    // 16 MiB / 50 ms = 2.684 · 10⁹ bit/s; 512 MiB in 1.6 s, and a round trip beside.
    #expect(cycle.duration.isClose(to: .milliseconds(1_650)), "\(cycle.duration)")
  }

  @Test func `Regions under way for comparison bound a full sync over a long line`() throws {
    // 8 regions of 2 MiB in a round trip of 1 s: 16 MiB/s; 1 GiB that is equal takes 64 s, with 2 regions 256 s.
    for (requests, seconds) in [(8, 64.0), (2, 256.0)] {
      var world = Self.world(machines: 1, servers: 1)
      world.duration = "20m"
      world.link = #""bandwidth": "1GiB/s", "latency": "500ms""#
      world.workloads = [:]
      world.machines = [#""name": "app-1", "disks": [{ "name": "data", "size": "1GiB", "used": "1GiB" }]"#]
      world.replications = [
        #""vm": "app-1", "rpo": "15m", "initialSync": "seeded", "differing": "0%""#
      ]
      world.profile = #""checksumRate": "1GiB/s", "regionRequestsInFlight": \#(requests)"#
      let sync = try #require(run(world).fullSyncs.first)
      // Batches of 64 MiB wait for their answers beside.
      #expect((seconds...seconds + 20).contains(sync.duration.inSeconds), "\(requests): \(sync.duration)")
    }
  }

  @Test(arguments: ["8.0U3", "enhanced"])
  func `A replication whose target site is gone is not active, and in no error`(product: String) throws {
    var small = Self.world(machines: 1, servers: 1)
    small.duration = "40m"
    small.profile = #""product": "\#(product)""#
    small.timeline = [#""at": "10m", "do": "site.fail", "site": "lyon", "for": "10m""#]
    var world = try small.world()
    try world.run(until: .minutes(13))
    #expect(world.status(of: 0).rawValue == "NOT_ACTIVE_RPO_VIOLATION")
    try world.run(until: .minutes(35))
    #expect(["OK", "SYNC"].contains(world.status(of: 0).rawValue))
    let record = try world.finish(version: "test")
    #expect(!record.events.contains { $0.kind == "replication.no-accessible-host" })
  }
}
