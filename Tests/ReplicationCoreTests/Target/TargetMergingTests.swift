import BlockStorage
import Quantities
import ReplicationCore
import Testing

@Suite struct TargetMergingTests {
  @Test func `A complete instance is merged into the base disk beside the next delta`() throws {
    let pair = try ReplicationPair.manual(mergeDelay: .seconds(100))
    try pair.replicate(0..<4)
    #expect(pair.target.mergesInProgress.map(\.size) == [extents(4)])
    #expect(pair.target.mergesInProgress.first?.destination == nil)
    #expect(pair.target.groupState == .prune)

    // The next delta arrives from 120 to 126 s; the merge ends at 64 + 100 s.
    try pair.replicate(2..<8)
    #expect(pair.target.levelCount == 2)
    try pair.run(until: seconds(164))
    #expect(pair.target.levelCount == 1)
    try pair.runUntilQuiet()
    #expect(pair.target.levelCount == 0 && pair.target.groupState == .idle)
    pair.checkReplicaEqualsSource()
  }

  @Test func `Points in time stay above the base disk and the oldest is merged when it expires`() throws {
    let pair = try ReplicationPair.manual(.keeping(3))
    for minute in 1...3 { try pair.replicate(4 * minute..<4 * minute + 4) }
    // Of minutes 1 to 3; the instance of the start is in the slot of minute 0 and has just expired.
    #expect(pair.target.instances.map(\.pointInTime) == [minutes(1), minutes(2), minutes(3)])
    try pair.runUntilQuiet()
    #expect(pair.target.levelCount == 2, "minute 1 is in the base disk now")
    #expect(pair.target.nextMerge == nil)
    #expect(pair.target.redoSize == extents(8))
  }

  @Test func `An instance that expires between two others is merged into the one below`() throws {
    var parameters = TargetParameters.small
    // Instances of the same two minutes: the first stays, and the latest.
    parameters.retention = try RetentionPolicy(tiers: [.init(granularity: .minutes(2), slotCount: 10)])
    let pair = try ReplicationPair.manual(parameters)
    try pair.replicate(0..<2)
    try pair.runUntilQuiet()
    // At 60 s, in the slot of the start, which has one: it is there because it is the latest.
    #expect(pair.target.instances.map(\.pointInTime) == [.zero, minutes(1)])
    try pair.replicate(1..<5)
    // Minute 1 expired; the log of minute 2 (4 extents) goes into the log of minute 1 (2 extents, one in common).
    let merge = try #require(pair.target.mergesInProgress.first)
    #expect(merge.size == extents(4) && merge.destination == 2)
    #expect(pair.target.spaceUse.mergeGrowth == extents(3))
    try pair.runUntilQuiet()
    #expect(pair.target.instances.map(\.pointInTime) == [.zero, minutes(2)])
    #expect(pair.logSizes == ["2": log(5), "4": log(0)])
  }

  @Test func `As many merges run at a time as allowed`() throws {
    var parameters = TargetParameters.small
    parameters.retention = try RetentionPolicy(tiers: [.init(granularity: .minutes(2), slotCount: 3)])
    parameters.concurrentMerges = 2
    let pair = try ReplicationPair.manual(parameters, mergeDelay: .hours(2))
    for minute in 1...7 { try pair.replicate(minute..<minute + 1) }
    // Slots of two minutes: 2, 4 and 6 are kept for them, 7 as the latest. Expired are 0, 1, 3 and 5.
    #expect(pair.target.instances.map(\.pointInTime) == [2, 4, 6, 7].map { minutes($0) })
    // The log of minute k is number k + 1. When minute 1 expired, the log of minute 2 went into its own; then the
    // log of minute 4 into that of minute 3. Minutes 0 and 5 have to wait for either.
    let merges = pair.target.mergesInProgress
    #expect(merges.map(\.source) == [3, 5] && merges.map(\.destination) == [2, 4])
    #expect(pair.target.nextMerge == nil)
    pair.mergeDelay = .seconds(1)
    try pair.runUntilQuiet()
    #expect(pair.target.levelCount == 3)
  }

  @Test func `Instances that wait in a row are merged downwards one after the other`() throws {
    var parameters = TargetParameters.small
    parameters.concurrentMerges = 2
    let pair = try ReplicationPair.manual(parameters, mergeDelay: .seconds(1_000))
    for minute in 1...3 { try pair.replicate(minute..<minute + 1) }
    // The log of minute 3 into that of minute 2 would be written twice on its way to the base disk.
    #expect(pair.target.levelCount == 3)
    #expect(pair.target.mergesInProgress.map(\.source) == [2] && pair.target.nextMerge == nil)
    try pair.runUntilQuiet()
    pair.checkReplicaEqualsSource()
  }

  @Test func `A merge interrupted in its midst starts over and loses nothing`() throws {
    let pair = try ReplicationPair.manual()
    try pair.replicate(0..<8)
    let merge = try #require(pair.target.mergesInProgress.first)

    // 3 of 8 extents were written; another delta arrives before the merge is through.
    try pair.changeTarget { $0.mergeInterrupted(merge, written: extents(3)) }
    #expect(pair.bases[0].tag(of: 2) == 1_001 && pair.bases[0].tag(of: 3) == 7)
    #expect(pair.target.mergesInProgress == [merge], "it was begun again")
    try pair.replicate(2..<5)
    try pair.runUntilQuiet()
    pair.checkReplicaEqualsSource()
  }

  @Test func `A merge between logs interrupted in its midst keeps the points in time around it`() throws {
    var parameters = TargetParameters.small
    parameters.retention = try RetentionPolicy(tiers: [.init(granularity: .minutes(2), slotCount: 10)])
    let pair = try ReplicationPair.manual(parameters)
    try pair.replicate(0..<2)
    try pair.replicate(1..<5)
    let merge = try #require(pair.target.mergesInProgress.first)
    try pair.changeTarget { $0.mergeInterrupted(merge, written: extents(2)) }
    try pair.replicate(3..<7)
    try pair.runUntilQuiet()
    #expect(pair.target.instances.map(\.pointInTime) == [.zero, minutes(2), minutes(3)])
  }
}
