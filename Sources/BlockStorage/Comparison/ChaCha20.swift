/// The block function of ChaCha20: 64 bytes that nobody can tell from chance without the key.
///
/// It expands a short secret into the many random words that a keyed checksum needs.
///
/// - Source: D. J. Bernstein, "ChaCha, a variant of Salsa20" (2008), with keys of 128 bits and a counter and a nonce of
///   64 bits each; its core is that of RFC 8439 and is checked against the vector there.
enum ChaCha20 {
  typealias Words = InlineArray<16, UInt32>

  /// Sixteen words of the stream of a key.
  static func block(key: UInt128, counter: UInt64, nonce: UInt64) -> Words {
    // "expand 16-byte k", then the key twice.
    var state: Words = [
      0x6170_7865, 0x3120_646e, 0x7962_2d36, 0x6b20_6574, 0, 0, 0, 0, 0, 0, 0, 0,
      UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32),
      UInt32(truncatingIfNeeded: nonce), UInt32(truncatingIfNeeded: nonce >> 32),
    ]
    for index in 0..<8 { state[4 + index] = UInt32(truncatingIfNeeded: key >> (32 * UInt128(index % 4))) }
    return permuted(state)
  }

  /// The state after twenty rounds, added to the state before them.
  static func permuted(_ state: Words) -> Words {
    var words = state
    for _ in 0..<10 {
      quarterRound(&words, 0, 4, 8, 12)
      quarterRound(&words, 1, 5, 9, 13)
      quarterRound(&words, 2, 6, 10, 14)
      quarterRound(&words, 3, 7, 11, 15)
      quarterRound(&words, 0, 5, 10, 15)
      quarterRound(&words, 1, 6, 11, 12)
      quarterRound(&words, 2, 7, 8, 13)
      quarterRound(&words, 3, 4, 9, 14)
    }
    for index in words.indices { words[index] &+= state[index] }
    return words
  }

  @inline(__always)
  private static func quarterRound(_ words: inout Words, _ a: Int, _ b: Int, _ c: Int, _ d: Int) {
    func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word &<< count | word &>> (32 &- count) }
    words[a] &+= words[b]
    words[d] = rotate(words[d] ^ words[a], 16)
    words[c] &+= words[d]
    words[b] = rotate(words[b] ^ words[c], 12)
    words[a] &+= words[b]
    words[d] = rotate(words[d] ^ words[a], 8)
    words[c] &+= words[d]
    words[b] = rotate(words[b] ^ words[c], 7)
  }
}
