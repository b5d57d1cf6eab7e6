import Measurements
import Quantities
import RecoveryCore
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

/// The world of `partition-43s`, in which one of two machines is taken over, and its twin in which none is; a 32nd of it.
@Suite struct SplitBrainTests {
  private func world(_ changes: [(String, String)] = []) throws -> World {
    try World(
      .thinned(
        "partition-43s",
        [
          (#""40GiB", "used": "20GiB""#, #""1280MiB", "used": "640MiB""#), ("1MB/s", "31250B/s"),
          (#""4GiB""#, #""128MiB""#),
          ("500Mbps", "15625kbps"),
        ] + changes))
  }

  /// Which extents of the first disk differ.
  private func differences(_ one: [[UInt8]], _ other: [[UInt8]]) -> [Int] {
    stride(from: 0, to: one[0].count, by: 8).filter {
      !one[0][$0..<$0 + 8].elementsEqual(other[0][$0..<$0 + 8])
    }
  }

  @Test func `Both copies write, everybody is told, and what one of them wrote is lost when one is chosen`()
    throws
  {
    var world = try world()
    try world.run(until: .minutes(52))
    let instances = world.recoveryInstances(of: 0)
    let instance = try #require(instances.last)
    let image = world.recoverableContents(of: 0, at: instance)
    let common = try #require(image)

    // Nobody notices the originals going on until the line is back.
    try world.run(until: .minutes(81))
    let (west, former, _) = world.copies(of: 0)
    let east = try #require(former)
    let areOn = [world.isOn(copy: west), world.isOn(copy: east)]
    #expect(areOn == [true, true])
    let status = world.planStatus
    #expect(status == .recoverySplitBrain)
    let told = world.details(of: "vm.runs-at-both-sites")
    #expect(told.count == 1)
    let settle = try world.run(untilEndOf: "settle")
    #expect(settle.result == "SUCCESS", "\(settle.errors)")
    let isOn = world.isOn(copy: east)
    let statusAfter = world.planStatus
    #expect(!isOn && statusAfter == .recoveryComplete)
    // What a machine wrote is known from the last look at it, which was its shutdown. Half an hour at 31,250 B/s, 80 % of it on 20 %
    // of 16,384 extents.
    let lost = world.diskContents(ofCopy: east)
    let writtenEast = differences(lost, common)
    #expect(writtenEast.count > 2_000, "\(writtenEast.count)")

    let turn = try world.run(untilEndOf: "turn")
    #expect(turn.result == "SUCCESS", "\(turn.errors)")
    let reversed = world.recoveryInstances(of: 0)
    let newest = try #require(reversed.last)
    let replica = world.recoverableContents(of: 0, at: newest)
    let kept = try #require(replica)
    // Of what the east wrote alone nothing is left.
    let survivors = writtenEast.filter { kept[0][$0..<$0 + 8].elementsEqual(lost[0][$0..<$0 + 8]) }
    #expect(survivors.isEmpty, "\(survivors.count) of \(writtenEast.count)")
    let writtenWest = differences(kept, common)
    #expect(writtenWest.count > 2_000, "\(writtenWest.count)")

    let record = try world.finish(version: "test")
    let haste = try #require(record.planRuns.first { $0.id == "haste" })
    // What the run told; the original went on for half an hour more.
    let loss = try #require(haste.machines.first?.dataLoss)
    #expect(loss > .minutes(1) && loss < .seconds(90), "\(loss)")
    #expect(record.fullSyncs.map(\.vm) == [try record.vm("orders").id])
  }

  @Test func `When nobody takes over, the partition costs nothing at either side`() throws {
    var world = try world([
      (#""52m10s""#, #""119m""#), (#""1h22m""#, #""119m30s""#),
    ])
    try world.run(until: .minutes(115))
    let record = try world.finish(version: "test")
    #expect(record.fullSyncs.isEmpty && !record.events.contains { $0.kind == "vm.runs-at-both-sites" })
    #expect(!record.events.contains { $0.kind == "replication.connection-lost" })
    #expect(record.violatedTime(in: .zero..<(.minutes(115))) == .zero)
  }
}
