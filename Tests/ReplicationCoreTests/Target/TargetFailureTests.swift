import BlockStorage
import Quantities
import ReplicationCore
import Testing

@Suite struct TargetFailureTests {
  @Test func `A server that dies in a delta leaves what is complete, and a delta follows`() throws {
    let pair = try ReplicationPair.manual(.keeping(5))
    try pair.replicate(0..<4)
    pair.write(10..<20)
    try pair.requestSync()
    try pair.run(for: .seconds(5))
    #expect(pair.target.groupState == .lwd && pair.target.redoSize == extents(4 + 4))

    try pair.changeTarget { $0.serverFailed() }
    try pair.cutPath()
    #expect(pair.target.groupState == .unknown && pair.target.nextMerge == nil)
    #expect(pair.target.redoSize == extents(4), "half a log is dropped")
    #expect(pair.target.instances.map(\.pointInTime) == [.zero, minutes(1)])

    try pair.run(for: .minutes(3))
    try pair.changeTarget { $0.serverRestarted() }
    try pair.restorePath()
    try pair.runUntilQuiet()
    try pair.requestSync()
    try pair.runUntilQuiet()
    #expect(pair.checksumsSent == .zero)
    #expect(pair.target.recoverableDisks?[0].holds(pair.content[0]) == true)
  }

  @Test func `A server that is back before the loss is noticed refuses what builds on lost data`() throws {
    let pair = try ReplicationPair.manual()
    pair.write(0..<20)
    try pair.requestSync()
    try pair.run(for: .seconds(9))
    var target = pair.target
    target.serverFailed()
    target.serverRestarted()
    let batch = ExtentBatch(geometry: pair.disks[0].geometry)
    guard
      case .refused(.sessionOver) = try target.offer(
        .deltaData(sequence: 1, disk: 0, batch: batch), at: pair.now)
    else {
      Issue.record("the rest of a delta was taken whose beginning is lost")
      return
    }
    target.connectionLost()
    guard case .taken = try target.offer(.deltaData(sequence: 2, disk: 0, batch: batch), at: pair.now) else {
      Issue.record("a new session was refused")
      return
    }
  }

  /// A full sync of 3 differing extents on a disk with a complete instance.
  private func fullSyncing() throws -> ReplicationPair {
    let pair = try ReplicationPair(
      disks: [disk(64, used: 64)], objective: .hours(24), latency: .seconds(5), targetParameters: .small)
    pair.write(5..<8)
    try pair.failHost()
    try pair.powerOn()
    return pair
  }

  @Test func `A full sync that was accepted survives the server`() throws {
    let pair = try fullSyncing()
    while pair.target.redoSize < extents(3) || pair.target.groupState != .idle {
      try pair.run(for: .milliseconds(100))
    }
    try pair.changeTarget { $0.serverFailed() }
    #expect(pair.target.redoSize == extents(3), "it is complete, so the delta can stand on it")
    try pair.run(for: .seconds(1))
    try pair.changeTarget { $0.serverRestarted() }
    try pair.runUntilQuiet()
    #expect(pair.payloadSent == extents(3))
    pair.checkReplicaEqualsSource()
  }

  @Test func `A full sync in its midst is lost with the server and compared again`() throws {
    let pair = try fullSyncing()
    while pair.target.redoSize < extents(3) { try pair.run(for: .milliseconds(100)) }
    #expect(pair.target.groupState == .fullsync)
    try pair.changeTarget { $0.serverFailed() }
    #expect(pair.target.redoSize == .zero)
    try pair.changeTarget { $0.serverRestarted() }
    try pair.runUntilQuiet()
    #expect(pair.payloadSent == extents(6))
    #expect(pair.target.newestInstance.map { $0.sequence > 0 } == true)
    pair.checkReplicaEqualsSource()
  }

  @Test func `A server that dies while merging merges again`() throws {
    let pair = try ReplicationPair.manual()
    try pair.replicate(0..<4)
    #expect(pair.target.mergesInProgress.count == 1)
    try pair.changeTarget { $0.serverFailed() }
    #expect(pair.target.mergesInProgress.isEmpty && pair.target.levelCount == 1)
    try pair.run(for: .seconds(100))
    #expect(pair.target.levelCount == 1)
    try pair.changeTarget { $0.serverRestarted() }
    try pair.runUntilQuiet()
    #expect(pair.target.levelCount == 0)
    pair.checkReplicaEqualsSource()
  }

  @Test func `A target host that dies costs nothing if another mounts the datastore`() throws {
    let pair = try ReplicationPair.manual()
    pair.write(0..<20)
    try pair.requestSync()
    try pair.run(for: .seconds(9))
    try pair.changeTarget { $0.hostFailed(hasOtherHost: true) }
    try pair.runUntilQuiet()
    #expect(pair.payloadSent == extents(20) && pair.target.hasError == false)
    pair.checkReplicaEqualsSource()
  }

  @Test func `Without a host that mounts the datastore everything waits`() throws {
    let pair = try ReplicationPair.manual()
    try pair.replicate(0..<4)
    pair.write(0..<20)
    try pair.requestSync()
    try pair.changeTarget { $0.hostFailed(hasOtherHost: false) }
    try pair.run(for: .seconds(50))
    #expect(pair.refusal == .noAccessibleHost && pair.target.hasError)
    #expect(pair.target.levelCount == 1 && pair.target.mergesInProgress.isEmpty)
    try pair.changeTarget { $0.hostBecameAccessible() }
    try pair.runUntilQuiet()
    #expect(pair.payloadSent == extents(24) && pair.target.hasError == false)
    pair.checkReplicaEqualsSource()
  }

  @Test func `The group tells its state`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 64)], replica: .empty, objective: .hours(24))
    #expect(pair.target.groupState == .opened)
    try pair.run(for: .seconds(1))
    #expect(pair.target.groupState == .fullsync)
    try pair.runUntilQuiet()
    #expect(pair.target.groupState == .idle)
    try pair.changeTarget { $0.pauseChanged(to: true) }
    #expect(
      pair.target.groupState == .paused && pair.listing.groupDescriptor.contains("group.paused = \"1\""))
  }
}
