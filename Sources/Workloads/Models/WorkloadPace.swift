package import Quantities

/// How the pace of a guest's work changes by itself: over the week, from year to year, and in a storm of logins.
///
/// The pace is a step function: its value from one change to the next is what ``factor(at:)`` says at the beginning of
/// the step, so whoever applies it asks for ``nextChange(after:)`` and sets the factor then. Within a step a straight
/// line counts with its value in the middle, so that the work done over whole steps is exact.
///
/// *factor = weight of the hour / mean weight · (1 + growth · t / 365 days) · surge*
package struct WorkloadPace: Sendable, Hashable {
  /// A storm: the pace rises to a multiple in a straight line, stays there, and falls back.
  package struct Surge: Sendable, Hashable {
    package var start: Instant
    package var rise: TimeSpan
    package var hold: TimeSpan
    package var fall: TimeSpan
    /// At its height, of the usual pace.
    package var factor: Ratio

    package init(start: Instant, rise: TimeSpan, hold: TimeSpan, fall: TimeSpan, factor: Ratio) {
      self.start = start
      self.rise = rise
      self.hold = hold
      self.fall = fall
      self.factor = factor
    }

    var top: Instant { start + rise }
    var descent: Instant { top + hold }
    var end: Instant { descent + fall }
  }

  /// How a straight line is cut up.
  package static let surgeStep = TimeSpan.minutes(1)

  /// Weights of the 168 hours of the week from Monday 00:00 on, or of the 24 hours of any day; empty for an even pace.
  package let weights: [UInt64]
  /// What is added to the pace over a year of 365 days, in a straight line.
  package let yearlyGrowth: Ratio
  package let surge: Surge?
  /// From Monday 00:00 to the start of the run.
  package let timeOfWeekAtStart: TimeSpan

  /// - Precondition: No weights, 24 or 168, not all zero, each at most 10⁹; the start lies within a week.
  package init(
    weights: [UInt64] = [], yearlyGrowth: Ratio = .zero, surge: Surge? = nil,
    timeOfWeekAtStart: TimeSpan = .zero
  ) {
    precondition([0, 24, 168].contains(weights.count), "weights are for the hours of a day or a week")
    precondition(weights.isEmpty || weights.contains { $0 > 0 }, "some hour has work")
    precondition(weights.allSatisfy { $0 <= 1_000_000_000 }, "weights are at most 10^9")
    precondition(timeOfWeekAtStart < .days(7), "the start lies within a week")
    self.weights = weights
    self.yearlyGrowth = yearlyGrowth
    self.surge = surge
    self.timeOfWeekAtStart = timeOfWeekAtStart
  }

  /// Weights of an office: from 8 to 18 h on Mondays to Fridays six times the work of any other hour.
  ///
  /// An assumption; the mean over a week is the workload's own rate.
  package static let officeHours: [UInt64] = (0..<168).map { hour in
    hour < 5 * 24 && (8..<18).contains(hour % 24) ? 6 : 1
  }

  /// The pace from `now` until the next change, of the workload's own.
  ///
  /// Each of the three factors, and their product, is rounded down to parts per billion.
  package func factor(at now: Instant) -> Ratio {
    var factor = hourFactor(at: now)
    if yearlyGrowth > .zero {
      let (start, end) = hour(of: now)
      let middle = UInt64(max(0, start.nanoseconds / 2 + end.nanoseconds / 2))
      let grown = UInt64(yearlyGrowth.partsPerBillion).multipliedFullWidth(by: middle)
      let year = UInt64(TimeSpan.days(365).nanoseconds)
      let added = year.dividingFullWidth(grown).quotient
      factor = product(factor, Ratio(partsPerBillion: 1_000_000_000 + Int64(added)))
    }
    return product(factor, surgeFactor(at: now))
  }

  /// The first instant after `now` at which the pace may change, or `nil` if it never does again.
  package func nextChange(after now: Instant) -> Instant? {
    var next: Instant?
    func consider(_ instant: Instant) {
      if instant > now { next = min(next ?? instant, instant) }
    }
    if !weights.isEmpty || yearlyGrowth > .zero { consider(hour(of: now).end) }
    if let surge {
      for instant in [surge.start, surge.top, surge.descent, surge.end] { consider(instant) }
      for start in [surge.start, surge.descent] {
        let isSloping = start <= now && now < (start == surge.start ? surge.top : surge.end)
        if isSloping { consider(step(of: now, from: start).end) }
      }
    }
    return next
  }

  // MARK: - Parts

  private func hourFactor(at now: Instant) -> Ratio {
    guard !weights.isEmpty else { return .one }
    let hours = (timeOfWeekAtStart + (now - .zero)).nanoseconds / TimeSpan.hours(1).nanoseconds
    let weight = weights[Int(hours) % weights.count]
    let sum = weights.reduce(0, +)
    // At most 168 · 10⁹ · 10⁹, which needs more than 64 bits.
    let product = (weight * UInt64(weights.count)).multipliedFullWidth(by: 1_000_000_000)
    return Ratio(partsPerBillion: Int64(sum.dividingFullWidth(product).quotient))
  }

  /// The hour of the week that holds `now`, as instants of the run; the first may begin before it.
  private func hour(of now: Instant) -> (start: Instant, end: Instant) {
    let length = TimeSpan.hours(1).nanoseconds
    let since = (timeOfWeekAtStart + (now - .zero)).nanoseconds % length
    let start = Instant(nanoseconds: now.nanoseconds - since)
    return (start, start + .hours(1))
  }

  private func surgeFactor(at now: Instant) -> Ratio {
    guard let surge, surge.start <= now, now < surge.end else { return .one }
    if surge.top <= now, now < surge.descent { return surge.factor }
    let isRising = now < surge.top
    let (start, length) = isRising ? (surge.start, surge.rise) : (surge.descent, surge.fall)
    let step = step(of: now, from: start)
    let end = min(step.end, start + length)
    let middle = (step.start - start).nanoseconds / 2 + (end - start).nanoseconds / 2
    let from = isRising ? Ratio.one : surge.factor
    let to = isRising ? surge.factor : Ratio.one
    let rise = to.partsPerBillion - from.partsPerBillion
    let moved = UInt64(length.nanoseconds)
      .dividingFullWidth(rise.magnitude.multipliedFullWidth(by: UInt64(middle))).quotient
    return Ratio(partsPerBillion: from.partsPerBillion + rise.signum() * Int64(moved))
  }

  private func step(of now: Instant, from start: Instant) -> (start: Instant, end: Instant) {
    let index = (now - start).nanoseconds / Self.surgeStep.nanoseconds
    return (start + Self.surgeStep * index, start + Self.surgeStep * (index + 1))
  }

  private func product(_ one: Ratio, _ other: Ratio) -> Ratio {
    let product = UInt64(one.partsPerBillion).multipliedFullWidth(by: UInt64(other.partsPerBillion))
    return Ratio(partsPerBillion: Int64(UInt64(1_000_000_000).dividingFullWidth(product).quotient))
  }
}
