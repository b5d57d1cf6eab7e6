import Quantities

/// A linear scale from whole numbers to tenths of a pixel.
struct Axis {
  let domain: ClosedRange<Int64>
  /// Where the ends of the domain lie; the upper end may lie at the smaller coordinate, as on a vertical axis.
  let start: Int
  let end: Int

  /// The coordinate of `value`, rounded towards `start`; values outside the domain lie outside.
  func position(_ value: Int64) -> Int {
    let length = Int128(max(1, domain.upperBound - domain.lowerBound))
    return start + Int(Int128(value - domain.lowerBound) * Int128(end - start) / length)
  }

  /// The multiples of `step` in the domain.
  func ticks(step: Int64) -> [Int64] {
    let first = (domain.lowerBound + step - 1) / step * step
    return Array(stride(from: first, through: domain.upperBound, by: Int64.Stride(step)))
  }
}

/// Steps that people count in.
enum NiceStep {
  private static let second: Int64 = 1_000_000_000

  /// The smallest round duration that divides `length` into at most `count` parts.
  static func time(dividing length: Int64, intoAtMost count: Int64) -> Int64 {
    let minute = 60 * second
    let hour = 60 * minute
    let day = 24 * hour
    let steps =
      [1, 2, 5, 10, 15, 30].map { $0 * second } + [1, 2, 5, 10, 15, 30].map { $0 * minute }
      + [1, 2, 3, 4, 6, 12].map { $0 * hour } + [1, 2, 5, 7, 14, 30, 60, 90, 180, 365].map { $0 * day }
    // Below a second decimal steps do.
    if length <= second * count { return decimal(dividing: length, intoAtMost: count) }
    return steps.first { length / $0 <= count } ?? decimal(dividing: length, intoAtMost: count)
  }

  /// The smallest of 1, 2 and 5 times a power of ten that divides `length` into at most `count` parts.
  static func decimal(dividing length: Int64, intoAtMost count: Int64) -> Int64 {
    var power: Int64 = 1
    while true {
      for factor in [1, 2, 5] as [Int64] where length / (power * factor) <= count { return power * factor }
      power *= 10
    }
  }
}
