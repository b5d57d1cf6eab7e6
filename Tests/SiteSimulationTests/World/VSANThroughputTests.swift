import ClusterModels
import Inventory
import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// How fast vSAN datastores take what is written to them: all hosts together, and reads and writes of one host.
@Suite struct VSANThroughputTests {
  /// Machines with a disk of 64 MiB that are replicated from scratch over a link that is never the bottleneck.
  private func firstSyncs(_ count: Int, hosts: Int, vsan: String) -> SmallWorld {
    var world = SmallWorld()
    world.duration = "30m"
    world.hosts = hosts
    world.targetHosts = hosts
    world.datastore = #", "vsan": { "device": "10GiB", \#(vsan) }"#
    world.link = #""bandwidth": "10000MiB/s", "latency": "0ms""#
    world.machines = (0..<count).map {
      #""name": "app-\#($0)", "disks": [{ "name": "data", "size": "64MiB" }]"#
    }
    world.replications = (0..<count).map { #""vm": "app-\#($0)", "rpo": "1h", "initialSync": "full""# }
    return world
  }

  private func lastEnd(_ record: RunRecord) throws -> Instant {
    #expect(record.fullSyncs.allSatisfy { $0.isCompleted })
    return try #require(record.fullSyncs.map(\.endedAt).max())
  }

  @Test(arguments: [(3, 512), (4, 384), (6, 256)])
  func `First syncs are written by all hosts of the target`(hosts: Int, seconds: Double) throws {
    // 12 · 64 MiB twice are 1,536 MiB; each host writes a mebibyte a second: 1,536 / hosts.
    let record = try run(firstSyncs(12, hosts: hosts, vsan: #""write": "1MiB/s", "throughput": "1000MiB/s""#))
    #expect(record.fullSyncs.count == 12)
    let end = try lastEnd(record)
    #expect((end - Instant.zero).inSeconds.isWithin(percent: 1, of: seconds))
  }

  @Test func `First syncs are spread over hosts, so that none is full while others are empty`() throws {
    // 24 · 64 MiB twice are 3,072 MiB, 512 of the 768 MiB of each of six hosts: 67 %, below every threshold.
    var world = firstSyncs(24, hosts: 6, vsan: #""diskGroups": 1"#)
    world.datastore = #", "vsan": { "device": "768MiB", "diskGroups": 1 }"#
    let record = try run(world)
    #expect(!record.events.contains { $0.kind == EventRecord.insufficientSpaceKind })
    let conditions = try #require(record.datastores[1].vsan).conditions
    #expect(conditions == VSANConditions())
  }

  /// One delta of 16 MiB to four hosts.
  private func deltaSeconds(_ vsan: String) throws -> Double {
    var world = VSANTests.world(vsan: #""device": "10GiB", \#(vsan)"#, duration: "40m")
    world.link = #""bandwidth": "10000MiB/s", "latency": "0ms""#
    world.workloads = ["steady": #""model": "periodic", "every": "10m", "size": "16MiB""#]
    let record = try run(world)
    let delta = try #require(record.deltas.first { $0.isCompleted && $0.payloadSize >= .mebibytes(16) })
    return delta.duration.inSeconds
  }

  @Test(arguments: [
    // RAID-1 writes a byte at either of two hosts: 16 MiB at 1 MiB/s.
    (#""policy": "RAID-1 FTT1", "write": "1MiB/s""#, 16),
    // RAID-5 reads and writes half a byte at each of four hosts, which do a mebibyte a second together: (½ + ½) · 16.
    (#""policy": "RAID-5", "write": "1MiB/s""#, 16), (#""policy": "RAID-5", "read": "1MiB/s""#, 16),
    (#""policy": "RAID-5", "read": "1MiB/s", "write": "1MiB/s""#, 16),
    // Where they read and write 2 MiB/s together, writing is the limit: ½ · 16.
    (#""policy": "RAID-5", "write": "1MiB/s", "throughput": "2MiB/s""#, 8),
    (#""policy": "RAID-5", "read": "2MiB/s", "write": "1MiB/s""#, 8),
    // Full stripes on four hosts of the express architecture: 2 + 1 parts of half a byte each, nothing is read.
    (#""policy": "RAID-5", "architecture": "express", "write": "1MiB/s""#, 8),
    // RAID-1 reads nothing, so what reads share with writes is no matter.
    (#""policy": "RAID-1 FTT1", "read": "2MiB/s", "write": "1MiB/s", "throughput": "1MiB/s""#, 16),
  ])
  func `Writes cost what the storage policy has them read and write`(vsan: String, seconds: Double) throws {
    let found = try deltaSeconds(vsan)
    #expect(found.isWithin(percent: 2, of: seconds))
  }

  @Test func `A slow datastore is slow for what reads and writes share, too`() throws {
    var world = VSANTests.world(
      vsan: #""device": "10GiB", "policy": "RAID-5", "throughput": "1MiB/s""#, duration: "40m",
      #""at": "0s", "do": "datastore.slow", "datastore": "ds-lyon", "factor": "50%""#)
    world.link = #""bandwidth": "10000MiB/s", "latency": "0ms""#
    world.workloads = ["steady": #""model": "periodic", "every": "10m", "size": "16MiB""#]
    let record = try run(world)
    let delta = try #require(record.deltas.first { $0.isCompleted && $0.payloadSize >= .mebibytes(16) })
    #expect(delta.duration.inSeconds.isWithin(percent: 2, of: 32))
  }

  // MARK: - What was wrong

  @Test func `The worst of a run is kept when all is well again`() throws {
    // Of four hosts one is away for 30 of 180 minutes: all objects with a component on it lack redundancy meanwhile.
    let record = try VSANTests.runChecked(
      VSANTests.world(#""at": "30m", "do": "host.fail", "host": "lyon-esx-01", "for": "30m""#))
    let vsan = try #require(record.datastores[1].vsan)
    #expect(vsan.reducedObjectCount == 0 && vsan.conditions.reducedObjects.peak > 0)
    let reduced = vsan.conditions.reducedObjects.duration
    #expect(reduced >= .minutes(30) && reduced < .minutes(32), "until what was missed has been copied")
    #expect(vsan.conditions.inaccessibleObjects == .init())
    #expect(record.datastores[0].vsan?.conditions == VSANConditions())
  }

  @Test func `What was out of reach and without a place is kept`() throws {
    // Two of three hosts are away for 40 minutes: no object of the target has a majority.
    let record = try VSANTests.runChecked(
      VSANTests.world(
        hosts: 3, #""at": "30m", "do": "host.fail", "host": "lyon-esx-01", "for": "40m""#,
        #""at": "30m", "do": "host.fail", "host": "lyon-esx-02", "for": "40m""#))
    let conditions = try #require(record.datastores[1].vsan).conditions
    #expect(conditions.inaccessibleObjects.peak >= 3)
    #expect(conditions.inaccessibleObjects.duration == .minutes(40))
    let full = try VSANTests.runChecked(
      VSANTests.world(hosts: 3, vsan: #""device": "110MiB", "diskGroups": 1"#, duration: "1h"))
    let alerts = try #require(full.datastores[1].vsan).conditions
    #expect(alerts.alerts.peak > 0 && alerts.alertCount >= alerts.alerts.peak)
    #expect(alerts.alerts.duration > .minutes(40))
  }
}
