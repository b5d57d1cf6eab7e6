package import Quantities

/// Quantities as people read them: rounded, with their unit, the same in every locale.
///
/// Exact values are for the database and the JSON document; these are for terminals and figures.
package enum Readable {
  /// A duration as `13m40s`: to the second from a minute on, to the minute from two hours on; days from four days on.
  package static func duration(_ span: TimeSpan) -> String {
    let minute: Int64 = 60_000_000_000
    guard span >= .hours(2) else { return span.rounded.description }
    let minutes = (span.nanoseconds + minute / 2) / minute
    guard minutes < 4 * 24 * 60 else { return TimeSpan.minutes(minutes).description }
    return "\(minutes / 60)h" + (minutes % 60 == 0 ? "" : "\(minutes % 60)m")
  }

  /// An instant of the run as `9h40m`, rounded as a duration is.
  package static func instant(_ instant: Instant) -> String {
    instant < .zero ? "-" + duration(.zero + (Instant.zero - instant)) : duration(instant - .zero)
  }

  /// A size in decimal units and three digits, as `1.87 GB`.
  package static func size(_ size: ByteCount) -> String {
    let units = [
      ("PB", 1_000_000_000_000_000), ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000),
      ("kB", 1_000),
    ]
    for (index, (symbol, factor)) in units.enumerated() where size.bytes >= UInt64(factor) {
      let number = threeDigits(size.bytes, per: UInt64(factor))
      // 999.9 kB rounds to a thousand, which is the next unit's one.
      if number == "1000", index > 0 { return "1.00 \(units[index - 1].0)" }
      return "\(number) \(symbol)"
    }
    return "\(size.bytes) B"
  }

  /// A rate in Mbit/s, without the unit: three digits, at most two of them decimals.
  package static func megabits(_ rate: DataRate) -> String {
    threeDigits(rate.bitsPerSecond, per: 1_000_000)
  }

  /// A share as `99.21%`, always with two decimals, rounded down, so that 100 % is said only of the whole.
  package static func share(_ share: Ratio) -> String {
    let hundredths = UInt64(share.partsPerBillion / 100_000)
    return decimal(hundredths, digits: 2, keepsZeros: true) + "%"
  }

  /// A count with a comma between thousands.
  package static func count(_ count: some BinaryInteger) -> String {
    let digits = Array("\(count)")
    return String(
      digits.enumerated().flatMap { index, digit in
        index > 0 && (digits.count - index).isMultiple(of: 3) ? [",", digit] : [digit]
      })
  }

  /// A count with its noun, `1 violation` or `3 violations`.
  package static func count(_ number: some BinaryInteger, _ noun: String) -> String {
    "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// `value / unit`, rounded to three digits where they do not reach past the point's second.
  private static func threeDigits(_ value: UInt64, per unit: UInt64) -> String {
    let decimals =
      switch value / unit {
      case 100...: 0
      case 10...: 1
      default: 2
      }
    let scale: UInt64 = [1, 10, 100][decimals]
    let scaled = UInt64((UInt128(value) * UInt128(scale) + UInt128(unit) / 2) / UInt128(unit))
    // Rounding up may have won a digit: 9.999 is 10.0.
    if scaled >= 1000, decimals > 0 { return decimal(scaled / 10, digits: decimals - 1, keepsZeros: true) }
    return decimal(scaled, digits: decimals, keepsZeros: true)
  }

  /// `value` with its last `digits` digits behind the point.
  static func decimal(_ value: UInt64, digits: Int, keepsZeros: Bool) -> String {
    guard digits > 0 else { return "\(value)" }
    var text = Array("\(value)")
    while text.count <= digits { text.insert("0", at: 0) }
    text.insert(".", at: text.count - digits)
    if !keepsZeros {
      while text.last == "0" { text.removeLast() }
      if text.last == "." { text.removeLast() }
    }
    return String(text)
  }
}
