/// The secret of one full sync, under which both sides compute the checksums that they compare.
///
/// Who writes content into a virtual machine must not be able to choose it so that two different regions have one checksum,
/// or a full sync would leave the difference for good. Without the secret he cannot, whatever he writes:
///
/// | Step                         | What becomes of it                                     | Chance that a difference is lost |
/// |------------------------------|--------------------------------------------------------|---------------------------------:|
/// | extent → 256 bits            | two *NH* under keys shifted by a pair of words          | 2⁻¹²⁸                            |
/// | 256 bits → *h*               | *c + Σ aᵢ·sᵢ* of the four words, modulo *p = 2¹²⁷ − 1*   | 2⁻¹²⁷                            |
/// | region: *Σ h(extent)·r^(e+1)* | a polynomial in the secret *r* over its extent numbers *e* | 256/2¹²⁷ for 256 extents       |
///
/// Together less than 2⁻¹¹⁸ for a region of 256 extents. A tag stands for itself as *h*, and zeros are 0. The sum
/// has one term per extent, so that extents that changed places count, and what differs in an overlay can be added and taken off.
///
/// The bound holds as long as nobody sees the checksums beside content of his choice and learns from them: they travel
/// on an encrypted connection where that matters, and a key serves one full sync. All numbers are drawn from the
/// secret by ``ChaCha20``.
///
/// - Source: NH and its bound: Black, Halevi, Krawczyk, Krovetz and Rogaway, "UMAC: Fast and Secure Message Authentication"
///   (1999), for words of 64 bits; polynomial hashing over a prime field: Wegman and Carter (1981).
package struct ComparisonKey: Sendable {
  /// What the whole key is drawn from, and what travels to the target.
  package let seed: UInt128
  /// The words that are added to those of an extent; two more than an extent has.
  let words: [UInt64]
  /// *s₀* to *s₃*, then *c*.
  let folding: InlineArray<5, UInt128>
  /// *r¹* to *r²⁵⁶*: the factors of the extents of one stretch.
  let powers: [UInt128]
  /// At *i* the sum of the first *i* of ``powers``.
  let powerSums: [UInt128]
  /// At *i* *r^(256·2ⁱ)*.
  let stretchPowers: [UInt128]

  /// How many extents share what depends on their number beyond ``powers``.
  static let stretch = 256

  /// - Parameter payloadWidth: The widest payload of the disks compared.
  package init(seed: UInt128, payloadWidth: Int) {
    self.seed = seed
    var stream = KeyStream(seed: seed)
    let point = stream.nextElement()
    var folding = InlineArray<5, UInt128>(repeating: 0)
    for index in folding.indices { folding[index] = stream.nextElement() }
    self.folding = folding
    words =
      payloadWidth == ExtentGeometry.tagWidth ? [] : (0..<payloadWidth / 8 + 2).map { _ in stream.next() }
    var powers: [UInt128] = [point]
    var sums: [UInt128] = [0, point]
    for index in 1..<Self.stretch {
      powers.append(Mersenne127.product(powers[index - 1], point))
      sums.append(Mersenne127.sum(sums[index], powers[index]))
    }
    self.powers = powers
    powerSums = sums
    var stretchPowers = [powers[Self.stretch - 1]]
    // The numbers of extents have 63 bits at most, 8 of them within a stretch.
    for index in 1..<55 {
      stretchPowers.append(Mersenne127.product(stretchPowers[index - 1], stretchPowers[index - 1]))
    }
    self.stretchPowers = stretchPowers
  }

  /// The seed of one full sync of a replication.
  ///
  /// - Parameters:
  ///   - secret: That of the replication, which nobody else has.
  ///   - session: The connection's session at the source.
  ///   - sequence: The number of the sync.
  package static func seed(secret: UInt128, session: UInt64, sequence: UInt64) -> UInt128 {
    let words = ChaCha20.block(key: secret, counter: session, nonce: sequence)
    return (0..<4).reduce(0) { $0 | UInt128(words[$1]) << (32 * UInt128($1)) }
  }
}

extension ComparisonKey: Hashable {
  package static func == (left: ComparisonKey, right: ComparisonKey) -> Bool {
    left.seed == right.seed && left.words.count == right.words.count
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(seed) }
}

/// The random words of a key, one after the other.
private struct KeyStream {
  private let seed: UInt128
  private var counter: UInt64 = 0
  private var block: ChaCha20.Words
  private var used = 0

  init(seed: UInt128) {
    self.seed = seed
    block = ChaCha20.block(key: seed, counter: 0, nonce: 0)
  }

  mutating func next() -> UInt64 {
    if used == 16 {
      counter += 1
      block = ChaCha20.block(key: seed, counter: counter, nonce: 0)
      used = 0
    }
    defer { used += 2 }
    return UInt64(block[used]) | UInt64(block[used + 1]) << 32
  }

  mutating func nextElement() -> UInt128 {
    let low = next()
    return Mersenne127.reduced(UInt128(next()) << 64 | UInt128(low))
  }
}
