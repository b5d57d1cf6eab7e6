import Measurements
import Quantities
import RandomStreams
import Testing

/// Minutes after the start.
func minute(_ count: Int64) -> Instant { Instant(nanoseconds: count * 60_000_000_000) }

/// Nanoseconds after the start.
func nanosecond(_ count: Int64) -> Instant { Instant(nanoseconds: count) }

@Suite struct LagTrackTests {
  /// RPO 15 minutes, cycles of 10 minutes from 12:00; minute 0 stands for 12:00.
  private func publishedExample() -> LagTrack {
    var track = LagTrack(rpo: .minutes(15))
    track.instanceCompleted(pointInTime: minute(0), at: minute(10))
    track.instanceCompleted(pointInTime: minute(10), at: minute(20))
    track.end(at: minute(25))
    return track
  }

  @Test func `Cycles of ten minutes break an RPO of fifteen from 12_15 to 12_20`() {
    #expect(publishedExample().violations(in: minute(0)..<minute(25)) == [minute(15)..<minute(20)])
  }

  @Test func `A lag that only reaches the RPO is no violation`() {
    // The instance of minute 10 is exactly 15 minutes old at minute 25.
    #expect(publishedExample().lag(at: minute(25)) == .minutes(15))
    #expect(publishedExample().violations(in: minute(20)..<minute(25)) == [])
  }

  @Test func `Lag is a straight line from each completion to the next`() {
    #expect(
      publishedExample().segments(in: minute(0)..<minute(25)) == [
        LagSegment(from: minute(10), to: minute(20), lagAtStart: .minutes(10)),
        LagSegment(from: minute(20), to: minute(25), lagAtStart: .minutes(10)),
      ])
  }

  @Test func `Time before the first instance is unprotected, not compliant, and has no lag`() {
    let track = publishedExample()
    let statistics = track.statistics(in: minute(0)..<minute(25))

    #expect(track.lag(at: minute(9)) == nil)
    #expect(track.unprotected(in: minute(0)..<minute(25)) == [minute(0)..<minute(10)])
    #expect(statistics.unprotectedTime == .minutes(10))
    #expect(statistics.violationTime == .minutes(5))
    // 25 − 10 − 5 of 25 minutes.
    #expect(statistics.compliantTime == .minutes(10))
    #expect(statistics.complianceShare == .percent(40))
  }

  @Test func `Statistics of the published example are those computed by hand`() {
    let statistics = publishedExample().statistics(in: minute(0)..<minute(25))

    // The lag runs from 10 to 20 in the first segment and from 10 to 15 in the second.
    #expect(statistics.lagMaximum == .minutes(20))
    #expect(statistics.lagMaximumAt == minute(20))
    // (10 min · 15 min + 5 min · 12.5 min) / 15 min = 14 min 10 s.
    #expect(statistics.lagMean == .seconds(14 * 60 + 10))
    // 10 minutes pass below 15 at double density: half of 15 is reached at 10 + 3.75 min.
    #expect(statistics.lagMedian == .seconds(13 * 60 + 45))
    // 95 % of 15 min leaves 45 s of the single segment: 20 min − 45 s; 99 % leaves 9 s.
    #expect(statistics.lagPercentile95 == .seconds(19 * 60 + 15))
    #expect(statistics.lagPercentile99 == .seconds(19 * 60 + 51))
  }

  @Test func `Warm-up is left out by a window that begins after it`() {
    let statistics = publishedExample().statistics(in: minute(17)..<minute(25))

    #expect(statistics.observedTime == .minutes(8))
    #expect(statistics.violationTime == .minutes(3))
    #expect(statistics.unprotectedTime == .zero)
    #expect(statistics.violationCount == 1)
  }

  @Test func `A completion that leaves the lag above the RPO does not end the violation`() {
    var track = LagTrack(rpo: .minutes(15))
    track.instanceCompleted(pointInTime: minute(0), at: minute(5))
    track.instanceCompleted(pointInTime: minute(5), at: minute(40))
    track.instanceCompleted(pointInTime: minute(40), at: minute(41))
    track.end(at: minute(50))

    #expect(track.violations(in: minute(0)..<minute(50)) == [minute(15)..<minute(41)])
  }

  @Test func `An instance older than the newest one changes nothing`() {
    var track = LagTrack(rpo: .minutes(15))
    track.instanceCompleted(pointInTime: minute(5), at: minute(6))
    track.instanceCompleted(pointInTime: minute(4), at: minute(7))

    #expect(track.lag(at: minute(8)) == .minutes(3))
  }

  @Test func `A replica brought in complete protects from the start`() {
    var track = LagTrack(rpo: .minutes(15))
    track.instanceCompleted(pointInTime: minute(-5), at: minute(0))

    #expect(track.lag(at: minute(0)) == .minutes(5))
    #expect(track.unprotected(in: minute(0)..<minute(20)).isEmpty)
    #expect(track.violations(in: minute(0)..<minute(20)) == [minute(10)..<minute(20)])
  }

  @Test func `Compliance of a hundred per cent is never said of less than all`() {
    var track = LagTrack(rpo: .hours(1))
    track.instanceCompleted(pointInTime: .zero, at: nanosecond(1))
    track.end(at: minute(60))

    // One nanosecond of an hour is unprotected.
    #expect(track.statistics(in: .zero..<minute(60)).complianceShare == Ratio(partsPerBillion: 999_999_999))
  }

  /// Compares everything with a look at every single nanosecond of a run of some hundreds.
  @Test(arguments: 0..<300 as Range<UInt64>)
  func `Statistics agree with a look at every nanosecond`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "lag-track")
    func draw(_ bound: Int64) -> Int64 { Int64(random.next(below: UInt64(bound))) }
    let rpo = 1 + draw(40)
    let start = draw(20)
    var track = LagTrack(rpo: .nanoseconds(rpo), start: nanosecond(start))
    /// With the number of gaps before each.
    var completions: [(pointInTime: Int64, at: Int64, epoch: Int)] = []
    var gaps: [Range<Int64>] = []
    var now = draw(2) == 0 ? 0 : draw(40)
    for _ in 0..<draw(12) {
      let pointInTime = max(now - draw(30), gaps.last?.upperBound ?? .min)
      track.instanceCompleted(pointInTime: nanosecond(pointInTime), at: nanosecond(now))
      completions.append((pointInTime, now, gaps.count))
      if draw(5) == 0, now >= start {
        let from = now + draw(20)
        let to = from + 1 + draw(30)
        track.interrupted(at: nanosecond(from))
        track.resumed(at: nanosecond(to))
        gaps.append(from..<to)
        now = to
      }
      now += draw(50)
    }
    let end = max(start, completions.last?.at ?? 0, gaps.last?.upperBound ?? 0) + draw(60)
    track.end(at: nanosecond(end))
    let window = draw(60)..<(60 + draw(400))

    // The plain model: the lag during the nanosecond from t to t + 1 rises from lag(t) to lag(t) + 1.
    func modelLag(_ t: Int64) -> Int64? {
      let epoch = gaps.count { $0.lowerBound <= t }
      return completions.filter { $0.at <= t && $0.epoch == epoch }.map(\.pointInTime).max().map { t - $0 }
    }
    let kept = max(window.lowerBound, start)..<max(window.lowerBound, start, min(window.upperBound, end))
    let looked = kept.filter { t in !gaps.contains { $0.contains(t) } }
    let lags = looked.compactMap(modelLag)
    let violated = looked.filter { t in modelLag(t).map { $0 >= rpo } ?? false }
    let violations = violated.filter { !violated.contains($0 - 1) }.map { first in
      nanosecond(first)..<nanosecond((first...).first { !violated.contains($0) } ?? first)
    }
    // Within its nanosecond the lag is spread evenly from l to l + 1.
    func modelQuantile(_ percent: Int) -> TimeSpan? {
      guard !lags.isEmpty else { return nil }
      let sorted = lags.sorted()
      let target = lags.count * percent
      // Sorted nanoseconds fill up the target; within equal ones the share is reached before l + 1, rounded up to it.
      for lag in sorted where sorted.count(where: { $0 <= lag }) * 100 >= target {
        return .nanoseconds(lag + 1)
      }
      return nil
    }

    let range = nanosecond(window.lowerBound)..<nanosecond(window.upperBound)
    let statistics = track.statistics(in: range)
    #expect(statistics.observedTime == .nanoseconds(Int64(looked.count)))
    #expect(statistics.notReplicatedTime == .nanoseconds(Int64(kept.count - looked.count)))
    #expect(statistics.unprotectedTime == .nanoseconds(Int64(looked.count - lags.count)))
    #expect(statistics.violationTime == .nanoseconds(Int64(violated.count)))
    #expect(track.violations(in: range) == violations)
    #expect(statistics.violationCount == violations.count)
    #expect(statistics.lagMaximum == lags.max().map { .nanoseconds($0 + 1) })
    #expect(statistics.lagIntegralDoubled == lags.reduce(0) { $0 + UInt128(2 * $1 + 1) })
    #expect(statistics.lagMedian == modelQuantile(50))
    #expect(statistics.lagPercentile95 == modelQuantile(95))
    #expect(statistics.lagPercentile99 == modelQuantile(99))
    for t in looked { #expect(track.lag(at: nanosecond(t)) == modelLag(t).map { .nanoseconds($0) }) }
    let distribution = LagDistribution(track.segments(in: range))
    for lag in 0..<60 as Range<Int64> {
      #expect(
        distribution.time(atMost: .nanoseconds(lag)) == .nanoseconds(Int64(lags.count { $0 < lag })))
    }
  }

  @Test
  func
    `From its recovery to the next replication a machine is not replicated, and then unprotected until an instance`()
  {
    // Complete from minute 10 on, recovered at 13, replicated again from 16 and protected from 20 on with an image of minute 18.
    var track = LagTrack(rpo: .minutes(5))
    track.instanceCompleted(pointInTime: minute(9), at: minute(10))
    track.interrupted(at: minute(13))
    #expect(!track.isReplicated)
    track.resumed(at: minute(16))
    track.instanceCompleted(pointInTime: minute(18), at: minute(20))
    track.end(at: minute(25))

    #expect(track.lag(at: minute(12)) == .minutes(3))
    #expect(track.lag(at: minute(13)) == nil && track.lag(at: minute(19)) == nil)
    #expect(track.lag(at: minute(20)) == .minutes(2))
    let window = minute(0)..<minute(25)
    #expect(track.notReplicated(in: window) == [minute(13)..<minute(16)])
    #expect(track.unprotected(in: window) == [minute(0)..<minute(10), minute(16)..<minute(20)])
    #expect(track.withoutInstance(in: window) == [minute(0)..<minute(10), minute(13)..<minute(20)])
    // The lag of the old replication never reached 5 minutes; that of the new one does at minute 23.
    #expect(track.violations(in: window) == [minute(23)..<minute(25)])
    let statistics = track.statistics(in: window)
    #expect(statistics.observedTime == .minutes(22) && statistics.notReplicatedTime == .minutes(3))
    #expect(statistics.unprotectedTime == .minutes(14) && statistics.lagMaximum == .minutes(7))
    // 22 − 14 − 2 = 6 of 22 minutes.
    #expect(statistics.complianceShare == Ratio(partsPerBillion: 272_727_272))
  }

  @Test func `What was recovered may be the first instance of the way back`() {
    // An image of minute 9, recovered at 13 and held again from 16 on, where it is 7 minutes old.
    var track = LagTrack(rpo: .minutes(8))
    track.instanceCompleted(pointInTime: minute(9), at: minute(10))
    track.instanceCompleted(pointInTime: minute(9), at: minute(11))
    #expect(track.completions.count == 1, "nothing new without an interruption")
    track.interrupted(at: minute(13))
    track.resumed(at: minute(16))
    track.instanceCompleted(pointInTime: minute(9), at: minute(16))
    track.instanceCompleted(pointInTime: minute(9), at: minute(17))
    track.end(at: minute(18))
    #expect(track.completions.count == 2 && track.lag(at: minute(16)) == .minutes(7))
    #expect(track.unprotected(in: minute(11)..<minute(18)).isEmpty)
    #expect(track.violations(in: minute(0)..<minute(18)) == [minute(17)..<minute(18)])
    let restored = LagTrack(
      rpo: track.rpo, start: track.start, end: minute(18), completions: track.completions, gaps: track.gaps)
    #expect(restored == track)
  }

  @Test func `A machine that is never replicated again leaves its good share as it was`() {
    var track = LagTrack(rpo: .minutes(15))
    track.instanceCompleted(pointInTime: minute(0), at: minute(0))
    track.interrupted(at: minute(10))
    track.end(at: minute(60))

    let statistics = track.statistics(in: minute(0)..<minute(60))
    #expect(statistics.complianceShare == .one && statistics.observedTime == .minutes(10))
    #expect(statistics.notReplicatedTime == .minutes(50) && statistics.unprotectedTime == .zero)
    let restored = LagTrack(
      rpo: track.rpo, start: track.start, end: minute(60), completions: track.completions, gaps: track.gaps)
    #expect(restored == track)
  }

  @Test func `A completion before its point in time is a bug`() async {
    await #expect(processExitsWith: .failure) {
      var track = LagTrack(rpo: .minutes(15))
      track.instanceCompleted(pointInTime: .zero + .minutes(2), at: .zero + .minutes(1))
    }
  }
}
