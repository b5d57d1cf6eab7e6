/// A reproducible sequence of random numbers that belongs to one consumer.
///
/// Two streams of one run with different names are independent, and a stream depends on
/// nothing but the seed and its name: adding a consumer never shifts another's draws.
///
/// - Source: xoshiro256** by Blackman and Vigna, seeded through SplitMix64 (Steele, Lea and
///   Flood) from the FNV-1a hash of the name xor the seed.
@usableFromInline
package struct RandomStream: Sendable {
  @usableFromInline var s0: UInt64
  @usableFromInline var s1: UInt64
  @usableFromInline var s2: UInt64
  @usableFromInline var s3: UInt64

  /// - Parameters:
  ///   - seed: The seed of the run.
  ///   - name: The stable name of the consumer, such as `workload/db01/data`.
  package init(seed: UInt64, name: String) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var expander = SplitMix64(state: seed ^ hash)
    s0 = expander.next()
    s1 = expander.next()
    s2 = expander.next()
    s3 = expander.next()
  }

  @inlinable
  package mutating func next() -> UInt64 {
    let product = s1 &* 5
    let result = ((product << 7) | (product >> 57)) &* 9
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = (s3 << 45) | (s3 >> 19)
    return result
  }

  /// A uniform draw from `0..<bound`, by multiplication and shift with rejection, without bias.
  ///
  /// - Precondition: `bound` is not zero.
  /// - Source: Lemire, "Fast random integer generation in an interval" (2019).
  @inlinable
  package mutating func next(below bound: UInt64) -> UInt64 {
    precondition(bound > 0, "a draw needs a bound above zero")
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return product.high
  }

  /// A uniform draw from [0, 1) in steps of 2⁻⁵³.
  @inlinable
  package mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// An exponential draw with mean 1, from the portable logarithm of 1 − ``nextUnit()``.
  @inlinable @inline(__always)
  package mutating func nextExponential() -> Double {
    // 1 − u in two exact steps without an integer conversion, which would wait for the draw before it:
    // 2 − [1, 2) from the upper 52 bits, less the 53rd.
    let bits = next()
    let upper = Double(bitPattern: (bits >> 12) | 0x3ff0_0000_0000_0000)
    let lowest = Double(bitPattern: (0 &- ((bits >> 11) & 1)) & 0x3ca0_0000_0000_0000)
    return -portableLog((2 - upper) - lowest)
  }
}

/// The generator that expands one 64-bit state into many, and the one of the hold model.
///
/// - Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
@usableFromInline
package struct SplitMix64: Sendable {
  @usableFromInline var state: UInt64

  @inlinable
  package init(state: UInt64) { self.state = state }

  @inlinable
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
