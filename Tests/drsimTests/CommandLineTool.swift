import Foundation

/// The built program, run as a user runs it.
struct CommandLineTool {
  /// How a run of the program ended, and what it said.
  struct Result {
    let status: Int32
    let output: String
    let errors: String

    /// The standard output as one JSON object.
    func json() throws -> [String: Any] {
      try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
    }
  }

  /// A folder of its own for each test, removed with the tool.
  final class Folder {
    let path: String

    init() throws {
      path = FileManager.default.temporaryDirectory.appending(path: "drsim-tests-\(UUID())").path()
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  let folder: Folder

  init() throws { folder = try Folder() }

  /// Writes a file into the test's folder.
  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: folder.path + "/" + name))
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.path + "/" + name) }

  func content(of name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: folder.path + "/" + name))
  }

  /// Runs the program in the test's folder.
  ///
  /// - Parameters:
  ///   - arguments: As a shell would pass them.
  ///   - input: What standard input holds.
  ///   - environment: Instead of the tests' own.
  func run(
    _ arguments: String..., input: String = "", environment: [String: String] = [:]
  ) throws -> Result {
    try run(arguments, input: input, environment: environment)
  }

  /// The same for arguments in a list.
  func run(
    _ arguments: [String], input: String = "", environment: [String: String] = [:]
  ) throws -> Result {
    let process = Process()
    // The program is built beside the tests.
    let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    process.executableURL = tests.deletingLastPathComponent().appending(path: "drsim")
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(filePath: folder.path)
    let files = try ["in", "out", "err"].map { name in
      let path = folder.path + "/." + name + "-\(UUID())"
      try Data((name == "in" ? input : "").utf8).write(to: URL(filePath: path))
      return path
    }
    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: files[0]))
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: files[1]))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: files[2]))
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: URL(filePath: files[1])), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: URL(filePath: files[2])), as: UTF8.self))
  }
}

/// Scenarios for the program.
enum Samples {
  /// Two machines with random writes for two hours, and half an hour without the line.
  static let small = """
    { "format": 1, "name": "small", "seed": 7,
      "clock": { "duration": "2h" },
      "sites": [{ "name": "paris", "datastores": [{ "name": "ds-paris" }] },
                { "name": "lyon", "datastores": [{ "name": "ds-lyon" }] }],
      "links": [{ "name": "wan", "between": ["paris", "lyon"], "bandwidth": "20Mbps", "latency": "5ms" }],
      "workloads": { "web": { "model": "uniform", "write": "20kB/s", "blockSize": "8KiB", "workingSet": "1GiB" } },
      "vms": [{ "name": "web-{1..2}", "site": "paris", "datastore": "ds-paris",
                "disks": [{ "name": "os", "size": "4GiB", "used": "2GiB", "workload": "web" }] }],
      "replications": [{ "vm": "web-*", "to": "lyon", "datastore": "ds-lyon", "rpo": "15m", "initialSync": "done" }],
      "timeline": [{ "at": "1h", "do": "link.down", "link": "wan", "for": "30m", "id": "digger" }] }
    """

  /// With a mistake in the key of the RPO.
  static let misspelt = small.replacing("\"rpo\"", with: "\"rpoo\"")

  /// Whose trace does not exist.
  static let traceless = small.replacing(
    #"{ "model": "uniform", "write": "20kB/s", "blockSize": "8KiB", "workingSet": "1GiB" }"#,
    with: #"{ "model": "trace", "file": "missing.vscsi" }"#)

  /// With a workload that no disk has, which is a warning.
  static let wasteful = small.replacing(
    #""workloads": {"#,
    with: #""workloads": { "idle": { "model": "periodic", "every": "1h", "size": "1MiB" }, "#)

  /// With claims about it behind line 10.
  static func expecting(_ assertions: String, steadyState: String = "") -> String {
    small.replacing(
      #""id": "digger" }] }"#,
      with: #""id": "digger" }],\#n  "assertions": [\#(assertions)],\#n  "steadyState": [\#(steadyState)] }"#)
  }
}
