import Foundation
import Reporting

/// The terminal, or what stands in for it: results go to standard output, all else to standard error.
struct Console {
  enum ColorChoice: String, CaseIterable, Sendable {
    case auto, always, never
  }

  static let standard = Console(colorChoice: .auto)

  let colorChoice: ColorChoice

  /// Whether progress lines and colours make sense on standard error.
  var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  func style(forOutput file: Int32 = STDOUT_FILENO) -> TerminalStyle {
    TerminalStyle(color: isColored(file), unicode: isUnicode, width: width(file))
  }

  func isColored(_ file: Int32) -> Bool {
    switch colorChoice {
    case .always: return true
    case .never: return false
    case .auto:
      let environment = ProcessInfo.processInfo.environment
      if environment["CLICOLOR_FORCE"].map({ $0 != "0" }) == true { return true }
      return isatty(file) == 1 && environment["NO_COLOR"].map(\.isEmpty) != false
        && environment["TERM"] != "dumb"
    }
  }

  private var isUnicode: Bool {
    let environment = ProcessInfo.processInfo.environment
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    // A bare container sets no locale; today's terminals and logs read UTF-8 all the same.
    return locale.map { $0.uppercased().contains("UTF-8") || $0.uppercased().contains("UTF8") } ?? true
  }

  private func width(_ file: Int32) -> Int {
    var size = winsize()
    guard isatty(file) == 1, ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 110 }
    return Int(size.ws_col)
  }

  /// Writes results.
  func write(_ text: String) throws(CommandFailure) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      throw CommandFailure(
        status: .inputOutput, message: "cannot write to standard output: \(reason(of: error))")
    }
  }

  /// Writes what is not a result.
  ///
  /// Where standard error cannot be written either, nobody can be told.
  func writeDiagnostic(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

  func write(error: CommandFailure) {
    let label = isColored(STDERR_FILENO) ? "\u{1b}[1;31merror\u{1b}[0m" : "error"
    writeDiagnostic("\(label): \(error.message)\n" + error.help.map { "  = \($0)\n" }.joined())
  }
}
