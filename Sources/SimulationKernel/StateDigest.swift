/// A 64-bit digest of a sequence of values, in their order.
///
/// Two runs that agree on every value agree on the digest; runs that differ somewhere have, but for a
/// chance of 2⁻⁶⁴, different ones. It detects accidents, not forgery.
///
///     var digest = StateDigest()
///     digest.combine("failed over")
///     digest.combine(UInt64(3))
///     print(digest)  // 16 hexadecimal digits
///
/// A word is mixed in by *value* ← mix((*value* + 0x9e3779b97f4a7c15) xor *word*). For a given word,
/// this maps values one to one, and for a given value, words: so two sequences of equal length that
/// differ in one word never have the same digest. The odd constant makes leading zeros count. A plain FNV-1a
/// over words would not do: its multiplication carries a bit only upwards, so the highest bit of
/// a word reaches but one bit of the result.
///
/// - Source: mix is the finaliser of SplitMix64, "Mix13" of Stafford, "Better bit mixing" (2011).
package struct StateDigest: Sendable, Hashable {
  /// The digest of the values combined so far.
  package private(set) var value: UInt64

  /// - Parameter start: The value of the empty sequence, such as the digest of what came before.
  package init(start: UInt64 = 0) { value = start }

  package mutating func combine(_ word: UInt64) {
    var mixed = (value &+ 0x9e37_79b9_7f4a_7c15) ^ word
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    value = mixed ^ (mixed >> 31)
  }

  /// Combines the word with the same bits.
  package mutating func combine(_ number: Int64) { combine(UInt64(bitPattern: number)) }

  /// Combines the number of bytes of `text` in UTF-8, then the bytes, eight to a word, the first one lowest.
  package mutating func combine(_ text: String) {
    combine(UInt64(text.utf8.count))
    var word: UInt64 = 0
    var bitCount: UInt64 = 0
    for byte in text.utf8 {
      word |= UInt64(byte) << bitCount
      bitCount += 8
      if bitCount == 64 {
        combine(word)
        word = 0
        bitCount = 0
      }
    }
    if bitCount > 0 { combine(word) }
  }
}

extension StateDigest: CustomStringConvertible {
  /// The value in 16 hexadecimal digits.
  package var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
