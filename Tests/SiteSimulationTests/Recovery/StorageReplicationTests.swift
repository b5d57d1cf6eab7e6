import BlockStorage
import Inventory
import Measurements
import Quantities
import RandomStreams
import RecoveryCore
import Scenarios
import Testing
import Workloads

@testable import SiteSimulation

/// Machines that arrays and virtual volumes replicate, recovered by plans.
@Suite struct StorageReplicationTests {
  private func machine(_ name: String, of run: PlanRunRecord) throws -> PlanRunRecord.Machine {
    try #require(run.machines.first { $0.name == name })
  }

  // MARK: Copying

  @Test func `An array copies what was written since the copy before, over the link`() throws {
    var world = try StorageWorld().world()
    try world.run(until: .minutes(31))
    let record = try world.finish(version: "test")
    let cycles = record.cycles.filter { $0.vm == VirtualMachineID(0) }
    // In ten minutes the same 8 MiB are rewritten ten times.
    let starts: [Instant] = [.minutes(10), .minutes(20), .minutes(30)]
    #expect(cycles.map(\.startedAt) == starts)
    #expect(cycles.allSatisfy { $0.payloadSize == .mebibytes(8) && $0.isCompleted })
    // 16 MiB of the group, beside 8 MiB of the volumes: 100 Mbit/s are shared evenly at first, 8 MiB each in
    // 2 · 8 · 8.388 608 Mbit / 100 Mbit/s = 1.342 s; then the group has 8 MiB left for the whole link: 0.671 s more. What
    // vSphere Replication sends at other times does not disturb.
    let duration = try #require(cycles.first).endedAt - Instant.minutes(10)
    #expect(duration == .nanoseconds(2_013_265_920))
    let mail = record.cycles.filter { $0.vm == VirtualMachineID(3) }
    #expect(try #require(mail.first).endedAt - Instant.minutes(10) == .nanoseconds(1_342_177_280))
  }

  @Test func `A copy that outlasts its interval is followed by one at the next`() throws {
    // 16 + 8 MiB at 160 kbit/s: 1,258 s, more than two intervals.
    var world = try StorageWorld(bandwidth: "160kbps", groups: ["erp", "pay", "mail"]).world()
    try world.run(until: .minutes(61))
    let record = try world.finish(version: "test")
    let starts = record.cycles.filter { $0.vm == VirtualMachineID(0) }.map(\.startedAt)
    #expect(starts.allSatisfy { ($0 - Instant.zero).nanoseconds % TimeSpan.minutes(10).nanoseconds == 0 })
    #expect(starts.first == Instant.minutes(10) && starts.count < 3)
  }

  // MARK: The oracle

  /// Runs a world in which something was broken, until the run stops.
  private func failure(of world: inout World) throws -> SimulationFailure? {
    do {
      try world.run(until: .minutes(15))
      _ = try world.complete(.disasterRecovery(synchronizesData: false))
      return nil
    } catch let failure as SimulationFailure {
      return failure
    }
  }

  @Test func `A write that an array has forgotten stops the run at the next copy`() throws {
    var world = try StorageWorld(groups: ["erp"]).world()
    try world.run(until: .minutes(9))
    let place = world.place(named: "erp-1")
    let machine = try #require(place)
    world.drawWrites(of: machine)
    world.machines[machine].keptChanges[0].removeAll()
    // The next write of the same extents would hide it.
    let now = world.time
    world.machines[machine].disks[0].writes?.pause(at: now)
    let found = try failure(of: &world)
    guard case .replicaDiffers(let name, _, _, _, _)? = found else {
      Issue.record("\(String(describing: found))")
      return
    }
    #expect(name == "erp-1")
  }

  @Test func `A device that rots is noticed when it is taken into use`() throws {
    var world = try StorageWorld(groups: ["erp"]).world()
    try world.run(until: .minutes(12))
    world.storageUnits[0].devices[1][0].flipBit(extent: 5, bit: 3)
    let found = try failure(of: &world)
    guard case .recoveredDiffers(let name, _, let instant, _)? = found else {
      Issue.record("\(String(describing: found))")
      return
    }
    let expected = Instant.minutes(10)
    #expect(name == "erp-2" && instant == expected)
  }

  // MARK: Disasters

  @Test func `A disaster loses of each machine what its storage had not copied`() throws {
    var world = try StorageWorld(
      timeline: [
        #""at": "25m15s", "do": "site.fail", "site": "paris", "for": "4h""#,
        #""at": "26m", "do": "plan.recover", "plan": "RP", "mode": "disaster-recovery", "id": "save""#,
      ]
    ).world()
    let run = try world.run(untilEndOf: "save")

    #expect(run.errors.isEmpty, "\(run.errors)")
    // The last complete copy is that of 20 minutes; payments have everything.
    for name in ["erp-1", "erp-2", "mail"] {
      #expect(try machine(name, of: run).instance == .minutes(20))
      #expect(try machine(name, of: run).dataLoss == .minutes(5) + .seconds(15))
    }
    #expect(try machine("pay", of: run).dataLoss == .zero)
    #expect(try machine("pay", of: run).instance == .minutes(25) + .seconds(15))
    let place = world.place(named: "erp-1")
    #expect(place.map { world.machines[$0].site } == SiteID(1))
    _ = try world.finish(version: "test")
  }

  @Test func `The recovered disks are the image of the last complete copy and nothing else`() throws {
    // Nothing writes after ten and a half minutes at lyon before the machines are looked at: they stay off.
    let world = StorageWorld(
      plan: #""vms": [{ "match": "*", "startup": "off" }]"#,
      timeline: [
        #""at": "25m15s", "do": "site.fail", "site": "paris", "for": "4h""#,
        #""at": "26m", "do": "plan.recover", "plan": "RP", "mode": "disaster-recovery", "id": "save""#,
      ])
    var lost = try world.world()
    var twin = try StorageWorld().world()
    try twin.run(until: .minutes(20))
    let expected = ["erp-1", "erp-2", "mail"].map { twin.contents(named: $0).map(RecoveryWorld.written) }
    let run = try lost.run(untilEndOf: "save")
    #expect(run.errors.isEmpty, "\(run.errors)")
    let found = ["erp-1", "erp-2", "mail"].map { lost.contents(named: $0).map(RecoveryWorld.written) }
    #expect(found == expected)
    #expect(found.allSatisfy { $0 != nil })
  }

  @Test func `A copy on its way when the site fails counts for nothing`() throws {
    // 16 MiB of the group beside 8 MiB of mail at 1 Mbit/s: until 10 min + 201 s.
    var world = try StorageWorld(
      bandwidth: "1Mbps", groups: ["erp", "pay", "mail"],
      timeline: [
        #""at": "11m", "do": "site.fail", "site": "paris", "for": "4h""#,
        #""at": "12m", "do": "plan.recover", "plan": "RP", "mode": "disaster-recovery", "id": "save""#,
        #""at": "4h20m", "do": "plan.recover", "plan": "RP", "mode": "disaster-recovery", "id": "settle""#,
        #""after": "settle", "delay": "5m", "do": "plan.reprotect", "plan": "RP", "id": "turn""#,
      ]
    ).world()
    let run = try world.run(untilEndOf: "save")
    #expect(try machine("erp-1", of: run).instance == .zero)
    #expect(try machine("erp-1", of: run).dataLoss == .minutes(11))
    // What it had taken along is sent the other way now: the disks at paris become those of lyon.
    let settle = try world.run(untilEndOf: "settle")
    #expect(settle.errors.isEmpty, "\(settle.errors)")
    let turn = try world.run(untilEndOf: "turn")
    #expect(turn.result == "SUCCESS", "\(turn.errors)")
    #expect(world.planStatus == .ready)
    let back = try #require(try world.complete(.plannedMigration))
    #expect(back.result == "SUCCESS", "\(back.errors)")
    #expect(back.machines.allSatisfy { $0.dataLoss == .zero })
    _ = try world.finish(version: "test")
  }

  // MARK: Synchronous devices

  @Test func `Synchronous devices fall behind while no link is up and catch up when one is back`() throws {
    var world = try StorageWorld(
      timeline: [
        #""at": "30m", "do": "link.down", "link": "wan", "for": "10m""#,
        #""at": "35m15s", "do": "site.fail", "site": "paris", "for": "5m""#,
      ]
    ).world()
    try world.run(until: .minutes(36))
    let run = try #require(try world.complete(.disasterRecovery(synchronizesData: false)))
    // The line went down five minutes and a quarter before the site did.
    #expect(try machine("pay", of: run).instance == .minutes(30))
    #expect(try machine("pay", of: run).dataLoss == .minutes(5) + .seconds(15))

    var other = try StorageWorld(
      timeline: [
        #""at": "30m", "do": "link.down", "link": "wan", "for": "10m""#,
        #""at": "50m15s", "do": "site.fail", "site": "paris", "for": "5h""#,
      ]
    ).world()
    try other.run(until: .minutes(45))
    #expect(other.details(of: "storage.out-of-sync").count == 1)
    #expect(other.details(of: "storage.in-sync").count == 1)
    try other.run(until: .minutes(51))
    let late = try #require(try other.complete(.disasterRecovery(synchronizesData: false)))
    #expect(try machine("pay", of: late).dataLoss == .zero)
  }

  @Test func `A copy goes on over another link`() throws {
    var world = try StorageWorld(
      bandwidth: "1Mbps",
      furtherLinks: [
        #"{ "name": "spare", "between": ["paris", "lyon"], "bandwidth": "1Mbps", "latency": "0ms" }"#
      ], timeline: [#""at": "11m", "do": "link.down", "link": "wan", "for": "3h""#]
    ).world()
    try world.run(until: .minutes(60))
    let record = try world.finish(version: "test")
    #expect(!record.cycles.filter { $0.vm == VirtualMachineID(0) }.isEmpty)
  }

  // MARK: Whole ways

  @Test func `One plan takes machines of every kind there and back without a loss`() throws {
    var world = try StorageWorld().world()
    try world.run(until: .minutes(12))
    let test = try #require(try world.complete(.test(synchronizesData: true)))
    #expect(test.result == "SUCCESS" && test.errors.isEmpty, "\(test.errors)")
    try world.run(for: .minutes(30))
    let cleanup = try #require(try world.complete(.cleanup(isForced: false)))
    #expect(cleanup.result == "SUCCESS", "\(cleanup.errors)")
    for turn in 0..<2 {
      let move = try #require(try world.complete(.plannedMigration))
      #expect(move.result == "SUCCESS" && !move.hasProblems, "\(move.errors) \(move.warnings)")
      #expect(move.machines.map(\.dataLoss) == Array(repeating: .zero, count: 5))
      #expect(move.machines.allSatisfy { $0.status == "RECOVERY_SUCCEEDED" })
      try world.run(for: .minutes(7))
      let reprotect = try #require(try world.complete(.reprotect(isForced: false)))
      #expect(reprotect.result == "SUCCESS", "turn \(turn): \(reprotect.errors)")
      #expect(world.planStatus == .ready)
      try world.run(for: .minutes(13))
    }
    for name in StorageWorld.machineNames {
      let place = world.place(named: name)
      let index = try #require(place)
      #expect(world.machines[index].site == SiteID(0) && world.machines[index].isOn)
    }
    _ = try world.finish(version: "test")
  }

  @Test func `The adapter is asked for what the product asks it, in its order`() throws {
    var world = try StorageWorld(groups: ["erp"]).world()
    try world.run(until: .minutes(12))
    func commands(_ world: borrowing World) -> [String] { world.details(of: "storage.command") }
    _ = try world.complete(.test(synchronizesData: true))
    _ = try world.complete(.cleanup(isForced: false))
    #expect(
      commands(world) == [
        "syncOnce at paris", "querySyncStatus at paris", "checkTestFailoverStart at lyon",
        "testFailoverStart at lyon", "testFailoverStop at lyon",
      ])
    let before = commands(world).count
    _ = try world.complete(.plannedMigration)
    _ = try world.complete(.reprotect(isForced: false))
    #expect(
      Array(commands(world)[before...]) == [
        "syncOnce at paris", "querySyncStatus at paris", "prepareFailover at paris", "syncOnce at paris",
        "querySyncStatus at paris", "checkFailover at lyon", "failover at lyon", "reverseReplication at lyon",
        "syncOnce at lyon", "querySyncStatus at lyon",
      ])
  }

  @Test func `Of virtual volumes an older copy can be recovered, of arrays only the newest`() throws {
    func world() throws -> World {
      var world = try StorageWorld(groups: ["erp", "mail"]).world()
      try world.run(until: .minutes(35))
      return world
    }
    func options(_ vm: Int) -> Scenario.PlanRunOptions {
      Scenario.PlanRunOptions(
        workflow: .disasterRecovery(synchronizesData: false),
        pointsInTime: [.init(vm: VirtualMachineID(vm), instant: .minutes(25))])
    }
    var volumes = try world()
    try volumes.perform(.run(.only, .first, options(3)))
    try volumes.run(for: .minutes(20))
    let run = try #require(volumes.planRuns.last)
    // Copies of 10, 20 and 30 minutes are kept.
    #expect(try machine("mail", of: run).instance == .minutes(20))
    // The way back undoes what was copied after the chosen image; every copy is compared with its source.
    let reprotect = try #require(try volumes.complete(.reprotect(isForced: false)))
    #expect(reprotect.result == "SUCCESS", "\(reprotect.errors)")
    let back = try #require(try volumes.complete(.plannedMigration))
    #expect(back.result == "SUCCESS", "\(back.errors)")

    var arrays = try world()
    try arrays.perform(.run(.only, .first, options(0)))
    try arrays.run(for: .minutes(20))
    let refused = try #require(arrays.planRuns.last)
    #expect(refused.errors.contains { $0.contains("only the newest instance can be recovered") })
    #expect(try machine("erp-1", of: refused).status == "RECOVERY_ERROR")
  }

  /// Disasters, cuts and plans at random moments: each copy and each recovered disk is compared with its source by the world.
  @Test(arguments: 0..<8 as Range<UInt64>)
  func `Whatever happens when, storage holds what its source held`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "storage-replication")
    var world = try StorageWorld(
      seed: Int(seed), workload: #""model": "uniform", "write": "40kB/s", "blockSize": "8KiB""#,
      bandwidth: ["300kbps", "2Mbps", "100Mbps"][Int(random.next(below: 3))],
      groups: ["erp", "pay", "mail"],
      timeline: (0..<6).map { round in
        let at = round * 90 + Int(random.next(below: 80))
        let span = 1 + Int(random.next(below: 40))
        return random.next(below: 2) == 0
          ? #""at": "\#(at)m", "do": "link.down", "link": "wan", "for": "\#(span)m""#
          : #""at": "\#(at)m", "do": "site.fail", "site": "\#(random.next(below: 2) == 0 ? "paris" : "lyon")", "for": "\#(span)m""#
      }
    ).world()
    for _ in 0..<8 {
      try world.run(for: .minutes(Int64(1 + random.next(below: 45))))
      let found = world.planStatus
      let next: PlanWorkflow? =
        switch found {
        case .ready?:
          [
            .test(synchronizesData: true), .plannedMigration, .disasterRecovery(synchronizesData: true),
            .forcedRecovery,
          ][Int(random.next(below: 4))]
        case .testComplete?, .cleanupIncomplete?: .cleanup(isForced: false)
        case .incompleteRecovery?, .recoverySplitBrain?, .disasterRecoveryComplete?: .plannedMigration
        case .recoveryComplete?, .incompleteReprotect?: .reprotect(isForced: false)
        default: nil
        }
      if let next { _ = try world.complete(next) }
    }
    _ = try world.finish(version: "test")
  }
}
