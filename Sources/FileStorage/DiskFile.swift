import BlockStorage
import Glibc

/// A file of the operating system, read and written at offsets and made durable by `fdatasync`.
///
/// Its length is known from opening it on, since nothing else writes to the file: ``FileFolder`` sees to that among processes
/// that use it. Calls interrupted by a signal go on; a write that the system cuts short is continued.
///
/// After a failed sync Linux takes the pages for clean, so a later sync would succeed without the bytes that were lost. So
/// every later sync of this value throws `earlierSyncFailed`.
///
/// A class, since a file is a thing with an identity; not `Sendable`. The file is closed with the last reference.
package final class DiskFile: StorageFile {
  package typealias Failure = FileStorageError

  package let path: String
  package private(set) var byteCount: UInt64
  private let descriptor: Int32
  private var hasSyncFailed = false

  /// Takes over an open file.
  ///
  /// - Throws: `notAFile`, or what `fstat` says; the descriptor is closed then.
  init(descriptor: Int32, path: String) throws(FileStorageError) {
    (self.descriptor, self.path) = (descriptor, path)
    byteCount = 0
    // From here on the value owns the descriptor, which its deinitialiser closes also if this throws.
    var status = stat()
    if fstat(descriptor, &status) != 0 { throw FileStorageError(.open, path, .system(errno: errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileStorageError(.open, path, .notAFile) }
    byteCount = UInt64(status.st_size)
  }

  deinit { close(descriptor) }

  package func read(_ range: Range<UInt64>, appendingTo bytes: inout [UInt8]) throws(FileStorageError) {
    precondition(range.upperBound <= byteCount, "a read ends within the file")
    let (start, count) = (bytes.count, range.count)
    bytes.append(contentsOf: repeatElement(0, count: count))
    let cause: FileStorageError.Cause? = bytes.withUnsafeMutableBytes { buffer in
      var position = 0
      while position < count {
        let offset = range.lowerBound + UInt64(position)
        let received = pread(
          descriptor, buffer.baseAddress.map { $0 + start + position }, count - position, off_t(offset))
        if received > 0 {
          position += received
        } else if received == 0 {
          return .endOfFile(byteOffset: offset)
        } else if errno != EINTR {
          return .system(errno: errno)
        }
      }
      return nil
    }
    if let cause {
      bytes.removeLast(count)
      throw FileStorageError(.read, path, cause)
    }
  }

  package func write(_ bytes: RawSpan, at offset: UInt64) throws(FileStorageError) {
    let (written, failure) = bytes.withUnsafeBytes { buffer -> (Int, Int32) in
      var position = 0
      while position < buffer.count {
        let sent = pwrite(
          descriptor, buffer.baseAddress.map { $0 + position }, buffer.count - position,
          off_t(offset) + off_t(position))
        if sent >= 0 {
          position += sent
        } else if errno != EINTR {
          return (position, errno)
        }
      }
      return (position, 0)
    }
    if written > 0 { byteCount = max(byteCount, offset + UInt64(written)) }
    if failure != 0 { throw FileStorageError(.write, path, .system(errno: failure)) }
  }

  package func resize(to byteCount: UInt64) throws(FileStorageError) {
    while ftruncate(descriptor, off_t(byteCount)) != 0 {
      if errno != EINTR { throw FileStorageError(.resize, path, .system(errno: errno)) }
    }
    self.byteCount = byteCount
  }

  package func sync() throws(FileStorageError) {
    if hasSyncFailed { throw FileStorageError(.sync, path, .earlierSyncFailed) }
    while fdatasync(descriptor) != 0 {
      if errno == EINTR { continue }
      hasSyncFailed = true
      throw FileStorageError(.sync, path, .system(errno: errno))
    }
  }
}
