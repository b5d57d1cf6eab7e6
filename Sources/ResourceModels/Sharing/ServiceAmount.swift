/// Bytes served per unit of weight, in steps of 2⁻⁴⁴.
///
/// Flows of one class are served alike, so one clock that counts this amount stands for all of them.
/// The clock only grows over a run. A `Double` would lose the small flows of the thirtieth day; whole
/// steps add and subtract exactly, and the rounding of one increment stays relative to that increment.
struct ServiceAmount: Comparable, Sendable {
  /// 2⁻⁴⁴ bytes per weight each.
  let steps: Int128

  static let zero = ServiceAmount(steps: 0)
  /// More than any clock shows; differences with it do not overflow.
  static let never = ServiceAmount(steps: .max >> 2)

  /// - Precondition: `amount` is zero or more; from 10²⁴ on it is ``never``.
  init(_ amount: Double) {
    steps = amount < 1e24 ? Int128(nonnegative: amount * 0x1p44) : Self.never.steps
  }

  init(steps: Int128) { self.steps = steps }

  var value: Double { steps.approximate * 0x1p-44 }

  /// Whether this is a tag that some clock will reach.
  var isReachable: Bool { steps < Self.never.steps >> 1 }

  static func < (left: ServiceAmount, right: ServiceAmount) -> Bool { left.steps < right.steps }
  static func + (left: ServiceAmount, right: ServiceAmount) -> ServiceAmount {
    ServiceAmount(steps: left.steps &+ right.steps)
  }
  static func - (left: ServiceAmount, right: ServiceAmount) -> ServiceAmount {
    ServiceAmount(steps: left.steps &- right.steps)
  }
}
