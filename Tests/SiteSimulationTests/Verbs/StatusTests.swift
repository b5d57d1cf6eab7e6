import Inventory
import Measurements
import Quantities
import ReplicationCore
import Testing

@testable import SiteSimulation

/// The status words that a run goes through, as an administrator reads them at a time.
@Suite struct StatusTests {
  private func statuses(_ world: SmallWorld, at seconds: [Int64]) throws -> [ReplicationStatus] {
    var world = try world.world()
    return try seconds.map {
      try world.run(until: .seconds($0))
      return world.status(of: 0)
    }
  }

  @Test func `A replication is moving until its new server has opened the replica`() throws {
    // Moved at 64 s, in the midst of a delta; opened at 94 s. An RPO of 5 minutes is not in danger.
    var world = MachineVerbTests.world(
      #""at": "64s", "do": "replication.move", "vm": "app", "server": "lyon-vrs-02""#)
    world.replications = [#""vm": "app", "rpo": "5m", "firstSync": "60s", "initialSync": "done""#]
    world.profile = #""serverTakeover": "30s""#
    #expect(try statuses(world, at: [10, 62, 65, 93, 140]) == [.ok, .sync, .moving, .moving, .ok])
    // What was dirty is sent when the new server takes it.
    let record = try run(world)
    #expect(record.fullSyncs.isEmpty && record.cycles[0].isAborted)
    let next = record.cycles[1]
    #expect(next.startedAt >= .seconds(94) && next.payloadSize == .mebibytes(8) && next.isCompleted)
  }

  @Test func `A replication moved to a server that is down is moving until that starts`() throws {
    var world = MachineVerbTests.world(
      #""at": "20s", "do": "vrserver.fail", "server": "lyon-vrs-02", "for": "40s""#,
      #""at": "30s", "do": "replication.move", "vm": "app", "server": "lyon-vrs-02""#)
    world.replications = [#""vm": "app", "rpo": "5m", "initialSync": "done""#]
    #expect(try statuses(world, at: [25, 35, 59, 61]) == [.ok, .moving, .moving, .ok])
  }

  @Test func `A replication is being configured for as long as that takes`() throws {
    // The added disk is an error from 64 s on; configured again from 200 s to 220 s, then both disks are in step.
    var world = MachineVerbTests.world(
      #""at": "64s", "do": "vm.add-disk", "vm": "app", "disk": "more", "size": "32MiB""#,
      #""at": "200s", "do": "replication.reconfigure", "vm": "app""#)
    world.replications = [#""vm": "app", "rpo": "30m", "initialSync": "done""#]
    world.profile = #""configurationDuration": "20s""#
    #expect(try statuses(world, at: [10, 100, 210, 300]) == [.ok, .error, .configuring, .ok])
    #expect(try run(world).fullSyncs.map(\.startedAt) == [Instant.seconds(220)])
  }

  @Test func `A recovery comes before all else`() throws {
    var world = try MachineVerbTests.world().world()
    world.replications[0].isMoving = true
    world.replications[0].life = .recovered
    world.machines[world.replications[0].machineIndex].isRegistered = false
    #expect(world.status(of: 0) == .recovering)
    world.machines[world.replications[0].machineIndex].isRegistered = true
    #expect(world.status(of: 0) == .recovered)
  }
}
