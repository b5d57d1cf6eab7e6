package import Quantities

/// The lag of one replicated machine behind its source, exactly, from start to end of a run.
///
/// The lag at *t* is *t* minus the point in time of the newest instance that is complete at the target. It is a
/// straight line of slope one between completions, so everything asked of it is computed from the completions and
/// nothing is sampled. Before the first completion there is no lag: the machine is *unprotected*, which counts as
/// not compliant and stays out of every statistic of the lag. From the moment when its replica becomes a machine of its own, or
/// is removed, it is *not replicated*: nothing is observed, until a later replication begins, which is unprotected until its first
/// complete instance.
///
///     var track = LagTrack(rpo: .minutes(15))
///     track.instanceCompleted(pointInTime: .zero, at: .zero + .minutes(10))
///     track.end(at: .zero + .minutes(20))
///     track.violations(in: .zero ..< .zero + .minutes(20))  // 15m ..< 20m
///
/// - Invariant: ``completions`` rises in point in time, strictly unless there was no replication between two of them, and does not
///   fall in completion time.
package struct LagTrack: Sendable, Hashable {
  /// An instance that became recoverable.
  package struct Completion: Sendable, Hashable {
    /// The moment of the source that the instance shows: when its cycle began.
    package let pointInTime: Instant
    /// When the target had it complete.
    package let at: Instant

    package init(pointInTime: Instant, at: Instant) {
      self.pointInTime = pointInTime
      self.at = at
    }
  }

  /// A stretch in which there was no replication.
  package struct Gap: Sendable, Hashable {
    /// When the replica was recovered or removed, so that no instance was left.
    package let from: Instant
    /// When a later replication began; `nil` if none has.
    package fileprivate(set) var to: Instant?

    package init(from: Instant, to: Instant? = nil) {
      self.from = from
      self.to = to
    }
  }

  package let rpo: TimeSpan
  /// When the replication was configured: time before it is not looked at.
  package let start: Instant
  /// When the run, or the replication, ended; `nil` while it goes on.
  package private(set) var end: Instant?
  package private(set) var completions: [Completion] = []
  /// When there was no replication; ascending, apart, and only the last one may be open.
  package private(set) var gaps: [Gap] = []

  package init(rpo: TimeSpan, start: Instant = .zero) {
    self.rpo = rpo
    self.start = start
  }

  /// A track as it was kept, up to its end.
  ///
  /// - Precondition: The parts come from a track.
  package init(rpo: TimeSpan, start: Instant, end: Instant, completions: [Completion], gaps: [Gap]) {
    precondition(
      zip(completions, completions.dropFirst()).allSatisfy {
        $0.pointInTime <= $1.pointInTime && $0.at <= $1.at
      },
      "completions are in the order of time")
    precondition(
      zip(gaps, gaps.dropFirst()).allSatisfy { if let to = $0.to { to <= $1.from } else { false } },
      "gaps are in the order of time"
    )
    precondition(end >= max(start, completions.last?.at ?? start), "a track ends after its last completion")
    self.rpo = rpo
    self.start = start
    self.end = end
    self.completions = completions
    self.gaps = gaps
  }

  /// Records that an instance became complete at the target.
  ///
  /// An instance that is no newer than the newest one changes nothing, since recovery would not choose it; after an interruption
  /// it may be as old, where what was recovered is the replica of the way back. A replica
  /// that was brought in complete may have a point in time before the start of the run.
  ///
  /// - Parameters:
  ///   - pointInTime: The moment of the source that the instance shows.
  ///   - now: Not before the last completion.
  /// - Precondition: The track has not ended and `pointInTime` is not after `now`.
  package mutating func instanceCompleted(pointInTime: Instant, at now: Instant) {
    precondition(end == nil, "an ended track takes no completions")
    precondition(pointInTime <= now, "an instance cannot be complete before its point in time")
    precondition(isReplicated, "what is not replicated has no new instance")
    if let last = completions.last {
      precondition(now >= last.at, "completions arrive in the order of time")
      let isHeldAgain = pointInTime == last.pointInTime && gaps.last.map { $0.from >= last.at } ?? false
      guard pointInTime > last.pointInTime || isHeldAgain else { return }
    }
    completions.append(Completion(pointInTime: pointInTime, at: now))
  }

  /// Records that the replica was recovered or removed: from now on the machine is not replicated.
  ///
  /// - Parameter now: Not before the last completion.
  /// - Precondition: It is replicated.
  package mutating func interrupted(at now: Instant) {
    precondition(end == nil, "an ended track takes no interruptions")
    precondition(gaps.last.map { $0.to != nil } ?? true, "what is not replicated is not interrupted")
    precondition(
      now >= max(start, completions.last?.at ?? start, gaps.last?.to ?? start),
      "a replica that is lost was complete before")
    gaps.append(Gap(from: now))
  }

  /// Records that a replication begins after an interruption, still without an instance.
  ///
  /// - Precondition: The machine is not replicated.
  package mutating func resumed(at now: Instant) {
    precondition(end == nil, "an ended track is not resumed")
    guard let last = gaps.last, last.to == nil, last.from <= now else {
      preconditionFailure("only what was interrupted is resumed")
    }
    gaps[gaps.count - 1].to = now
  }

  /// Whether there is a replication, as far as the track goes.
  package var isReplicated: Bool { gaps.last.map { $0.to != nil } ?? true }

  /// Ends the track: what comes after `now` is not looked at.
  ///
  /// - Precondition: Called once, not before the last completion.
  package mutating func end(at now: Instant) {
    precondition(end == nil, "a track ends once")
    precondition(now >= max(start, completions.last?.at ?? start), "a track ends after its last completion")
    end = now
  }

  /// The lag at `now`, or `nil` where the machine has no complete instance.
  ///
  /// At the instant of a completion it is the lag that the completion leaves.
  ///
  /// - Complexity: O(log *n*) in the completions.
  package func lag(at now: Instant) -> TimeSpan? {
    var (low, high) = (0, completions.count)
    while low < high {
      let middle = (low + high) / 2
      if completions[middle].at <= now { low = middle + 1 } else { high = middle }
    }
    guard low > 0, interruption(after: low - 1).map({ $0 > now }) ?? true else { return nil }
    return now - completions[low - 1].pointInTime
  }

  /// When the instances up to a completion were lost, if that was before the next one.
  private func interruption(after completion: Int) -> Instant? {
    guard let lost = gaps.first(where: { $0.from >= completions[completion].at })?.from else { return nil }
    // An instance that completes at the very moment of a loss is the one that is lost.
    return completion + 1 < completions.count && completions[completion + 1].at <= lost ? nil : lost
  }

  /// The part of `window` in which the track was kept, times without a replication included.
  package func observed(in window: Range<Instant>) -> Range<Instant> {
    let from = max(window.lowerBound, start)
    return from..<max(from, min(window.upperBound, end ?? window.upperBound))
  }

  /// The lag over the observed part of `window`, in order of time.
  ///
  /// - Complexity: O(*n*) in the completions.
  package func segments(in window: Range<Instant>) -> [LagSegment] {
    let window = observed(in: window)
    var segments: [LagSegment] = []
    for (index, completion) in completions.enumerated() {
      let following = index + 1 < completions.count ? completions[index + 1].at : window.upperBound
      let next = interruption(after: index).map { min($0, following) } ?? following
      let from = max(completion.at, window.lowerBound)
      let to = min(next, window.upperBound)
      guard from < to else { continue }
      segments.append(LagSegment(from: from, to: to, lagAtStart: from - completion.pointInTime))
    }
    return segments
  }

  /// The times of `window` in which there was a replication without any complete instance, in order of time.
  package func unprotected(in window: Range<Instant>) -> [Range<Instant>] {
    let gaps = notReplicated(in: window)
    return withoutInstance(in: window).flatMap { time in
      var rest: [Range<Instant>] = []
      var from = time.lowerBound
      for gap in gaps where gap.overlaps(time) {
        if from < gap.lowerBound { rest.append(from..<gap.lowerBound) }
        from = gap.upperBound
      }
      if from < time.upperBound { rest.append(from..<time.upperBound) }
      return rest
    }
  }

  /// The times of `window` between the recovery or removal of the replica and the next replication, in order of time.
  package func notReplicated(in window: Range<Instant>) -> [Range<Instant>] {
    let window = observed(in: window)
    return gaps.compactMap { gap in
      let from = max(gap.from, window.lowerBound)
      let to = min(gap.to ?? window.upperBound, window.upperBound)
      return from < to ? from..<to : nil
    }
  }

  /// The times of `window` in which nothing could have been recovered, whether or not there was a replication, in order of time.
  package func withoutInstance(in window: Range<Instant>) -> [Range<Instant>] {
    let window = observed(in: window)
    var times: [Range<Instant>] = []
    var from = window.lowerBound
    for segment in segments(in: window) {
      if from < segment.from { times.append(from..<segment.from) }
      from = segment.to
    }
    if from < window.upperBound { times.append(from..<window.upperBound) }
    return times
  }

  /// The intervals of `window` in which the lag exceeds the RPO, in order of time.
  ///
  /// An interval begins where the newest instance reaches the age of the RPO and ends with the completion that
  /// brings the lag back to the RPO or below; both are cut at the window. Intervals that touch are one. Unprotected
  /// time is no violation: it is counted by itself.
  package func violations(in window: Range<Instant>) -> [Range<Instant>] {
    violationsWithMaximum(in: window).map(\.interval)
  }

  /// The violations as ``violations(in:)`` gives them, each with the highest lag in it.
  func violationsWithMaximum(in window: Range<Instant>) -> [(interval: Range<Instant>, lagMaximum: TimeSpan)]
  {
    var violations: [(interval: Range<Instant>, lagMaximum: TimeSpan)] = []
    for segment in segments(in: window) {
      let breach = segment.from + (rpo - segment.lagAtStart)
      guard breach < segment.to else { continue }
      if let last = violations.last, last.interval.upperBound == breach {
        violations[violations.count - 1] = (
          last.interval.lowerBound..<segment.to, max(last.lagMaximum, segment.lagAtEnd)
        )
      } else {
        violations.append((breach..<segment.to, segment.lagAtEnd))
      }
    }
    return violations
  }

  /// Everything that is said about the lag in `window`, exactly.
  ///
  /// - Parameter window: What is measured; the time of warm-up is left out by beginning after it.
  package func statistics(in window: Range<Instant>) -> LagStatistics {
    LagStatistics(track: self, window: window)
  }
}
