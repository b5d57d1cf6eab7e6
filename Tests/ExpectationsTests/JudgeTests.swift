import Inventory
import Measurements
import Quantities
import Testing

@testable import Expectations

/// A run whose states and entries are written down beforehand.
private struct ScriptedRun: ~Copyable, StateSource {
  /// The status of `db01` from each minute on.
  var statuses: [(from: Int64, word: String)] = []
  var moments: [String: Instant] = [:]
  var lag = LagTrack(rpo: .minutes(15))
  var time = Instant.zero

  func states(of metric: Metric) -> [StateSample] {
    guard metric == .replicationStatus else { return [] }
    let word = statuses.last { minutes($0.from) <= time }?.word ?? "OK"
    return [
      StateSample(name: "db01", word: word), StateSample(name: "web01", word: "OK"),
    ]
  }

  func moment(ofEntry id: String, isEnd: Bool) -> Instant? {
    moments[id + (isEnd ? ".end" : ".start")].flatMap { $0 <= time ? $0 : nil }
  }

  func recordSoFar() -> RunRecord {
    var lag = lag
    lag.end(at: time)
    return RunRecord(
      scenarioName: "s", scenarioHash: "", seed: 1, version: "0.1.0", duration: time - .zero, warmUp: .zero,
      digest: 0, eventCount: 0,
      vms: [
        VMRecord(
          id: VirtualMachineID(0), name: "db01", disks: [], finalStatus: "OK", lag: lag, writtenSize: .zero,
          verifiedInstanceCount: 0)
      ], links: [], cycles: [], faults: [], events: [])
  }
}

/// The testing library has an `Expectation` of its own.
private typealias Claim = Expectations.Expectation

private func minutes(_ count: Int64) -> Instant { .zero + .minutes(count) }

@Suite struct JudgeTests {
  /// Looks every minute of an hour, or until the judge stops it.
  private func run(
    _ expectations: [Claim], script: consuming ScriptedRun, until last: Int64 = 60
  ) -> (verdicts: [ExpectationRecord], isAborted: Bool) {
    var judge = Judge(expectations, warmUp: .zero, end: minutes(60))
    for minute in 0...last {
      script.time = minutes(minute)
      judge.look(at: script)
      if judge.isAborted { break }
    }
    return (judge.verdicts(on: script.recordSoFar()), judge.isAborted)
  }

  private func expectation(
    _ text: String, _ when: Claim.When = .during(nil, except: []),
    kind: ExpectationRecord.Kind = .assertion,
    aborts: Bool = false, grace: TimeSpan = .zero
  ) throws -> Claim {
    Claim(
      kind: kind, expression: try Expression(parsing: text), when: when, abortsOnFailure: aborts, grace: grace
    )
  }

  private var late: [(from: Int64, word: String)] {
    [(0, "OK"), (20, "SYNC"), (25, "NOT_ACTIVE_RPO_VIOLATION"), (40, "OK")]
  }

  @Test func `A state at a moment is that of the moment`() throws {
    let (verdicts, _) = run(
      [
        try expectation("replication{vm=db01}.status == NOT_ACTIVE_RPO_VIOLATION", .at(.time(minutes(30)))),
        try expectation("replication.status == OK", .at(.time(minutes(30)))),
        try expectation("count(replication.status != OK) == 0", .at(.end)),
      ], script: ScriptedRun(statuses: late))

    #expect(verdicts.map(\.outcome) == [.met, .failed, .met])
    #expect(verdicts[0].finding == .word("NOT_ACTIVE_RPO_VIOLATION") && verdicts[0].at == minutes(30))
    #expect(verdicts[1].owner == "db01")
    #expect(verdicts[2].finding == .count(0))
  }

  @Test func `Within its grace a claim may still become true`() throws {
    let moment = Claim.When.at(.time(minutes(30)))
    let (verdicts, _) = run(
      [
        try expectation("replication{vm=db01}.status == OK", moment, grace: .minutes(10)),
        try expectation("replication{vm=db01}.status == OK", moment, grace: .minutes(9)),
      ], script: ScriptedRun(statuses: late))
    #expect(verdicts.map(\.outcome) == [.met, .failed])
    #expect(verdicts.map(\.at) == [minutes(40), minutes(39)])
  }

  @Test func `A state in a window must hold at every look, but for exceptions`() throws {
    func window(_ from: Int64, _ to: Int64) -> Claim.Window {
      .init(from: .time(minutes(from)), to: .time(minutes(to)))
    }
    let text = "replication{vm=db01}.status == OK"
    let (verdicts, _) = run(
      [
        try expectation(text, .during(window(0, 19), except: [])),
        try expectation(text, .during(window(10, 30), except: [])),
        try expectation(text, .during(nil, except: [window(20, 40)])),
      ], script: ScriptedRun(statuses: late))
    #expect(verdicts.map(\.outcome) == [.met, .failed, .met])
    #expect(verdicts[1].finding == .word("SYNC") && verdicts[1].at == minutes(20))
  }

  @Test func `Moments of entries count when they come, and one that never comes fails`() throws {
    let expectations = [
      try expectation(
        "replication{vm=db01}.status == SYNC", .at(.event(id: "drill", isEnd: true))),
      try expectation(
        "rpo_lag <= 1h", .during(.init(from: .event(id: "drill", isEnd: true), to: .end), except: [])),
      try expectation("replication.status == OK", .at(.event(id: "other", isEnd: true))),
    ]
    var script = ScriptedRun(statuses: late, moments: ["drill.end": minutes(22)])
    script.lag.instanceCompleted(pointInTime: .zero, at: .zero)
    let (verdicts, _) = run(expectations, script: script)
    #expect(verdicts.map(\.outcome) == [.met, .met, .failed])
    #expect(verdicts[1].finding == .duration(.minutes(60)))
    #expect(verdicts[2].remark == "other has not ended")
  }

  @Test func `What aborts stops the run, and leaves later claims without verdict`() throws {
    let (verdicts, isAborted) = run(
      [
        try expectation("replication.status == OK", .at(.time(minutes(30))), aborts: true),
        try expectation("replication.status == OK", .at(.end)), try expectation("rpo_lag <= 1h"),
      ], script: ScriptedRun(statuses: late))
    #expect(isAborted)
    #expect(verdicts.map(\.outcome) == [.failed, .skipped, .skipped])
    #expect(verdicts.map(\.isAbort) == [true, false, false])
    #expect(verdicts[1].remark == "the run ended at 30m" && verdicts[2].remark == "the run ended at 30m")
  }

  @Test func `A window of what happened is judged at its end if its failure aborts`() throws {
    var script = ScriptedRun()
    script.lag.instanceCompleted(pointInTime: .zero, at: .zero)
    let window = Claim.Window(from: .time(.zero), to: .time(minutes(20)))
    let (verdicts, isAborted) = run(
      [try expectation("max(rpo_lag) < 15m", .during(window, except: []), aborts: true)], script: script)
    #expect(isAborted && verdicts[0].finding == .duration(.minutes(20)) && verdicts[0].isAbort)
  }

  @Test func `The steady state must have come once by its moment, or nothing else is judged`() throws {
    let text = "replication{vm=db01}.status == SYNC"
    let kind = ExpectationRecord.Kind.steadyState
    let met = run(
      [try expectation(text, .by(.time(minutes(30))), kind: kind)], script: ScriptedRun(statuses: late))
    #expect(!met.isAborted && met.verdicts[0].outcome == .met && met.verdicts[0].at == minutes(20))
    let missed = run(
      [
        try expectation(text, .by(.time(minutes(10))), kind: kind),
        try expectation("replication.status == OK", .at(.time(minutes(15)))),
      ], script: ScriptedRun(statuses: late))
    #expect(missed.isAborted)
    #expect(missed.verdicts.map(\.outcome) == [.failed, .skipped])
  }

  @Test func `A run that is cut off judges what it reached`() throws {
    var script = ScriptedRun(statuses: late)
    script.lag.instanceCompleted(pointInTime: .zero, at: .zero)
    let early = Claim.Window(from: .time(.zero), to: .time(minutes(10)))
    let long = Claim.Window(from: .time(.zero), to: .time(minutes(50)))
    let (verdicts, _) = run(
      [
        try expectation("max(rpo_lag) <= 10m", .during(early, except: [])),
        try expectation("max(rpo_lag) <= 10m", .during(long, except: [])),
        try expectation("replication.status == OK", .at(.time(minutes(50)))),
        try expectation("rpo_lag <= 25m", .at(.time(minutes(25)))),
      ], script: script, until: 30)
    #expect(verdicts.map(\.outcome) == [.met, .skipped, .skipped, .met])
  }

  @Test func `The next look is at the next moment that counts`() throws {
    let judge = Judge(
      [
        try expectation("replication.status == OK", .at(.time(minutes(30))), grace: .minutes(5)),
        try expectation("rpo_lag <= 1h", .at(.time(minutes(10)))),
      ], warmUp: .minutes(1), end: minutes(60))
    #expect(judge.isWatching)
    // What happened at minute 10 is told by the record.
    #expect(judge.nextLook(after: minutes(1)) == minutes(30))
    #expect(judge.nextLook(after: minutes(30)) == minutes(35))
    #expect(judge.nextLook(after: minutes(35)) == nil)
  }
}
