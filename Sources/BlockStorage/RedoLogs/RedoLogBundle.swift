/// Extents in a redo log file: a descriptor block of 4 KiB and the payloads it describes.
///
/// | Offset | Size | Field                                                              |
/// |-------:|-----:|--------------------------------------------------------------------|
/// |      0 |    4 | magic, "BNDL"                                                      |
/// |      4 |    4 | number of entries, 1 to 120                                        |
/// |      8 |    8 | salt                                                               |
/// |     16 |    8 | index of the bundle in the log, from 0                             |
/// |     24 |  216 | zero                                                               |
/// |    240 | 3840 | entries of 32 bytes, zero where unused                             |
/// |   4080 |   16 | chain: checksum of bytes 0 to 4,079, seeded with the chain before  |
///
/// | Offset | Size | Field of an entry                                       |
/// |-------:|-----:|---------------------------------------------------------|
/// |      0 |    8 | first extent                                            |
/// |      8 |    4 | number of extents                                       |
/// |     12 |    4 | kind: 1 data, 2 zero                                    |
/// |     16 |   16 | checksum of the payloads, zero where there are none     |
///
/// Integers are little-endian. The payloads of the data entries follow the descriptor in a row, without gaps,
/// and are padded to 4 KiB with zeros, which are never read. Only the chain is a matter of trust: it vouches for the
/// descriptor and all before it, the descriptor's checksums for the payloads.
struct RedoLogBundle: Equatable, Sendable {
  enum Kind: UInt32, Sendable {
    case data = 1
    case zero = 2
  }

  struct Entry: Equatable, Sendable {
    var extents: Range<Int>
    var kind: Kind
    var checksum = RedoLogChecksum.zero

    /// The stored bytes of the entry.
    func byteCount(payloadWidth: Int) -> Int { kind == .data ? extents.count * payloadWidth : 0 }
  }

  static let magic: UInt32 = 0x4c44_4e42
  static let blockSize = 4_096
  static let entryCountMaximum = 120
  /// The most payload bytes of one data entry of several extents: what a reader of one extent must verify.
  static let entryByteCountMaximum = 65_536
  private static let entriesOffset = 240
  private static let chainOffset = 4_080

  /// Where the descriptor begins in the file.
  var byteOffset: UInt64
  var index: UInt64
  var salt: UInt64
  var entries: [Entry]
  var chain: RedoLogChecksum

  /// Where the payloads begin in the file.
  var payloadOffset: UInt64 { byteOffset + UInt64(Self.blockSize) }

  var extentCount: Int { entries.reduce(0) { $0 + $1.extents.count } }

  func payloadByteCount(width: Int) -> Int {
    entries.reduce(0) { $0 + $1.byteCount(payloadWidth: width) }
  }

  /// Where the next record begins.
  func endOffset(width: Int) -> UInt64 {
    let blocks = (payloadByteCount(width: width) + Self.blockSize - 1) / Self.blockSize
    return payloadOffset + UInt64(blocks * Self.blockSize)
  }

  /// Completes the chain and returns the descriptor block.
  mutating func encode(after previous: RedoLogChecksum) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.blockSize)
    bytes.setField(Self.magic, at: 0)
    bytes.setField(UInt32(entries.count), at: 4)
    bytes.setField(salt, at: 8)
    bytes.setField(index, at: 16)
    for (position, entry) in entries.enumerated() {
      let offset = Self.entriesOffset + 32 * position
      bytes.setField(UInt64(entry.extents.lowerBound), at: offset)
      bytes.setField(UInt32(entry.extents.count), at: offset + 8)
      bytes.setField(entry.kind.rawValue, at: offset + 12)
      bytes.setField(entry.checksum, at: offset + 16)
    }
    chain = bytes.checksum(of: 0..<Self.chainOffset, seed: previous)
    bytes.setField(chain, at: Self.chainOffset)
    return bytes
  }

  /// - Parameters:
  ///   - bytes: A block that begins with the magic number.
  ///   - salt: The salt it must carry; `nil` where the chain alone is asked.
  init(
    decoding bytes: [UInt8], at byteOffset: UInt64, index: UInt64, salt: UInt64?,
    after previous: RedoLogChecksum,
    geometry: ExtentGeometry
  ) throws(RedoLogDefect) {
    self.byteOffset = byteOffset
    self.salt = bytes.field(at: 8)
    self.index = bytes.field(at: 16)
    if let salt, salt != self.salt { throw .staleSalt(found: self.salt, expected: salt) }
    if self.index != index { throw .wrongBundleIndex(found: self.index, expected: index) }
    chain = bytes.checksumField(at: Self.chainOffset)
    if bytes.checksum(of: 0..<Self.chainOffset, seed: previous) != chain { throw .brokenChain }
    let count: UInt32 = bytes.field(at: 4)
    guard count > 0, count <= Self.entryCountMaximum else { throw .badEntry(index: 0) }
    entries = []
    entries.reserveCapacity(Int(count))
    for position in 0..<Int(count) {
      let offset = Self.entriesOffset + 32 * position
      let (first, length): (UInt64, UInt32) = (bytes.field(at: offset), bytes.field(at: offset + 8))
      guard let kind = Kind(rawValue: bytes.field(at: offset + 12)), length > 0,
        first < UInt64(geometry.extentCount), UInt64(length) <= UInt64(geometry.extentCount) - first
      else { throw .badEntry(index: position) }
      entries.append(
        Entry(
          extents: Int(first)..<Int(first) + Int(length), kind: kind,
          checksum: bytes.checksumField(at: offset + 16)))
    }
  }

  init(byteOffset: UInt64, index: UInt64, salt: UInt64) {
    self.byteOffset = byteOffset
    self.index = index
    self.salt = salt
    entries = []
    chain = .zero
  }

  /// Which entry's payload is not what its checksum vouches for, `nil` if all are.
  ///
  /// - Parameter payloads: The stored payloads of all entries.
  func damage(in payloads: [UInt8], width: Int) -> RedoLogDamage? {
    var offset = 0
    for (position, entry) in entries.enumerated() where entry.kind == .data {
      let byteCount = entry.byteCount(payloadWidth: width)
      if payloads.checksum(of: offset..<offset + byteCount) != entry.checksum {
        return RedoLogDamage(
          byteOffset: payloadOffset + UInt64(offset), defect: .badPayload(entryIndex: position))
      }
      offset += byteCount
    }
    return nil
  }
}
