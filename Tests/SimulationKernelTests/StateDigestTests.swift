import SimulationKernel
import Testing

@Suite struct StateDigestTests {
  private func digest(of words: [UInt64], start: UInt64 = 0) -> StateDigest {
    var digest = StateDigest(start: start)
    for word in words { digest.combine(word) }
    return digest
  }

  /// The first value is the well-known first output of SplitMix64 with seed 0; the others were
  /// calculated by another program from the definition.
  @Test func `Digests never change`() {
    #expect(digest(of: []).description == "0000000000000000")
    #expect(digest(of: [0]).description == "e220a8397b1dcdaf")
    #expect(digest(of: [1, 2]).description == "51b01d53ca27e54d")
    #expect(digest(of: [.max]).description == "de0a564cbcd060c4")
    #expect(digest(of: [7], start: 42).description == "4d5cb825dfaab05b")
  }

  @Test func `A text is its length in bytes and its bytes, eight to a word`() {
    var text = StateDigest()
    text.combine("failed over")

    // 11 bytes: "failed o" and "ver", the first byte lowest.
    #expect(text == digest(of: [11, 0x6f20_6465_6c69_6166, 0x72_6576]))
    #expect(text.description == "735b3512b9eae8fa")

    var accented = StateDigest()
    accented.combine("réplica")
    #expect(accented.description == "b1cbc053e21f4695")
  }

  @Test func `A digest is printed with its leading zeros`() {
    #expect(StateDigest(start: 0xabc).description == "0000000000000abc")
  }

  @Test func `A number counts as the word with its bits`() {
    var number = StateDigest()
    number.combine(Int64(-1))
    #expect(number == digest(of: [.max]))
  }

  @Test func `Order matters`() {
    #expect(digest(of: [1, 2]) != digest(of: [2, 1]))
    #expect(digest(of: [0, 1]) != digest(of: [1, 0]))
  }

  @Test func `Zeros and the places of text boundaries matter`() {
    #expect(digest(of: []) != digest(of: [0]))
    #expect(digest(of: [0]) != digest(of: [0, 0]))

    var one = StateDigest()
    one.combine("ab")
    one.combine("c")
    var other = StateDigest()
    other.combine("a")
    other.combine("bc")
    #expect(one != other)
  }

  /// An average of 32 of 64 bits should differ; FNV-1a over words changes one for the highest bit.
  @Test func `One flipped bit of any word changes about half of the digest`() {
    let words: [UInt64] = [0, 1, 0xdead_beef, .max]
    let original = digest(of: words)
    var changedBitCount = 0
    for index in words.indices {
      for bit in 0..<64 {
        var flipped = words
        flipped[index] ^= 1 << UInt64(bit)
        let difference = (digest(of: flipped).value ^ original.value).nonzeroBitCount
        #expect((10...54).contains(difference))
        changedBitCount += difference
      }
    }
    // 4 words × 64 bits × 32: the mean of 256 samples with standard deviation 4 lies within 1.
    #expect((31 * 256...33 * 256).contains(changedBitCount))
  }
}
