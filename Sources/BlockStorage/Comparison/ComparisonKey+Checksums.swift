extension ComparisonKey {
  /// The checksum of `extents` whose payloads lie one after the other.
  func checksum(of payloads: UnsafeRawPointer, width: Int, extents: Range<Int>) -> UInt128 {
    var result: UInt128 = 0
    var payload = payloads
    var extent = extents.lowerBound
    while extent < extents.upperBound {
      let part = extent..<min((extent / Self.stretch + 1) * Self.stretch, extents.upperBound)
      let sum =
        width == ExtentGeometry.tagWidth
        ? sumOfTags(payload, extents: part) : sumOfPayloads(payload, width: width, extents: part)
      if sum != 0 { result = Mersenne127.sum(result, Mersenne127.product(sum, factor(ofStretchAt: extent))) }
      payload += part.count * width
      extent = part.upperBound
    }
    return result
  }

  /// The checksum of `extents` that all hold one payload.
  ///
  /// - Parameter hash: Of the payload, as ``hash(of:width:)`` gives it.
  func checksum(ofHash hash: UInt128, extents: Range<Int>) -> UInt128 {
    guard hash != 0 else { return 0 }
    var result: UInt128 = 0
    var extent = extents.lowerBound
    while extent < extents.upperBound {
      let end = min((extent / Self.stretch + 1) * Self.stretch, extents.upperBound)
      let first = extent % Self.stretch
      let sum = Mersenne127.difference(powerSums[first + end - extent], powerSums[first])
      result = Mersenne127.sum(result, Mersenne127.product(sum, factor(ofStretchAt: extent)))
      extent = end
    }
    return Mersenne127.product(result, hash)
  }

  /// What stands for a payload: 0 for zeros, a tag for itself.
  func hash(of payload: UnsafeRawPointer, width: Int) -> UInt128 {
    if width == ExtentGeometry.tagWidth { return UInt128(payload.loadUnaligned(as: UInt64.self)) }
    if ExtentContribution.isZero(payload, byteCount: width) { return 0 }
    precondition(width / 8 + 2 <= words.count, "a key is drawn for the widest payload")
    let (one, other) = words.withUnsafeBufferPointer {
      Self.innerHashes(of: payload, wordCount: width / 8, key: $0.baseAddress!)
    }
    var hash = folding[4]
    for (index, word) in [one.low, one.high, other.low, other.high].enumerated() {
      hash = Mersenne127.sum(hash, Mersenne127.product(UInt128(word), folding[index]))
    }
    return hash
  }

  /// *r^(256·⌊e/256⌋)*.
  private func factor(ofStretchAt extent: Int) -> UInt128 {
    var bits = extent / Self.stretch
    var factor: UInt128 = 1
    while bits != 0 {
      let bit = bits.trailingZeroBitCount
      factor = Mersenne127.product(factor, stretchPowers[bit])
      bits &= bits - 1
    }
    return factor
  }

  private func sumOfTags(_ payloads: UnsafeRawPointer, extents: Range<Int>) -> UInt128 {
    // Products of 64 and 127 bits, summed by their words: 256 of each stay below 2⁷³.
    var (low, middle, high): (UInt128, UInt128, UInt128) = (0, 0, 0)
    powers.withUnsafeBufferPointer { powers in
      var payload = payloads
      for extent in extents {
        let tag = payload.loadUnaligned(as: UInt64.self)
        let power = powers[extent & (Self.stretch - 1)]
        let lower = tag.multipliedFullWidth(by: UInt64(truncatingIfNeeded: power))
        let upper = tag.multipliedFullWidth(by: UInt64(truncatingIfNeeded: power >> 64))
        low &+= UInt128(lower.low)
        middle &+= UInt128(lower.high) &+ UInt128(upper.low)
        high &+= UInt128(upper.high)
        payload += 8
      }
    }
    return Mersenne127.combined(low: low, middle: middle, high: high)
  }

  private func sumOfPayloads(_ payloads: UnsafeRawPointer, width: Int, extents: Range<Int>) -> UInt128 {
    var result: UInt128 = 0
    var payload = payloads
    for extent in extents {
      let hash = hash(of: payload, width: width)
      if hash != 0 {
        result = Mersenne127.sum(
          result, Mersenne127.product(hash, powers[extent & (Self.stretch - 1)]))
      }
      payload += width
    }
    return result
  }

  private typealias WordPair = (low: UInt64, high: UInt64)

  /// Two NH of an even number of words: *Σ (m₂ᵢ + k₂ᵢ)·(m₂ᵢ₊₁ + k₂ᵢ₊₁)* modulo 2¹²⁸, the second with keys from *k₂* on.
  @inline(never)
  private static func innerHashes(
    of payload: UnsafeRawPointer, wordCount: Int, key: UnsafePointer<UInt64>
  ) -> (WordPair, WordPair) {
    var (one, other): (UInt128, UInt128) = (0, 0)
    var index = 0
    while index < wordCount {
      let first = UInt64(littleEndian: payload.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
      let second = UInt64(
        littleEndian: payload.loadUnaligned(fromByteOffset: 8 * index + 8, as: UInt64.self))
      let left = (first &+ key[index]).multipliedFullWidth(by: second &+ key[index + 1])
      let right = (first &+ key[index + 2]).multipliedFullWidth(by: second &+ key[index + 3])
      one &+= UInt128(left.high) << 64 | UInt128(left.low)
      other &+= UInt128(right.high) << 64 | UInt128(right.low)
      index += 2
    }
    func words(_ sum: UInt128) -> WordPair {
      (UInt64(truncatingIfNeeded: sum), UInt64(truncatingIfNeeded: sum >> 64))
    }
    return (words(one), words(other))
  }
}

extension ExtentStore {
  /// The keyed checksum of what `extents` really hold, the unit of comparison of a full sync.
  ///
  /// - Parameter key: That of the full sync, drawn for payloads at least as wide.
  /// - Complexity: O(*e*) where content is stored, O(*e*/256) where the image or a page of one payload is.
  package func checksum(ofRegion extents: Range<Int>, key: ComparisonKey) -> RegionChecksum {
    geometry.validate(extents)
    let width = geometry.payloadWidth
    var sum: UInt128 = 0
    var imaged = extents.lowerBound..<extents.lowerBound
    var extent = extents.lowerBound
    while extent < extents.upperBound {
      let segment = pages.segment(from: extent, limit: extents.upperBound)
      let part: UInt128
      switch pages.page(extent >> pages.pageShift) {
      case .dense(let memory):
        part = key.checksum(of: memory + offset(inPage: extent), width: width, extents: segment)
      case .uniform(let payload):
        part = key.checksum(ofHash: key.hash(of: payload, width: width), extents: segment)
      case .absent:
        // Neighbours are taken together, since a stretch costs what a page does.
        if imaged.upperBound == segment.lowerBound {
          imaged = imaged.lowerBound..<segment.upperBound
          part = 0
        } else {
          part = imageChecksum(imaged, key: key)
          imaged = segment
        }
      }
      sum = Mersenne127.sum(sum, part)
      extent = segment.upperBound
    }
    return RegionChecksum(value: Mersenne127.sum(sum, imageChecksum(imaged, key: key)))
  }

  private func imageChecksum(_ extents: Range<Int>, key: ComparisonKey) -> UInt128 {
    let used = extents.clamped(to: 0..<image.usedExtentCount)
    if used.isEmpty { return 0 }
    let hash =
      geometry.payloadWidth == ExtentGeometry.tagWidth
      ? UInt128(image.tag) : withTagPayload(image.tag) { key.hash(of: $0, width: geometry.payloadWidth) }
    return key.checksum(ofHash: hash, extents: used)
  }
}

extension ReplicaImage {
  /// As ``ExtentStore/checksum(ofRegion:key:)``.
  package func checksum(ofRegion extents: Range<Int>, key: ComparisonKey) -> RegionChecksum {
    if logs.isEmpty { return base.checksum(ofRegion: extents, key: key) }
    var payloads: [UInt8] = []
    read(extents, appendingTo: &payloads)
    return payloads.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return RegionChecksum(value: 0) }
      return RegionChecksum(value: key.checksum(of: start, width: geometry.payloadWidth, extents: extents))
    }
  }
}
