import BlockStorage
import Quantities

/// The fixed part in front of every replication frame.
///
/// | Offset | Size | Field                                                              |
/// |-------:|-----:|--------------------------------------------------------------------|
/// |      0 |    4 | magic, the letters "VRPL"                                          |
/// |      4 |    1 | version, currently 2                                               |
/// |      5 |    1 | kind, ``FrameKind``                                                |
/// |      6 |    1 | flags: bit 0 compressed, bit 1 encrypted, others zero              |
/// |      7 |    1 | reserved, zero                                                     |
/// |      8 |    8 | replication                                                        |
/// |     16 |    8 | session of the replication                                         |
/// |     24 |    8 | sequence: 0, 1, 2, … within the connection and direction           |
/// |     32 |    4 | stored size: bytes of the payload as it follows                    |
/// |     36 |    4 | plain size: bytes of the payload decrypted and decompressed        |
/// |     40 |    8 | XXH64 of bytes 0..<40, seed 0                                      |
/// |     48 |  *n* | payload: *n* = stored size                                         |
/// | 48 + n |    8 | XXH64 of the stored payload, seeded with the checksum at offset 40 |
///
/// Integers are little-endian, as in the files this project keeps on disk. The seed ties a payload to its header, so that
/// neither can be exchanged alone.
///
/// A checksum of 64 bits is enough here, since it is compared once with the one value that belongs to it: of damaged
/// frames, of which TCP's own checksum lets few through, one in 2⁶⁴ is taken for sound. It guards against accidents
/// only. Against an adversary there is encryption, whose tag has 128 bits and vouches for the header as well; and what
/// an instance holds in the end is compared with its certificate in any case.
package struct FrameHeader: Sendable, Hashable {
  /// The bytes of the header.
  package static let size = 48
  /// The bytes of the checksum behind the payload.
  package static let trailerSize = 8
  /// The most bytes of a plain payload.
  package static let plainSizeMaximum = 16 << 20
  /// The most bytes that encryption may add to a payload.
  package static let encryptionOverheadMaximum = 64

  static let magic: UInt32 = 0x4c50_5256
  static let version: UInt8 = 2

  package let kind: FrameKind
  package let isCompressed: Bool
  package let isEncrypted: Bool
  package let address: FrameAddress
  /// The number of the frame within its connection and direction, from 0.
  package let sequence: UInt64
  /// Bytes of the payload on the wire.
  package let storedSize: Int
  /// Bytes of the payload when it is decrypted and decompressed.
  package let plainSize: Int

  /// The bytes on the wire of a frame whose payload is stored in `storedSize` bytes.
  package static func frameSize(storedSize: Int) -> Int { size + storedSize + trailerSize }

  /// The 48 bytes of the header, checksum included.
  func encoded() -> [UInt8] {
    var sink = ByteSink(bytes: [])
    sink.bytes.reserveCapacity(Self.size)
    sink.append(Self.magic)
    sink.append(Self.version)
    sink.append(kind.rawValue)
    sink.append(UInt8(isCompressed ? 1 : 0) | (isEncrypted ? 2 : 0))
    sink.append(UInt8(0))
    sink.append(address.replication)
    sink.append(address.session)
    sink.append(sequence)
    sink.append(UInt32(storedSize))
    sink.append(UInt32(plainSize))
    sink.append(sink.bytes.withUnsafeBytes { xxh64($0) })
    return sink.bytes
  }

  /// Reads the first 48 bytes of `bytes`; whatever follows is ignored.
  ///
  /// The lengths are within their limits afterwards.
  package init(decoding bytes: borrowing RawSpan) throws(FrameDecodingError) {
    guard bytes.byteCount >= Self.size else { throw .truncated(missing: Self.size - bytes.byteCount) }
    let magic: UInt32 = bytes.littleEndian(at: 0)
    guard magic == Self.magic else { throw .badMagic(magic) }
    // Before the checksum: another version may keep it elsewhere.
    let version: UInt8 = bytes.littleEndian(at: 4)
    guard version == Self.version else { throw .unsupportedVersion(version) }
    let checksum = bytes.extracting(0..<40).withUnsafeBytes { xxh64($0) }
    guard bytes.littleEndian(at: 40) == checksum else { throw .damagedHeader }
    let number: UInt8 = bytes.littleEndian(at: 5)
    guard let kind = FrameKind(rawValue: number) else { throw .unknownKind(number) }
    let flags: UInt16 = bytes.littleEndian(at: 6)
    guard flags <= 3 else { throw .unknownFlags(flags) }
    let storedSize = Int(bytes.littleEndian(at: 32) as UInt32)
    let plainSize = Int(bytes.littleEndian(at: 36) as UInt32)
    guard plainSize <= Self.plainSizeMaximum else {
      throw .oversizedPayload(ByteCount(bytes: UInt64(plainSize)))
    }
    guard storedSize <= Self.plainSizeMaximum + Self.encryptionOverheadMaximum else {
      throw .oversizedPayload(ByteCount(bytes: UInt64(storedSize)))
    }
    self.init(
      kind: kind, isCompressed: flags & 1 != 0, isEncrypted: flags & 2 != 0,
      address: FrameAddress(replication: bytes.littleEndian(at: 8), session: bytes.littleEndian(at: 16)),
      sequence: bytes.littleEndian(at: 24), storedSize: storedSize, plainSize: plainSize)
  }

  init(
    kind: FrameKind, isCompressed: Bool, isEncrypted: Bool, address: FrameAddress, sequence: UInt64,
    storedSize: Int, plainSize: Int
  ) {
    self.kind = kind
    self.isCompressed = isCompressed
    self.isEncrypted = isEncrypted
    self.address = address
    self.sequence = sequence
    self.storedSize = storedSize
    self.plainSize = plainSize
  }
}

extension RawSpan {
  /// The integer whose little-endian bytes begin at `offset`.
  ///
  /// - Precondition: All of them lie in the span.
  @inline(__always)
  func littleEndian<Value: FixedWidthInteger>(at offset: Int) -> Value {
    precondition(
      offset >= 0 && offset <= byteCount - MemoryLayout<Value>.size, "an integer is read within its bytes")
    return withUnsafeBytes {
      Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
  }
}
