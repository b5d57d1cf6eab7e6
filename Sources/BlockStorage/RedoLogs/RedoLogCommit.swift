import Quantities

/// The record that ends a redo log: all extents of the instance lie before it.
///
/// | Offset | Size | Field                                                            |
/// |-------:|-----:|------------------------------------------------------------------|
/// |      0 |    4 | magic, "CMIT"                                                    |
/// |      4 |    4 | zero                                                             |
/// |      8 |    8 | salt                                                             |
/// |     16 |    8 | number of bundles                                                |
/// |     24 |    8 | sequence of the instance                                         |
/// |     32 |    8 | its point in time, nanoseconds                                   |
/// |     40 |    8 | number of extents in all entries                                 |
/// |     48 |    8 | bytes of payload in all entries                                  |
/// |     56 |  440 | zero                                                             |
/// |    496 |   16 | chain: checksum of bytes 0 to 495, seeded with the chain before  |
///
/// Integers are little-endian. Since the chain vouches for every byte of the log, the commit may be under way to the
/// disk together with the payloads, and one sync makes all of it durable.
struct RedoLogCommit: Equatable, Sendable {
  static let magic: UInt32 = 0x5449_4d43
  static let byteCount = 512
  private static let chainOffset = 496

  var salt: UInt64
  var bundleCount: UInt64
  var instance: LoggedInstance
  var extentCount: UInt64
  var payloadByteCount: UInt64

  func encoded(after previous: RedoLogChecksum) -> (bytes: [UInt8], chain: RedoLogChecksum) {
    var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    bytes.setField(Self.magic, at: 0)
    bytes.setField(salt, at: 8)
    bytes.setField(bundleCount, at: 16)
    bytes.setField(instance.sequence, at: 24)
    bytes.setField(instance.pointInTime.nanoseconds, at: 32)
    bytes.setField(extentCount, at: 40)
    bytes.setField(payloadByteCount, at: 48)
    let chain = bytes.checksum(of: 0..<Self.chainOffset, seed: previous)
    bytes.setField(chain, at: Self.chainOffset)
    return (bytes, chain)
  }

  /// - Parameters:
  ///   - bytes: At least ``byteCount`` bytes that begin with the magic number.
  ///   - salt: The salt it must carry; `nil` where the chain alone is asked.
  static func decode(
    _ bytes: [UInt8], salt: UInt64?, after previous: RedoLogChecksum
  ) throws(RedoLogDefect) -> (commit: RedoLogCommit, chain: RedoLogChecksum) {
    let found: UInt64 = bytes.field(at: 8)
    if let salt, salt != found { throw .staleSalt(found: found, expected: salt) }
    let chain = bytes.checksumField(at: chainOffset)
    if bytes.checksum(of: 0..<chainOffset, seed: previous) != chain { throw .brokenChain }
    let instance = LoggedInstance(
      sequence: bytes.field(at: 24), pointInTime: Instant(nanoseconds: bytes.field(at: 32)))
    let commit = RedoLogCommit(
      salt: found, bundleCount: bytes.field(at: 16), instance: instance, extentCount: bytes.field(at: 40),
      payloadByteCount: bytes.field(at: 48))
    return (commit, chain)
  }
}
