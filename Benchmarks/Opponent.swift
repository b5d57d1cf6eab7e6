import Foundation

/// A reference program in C++, compiled when it is first needed.
///
/// It prints one line of JSON for each measurement.
struct Opponent {
  private let executable: URL

  /// Compiles `opponents/<name>.cpp` into the build folder.
  ///
  /// - Returns: `nil` when there is no g++.
  /// - Throws: When g++ is there and fails.
  init?(named name: String, flags: [String] = []) throws {
    guard let compiler = Self.findCompiler() else { return nil }
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let source = folder.appending(path: "opponents/\(name).cpp")
    let output = folder.deletingLastPathComponent().appending(path: ".build/opponents")
    try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
    executable = output.appending(path: name)
    let arguments = ["-O3", "-march=native", "-std=c++20"] + flags
    _ = try Self.output(of: compiler, arguments + [source.path, "-o", executable.path])
  }

  /// Runs the program and decodes the lines it prints.
  func measure<Line: Decodable>(_ arguments: [String], as type: Line.Type) throws -> [Line] {
    let text = try Self.output(of: executable, arguments)
    return try text.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(type, from: $0) }
  }

  private static func findCompiler() -> URL? {
    let folders = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":")
    return folders.lazy.map { URL(filePath: String($0)).appending(path: "g++") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }

  private static func output(of program: URL, _ arguments: [String]) throws -> Data {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = program
    process.arguments = arguments
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchmarkFailure("\(program.path) ended with status \(process.terminationStatus)")
    }
    return output
  }
}
