import Glibc

/// A file that is read from its beginning to its end.
struct InputFile: ~Copyable {
  private let descriptor: Int32
  private let chunkByteCount: Int
  /// Read, but not yet taken; empty at the end of the file only.
  private(set) var pending: ArraySlice<UInt8> = []
  /// Where `pending` begins.
  private(set) var byteOffset: UInt64 = 0

  init(path: String, chunkByteCount: Int) throws(TraceProblem) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    self.chunkByteCount = chunkByteCount
    guard descriptor >= 0 else { throw .unreadable(reason: String(cString: strerror(errno))) }
    try refill()
  }

  deinit { close(descriptor) }

  /// Gives up the pending bytes.
  mutating func takeChunk() throws(TraceProblem) -> [UInt8] {
    let chunk = Array(pending)
    try drop(chunk.count)
    return chunk
  }

  /// Passes over `count` of the pending bytes.
  mutating func drop(_ count: Int) throws(TraceProblem) {
    pending.removeFirst(count)
    byteOffset += UInt64(count)
    if pending.isEmpty { try refill() }
  }

  private mutating func refill() throws(TraceProblem) {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: chunkByteCount) { buffer, count in
      // A pipe gives less than asked for; a chunk is short at the end only.
      while count < chunkByteCount {
        let received = Glibc.read(descriptor, buffer.baseAddress! + count, chunkByteCount - count)
        if received > 0 {
          count += received
        } else if received == 0 {
          return
        } else if errno != EINTR {
          failure = errno
          return
        }
      }
    }
    guard failure == 0 else { throw .unreadable(reason: String(cString: strerror(failure))) }
    pending = bytes[...]
  }
}
