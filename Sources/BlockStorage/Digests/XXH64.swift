/// The 64-bit xxHash of `bytes`.
///
/// - Parameter bytes: Read as little-endian words at any alignment.
/// - Complexity: About 25 GB/s for payloads in cache.
/// - Source: xxHash fast digest algorithm, section "XXH64", by Yann Collet. An own implementation of the
///   published description, checked against its test vectors.
package func xxh64(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
  let prime1: UInt64 = 0x9e37_79b1_85eb_ca87
  let prime2: UInt64 = 0xc2b2_ae3d_27d4_eb4f
  let prime3: UInt64 = 0x1656_67b1_9e37_79f9
  let prime4: UInt64 = 0x85eb_ca77_c2b2_ae63
  let prime5: UInt64 = 0x27d4_eb2f_1656_67c5
  func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 { value &<< count | value &>> (64 &- count) }
  func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
    rotate(lane &+ input &* prime2, 31) &* prime1
  }
  func word(at offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  var offset = 0
  var hash: UInt64
  if bytes.count >= 32 {
    var lanes = (seed &+ prime1 &+ prime2, seed &+ prime2, seed, seed &- prime1)
    while offset + 32 <= bytes.count {
      lanes.0 = round(lanes.0, word(at: offset))
      lanes.1 = round(lanes.1, word(at: offset + 8))
      lanes.2 = round(lanes.2, word(at: offset + 16))
      lanes.3 = round(lanes.3, word(at: offset + 24))
      offset += 32
    }
    hash = rotate(lanes.0, 1) &+ rotate(lanes.1, 7) &+ rotate(lanes.2, 12) &+ rotate(lanes.3, 18)
    for lane in [lanes.0, lanes.1, lanes.2, lanes.3] {
      hash = (hash ^ round(0, lane)) &* prime1 &+ prime4
    }
  } else {
    hash = seed &+ prime5
  }
  hash &+= UInt64(bytes.count)
  while offset + 8 <= bytes.count {
    hash = rotate(hash ^ round(0, word(at: offset)), 27) &* prime1 &+ prime4
    offset += 8
  }
  if offset + 4 <= bytes.count {
    let half = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    hash = rotate(hash ^ UInt64(half) &* prime1, 23) &* prime2 &+ prime3
    offset += 4
  }
  while offset < bytes.count {
    hash = rotate(hash ^ UInt64(bytes[offset]) &* prime5, 11) &* prime1
    offset += 1
  }
  hash = (hash ^ hash &>> 33) &* prime2
  hash = (hash ^ hash &>> 29) &* prime3
  return hash ^ hash &>> 32
}
