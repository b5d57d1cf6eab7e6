package import BlockStorage

/// Why an operation on the files of a replica failed.
package enum ReplicaFilesError<StorageFailure: Error>: Error {
  /// The storage failed. Received data can be offered again; after any other operation the replica must be opened
  /// again.
  case storage(StorageFailure)
  /// The folder has no descriptor of a replica: none was created, or not to the end.
  case noReplica
  case damaged(ReplicaDamage)
  /// An earlier failure left it open what the files hold.
  case mustBeReopened
}

extension ReplicaFilesError: Equatable where StorageFailure: Equatable {}

/// What is wrong with a replica's files; only bit rot, a foreign hand or a bug leads to it, never a crash.
package enum ReplicaDamage: Error, Sendable, Equatable {
  /// The descriptor's bytes are not those that were written.
  case wrongDescriptorChecksum
  case unsupportedDescriptorFormat(String)
  /// The descriptor lacks the key, or its value is none.
  case badDescriptorEntry(key: String)
  /// The descriptor is of the group of this name.
  case foreignGroup(String)
  /// The descriptor names a file that is not there.
  case missingFile(String)
  /// The file cannot be used as a redo log.
  case redoLog(file: String, RedoLogFault)
  /// What the files show of a disk is not what the instance held when it was complete.
  case wrongContent(disk: Int, sequence: SyncSequence)

  /// Why a file is not the redo log that the descriptor names.
  package enum RedoLogFault: Sendable, Equatable {
    /// Neither superblock can be used.
    case noRedoLog(first: RedoLogDefect, second: RedoLogDefect)
    case damaged(RedoLogDamage)
    /// It is of another disk, or of one of another geometry.
    case foreignDisk(UInt128)
    /// It is not committed, or for another sync than the descriptor says.
    case wrongInstance(found: SyncSequence?, expected: SyncSequence)
  }
}

/// Why a durable target did not take a message.
package enum DurableTargetError<StorageFailure: Error>: Error {
  case files(ReplicaFilesError<StorageFailure>)
  /// The instance is not what the source certified; it was dropped, also from the files.
  case mismatch(ReplicaMismatch)
}
