/// Arithmetic modulo the prime *p = 2¹²⁷ − 1*; every value is below *p*.
enum Mersenne127 {
  static let prime = UInt128(1) << 127 - 1

  /// `value` modulo the prime.
  @inline(__always)
  static func reduced(_ value: UInt128) -> UInt128 {
    // 2¹²⁷ ≡ 1: the upper bit counts as one.
    let folded = value >> 127 &+ value & prime
    return folded >= prime ? folded &- prime : folded
  }

  @inline(__always)
  static func sum(_ left: UInt128, _ right: UInt128) -> UInt128 { reduced(left &+ right) }

  @inline(__always)
  static func difference(_ left: UInt128, _ right: UInt128) -> UInt128 {
    left >= right ? left &- right : left &+ prime &- right
  }

  @inline(__always)
  static func product(_ left: UInt128, _ right: UInt128) -> UInt128 {
    // In halves, since the library multiplies numbers of 128 bits bit group by bit group where it is not optimised.
    let (left0, left1) = (UInt64(truncatingIfNeeded: left), UInt64(truncatingIfNeeded: left >> 64))
    let (right0, right1) = (UInt64(truncatingIfNeeded: right), UInt64(truncatingIfNeeded: right >> 64))
    let (bottom, cross0) = (left0.multipliedFullWidth(by: right0), left0.multipliedFullWidth(by: right1))
    let (cross1, top) = (left1.multipliedFullWidth(by: right0), left1.multipliedFullWidth(by: right1))
    // What counts 2⁶⁴, and what it carries over to 2¹²⁸.
    let middle = UInt128(bottom.high) &+ UInt128(cross0.low) &+ UInt128(cross1.low)
    let low = middle << 64 | UInt128(bottom.low)
    let high =
      UInt128(top.high) << 64 &+ UInt128(top.low) &+ UInt128(cross0.high) &+ UInt128(cross1.high) &+ middle
      >> 64
    // high · 2¹²⁸ + low, of which every 2¹²⁷ counts as one; high is below 2¹²⁶.
    return reduced((high << 1 | low >> 127) &+ low & prime)
  }

  /// *Σ of low + middle · 2⁶⁴ + high · 2¹²⁸*, each of the three below 2⁹⁶.
  @inline(__always)
  static func combined(low: UInt128, middle: UInt128, high: UInt128) -> UInt128 {
    let middleBelow = middle & (UInt128(1) << 63 - 1)
    return reduced(reduced(low &+ high << 1 &+ middle >> 63) &+ middleBelow << 64)
  }
}
