/// The natural logarithm from basic operations only, so that it has the same bits on every
/// machine; the C library's depends on the processor's fused multiply-add.
///
/// - Parameter x: A positive, finite, normal number.
/// - Returns: ln *x*, within 1 unit in the last place of the C library's value.
/// - Source: The scheme of fdlibm's `e_log`: *x* = 2ᵏ·(1 + f), s = f / (2 + f), a polynomial in s²,
///   coefficients as published there.
@inlinable @inline(__always)
package func portableLog(_ x: Double) -> Double {
  precondition(x > 0 && x.isNormal, "the logarithm needs a positive normal number")
  // The mantissa within [√½, √2), without a branch: the exponent is one higher from √2 on.
  let exponent = Int64(bitPattern: x.bitPattern &+ 0x0010_0000_0000_0000 &- 0x3ff6_a09e_667f_3bce) >> 52
  let mantissa = Double(bitPattern: x.bitPattern &- UInt64(bitPattern: exponent << 52))
  let f = mantissa - 1
  let s = f / (2 + f)
  let z = s * s
  let w = z * z
  let even = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332))
  let odd =
    z
    * (0.6666666666666735130
      + w * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591)))
  let remainder = even + odd
  let halfSquare = 0.5 * f * f
  let k = Double(exponent)
  return k * 6.93147180369123816490e-01
    - ((halfSquare - (s * (halfSquare + remainder) + k * 1.90821492927058770002e-10)) - f)
}

/// 1 − e⁻ˣ from basic operations only, accurate for small `x`.
///
/// - Parameter x: Zero or more.
/// - Source: The Taylor series of expm1 on x·2⁻ᵏ, doubled *k* times by 1 − (1 − p)² = p·(2 − p).
@inlinable
package func portableOneMinusExp(negative x: Double) -> Double {
  precondition(x >= 0, "the exponent must not be negative")
  if x > 40 { return 1 }
  var scaled = x
  var doublings = 0
  while scaled > 0.03125 {
    scaled *= 0.5
    doublings += 1
  }
  // 1 − e⁻ˣ = x·(1 − x/2·(1 − x/3·(…))), eight terms leave less than 2⁻⁶⁰ at x = 1/32.
  var tail = 1.0
  for divisor in stride(from: 9.0, through: 2.0, by: -1.0) { tail = 1 - scaled / divisor * tail }
  var result = scaled * tail
  for _ in 0..<doublings { result = result * (2 - result) }
  return result
}
