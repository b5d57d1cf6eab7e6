import Measurements
import Quantities
import Testing

@testable import SiteSimulation

/// What a run leaves behind about each machine, cycle and datastore besides its lag.
@Suite struct RecordedFactsTests {
  /// 2025-03-03T00:00:00Z in milliseconds since 1970.
  private let start: Int64 = 1_740_960_000_000

  /// A machine that rewrites 16 MiB at 2 s, 62 s and so on.
  ///
  /// Every whole minute a delta ships them in 16 s, two messages of 4 MiB being under way: each
  /// rewrite but the first meets a delta of which the half was read.
  static func world(_ timeline: String...) -> SmallWorld {
    SmallWorld(
      duration: "4m50s", datastore: #", "capacity": "10GiB""#,
      workloads: ["app": #""model": "periodic", "every": "1m", "first": "2s", "size": "16MiB""#],
      machines: [
        #""name": "app", "disks": [{ "name": "data", "size": "1GiB", "used": "32MiB", "workload": "app" }]"#
      ],
      replications: [
        #""vm": "app", "rpo": "1m", "policy": "fixed", "initialSync": "done", "encryption": true"#
      ],
      timeline: timeline, configurationSize: "12143B")
  }

  @Test func `The fields of the contract tell the newest instance by the clock of the scenario`() throws {
    let info = try run(Self.world()).vm("app").replication

    // 2025-03-03T00:00:00Z and 240 s; 16 MiB and 12 kB take 16.01 s.
    #expect(info.lastSyncMilliseconds == start + 240_000)
    #expect(info.lastSyncSeconds == 16)
    #expect(info.lastSyncSize == .mebibytes(16) + .bytes(12_143))
    #expect(info.rpoMinutes == 1 && info.violationMinutes == 0)
    #expect(info.progress == nil && info.pointsInTime == nil)
    #expect(info.isEncrypted && !info.isCompressed && !info.isQuiesced && !info.isEnhanced)
  }

  @Test func `A run that ends in mid-sync tells how far it was`() throws {
    let record = try run(Self.world(), until: .seconds(246))

    let vm = try record.vm("app")
    let progress = try #require(vm.replication.progress)
    // 6 of 16 MiB crossed: one message arrived, the second and third were handed over.
    #expect(progress.transferTotal == .mebibytes(16) && progress.checksumTotal == .zero)
    #expect(progress.transferred == .mebibytes(12) && progress.percent == 75)
    #expect(vm.finalStatus == "SYNC_RPO_VIOLATION")
    #expect(record.cycles.last?.outcome == .inFlight)
    #expect(record.cycles.last?.vcenterEvents == .init(start: "hbr.primary.DeltaStartedEvent"))
  }

  @Test func `Cycles tell their configuration files and their demand log, machines what their guests waited`()
    throws
  {
    let record = try run(Self.world())

    #expect(record.deltas.count == 4)
    #expect(record.deltas.allSatisfy { $0.configurationSize == .bytes(12_143) })
    // The other 8 MiB are copied, each extent with 512 bytes about it.
    #expect(record.deltas.allSatisfy { $0.preservedExtentCount == 1_024 })
    #expect(record.deltas.allSatisfy { $0.demandLogPeak == .bytes(8_192 + 512) * 1_024 })
    // 16 rounds of 64 copies, each with a read and a write of a millisecond.
    let delay = try record.vm("app").guestDelay
    #expect(delay == GuestDelayRecord(count: 4, total: .milliseconds(128), longest: .milliseconds(32)))
    #expect(RunSummary(record).vms[0].demandLogPeak == .bytes(8_704) * 1_024)
  }

  @Test func `Datastores tell what was taken at the end and at the peak`() throws {
    let record = try run(Self.world())

    #expect(record.datastores.map(\.name) == ["ds-paris", "ds-lyon"])
    #expect(record.datastores.map(\.site) == ["paris", "lyon"])
    #expect(record.datastores.map(\.capacity) == [.gibibytes(10), .gibibytes(10)])
    // The machine's disk all the time, and its demand log at the peak.
    #expect(record.datastores[0].usedSize == .mebibytes(32))
    #expect(record.datastores[0].usedPeak == .mebibytes(32) + .bytes(8_192 + 512) * 1_024)
    // The replica's base, and at times a redo log of 16 MiB that is being merged.
    let lyon = record.datastores[1]
    #expect(lyon.usedPeak > .mebibytes(48) && lyon.usedSize < lyon.usedPeak)
    let vm = try record.vm("app")
    #expect(vm.replicaPeak == lyon.usedPeak)
    #expect(vm.pointInTimeCount == 1)
  }

  @Test func `A target without room is an error`() throws {
    // Full from 100 s on: the instance of 60 s stays the newest. It should have been followed by 120 s, 170 s ago.
    let record = try run(
      Self.world(#""at": "100s", "do": "datastore.full", "datastore": "ds-lyon""#))

    let vm = try record.vm("app")
    #expect(vm.finalStatus == "ERROR_RPO_VIOLATION" && vm.isInError)
    #expect(vm.replication.violationMinutes == 2)
    #expect(vm.replication.lastSyncMilliseconds == start + 60_000)
    let shortage = try #require(record.events.first { $0.kind == EventRecord.insufficientSpaceKind })
    #expect(shortage.subject == "app" && shortage.detail == "datastore ds-lyon")
  }

  @Test func `A day of 5-minute syncs posts 576 events to vCenter`() throws {
    // The 288th sync starts at 24 h.
    var world = Self.world()
    world.duration = "24h1m"
    world.workloads = ["app": #""model": "periodic", "every": "5m", "first": "2s", "size": "8KiB""#]
    world.replications = [#""vm": "app", "rpo": "5m", "policy": "fixed", "initialSync": "done""#]

    let record = try run(world)

    let counts = record.vcenterEventCounts
    #expect(counts.map(\.name) == ["hbr.primary.DeltaCompletedEvent", "hbr.primary.DeltaStartedEvent"])
    #expect(counts.map(\.count) == [288, 288])
    // 288 syncs of 3,800 bytes: the published 1.1 MB a day.
    #expect(RunSummary(record).vcenterEventSize == .bytes(1_094_400))
  }

  @Test func `Every event of the source has its name in vCenter on exactly one record`() throws {
    // A delta given up by a pause, and a full sync on request.
    var world = Self.world(
      #""at": "62s", "do": "replication.pause", "vm": "app", "for": "10s""#,
      #""at": "150s", "do": "replication.full-sync", "vm": "app""#)
    world.duration = "5m50s"

    let record = try run(world)

    let counts = Dictionary(uniqueKeysWithValues: record.vcenterEventCounts.map { ($0.name, $0.count) })
    #expect(counts["hbr.primary.DeltaStartedEvent"] == record.deltas.count)
    #expect(counts["hbr.primary.DeltaCompletedEvent"] == record.deltas.count { $0.isCompleted })
    #expect(counts["hbr.primary.DeltaAbortedEvent"] == 1)
    #expect(counts["hbr.primary.SyncStartedEvent"] == 1 && counts["hbr.primary.SyncCompletedEvent"] == 1)
    #expect(
      record.events.filter { $0.vcenterEvent != nil }.map(\.kind) == [
        "replication.sync-aborted", "replication.full-sync-started",
      ])
  }

  @Test func `A quiesced instance tells its consistency and posts its own event`() throws {
    var world = Self.world()
    world.duration = "40m"
    world.replications = [
      #""vm": "app", "rpo": "15m", "policy": "fixed", "initialSync": "done", "quiescing": "application""#
    ]

    let record = try run(world)

    let completed = record.deltas.filter(\.isCompleted)
    #expect(completed.count == 2 && completed.allSatisfy { $0.consistency == .application })
    #expect(
      completed.allSatisfy { $0.vcenterEvents.end == "hbr.primary.AppQuiescedDeltaCompletedEvent" })
    #expect(try record.vm("app").replication.isQuiesced)
  }

  @Test(arguments: [
    (#", "tools": false"#, ""),
    ("", #""at": "1m", "do": "vm.hang", "vm": "app", "for": "35m""#),
  ])
  func `A guest that cannot be brought to rest is replicated as after a crash, and an event says so`(
    machine: String, fault: String
  ) throws {
    var world = Self.world()
    world.duration = "40m"
    world.machines = world.machines.map { $0 + machine }
    world.replications = [
      #""vm": "app", "rpo": "15m", "policy": "fixed", "initialSync": "done", "quiescing": "application""#
    ]
    world.timeline = fault.isEmpty ? [] : [fault]

    let completed = try run(world).deltas.filter(\.isCompleted)

    #expect(completed.count == 2 && completed.allSatisfy { $0.consistency == .crash })
    #expect(completed.allSatisfy { $0.vcenterEvents.end == "hbr.primary.UnquiescedDeltaCompletedEvent" })
  }

  @Test func `What needs the source to be told is posted where it happens`() throws {
    // A disk is added at 70 s: syncs by hand are refused until the replication is configured again at 100 s. The target is full
    // from 110 s on.
    var world = Self.world()
    world.duration = "5m"
    world.timeline = [
      #""at": "70s", "do": "vm.add-disk", "vm": "app", "disk": "more", "size": "1GiB""#,
      #""at": "80s", "do": "replication.sync", "vm": "app""#,
      #""at": "90s", "do": "replication.full-sync", "vm": "app""#,
      #""at": "100s", "do": "replication.reconfigure", "vm": "app""#,
      #""at": "110s", "do": "datastore.full", "datastore": "ds-lyon""#,
    ]

    let record = try run(world)

    let posted = record.events.filter { $0.at >= .seconds(80) }.compactMap(\.vcenterEvent)
    for name in [
      "FailedToStartDeltaEvent", "FailedToStartSyncEvent", "VmReplicationConfigurationChangedEvent",
      "NoProgressWithHbrServerEvent",
    ] {
      #expect(posted.contains("hbr.primary." + name), "\(name)")
    }
  }

  @Test func `Kept points in time are counted, and their policy told`() throws {
    // Slots of an hour: the instance of each hour's first sync stays, beside the newest.
    var world = Self.world()
    world.duration = "3h5m"
    world.workloads = ["app": #""model": "periodic", "every": "10m", "first": "2s", "size": "8KiB""#]
    world.replications = [
      #""vm": "app", "rpo": "10m", "policy": "fixed", "initialSync": "done", "pointsInTime": { "perDay": 24, "days": 1 }"#
    ]

    let vm = try run(world).vm("app")

    #expect(vm.replication.pointsInTime == .init(instancesPerDay: 24, days: 1))
    #expect((4...5).contains(vm.pointInTimeCount))
  }
}
