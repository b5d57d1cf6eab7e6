package import Quantities

/// Why a persistent state file cannot be trusted: what is wrong, and where.
///
/// Whatever the case, the disk needs a full sync and the file is made anew.
package enum PersistentStateDamage: Error, Sendable, Equatable {
  /// The file ends before what its header announces, or before the header does.
  case truncated(byteCount: UInt64, expected: UInt64)
  /// The file goes on after what its header announces.
  case oversized(byteCount: UInt64, expected: UInt64)
  /// The header is all zero: a crash came before the file was ever made.
  case unfinished
  /// The part does not begin with its magic number but with this one.
  case wrongMagic(PersistentStatePart, UInt64)
  /// A later format.
  case unsupportedVersion(PersistentStatePart, UInt32)
  /// The bytes are not those that were written.
  case wrongChecksum(PersistentStatePart)
  /// The file belongs to the disk of this identity.
  case foreignDisk(UInt128)
  /// The file describes a disk of this geometry, as when the disk has grown since.
  case wrongGeometry(diskSize: ByteCount, extentSize: ByteCount, payloadWidth: Int)
  /// The checksum is right, yet the content cannot be: whoever wrote it was wrong.
  case contradiction(PersistentStatePart)
}

/// A part of a persistent state file.
package enum PersistentStatePart: Sendable, Equatable {
  case header
  case dirtyBitmap
  case transferBitmap
  case demandLogHeader
  /// The metadata of the preserved extent that is the demand log's `record`-th, from 0.
  case metadata(record: Int)
  /// The payload of that extent.
  case payload(record: Int)
}

extension PersistentStatePart: CustomStringConvertible {
  package var description: String {
    switch self {
    case .header: "header"
    case .dirtyBitmap: "dirty bitmap"
    case .transferBitmap: "transfer bitmap"
    case .demandLogHeader: "demand-log header"
    case .metadata(let record): "metadata of demand-log record \(record)"
    case .payload(let record): "payload of demand-log record \(record)"
    }
  }
}

extension PersistentStateDamage: CustomStringConvertible {
  package var description: String {
    switch self {
    case .truncated(let byteCount, let expected): "ends after \(byteCount) of \(expected) bytes"
    case .oversized(let byteCount, let expected): "has \(byteCount) bytes in place of \(expected)"
    case .unfinished: "was never made to the end: its header is all zero"
    case .wrongMagic(let part, let magic): "its \(part) begins with 0x\(String(magic, radix: 16))"
    case .unsupportedVersion(let part, let version): "its \(part) has the unknown version \(version)"
    case .wrongChecksum(let part): "its \(part) does not match its checksum"
    case .foreignDisk(let identity): "belongs to disk 0x\(String(identity, radix: 16))"
    case .wrongGeometry(let diskSize, let extentSize, let payloadWidth):
      "describes a disk of \(diskSize) in extents of \(extentSize), \(payloadWidth) bytes held of each"
    case .contradiction(let part): "its \(part) is whole but contradicts the rest"
    }
  }
}

/// Why a persistent state file could not be opened.
package enum PersistentStateOpeningError<FileFailure: Error>: Error {
  /// The storage refused to read; the file may be whole.
  case file(FileFailure)
  case damaged(PersistentStateDamage)
}

extension PersistentStateOpeningError: Equatable where FileFailure: Equatable {}
