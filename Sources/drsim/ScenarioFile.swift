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
      let file = path == "-" ? STDIN_FILENO : open(path, O_RDONLY)
      guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
      let handle = FileHandle(fileDescriptor: file, closeOnDealloc: path != "-")
      return Array(try handle.readToEnd() ?? Data())
    } catch {
      throw CommandFailure(
        status: .inputOutput, message: "cannot read the scenario \(name): \(reason(of: error))",
        help: ["give the path of a scenario file, such as scenarios/first-look.json"])
    }
  }

  /// Reads and checks the scenario and prints every problem.
  ///
  /// - Parameter outcome: What the errors mean for the file, for the last line.
  /// - Returns: The scenario, or `nil` if it has errors.
  func read(
    overrides: [(path: String, value: String)], console: Console, outcome: String = "not run",
    isQuiet: Bool = false
  ) throws(CommandFailure) -> Scenario? {
    let (scenario, diagnostics) = ScenarioReader.read(
      bytes: try bytes(), file: name, overrides: overrides)
    let shown = isQuiet && scenario != nil ? [] : diagnostics
    console.writeDiagnostic(
      Diagnostic.render(
        shown, file: name, outcome: outcome, style: .init(isColored: console.isColored(STDERR_FILENO))))
    return scenario
  }
}

extension Scenario {
  /// The trace files that its workloads replay, relative paths being relative to `folder`.
  func traceFiles(in folder: String) -> [String] {
    workloads.compactMap { workload in
      guard case .trace(let trace) = workload.model else { return nil }
      return trace.file.hasPrefix("/") ? trace.file : folder + "/" + trace.file
    }
  }
}

/// Why a file operation failed, in the system's words where it has some.
func reason(of error: any Error) -> String {
  let error = error as NSError
  for cause in [error, error.userInfo[NSUnderlyingErrorKey] as? NSError] {
    if let cause, cause.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(cause.code))) }
  }
  return error.localizedDescription
}
