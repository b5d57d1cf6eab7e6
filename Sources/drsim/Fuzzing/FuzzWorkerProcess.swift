import Foundation
import Swarm

/// One worker, as its master sees it; started again whenever it stopped.
final class FuzzWorkerProcess {
  /// What became of a request.
  enum Outcome {
    case done(counts: SwarmCounts, findings: [FuzzFinding])
    /// The worker stopped at this seed, or at the scenario it was given.
    case stopped(seed: UInt64?, signal: Int32)
  }

  private let arguments: [String]
  private var process: Process?
  private var input: FileHandle?
  private var output: FileHandle?
  private var received = Data()
  private var lastSeed: UInt64?
  /// What it is working on.
  private(set) var request: FuzzRequest?

  /// - Parameter arguments: What makes this program a worker.
  init(arguments: [String]) { self.arguments = arguments }

  /// The file to wait on while it works.
  var descriptor: Int32? { request == nil ? nil : output?.fileDescriptor }

  func begin(_ request: FuzzRequest) throws {
    if process == nil { try start() }
    self.request = request
    lastSeed = nil
    var data = try JSONEncoder().encode(request)
    data.append(UInt8(ascii: "\n"))
    try input?.write(contentsOf: data)
  }

  /// Takes in what the worker has said; waits if it has said nothing.
  ///
  /// - Returns: The outcome of the request once it is known.
  func receive() throws -> Outcome? {
    guard let output else { return nil }
    let data = output.availableData
    guard !data.isEmpty else { return ended() }
    received.append(data)
    while let newline = received.firstIndex(of: UInt8(ascii: "\n")) {
      let line = received[received.startIndex..<newline]
      let answer = try JSONDecoder().decode(FuzzAnswer.self, from: Data(line))
      received.removeSubrange(received.startIndex...newline)
      switch answer {
      case .begins(let seed): lastSeed = seed
      case .done(let counts, let findings):
        request = nil
        return .done(counts: counts, findings: findings)
      }
    }
    return nil
  }

  /// Runs one request to its end.
  func run(_ request: FuzzRequest) throws -> Outcome {
    try begin(request)
    while true {
      if let outcome = try receive() { return outcome }
    }
  }

  func stop() {
    try? input?.close()
    process?.waitUntilExit()
    process = nil
  }

  private func ended() -> Outcome {
    process?.waitUntilExit()
    let signal = process?.terminationStatus ?? 0
    process = nil
    received.removeAll()
    request = nil
    return .stopped(seed: lastSeed, signal: signal)
  }

  private func start() throws {
    let process = Process()
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = arguments
    // A stopped worker is a finding; telling where it stopped is for whoever repeats it.
    process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    self.process = process
    self.input = input.fileHandleForWriting
    self.output = output.fileHandleForReading
  }
}
