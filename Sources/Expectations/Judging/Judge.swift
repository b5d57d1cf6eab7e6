package import Measurements
package import Quantities

/// Holds a run to what its scenario expects of it.
///
/// States are looked at while the run goes on, everything else is judged by what it leaves behind:
///
///     var judge = Judge(expectations, end: scenario.clock.end)
///     // after whatever was recorded, and at judge.nextLook:
///     judge.look(at: world)
///     if judge.isAborted { … }
///     record.expectations = judge.verdicts(on: record)
///
/// A state in a window is looked at when the window begins, whenever the run records something, and when it ends.
package struct Judge: Sendable {
  /// What has become of an expectation that is looked at while the run goes on.
  private enum Progress: Sendable {
    case open
    case decided(ExpectationRecord)
  }

  private let expectations: [Expectation]
  /// The end of the scenario; a run that ends before leaves some expectations without verdict.
  private let end: Instant
  private let warmUpEnd: Instant
  private var progress: [Progress]
  /// The moments of entries that are known by now, in the order in which they became known.
  private var moments: [KnownMoment] = []
  /// The last reading of each expectation that goes on holding.
  private var lastReadings: [Reading?]

  private struct KnownMoment: Sendable {
    let id: String
    let isEnd: Bool
    let instant: Instant
  }

  package init(_ expectations: [Expectation], warmUp: TimeSpan, end: Instant) {
    self.expectations = expectations
    self.end = end
    warmUpEnd = .zero + warmUp
    progress = Array(repeating: .open, count: expectations.count)
    lastReadings = Array(repeating: nil, count: expectations.count)
  }

  /// Whether the run must be looked at before it ends.
  package var isWatching: Bool {
    expectations.indices.contains { isOpen($0) && mustWatch(expectations[$0]) }
  }

  /// The next instant after `now` at which to look even if nothing is recorded; `nil` if there is none.
  package func nextLook(after now: Instant) -> Instant? {
    var next: Instant?
    for index in expectations.indices where isOpen(index) && isWatched(expectations[index]) {
      for moment in momentsOfInterest(expectations[index]) where moment > now {
        next = min(next ?? moment, moment)
      }
    }
    return next
  }

  /// Whether the run is to be stopped.
  package var isAborted: Bool {
    progress.contains { if case .decided(let record) = $0 { Self.isAbort(record) } else { false } }
  }

  private static func isAbort(_ record: ExpectationRecord) -> Bool {
    record.outcome == .failed && (record.isAbort || record.kind == .steadyState)
  }

  private func isOpen(_ index: Int) -> Bool {
    if case .open = progress[index] { true } else { false }
  }

  /// Whether an expectation is decided while the run goes on.
  private func isWatched(_ expectation: Expectation) -> Bool {
    if expectation.expression.isOfStates || expectation.grace > .zero || expectation.abortsOnFailure {
      return true
    }
    if case .by = expectation.when { return true }
    return false
  }

  /// Whether something must be looked at, be it only when an entry begins or ends.
  private func mustWatch(_ expectation: Expectation) -> Bool {
    if isWatched(expectation) { return true }
    func isEvent(_ moment: Expectation.Moment) -> Bool {
      if case .event = moment { true } else { false }
    }
    switch expectation.when {
    case .at(let moment), .by(let moment): return isEvent(moment)
    case .during(let window, let except):
      return ([window].compactMap { $0 } + except).contains { isEvent($0.from) || isEvent($0.to) }
    }
  }

  // MARK: - Moments

  private func instant(of moment: Expectation.Moment) -> Instant? {
    switch moment {
    case .time(let instant): instant
    case .end: end
    case .event(let id, let isEnd): moments.first { $0.id == id && $0.isEnd == isEnd }?.instant
    }
  }

  /// What `when` names, without a window that was left out.
  private func named(_ when: Expectation.When) -> [Expectation.Moment] {
    switch when {
    case .at(let moment), .by(let moment): [moment]
    case .during(let window, let except): ([window].compactMap { $0 } + except).flatMap { [$0.from, $0.to] }
    }
  }

  private func momentsOfInterest(_ expectation: Expectation) -> [Instant] {
    let known = named(expectation.when).compactMap(instant)
    return known + known.map { $0 + expectation.grace } + [warmUpEnd]
  }

  /// Learns which entries have begun or ended.
  private mutating func learnMoments(from source: borrowing some StateSource & ~Copyable) {
    for expectation in expectations {
      for moment in named(expectation.when) {
        guard case .event(let id, let isEnd) = moment, instant(of: moment) == nil,
          let instant = source.moment(ofEntry: id, isEnd: isEnd)
        else { continue }
        moments.append(KnownMoment(id: id, isEnd: isEnd, instant: instant))
      }
    }
  }

  /// The stretches that count, or `nil` while one of their moments is not known.
  private func windows(_ window: Expectation.Window?, except: [Expectation.Window], until last: Instant)
    -> [Range<
      Instant
    >]?
  {
    let from = window.map { instant(of: $0.from) } ?? warmUpEnd
    let to = window.map { instant(of: $0.to) } ?? last
    guard let from, let to else { return nil }
    var windows = from < min(to, last) ? [from..<min(to, last)] : []
    for gap in except {
      guard let gapFrom = instant(of: gap.from), let gapTo = instant(of: gap.to) else { return nil }
      windows = windows.flatMap { window in
        [
          window.lowerBound..<max(window.lowerBound, min(window.upperBound, gapFrom)),
          min(window.upperBound, max(window.lowerBound, gapTo))..<window.upperBound,
        ].filter { !$0.isEmpty }
      }
    }
    return windows
  }

  // MARK: - Looking

  /// Looks at the run as it is now.
  package mutating func look(at source: borrowing some StateSource & ~Copyable) {
    learnMoments(from: source)
    let now = source.time
    /// Made once, and only where it is needed.
    var soFar: RunRecord?
    for index in expectations.indices where isOpen(index) && isWatched(expectations[index]) {
      let expectation = expectations[index]
      guard let look = wanted(expectation, at: now) else { continue }
      let reading: Reading
      if expectation.expression.isOfStates {
        reading = expectation.expression.judge(samples(of: expectation.expression.series, in: source))
      } else {
        let record = soFar ?? source.recordSoFar()
        soFar = record
        reading = judge(expectation, by: record, at: now)
      }
      decide(index, reading, look, at: now)
    }
  }

  /// What a look decides.
  private enum Look {
    /// The one that counts, or the last one: it decides.
    case last
    /// It decides if the expectation holds.
    case first
    /// It decides if the expectation does not hold.
    case among
  }

  private func wanted(_ expectation: Expectation, at now: Instant) -> Look? {
    switch expectation.when {
    case .at(let moment):
      guard let instant = instant(of: moment), now >= instant else { return nil }
      return now >= instant + expectation.grace ? .last : .first
    case .by(let moment):
      guard let instant = instant(of: moment) else { return nil }
      return now >= instant ? .last : .first
    case .during(let window, let except):
      if expectation.expression.isOfStates {
        guard let from = window.map({ instant(of: $0.from) }) ?? warmUpEnd, now >= from else { return nil }
        let to = window.map { instant(of: $0.to) } ?? end
        if let to, now >= to { return .last }
        let isLeftOut = except.contains { gap in
          guard let gapFrom = instant(of: gap.from), gapFrom <= now else { return false }
          return instant(of: gap.to).map { now < $0 } ?? true
        }
        return isLeftOut ? nil : .among
      }
      // What happened is judged once, when its window is over.
      guard let window, let to = instant(of: window.to), now >= to else { return nil }
      return .last
    }
  }

  private mutating func decide(_ index: Int, _ reading: Reading, _ look: Look, at now: Instant) {
    let expectation = expectations[index]
    var reading = reading
    // A lag that happened has its own moment; a state has that of the look.
    reading.at = reading.at ?? now
    lastReadings[index] = reading
    switch (look, reading.holds) {
    case (.last, true), (.first, true):
      progress[index] = .decided(expectation.record(.met, reading))
    case (.last, false), (.among, false):
      progress[index] = .decided(
        expectation.record(.failed, reading, isAbort: expectation.abortsOnFailure))
    case (.first, false), (.among, true): break
    }
  }

  private func samples(
    of series: Expression.Series, in source: borrowing some StateSource & ~Copyable
  ) -> [Sample] {
    let isAtSite = series.selectors.contains { $0.key == .site }
    return source.states(of: series.metric).compactMap { state in
      if !isAtSite, state.value == .word(PowerWord.placeholder.rawValue) { return nil }
      let isSelected = series.selectors.allSatisfy { selector in
        selector.key == .site ? state.site.map(selector.selects) ?? false : selector.selects(state.name)
      }
      return isSelected ? Sample(state.name, state.value) : nil
    }
  }

  // MARK: - Verdicts

  private func judge(_ expectation: Expectation, by record: RunRecord, at now: Instant) -> Reading {
    switch expectation.when {
    case .at, .by: return expectation.expression.judge(Evidence(record, at: now))
    case .during(let window, let except):
      let windows = windows(window, except: except, until: now) ?? []
      return expectation.expression.judge(Evidence(record, windows: windows))
    }
  }

  /// What became of every expectation, in their order.
  ///
  /// - Parameter record: What the run left behind; it may have ended before the scenario does.
  package func verdicts(on record: RunRecord) -> [ExpectationRecord] {
    let isSteady = !progress.contains {
      if case .decided(let verdict) = $0 {
        verdict.kind == .steadyState && verdict.outcome == .failed
      } else {
        false
      }
    }
    return expectations.indices.map { index in
      if case .decided(let verdict) = progress[index] { return verdict }
      guard isSteady else {
        return expectations[index].record(.skipped, remark: "the steady state was not reached")
      }
      return verdict(index, on: record)
    }
  }

  private func verdict(_ index: Int, on record: RunRecord) -> ExpectationRecord {
    let expectation = expectations[index]
    let last = Instant.zero + record.duration
    let isWhole = last >= end
    func skipped(_ remark: String) -> ExpectationRecord { expectation.record(.skipped, remark: remark) }
    if let unknown = named(expectation.when).first(where: { instant(of: $0) == nil }),
      case .event(let id, let isEnd) = unknown
    {
      let remark = "\(id) has not \(isEnd ? "ended" : "begun")"
      return isWhole ? expectation.record(.failed, remark: remark) : skipped(remark)
    }
    if isWatched(expectation), expectation.expression.isOfStates || !isWhole {
      // The end of the run came before its moment.
      if case .during = expectation.when, isWhole, let reading = lastReadings[index] {
        return expectation.record(reading.holds ? .met : .failed, reading)
      }
      return skipped("the run ended at \(last)")
    }
    switch expectation.when {
    case .at(let moment), .by(let moment):
      guard let instant = instant(of: moment), instant <= last else {
        return skipped("the run ended at \(last)")
      }
      let reading = expectation.expression.judge(Evidence(record, at: instant))
      return expectation.record(reading.holds ? .met : .failed, reading)
    case .during(let window, let except):
      guard let windows = windows(window, except: except, until: last), !windows.isEmpty else {
        return isWhole
          ? expectation.record(.failed, remark: "its window is empty") : skipped("the run ended at \(last)")
      }
      if !isWhole, let window, let to = instant(of: window.to), to > last {
        return skipped("the run ended at \(last)")
      }
      let evidence =
        window == nil && expectation.expression.series.metric.isOfPlans
        ? Evidence(record, windows: [.zero..<last] as [Range<Instant>])
        : Evidence(record, windows: windows)
      let reading = expectation.expression.judge(evidence)
      if !isWhole, window == nil, isUndecided(reading, of: expectation, at: last) {
        return skipped("the run ended at \(last)")
      }
      return expectation.record(reading.holds ? .met : .failed, reading)
    }
  }

  /// Whether a run that had gone on might have found something else where a run cut off at `last` found nothing, or no end of what it
  /// waited for.
  private func isUndecided(_ reading: Reading, of expectation: Expectation, at last: Instant) -> Bool {
    if reading.finding == nil { return !reading.holds }
    guard expectation.expression.series.metric == .recoveryToRPO else { return false }
    return reading.finding == .never || reading.at == last
  }
}

extension Metric {
  /// Whether its values belong to runs or events that a selector names, which the warm-up does not hide.
  fileprivate var isOfPlans: Bool {
    switch self {
    case .dataLoss, .rto, .recoveryToRPO: true
    default: false
    }
  }
}
