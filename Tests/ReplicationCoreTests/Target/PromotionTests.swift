import BlockStorage
import Quantities
import ReplicationCore
import Testing

@Suite struct PromotionTests {
  @Test func `Recovery of the latest instance consolidates every log, the more points in time the longer`()
    throws
  {
    let pair = try ReplicationPair.manual(.keeping(10))
    for minute in 1...3 { try pair.replicate(0..<2 * minute) }
    var target = pair.target
    let promotion = try target.promote()
    #expect(promotion.instance.pointInTime == minutes(3))
    // 2 + 4 + 6 extents are read and written.
    #expect(promotion.consolidationSize == extents(12) && promotion.consolidatedLevels == 3)
    #expect(promotion.droppedInstances == [] && promotion.isDiskInInstance == [true])
    #expect(promotion.disks[0].digest == pair.disks[0].digest)

    let other = try ReplicationPair.manual()
    for minute in 1...3 { try other.replicate(0..<2 * minute) }
    var merged = other.target
    #expect(try merged.promote().consolidationSize == extents(6), "the others were merged already")
  }

  @Test func `Recovery of a point in time names the instances that are lost`() throws {
    let pair = try ReplicationPair.manual(.keeping(10))
    for minute in 1...3 { try pair.replicate(minute..<minute + 2) }
    let content = try pair.content(of: pair.target.instances[1])
    var target = pair.target
    let promotion = try target.promote(pointInTime: minutes(1))
    #expect(promotion.droppedInstances.map(\.pointInTime) == [minutes(2), minutes(3)])
    #expect(ReplicaImage(base: promotion.disks[0], logs: []).holds(content[0]))
    #expect(target.instances.map(\.pointInTime) == [minutes(1)])
  }

  @Test func `A recovered replica takes no more messages`() throws {
    let pair = try ReplicationPair.manual()
    try pair.replicate(0..<4)
    pair.write(0..<8)
    try pair.requestSync()
    try pair.run(for: .seconds(5))
    #expect(pair.target.redoSize > extents(4), "a delta is under way")
    let promotion = try pair.target.promotedCopy()
    #expect(promotion.target.isRecovered && promotion.target.groupState == .passive)
    #expect(promotion.target.redoSize == .zero && promotion.target.nextMerge == nil)

    var target = promotion.target
    #expect(throws: TargetRequestError.notReplicating) { try target.promote() }
    let answer = try target.offer(.fullSyncBegan(sequence: 9, keySeed: 0), at: pair.now)
    guard case .refused(.recovered) = answer else {
      Issue.record("\(answer) is no refusal")
      return
    }
    #expect(target.spaceUse.total == extents(64) + .bytes(12_143), "base disk and one configuration")
  }

  @Test func `A replication that is removed leaves no files`() throws {
    let pair = try ReplicationPair.manual(.keeping(10))
    for minute in 1...3 { try pair.replicate(minute..<minute + 2) }
    var target = pair.target
    let seeds = try target.remove()
    #expect(seeds.count == 1)
    #expect(target.spaceUse.total == .zero && target.instances == [])
    #expect(ReplicaListing(of: target, names: pair.names).files == [])
    guard case .refused(.removed) = try target.offer(.fullSyncBegan(sequence: 9, keySeed: 0), at: pair.now)
    else {
      Issue.record("a removed replica took a message")
      return
    }
    #expect(throws: TargetRequestError.notReplicating) { try target.remove() }
  }
}

extension ReplicationTarget {
  fileprivate func promotedCopy() throws -> (target: ReplicationTarget, promotion: Promotion) {
    var target = self
    let promotion = try target.promote()
    return (target, promotion)
  }
}
