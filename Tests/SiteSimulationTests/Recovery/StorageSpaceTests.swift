import BlockStorage
import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// What storage that copies by itself takes at its target, and what it does without room.
@Suite struct StorageSpaceTests {
  /// A disk of 1 GiB, of which 64 MiB are used, copied each 10 min.
  ///
  /// 8 MiB that are empty at first are written at 5 min, 15 min and so on. The link carries 8 MiB in 8 s.
  private func text(
    mode: String = #""mode": "periodic", "every": "10m""#, copy: String = "1GiB", volumes: Bool = false,
    _ timeline: String...
  ) -> String {
    let storage =
      volumes
      ? #""faultDomains": [{ "name": "volumes", "from": "paris", "to": "lyon", "every": "10m", "pointsInTime": 3, "replicationGroups": [{ "name": "unit", "vms": ["one"], "datastore": "copy" }] }]"#
      : #""arrayPairs": [{ "name": "pair", "from": "paris", "to": "lyon", \#(mode), "devices": [{ "name": "unit", "datastore": "lun", "copy": "copy" }] }]"#
    let type = volumes ? #", "type": "vvol""# : ""
    let group =
      volumes
      ? #""type": "virtual-volumes", "replicationGroups": ["unit"]"#
      : #""type": "array-based", "datastores": ["lun"]"#
    return """
      { "format": 1, "name": "space", "clock": { "duration": "12h" }, "limits": "relaxed",
        "network": { "model": "bare", "framing": "none" },
        "sites": [
          { "name": "paris", "hosts": 1, "networks": ["prod"], "datastores": [{ "name": "lun"\(type) }, { "name": "plain" }] },
          { "name": "lyon", "hosts": 1, "networks": ["dr"],
            "datastores": [{ "name": "copy", "capacity": "\(copy)"\(type) }, { "name": "plain-lyon" }] }],
        "links": [{ "name": "wan", "between": ["paris", "lyon"], "bandwidth": "1MiB/s", "usable": "100%", "latency": "0ms" }],
        "workloads": { "app": { "model": "periodic", "every": "10m", "first": "5m", "size": "8MiB", "offset": "512MiB" } },
        "vms": [{ "name": "one", "site": "paris", "datastore": "lun", "network": "prod",
          "disks": [{ "name": "os", "size": "1GiB", "used": "64MiB", "workload": "app" }] }],
        \(storage),
        "mappings": { "from": "paris", "to": "lyon", "networks": { "prod": "dr" }, "reverse": true,
          "placeholders": ["plain", "plain-lyon"] },
        "protectionGroups": [{ "name": "group", \(group) }],
        "recoveryPlans": [{ "name": "RP", "from": "paris", "to": "lyon", "groups": ["group"] }],
        "timeline": [\(timeline.map { "{ \($0) }" }.joined(separator: ", "))] }
      """
  }

  private func world(_ text: String) throws -> World { try World(Scenario.read(text)) }

  private func used(_ world: borrowing World) -> ByteCount { world.usedSpace(on: DatastoreID(2)) }

  private func story(_ world: borrowing World) -> [String] {
    world.record.events.filter { $0.kind.hasPrefix("storage.") && $0.kind != "storage.command" }
      .map { "\($0.at.nanoseconds / 1_000_000_000) \($0.kind)" }
  }

  /// What is used at the target at some moments.
  private func uses(_ text: String, at moments: [Int64]) throws -> [ByteCount] {
    var world = try world(text)
    var found: [ByteCount] = []
    for moment in moments {
      try world.run(until: .seconds(moment))
      found.append(used(world))
    }
    return found
  }

  @Test func `A copy takes what its device holds, and while one is on its way that as well`() throws {
    // 64 MiB; with the 8 MiB on their way, which are new; the same 8 MiB once more on their way; applied.
    let found = try uses(text(), at: [500, 604, 620, 1_204, 1_220])
    #expect(found == [.mebibytes(64), .mebibytes(72), .mebibytes(72), .mebibytes(80), .mebibytes(72)])
  }

  @Test func `Older images keep what younger ones have written over`() throws {
    // After the copies of 10, 20, 30 and 40 min: the first found nothing there to keep; of three images two are older.
    let found = try uses(text(volumes: true), at: [700, 1_300, 1_900, 2_500])
    #expect(found == [.mebibytes(72), .mebibytes(80), .mebibytes(88), .mebibytes(88)])
  }

  @Test func `The image under a test stays until the test is over`() throws {
    var world = try world(text())
    try world.run(until: .seconds(700))
    #expect(try world.startStorageTest(0, notAfter: nil) == nil)
    try world.run(until: .seconds(1_300))
    // The copy of 20 min has written over 8 MiB of the image of 10 min, which the test needs.
    #expect(used(world) == .mebibytes(80))
    try world.run(until: .seconds(1_900))
    let held = world.heldImageCount(ofUnit: 0)
    #expect(held == 1)
    // That of 30 min writes over what nobody needs any more.
    #expect(used(world) == .mebibytes(80))
    try world.stopStorageTest(0)
    #expect(used(world) == .mebibytes(72))
    _ = try world.finish(version: "test")
  }

  @Test func `What a test machine writes takes room until it is thrown away`() throws {
    var world = try world(text())
    try world.run(until: .seconds(620))
    _ = try #require(try world.complete(.test(synchronizesData: false)))
    try world.run(until: .seconds(1_190))
    let test = world.replications[0].testCopy
    world.drawWrites(of: try #require(test))
    // It writes its 8 MiB at 15 min, as the machine does.
    #expect(used(world) == .mebibytes(80))
    _ = try #require(try world.complete(.cleanup(isForced: false)))
    try world.run(until: .seconds(1_790))
    #expect(used(world) == .mebibytes(72))
  }

  @Test func `A recovered machine takes what its device took, and grows with what it writes`() throws {
    // Nothing was copied before the site is lost.
    var world = try world(
      text(#""at": "4m", "do": "site.fail", "site": "paris""#))
    try world.run(until: .seconds(250))
    let run = try #require(try world.complete(.disasterRecovery(synchronizesData: false)))
    #expect(run.errors.isEmpty, "\(run.errors)")
    #expect(used(world) == .mebibytes(64))
    try world.run(until: .minutes(60))
    let current = world.current
    world.drawWrites(of: current)
    #expect(used(world) == .mebibytes(72))
    let mismatch = world.growthMismatch()
    #expect(mismatch == nil)
  }

  @Test func `There and back again, space is what exists`() throws {
    var world = try world(text())
    try world.run(until: .minutes(12))
    for _ in 0..<2 {
      let move = try #require(try world.complete(.plannedMigration))
      #expect(move.result == "SUCCESS", "\(move.errors)")
      try world.run(for: .minutes(25))
      let reprotect = try #require(try world.complete(.reprotect(isForced: false)))
      #expect(reprotect.result == "SUCCESS", "\(reprotect.errors)")
      try world.run(for: .minutes(25))
      // A copy may be on its way.
      let sum =
        world.replications[0].datastore == DatastoreID(2)
        ? world.replicaSpace(of: 0) : world.machines[world.current].space
      #expect(used(world) == sum)
      #expect(used(world) == .mebibytes(72) || used(world) == .mebibytes(80))
    }
    _ = try world.finish(version: "test")
  }

  // MARK: Without room

  @Test func `A unit whose target is full stops with an error and goes on when there is room`() throws {
    var world = try world(
      text(#""at": "8m", "do": "datastore.full", "datastore": "copy", "for": "25m""#))
    try world.run(until: .minutes(12))
    #expect(story(world) == ["600 storage.out-of-space"])
    let lacksRoom = world.lacksRoom(unit: 0)
    #expect(lacksRoom)
    // Whoever asks it to synchronise is told.
    let refused = try #require(try world.complete(.test(synchronizesData: true)))
    #expect(
      refused.errors.contains { $0.contains("datastore copy has no room for the copy") }, "\(refused.errors)")
    try world.run(until: .minutes(34))
    #expect(story(world) == ["600 storage.out-of-space", "1980 storage.room-again"])
    let record = try world.finish(version: "test")
    #expect(record.cycles.map(\.startedAt) == [.minutes(33)])
    #expect(record.cycles.map(\.payloadSize) == [.mebibytes(8)])
  }

  @Test func `A target that is too small is never exceeded, nor by what is recovered on it`() throws {
    // 6 MiB are free, and the copy of 10 min brings 8.
    var world = try world(text(copy: "70MiB"))
    try world.run(until: .minutes(60))
    #expect(story(world) == ["600 storage.out-of-space"])
    #expect(used(world) == .mebibytes(64))
    let run = try #require(try world.complete(.disasterRecovery(synchronizesData: false)))
    #expect(run.machines.first?.instance == .zero)
    try world.run(for: .minutes(30))
    let current = world.current
    world.drawWrites(of: current)
    // The recovered machine writes as much of its 8 MiB as there is room for.
    #expect(used(world) == .mebibytes(70))
    #expect(world.details(of: "vm.out-of-space") == ["datastore copy"])
  }

  @Test
  func `A synchronous target without room falls out of synchrony, and is brought up when there is some`()
    throws
  {
    // Looked at each minute. The 8 MiB of 5 min find no room; the same of 15 min are sent once, at 20 min, in 8 s.
    var world = try world(
      text(
        mode: #""mode": "synchronous""#,
        #""at": "4m", "do": "datastore.full", "datastore": "copy", "for": "16m""#))
    try world.run(until: .minutes(25))
    #expect(
      story(world) == [
        "360 storage.out-of-sync", "360 storage.out-of-space", "1200 storage.room-again",
        "1208 storage.in-sync",
      ])
    #expect(used(world) == .mebibytes(72))
    let record = try world.finish(version: "test")
    #expect(record.cycles.map(\.payloadSize) == [.mebibytes(8)])
    #expect(record.carried == .mebibytes(8))
  }

  // MARK: Bytes

  @Test func `A copy that was given up counts what it had sent`() throws {
    // The link carries 8 MiB in 8 s; lyon is lost after 2 s.
    var world = try world(
      text(#""at": "602s", "do": "site.fail", "site": "lyon", "for": "1m""#))
    try world.run(until: .minutes(19))
    let record = try world.finish(version: "test")
    #expect(record.cycles.count == 1 && record.cycles[0].isAborted)
    #expect(record.cycles[0].wireSize == .mebibytes(2))
    #expect(record.carried == .mebibytes(2))
  }

  @Test func `A copy that the end of the run cuts off counts what it has sent`() throws {
    var world = try world(text())
    try world.run(until: .seconds(604))
    let sent = world.wireSizeUnderWay(of: 0)
    #expect(sent == .mebibytes(4))
    let record = try world.finish(version: "test")
    #expect(record.cycles.map(\.wireSize) == [.mebibytes(4)] && record.carried == .mebibytes(4))
    #expect(record.cycles.first?.outcome == .inFlight)
  }

  // MARK: Images that runs need

  @Test func `The image that a run is to recover stays although the run copies anew`() throws {
    // Kept are the images of 10, 20 and 30 min. The recovery synchronises twice.
    var world = try world(text(volumes: true))
    try world.run(until: .minutes(35))
    try world.perform(
      .run(
        .only, .first,
        Scenario.PlanRunOptions(
          workflow: .disasterRecovery(synchronizesData: true),
          pointsInTime: [.init(vm: VirtualMachineID(0), instant: .minutes(12))]))
    )
    while world.planRuns.isEmpty { guard try world.step(until: .minutes(120)) else { break } }
    let run = try #require(world.planRuns.last)
    #expect(run.result == "SUCCESS", "\(run.errors)")
    #expect(run.machines.first?.instance == .minutes(10))
    #expect(world.storageUnits[0].held.isEmpty)
  }
}
