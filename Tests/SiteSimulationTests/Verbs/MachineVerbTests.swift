import Inventory
import Measurements
import Quantities
import Testing

@testable import SiteSimulation

/// What administrators and guests do to a machine while it is replicated: moving, freeing, snapshots, disks.
@Suite struct MachineVerbTests {
  /// A machine that rewrites the first 8 of 64 MiB at 30 s, 90 s and so on, and ships them in 8 s at every whole minute.
  static func world(_ timeline: String...) -> SmallWorld {
    SmallWorld(
      duration: "590s", hosts: 2, targetServers: 2,
      workloads: ["app": #""model": "periodic", "every": "1m", "first": "30s", "size": "8MiB""#],
      machines: [
        #""name": "app", "host": "paris-esx-01", "disks": [{ "name": "data", "size": "1GiB", "used": "64MiB", "workload": "app" }]"#
      ],
      replications: [#""vm": "app", "rpo": "1m", "policy": "fixed", "initialSync": "done""#],
      timeline: timeline)
  }

  private func event(_ kind: String, in record: RunRecord) throws -> EventRecord {
    try #require(record.events.first { $0.kind == kind })
  }

  // MARK: - Moving

  @Test func `A move interrupts the delta and loses nothing`() throws {
    // The delta of 60 s is given up at 64 s. The machine is on its new host after 30 s, at 94 s; that finds the state at
    // its next attempt, a multiple of 3 s after the beginning: 94 s. By then 90 s was written, the same region.
    let record = try run(
      Self.world(#""at": "64s", "do": "vm.migrate", "vm": "app", "host": "paris-esx-02""#))
    #expect(record.cycles[0].outcome == .aborted(reason: "migrated"))
    #expect(record.cycles[1].startedAt == .seconds(94) && record.cycles[1].payloadSize == .mebibytes(8))
    let moved = try event("vm.migrated", in: record)
    #expect(moved.at == .seconds(94) && moved.detail == "to host paris-esx-02")
    #expect(record.fullSyncs.isEmpty)
  }

  @Test func `The new host takes over at a whole multiple of three seconds`() throws {
    var world = Self.world(#""at": "64s", "do": "vm.migrate", "vm": "app", "host": "paris-esx-02""#)
    world.profile = #""migrationDuration": "10s""#
    // 64 + 10 = 74 s; attempts at 67, 70, 73 and 76 s.
    #expect(try run(world).cycles[1].startedAt == .seconds(76))
  }

  @Test func `A host that fails while its machine leaves takes the move down with it`() throws {
    // Failed at 70 s, started by vSphere HA 3 min later on the only other host; nothing is known of its changes.
    let record = try run(
      Self.world(
        #""at": "64s", "do": "vm.migrate", "vm": "app", "host": "paris-esx-02""#,
        #""at": "70s", "do": "host.fail", "host": "paris-esx-01""#))
    #expect(!record.events.contains { $0.kind == "vm.migrated" })
    #expect(try event("vm.start", in: record).at == .seconds(250))
    #expect(record.fullSyncs.map(\.checksummedSize) == [.mebibytes(64)])
  }

  @Test func `A machine whose destination failed stays where it is`() throws {
    let record = try run(
      Self.world(
        #""at": "64s", "do": "vm.migrate", "vm": "app", "host": "paris-esx-02""#,
        #""at": "70s", "do": "host.fail", "host": "paris-esx-02""#))
    #expect(!record.events.contains { $0.kind == "vm.migrated" || $0.kind == "vm.fail" })
    #expect(record.cycles[1].startedAt == .seconds(94) && record.fullSyncs.isEmpty)
  }

  @Test func `A machine does not move to a host that is down, nor to its own`() throws {
    for timeline in [
      [#""at": "64s", "do": "vm.migrate", "vm": "app", "host": "paris-esx-01""#],
      [
        #""at": "63s", "do": "host.fail", "host": "paris-esx-02""#,
        #""at": "64s", "do": "vm.migrate", "vm": "app", "host": "paris-esx-02""#,
      ],
    ] {
      var world = Self.world()
      world.timeline = timeline
      let record = try run(world)
      #expect(try event("vm.migrate-refused", in: record).at == .seconds(64))
      #expect(record.cycles.allSatisfy { !$0.isAborted })
    }
  }

  // MARK: - Freeing

  @Test func `What a guest frees is shipped like what it writes`() throws {
    // 4 MiB that hold data, at 100 s; then 8 MiB that never did: both go whole.
    let record = try run(
      Self.world(
        #""at": "100s", "do": "vm.trim", "vm": "app", "disk": "data", "offset": "16MiB", "size": "4MiB""#,
        #""at": "160s", "do": "vm.trim", "vm": "app", "disk": "data", "offset": "128MiB", "size": "8MiB""#))
    #expect(record.cycles.prefix(4).map(\.payloadSize) == [8, 12, 16, 8].map { .mebibytes($0) })
  }

  @Test func `A machine that is off frees nothing`() throws {
    let record = try run(
      Self.world(
        #""at": "100s", "do": "vm.power-off", "vm": "app", "for": "1m""#,
        #""at": "110s", "do": "vm.trim", "vm": "app", "disk": "data", "offset": "16MiB", "size": "4MiB""#))
    #expect(try event("vm.trim-refused", in: record).detail == "powered off")
    #expect(record.cycles.allSatisfy { $0.payloadSize <= .mebibytes(8) })
  }

  // MARK: - Snapshots

  @Test func `Reverting to a snapshot costs a comparison and sends what differs`() throws {
    // At 200 s the disk is again as at 70 s: its first 8 MiB, written at 30 s, are not those of 150 s at the target.
    let record = try run(
      Self.world(
        #""at": "70s", "do": "vm.snapshot", "vm": "app""#, #""at": "200s", "do": "vm.revert", "vm": "app""#))
    #expect(record.fullSyncs.map(\.startedAt) == [.seconds(200)])
    #expect(record.fullSyncs.map(\.checksummedSize) == [.mebibytes(64)])
    #expect(record.fullSyncs.map(\.payloadSize) == [.mebibytes(8)])
    #expect(record.vms[0].finalStatus == "OK")
  }

  @Test func `Taking a snapshot changes nothing, and without one nothing can be reverted`() throws {
    let taken = try run(Self.world(#""at": "64s", "do": "vm.snapshot", "vm": "app""#))
    #expect(try taken.cycles == run(Self.world()).cycles)
    let record = try run(Self.world(#""at": "64s", "do": "vm.revert", "vm": "app""#))
    #expect(try event("vm.revert-refused", in: record).detail == "no snapshot")
    #expect(record.fullSyncs.isEmpty)
  }

  // MARK: - Disks

  @Test func `An added disk stops the replication until it is configured again`() throws {
    let record = try run(
      Self.world(
        #""at": "64s", "do": "vm.add-disk", "vm": "app", "disk": "more", "size": "32MiB""#,
        #""at": "200s", "do": "replication.reconfigure", "vm": "app""#))
    #expect(record.cycles[0].outcome == .aborted(reason: "configurationFailed"))
    #expect(try event("replication.error", in: record).at == .seconds(64))
    // The new disk holds nothing, so nothing of it is read; the known one goes on with a delta.
    #expect(record.fullSyncs.map(\.startedAt) == [.seconds(200)])
    #expect(record.fullSyncs.map(\.payloadSize) == [.zero])
    #expect(record.deltas.first(where: \.isCompleted)?.payloadSize == .mebibytes(8))
    #expect(record.vms[0].disks.map(\.name) == ["data", "more"])
    #expect(record.vms[0].finalStatus == "OK")
  }

  @Test func `A disk that grows under a running machine keeps its changes`() throws {
    let record = try run(
      Self.world(#""at": "100s", "do": "vm.resize-disk", "vm": "app", "disk": "data", "size": "2GiB""#))
    #expect(record.fullSyncs.isEmpty)
    #expect(record.vms[0].disks.map(\.size) == [.gibibytes(2)])
    #expect(record.deltas.prefix(3).allSatisfy { $0.payloadSize == .mebibytes(8) })
  }

  @Test func `A disk that grows while its machine is off is compared at power-on`() throws {
    let record = try run(
      Self.world(
        #""at": "100s", "do": "vm.power-off", "vm": "app", "for": "100s""#,
        #""at": "110s", "do": "vm.resize-disk", "vm": "app", "disk": "data", "size": "2GiB""#))
    #expect(record.fullSyncs.map(\.startedAt) == [.seconds(200)])
    #expect(record.vms[0].finalStatus == "OK")
  }

  @Test func `A replica under test takes neither a disk nor another size`() throws {
    let record = try run(
      Self.world(
        #""at": "70s", "do": "replication.test-image", "vm": "app", "for": "3m""#,
        #""at": "80s", "do": "vm.resize-disk", "vm": "app", "disk": "data", "size": "2GiB""#,
        #""at": "90s", "do": "vm.add-disk", "vm": "app", "disk": "more", "size": "32MiB""#,
        #""at": "100s", "do": "replication.reconfigure", "vm": "app""#,
        #""at": "300s", "do": "replication.reconfigure", "vm": "app""#))
    #expect(try event("vm.resize-refused", in: record).detail == "testImageInUse")
    #expect(try event("replication.reconfigure-refused", in: record).detail == "testImageInUse")
    #expect(record.vms[0].disks.map(\.size) == [.gibibytes(1), .mebibytes(32)])
    #expect(record.vms[0].finalStatus == "OK")
  }

  @Test func `A disk that has grown does not shrink again`() throws {
    let record = try run(
      Self.world(
        #""at": "100s", "do": "vm.resize-disk", "vm": "app", "disk": "data", "size": "3GiB""#,
        #""at": "200s", "do": "vm.resize-disk", "vm": "app", "disk": "data", "size": "2GiB""#))
    #expect(try event("vm.resize-refused", in: record).at == .seconds(200))
    #expect(record.vms[0].disks.map(\.size) == [.gibibytes(3)])
  }

  @Test func `A machine does not move again before its new host has taken over`() throws {
    // Moved from 70 s to 90 s; attempts to hand over are 3 s apart, so that the new host takes over at 91 s.
    var world = Self.world(
      #""at": "70s", "do": "vm.migrate", "vm": "app", "host": "paris-esx-02""#,
      #""at": "90500ms", "do": "vm.migrate", "vm": "app", "host": "paris-esx-01""#)
    world.hosts = 2
    world.profile = #""migrationDuration": "20s""#
    let record = try run(world)
    #expect(try event("vm.migrate-refused", in: record).detail == "moving")
    #expect(record.vms[0].finalStatus == "OK")
  }

  // MARK: - Offline instances

  @Test func `A machine that is off is synced on request, and starts when that is done`() throws {
    // What was written at 90 s takes from 110 s to 118 s. The power-on of 112 s has to wait.
    let record = try run(
      Self.world(
        #""at": "100s", "do": "vm.power-off", "vm": "app""#,
        #""at": "110s", "do": "replication.sync", "vm": "app""#,
        #""at": "112s", "do": "vm.power-on", "vm": "app""#))
    #expect(record.cycles[1].startedAt == .seconds(110) && record.cycles[1].payloadSize == .mebibytes(8))
    #expect(record.cycles[1].endedAt.isClose(to: .seconds(118)))
    #expect(try event("vm.start-refused", in: record).at == .seconds(112))
    #expect(try event("vm.start", in: record).at.isClose(to: .seconds(118)))
  }
}
