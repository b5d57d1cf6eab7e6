import Glibc

/// Writes whole files.
enum OutputFile {
  static func write(_ content: [UInt8], path: String) throws(TraceProblem) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .unwritable(reason: String(cString: strerror(errno))) }
    var failure: Int32 = 0
    content.withUnsafeBytes { buffer in
      var position = 0
      while position < buffer.count {
        let sent = Glibc.write(descriptor, buffer.baseAddress! + position, buffer.count - position)
        if sent >= 0 {
          position += sent
        } else if errno != EINTR {
          failure = errno
          return
        }
      }
    }
    // What the system could not store may show at the close only.
    if close(descriptor) != 0, failure == 0 { failure = errno }
    guard failure == 0 else { throw .unwritable(reason: String(cString: strerror(failure))) }
  }
}
