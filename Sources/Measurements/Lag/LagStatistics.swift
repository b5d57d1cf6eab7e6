package import Quantities

/// What is said about the lag of one machine in one window of time.
///
/// Times are exact. Values that exist only where a lag exists are `nil` when the machine was unprotected throughout.
///
/// - Invariant: `compliantTime + violationTime + unprotectedTime == observedTime`.
package struct LagStatistics: Sendable, Hashable {
  /// The part of the window in which there was a replication.
  package let observedTime: TimeSpan
  /// The part of the window between the recovery or removal of a replica and the next replication: in nothing else here.
  package let notReplicatedTime: TimeSpan
  /// The time without a complete instance: not compliant, and in no statistic of the lag.
  package let unprotectedTime: TimeSpan
  /// The time with a lag above the RPO.
  package let violationTime: TimeSpan
  package let violationCount: Int
  /// The least upper bound of the lag: the lag just before a completion, or at the end of the window.
  package let lagMaximum: TimeSpan?
  /// When the maximum was reached first.
  package let lagMaximumAt: Instant?
  /// Twice the integral of the lag over time, in square nanoseconds: a whole number, so that sums over machines
  /// stay exact.
  package let lagIntegralDoubled: UInt128
  /// The mean over the protected time, rounded to the nearest nanosecond, halves up.
  package let lagMean: TimeSpan?
  /// Quantiles over the protected time, rounded up to whole nanoseconds.
  package let lagMedian: TimeSpan?
  package let lagPercentile95: TimeSpan?
  package let lagPercentile99: TimeSpan?

  init(track: LagTrack, window: Range<Instant>) {
    let observed = track.observed(in: window)
    let segments = track.segments(in: window)
    let violations = track.violations(in: window)
    notReplicatedTime = track.notReplicated(in: window).reduce(.zero) { $0 + ($1.upperBound - $1.lowerBound) }
    observedTime = (observed.upperBound - observed.lowerBound) - notReplicatedTime
    unprotectedTime = track.unprotected(in: window).reduce(.zero) { $0 + ($1.upperBound - $1.lowerBound) }
    violationTime = violations.reduce(.zero) { $0 + ($1.upperBound - $1.lowerBound) }
    violationCount = violations.count

    var maximum: LagSegment?
    var integralDoubled: UInt128 = 0
    var protectedTime: UInt128 = 0
    for segment in segments {
      if maximum.map({ segment.lagAtEnd > $0.lagAtEnd }) ?? true { maximum = segment }
      let length = UInt128(segment.length.nanoseconds)
      integralDoubled += length * (UInt128(segment.lagAtStart.nanoseconds) * 2 + length)
      protectedTime += length
    }
    lagMaximum = maximum?.lagAtEnd
    lagMaximumAt = maximum?.to
    lagIntegralDoubled = integralDoubled
    lagMean =
      protectedTime == 0
      ? nil
      : TimeSpan(nanoseconds: Int64((integralDoubled + protectedTime) / (protectedTime * 2)))

    let distribution = LagDistribution(segments)
    lagMedian = distribution.quantile(.percent(50))
    lagPercentile95 = distribution.quantile(.percent(95))
    lagPercentile99 = distribution.quantile(.percent(99))
  }

  /// The time with a complete instance.
  package var protectedTime: TimeSpan { observedTime - unprotectedTime }

  /// The time with a complete instance no older than the RPO.
  package var compliantTime: TimeSpan { protectedTime - violationTime }

  /// The compliant share of the observed time, or `nil` if nothing was observed.
  package var complianceShare: Ratio? { Ratio(rounding: compliantTime, outOf: observedTime) }
}

extension Ratio {
  /// The share `part / whole`, rounded down, so that 100 % is said only of the whole.
  ///
  /// - Returns: `nil` if `whole` is zero.
  package init?(rounding part: TimeSpan, outOf whole: TimeSpan) {
    self.init(rounding: UInt128(part.nanoseconds), outOf: UInt128(whole.nanoseconds))
  }

  /// The share `part / whole`, rounded down.
  ///
  /// - Precondition: The share is below 2⁶³ parts per billion.
  /// - Returns: `nil` if `whole` is zero.
  init?(rounding part: UInt128, outOf whole: UInt128) {
    guard whole > 0 else { return nil }
    self.init(partsPerBillion: Int64(part * 1_000_000_000 / whole))
  }
}
