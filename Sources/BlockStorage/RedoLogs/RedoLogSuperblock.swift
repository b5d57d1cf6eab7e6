package import Quantities

/// The point in time that a redo log, or a base disk, holds.
package struct LoggedInstance: Sendable, Hashable {
  package var sequence: UInt64
  package var pointInTime: Instant

  package init(sequence: UInt64, pointInTime: Instant) {
    self.sequence = sequence
    self.pointInTime = pointInTime
  }
}

/// The fixed record that says what a redo log file is and how far it is vouched for.
///
/// It is one sector, kept twice: in slot 0 at byte 0 and in slot 1 at byte 4,096. The rest of each 4 KiB is never read.
/// The slot that is not known to be durable is written, synced, and then the other one gets the same: so a crash
/// tears at most one, and a bit that rots later leaves an equal copy.
///
/// | Offset | Size | Field                                                                  |
/// |-------:|-----:|------------------------------------------------------------------------|
/// |      0 |    8 | magic, "drsmredo"                                                      |
/// |      8 |    4 | format version, 1                                                      |
/// |     12 |    4 | state: 0 receiving, 1 complete, 2 merged, 3 merging                    |
/// |     16 |    8 | generation, one more with every change; the higher slot counts         |
/// |     24 |    8 | salt: bundles from the tail on carry it, or are left from earlier use  |
/// |     32 |   16 | identity of the disk                                                   |
/// |     48 |    8 | size of the disk in bytes                                              |
/// |     56 |    4 | binary logarithm of the extent size                                    |
/// |     60 |    4 | payload width in bytes                                                 |
/// |     64 |    8 | tail: what lies before it is durable, 8,192 for nothing                |
/// |     72 |   16 | chain at the tail                                                      |
/// |     88 |    8 | 1 if the base holds an instance, else 0                                |
/// |     96 |    8 | its sequence                                                           |
/// |    104 |    8 | its point in time, nanoseconds                                         |
/// |    112 |  384 | zero                                                                   |
/// |    496 |   16 | checksum of bytes 0 to 495                                             |
///
/// Integers are little-endian.
struct RedoLogSuperblock: Equatable, Sendable {
  enum State: UInt32, Sendable {
    case receiving = 0
    case complete = 1
    case merged = 2
    case merging = 3
  }

  static let byteCount = 512
  static let slotOffsets: [UInt64] = [0, 4_096]
  /// Where bundles begin.
  static let headByteCount: UInt64 = 8_192
  static let magic: UInt64 = 0x6f64_6572_6d73_7264
  static let version: UInt32 = 1
  private static let checksumOffset = 496

  var state: State
  var generation: UInt64
  var salt: UInt64
  var diskIdentifier: UInt128
  var geometry: ExtentGeometry
  var tail: UInt64
  var chain: RedoLogChecksum
  var baseInstance: LoggedInstance?

  /// The record, ``byteCount`` bytes.
  var encoded: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    bytes.setField(Self.magic, at: 0)
    bytes.setField(Self.version, at: 8)
    bytes.setField(state.rawValue, at: 12)
    bytes.setField(generation, at: 16)
    bytes.setField(salt, at: 24)
    bytes.setField(diskIdentifier, at: 32)
    bytes.setField(geometry.diskSize.bytes, at: 48)
    bytes.setField(UInt32(geometry.extentSize.bytes.trailingZeroBitCount), at: 56)
    bytes.setField(UInt32(geometry.payloadWidth), at: 60)
    bytes.setField(tail, at: 64)
    bytes.setField(chain, at: 72)
    if let baseInstance {
      bytes.setField(UInt64(1), at: 88)
      bytes.setField(baseInstance.sequence, at: 96)
      bytes.setField(baseInstance.pointInTime.nanoseconds, at: 104)
    }
    bytes.setField(bytes.checksum(of: 0..<Self.checksumOffset), at: Self.checksumOffset)
    return bytes
  }

  init(
    state: State, generation: UInt64, salt: UInt64, diskIdentifier: UInt128, geometry: ExtentGeometry
  ) {
    self.state = state
    self.generation = generation
    self.salt = salt
    self.diskIdentifier = diskIdentifier
    self.geometry = geometry
    tail = Self.headByteCount
    chain = .zero
  }

  /// A salt for the next use of the file, for lack of a random one: no earlier superblock leads to it.
  var followingSalt: UInt64 { encoded.withUnsafeBytes { xxh64($0, seed: salt) } }

  /// - Parameter bytes: ``byteCount`` bytes.
  init(decoding bytes: [UInt8]) throws(RedoLogDefect) {
    let magic: UInt64 = bytes.field(at: 0)
    if magic != Self.magic { throw .badMagic(magic) }
    if bytes.checksum(of: 0..<Self.checksumOffset) != bytes.checksumField(at: Self.checksumOffset) {
      throw .badChecksum
    }
    // The checksum has its place in every version, so a whole record of another one is known as such.
    let version: UInt32 = bytes.field(at: 8)
    if version != Self.version { throw .unsupportedVersion(version) }
    let rawState: UInt32 = bytes.field(at: 12)
    guard let state = State(rawValue: rawState) else { throw .badState(rawState) }
    let diskSize: UInt64 = bytes.field(at: 48)
    let (shift, width): (UInt32, UInt32) = (bytes.field(at: 56), bytes.field(at: 60))
    guard diskSize > 0, diskSize <= ExtentGeometry.diskSizeMaximum.bytes, shift < 32, width > 0,
      width.isMultiple(of: 8), width <= 1 << 31
    else { throw .badGeometry }
    self.init(
      state: state, generation: bytes.field(at: 16), salt: bytes.field(at: 24),
      diskIdentifier: bytes.field(at: 32),
      geometry: ExtentGeometry(
        diskSize: ByteCount(bytes: diskSize), extentSize: ByteCount(bytes: 1 << UInt64(shift)),
        payloadWidth: Int(width)))
    tail = bytes.field(at: 64)
    chain = bytes.checksumField(at: 72)
    if bytes.field(at: 88, as: UInt64.self) != 0 {
      baseInstance = LoggedInstance(
        sequence: bytes.field(at: 96), pointInTime: Instant(nanoseconds: bytes.field(at: 104)))
    }
  }
}
