/// A length of time in whole nanoseconds, zero or more.
///
///     try TimeSpan(parsing: "1h30m").nanoseconds  // 5_400_000_000_000
@usableFromInline
package struct TimeSpan: Quantity {
  @usableFromInline package let nanoseconds: Int64

  /// - Precondition: `nanoseconds` is not negative.
  @inlinable
  package init(nanoseconds: Int64) {
    precondition(nanoseconds >= 0, "a time span is not negative")
    self.nanoseconds = nanoseconds
  }

  package static let zero = TimeSpan(nanoseconds: 0)
  package static let kind = "duration"
  package static let examples = "\"15m\", \"1h30m\", \"250ms\""

  package static func nanoseconds(_ count: Int64) -> TimeSpan { TimeSpan(nanoseconds: count) }
  package static func microseconds(_ count: Int64) -> TimeSpan { TimeSpan(nanoseconds: count * 1_000) }
  package static func milliseconds(_ count: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: count * 1_000_000)
  }
  package static func seconds(_ count: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: count * 1_000_000_000)
  }
  package static func minutes(_ count: Int64) -> TimeSpan { .seconds(count * 60) }
  package static func hours(_ count: Int64) -> TimeSpan { .seconds(count * 3_600) }
  package static func days(_ count: Int64) -> TimeSpan { .seconds(count * 86_400) }

  /// The length in seconds, for rates and statistics; never for an order or an instant.
  @inlinable
  package var inSeconds: Double { Double(nanoseconds) / 1e9 }

  private static let units = [
    Unit("d", 86_400_000_000_000), Unit("h", 3_600_000_000_000), Unit("m", 60_000_000_000),
    Unit("s", 1_000_000_000), Unit("ms", 1_000_000), Unit("us", 1_000), Unit("ns", 1),
  ]

  package init(parsing text: some StringProtocol) throws(QuantityParsingError) {
    self.init(
      nanoseconds: Int64(
        try parseQuantity(text, units: Self.units, baseUnit: "nanoseconds", isSequence: true)))
  }

  /// The exact value in parts from days to nanoseconds, as `13m40s` or `1h2m0.5s`.
  ///
  /// The last part is in the largest unit that fits into it, with all its decimals: `4h2m56.613135701s`.
  @usableFromInline
  package var description: String {
    guard nanoseconds > 0 else { return "0s" }
    var rest = UInt64(nanoseconds)
    var text = ""
    for unit in Self.units.prefix(3) where rest >= unit.numerator {
      text += "\(rest / unit.numerator)\(unit.symbol)"
      rest %= unit.numerator
    }
    guard let unit = Self.units.dropFirst(3).first(where: { rest >= $0.numerator }) else { return text }
    return text + decimalText(rest, in: unit) + unit.symbol
  }

  /// The value for people who need more than ``rounded`` tells: whole milliseconds, rounded down, from a second on.
  package var inMilliseconds: TimeSpan {
    let step: Int64 = 1_000_000
    return nanoseconds < 1_000_000_000 ? self : TimeSpan(nanoseconds: nanoseconds / step * step)
  }

  /// The value for people: rounded to seconds from a minute on, to three digits below.
  package var rounded: TimeSpan {
    let step: Int64 =
      switch nanoseconds {
      case 60_000_000_000...: 1_000_000_000
      case 10_000_000_000...: 100_000_000
      case 1_000_000_000...: 10_000_000
      case 1_000_000...: 100_000
      default: 1
      }
    return TimeSpan(nanoseconds: (nanoseconds + step / 2) / step * step)
  }

  // Spelled out, so that comparisons are inlined across modules.
  @inlinable
  package static func == (left: TimeSpan, right: TimeSpan) -> Bool { left.nanoseconds == right.nanoseconds }
  @inlinable
  package static func <= (left: TimeSpan, right: TimeSpan) -> Bool { left.nanoseconds <= right.nanoseconds }
  @inlinable
  package static func >= (left: TimeSpan, right: TimeSpan) -> Bool { left.nanoseconds >= right.nanoseconds }
  @inlinable
  package static func > (left: TimeSpan, right: TimeSpan) -> Bool { left.nanoseconds > right.nanoseconds }
  @inlinable
  package static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.nanoseconds < right.nanoseconds }
  @inlinable
  package static func + (left: TimeSpan, right: TimeSpan) -> TimeSpan {
    TimeSpan(nanoseconds: left.nanoseconds + right.nanoseconds)
  }
  /// The difference, or zero where `right` is the longer one.
  @inlinable
  package static func - (left: TimeSpan, right: TimeSpan) -> TimeSpan {
    TimeSpan(nanoseconds: max(0, left.nanoseconds - right.nanoseconds))
  }
  @inlinable
  package static func * (left: TimeSpan, right: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: left.nanoseconds * right)
  }
  @inlinable
  package static func / (left: TimeSpan, right: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: left.nanoseconds / right)
  }
  package static func += (left: inout TimeSpan, right: TimeSpan) { left = left + right }
}
