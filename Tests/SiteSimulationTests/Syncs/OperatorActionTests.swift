import Inventory
import Measurements
import Quantities
import Testing

@testable import SiteSimulation

/// What an administrator does to replications and machines.
@Suite struct OperatorActionTests {
  /// A machine that rewrites 8 MiB at 30 s, 90 s and so on, and ships them in 8 s at every whole minute.
  static func world(_ timeline: String...) -> SmallWorld {
    SmallWorld(
      duration: "9m50s",
      workloads: ["app": #""model": "periodic", "every": "1m", "first": "30s", "size": "8MiB""#],
      machines: [
        #""name": "app", "disks": [{ "name": "data", "size": "1GiB", "used": "16MiB", "workload": "app" }]"#
      ],
      replications: [#""vm": "app", "rpo": "1m", "policy": "fixed", "initialSync": "done""#],
      timeline: timeline)
  }

  @Test func `A paused replication sends nothing and catches up when it is resumed`() throws {
    // Paused at 100 s for 200 s: at 300 s one delta ships what was written since 60 s, once.
    let record = try run(Self.world(#""at": "100s", "do": "replication.pause", "vm": "app", "for": "200s""#))

    #expect(record.cycles.map(\.startedAt).prefix(3) == [.seconds(60), .seconds(300), .seconds(360)])
    #expect(record.cycles[1].payloadSize == .mebibytes(8))
    // Every cycle is 8 s late, as it starts when the RPO is over; this one 188 s.
    let violations = record.vms[0].lag.violations(in: record.measured)
    #expect(violations[1] == .seconds(120)..<record.cycles[1].endedAt)
    #expect(record.faults.map(\.kind) == ["replication.pause"])
  }

  @Test func `Pausing in mid-delta gives the delta up`() throws {
    // Begun at 60 s, paused at 62 s with 2 MiB across, resumed at 70 s: all 8 MiB are sent again, until 78 s.
    let record = try run(Self.world(#""at": "62s", "do": "replication.pause", "vm": "app", "for": "8s""#))

    #expect(record.cycles[0].outcome == .aborted(reason: "paused"))
    #expect(record.cycles[0].wireSize == .mebibytes(2) && record.cycles[0].payloadSize == .mebibytes(2))
    #expect(record.cycles[1].startedAt == .seconds(70) && record.cycles[1].endedAt.isClose(to: .seconds(78)))
    #expect(record.cycles[1].payloadSize == .mebibytes(8))
  }

  @Test func `Of overlapping pauses the last one to end resumes`() throws {
    let record = try run(
      Self.world(
        #""at": "100s", "do": "replication.pause", "vm": "app", "for": "100s""#,
        #""at": "110s", "do": "replication.pause", "vm": "app", "for": "150s""#))
    #expect(record.cycles[1].startedAt == .seconds(260))
  }

  @Test func `Resuming lifts every pause`() throws {
    let record = try run(
      Self.world(
        #""at": "100s", "do": "replication.pause", "vm": "app""#,
        #""at": "110s", "do": "replication.pause", "vm": "app", "for": "8m""#,
        #""at": "200s", "do": "replication.resume", "vm": "app""#))
    #expect(record.cycles[1].startedAt == .seconds(200))
    #expect(record.faults.map(\.to) == [.seconds(200), .seconds(200)])
  }

  @Test func `A sync on request starts at once`() throws {
    // At 100 s, between the cycles of 60 s and 120 s, with what was written at 90 s.
    let record = try run(Self.world(#""at": "100s", "do": "replication.sync", "vm": "app""#))
    #expect(record.cycles.map(\.startedAt).prefix(3) == [.seconds(60), .seconds(100), .seconds(120)])
    #expect(record.cycles.map(\.payloadSize).prefix(3) == [.mebibytes(8), .mebibytes(8), .zero])
  }

  @Test func `A full sync on request compares everything`() throws {
    let record = try run(Self.world(#""at": "100s", "do": "replication.full-sync", "vm": "app""#))
    let sync = try #require(record.fullSyncs.first)
    #expect(sync.startedAt == .seconds(100))
    // What was written at 90 s differs.
    #expect(sync.checksummedSize == .mebibytes(16) && sync.payloadSize == .mebibytes(8))
    #expect(record.events.first { $0.kind == "replication.full-sync-started" }?.detail == "")
  }

  @Test func `A machine that is off writes nothing and is not replicated`() throws {
    // Off from 100 s to 400 s. Its writes stop, and their clock with them: that of 150 s comes at 450 s.
    let record = try run(Self.world(#""at": "100s", "do": "vm.power-off", "vm": "app", "for": "5m""#))

    #expect(
      record.cycles.map(\.startedAt).prefix(4) == [.seconds(60), .seconds(400), .seconds(420), .seconds(480)])
    // 90 s, before it was off; nothing until 450 s.
    #expect(
      record.cycles.map(\.payloadSize).prefix(4) == [.mebibytes(8), .mebibytes(8), .zero, .mebibytes(8)])
    // At 30 s, 90 s, then 450 s, 510 s, 570 s.
    #expect(record.vms[0].writtenSize == .mebibytes(5 * 8))
    #expect(record.fullSyncs.isEmpty)
  }

  @Test func `A machine that is off at the end is not active`() throws {
    let record = try run(Self.world(#""at": "100s", "do": "vm.power-off", "vm": "app""#))
    #expect(record.vms[0].finalStatus == "NOT_ACTIVE_RPO_VIOLATION")
    #expect(record.faults.map(\.to) == [.seconds(590)])
  }

  @Test func `Power-on lifts every shutdown`() throws {
    let record = try run(
      Self.world(
        #""at": "100s", "do": "vm.power-off", "vm": "app", "for": "8m""#,
        #""at": "110s", "do": "vm.power-off", "vm": "app""#,
        #""at": "200s", "do": "vm.power-on", "vm": "app""#))
    #expect(record.cycles[1].startedAt == .seconds(200))
    #expect(record.events.filter { $0.kind == "vm.start" }.map(\.at) == [.seconds(200)])
  }

  @Test func `Of overlapping shutdowns the last one to end starts the machine`() throws {
    let record = try run(
      Self.world(
        #""at": "100s", "do": "vm.power-off", "vm": "app", "for": "50s""#,
        #""at": "110s", "do": "vm.power-off", "vm": "app", "for": "90s""#))
    #expect(record.events.filter { $0.kind == "vm.start" }.map(\.at) == [.seconds(200)])
  }

  @Test func `A scaled workload writes so many times as fast for its time`() throws {
    // Its clock runs twice as fast from 120 s to 240 s: what was due at 150, 210, 270 and 330 s comes at 135, 165, 195
    // and 225 s; from then on it is two minutes ahead.
    let world = Self.world(
      #""at": "120s", "do": "workload.scale", "vm": "app", "factor": "200%", "for": "2m""#)
    let record = try run(world, until: .seconds(240))
    #expect(record.vms[0].writtenSize == .mebibytes(6 * 8))
    let whole = try run(world)
    // 10 writes in 590 s, and two more.
    #expect(whole.vms[0].writtenSize == .mebibytes(12 * 8))
    // Each cycle still ships the region once.
    #expect(whole.deltas.allSatisfy { $0.payloadSize == .mebibytes(8) })
  }

  @Test func `Of overlapping scales the later one counts, and the earlier one again when it ends`() throws {
    // Nothing from 120 s to 240 s, but the usual rate from 150 s to 210 s: the write due at 150 s comes at 180 s,
    // too late for the delta that begins then.
    let world = Self.world(
      #""at": "120s", "do": "workload.scale", "vm": "app", "factor": "0%", "for": "2m""#,
      #""at": "150s", "do": "workload.scale", "vm": "app", "factor": "100%", "for": "1m""#)
    let record = try run(world, until: .seconds(250))
    #expect(record.deltas.map(\.payloadSize) == [.mebibytes(8), .mebibytes(8), .zero, .mebibytes(8)])
  }

  @Test func `A slow target datastore holds back the transfers and the merges that share it`() throws {
    // Writes of 1 MiB/s and a line of 8: the 8 MiB of 60 s take 8 s, then as long again to be merged. With two machines
    // both deltas of 60 s share the datastore and end at 76 s.
    var world = Self.world()
    world.link = #""bandwidth": "8MiB/s", "latency": "0ms""#
    world.datastore = #", "write": "1MiB/s""#
    world.machines.append(
      #""name": "too", "disks": [{ "name": "data", "size": "1GiB", "used": "16MiB", "workload": "app" }]"#)
    world.replications = [#""vm": "*", "rpo": "1m", "policy": "fixed", "initialSync": "done""#]
    let record = try run(world)
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(76)))
    #expect(record.cycles[1].endedAt.isClose(to: .seconds(76)))
  }
}
