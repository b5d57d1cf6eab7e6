import BlockStorage
import Inventory
import Measurements
import Quantities
import RandomStreams
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Replications that turn round after a recovery.
@Suite struct ReversalTests {
  @Test func `Back from a planned migration everything is compared, and what was written since is sent`()
    throws
  {
    // Off at 410 s, recovered at 418 s and on at once; its guest works from 438 s on. Of its minute 50 s were left at 400 s, so that it writes
    // its 8 MiB at 488 s and 548 s. Reversed at 560 s: 64 MiB are compared, and the 8 MiB written since differ.
    var world = try RecoveryWorld.small().world()
    try world.run(until: .seconds(400))
    #expect(try world.migrate(step: 1, until: .seconds(450)) == .seconds(410))
    _ = try world.startRecovered()
    try world.run(until: .seconds(560))

    #expect(try world.reverseReplication(of: 0) == nil)
    #expect(world.status(of: 0).rawValue == "INITIAL_FULL_SYNC")
    #expect(try world.reverseReplication(of: 0) == nil, "done already")
    try world.beginSync(of: 0, for: RecoveryWorld.ticket(5))
    let sync = try #require(try world.wait(for: RecoveryWorld.ticket(5), until: .seconds(900)))
    #expect(sync.failure == nil)

    let newest = try #require(world.recoveryInstances(of: 0).last)
    #expect(newest > .seconds(560))
    try world.run(until: .seconds(1_300))
    let carriedBack = world.carriedBytes(on: LinkID(0), .backward)
    let record = try world.finish(version: "test")
    let full = try #require(record.fullSyncs.first)
    #expect(full.startedAt == .seconds(560) && full.checksummedSize == .mebibytes(64))
    #expect(full.payloadSize == .mebibytes(8))
    #expect(carriedBack >= Double(ByteCount.mebibytes(8).bytes))
    #expect(record.vms[0].finalStatus == "OK")
    // Not replicated from the recovery to the reversal, and unprotected from then to the first instance of the new replica.
    let window = Instant.zero ..< .seconds(1_300)
    let gap = try #require(record.vms[0].lag.notReplicated(in: window).first)
    #expect(gap.lowerBound.isClose(to: .seconds(418)) && gap.upperBound == .seconds(560))
    let unprotected = try #require(record.vms[0].lag.unprotected(in: window).first)
    #expect(unprotected.lowerBound == .seconds(560))
  }

  @Test func `Soon after a planned migration nothing is compared, and what was written since is sent`() throws
  {
    // As above: of the 8 MiB written at 488 s and again at 548 s, state files tell.
    var world = try RecoveryWorld.small().world()
    try world.run(until: .seconds(400))
    #expect(try world.migrate(step: 1, until: .seconds(450), isPlanned: true) == .seconds(410))
    _ = try world.startRecovered()
    try world.run(until: .seconds(560))
    #expect(try world.reverseReplication(of: 0) == nil)
    #expect(world.status(of: 0).rawValue == "OK")
    // What was left behind is an instance, 150 s old.
    let instances = world.recoveryInstances(of: 0)
    #expect(instances == [.seconds(410)])
    try world.run(until: .seconds(1_300))

    let record = try world.finish(version: "test")
    #expect(record.fullSyncs.isEmpty)
    let back = try #require(record.cycles.first { $0.startedAt >= .seconds(560) })
    #expect(back.payloadSize == .mebibytes(8) && back.checksummedSize == .zero)
    let window = Instant.zero ..< .seconds(1_300)
    #expect(record.vms[0].lag.unprotected(in: window).isEmpty)
    #expect(record.vms[0].lag.lag(at: .seconds(560)) == .seconds(150))
    #expect(record.vms[0].finalStatus == "OK")
  }

  /// What is done between the recovery at 418 s and the reversal at 560 s, and with which profile.
  @Test(
    arguments: [
      ("too late", #""optimizedReprotectPeriod": "1m""#, ""),
      ("switched off", #""optimizedReprotectPeriod": "0s""#, ""),
      ("an older release", #""product": "7.0""#, ""),
      (
        "the host failed", #""haRestartDelay": "10s""#,
        #""do": "host.fail", "host": "lyon-esx-01", "for": "5m""#
      ),
      ("a snapshot was reverted to", "", #""do": "vm.revert", "vm": "app""#),
      ("a disk was added", "", #""do": "vm.add-disk", "vm": "app", "disk": "more", "size": "8MiB""#),
    ] as [(String, String, String)])
  func `A reprotect compares where state files do not tell everything`(
    why: String, profile: String, action: String
  ) throws {
    var small = RecoveryWorld.small(timeline: [#""at": "440s", "do": "vm.snapshot", "vm": "app""#])
    if !action.isEmpty { small.timeline.append(#""at": "500s", \#(action)"#) }
    small.profile = profile
    var world = try small.world()
    try world.run(until: .seconds(400))
    _ = try world.migrate(step: 1, until: .seconds(450), isPlanned: true)
    let host = try world.startRecovered()
    if why == "the host failed" { #expect(world.scenario.inventory[host].name == "lyon-esx-01") }
    try world.run(until: .seconds(560))
    #expect(try world.reverseReplication(of: 0) == nil)
    try world.run(until: .seconds(1_300))
    let record = try world.finish(version: "test")
    #expect(record.fullSyncs.contains { $0.startedAt == .seconds(560) && $0.isCompleted })
    #expect(record.vms[0].finalStatus == "OK")
  }

  @Test
  func
    `A disk that was taken out before the reprotect is an error until the replication is configured again`()
    throws
  {
    var small = RecoveryWorld.small(
      timeline: [
        #""at": "500s", "do": "vm.remove-disk", "vm": "app", "disk": "other""#,
        #""at": "700s", "do": "replication.reconfigure", "vm": "app""#,
      ])
    small.machines = [
      #""name": "app", "host": "paris-esx-01", "boot": "20s", "shutdown": "10s", "disks": [{ "name": "data", "size": "1GiB", "used": "64MiB", "workload": "app" }, { "name": "other", "size": "1GiB", "used": "64MiB" }]"#
    ]
    var world = try small.world()
    try world.run(until: .seconds(400))
    _ = try world.migrate(step: 1, until: .seconds(450), isPlanned: true)
    _ = try world.startRecovered()
    try world.run(until: .seconds(560))
    #expect(try world.reverseReplication(of: 0) == nil)
    #expect(world.status(of: 0).rawValue.hasPrefix("ERROR"))
    try world.run(until: .seconds(1_300))
    let record = try world.finish(version: "test")
    // Only the disk that is left is compared.
    let full = try #require(record.fullSyncs.first { $0.isCompleted })
    #expect(full.startedAt == .seconds(700) && full.checksummedSize == .mebibytes(64))
    #expect(record.vms[0].finalStatus == "OK")
  }

  @Test func `An older instance is recovered as it was, but for a disk that was taken out since`() throws {
    // An hour's objective: the disk is taken out 500 s after the one instance that there is, of which the second disk is left.
    var small = RecoveryWorld.small(
      rpo: "1h",
      timeline: [
        #""at": "500s", "do": "vm.remove-disk", "vm": "app", "disk": "other""#,
        #""at": "501s", "do": "replication.reconfigure", "vm": "app""#,
      ])
    small.machines = [
      #""name": "app", "host": "paris-esx-01", "disks": [{ "name": "other", "size": "1GiB", "used": "64MiB" }, { "name": "data", "size": "1GiB", "used": "64MiB", "workload": "app" }]"#
    ]
    var world = try small.world()
    let data = world.machines[world.current].contents[1].fullDigest()
    try world.run(until: .seconds(501))
    #expect(world.replications[0].certificates.map(\.digests.count) == [1])
    let instance = try world.makeWritable(world.current, notAfter: nil, isPlanned: false).get()
    #expect(instance == .zero)
    #expect(world.machines[world.current].contents.map { $0.fullDigest() } == [data])
  }

  @Test func `What a reprotect holds at once is the last sync of its report`() throws {
    // Reversed 400 s after the instance, with an objective of 300 s: 100 s of violation.
    var world = try RecoveryWorld.small().world()
    try world.run(until: .seconds(400))
    _ = try world.migrate(step: 1, until: .seconds(450), isPlanned: true)
    _ = try world.startRecovered()
    try world.run(until: .seconds(810))
    #expect(try world.reverseReplication(of: 0) == nil)
    #expect(world.status(of: 0).rawValue == "RPO_VIOLATION")
    let report = world.replications[0].report.record(at: world.now)
    // 2025-03-03T00:06:50Z, and 100 s are 1 minute.
    #expect(report.lastSyncMilliseconds == 1_740_960_410_000 && report.violationMinutes == 1)
  }

  @Test func `Whoever moved by planned migration cannot be started where it was`() throws {
    var world = try RecoveryWorld.small().world()
    try world.run(until: .seconds(400))
    _ = try world.migrate(step: 1, until: .seconds(450), isPlanned: true)
    let former = try #require(world.replications[0].formerCopy)
    try world.powerOn(machine: former)
    #expect(!world.machines[former].isOn)
  }

  @Test func `After a split brain the reverse replication sends exactly what both wrote`() throws {
    // The line is cut at 400 s and the recovery forced at 410 s; both copies write until the former one is switched off at 1,000 s, after
    // the line has returned. The recovered machine is quiet then.
    var world = try RecoveryWorld.small(
      workload: #""model": "uniform", "write": "16KiB/s", "blockSize": "8KiB""#,
      timeline: [
        #""at": "400s", "do": "link.down", "link": "wan", "for": "5m""#,
        #""at": "1000s", "do": "workload.scale", "vm": "app", "factor": "0%""#,
      ]
    ).world()
    try world.run(until: .seconds(410))
    _ = try world.makeWritable(0, notAfter: nil)
    _ = try world.startRecovered()
    #expect(world.runsAtBothSites(0) == true)
    try world.run(until: .seconds(1_000))
    #expect(try world.reverseReplication(of: 0)?.text == "the original virtual machine is on at site paris")
    #expect(try world.powerOff(0, copy: .protected) == nil)
    #expect(world.runsAtBothSites(0) == false)
    let former = try #require(world.replications[0].formerCopy)
    let left = world.contents(ofCopy: former)
    let right = world.contents(ofCopy: world.current)
    // Each wrote 2 extents a second for 570 and 700 s after the instance of 300 s.
    let differing = differingExtents(left, right)
    #expect(differing > 2_000 && differing < 2_800)

    #expect(try world.reverseReplication(of: 0) == nil)
    try world.run(until: .seconds(1_600))

    let record = try world.finish(version: "test")
    let full = try #require(record.fullSyncs.first)
    #expect(full.payloadSize == .extents(differing))
    #expect(record.vms[0].finalStatus == "OK")
  }

  @Test func `A copy whose site comes back runs again until the plan shuts it down`() throws {
    var small = RecoveryWorld.small(timeline: [
      #""at": "400s", "do": "site.fail", "site": "paris", "for": "10m""#
    ])
    small.profile = #""haRestartDelay": "1m""#
    var world = try small.world()
    try world.run(until: .seconds(410))
    _ = try world.makeWritable(0, notAfter: nil)
    _ = try world.startRecovered()
    #expect(world.runsAtBothSites(0) == false)
    // Power is back at 1,000 s, and vSphere HA starts what ran.
    try world.run(until: .seconds(1_100))
    #expect(world.runsAtBothSites(0) == true)
    try world.shutDownGuest(0, for: RecoveryWorld.ticket(1))
    let stop = try #require(try world.wait(for: RecoveryWorld.ticket(1), until: .seconds(1_200)))
    #expect(stop.failure == nil && stop.at == .seconds(1_110))
    #expect(world.runsAtBothSites(0) == false && world.machines[world.current].isOn)
    #expect(try world.reverseReplication(of: 0) == nil)
    try world.run(until: .seconds(1_490))
    #expect(world.status(of: 0).rawValue == "OK")
  }

  /// Every instance of a run, in both directions, is compared with the image that the source had at its moment.
  @Test(arguments: 0..<25 as Range<UInt64>)
  func `A machine that goes back and forth is always what its source was`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "back-and-forth")
    var small = RecoveryWorld.small(
      rpo: "2m", workload: #""model": "uniform", "write": "16KiB/s", "blockSize": "8KiB""#,
      disk: #""size": "4MiB", "used": "2MiB""#, duration: "10h")
    small.seed = Int(seed) + 1
    small.datastore = #", "capacity": "1GiB""#
    var world = try small.world()
    var images: [Instant: [[UInt8]]] = [.zero: world.contents(ofCopy: 0)]
    var delta: ReplicationSight.Instance?
    func run(_ world: inout World, for span: TimeSpan) throws {
      let end = world.now + span
      while try world.step(until: end) {
        guard let begun = world.sight(of: 0).delta, begun != delta else { continue }
        delta = begun
        images[begun.pointInTime] = world.contents(ofCopy: world.current)
      }
    }
    for round in 0..<3 {
      try run(&world, for: .seconds(400 + Int64(random.next(below: 300))))
      let isPlanned = random.next(below: 2) == 0
      if isPlanned {
        try world.shutDownGuest(0, for: RecoveryWorld.ticket(round * 10))
        try run(&world, for: .seconds(11))
        images[world.now] = world.contents(ofCopy: world.current)
        try world.beginSync(of: 0, for: RecoveryWorld.ticket(round * 10 + 1))
        try run(&world, for: .seconds(60))
      }
      let before = world.contents(ofCopy: world.current)
      let instance = try world.makeWritable(0, notAfter: nil, isPlanned: isPlanned).get()
      let isPrepared = world.replications[0].preparedReprotect != nil
      #expect(isPrepared == isPlanned)
      #expect(world.contents(ofCopy: world.current) == images[instance])
      if isPlanned { #expect(world.contents(ofCopy: world.current) == before) }
      _ = try world.startRecovered()
      try run(&world, for: .seconds(Int64(random.next(below: 200))))
      #expect(try world.powerOff(0, copy: .protected) == nil)
      let left = world.contents(ofCopy: try #require(world.replications[0].formerCopy))
      let right = world.contents(ofCopy: world.current)
      let cycles = world.cycles.count
      #expect(try world.reverseReplication(of: 0) == nil)
      try run(&world, for: .seconds(300))
      let first = try #require(world.cycles[cycles...].first)
      #expect(first.isCompleted && (first.kind == .fullSync) == !isPrepared)
      // What is written while it is compared is left to the delta that follows.
      let payload = world.cycles[cycles...].reduce(ByteCount.zero) { $0 + $1.payloadSize }
      #expect(payload >= .extents(differingExtents(left, right)))
      let newest = try #require(world.recoveryInstances(of: 0).last)
      #expect(world.recoverableContents(of: 0, at: newest) == images[newest])
    }
    _ = try world.finish(version: "test")
  }

  @Test func `Rooms on both datastores are what they were after going there and back`() throws {
    var small = RecoveryWorld.small(duration: "10h")
    small.datastore = #", "capacity": "10GiB""#
    var world = try small.world()
    var used: [[ByteCount]] = []
    for round in 0..<4 as Range<Int64> {
      // In between two deltas, which begin at multiples of 5 minutes and take 8 s.
      try world.run(until: .zero + .minutes(20 * (round + 1)) + .seconds(50))
      used.append([0, 1].map { world.usedSpace(on: DatastoreID($0)) })
      #expect(try world.migrate(step: Int(round) * 2, until: world.now + .minutes(5)) != nil)
      _ = try world.startRecovered()
      #expect(try world.reverseReplication(of: 0) == nil)
    }
    // 64 MiB of the machine, and a replica with an empty log of 24 KiB.
    #expect(used[2] == used[0])
    #expect(used[3] == used[1])
  }

  @Test func `Objects on vSAN datastores follow the disks to wherever they are`() throws {
    var small = VSANTests.world(duration: "6h")
    small.machines = [
      #""name": "app", "boot": "20s", "disks": [{ "name": "data", "size": "100MiB", "workload": "steady" }]"#
    ]
    var world = try small.world()
    for round in 0..<3 {
      try world.run(until: world.now + .minutes(30))
      #expect(try world.createTestImage(of: 0, notAfter: nil).get() <= world.now)
      #expect(world.registerTest(0) == nil)
      _ = try world.powerOn(0, copy: .test)
      try world.run(until: world.now + .minutes(5))
      #expect(world.spaceMismatch() == nil)
      try world.discardTest(0)
      #expect(world.spaceMismatch() == nil)
      #expect(try world.migrate(step: round * 2, until: world.now + .minutes(20)) != nil)
      #expect(world.spaceMismatch() == nil)
      _ = try world.startRecovered()
      try world.run(until: world.now + .minutes(5))
      #expect(try world.reverseReplication(of: 0) == nil)
      #expect(world.spaceMismatch() == nil)
      try world.run(until: world.now + .minutes(30))
      #expect(world.spaceMismatch() == nil)
      #expect(world.status(of: 0).rawValue == "OK")
    }
    _ = try world.finish(version: "test")
  }
}
