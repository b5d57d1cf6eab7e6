import Foundation
import Inventory
import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// The same run every time, and nothing but scenario and seed in it.
@Suite struct RepeatabilityTests {
  /// Machines with random writes, RPOs of a minute, faults, and a line that is sometimes full.
  static var world: SmallWorld {
    SmallWorld(
      duration: "12m", hosts: 2, link: #""bandwidth": "1MiB/s", "latency": "5ms""#,
      workloads: [
        "oltp": #""model": "hotspot", "write": "100KiB/s", "blockSize": "8KiB", "workingSet": "16MiB""#,
        "log": #""model": "sequential", "write": "50KiB/s", "blockSize": "64KiB", "workingSet": "8MiB""#,
      ],
      machines: [
        """
        "name": "db-{1..3}", "disks": [{ "name": "data", "size": "1GiB", "used": "16MiB", "workload": "oltp" },
          { "name": "log", "size": "256MiB", "used": "4MiB", "workload": "log" }]
        """
      ],
      replications: [
        #""vm": "db-{1..2}", "rpo": "1m", "initialSync": "done""#,
        #""vm": "db-3", "rpo": "2m", "initialSync": "seeded", "differing": "20%""#,
      ],
      timeline: [
        #""at": "3m", "do": "host.fail", "host": "paris-esx-01", "for": "1m""#,
        #""at": "5m", "do": "link.down", "link": "wan", "for": "90s""#,
      ], profile: #""haRestartDelay": "20s""#)
  }

  @Test func `Scenario and seed decide everything`() throws {
    let record = try run(Self.world)
    #expect(try run(Self.world) == record)
    let other = try run(Self.world, seed: 2)
    #expect(other.digest != record.digest && other.seed == 2)
  }

  /// Short runs here, and not of the large worlds and the mechanisms; `make check` repeats the whole of each in release
  /// and its beginning in debug.
  @Test(
    arguments: try ShippedScenarios.paths.filter { !$0.hasPrefix("world/") && !$0.hasPrefix("validation/") })
  func `Every shipped scenario is repeatable`(path: String) throws {
    let scenario = try Scenario.shipped(path)
    let end = min(scenario.clock.end, .minutes(6))
    let folder = Scenario.shippedFolder + "/" + path.split(separator: "/").dropLast().joined(separator: "/")

    let record = try run(scenario, until: end, traceFolder: folder)

    #expect(try run(scenario, until: end, traceFolder: folder) == record)
    let isWrittenAtRandom = scenario.workloads.contains {
      switch $0.model {
      case .uniform, .hotspot: true
      case .sequential, .periodic, .trace, .ransomware: false
      }
    }
    let hasSeeds = scenario.replications.contains {
      if case .seeded = $0.initialSync { true } else { false }
    }
    let isDeployedLater = scenario.timeline.contains {
      if case .recovery(.deploy) = $0.action { $0.at > end } else { false }
    }
    let isRandom = (isWrittenAtRandom && !isDeployedLater) || hasSeeds
    let other = try run(scenario, seed: record.seed + 1, until: end, traceFolder: folder)
    #expect((other.digest != record.digest) == isRandom, "only what is drawn depends on the seed")
  }

  @Test func `Another machine leaves the writes of the others as they are`() throws {
    // On a line that is never full each cycle is as it was; the newcomer is the first in the scenario.
    var world = Self.world
    world.duration = "11m50s"
    world.link = #""bandwidth": "10Gbps", "latency": "0ms""#
    world.replications = [#""vm": "db-*", "rpo": "1m", "policy": "fixed", "initialSync": "done""#]
    world.timeline = []
    let before = try run(world)
    world.machines.insert(
      #""name": "db-0", "disks": [{ "name": "data", "size": "1GiB", "used": "16MiB", "workload": "oltp" }]"#,
      at: 0)
    let after = try run(world)

    #expect(after.vms.count == before.vms.count + 1)
    for name in before.vms.map(\.name) {
      #expect(before.cycles(of: name).count == 11)
      #expect(before.cycles(of: name).map(\.payloadSize) == after.cycles(of: name).map(\.payloadSize))
      #expect(try before.vm(name).writtenSize == after.vm(name).writtenSize)
    }
  }

  @Test(arguments: [1, 59, 60, 185, 301, 333, 390, 600])
  func `A run that is cut off is the beginning of the whole run`(seconds: Int64) throws {
    let end = Instant.seconds(seconds)
    let whole = try run(Self.world)
    let cut = try run(Self.world, until: end)

    #expect(cut.duration == .seconds(seconds))
    #expect(cut.events == whole.events.filter { $0.at <= end })
    let ended = cut.cycles.filter { $0.outcome != .inFlight }
    #expect(ended == whole.cycles.filter { $0.endedAt <= end && $0.outcome != .inFlight })
    for (part, all) in zip(cut.vms, whole.vms) {
      #expect(part.lag.completions == all.lag.completions.filter { $0.at <= end })
    }
    let bins = Int(seconds / 60)
    #expect(cut.links[0].use.bins.prefix(bins) == whole.links[0].use.bins.prefix(bins))
  }

  @Test func `A run in steps is the run in one`() throws {
    var world = try Self.world.world()
    for second in stride(from: Int64(0), through: 720, by: 7) { try world.run(until: .seconds(second)) }
    try world.run(until: .minutes(12))
    let record = try world.finish(version: "test")
    #expect(try run(Self.world) == record)
  }
}

/// The scenarios of the folder `scenarios`.
enum ShippedScenarios {
  static var paths: [String] {
    get throws {
      let all = FileManager.default.enumerator(atPath: Scenario.shippedFolder)?.allObjects as? [String] ?? []
      return all.filter { $0.hasSuffix(".json") }.sorted()
    }
  }
}
