import Quantities
import ReplicationCore
import Testing

@Suite struct ReplicationStatusTests {
  @Test func `The status follows a replication from its first full sync on`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 16)], replica: .empty)
    #expect(pair.source.status == .initialFullSync, "not yet begun")
    try pair.run(until: seconds(8))
    #expect(pair.source.status == .initialFullSync)
    pair.write(40..<44)
    try pair.run(until: seconds(18))
    #expect(pair.target.newestInstance == nil)
    #expect(pair.source.status == .initialFullSync, "the delta after it is part of it")
    try pair.run(until: seconds(20))
    #expect(pair.source.status == .ok)

    pair.write(0..<8)
    try pair.run(until: seconds(104))
    #expect(pair.source.status == .sync)
    try pair.requestFullSync()
    #expect(pair.source.status == .fullSync)
    try pair.run(until: seconds(106))
    #expect(pair.source.status == .fullSync)
    try pair.runUntilQuiet()
    #expect(pair.source.status == .ok)
  }

  @Test func `The status tells what keeps a replication from going on`() throws {
    let pair = try ReplicationPair(disks: [disk(64)])
    try pair.cutPath()
    try pair.run(until: seconds(59))
    #expect(pair.source.status == .ok, "nobody has noticed")
    try pair.run(until: seconds(60))
    #expect(pair.source.status == .notActive)
    try pair.restorePath()
    try pair.run(until: seconds(70))
    #expect(pair.source.status == .ok)
    try pair.powerOff()
    #expect(pair.source.status == .notActive)
    try pair.pause()
    #expect(pair.source.status == .paused)
    try pair.resume()
    try pair.powerOn()
    #expect(pair.source.status == .ok)
    try pair.failHost()
    #expect(pair.source.status == .notActive)
    try pair.powerOn()
    #expect(pair.source.status == .fullSync, "an older instance exists")
  }

  @Test func `Nothing is OK between a first delta that was given up and the next`() throws {
    let pair = try ReplicationPair(disks: [disk(64)], replica: .empty, latency: .seconds(1))
    // The target's answer to the announcement is back at 2 s, to the end at 4 s; the delta takes 20 s.
    try pair.run(until: seconds(1))
    pair.write(0..<20)
    try pair.run(until: seconds(10))
    #expect(pair.events.last?.event == .deltaStarted(sequence: 2))
    try pair.cutPath()
    try pair.pause()
    try pair.resume()
    #expect(pair.target.newestInstance == nil)
    #expect(pair.source.status == .initialFullSync)
  }

  @Test func `A violated objective shows in the states that have a word for it`() {
    let violated: [(ReplicationStatus, ReplicationStatus)] = [
      (.ok, .rpoViolation), (.sync, .syncRPOViolation), (.fullSync, .fullSyncRPOViolation),
      (.notActive, .notActiveRPOViolation), (.paused, .paused), (.initialFullSync, .initialFullSync),
    ]
    for (status, expected) in violated {
      #expect(status.withViolation(true) == expected)
      #expect(status.withViolation(false) == status)
    }
  }
}
