import Quantities
import ReplicationCore
import Testing

@Suite struct ReplicationReportTests {
  private static let start: Int64 = 1_700_000_000_000

  private func report(objective: TimeSpan = .minutes(15), replicaOf: Instant? = nil) -> ReplicationReport {
    ReplicationReport(
      settings: ReplicationReport.Settings(objective: objective), startMilliseconds: Self.start,
      replicaOf: replicaOf)
  }

  private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

  /// The events of a replica's first cycle, without its first full sync where it `hasReplica`: a delta of three
  /// extents from 100 s to 103 s.
  private func events(hasReplica: Bool = true) throws -> [(at: Instant, event: ReplicationEvent)] {
    let pair = try ReplicationPair(disks: [disk(64)], replica: hasReplica ? .complete : .empty)
    if hasReplica { pair.write(0..<3) }
    try pair.run(until: seconds(110))
    return pair.events
  }

  /// A delta that a pause gave up.
  private func aborted() throws -> ReplicationEvent {
    let pair = try ReplicationPair(disks: [disk(64)])
    pair.write(0..<20)
    try pair.run(until: seconds(105))
    try pair.pause()
    return try #require(pair.events.last).event
  }

  private func deltaCompleted() throws -> ReplicationEvent {
    try #require(events().last).event
  }

  @Test func `Nothing is told of the last sync before one is complete`() {
    var report = report()
    report.handle(.fullSyncStarted(isInitial: true), at: at(0))
    #expect(report.lastSyncMilliseconds == nil)
    #expect(report.lastSyncSeconds == nil)
    #expect(report.lastSyncSize == nil)
    // Two hours on, the first sync is not late: it has no deadline.
    #expect(report.violationMinutes(at: at(7_200_000)) == 0)
    #expect(!report.isViolated(at: at(7_200_000)))
    #expect(report.objectiveMinutes == 15)
  }

  @Test func `The last sync is told by the start, the duration and the size of its delta`() throws {
    var report = report()
    for (at, event) in try events() { report.handle(event, at: at) }
    #expect(report.lastSyncMilliseconds == 1_700_000_100_000)
    #expect(report.lastSyncSeconds == 3)
    #expect(report.lastSyncSize == extents(3))
    report.handle(try deltaCompleted(), at: seconds(103) - .nanoseconds(1))
    #expect(report.lastSyncSeconds == 2, "2.999 999 999 s, rounded down")
  }

  @Test func `A violation counts whole minutes from the deadline, which the start of the delta sets`() throws
  {
    var report = report(replicaOf: .zero)
    #expect(report.violationMinutes(at: seconds(1_000)) == 1, "900 s were the limit")
    report.handle(try deltaCompleted(), at: seconds(1_000))
    // The delta started at 100 s: the deadline is at 1000 s.
    let deadline = seconds(1_000)
    #expect(!report.isViolated(at: deadline))
    #expect(report.isViolated(at: deadline + .nanoseconds(1)))
    #expect(report.violationMinutes(at: deadline + .milliseconds(59_999)) == 0)
    #expect(report.violationMinutes(at: deadline + .minutes(1)) == 1)
    #expect(report.violationMinutes(at: deadline + .minutes(90)) == 90)
  }

  @Test func `A replica from before the run has a time and a deadline, and no sync`() {
    let report = report(replicaOf: Instant(nanoseconds: -1_500_001))
    // −1.500001 ms, rounded down.
    #expect(report.lastSyncMilliseconds == Self.start - 2)
    #expect(report.lastSyncSeconds == nil)
    #expect(report.violationMinutes(at: at(16 * 60_000)) == 1)
  }

  @Test func `Progress is published at once and then every five seconds`() throws {
    var report = report()
    let parts = (0...4).map {
      SyncProgress(checksummed: .zero, total: .zero, transferred: .bytes($0), toTransfer: .bytes(4))
    }
    report.progressed(parts[1], at: at(0))
    #expect(report.progress == nil, "nothing is being sent")
    report.handle(.deltaStarted(sequence: 1), at: at(0))
    #expect(report.progress == nil)
    report.progressed(parts[0], at: at(100))
    #expect(report.progress == parts[0])
    report.progressed(parts[1], at: at(5_099))
    #expect(report.progress == parts[0])
    report.progressed(parts[2], at: at(5_100))
    #expect(report.progress?.percent == 50)
    report.handle(try aborted(), at: at(6_000))
    #expect(report.progress == nil)
    report.handle(.connectionLost, at: at(6_000))
    report.handle(.deltaStarted(sequence: 2), at: at(7_000))
    report.progressed(parts[1], at: at(7_000))
    #expect(report.progress == parts[1], "a new sync begins anew")
    report.handle(try deltaCompleted(), at: at(8_000))
    #expect(report.progress == nil)
  }

  @Test func `An objective of no whole minutes is rounded up`() {
    #expect(report(objective: .seconds(90)).objectiveMinutes == 2)
    #expect(report(objective: .seconds(120)).objectiveMinutes == 2)
    #expect(report(objective: .hours(24)).objectiveMinutes == 1_440)
  }

  @Test func `vCenter is told what the core did`() throws {
    func kind(_ event: ReplicationEvent, _ preparation: PrimaryEvent.Preparation = .none) -> String? {
      PrimaryEvent(of: event, preparation: preparation)?.kind.rawValue
    }
    let delta = try deltaCompleted()
    #expect(
      try events(hasReplica: false).prefix(4).compactMap { kind($0.event) } == [
        "hbr.primary.SyncStartedEvent", "hbr.primary.SyncCompletedEvent",
        "hbr.primary.DeltaStartedEvent", "hbr.primary.DeltaCompletedEvent",
      ])
    #expect(kind(delta, .fileSystem) == "hbr.primary.FSQuiescedDeltaCompletedEvent")
    #expect(kind(delta, .application) == "hbr.primary.AppQuiescedDeltaCompletedEvent")
    #expect(kind(delta, .failed) == "hbr.primary.UnquiescedDeltaCompletedEvent")
    #expect(kind(try aborted()) == "hbr.primary.DeltaAbortedEvent")
    #expect(kind(.connectionLost) == "hbr.primary.NoConnectionToHbrServerEvent")
    #expect(kind(.connectionRestored) == "hbr.primary.ConnectionRestoredToHbrServerEvent")
    #expect(PrimaryEvent(of: delta)?.size == extents(3))
    #expect(PrimaryEvent(of: .connectionLost)?.size == nil)
    #expect(Set(PrimaryEvent.Kind.allCases.map(\.rawValue)).count == 22)
    #expect(PrimaryEvent.Kind.deltaAborted.severity == .warning)
  }

  @Test func `A full sync that is given up is no event of vCenter`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 32)], replica: .empty)
    try pair.run(until: seconds(3))
    try pair.pause()
    let event = try #require(pair.events.last).event
    guard case .syncAborted(let account, _) = event else {
      Issue.record("the full sync was not given up")
      return
    }
    #expect(account.kind == .fullSync)
    #expect(PrimaryEvent(of: event) == nil)
  }
}
