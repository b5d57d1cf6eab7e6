import BlockStorage
import Quantities
import ReplicationCore
import Testing

@Suite struct ParallelDiskTests {
  /// The disks of the data messages of a pair, in order.
  private final class Order {
    var disks: [Int] = []

    func note(_ message: SourceMessage) -> SourceMessage {
      switch message {
      case .deltaData(_, let disk, _), .fullSyncData(_, let disk, _): disks.append(disk)
      case .fullSyncBegan, .regionChecksums, .fullSyncEnded, .deltaEnded: break
      }
      return message
    }
  }

  @Test func `A delta reads its disks in turn until each is done`() throws {
    let pair = try ReplicationPair(disks: [disk(64), disk(64), disk(64)])
    let order = Order()
    pair.tamper = { order.note($0) }
    pair.write(0..<12, disk: 0)
    pair.write(0..<6, disk: 2)
    try pair.run(until: seconds(100))
    // One message of 4 extents of each was read.
    #expect(pair.source.activeDisks.count == 2)
    try pair.run(until: seconds(108))
    #expect(pair.source.activeDisks.count == 1, "disk 2 was read")
    try pair.run(until: seconds(150))
    #expect(pair.source.activeDisks.count == 0)
    #expect(order.disks == [0, 2, 0, 2, 0])
    pair.checkReplicaEqualsSource()
  }

  @Test func `All disks switch at one instant however late they are read`() throws {
    let pair = try ReplicationPair(disks: [disk(64), disk(64)])
    let before = (pair.write(0..<8, disk: 0), pair.write(0..<8, disk: 1))
    try pair.run(until: seconds(100))
    pair.write(0..<8, disk: 1)
    try pair.run(until: seconds(150))
    #expect(pair.target.recoverableDisks?.map { $0.tag(of: 7) } == [before.0, before.1])
    try pair.checkNewestInstance()
  }

  @Test func `A full sync sends and compares its disks in turn`() throws {
    let disks = [disk(64, used: 64), disk(32, used: 8), disk(64)]
    let pair = try ReplicationPair(disks: disks, replica: .empty)
    let order = Order()
    pair.tamper = { order.note($0) }
    try pair.run(until: seconds(1))
    #expect(pair.source.activeDisks.count >= 1)
    try pair.runUntilQuiet()
    #expect(order.disks == [0, 1, 0, 1] + [Int](repeating: 0, count: 14))
    pair.checkReplicaEqualsSource()
  }
}
