import BlockStorage
import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

@Suite struct RandomScenarioTests {
  /// Every run has the oracle on: an instance that differs from its source ends it with an error.
  @Test(arguments: 0..<80 as Range<UInt64>)
  func `Whatever happens, nothing is lost, everything recovers, and the bytes add up`(seed: UInt64) throws {
    let drawn = RandomScenario(seed: seed)
    let scenario = try drawn.world.scenario()
    var world = try World(scenario)
    try world.run(until: scenario.clock.end)

    // No guest has written for three minutes, and every RPO is shorter: each replica holds what its source does.
    for replication in world.replications {
      let disks = try #require(replication.replica.recoverableDisks)
      for (source, replica) in zip(world.machines[replication.machineIndex].contents, disks) {
        #expect(replica.digest(relativeTo: source.digest.image) == source.digest)
      }
    }

    let record = try world.finish(version: "test")
    for vm in record.vms {
      // An empty delta may be under way, for as long as its messages take.
      #expect(["OK", "SYNC", "SYNC_RPO_VIOLATION"].contains(vm.finalStatus), "\(vm.name)")
      let lag = try #require(vm.lag.lag(at: .zero + record.duration))
      #expect(lag <= vm.rpo + .seconds(1), "\(vm.name)")
      let cycles = record.cycles(of: vm.name)
      let deltas = cycles.filter { $0.kind == .delta }
      // An instance whose acknowledgement is lost or under way is complete at the target, and its cycle is not.
      let completed = deltas.count { $0.isCompleted }
      #expect((completed...deltas.count).contains(vm.verifiedInstanceCount))
      let isCompressed = scenario.replications.contains { $0.virtualMachine == vm.id && $0.isCompressed }
      #expect(isCompressed || cycles.allSatisfy { $0.payloadSize <= $0.wireSize })
      #expect(cycles.map(\.sequence) == Array(0..<cycles.count))
    }
    let wireSize = record.cycles.reduce(ByteCount.zero) { $0 + $1.wireSize }
    let difference = Int64(bitPattern: record.carried.bytes &- wireSize.bytes)
    // What a cycle that was cut off had carried is rounded to whole bytes.
    #expect(!drawn.countsBytes || abs(difference) <= Int64(1 + record.cycles.count { $0.isAborted }))
    #expect(record.faults.allSatisfy { $0.to <= .seconds(Int64(RandomScenario.end)) })

    if seed % 5 == 0 { #expect(try run(scenario) == record) }
  }
}
