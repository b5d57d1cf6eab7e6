import BlockStorage
import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

@Suite struct RandomNetworkTests {
  /// Every run has the oracle on: an instance that differs from its source ends it with an error.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func `Whatever the network does, nothing is lost, everything recovers, and the bytes add up`(
    seed: UInt64
  ) throws {
    let drawn = RandomNetwork(seed: seed)
    let scenario = try Scenario.read(drawn.text)
    var world = try World(scenario)
    try world.run(until: scenario.clock.end)

    for replication in world.replications {
      let disks = try #require(replication.replica.recoverableDisks)
      for (source, replica) in zip(world.machines[replication.machineIndex].contents, disks) {
        #expect(replica.digest(relativeTo: source.digest.image) == source.digest)
      }
      // All links are up, and routing has come to rest.
      #expect(replication.link == replication.links[0] && replication.nextLink == nil)
    }
    for link in world.links.indices {
      #expect(world.links[link].transfers == Self.transfers(over: LinkID(link), in: world))
    }

    let record = try world.finish(version: "test")
    for vm in record.vms {
      #expect(["OK", "SYNC", "SYNC_RPO_VIOLATION"].contains(vm.finalStatus), "\(vm.name)")
      let lag = try #require(vm.lag.lag(at: .zero + record.duration))
      #expect(lag <= vm.rpo + .seconds(2), "\(vm.name)")
    }
    let outward = record.links.filter { (drawn.isFromHub ? $0.source : $0.target) == "hub" }
    let carried = outward.reduce(ByteCount.zero) { $0 + $1.use.bytes }
    let wasted = outward.reduce(ByteCount.zero) { $0 + $1.wastedSize }
    let wireSize = record.cycles.reduce(ByteCount.zero) { $0 + $1.wireSize }
    let difference = Int64(carried.bytes) - Int64((wireSize + wasted).bytes)
    // Whole bytes of each link, of its other traffic, of what it wasted, and of each cycle that was cut off.
    let tolerance = 3 * outward.count + record.cycles.count { $0.isAborted } + 1
    #expect(!drawn.countsBytes || abs(difference) <= Int64(tolerance))
    #expect(
      record.faults.allSatisfy {
        $0.to <= .seconds(Int64(RandomNetwork.faultsEnd)) || !$0.kind.contains("link.")
      })

    if seed % 5 == 0 { #expect(try run(scenario) == record) }
  }

  /// The transfers over a link by direction, counted anew.
  private static func transfers(over link: LinkID, in world: borrowing World) -> [Int] {
    var counts = [0, 0]
    for index in world.replications.indices where world.replications[index].link == link {
      for side in StreamSide.allCases where world.replications[index][side].flow != nil {
        counts[world.direction(side, index).rawValue] += 1
      }
    }
    return counts
  }
}
