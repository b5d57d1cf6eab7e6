import BlockStorage
import Quantities
import ReplicationCore
import Testing

/// A disk of 64 extents whose link carries one per second; deltas at 100 s, 200 s and so on.
@Suite struct InterruptionTests {
  private func pair(objective: TimeSpan = .seconds(100)) throws -> ReplicationPair {
    try ReplicationPair(disks: [disk(64, used: 64)], objective: objective)
  }

  @Test func `A gap of less than a minute only delays a delta`() throws {
    let pair = try pair(objective: .seconds(1_000))
    pair.write(0..<20)
    try pair.run(until: seconds(1_010))
    try pair.cutPath()
    try pair.run(until: seconds(1_069))
    try pair.restorePath()
    try pair.runUntilQuiet()
    #expect(pair.payloadSent == extents(20), "nothing is sent twice")
    // 1,000 s + 20 s + a gap of 59 s.
    #expect(pair.instances.map(\.at) == [seconds(1_079)])
    #expect(pair.events.map(\.event).contains(.connectionLost) == false)
  }

  @Test func `A longer cut gives the delta up and keeps the last instance`() throws {
    let pair = try pair(objective: .seconds(1_000))
    pair.write(0..<20)
    try pair.run(until: seconds(1_010))
    #expect(pair.target.redoSize == extents(8))
    try pair.cutPath()
    let late = pair.write(5..<25)
    try pair.run(until: seconds(1_070))

    #expect(pair.events.last?.event == .connectionLost)
    #expect(pair.events.last?.at == seconds(1_070), "60 s after the cut")
    #expect(pair.source.status == .notActive)
    #expect(pair.target.redoSize == .zero, "half a redo log is dropped")
    #expect(pair.target.newestInstance?.sequence == 0)
    try pair.checkNewestInstance()
    #expect(pair.source.dirtySize == extents(25), "0 to 19, which are dirty again, and 20 to 24")

    // Attempts at 1,080, 1,100, 1,130 and 1,170 s.
    try pair.run(until: seconds(1_131))
    try pair.restorePath()
    try pair.run(until: seconds(1_169))
    #expect(pair.source.status == .notActive)
    try pair.runUntilQuiet()
    #expect(pair.events.contains { $0.at == seconds(1_170) && $0.event == .connectionRestored })
    // The delta follows at once and carries 25 extents in 25 s.
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(1_170)])
    #expect(pair.instances.map(\.at) == [seconds(1_195)])
    #expect(pair.target.recoverableDisks?[0].tag(of: 24) == late)
    pair.checkReplicaEqualsSource()
  }

  @Test func `Cuts in every delta lose nothing and the replica catches up`() throws {
    let pair = try pair()
    for round in 1...5 as ClosedRange<Int64> {
      pair.write(Int(round) * 5..<Int(round) * 5 + 10)
      // The delta of this round is due when the connection is back, so it runs at any of these times.
      try pair.run(until: seconds(round * 1_000 + 103))
      pair.write(0..<60)
      try pair.run(for: .seconds(100))
      try pair.cutPath()
      try pair.run(for: .seconds(200))
      try pair.restorePath()
    }
    try pair.runUntilQuiet()
    try pair.requestSync()
    try pair.runUntilQuiet()
    try pair.requestSync()
    try pair.runUntilQuiet()
    pair.checkReplicaEqualsSource()
  }

  @Test func `An instance whose acknowledgement is lost stays and its extents are sent again`() throws {
    let pair = try ReplicationPair(
      disks: [disk(64, used: 64)], objective: .seconds(1_000), latency: .seconds(5))
    pair.write(0..<4)
    // The data arrives at 1,000 + 4 + 5 s with the end right behind it; the answer at 1,014 s.
    try pair.run(until: seconds(1_010))
    #expect(pair.target.newestInstance?.sequence == 1)
    try pair.cutPath()
    try pair.run(until: seconds(1_071))
    try pair.restorePath()
    try pair.runUntilQuiet()
    #expect(pair.instances.map(\.instance.sequence) == [1, 2])
    #expect(pair.payloadSent == extents(8))
    pair.checkReplicaEqualsSource()
  }

  @Test func `A host that fails costs a comparison and only the differences travel`() throws {
    let pair = try pair(objective: .hours(1))
    pair.write(0..<3)
    try pair.failHost()
    #expect(pair.source.dirtySize == .zero, "the bitmap is lost")
    try pair.run(for: .seconds(30))
    try pair.powerOn()
    try pair.runUntilQuiet()
    #expect(pair.checksumsSent == .bytes(8 * 16))
    #expect(pair.payloadSent == extents(3))
    #expect(pair.events.first?.event == .fullSyncStarted(isInitial: false))
    #expect(pair.events.first?.at == seconds(30))
    pair.checkReplicaEqualsSource()
  }

  @Test func `A host that fails in the midst of a delta leaves the last instance`() throws {
    let pair = try pair()
    pair.write(0..<20)
    try pair.run(until: seconds(110))
    try pair.failHost()
    #expect(pair.events.last?.event.abortReason == .hostFailed)
    #expect(pair.target.newestInstance?.sequence == 0 && pair.target.redoSize == .zero)
    try pair.powerOn()
    try pair.runUntilQuiet()
    pair.checkReplicaEqualsSource()
  }

  @Test func `A host that fails while the connection is lost leads to a full sync after both are back`()
    throws
  {
    let pair = try pair()
    pair.write(0..<3)
    try pair.cutPath()
    try pair.run(until: seconds(65))
    try pair.failHost()
    try pair.run(until: seconds(80))
    try pair.powerOn()
    try pair.restorePath()
    #expect(pair.source.status == .notActive)
    // Attempts at 70 and 90 s.
    try pair.runUntilQuiet()
    #expect(pair.events.filter { $0.at == seconds(90) }.map(\.event).first == .connectionRestored)
    #expect(pair.events.contains { $0.at == seconds(90) && $0.event == .fullSyncStarted(isInitial: false) })
    pair.checkReplicaEqualsSource()
  }

  @Test func `A machine that was shut down resumes with a delta`() throws {
    let pair = try pair()
    pair.write(0..<20)
    try pair.run(until: seconds(110))
    try pair.powerOff()
    #expect(pair.events.last?.event.abortReason == .poweredOff)
    #expect(pair.source.dirtySize == extents(20))
    try pair.run(until: seconds(500))
    #expect(pair.source.nextDeadline == nil)
    try pair.powerOn()
    try pair.runUntilQuiet()
    #expect(pair.checksumsSent == .zero)
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(500)])
    pair.checkReplicaEqualsSource()
  }

  @Test func `A host that fails under a stopped machine costs nothing`() throws {
    let pair = try pair()
    pair.write(0..<3)
    try pair.powerOff()
    try pair.failHost()
    try pair.run(until: seconds(500))
    try pair.powerOn()
    try pair.runUntilQuiet()
    #expect(pair.checksumsSent == .zero && pair.payloadSent == extents(3))
    pair.checkReplicaEqualsSource()
  }

  @Test func `A paused replication keeps track and resumes with one delta`() throws {
    let pair = try pair()
    pair.write(0..<20)
    try pair.run(until: seconds(110))
    try pair.pause()
    #expect(pair.events.last?.event.abortReason == .paused)
    pair.write(30..<40)
    try pair.run(until: seconds(500))
    #expect(pair.instances.isEmpty)
    try pair.resume()
    try pair.runUntilQuiet()
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(500)])
    #expect(pair.account(of: .delta)?.payloadSize == extents(30))
    pair.checkReplicaEqualsSource()
  }

  @Test func `A full sync paused in its midst starts over when it resumes`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 64)], replica: .empty)
    try pair.run(until: seconds(10))
    try pair.pause()
    try pair.run(until: seconds(500))
    #expect(pair.target.newestInstance == nil)
    try pair.resume()
    try pair.runUntilQuiet()
    #expect(pair.count(of: .fullSync, where: \.isAbort) == 1)
    #expect(pair.instances.count == 1)
    pair.checkReplicaEqualsSource()
  }

  @Test func `A forced full sync compares everything and starts over if forced again`() throws {
    let pair = try pair(objective: .hours(10))
    try pair.requestFullSync()
    try pair.runUntilQuiet()
    #expect(pair.checksumsSent == .bytes(8 * 16) && pair.payloadSent == .zero)

    pair.write(0..<20)
    try pair.requestSync()
    try pair.run(for: .seconds(5))
    try pair.requestFullSync()
    #expect(pair.events.last?.event.abortReason == .fullSyncRequested)
    try pair.run(for: .seconds(5))
    try pair.requestFullSync()
    #expect(pair.events.last?.event.abortReason == .fullSyncRequested)
    try pair.runUntilQuiet()
    pair.checkReplicaEqualsSource()
  }

  @Test func `A full sync forced on a stopped machine waits for its start`() throws {
    let pair = try pair()
    try pair.powerOff()
    try pair.requestFullSync()
    try pair.run(until: seconds(500))
    #expect(pair.events.isEmpty)
    try pair.powerOn()
    try pair.run(until: seconds(500))
    #expect(pair.events.first?.event == .fullSyncStarted(isInitial: false))
  }

  @Test func `A sync asked for while there is no connection starts with the connection`() throws {
    let pair = try pair(objective: .hours(1))
    pair.write(0..<3)
    try pair.cutPath()
    try pair.run(until: seconds(65))
    try pair.requestSync()
    try pair.restorePath()
    try pair.runUntilQuiet()
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(70)], "the first attempt, after 60 + 10 s")
  }
}

extension ReplicationEvent {
  var abortReason: AbortReason? {
    if case .syncAborted(_, let reason) = self { reason } else { nil }
  }
}
