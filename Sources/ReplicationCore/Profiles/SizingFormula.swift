package import Quantities

/// The closed formulas by which the vendor's documents size links.
///
/// Each is a division: none knows queueing, overlapping syncs, windows or the cost of merging. They are here
/// to be set beside a simulation.
package enum SizingFormula {
  /// The share of a link's rate that VMware's example for the time of a first copy implies.
  ///
  /// - Source: Inferred: 100 GB in about 200, 30 and 3 h over T1, 10 and 100 Mbit/s (vSphere Replication 6.0
  ///   documentation; VMware blog, 2011); 70 % gives 206, 31.7 and 3.2 h.
  package static let usableShare = Ratio.percent(70)

  /// A T1 line.
  package static let t1Rate = DataRate.bitsPerSecond(1_544_000)

  /// The time to carry `size` over a link: *8 · size ÷ (link · usable)*, rounded up to whole nanoseconds.
  ///
  /// The usable rate is rounded down to whole bits per second.
  ///
  /// - Returns: `nil` if nothing of the link is usable, or if it takes longer than 292 years.
  package static func transferTime(
    of size: ByteCount, over link: DataRate, usable: Ratio = usableShare
  ) -> TimeSpan? {
    let rate = link.scaled(by: usable).bitsPerSecond
    guard let nanoseconds = quotientRoundedUp(size.bytes, 8_000_000_000, by: rate) else { return nil }
    return nanoseconds <= UInt64(Int64.max) ? .nanoseconds(Int64(nanoseconds)) : nil
  }

  /// The rate that carries in one objective what changes in one: *8 · changed ÷ RPO*, rounded up.
  ///
  /// - Parameters:
  ///   - changed: The distinct data changed in one objective, at the busiest time.
  ///   - objective: The recovery point objective.
  /// - Returns: `nil` without an objective, or beyond 2⁶³ bit/s.
  /// - Source: VMware, vSphere Replication 8.7, best practices.
  package static func minimumBandwidth(changed: ByteCount, objective: TimeSpan) -> DataRate? {
    let rate = quotientRoundedUp(changed.bytes, 8_000_000_000, by: UInt64(objective.nanoseconds))
    guard let rate, rate <= UInt64(Int64.max) else { return nil }
    return DataRate(bitsPerSecond: rate)
  }

  /// What a day ships of `size` that is rewritten at an interval: once per rewrite or sync, whichever is rarer.
  ///
  /// The last, unfinished interval of the day does not count.
  ///
  /// - Source: VMware blog 2014-04 and vSphere Replication 8.7: 1 MB rewritten hourly is 24 MB a day at an
  ///   objective of 1 h and 1 MB at 24 h.
  /// - Precondition: `interval` or `objective` is not zero.
  package static func shippedPerDay(
    rewriting size: ByteCount, every interval: TimeSpan, objective: TimeSpan
  ) -> ByteCount {
    let period = max(interval, objective)
    precondition(period > .zero, "what is rewritten without pause is shipped once per objective")
    return size * UInt64(TimeSpan.days(1).nanoseconds / period.nanoseconds)
  }

  /// *left · right ÷ divisor*, rounded up; `nil` if it has no value of 64 bits.
  private static func quotientRoundedUp(_ left: UInt64, _ right: UInt64, by divisor: UInt64) -> UInt64? {
    let product = left.multipliedFullWidth(by: right)
    guard product.high < divisor else { return nil }
    let (quotient, remainder) = divisor.dividingFullWidth(product)
    return remainder == 0 ? quotient : quotient + 1
  }
}
