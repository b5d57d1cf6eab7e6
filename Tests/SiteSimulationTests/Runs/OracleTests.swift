import BlockStorage
import Inventory
import Measurements
import Quantities
import ReplicationCore
import Testing

@testable import SiteSimulation

/// The comparison of every instance with its source: it takes place, and it finds what is wrong.
@Suite struct OracleTests {
  /// A machine that rewrites the first 8 of its 64 MiB every minute, shipped at every whole minute.
  private static let world = SmallWorld(
    duration: "10m",
    workloads: ["app": #""model": "periodic", "every": "1m", "first": "30s", "size": "8MiB""#],
    machines: [
      #""name": "app", "disks": [{ "name": "data", "size": "1GiB", "used": "64MiB", "workload": "app" }]"#
    ],
    replications: [#""vm": "app", "rpo": "1m", "policy": "fixed", "initialSync": "done""#])

  /// Flips a bit of the replica's base disk at 100 s, between two cycles.
  private func corruptedWorld(extent: Int) throws -> World {
    var world = try Self.world.world()
    try world.run(until: .seconds(100))
    let disks = try #require(world.replications[0].replica.recoverableDisks)
    disks[0].base.flipBit(extent: extent, bit: 3)
    return world
  }

  @Test func `Every instance is verified`() throws {
    // Cycles at 60 s … 540 s complete; that of 600 s begins as the run ends.
    let record = try run(Self.world)
    #expect(record.vms[0].verifiedInstanceCount == 9)
    #expect(record.verifiedInstanceCount == record.deltas.count { $0.isCompleted })
  }

  @Test func `A damaged extent is found by the next instance that overwrites it`() throws {
    // The delta of 120 s, complete at 128 s, replaces extent 100; its digest takes off what is found there.
    var world = try corruptedWorld(extent: 100)
    let failure = #expect(throws: SimulationFailure.self) { try world.run(until: .minutes(10)) }
    guard case .replicaDiffers("app", "data", 2, let at, _) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(at.isClose(to: .seconds(128)))
    #expect(try #require(failure).description.contains("the replica of \"app\" differs from its source"))
  }

  @Test func `A damaged extent that nothing overwrites is found at the end`() throws {
    // Extent 4,096 lies at 32 MiB, beyond what is written.
    var world = try corruptedWorld(extent: 4_096)
    try world.run(until: .minutes(10))
    let failure: SimulationFailure?
    do {
      _ = try world.finish(version: "test")
      failure = nil
    } catch {
      failure = error
    }
    #expect(failure == .replicaDamaged(machine: "app", disk: "data", at: .minutes(10)))
  }

  @Test func `A source that writes behind the back of the change tracker is found`() throws {
    // What reaches the disk untracked at 100 s is in the certificate of 120 s, and in no delta.
    var world = try Self.world.world()
    try world.run(until: .seconds(100))
    world.machines[0].contents[0].fill(4_096..<4_097, tag: 7)
    #expect(throws: SimulationFailure.self) { try world.run(until: .minutes(10)) }
  }
}
