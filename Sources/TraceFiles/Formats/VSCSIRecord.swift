import Quantities
import Workloads

/// One command of VMware's binary trace, version 1.
///
/// | Offset | Size | Field                                            |
/// |-------:|-----:|--------------------------------------------------|
/// |      0 |    4 | serial number                                    |
/// |      4 |    4 | length in bytes                                  |
/// |      8 |    4 | scatter-gather elements                          |
/// |     12 |    2 | SCSI operation code                              |
/// |     14 |    2 | version, 0x0100                                  |
/// |     16 |    8 | logical block number, in sectors of 512 bytes    |
/// |     24 |    8 | time in microseconds                             |
///
/// Integers are little-endian.
struct VSCSIRecord: Equatable {
  static let byteCount = 32
  static let supportedVersion: UInt16 = 0x0100
  private static let versionByteOffset = 14
  private static let sectorByteCount: UInt64 = 512

  var serial: UInt32
  var byteLength: UInt32
  var scatterGatherCount: UInt32
  var operationCode: UInt16
  var version: UInt16
  var sector: UInt64
  var microseconds: UInt64

  /// - Precondition: `bytes` holds a whole record at `offset`.
  init(decoding bytes: UnsafeRawBufferPointer, at offset: Int) {
    func load<Value: FixedWidthInteger>(_ field: Int, as type: Value.Type) -> Value {
      Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + field, as: type))
    }
    serial = load(0, as: UInt32.self)
    byteLength = load(4, as: UInt32.self)
    scatterGatherCount = load(8, as: UInt32.self)
    operationCode = load(12, as: UInt16.self)
    version = load(Self.versionByteOffset, as: UInt16.self)
    sector = load(16, as: UInt64.self)
    microseconds = load(24, as: UInt64.self)
  }

  /// The record of a write: WRITE(10), or WRITE(16) for what that cannot express.
  ///
  /// - Parameter number: Which write it is, from 1.
  init(of write: WriteRecord, number: Int) throws(TraceProblem) {
    guard write.byteOffset % Self.sectorByteCount == 0,
      UInt64(write.byteLength) % Self.sectorByteCount == 0
    else {
      throw .notRepresentable(
        write: number,
        reason: "\(write.byteLength) bytes at byte \(write.byteOffset) do not lie on sectors of 512 bytes")
    }
    guard write.time.nanoseconds % 1_000 == 0 else {
      throw .notRepresentable(
        write: number, reason: "its time of \(write.time.nanoseconds) ns is not in whole microseconds")
    }
    serial = UInt32(truncatingIfNeeded: number)
    byteLength = write.byteLength
    scatterGatherCount = 1
    sector = write.byteOffset / Self.sectorByteCount
    let fitsShortForm =
      sector <= UInt64(UInt32.max)
      && UInt64(byteLength) / Self.sectorByteCount <= UInt64(UInt16.max)
    operationCode = fitsShortForm ? 0x2a : 0x8a
    version = Self.supportedVersion
    microseconds = UInt64(write.time.nanoseconds / 1_000)
  }

  func append(to content: inout [UInt8]) {
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { content += $0 }
    }
    append(serial)
    append(byteLength)
    append(scatterGatherCount)
    append(operationCode)
    append(version)
    append(sector)
    append(microseconds)
  }

  /// - Source: T10, SBC-3 and SBC-2: READ and WRITE with 6, 10, 12 and 16 bytes.
  var operation: TraceCollection.Operation {
    switch operationCode {
    case 0x08, 0x28, 0xa8, 0x88: .read
    case 0x0a, 0x2a, 0xaa, 0x8a: .write
    // A SCSI operation code has 8 bits; the field's upper half is not part of it.
    default: .other(operationCode: UInt8(truncatingIfNeeded: operationCode))
    }
  }

  /// Where the sectors begin, or `nil` beyond 2⁶⁴ bytes.
  var byteOffset: UInt64? {
    let (bytes, overflow) = sector.multipliedReportingOverflow(by: Self.sectorByteCount)
    return overflow ? nil : bytes
  }

  /// Whether content that begins with `start` can be such a trace: the version is where it should be.
  static func isRecord(start: [UInt8]) -> Bool {
    start.count >= byteCount
      && start[versionByteOffset...].prefix(2).elementsEqual([
        UInt8(supportedVersion & 0xff), UInt8(supportedVersion >> 8),
      ])
  }
}
