import Foundation
import Scenarios

/// A scenario file on disk, or standard input as `-`.
struct ScenarioFile {
  let path: String

  /// What messages call it.
  var name: String { path == "-" ? "<standard input>" : path }

  /// What relative paths in the scenario are relative to.
  var folder: String {
    path == "-" ? "." : URL(fileURLWithPath: path).deletingLastPathComponent().path
  }

  private func bytes() throws(CommandFailure) -> [UInt8] {
    do {
      if path == "-" { return Array(try FileHandle.standardInput.readToEnd() ?? Data()) }
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw CommandFailure(
        status: .inputOutput, message: "cannot read the scenario \(name): \(reason(of: error))",
        help: ["give the path of a scenario file, such as scenarios/first-look.json"])
    }
  }

  /// Reads and checks the scenario and prints every problem.
  ///
  /// - Returns: The scenario, or `nil` if it has errors.
  func read(
    overrides: [(path: String, value: String)], console: Console, isQuiet: Bool = false
  ) throws(CommandFailure) -> Scenario? {
    let (scenario, diagnostics) = ScenarioReader.read(
      bytes: try bytes(), file: name, overrides: overrides)
    let shown = isQuiet && scenario != nil ? [] : diagnostics
    console.writeDiagnostic(
      Diagnostic.render(shown, file: name, style: .init(isColored: console.isColored(STDERR_FILENO))))
    return scenario
  }
}

/// Why a file operation failed, in words without Foundation's preamble.
func reason(of error: any Error) -> String {
  let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
  if let underlying, underlying.domain == NSPOSIXErrorDomain {
    return String(cString: strerror(Int32(underlying.code)))
  }
  return (error as NSError).localizedDescription
}
