import BlockStorage
import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Replicas become machines: after a shutdown, after a disaster, from an older point in time.
@Suite struct FailoverTests {
  @Test func `A planned migration loses nothing`() throws {
    // The delta of 300 s holds what was written at 270 s. At 400 s two writes of the same 8 MiB are not replicated. The guest is off
    // at 410 s; the offline instance begins at once and takes 8 s.
    var world = try RecoveryWorld.small().world()
    try world.run(until: .seconds(400))
    try world.shutDownGuest(0, for: RecoveryWorld.ticket(1))
    let stop = try #require(try world.wait(for: RecoveryWorld.ticket(1), until: .seconds(500)))
    #expect(stop.at == .seconds(410) && stop.failure == nil)
    let atShutdown = world.contents(ofCopy: 0)
    try world.beginSync(of: 0, for: RecoveryWorld.ticket(2))
    let sync = try #require(try world.wait(for: RecoveryWorld.ticket(2), until: .seconds(500)))
    #expect(sync.at.isClose(to: .seconds(418)) && sync.failure == nil)

    let instance = try world.makeWritable(0, notAfter: nil).get()

    #expect(instance == .seconds(410))
    let recovered = world.current
    #expect(world.contents(ofCopy: recovered) == atShutdown)
    #expect(world.scenario.inventory[world.machines[recovered].site].name == "lyon")
    #expect(world.status(of: 0).rawValue == "RECOVERING")
    #expect(world.registerRecovered(0) == nil)
    #expect(world.status(of: 0).rawValue == "RECOVERED")
    let record = try world.finish(version: "test")
    #expect(record.deltas.count == 2 && record.deltas.allSatisfy(\.isCompleted))
  }

  @Test func `A disaster loses exactly what was not complete at the target`() throws {
    // The newest complete instance is that of 300 s; the delta of 600 s is under way when both hosts fail at 604 s.
    var world = try RecoveryWorld.small(timeline: [
      #""at": "604s", "do": "host.fail", "host": "paris-esx-01""#,
      #""at": "604s", "do": "host.fail", "host": "paris-esx-02""#,
    ]).world()
    try world.run(until: .seconds(300))
    let image = world.contents(ofCopy: 0)
    try world.run(until: .seconds(610))
    #expect(world.replications[0].lag.lag(at: .seconds(604)) == .seconds(304))

    #expect(try world.makeWritable(0, notAfter: nil).get() == .seconds(300))

    #expect(world.contents(ofCopy: world.current) == image)
    #expect(world.replications[0].lag.lag(at: .seconds(610)) == nil)
    let host = try world.startRecovered()
    #expect(world.scenario.inventory[host].name == "lyon-esx-01")
    try world.run(until: .seconds(700))
    let record = try world.finish(version: "test")
    // The recovered machine goes on writing what its guest had still to write.
    #expect(record.vms[0].finalStatus == "RECOVERED")
    #expect(record.events.contains { $0.kind == "vm.ready" && $0.at == .seconds(630) })
    #expect(record.vms[0].lag.notReplicated(in: .zero ..< .seconds(700)) == [.seconds(610) ..< .seconds(700)])
    #expect(record.vms[0].lag.unprotected(in: .zero ..< .seconds(700)).isEmpty)
  }

  @Test func `A point in time is recovered as it was, and younger ones are lost`() throws {
    var world = try RecoveryWorld.small(
      workload: #""model": "uniform", "write": "64KiB/s", "blockSize": "8KiB""#,
      more: #", "pointsInTime": { "perDay": 24, "days": 1 }"#
    ).world()
    var images: [Instant: [[UInt8]]] = [:]
    for cycle in 0..<40 as Range<Int64> {
      try world.run(until: .zero + .minutes(cycle * 5))
      images[world.now] = world.contents(ofCopy: 0)
    }
    let kept = world.recoveryInstances(of: 0)
    let chosen = try #require(kept.dropFirst().first)
    #expect(kept.count > 3 && chosen > .zero)

    #expect(try world.makeWritable(0, notAfter: chosen + .seconds(1)).get() == chosen)

    #expect(world.contents(ofCopy: world.current) == images[chosen])
    #expect(world.recoveryInstances(of: 0).isEmpty)
    let again = try world.makeWritable(0, notAfter: nil)
    #expect(try again.get() == chosen, "done already")
  }

  @Test func `Without an instance nothing is recovered`() throws {
    var small = RecoveryWorld.small()
    small.replications = [#""vm": "app", "rpo": "5m", "policy": "fixed", "initialSync": "full""#]
    var world = try small.world()
    try world.run(until: .seconds(10))
    guard case .failure(let failure) = try world.makeWritable(0, notAfter: nil) else {
      Issue.record("nothing is complete")
      return
    }
    #expect(failure.text == "no complete instance of the replica exists")
    #expect(world.status(of: 0).rawValue == "INITIAL_FULL_SYNC")
  }

  @Test func `A replica that lost a bit is not recovered unseen`() throws {
    var world = try RecoveryWorld.small().world()
    try world.run(until: .seconds(400))
    world.replications[0].replica.baseDisks[0].flipBit(extent: 3, bit: 5)
    var found = ""
    do { _ = try world.makeWritable(0, notAfter: nil) } catch { found = "\(error)" }
    #expect(found.hasPrefix("the recovered copy of \"app\" differs from its source at"))
  }

  // MARK: - Synchronising

  @Test func `A synchronisation waits for the instance that follows the one under way`() throws {
    // At 304 s the delta of 300 s is under way until 308 s. The one that follows has nothing to send: at 330 s the guest writes.
    var world = try RecoveryWorld.small().world()
    try world.run(until: .seconds(304))
    try world.beginSync(of: 0, for: RecoveryWorld.ticket(1))
    let sync = try #require(try world.wait(for: RecoveryWorld.ticket(1), until: .seconds(400)))
    #expect(sync.failure == nil && sync.at.isClose(to: .seconds(308)))
    #expect(try #require(world.recoveryInstances(of: 0).last) > .seconds(304))
  }

  @Test func `A synchronisation over a cut line waits, and is given up when nobody waits any more`() throws {
    var world = try RecoveryWorld.small(timeline: [
      #""at": "390s", "do": "link.down", "link": "wan", "for": "20m""#
    ]).world()
    try world.run(until: .seconds(400))
    try world.shutDownGuest(0, for: RecoveryWorld.ticket(1))
    try world.run(until: .seconds(420))
    try world.beginSync(of: 0, for: RecoveryWorld.ticket(2))
    #expect(try world.wait(for: RecoveryWorld.ticket(2), until: .seconds(600)) == nil)
    #expect(world.isLocked(0) == true)
    try world.abandon(RecoveryWorld.ticket(2))
    #expect(world.isLocked(0) == false)
    try world.beginSync(of: 0, for: RecoveryWorld.ticket(3))
    // The line is back at 1,590 s, and the source finds it with its next attempt.
    let sync = try #require(try world.wait(for: RecoveryWorld.ticket(3), until: .seconds(2_000)))
    #expect(sync.failure == nil && sync.at > .seconds(1_590))
    #expect(world.recoveryOutcomes.count { $0.ticket == RecoveryWorld.ticket(2) } == 0)
  }

  @Test func `A paused replication is not synchronised`() throws {
    var world = try RecoveryWorld.small(timeline: [#""at": "10s", "do": "replication.pause", "vm": "app""#])
      .world()
    try world.run(until: .seconds(20))
    try world.beginSync(of: 0, for: RecoveryWorld.ticket(1))
    #expect(world.recoveryOutcomes.map(\.failure?.text) == ["replication is paused"])
  }

  // MARK: - Guests and hosts

  @Test func `Settings are written between a boot and a shutdown`() throws {
    // On at 400 s, booted at 420 s, written at 480 s, off at 490 s.
    var world = try RecoveryWorld.small().world()
    try world.run(until: .seconds(400))
    _ = try world.makeWritable(0, notAfter: nil)
    #expect(world.registerRecovered(0) == nil)
    try world.customizeGuest(0, copy: .recovered, writing: .seconds(60), for: RecoveryWorld.ticket(1))
    let end = try #require(try world.wait(for: RecoveryWorld.ticket(1), until: .seconds(600)))
    #expect(end.failure == nil && end.at == .seconds(490))
    #expect(world.machines[world.current].power == .off)
    _ = try world.startRecovered()
    world.awaitTools(of: 0, copy: .recovered, for: RecoveryWorld.ticket(2))
    let tools = try #require(try world.wait(for: RecoveryWorld.ticket(2), until: .seconds(600)))
    #expect(tools.failure == nil && tools.at == .seconds(510))
  }

  @Test func `The failure of a host hits the recovered machine, which starts on another one of its site`()
    throws
  {
    var small = RecoveryWorld.small(timeline: [
      #""at": "500s", "do": "host.fail", "host": "lyon-esx-01""#,
      #""at": "500s", "do": "host.fail", "host": "paris-esx-01""#,
    ])
    small.profile = #""haRestartDelay": "1m""#
    var world = try small.world()
    try world.run(until: .seconds(400))
    #expect(try world.migrate(step: 1, until: .seconds(450)) != nil)
    #expect(world.scenario.inventory[try world.startRecovered()].name == "lyon-esx-01")
    try world.run(until: .seconds(600))
    let record = try world.finish(version: "test")
    #expect(
      record.events.filter { $0.kind.hasPrefix("vm.") && $0.at >= .seconds(500) }
        .map { "\($0.at) \($0.kind) \($0.detail)" } == [
          "\(Instant.seconds(500)) vm.fail host lyon-esx-01 failed",
          "\(Instant.seconds(560)) vm.start on host lyon-esx-02", "\(Instant.seconds(580)) vm.ready ",
        ])
  }

  @Test func `A machine out of the inventory is not powered on, and an undo puts it back`() throws {
    var world = try RecoveryWorld.small(timeline: [#""at": "450s", "do": "vm.power-on", "vm": "app""#])
      .world()
    try world.run(until: .seconds(400))
    try world.shutDownGuest(0, for: RecoveryWorld.ticket(1))
    try world.run(until: .seconds(420))
    world.prepareForMigration(0)
    try world.run(until: .seconds(460))
    #expect(!world.machines[0].isOn)
    guard case .failure = try world.powerOn(0, copy: .protected) else {
      Issue.record("it is not in the inventory")
      return
    }
    world.undoPreparation(0)
    #expect(world.scenario.inventory[try world.powerOn(0, copy: .protected).get()].name == "paris-esx-01")
    try world.run(until: .seconds(620))
    #expect(world.status(of: 0).rawValue == "OK")
  }

  @Test func `A suspended machine writes nothing and goes on where it stopped`() throws {
    var world = try RecoveryWorld.small().world()
    let site = world.machines[0].site
    try world.run(until: .seconds(100))
    try world.suspend(RecoveryWorld.machine, at: site)
    let before = world.contents(ofCopy: 0)
    try world.run(until: .seconds(200))
    #expect(world.contents(ofCopy: 0) == before)
    #expect(world.power(of: RecoveryWorld.machine, at: site) == .suspended)
    #expect(try world.resume(RecoveryWorld.machine, at: site) == nil)
    // 50 s of its minute were left when it was suspended at 100 s.
    try world.run(until: .seconds(249))
    #expect(world.contents(ofCopy: 0) == before)
    try world.run(until: .seconds(251))
    #expect(world.contents(ofCopy: 0) != before)
  }

  @Test func `A site answers while a host runs, and is reached while a link is up`() throws {
    var world = try RecoveryWorld.small(timeline: [
      #""at": "10s", "do": "link.down", "link": "wan", "for": "10s""#,
      #""at": "30s", "do": "site.fail", "site": "paris", "for": "10s""#,
    ]).world()
    let (paris, lyon) = (SiteID(0), SiteID(1))
    #expect(world.canReach(site: paris, from: lyon) && world.answers(site: paris))
    try world.run(until: .seconds(15))
    #expect(!world.canReach(site: paris, from: lyon) && world.answers(site: paris))
    try world.run(until: .seconds(35))
    #expect(world.canReach(site: paris, from: lyon) && !world.answers(site: paris))
    #expect(world.answers(site: lyon) == true)
  }

  // MARK: - Replications that begin and end

  @Test
  func `A replication that is stopped leaves no replica, and one configured later begins with a full sync`()
    throws
  {
    var world = try RecoveryWorld.small().world()
    try world.run(until: .seconds(400))
    try world.stopReplication([ReplicationID(0)])
    #expect(world.status(of: 0).rawValue == "NOT_ACTIVE" && world.recoveryInstances(of: 0).isEmpty)
    try world.run(until: .seconds(1_000))
    try world.configureReplication([ReplicationID(0)])
    try world.run(until: .seconds(1_300))
    let record = try world.finish(version: "test")
    let sync = try #require(record.fullSyncs.first)
    #expect(sync.startedAt == .seconds(1_000) && sync.payloadSize >= .mebibytes(64))
    #expect(record.vms[0].finalStatus == "OK")
    let window = Instant.zero ..< .seconds(1_300)
    #expect(record.vms[0].lag.notReplicated(in: window) == [.seconds(400) ..< .seconds(1_000)])
    #expect(record.vms[0].lag.unprotected(in: window).first?.lowerBound == .seconds(1_000))
  }
}
