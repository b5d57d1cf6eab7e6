/// What is wrong with bytes that should be part of a redo log.
package enum RedoLogDefect: Error, Equatable, Sendable {
  /// The file ends before the record does.
  case truncated(neededBytes: UInt64, byteCount: UInt64)
  case badMagic(UInt64)
  case unsupportedVersion(UInt32)
  /// The bytes of a superblock or of its records are not those that were written.
  case badChecksum
  /// A superblock names a disk that cannot be: its size, extent shift or payload width.
  case badGeometry
  case badState(UInt32)
  /// The record is left from an earlier use of the file.
  case staleSalt(found: UInt64, expected: UInt64)
  case wrongBundleIndex(found: UInt64, expected: UInt64)
  /// The record does not follow the one before it, or is not whole.
  case brokenChain
  /// An entry lies outside the disk, is empty, or is of an unknown kind.
  case badEntry(index: Int)
  /// The payload of an entry is not what its checksum vouches for.
  case badPayload(entryIndex: Int)
  /// A commit counts other bundles or extents than those before it.
  case wrongTotals
  /// What the superblock vouches for does not end with a commit, or where it should.
  case missingCommit
}

/// A defect and its place.
package struct RedoLogDamage: Error, Equatable, Sendable {
  /// Where the defective record, or payload, begins in the file.
  package let byteOffset: UInt64
  package let defect: RedoLogDefect
}

/// Why an operation on a redo log file failed.
///
/// It is open whether an operation that failed happened; opening the file again tells.
package enum RedoLogFileError<StorageFailure: Error>: Error {
  /// The storage failed. An append can be tried again; after any other operation the file must be opened again.
  case storage(StorageFailure)
  /// Neither superblock can be used: no redo log, or one whose creation was interrupted.
  case notARedoLog(first: RedoLogDefect, second: RedoLogDefect)
  /// Something that was durable is not what was written. The instance in the log is lost, the base disk is as
  /// ``RedoLogFile/baseInstance`` says, or in the midst of a merge.
  case damaged(RedoLogDamage)
  /// An earlier failure left it open what the file holds: it must be opened again.
  case mustBeReopened
}

extension RedoLogFileError: Equatable where StorageFailure: Equatable {}

/// Why a redo log could not be merged.
package enum RedoLogMergeError<LogFailure: Error, BaseFailure: Error>: Error {
  case log(RedoLogFileError<LogFailure>)
  /// The base failed; the log is unchanged and the merge can be done again.
  case base(BaseFailure)
}
