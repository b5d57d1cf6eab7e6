/// 128 bits that vouch for bytes of a redo log: two XXH64 of the same bytes under different seeds.
///
/// It guards against torn, lost, stale and rotten bytes, not against an adversary, who could make the two collide
/// together. A checksum seeded with another one continues a chain: it vouches for all that came before.
struct RedoLogChecksum: Equatable, Sendable {
  var low: UInt64
  var high: UInt64

  /// The seed of a checksum that stands alone and of the first in a chain.
  static let zero = RedoLogChecksum(low: 0, high: 0)
  static let byteCount = 16

  init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// *low* = XXH64(bytes, seed.low), *high* = XXH64(bytes, seed.high ⊕ golden gamma).
  init(of bytes: UnsafeRawBufferPointer, seed: RedoLogChecksum = .zero) {
    low = xxh64(bytes, seed: seed.low)
    high = xxh64(bytes, seed: seed.high ^ 0x9e37_79b9_7f4a_7c15)
  }
}

/// Little-endian fields of a record.
extension [UInt8] {
  func field<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type = Value.self) -> Value {
    withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self)) }
  }

  mutating func setField<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
    withUnsafeMutableBytes { $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self) }
  }

  func checksumField(at offset: Int) -> RedoLogChecksum {
    RedoLogChecksum(low: field(at: offset), high: field(at: offset + 8))
  }

  mutating func setField(_ checksum: RedoLogChecksum, at offset: Int) {
    setField(checksum.low, at: offset)
    setField(checksum.high, at: offset + 8)
  }

  func checksum(of range: Range<Int>, seed: RedoLogChecksum = .zero) -> RedoLogChecksum {
    withUnsafeBytes { RedoLogChecksum(of: UnsafeRawBufferPointer(rebasing: $0[range]), seed: seed) }
  }
}
