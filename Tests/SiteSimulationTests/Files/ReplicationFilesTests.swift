import BlockStorage
import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Runs whose replicas and tracking live in the product's files.
@Suite struct ReplicationFilesTests {
  /// A machine that rewrites the first 2 of its 8 MiB every minute; the delta of 60 s runs from 60 to 62 s.
  private static func world(_ timeline: [String] = [], storage: String = "files") -> SmallWorld {
    SmallWorld(
      duration: "10m", hosts: 2, targetServers: 2,
      workloads: ["app": #""model": "periodic", "every": "1m", "first": "30s", "size": "2MiB""#],
      machines: [
        #""name": "app", "disks": [{ "name": "data", "size": "8MiB", "used": "4MiB", "workload": "app" }]"#
      ],
      replications: [
        #""vm": "app", "rpo": "1m", "policy": "fixed", "initialSync": "done", "pointsInTime": { "perDay": 24, "days": 1 }"#
      ],
      timeline: timeline, storage: storage)
  }

  /// What happens to a server, in the middle of a delta or a merge or in between.
  private static let stops = [
    #""at": "61s", "do": "vrserver.fail", "server": "lyon-vrs-01", "for": "20s""#,
    #""at": "62s", "do": "vrserver.fail", "server": "lyon-vrs-01", "for": "20s""#,
    #""at": "100s", "do": "vrserver.fail", "server": "lyon-vrs-01", "for": "20s""#,
  ]

  @Test func `Where nothing stops, files and memory run alike`() throws {
    let files = try run(Self.world())
    let memory = try run(Self.world(storage: "memory"))
    #expect(files.digest == memory.digest)
    #expect(files.verifiedInstanceCount == 9)
  }

  @Test(arguments: stops)
  func `A server that stopped goes on with what its files hold`(stop: String) throws {
    let files = try run(Self.world([stop]))
    let memory = try run(Self.world([stop], storage: "memory"))
    // Nothing that was complete is lost, nor is anything else compared or sent than the model in memory says.
    #expect(files.cycles == memory.cycles)
    #expect(files.fullSyncs.isEmpty)
  }

  @Test func `A machine that was off goes on with the state that was saved`() throws {
    // Written at 90 s, off from 100 s to 200 s: the delta brings the 2 MiB of 90 s and nothing else is compared.
    let off = #""at": "100s", "do": "vm.power-off", "vm": "app", "for": "100s""#
    let record = try run(Self.world([off]))
    #expect(record.fullSyncs.isEmpty)
    #expect(record.cycles == (try run(Self.world([off], storage: "memory"))).cycles)
  }

  @Test(arguments: [
    #""at": "120s", "do": "replication.full-sync", "vm": "app""#,
    #""at": "120s", "do": "vm.revert", "vm": "app""#,
  ])
  func `What a machine that is off must compare is remembered in its state files`(verb: String) throws {
    let timeline = [
      #""at": "20s", "do": "vm.snapshot", "vm": "app""#,
      #""at": "100s", "do": "vm.power-off", "vm": "app", "for": "100s""#, verb,
    ]
    let record = try run(Self.world(timeline))
    #expect(record.fullSyncs.count == 1)
    #expect(record.cycles == (try run(Self.world(timeline, storage: "memory"))).cycles)
  }

  /// Seed 15126 of the random worlds: reverted while it waited for a host, a machine forgot that it must be compared.
  @Test func `A machine that waits for a host remembers what must be compared`() throws {
    let timeline = [
      #""at": "20s", "do": "vm.snapshot", "vm": "app""#,
      #""at": "100s", "do": "vm.power-off", "vm": "app", "for": "6s""#,
      #""at": "104s", "do": "host.fail", "host": "paris-esx-01", "for": "30s""#,
      #""at": "104s", "do": "host.fail", "host": "paris-esx-02", "for": "30s""#,
      #""at": "110s", "do": "vm.revert", "vm": "app""#,
    ]
    #expect(try run(Self.world(timeline)).fullSyncs.count == 1)
  }

  @Test func `A host that crashed leaves state files that say so`() throws {
    let crash = #""at": "100s", "do": "host.fail", "host": "paris-esx-01", "for": "1h""#
    #expect(try run(Self.world([crash])).fullSyncs.count == 1)
  }

  @Test func `A machine that moves takes its demand log along`() throws {
    let move = #""at": "61s", "do": "vm.migrate", "vm": "app", "host": "paris-esx-02""#
    let record = try run(Self.world([move]))
    #expect(record.fullSyncs.isEmpty)
    #expect(record.cycles == (try run(Self.world([move], storage: "memory"))).cycles)
  }

  @Test func `The new host of a machine goes on with what the old one has saved`() throws {
    var world = try Self.world().world()
    try world.run(until: .seconds(95))
    world.drawWrites(of: 0)
    let tracked = world.replications[0].source.saved
    try world.handOverState(0)
    // The 2 MiB of 90 s are 256 extents.
    let found = world.replications[0].source.saved
    #expect(found.trackers.map(\.dirty) == tracked.trackers.map(\.dirty))
    #expect(found.trackers.map(\.dirty.count) == [256] && found.needsFullSync == [false])
    try world.run(until: .minutes(10))
    #expect(try world.finish(version: "test").fullSyncs.isEmpty)
  }

  @Test func `A new host that finds no usable state compares everything`() throws {
    var world = try Self.world().world()
    try world.run(until: .seconds(95))
    // The old host crashes before it has saved.
    try #require(world.replications[0].files).sourceHostFailed()
    try world.handOverState(0)
    #expect(world.replications[0].source.saved.needsFullSync == [true])
    try world.sourceChanged(0)
    try world.run(until: .minutes(10))
    let record = try world.finish(version: "test")
    // 4 MiB of the disk are in use.
    #expect(record.fullSyncs.count == 1 && record.fullSyncs.first?.checksummedSize == .mebibytes(4))
  }

  /// The checker itself: bytes that change behind the server's back stop the run.
  @Test func `Files that do not hold what they must stop the run`() throws {
    var world = try Self.world([Self.stops[2]]).world()
    try world.run(until: .seconds(110))
    try #require(world.replications[0].files).damageReplica()
    let failure = #expect(throws: SimulationFailure.self) { try world.run(until: .minutes(10)) }
    guard case .filesDiffer("app", .seconds(120), _) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `Whatever stops, everything recovers from the files`(seed: UInt64) throws {
    let drawn = RandomScenario(seed: seed)
    var small = drawn.world
    small.storage = "files"
    small.timeline.removeAll { entry in
      ["vm.add-disk", "vm.resize-disk", "replication.reconfigure", "replication.test-image"]
        .contains { entry.contains($0) }
    }
    for server in 1...small.targetServers {
      small.timeline.append(
        #""at": "\#(40 + 37 * Int(seed % 5))s", "do": "vrserver.fail", "server": "lyon-vrs-0\#(server)", "for": "11s""#
      )
    }
    let scenario = try small.scenario()
    var world = try World(scenario)
    try world.run(until: scenario.clock.end)
    for replication in world.replications {
      let disks = try #require(replication.replica.recoverableDisks)
      for (source, replica) in zip(world.machines[replication.machineIndex].contents, disks) {
        #expect(replica.digest(relativeTo: source.digest.image) == source.digest)
      }
    }
    _ = try world.finish(version: "test")
  }
}
