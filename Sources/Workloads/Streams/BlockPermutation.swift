import RandomStreams

/// The numbers below a count in an order that looks random, each once, without a table.
///
/// A Feistel network of four rounds over the next even number of bits, walked until it falls below the count:
/// at most four steps a number on average. It is a permutation for any keys; not every permutation can come of it.
///
/// - Source: Black and Rogaway, "Ciphers with Arbitrary Finite Domains" (2002), cycle walking.
struct BlockPermutation: Sendable {
  private let count: UInt64
  private let halfBits: UInt64
  private let keys: [UInt64]

  /// - Precondition: The count is from 1 to 2⁶².
  init(count: UInt64, random: inout RandomStream) {
    precondition(count > 0 && count <= 1 << 62, "a permutation has from 1 to 2^62 numbers")
    self.count = count
    let bits = UInt64(UInt64.bitWidth - (count - 1).leadingZeroBitCount)
    halfBits = max(1, (bits + 1) / 2)
    keys = (0..<4).map { _ in random.next() }
  }

  /// The number at a position, both below the count.
  subscript(position: UInt64) -> UInt64 {
    var number = position
    repeat { number = encrypted(number) } while number >= count
    return number
  }

  private func encrypted(_ number: UInt64) -> UInt64 {
    let mask = (UInt64(1) << halfBits) - 1
    var left = number >> halfBits
    var right = number & mask
    for key in keys {
      (left, right) = (right, left ^ (mixed(right ^ key) & mask))
    }
    return left << halfBits | right
  }

  /// The finaliser of SplitMix64.
  private func mixed(_ word: UInt64) -> UInt64 {
    var word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}
