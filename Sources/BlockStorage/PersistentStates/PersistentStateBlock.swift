/// 128 bits that tell whether bytes are those that were written: `xxh64` under two seeds.
///
/// It finds accidents; it is no protection from somebody who wants to deceive.
struct PersistentStateChecksum: Equatable, Sendable {
  var low: UInt64
  var high: UInt64

  static let none = PersistentStateChecksum(low: 0, high: 0)

  init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  init(of bytes: UnsafeRawBufferPointer) {
    low = xxh64(bytes)
    high = xxh64(bytes, seed: 0x7073_665f_6869_6768)
  }

  /// The checksum of a sequence whose elements before this one have this checksum.
  mutating func extend(by number: UInt64, _ next: PersistentStateChecksum) {
    let words = [low, high, number, next.low, next.high].map(\.littleEndian)
    self = words.withUnsafeBytes(PersistentStateChecksum.init(of:))
  }
}

/// Bytes of fixed number and place whose last 16 are the checksum of the rest; integers are little-endian.
struct PersistentStateBlock {
  private(set) var bytes: [UInt8]

  private var checksumOffset: Int { bytes.count - 16 }

  /// An unsealed block of zeros.
  init(byteCount: Int) { bytes = [UInt8](repeating: 0, count: byteCount) }

  init(_ bytes: some Collection<UInt8>) { self.bytes = Array(bytes) }

  /// The integer at `offset`.
  subscript<Integer: FixedWidthInteger & BitwiseCopyable>(offset: Int, as type: Integer.Type) -> Integer {
    get {
      bytes.withUnsafeBytes { Integer(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type)) }
    }
    set {
      bytes.withUnsafeMutableBytes {
        $0.storeBytes(of: newValue.littleEndian, toByteOffset: offset, as: type)
      }
    }
  }

  subscript(offset: Int) -> UInt64 {
    get { self[offset, as: UInt64.self] }
    set { self[offset, as: UInt64.self] = newValue }
  }

  subscript(checksumAt offset: Int) -> PersistentStateChecksum {
    get { PersistentStateChecksum(low: self[offset], high: self[offset + 8]) }
    set {
      self[offset] = newValue.low
      self[offset + 8] = newValue.high
    }
  }

  /// The checksum in its last 16 bytes.
  var checksum: PersistentStateChecksum { self[checksumAt: checksumOffset] }

  var isWhole: Bool { checksum == computedChecksum }

  var isZero: Bool { bytes.allSatisfy { $0 == 0 } }

  mutating func seal() { self[checksumAt: checksumOffset] = computedChecksum }

  private var computedChecksum: PersistentStateChecksum {
    bytes.withUnsafeBytes {
      PersistentStateChecksum(of: UnsafeRawBufferPointer(rebasing: $0[..<checksumOffset]))
    }
  }
}
