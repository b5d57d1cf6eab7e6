import BlockStorage
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

  @Test func `A guest that hangs frees nothing`() throws {
    let record = try run(
      Self.world(
        #""at": "100s", "do": "vm.hang", "vm": "app", "for": "1m""#,
        #""at": "110s", "do": "vm.trim", "vm": "app", "disk": "data", "offset": "16MiB", "size": "4MiB""#))
    #expect(try event("vm.trim-refused", in: record).detail == "its guest does not run")
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

  /// - Source: ESXi advanced settings: 8 KiB extents up to 2 TiB, 16 KiB up to 8 TiB.
  @Test func `A disk that grows over a break gets larger extents and is compared`() throws {
    // At 100 s, from 2 to 3 TiB. 64 KiB are written at 30 s, 90 s and so on, eight extents of 8 KiB, which begin and end
    // in the middle of a larger one: five of 16 KiB. Those of 90 s are what differs at 100 s.
    var world = Self.world(
      #""at": "100s", "do": "vm.resize-disk", "vm": "app", "disk": "data", "size": "3TiB""#)
    world.duration = "290s"
    world.workloads = [
      "app": #""model": "periodic", "every": "1m", "first": "30s", "size": "64KiB", "offset": "1032KiB""#
    ]
    world.machines = [
      #""name": "app", "host": "paris-esx-01", "disks": [{ "name": "data", "size": "2TiB", "used": "64MiB", "workload": "app" }]"#
    ]
    let record = try run(world)
    #expect(record.fullSyncs.map(\.startedAt) == [.seconds(100)])
    #expect(record.fullSyncs.map(\.checksummedSize) == [.mebibytes(64)])
    #expect(record.fullSyncs.map(\.payloadSize) == [.kibibytes(80)])
    let deltas = record.deltas.filter { $0.startedAt == .seconds(60) || $0.startedAt == .seconds(180) }
    #expect(deltas.map(\.payloadSize) == [.kibibytes(64), .kibibytes(80)])
    #expect(record.vms[0].finalStatus == "OK")
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

  // MARK: - Removing a disk

  @Test func `A removed disk is an error until the replication is configured without it`() throws {
    // Both disks change 8 MiB a minute. After 200 s only the first one is left, with what it changed since 60 s.
    var world = Self.world(
      #""at": "64s", "do": "vm.remove-disk", "vm": "app", "disk": "old""#,
      #""at": "200s", "do": "replication.reconfigure", "vm": "app""#,
      #""at": "400s", "do": "vm.remove-disk", "vm": "app", "disk": "data""#)
    world.machines = [
      #""name": "app", "host": "paris-esx-01", "disks": [{ "name": "old", "size": "64MiB", "workload": "app" }, { "name": "data", "size": "1GiB", "used": "64MiB", "workload": "app" }]"#
    ]
    let record = try run(world)
    #expect(record.cycles[0].outcome == .aborted(reason: "configurationFailed"))
    #expect(try event("replication.error", in: record).at == .seconds(64))
    #expect(record.fullSyncs.isEmpty)
    let next = try #require(record.deltas.first { $0.isCompleted })
    #expect(next.startedAt == .seconds(200) && next.payloadSize == .mebibytes(8))
    #expect(record.vms[0].disks.map(\.name) == ["data"])
    #expect(try event("vm.remove-disk-refused", in: record).detail == "the last disk")
    #expect(record.vms[0].finalStatus == "OK")
  }

  // MARK: - UNMAP while it is sent

  /// Of the delta that begins at 60 s, the first 4 MiB are sent, 4 MiB of them are being read ahead; the guest frees the last.
  @Test(
    arguments: [("preserve", 8), ("ignore", 0), ("free-the-rest", 4), ("refuse", 0)] as [(String, UInt64)])
  func `What becomes of an UNMAP of what is still to be sent is a choice`(
    policy: String, freed: UInt64
  ) throws {
    // 16 MiB written at 30 s, so that the delta of 60 s has much to send at 61 s. Freed are 8 MiB, half of them in it.
    var world = Self.world(
      #""at": "61s", "do": "vm.trim", "vm": "app", "disk": "data", "offset": "12MiB", "size": "8MiB""#)
    world.duration = "118s"
    world.workloads = ["app": #""model": "periodic", "every": "1h", "first": "30s", "size": "16MiB""#]
    world.profile = #""collidingUnmap": "\#(policy)""#
    var running = try world.world()
    try running.run(until: .seconds(100))
    let content = running.machines[0].contents[0]
    // 12 to 20 MiB are the extents from 1,536 to 2,559.
    let zeros = (1_536..<2_560).count { content.tag(of: $0) == 0 }
    #expect(ByteCount.kibibytes(8) * UInt64(zeros) == .mebibytes(freed))
    let record = try run(world)
    #expect(record.events.contains { $0.kind == "vm.trim-refused" } == (policy == "refuse"))
    #expect(record.cycles[0].preservedExtentCount == (policy == "preserve" ? 512 : 0))
  }

  @Test(arguments: [(false, 24), (true, 16)] as [(Bool, UInt64)])
  func `With the option on, freeing what holds zeros changes nothing`(isOn: Bool, size: UInt64) throws {
    // 16 MiB written at 30 s; 8 MiB that never held anything are freed at 40 s.
    var world = Self.world(
      #""at": "40s", "do": "vm.trim", "vm": "app", "disk": "data", "offset": "512MiB", "size": "8MiB""#)
    world.workloads = ["app": #""model": "periodic", "every": "1h", "first": "30s", "size": "16MiB""#]
    world.profile = #""unmapOptimization": \#(isOn)"#
    #expect(try run(world).cycles[0].payloadSize == .mebibytes(size))
  }
}
