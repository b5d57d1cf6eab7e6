/// What extents add to the digest of their disk: one term per extent, to be summed mod 2⁶⁴.
///
/// The term mixes the index of the extent with its payload's hash (a tag stands for itself, a wider
/// payload for its XXH64), so that content in the wrong place is other content. An extent of zeros adds
/// nothing, so that an untouched disk of any size has the digest 0.
///
/// - Source: The mix is SplitMix64's output function (Steele, Lea and Flood 2014) at state
///   *hash + (index + 1) · golden gamma*, a bijection of the hash for every index.
enum ExtentContribution {
  /// The term of one extent whose payload is not zero and has the hash `hash`.
  @inline(__always)
  static func ofHash(_ hash: UInt64, at extent: Int) -> UInt64 {
    var mixed = hash &+ (UInt64(truncatingIfNeeded: extent) &+ 1) &* 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ mixed &>> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed &>> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed &>> 31
  }

  /// The sum of the terms of `count` extents whose payloads lie one after the other.
  @inline(__always)
  static func sum(of payloads: UnsafeRawPointer, width: Int, extents: Range<Int>) -> UInt64 {
    width == ExtentGeometry.tagWidth
      ? sumOfTags(payloads, extents: extents) : sumOfWidePayloads(payloads, width: width, extents: extents)
  }

  /// The sum of the terms of `extents` that all hold a payload with the hash `hash`, or zeros for `nil`.
  static func sum(ofHash hash: UInt64?, extents: Range<Int>) -> UInt64 {
    guard let hash else { return 0 }
    var result: UInt64 = 0
    for extent in extents { result &+= ofHash(hash, at: extent) }
    return result
  }

  /// The hash of one payload, `nil` if it is zero.
  static func hash(of payload: UnsafeRawPointer, width: Int) -> UInt64? {
    if isZero(payload, byteCount: width) { return nil }
    return width == ExtentGeometry.tagWidth
      ? payload.loadUnaligned(as: UInt64.self)
      : xxh64(UnsafeRawBufferPointer(start: payload, count: width))
  }

  private static func sumOfTags(_ payloads: UnsafeRawPointer, extents: Range<Int>) -> UInt64 {
    var result: UInt64 = 0
    var payload = payloads
    for extent in extents {
      let tag = payload.loadUnaligned(as: UInt64.self)
      let term = ofHash(tag, at: extent)
      result &+= tag == 0 ? 0 : term
      payload += 8
    }
    return result
  }

  @inline(never)
  private static func sumOfWidePayloads(
    _ payloads: UnsafeRawPointer, width: Int, extents: Range<Int>
  ) -> UInt64 {
    var result: UInt64 = 0
    for (offset, extent) in extents.enumerated() {
      if let hash = hash(of: payloads + offset * width, width: width) {
        result &+= ofHash(hash, at: extent)
      }
    }
    return result
  }

  /// Whether `byteCount` bytes, a multiple of 8, are all zero.
  static func isZero(_ bytes: UnsafeRawPointer, byteCount: Int) -> Bool {
    var offset = 0
    // Blocks of 64 bytes without a branch inside, which the compiler turns into vector code.
    while offset + 64 <= byteCount {
      var bits: UInt64 = 0
      for word in 0..<8 { bits |= bytes.loadUnaligned(fromByteOffset: offset + 8 * word, as: UInt64.self) }
      if bits != 0 { return false }
      offset += 64
    }
    while offset < byteCount {
      if bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) != 0 { return false }
      offset += 8
    }
    return true
  }
}
