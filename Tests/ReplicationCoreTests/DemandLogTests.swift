import BlockStorage
import Quantities
import ReplicationCore
import Testing

/// A disk of 64 extents whose link carries one per second.
///
/// The delta of 20 extents starts at 100 s; at 104 s
/// extents 0 to 11 were read. A preserved extent takes up 8,192 + 512 bytes.
@Suite struct DemandLogTests {
  private func pairInDelta(capacity: ByteCount? = nil) throws -> ReplicationPair {
    var parameters = ReplicationParameters.small
    parameters.demandLog.capacity = capacity
    let pair = try ReplicationPair(disks: [disk(64, used: 64)], parameters: parameters)
    pair.write(0..<20)
    try pair.run(until: seconds(104))
    return pair
  }

  @Test func `A write waits for the copies of what is not yet read`() throws {
    let pair = try pairInDelta()
    pair.write(0..<16)
    #expect(pair.lastCost.copiedExtents == 4, "12 to 15")
    pair.write(0..<16)
    #expect(pair.lastCost == .none)
    #expect(pair.source.demandLogSize == .bytes(4 * (8_192 + 512)))
    try pair.run(until: seconds(150))
    #expect(pair.source.demandLogSize == .zero)
    #expect(pair.account(of: .delta)?.demandLogPeak == .bytes(34_816))
    try pair.checkNewestInstance()
  }

  @Test func `Copies are made 64 at a time`() {
    let limits = DemandLogLimits()
    // ⌈130 / 64⌉ = 3
    #expect(
      [0, 1, 64, 65, 130].map { WriteCost(copiedExtents: $0).rounds(limits: limits) } == [0, 1, 1, 2, 3])
  }

  @Test func `A demand log that fails for 200 ms ends the delta and its extents are dirty again`() throws {
    let pair = try pairInDelta()
    pair.write(12..<16)
    try pair.failDemandLog()
    #expect(pair.source.isStalled)
    try pair.run(until: seconds(104) + .milliseconds(199))
    #expect(pair.events.count == 1)
    try pair.run(until: seconds(104) + .milliseconds(200))
    #expect(pair.events[1].event.abortReason == .demandLog)
    #expect(pair.target.redoSize == .zero && pair.target.newestInstance?.sequence == 0)
    // The next delta follows a second later with all 20 extents, in 20 s.
    try pair.run(until: seconds(140))
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(105) + .milliseconds(200)])
    #expect(pair.account(of: .delta)?.payloadSize == extents(20))
    pair.checkReplicaEqualsSource()
  }

  @Test func `A demand log that works again in time only delays the delta`() throws {
    let pair = try pairInDelta()
    pair.write(12..<16)
    try pair.failDemandLog()
    try pair.run(until: seconds(104) + .milliseconds(199))
    try pair.recoverDemandLog()
    try pair.run(until: seconds(150))
    // The line was busy until 112 s, so not even that.
    #expect(pair.instances.map(\.at) == [seconds(120)])
    try pair.checkNewestInstance()
  }

  @Test func `A demand log that is not needed any more fails without harm`() throws {
    let pair = try pairInDelta()
    try pair.run(until: seconds(113))
    #expect(pair.source.activeDisks.count == 0)
    try pair.failDemandLog()
    try pair.run(until: seconds(150))
    #expect(pair.instances.map(\.at) == [seconds(120)])
  }

  @Test(arguments: [(4, false), (3, true)] as [(UInt64, Bool)])
  func `A delta is given up when its demand log has not the room`(room: UInt64, isGivenUp: Bool) throws {
    let pair = try pairInDelta(capacity: .bytes(room * 8_704))
    pair.write(12..<16)
    try pair.recoverDemandLog()  // does not help against a full one
    try pair.run(until: seconds(105))
    #expect(pair.events.contains { $0.event.abortReason == .demandLog } == isGivenUp)
    try pair.run(until: seconds(140))
    let pointInTime = isGivenUp ? seconds(105) + .milliseconds(200) : seconds(100)
    try #require(pair.instances.count == 1)
    #expect(pair.instances[0].instance.pointInTime == pointInTime)
    try pair.requestSync()
    try pair.runUntilQuiet()
    pair.checkReplicaEqualsSource()
  }
}
