import Quantities

/// The time that a disk's writers live in: nanoseconds in which the guest runs, weighted by a factor.
///
/// At 200 % two of its nanoseconds pass in one of the run; while paused, none do. All writers are
/// defined in this time alone, so a change of pace needs nothing of them. The reading is exact: a
/// fraction of a nanosecond is carried across changes and only cut off when read.
struct WriterClock: Sendable {
  /// When the pace last changed.
  private(set) var changed: Instant
  private var nanosecondsAtChange: Int64 = 0
  private var billionthsAtChange: UInt64 = 0
  private(set) var factor: Ratio = .one
  private(set) var isPaused = false
  /// Whether the clock neither pauses nor runs at a factor; kept because every look asks.
  private var runsAsUsual = true

  init(startingAt start: Instant) { changed = start }

  /// The reading at `now`, rounded down.
  ///
  /// - Precondition: `now` is not before the last change.
  func nanoseconds(at now: Instant) -> Int64 {
    precondition(!(now < changed), "a stream is asked in the order of time")
    // As usual, the carried fraction cannot reach a whole nanosecond.
    if runsAsUsual { return nanosecondsAtChange + (now.nanoseconds - changed.nanoseconds) }
    return reading(at: now).nanoseconds
  }

  mutating func setFactor(_ factor: Ratio, at now: Instant) {
    settle(at: now)
    self.factor = factor
    runsAsUsual = factor == .one && !isPaused
  }

  mutating func setPaused(_ isPaused: Bool, at now: Instant) {
    settle(at: now)
    self.isPaused = isPaused
    runsAsUsual = factor == .one && !isPaused
  }

  private mutating func settle(at now: Instant) {
    precondition(now >= changed, "a stream changes in the order of time")
    (nanosecondsAtChange, billionthsAtChange) = reading(at: now)
    changed = now
  }

  private func reading(at now: Instant) -> (nanoseconds: Int64, billionths: UInt64) {
    if isPaused { return (nanosecondsAtChange, billionthsAtChange) }
    let elapsed = UInt64(now.nanoseconds - changed.nanoseconds)
    var product = elapsed.multipliedFullWidth(by: UInt64(factor.partsPerBillion))
    let (low, carry) = product.low.addingReportingOverflow(billionthsAtChange)
    product = (product.high + (carry ? 1 : 0), low)
    let (whole, billionths) = UInt64(1_000_000_000).dividingFullWidth(product)
    return (nanosecondsAtChange + Int64(whole), billionths)
  }
}
