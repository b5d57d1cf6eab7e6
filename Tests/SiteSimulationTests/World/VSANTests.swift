import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

/// vSAN datastores at both sites, with the link of `SmallWorld`: a mebibyte takes a second.
@Suite struct VSANTests {
  /// One machine of 100 MiB that writes 8 MiB a minute in its first 16 MiB.
  static func world(
    hosts: Int = 4, vsan: String = #""device": "10GiB""#, duration: String = "3h", _ timeline: String...
  ) -> SmallWorld {
    var world = SmallWorld()
    world.duration = duration
    world.hosts = hosts
    world.targetHosts = hosts
    world.datastore = #", "vsan": { \#(vsan) }"#
    world.workloads = ["steady": #""model": "periodic", "every": "1m", "size": "8MiB""#]
    world.machines = [
      #""name": "app", "disks": [{ "name": "data", "size": "100MiB", "workload": "steady" }]"#
    ]
    world.replications = [#""vm": "app", "rpo": "15m", "initialSync": "done""#]
    world.timeline = timeline
    return world
  }

  /// Runs in steps of ten minutes and checks the books at each.
  static func runChecked(_ small: SmallWorld) throws -> RunRecord {
    var world = try small.world()
    let end = world.scenario.clock.end
    var now = Instant.zero
    while now < end {
      now = min(now + .minutes(10), end)
      try world.run(until: now)
      let mismatch = world.spaceMismatch()
      #expect(mismatch == nil)
    }
    return try world.finish(version: "test")
  }

  private func target(_ record: RunRecord) throws -> VSANRecord { try #require(record.datastores[1].vsan) }

  @Test func `Machines and replicas take what their storage policy costs`() throws {
    let record = try Self.runChecked(Self.world(duration: "10m"))
    // A disk of 100 MiB twice, at the source.
    #expect(record.datastores[0].usedSize == .mebibytes(200))
    // The replica's base of 100 MiB, an empty log of 24 KiB and 12,143 bytes of configuration files, twice each.
    let content = ByteCount.mebibytes(100) + .kibibytes(24) + .bytes(12_143)
    #expect(record.datastores[1].usedSize == content * 2)
    #expect(try target(record).objectCount == 3)
    #expect(try target(record).componentCount == 9)  // two copies and a witness each
  }

  @Test func `The express architecture takes its overhead too`() throws {
    let record = try Self.runChecked(
      Self.world(hosts: 6, vsan: #""architecture": "express", "policy": "RAID-5""#, duration: "10m"))
    // 100 MiB · 5/4 · 1.131 = 148,242,432 bytes.
    #expect(record.datastores[0].usedSize == ByteCount(bytes: 148_242_432))
  }

  @Test func `A lost host costs no full sync, and is rebuilt after an hour`() throws {
    let record = try Self.runChecked(
      Self.world(#""at": "30m", "do": "host.fail", "host": "lyon-esx-01""#))
    let began = try #require(record.events.first { $0.kind == "vsan.resync-began" })
    #expect(began.at == .minutes(90))
    #expect(try target(record).rebuiltCount > 0 && target(record).resyncedSize > .zero)
    #expect(try target(record).absentCount == 0 && target(record).reducedObjectCount == 0)
    #expect(record.fullSyncs.isEmpty && record.vms[0].finalStatus == "OK")
  }

  @Test func `The peak share is that of the capacity there was`() throws {
    // Of four hosts of 10 GiB one fails: 30 GiB are left, and the copies on the three others take most of what they took.
    let whole = try Self.runChecked(Self.world(duration: "29m"))
    let record = try Self.runChecked(
      Self.world(duration: "1h", #""at": "30m", "do": "host.fail", "host": "paris-esx-01""#))
    let share = try #require(record.datastores[0].peakShare)
    let peak = record.datastores[0].usedPeak
    #expect(record.datastores[0].capacity == .gibibytes(40) && peak == .mebibytes(200))
    // With all hosts it is the peak's share of all.
    #expect(whole.datastores[0].peakShare == DatastoreRecord.share(peak, of: .gibibytes(40)))
    #expect(record.datastores[0].usedSize < peak)
    let left = try #require(DatastoreRecord.share(record.datastores[0].usedSize, of: .gibibytes(30)))
    #expect(share == max(left, try #require(whole.datastores[0].peakShare)))
  }

  @Test func `A host that returns in time only catches up`() throws {
    let record = try Self.runChecked(
      Self.world(#""at": "30m", "do": "host.fail", "host": "lyon-esx-01", "for": "30m""#))
    #expect(try target(record).rebuiltCount == 0)
    // At most what was merged into the base meanwhile, of 100 MiB.
    #expect(try target(record).resyncedSize < .mebibytes(100))
    #expect(try target(record).reducedObjectCount == 0 && record.fullSyncs.isEmpty)
  }

  @Test func `A replica without a quorum is cut off, and goes on without a full sync`() throws {
    let record = try Self.runChecked(
      Self.world(
        hosts: 3, #""at": "30m", "do": "host.fail", "host": "lyon-esx-01", "for": "40m""#,
        #""at": "30m", "do": "host.fail", "host": "lyon-esx-02", "for": "40m""#))
    let lost = try #require(record.events.first { $0.kind == "vsan.replica-inaccessible" })
    let back = try #require(record.events.first { $0.kind == "vsan.replica-accessible" })
    #expect(lost.at == .minutes(30) && back.at == .minutes(70))
    #expect(!record.deltas.contains { $0.isCompleted && $0.endedAt > lost.at && $0.endedAt < back.at })
    #expect(record.fullSyncs.isEmpty && record.vms[0].finalStatus == "OK")
  }

  @Test func `A machine whose disks are out of reach stalls and goes on`() throws {
    let record = try Self.runChecked(
      Self.world(
        hosts: 3, #""at": "30m", "do": "host.fail", "host": "paris-esx-02", "for": "20m""#,
        #""at": "30m", "do": "host.fail", "host": "paris-esx-03", "for": "20m""#))
    #expect(record.events.first { $0.kind == "vsan.vm-stalled" }?.at == .minutes(30))
    #expect(record.events.first { $0.kind == "vsan.vm-resumed" }?.at == .minutes(50))
    // 180 minutes of writes, without those of the 20 that it stood still.
    #expect(
      record.vms[0].writtenSize <= .mebibytes(8) * 161 && record.vms[0].writtenSize >= .mebibytes(8) * 158)
    #expect(record.fullSyncs.isEmpty && record.vms[0].finalStatus == "OK")
  }

  @Test func `A failed disk group is rebuilt at once`() throws {
    let record = try Self.runChecked(
      Self.world(
        #""at": "30m", "do": "disk-group.fail", "host": "lyon-esx-01", "for": "1h""#,
        #""at": "30m", "do": "disk-group.fail", "host": "lyon-esx-01", "group": 2, "for": "1h""#))
    #expect(record.events.first { $0.kind == "vsan.resync-began" }?.at == .minutes(30))
    #expect(try target(record).rebuiltCount > 0 && target(record).degradedCount == 0)
    #expect(record.fullSyncs.isEmpty && record.faults.count == 2)
  }

  @Test func `Devices without room hold a replication up`() throws {
    // The base takes 100 of 110 MiB on two hosts; the log of a delta of 8 MiB grows by 16 MiB at a time.
    let record = try Self.runChecked(
      Self.world(hosts: 3, vsan: #""device": "110MiB", "diskGroups": 1"#, duration: "1h"))
    #expect(record.events.contains { $0.kind == EventRecord.insufficientSpaceKind })
    #expect(record.events.contains { $0.kind == "vsan.alert" })
    #expect(record.vms[0].finalStatus.hasPrefix("ERROR"))
  }

  @Test func `A damaged extent is repaired from the other copy`() throws {
    let record = try Self.runChecked(
      Self.world(
        #""at": "20m", "do": "replica.corrupt", "vm": "app", "disk": "data", "offset": "50MiB""#,
        #""at": "40m", "do": "replication.test-image", "vm": "app", "for": "5m""#))
    let found = try #require(record.events.first { $0.kind == "vsan.extent-repaired" })
    #expect(found.at == .minutes(40))
    #expect(try target(record).repairedExtentCount == 1)
    #expect(record.fullSyncs.isEmpty && record.vms[0].finalStatus == "OK")
  }

  @Test func `A damaged extent without another copy costs a full sync`() throws {
    // Whichever copy is damaged: the scrub finds it when only that copy is left, or its host is not the one that failed.
    let record = try Self.runChecked(
      Self.world(
        hosts: 3, vsan: #""device": "10GiB", "scrubInterval": "40m""#,
        #""at": "20m", "do": "host.fail", "host": "lyon-esx-01", "for": "2h""#,
        #""at": "30m", "do": "replica.corrupt", "vm": "app", "disk": "data", "offset": "50MiB""#))
    let lost = try #require(record.events.first { $0.kind == "vsan.extent-lost" })
    #expect(lost.at == .minutes(40))
    let full = try #require(record.fullSyncs.first)
    #expect(full.startedAt >= lost.at && full.isCompleted)
    // One extent differs.
    #expect(full.payloadSize < .mebibytes(17))
    #expect(record.vms[0].finalStatus == "OK")
  }

  @Test func `Datastores of NFS have everything compared`() throws {
    var world = Self.world(duration: "30m")
    world.replications = [#""vm": "app", "rpo": "15m", "initialSync": "full""#]
    world.machines = [#""name": "app", "disks": [{ "name": "data", "size": "100MiB", "used": "10MiB" }]"#]
    world.datastore = #", "type": "vmfs""#
    let known = try run(world)
    world.datastore = #", "type": "nfs""#
    let unknown = try run(world)
    #expect(known.fullSyncs[0].checksummedSize < unknown.fullSyncs[0].checksummedSize)
    #expect(unknown.fullSyncs[0].checksummedSize == .mebibytes(100))
  }
}
