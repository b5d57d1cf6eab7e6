import BlockStorage
import Quantities
import ReplicationCore
import Testing

/// Disks of 64 extents in 8 regions of 8; a link that carries one extent of 8 KiB per second.
@Suite struct FullSyncTests {
  @Test(arguments: [8, 64])
  func `Only extents that differ are sent`(payloadWidth: Int) throws {
    let source = disk(64, used: 64, payloadWidth: payloadWidth)
    let seed = source.copy()
    for extent in [3, 17, 18] { source.fill(extent..<extent + 1, tag: 9) }
    let pair = try ReplicationPair(disks: [source], replica: .seeds([seed]))

    try pair.runUntilQuiet()

    #expect(pair.payloadSent == extents(3))
    #expect(pair.checksumsSent == .bytes(8 * 16), "one per region")
    #expect(pair.answersSent == .bytes(2 * 8 * 16), "one per extent of the two regions that differ")
    #expect(pair.account(of: .fullSync)?.comparedSize == extents(64))
    #expect(pair.account(of: .fullSync)?.wireSize == extents(3) + .bytes(128))
    #expect(pair.account(of: .delta)?.payloadSize == .zero, "the delta that follows at once is empty")
    pair.checkReplicaEqualsSource()
  }

  @Test func `Regions that nobody wrote cost nothing and those only the source has are not compared`() throws
  {
    let pair = try ReplicationPair(disks: [disk(64, used: 12)], replica: .empty)
    try pair.runUntilQuiet()
    // Region 0 and half of region 1; an extent of zeros is not sent.
    #expect(pair.payloadSent == extents(12))
    #expect(pair.checksumsSent == .zero && pair.answersSent == .zero)
    // 12 s for 12 extents, and the delta takes no time; then one second for the merge.
    #expect(pair.events.last?.at == seconds(12))
    pair.checkReplicaEqualsSource()
  }

  @Test func `What only the target has is compared and overwritten with zeros`() throws {
    let seed = disk(64)
    seed.fill(20..<23, tag: 4)
    let pair = try ReplicationPair(disks: [disk(64)], replica: .seeds([seed]))
    try pair.runUntilQuiet()
    #expect(pair.checksumsSent == .bytes(16), "region 2 alone")
    #expect(pair.payloadSent == extents(3))
    pair.checkReplicaEqualsSource()
  }

  @Test func `Without allocation information everything is compared`() throws {
    var parameters = ReplicationParameters.small
    parameters.usesAllocationInformation = false
    let pair = try ReplicationPair(disks: [disk(64, used: 12)], replica: .empty, parameters: parameters)
    try pair.runUntilQuiet()
    #expect(pair.checksumsSent == .bytes(8 * 16))
    #expect(pair.payloadSent == extents(12))
    pair.checkReplicaEqualsSource()
  }

  @Test func `Scattered differences share a message`() throws {
    let source = disk(64, used: 64)
    let seed = source.copy()
    // Two regions to a request: the first answer names 1, 5, 9 and 13, and 4 extents fit a message.
    for extent in [1, 5, 9, 13] { source.fill(extent..<extent + 1, tag: 9) }
    let pair = try ReplicationPair(disks: [source], replica: .seeds([seed]))
    try pair.runUntilQuiet()
    #expect(pair.dataMessagesSent == 1)
    pair.checkReplicaEqualsSource()
  }

  @Test func `Extents written during the scan are left to the delta that follows at once`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 64)], replica: .empty)
    try pair.run(until: seconds(5))
    pair.write(0..<2)  // sent already
    pair.write(60..<63)  // not yet sent

    try pair.runUntilQuiet()

    let fullSync = try #require(pair.account(of: .fullSync))
    let delta = try #require(pair.account(of: .delta))
    #expect(fullSync.payloadSize == extents(61), "64 but for 60, 61 and 62")
    #expect(delta.payloadSize == extents(5))
    #expect(delta.startedAt == seconds(61), "one second for each extent")
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(61)])
    pair.checkReplicaEqualsSource()
  }

  @Test func `A full sync whose every extent is overwritten goes on to the delta`() throws {
    let pair = try ReplicationPair(disks: [disk(64)], replica: .empty, latency: .seconds(1))
    // Written after tracking began and before the target has answered: dirty before the scan sees them.
    try pair.run(until: seconds(1))
    for extent in [1, 3, 9, 40] { pair.write(extent..<extent + 1) }
    try pair.runUntilQuiet()
    #expect(pair.account(of: .fullSync)?.payloadSize == .zero)
    #expect(pair.account(of: .delta)?.payloadSize == extents(4))
    pair.checkReplicaEqualsSource()
  }

  @Test func `The first full sync writes into the base disks`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 64)], replica: .empty)
    try pair.run(until: seconds(40))
    #expect(pair.redoSizePeak == .zero)
    #expect(pair.bases[0].tag(of: 0) == 7)
    #expect(pair.target.newestInstance == nil && pair.target.recoverableDisks == nil)
  }

  @Test(arguments: [8, 64])
  func `A later full sync leaves the last instance readable until its delta is complete`(
    payloadWidth: Int
  ) throws {
    let pair = try ReplicationPair(
      disks: [disk(64, used: 64, payloadWidth: payloadWidth)], objective: .hours(1))
    pair.write(0..<20)
    try pair.failHost()
    try pair.powerOn()
    try pair.run(until: seconds(19))
    // 19 of 20 extents would have arrived one by one; messages of four bring 16.
    #expect(pair.target.redoSize == extents(16))
    pair.write(30..<31)
    try pair.run(until: seconds(20))
    #expect(pair.target.newestInstance?.sequence == 0)
    try pair.checkNewestInstance()
    try pair.runUntilQuiet()
    // The full sync was the first sync, its delta the second.
    #expect(pair.target.newestInstance?.sequence == 2)
    #expect(pair.payloadSent == extents(21))
    pair.checkReplicaEqualsSource()
  }

  @Test func `Regions at the end of a disk may be short`() throws {
    // 21 extents: two regions of 8 and one of 5. The disk ends within its last extent.
    let geometry = ExtentGeometry(diskSize: .bytes(20 * 8_192 + 1))
    #expect(geometry.extentCount == 21)
    let source = ExtentStore(geometry: geometry, image: BaseImage(usedExtentCount: 21, tag: 7))
    let seed = source.copy()
    source.fill(20..<21, tag: 9)
    let pair = try ReplicationPair(disks: [source], replica: .seeds([seed]))
    try pair.runUntilQuiet()
    #expect(pair.payloadSent == extents(1))
    #expect(pair.checksumsSent == .bytes(3 * 16))
    #expect(pair.answersSent == .bytes(5 * 16), "the last region has five extents")
    pair.checkReplicaEqualsSource()
  }

  @Test func `A full sync that starts over sends nothing twice that has arrived`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 64)], replica: .empty)
    // 22 s: five messages of four extents arrived, two are under way.
    try pair.run(until: seconds(22))
    try pair.cutPath()
    try pair.run(until: seconds(90))
    #expect(pair.source.status == .notActive)
    try pair.restorePath()
    try pair.runUntilQuiet()
    #expect(pair.payloadSent == extents(64 + 8), "the two messages that were under way are sent again")
    // The 20 extents at the target lie in regions 0, 1 and 2, which are compared; the rest is the source's.
    #expect(pair.checksumsSent == .bytes(3 * 16))
    #expect(pair.count(of: .fullSync, where: \.isAbort) == 1)
    pair.checkReplicaEqualsSource()
  }

  @Test func `A later full sync that starts over keeps what it brought and the last instance`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 64)], objective: .hours(1))
    pair.write(0..<20)
    try pair.requestFullSync()
    try pair.run(until: seconds(10))
    #expect(pair.target.redoSize == extents(8))
    try pair.pause()
    #expect(pair.target.redoSize == extents(8), "kept, and found equal next time")
    try pair.resume()
    try pair.runUntilQuiet()
    // At 10 s two messages had arrived and two were under way.
    #expect(pair.payloadSent == extents(20 + 8))
    pair.checkReplicaEqualsSource()
  }

  @Test func `What only a redo log of the target holds is compared too`() throws {
    let pair = try ReplicationPair(disks: [disk(64)], objective: .hours(10))
    pair.mergeDelay = .hours(1)
    pair.write(0..<4)
    try pair.requestSync()
    try pair.run(until: seconds(10))
    #expect(pair.target.nextMergeSize == extents(4), "the base disk holds nothing yet")
    pair.discard(0..<4)
    try pair.failHost()
    try pair.powerOn()
    try pair.runUntilQuiet()
    #expect(pair.checksumsSent == .bytes(16), "region 0, which the source no longer has")
    #expect(pair.payloadSent == extents(4 + 4))
    pair.checkReplicaEqualsSource()
  }

  @Test func `The point in time after a full sync is the start of its delta`() throws {
    let pair = try ReplicationPair(
      disks: [disk(64, used: 64)], replica: .empty, policy: .latestStart(history: 15, safetyFactor: .one))
    try pair.run(until: seconds(5))
    pair.write(0..<2)  // sent already
    try pair.run(until: seconds(70))
    // 64 s of full sync and 2 s of delta: the image is of 64 s. Its 2 s carried the changes of 64 s; those of as
    // long as the objective permits take 2 · 100 / (64 + 2) = 3.03 s, so the next is due at 64 + 100 − 3.03.
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(64)])
    #expect(pair.instances.map(\.at) == [seconds(66)])
    #expect(pair.source.nextDeadline == .zero + .nanoseconds(160_969_696_970))
  }

  @Test func `All disks of a machine are compared one after the other`() throws {
    let disks = [disk(10, used: 10), disk(64, used: 64), disk(3)]
    let seeds = disks.map { $0.copy() }
    disks[0].fill(9..<10, tag: 1)
    disks[1].fill(0..<1, tag: 2)
    disks[2].fill(0..<3, tag: 3)
    let pair = try ReplicationPair(disks: disks, replica: .seeds(seeds))
    try pair.runUntilQuiet()
    // Regions: 8 + 2, then eight, then none, since the target's third disk is empty.
    #expect(pair.checksumsSent == .bytes((2 + 8) * 16))
    #expect(pair.payloadSent == extents(5))
    pair.checkReplicaEqualsSource()
  }
}

extension ReplicationPair {
  /// The account of the latest completed sync of a kind.
  func account(of kind: SyncAccount.Kind) -> SyncAccount? {
    for (_, event) in events.reversed() {
      switch event {
      case .fullSyncCompleted(let account) where kind == .fullSync: return account
      case .deltaCompleted(let account) where kind == .delta: return account
      default: continue
      }
    }
    return nil
  }

  func count(of kind: SyncAccount.Kind, where isWanted: (ReplicationEvent) -> Bool) -> Int {
    events.count { isWanted($0.event) && $0.event.account?.kind == kind }
  }
}

extension ReplicationEvent {
  var account: SyncAccount? {
    switch self {
    case .fullSyncCompleted(let account), .deltaCompleted(let account), .syncAborted(let account, _): account
    case .fullSyncStarted, .deltaStarted, .connectionLost, .connectionRestored, .deltaNotStarted,
      .preparationExceededObjective, .configurationFailed:
      nil
    }
  }

  var isAbort: Bool {
    if case .syncAborted = self { true } else { false }
  }
}
