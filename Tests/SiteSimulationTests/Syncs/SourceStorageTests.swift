import Inventory
import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// The source's datastore: what is read of it, and the room for the demand log.
@Suite struct SourceStorageTests {
  /// A delta of 16 MiB from 60 s on, of which the guest frees 4 MiB at 61 s that are not read yet: 512 extents to copy.
  private func world(_ timeline: String...) -> SmallWorld {
    var world = MachineVerbTests.world()
    world.workloads = ["app": #""model": "periodic", "every": "1h", "first": "30s", "size": "16MiB""#]
    world.timeline =
      [#""at": "61s", "do": "vm.trim", "vm": "app", "disk": "data", "offset": "12MiB", "size": "4MiB""#]
      + timeline
    return world
  }

  private let retries = TimeSpan.milliseconds(200)

  @Test func `With room for the demand log a colliding write costs copies`() throws {
    // 512 · (8,192 + 512) bytes.
    let cycle = try run(world()).cycles[0]
    #expect(cycle.isCompleted && cycle.preservedExtentCount == 512)
    #expect(cycle.demandLogPeak == .bytes(512 * 8_704))
  }

  @Test func `A demand log without room is tried for 200 ms, then the delta is given up`() throws {
    var world = world()
    world.profile = #""demandLogCapacity": "4MiB""#
    let record = try run(world)
    #expect(record.cycles[0].outcome == .aborted(reason: "demandLog"))
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(61) + retries))
    // The write waited that long, beside its 8 rounds of 64 copies of 2 ms each.
    #expect(try record.vm("app").guestDelay.longest == .milliseconds(216))
    // Its extents are dirty again, and go with the next one, a second later.
    #expect(record.cycles[1].startedAt == record.cycles[0].endedAt + .seconds(1))
    #expect(record.cycles[1].payloadSize == .mebibytes(16) && record.cycles[1].isCompleted)
    #expect(record.fullSyncs.isEmpty)
  }

  @Test func `On a full datastore of the source there is no room for the demand log`() throws {
    let record = try run(world(#""at": "50s", "do": "datastore.full", "datastore": "ds-paris", "for": "5m""#))
    #expect(record.cycles[0].outcome == .aborted(reason: "demandLog"))
    #expect(record.cycles[0].endedAt.isClose(to: .seconds(61) + retries))
    #expect(record.cycles[1].isCompleted && record.fullSyncs.isEmpty)
  }

  /// Release 8.0 waits for a minute at most, 8.0U3 for 5 s.
  @Test(arguments: [("8.0", [1, 2, 4, 8, 16, 32, 60]), ("8.0U3", [1, 2, 4, 5, 5, 5, 5])])
  func `A delta that finds no room again and again waits twice as long each time`(
    product: String, waits: [Int64]
  ) throws {
    // The whole 16 MiB are rewritten every 50 ms, and take 16 s to send: every delta has something to preserve.
    var world = MachineVerbTests.world()
    world.workloads = ["app": #""model": "periodic", "every": "50ms", "first": "30s", "size": "16MiB""#]
    world.duration = "4m"
    world.profile = #""product": "\#(product)", "demandLogCapacity": "0B""#
    let cycles = try run(world).cycles.prefix(8)
    #expect(cycles.allSatisfy { $0.outcome == .aborted(reason: "demandLog") })
    #expect(
      zip(cycles, cycles.dropFirst()).map { $1.startedAt - $0.endedAt } == waits.map { .seconds($0) })
  }

  @Test func `Once its datastore is full no longer a demand log has room again`() throws {
    // The second delta runs from 62.2 s to 78.2 s; at 63 s the guest frees another 4 MiB that are not read yet.
    let record = try run(
      world(
        #""at": "50s", "do": "datastore.full", "datastore": "ds-paris", "for": "11500ms""#,
        #""at": "63s", "do": "vm.trim", "vm": "app", "disk": "data", "offset": "8MiB", "size": "4MiB""#))
    #expect(record.cycles[0].outcome == .aborted(reason: "demandLog"))
    #expect(record.cycles[1].isCompleted && record.cycles[1].preservedExtentCount == 512)
  }

  /// Seed 17933 of the swarm: nobody looked at the log again, and the context was held for good.
  @Test func `A demand log that filled while its delta waited for a context ends the delta`() throws {
    // One context: the delta of the second machine waits from 60 s on. All 16 MiB are written again at 61 s, with no room for
    // what they held until 90 s: the first delta is given up as soon as it reads on, and so is the second then.
    var world = MachineVerbTests.world(
      #""at": "50s", "do": "datastore.full", "datastore": "ds-paris", "for": "40s""#)
    world.workloads = ["app": #""model": "periodic", "every": "31s", "first": "30s", "size": "16MiB""#]
    world.machines = ["other", "app"].map {
      #""name": "\#($0)", "disks": [{ "name": "data", "size": "1GiB", "used": "64MiB", "workload": "app" }]"#
    }
    world.replications = ["other", "app"].map {
      #""vm": "\#($0)", "rpo": "1m", "policy": "fixed", "initialSync": "done""#
    }
    world.profile = #""hostContexts": 1"#
    let record = try run(world)
    for name in ["other", "app"] {
      let cycles = record.cycles(of: name)
      #expect(cycles[0].startedAt == .seconds(60) && cycles[0].outcome == .aborted(reason: "demandLog"))
      #expect(cycles[0].endedAt < .seconds(72))
      #expect(cycles.contains { $0.isCompleted && $0.endedAt < .seconds(180) })
    }
  }

  @Test(arguments: [("66MiB", false), ("69MiB", true)])
  func `The demand log takes room on the datastore of its machine`(capacity: String, fits: Bool) throws {
    // 64 MiB in use and 4.25 MiB of log.
    let scenario = try Scenario.read(
      world().text, overrides: [("/sites/paris/datastores/ds-paris/capacity", capacity)])
    let record = try run(scenario)
    #expect(record.cycles[0].isCompleted == fits)
    let datastore = try #require(record.datastores.first { $0.name == "ds-paris" })
    #expect(datastore.usedSize == .mebibytes(64))
    if fits { #expect(datastore.usedPeak == .mebibytes(64) + .bytes(512 * 8_704)) }
  }

  /// 32 reads of 8 KiB at a time.
  @Test(arguments: [(125, 4), (16, 1)] as [(Int, Int64)])
  func `A disk is sent no faster than its reads in parallel allow`(
    milliseconds: Int, seconds: Int64
  ) throws {
    // 256 KiB per 125 ms are 2 MiB/s: 8 MiB in 4 s over a link of 8 MiB/s; per 16 ms the link is the limit.
    var world = MachineVerbTests.world()
    world.link = #""bandwidth": "8MiB/s", "latency": "0ms""#
    world.profile = #""diskReadLatency": "\#(milliseconds)ms""#
    #expect(try run(world).cycles[0].duration.isClose(to: .seconds(seconds)))
  }

  /// 8 reads of 64 KiB at a time.
  @Test(arguments: [(125, 16), (1, 2)] as [(Int, Int64)])
  func `A disk is compared no faster than its reads in parallel allow`(
    milliseconds: Int, seconds: Int64
  ) throws {
    // 512 KiB per 125 ms are 4 MiB/s: 64 MiB in 16 s; with 1 ms the comparison's own 32 MiB/s are the limit.
    var world = MachineVerbTests.world()
    world.replications = [#""vm": "app", "rpo": "5m", "initialSync": "seeded", "differing": "0%""#]
    world.profile = #""checksumRate": "32MiB/s", "diskReadLatency": "\#(milliseconds)ms""#
    let sync = try #require(run(world).fullSyncs.first)
    #expect(sync.checksummedSize == .mebibytes(64))
    // The last digests take 0.7 ms of the line.
    #expect(sync.duration > .seconds(seconds) && sync.duration < .seconds(seconds) + .milliseconds(1))
  }

  @Test func `A comparison reads of a source that knows its allocation what is allocated`() throws {
    // The target does not know what it has, so that all of 1 GiB is compared. Of the source 64 MiB are read, 16 s at
    // 4 MiB/s beside the rest, which takes 30 s at 32 MiB/s; the whole disk would take 256 s.
    var world = MachineVerbTests.world()
    world.replications = [#""vm": "app", "rpo": "5m", "initialSync": "seeded", "differing": "0%""#]
    world.profile = #""checksumRate": "32MiB/s""#
    let scenario = try Scenario.read(
      world.text,
      overrides: [
        ("/sites/paris/datastores/ds-paris/read", "4MiB/s"), ("/sites/lyon/datastores/ds-lyon/type", "nfs"),
      ])
    let sync = try #require(run(scenario).fullSyncs.first)
    #expect(sync.checksummedSize == .gibibytes(1))
    #expect((32...48).contains(sync.duration.inSeconds), "\(sync.duration)")
  }
}
