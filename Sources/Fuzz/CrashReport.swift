import Glibc

/// What is printed when a decoder traps or hangs: the input under test, so that it can be run again.
///
/// The line is kept ready in memory that never moves, since a signal handler may do no more than write it.
enum CrashReport {
  private static let capacity = 256
  // Written by the one thread there is, read by its signal handler.
  nonisolated(unsafe) private static let line = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
  nonisolated(unsafe) private static var length = 0

  /// Prints the line when the process is about to die of a trap, or has not come back to ``testing(_:)`` in time.
  static func install() {
    for number in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGALRM] {
      signal(number) { number in
        CrashReport.write()
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }

  /// Says what is tested from now on, and allows ten seconds for it.
  static func testing(_ input: String) {
    length = 0
    for byte in "\nCRASH, see it again with: \(input)\n".utf8.prefix(capacity) {
      line[length] = byte
      length += 1
    }
    alarm(10)
  }

  static func finished() {
    length = 0
    alarm(0)
  }

  private static func write() { _ = Glibc.write(2, line, length) }
}
