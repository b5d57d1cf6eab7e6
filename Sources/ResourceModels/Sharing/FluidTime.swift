package import Quantities

/// A moment in the solver's own time: 2⁻¹⁶ nanoseconds since the start of the run.
///
/// Completions of a fluid system fall between whole nanoseconds. They are kept on this grid, so that
/// several of them inside one nanosecond keep their order, two that coincide on paper also coincide
/// here, and a month of them loses nothing: additions are exact. One step is 15 attoseconds.
package struct FluidTime: Sendable, Hashable, Comparable {
  /// 2⁻¹⁶ ns each.
  @usableFromInline let ticks: Int128

  static let ticksPerNanosecond: Int128 = 1 << 16
  static let ticksPerSecond = 65_536e9

  init(ticks: Int128) { self.ticks = ticks }

  init(_ instant: Instant) { ticks = Int128(instant.nanoseconds) << 16 }

  /// The first instant that is not before this moment.
  package var instant: Instant {
    let nanoseconds = (ticks + (Self.ticksPerNanosecond - 1)) >> 16
    return Instant(nanoseconds: Int64(clamping: nanoseconds))
  }

  /// The time since the start of the run in seconds, for statistics.
  package var inSeconds: Double { ticks.approximate / Self.ticksPerSecond }

  /// The seconds from `earlier` to here, negative when it is later.
  func seconds(since earlier: FluidTime) -> Double {
    (ticks - earlier.ticks).approximate / Self.ticksPerSecond
  }

  /// The moment `seconds` later, to the nearest tick; `nil` from 200 years on.
  ///
  /// - Precondition: `seconds` is zero or more; it may be infinite.
  func advanced(bySeconds seconds: Double) -> FluidTime? {
    guard seconds < 6.4e9 else { return nil }
    return FluidTime(ticks: ticks + Int128(nonnegative: seconds * Self.ticksPerSecond + 0.5))
  }

  @inlinable
  package static func < (left: FluidTime, right: FluidTime) -> Bool { left.ticks < right.ticks }
}

extension Int128 {
  /// The whole part of a number, by exact steps only.
  ///
  /// The standard conversions are generic loops; this one is on the path of every flow.
  /// - Precondition: `value` is zero or more and below 2¹²⁶.
  init(nonnegative value: Double) {
    if value < 0x1p62 {
      self = Int128(Int64(value))
    } else {
      // Both steps are exact: a division by a power of two, and the remainder of it.
      let high = Int64(value * 0x1p-64)
      self = (Int128(high) << 64) | Int128(UInt64(value - Double(high) * 0x1p64))
    }
  }

  /// The nearest number, or one beside it.
  var approximate: Double {
    let high = Int64(truncatingIfNeeded: self >> 64)
    let low = UInt64(truncatingIfNeeded: self)
    if high == 0 { return Double(low) }
    if high == -1 { return -Double(0 &- low) }
    return Double(high) * 0x1p64 + Double(low)
  }
}
