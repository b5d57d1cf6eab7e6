import Glibc

/// Why the operating system did not do something to a file or folder: what, on which path, and its error number.
package struct FileStorageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was attempted.
  package enum Operation: String, Sendable, Hashable {
    case open, create, read, write, resize, sync, remove, rename, list, lock
  }

  package enum Cause: Sendable, Hashable {
    /// The error number of the system call, such as `ENOSPC`.
    case system(errno: Int32)
    /// The file ends before the bytes that were to be read: something else cut it.
    case endOfFile(byteOffset: UInt64)
    /// A name must be that of a file in the folder: not empty, no slash, neither `.` nor `..`.
    case badName
    /// The path is not that of a regular file.
    case notAFile
    /// Another process, or another part of this one, has the folder.
    case inUse
    /// An earlier sync of the file failed: what was written before it may be lost whatever later syncs say.
    case earlierSyncFailed
  }

  package let operation: Operation
  package let path: String
  package let cause: Cause

  package init(_ operation: Operation, _ path: String, _ cause: Cause) {
    (self.operation, self.path, self.cause) = (operation, path, cause)
  }

  /// Whether the same can succeed once there is space: the volume is full, or the quota or a limit is reached.
  package var isOutOfSpace: Bool {
    switch cause {
    case .system(ENOSPC), .system(EDQUOT), .system(EFBIG): true
    default: false
    }
  }

  package var description: String {
    let reason =
      switch cause {
      case .system(let number): "\(String(cString: strerror(number))) (errno \(number))"
      case .endOfFile(let offset): "the file ends at byte \(offset)"
      case .badName: "that is no name of a file in a folder"
      case .notAFile: "it is not a regular file"
      case .inUse: "it is in use by another process"
      case .earlierSyncFailed: "an earlier sync failed, so what was written may be lost"
      }
    return "cannot \(operation.rawValue) \(path): \(reason)"
  }
}
