import BlockStorage
import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

/// What happens at the target: tests, other servers, datastores that are full or slow, points in time, quiescing.
@Suite struct TargetVerbTests {
  @Test func `Nothing can be tested before the first instance`() throws {
    var world = MachineVerbTests.world(
      #""at": "10s", "do": "replication.test-image", "vm": "app", "for": "1m""#)
    world.replications = [#""vm": "app", "rpo": "1m", "initialSync": "full""#]
    let record = try run(world)
    let refusal = try #require(record.events.first { $0.kind == "replication.test-refused" })
    #expect(refusal.detail == "nothingRecoverable")
  }

  @Test func `Replication goes on during a test, and its logs are merged afterwards`() throws {
    let scenario = try MachineVerbTests.world(
      #""at": "70s", "do": "replication.test-image", "vm": "app", "for": "5m""#
    ).scenario()
    var world = try World(scenario)
    try world.run(until: .seconds(369))
    // The deltas of 120 s to 360 s rewrote the same 8 MiB in one log above the frozen base.
    #expect(world.replications[0].replica.spaceUse.redoLogs >= .mebibytes(16))
    try world.run(until: .seconds(390))
    #expect(world.replications[0].replica.spaceUse.redoLogs == .kibibytes(24))
    let record = try world.finish(version: "test")
    // 60 s, 120 s … 360 s.
    #expect(record.deltas.count == 6 && record.deltas.allSatisfy(\.isCompleted))
  }

  @Test func `A replication that is moved to another server starts its sync over`() throws {
    let record = try run(
      MachineVerbTests.world(
        #""at": "64s", "do": "replication.move", "vm": "app", "server": "lyon-vrs-02""#,
        #""at": "130s", "do": "vrserver.fail", "server": "lyon-vrs-01""#))
    #expect(record.cycles[0].outcome == .aborted(reason: "targetLost"))
    // 8 MiB from 64 s on. The old server is not missed.
    #expect(record.cycles[1].startedAt == .seconds(64) && record.cycles[1].endedAt.isClose(to: .seconds(72)))
    #expect(record.fullSyncs.isEmpty && record.cycles.dropFirst().allSatisfy(\.isCompleted))
  }

  @Test func `A full datastore holds a replication up, and costs no full sync`() throws {
    // Full from 50 s to 230 s. The delta of 60 s cannot write; it is complete when there is room again.
    let record = try run(
      MachineVerbTests.world(
        #""at": "50s", "do": "datastore.full", "datastore": "ds-lyon", "for": "3m""#))
    let shortage = try #require(record.events.first { $0.kind == "replication.insufficient-space" })
    #expect(shortage.at >= .seconds(60) && shortage.at < .seconds(70))
    #expect(record.fullSyncs.isEmpty)
    let first = try #require(record.deltas.first { $0.isCompleted })
    #expect(first.endedAt >= .seconds(230) && first.endedAt < .seconds(250))
    #expect(record.vms[0].finalStatus == "OK")
  }

  @Test func `Restoring a datastore ends everything that is in force on it`() throws {
    var world = MachineVerbTests.world(
      #""at": "50s", "do": "datastore.full", "datastore": "ds-lyon""#,
      #""at": "50s", "do": "datastore.slow", "datastore": "ds-lyon", "factor": "10%""#,
      #""at": "90s", "do": "datastore.restore", "datastore": "ds-lyon""#)
    world.datastore = #", "read": "8MiB/s", "write": "8MiB/s""#
    let record = try run(world)
    #expect(record.faults.map(\.to) == [.seconds(90), .seconds(90)])
    #expect(record.cycles.dropFirst().allSatisfy { $0.isCompleted && $0.duration.isClose(to: .seconds(8)) })
  }

  @Test func `A slow datastore slows what it takes in for as long as it is slow`() throws {
    // A line of 8 MiB/s to a datastore of 8 MiB/s, of which a quarter is left from 110 s to 170 s: the delta of 120 s
    // takes 4 s instead of 1.
    var world = MachineVerbTests.world(
      #""at": "110s", "do": "datastore.slow", "datastore": "ds-lyon", "factor": "25%", "for": "1m""#)
    world.link = #""bandwidth": "8MiB/s", "latency": "0ms""#
    world.datastore = #", "read": "8MiB/s", "write": "8MiB/s""#
    let durations = try run(world).deltas.prefix(3).map(\.duration)
    #expect(durations[0].isClose(to: .seconds(1)) && durations[1].isClose(to: .seconds(4)))
    #expect(durations[2].isClose(to: .seconds(1)))
  }

  /// - Source: VMware, "Using vSphere Replication 6.5": three instances a day for five days are 15 and the latest one.
  ///   The slots are at 0:00, 8:00 and 16:00; that the earliest instance of a slot is kept is *unverified*.
  @Test func `Three points in time a day for five days are fifteen and the latest one`() throws {
    // An instance every two hours from 2:00 on. At 148 h, 4:00 of the seventh day, the slots of 5 days are those from
    // 32 h on: 32, 40 … 144 h.
    let scenario = try SmallWorld(
      duration: "149h", workloads: ["app": #""model": "periodic", "every": "1h", "size": "64KiB""#],
      machines: [
        #""name": "app", "disks": [{ "name": "data", "size": "1MiB", "used": "1MiB", "workload": "app" }]"#
      ],
      replications: [
        #""vm": "app", "rpo": "2h", "policy": "fixed", "initialSync": "done", "pointsInTime": { "perDay": 3, "days": 5 }"#
      ]
    ).scenario()
    var world = try World(scenario)
    try world.run(until: scenario.clock.end)

    let hours = world.replications[0].replica.instances.map { ($0.pointInTime - .zero).inSeconds / 3_600 }
    #expect(hours == (4...18).map { Double(8 * $0) } + [148])
    _ = try world.finish(version: "test")
  }

  @Test func `A guest that needs longer than the objective to rest is reported`() throws {
    var world = MachineVerbTests.world()
    world.duration = "50m"
    world.replications = [
      #""vm": "app", "rpo": "15m", "policy": "fixed", "initialSync": "done", "quiescing": "file-system""#
    ]
    world.profile = #""quiescingDuration": "16m""#
    let record = try run(world)
    // Asked to rest in minute 15, ready in minute 31; after 15 minutes of that the objective is lost.
    let report = try #require(record.events.first { $0.kind == "replication.preparation-exceeds-rpo" })
    #expect(report.at.isClose(to: .minutes(30)))
    #expect(record.deltas[0].startedAt == .minutes(31))
  }

  @Test func `A test can run on an image of an older point in time`() throws {
    // An instance every minute, one kept of each hour: at 3:30 h those of 1, 2 and 3 o'clock and the newest.
    var world = MachineVerbTests.world(
      #""at": "3h30m30s", "do": "replication.test-image", "vm": "app", "pointInTime": "2h30m", "for": "10m""#)
    world.duration = "4h"
    world.workloads = ["app": #""model": "periodic", "every": "1m", "first": "30s", "size": "64KiB""#]
    world.replications = [
      #""vm": "app", "rpo": "1m", "policy": "fixed", "initialSync": "done", "pointsInTime": { "perDay": 24, "days": 1 }"#
    ]
    var running = try world.world()
    try running.run(until: .minutes(215))
    let instance = try #require(running.replications[0].replica.testedInstance)
    #expect(instance.pointInTime == .minutes(120))
    // What the image holds is what the guest had written by two o'clock, not what the replica holds now.
    let image = try #require(running.replications[0].replica.testImageDisks?[0])
    var tested: [UInt8] = []
    image.read(0..<1, appendingTo: &tested)
    #expect(tested != running.machines[0].contents[0].payload(of: 0))

    // Without points in time only the newest instance is there.
    world = MachineVerbTests.world(
      #""at": "4m30s", "do": "replication.test-image", "vm": "app", "pointInTime": "2m""#)
    let refusal = try #require(run(world).events.first { $0.kind == "replication.test-refused" })
    #expect(refusal.at == .seconds(270) && refusal.detail == "no instance is as old as 2m")
  }
}
