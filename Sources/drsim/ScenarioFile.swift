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

  /// What the file holds.
  func bytes() throws(CommandFailure) -> [UInt8] {
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
    read(
      bytes: try bytes(), overrides: overrides, console: console, outcome: outcome, isQuiet: isQuiet,
      readFile: { Self.content(of: $0.hasPrefix("/") ? $0 : folder + "/" + $0) })
  }

  /// The same of bytes that were read already.
  ///
  /// - Parameter readFile: Gives the content of a file that the scenario names.
  func read(
    bytes: [UInt8], overrides: [(path: String, value: String)], console: Console, outcome: String,
    isQuiet: Bool = false, readFile: (String) -> FileContent
  ) -> Scenario? {
    let (scenario, diagnostics) = ScenarioReader.read(
      bytes: bytes, file: name, overrides: overrides, readFile: readFile)
    let shown = isQuiet && scenario != nil ? [] : diagnostics
    console.writeDiagnostic(
      Diagnostic.render(
        shown, file: name, outcome: outcome, style: .init(isColored: console.isColored(STDERR_FILENO))))
    return scenario
  }

  /// What a file that a scenario names holds.
  static func content(of path: String) -> FileContent {
    do {
      let file = open(path, O_RDONLY)
      guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
      let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
      return .bytes(Array(try handle.readToEnd() ?? Data()))
    } catch {
      return .unreadable(reason: reason(of: error))
    }
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
