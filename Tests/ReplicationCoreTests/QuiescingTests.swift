import BlockStorage
import Quantities
import ReplicationCore
import Testing

/// An objective of 15 minutes, one extent per second: deltas are wanted at 900 s, 1,800 s and so on.
@Suite struct QuiescingTests {
  private func pair(
    _ mode: Quiescing.Mode, prepareTime: TimeSpan?, replica: ReplicationPair.Replica = .complete
  ) throws -> ReplicationPair {
    var options = ReplicationOptions()
    options.quiescing = try Quiescing(mode, prepareTime: prepareTime, objective: .minutes(15))
    return try ReplicationPair(
      disks: [disk(64, used: 4)], replica: replica, objective: .minutes(15), options: options)
  }

  @Test(arguments: [Quiescing.Mode.fileSystem, .application])
  func `An instance is as old as the moment when its guest was at rest`(mode: Quiescing.Mode) throws {
    let pair = try pair(mode, prepareTime: .seconds(30))
    pair.write(0..<4)
    try pair.run(until: seconds(920))
    #expect(pair.source.status == .sync && pair.source.isSyncing && pair.payloadSent == .zero)
    pair.write(4..<6)
    try pair.runUntilQuiet()
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(930)])
    // 930 s + 6 extents
    #expect(pair.instances.map(\.at) == [seconds(936)])
    #expect(pair.account(of: .delta)?.consistency == mode)
    pair.checkReplicaEqualsSource()
  }

  @Test func `The next delta counts from the moment when the guest was at rest`() throws {
    var options = ReplicationOptions()
    options.quiescing = try Quiescing(.fileSystem, prepareTime: .seconds(30), objective: .minutes(15))
    let pair = try ReplicationPair(
      disks: [disk(64)], objective: .minutes(15),
      policy: .latestStart(history: 15, safetyFactor: .percent(120)), options: options)
    pair.write(0..<5)
    try pair.requestSync()
    try pair.runUntilQuiet()
    // Taken at 30 s; what so short a cycle took says nothing about the next, which may take half the objective, and
    // its guest takes 30 s to come to rest: 30 s + 900 s − 450 s − 30 s.
    #expect(pair.source.nextDeadline == seconds(450))
  }

  @Test func `What a quiesced cycle took tells when the next one must start`() throws {
    var options = ReplicationOptions()
    options.quiescing = try Quiescing(.fileSystem, prepareTime: .seconds(120), objective: .minutes(15))
    let pair = try ReplicationPair(
      disks: [disk(64)], objective: .minutes(15),
      policy: .latestStart(history: 15, safetyFactor: .percent(120)), options: options)
    pair.write(0..<5)
    // Nothing is known of transfers: 900 s − 450 s − 120 s.
    #expect(pair.source.nextDeadline == seconds(330))
    try pair.run(until: seconds(330))
    try pair.runUntilQuiet()
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(450)])
    // Five seconds for the changes of 450 s: at the end of the objective 5 s · 900 / (450 + 1.2 · 5) = 9.868421052 s, and
    // 20 % more are 11.842105262 s. So 450 s + 900 s − 120 s − 11.842105262 s.
    #expect(pair.source.nextDeadline == Instant(nanoseconds: 1_218_157_894_738))
  }

  @Test(arguments: [true, false])
  func `The driver may say when the guest is at rest and whether it is`(isQuiesced: Bool) throws {
    let pair = try pair(.application, prepareTime: nil)
    try pair.run(until: seconds(950))
    #expect(pair.source.awaitsPreparation)
    try pair.prepared(isQuiesced: isQuiesced)
    try pair.runUntilQuiet()
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(950)])
    #expect(pair.account(of: .delta)?.consistency == (isQuiesced ? .application : Quiescing.Mode.none))
  }

  @Test(arguments: [(900, false), (901, true)] as [(Int64, Bool)])
  func `A preparation longer than the objective is told once`(prepareSeconds: Int64, isTold: Bool) throws {
    let pair = try pair(.fileSystem, prepareTime: .seconds(prepareSeconds))
    try pair.run(until: seconds(900 + prepareSeconds))
    #expect(
      pair.events.filter { $0.event == .preparationExceededObjective }.map(\.at)
        == (isTold ? [seconds(1_800) + .nanoseconds(1)] : []))
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(900 + prepareSeconds)])
  }

  @Test func `Below 15 minutes no guest is quiesced`() throws {
    let objective = TimeSpan.minutes(15) - .nanoseconds(1)
    #expect(throws: QuiescingError.objectiveTooShort(objective, minimum: .minutes(15))) {
      try Quiescing(.fileSystem, objective: objective)
    }
    #expect(try Quiescing(.none, objective: .minutes(5)) == .none)
  }

  @Test func `A guest stopped while it is quiesced takes no instance and starts with the next one`() throws {
    let pair = try pair(.fileSystem, prepareTime: .seconds(30))
    pair.write(0..<4)
    try pair.run(until: seconds(910))
    try pair.powerOff()
    #expect(pair.events.map(\.event) == [.deltaNotStarted(.poweredOff)])
    try pair.run(until: seconds(1_000))
    try pair.powerOn()
    try pair.runUntilQuiet()
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(1_030)])
    pair.checkReplicaEqualsSource()
  }

  @Test func `The first instance after a full sync is quiesced as well`() throws {
    let pair = try pair(.application, prepareTime: .seconds(30), replica: .empty)
    try pair.runUntilQuiet()
    // Four extents, then the guest is brought to rest.
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(34)])
    #expect(pair.source.status == .ok)
  }

  @Test func `An instance of a stopped machine asks nothing of its guest`() throws {
    let pair = try pair(.application, prepareTime: .seconds(30))
    try pair.powerOff()
    try pair.requestOfflineInstance()
    try pair.runUntilQuiet()
    #expect(pair.instances.map(\.instance.pointInTime) == [.zero])
    #expect(pair.account(of: .delta)?.consistency == Quiescing.Mode.none)
  }
}
