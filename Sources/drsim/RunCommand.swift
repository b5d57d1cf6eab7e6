import ArgumentParser
import Expectations
import Foundation
import Measurements
import Quantities
import Reporting
import ResultStore
import Scenarios
import SiteSimulation

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Simulate one scenario with one seed.",
    discussion: """
      Prints a summary on standard output. With --out, the folder also gets results.db (SQLite) and lag.svg. \
      Ends with status 1 if an assertion of the scenario failed, and with 3 if that or the lack of a steady \
      state stopped the run.
      """)

  @Argument(help: ArgumentHelp("The scenario file; - is standard input.", valueName: "file"))
  var file: String

  @Option(help: "The seed of every random stream, instead of the scenario's own.")
  var seed: UInt64?

  @Option(help: ArgumentHelp("Stop at this time of the run, such as 9h40m.", valueName: "duration"))
  var until: String?

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Write results.db and lag.svg to this folder.", valueName: "dir"))
  var out: String?

  @Flag(help: "Print one JSON document instead of the summary.")
  var json = false

  @Flag(name: [.short, .long], help: "No progress, no warnings.")
  var quiet = false

  @OptionGroup var options: CommonOptions

  func run() throws {
    let console = options.console
    let source = ScenarioFile(path: file)
    guard
      let scenario = try source.read(
        overrides: try options.parsedOverrides(), console: console, isQuiet: quiet)
    else { throw ExitStatus.invalid }
    let end = try end(of: scenario, console: console)
    // The traces are read before the folder is made, so that a scenario that cannot run leaves nothing behind.
    let world = try makeWorld(scenario, traceFolder: source.folder)
    let folder = try out.map { try OutputFolder(path: $0) }

    let progress = ProgressLine(console: console, end: end, isQuiet: quiet)
    let judge = Judge(scenario.expectations, warmUp: scenario.clock.warmup, end: scenario.clock.end)
    let record = try simulate(world, until: end, judge: judge, progress: progress)
    let wallTime = progress.wallTime
    let summary = RunSummary(record)
    try folder?.write(record, summary: summary)

    if json {
      try console.write(JSONDocument(record, summary: summary).text)
      return try conclude(record)
    }
    try console.write(
      TerminalSummary(
        record, summary: summary, reproduction: reproduction(seed: record.seed), style: console.style(),
        scenarioFile: source.name, wallTime: wallTime
      ).text)
    if let folder { try console.write("  results    \(folder.databasePath), \(folder.figurePath)\n") }
    try conclude(record)
  }

  /// Ends with the status that what was expected and found leads to.
  private func conclude(_ record: RunRecord) throws(ExitStatus) {
    if record.isAborted { throw .stopped }
    if record.hasFailedAssertion { throw .failed }
  }

  private func makeWorld(_ scenario: Scenario, traceFolder: String) throws(CommandFailure) -> World {
    do throws(SimulationFailure) {
      return try World(scenario, seed: seed, traceFolder: traceFolder)
    } catch {
      throw failure(error, seed: seed ?? scenario.seed)
    }
  }

  private func simulate(
    _ world: consuming World, until end: Instant, judge: Judge, progress: ProgressLine
  ) throws(CommandFailure) -> RunRecord {
    let seed = world.seed
    var judge = judge
    do throws(SimulationFailure) {
      try world.run(until: end, judge: &judge) { world in
        progress.update(time: world.time, eventCount: world.eventCount)
      }
      var record = try world.finish(version: Version.text)
      record.expectations = judge.verdicts(on: record)
      progress.clear()
      return record
    } catch {
      progress.clear()
      throw failure(error, seed: seed)
    }
  }

  private func failure(_ error: SimulationFailure, seed: UInt64) -> CommandFailure {
    switch error {
    case .unreadableTrace:
      CommandFailure(status: .inputOutput, message: "\(error)", help: ["the path is relative to \(file)"])
    case .traceBeyondDisk, .unusableWorkload:
      CommandFailure(status: .invalid, message: "\(file): \(error)")
    case .replicaDiffers, .replicaDamaged, .recoveredDiffers, .filesDiffer:
      CommandFailure(
        status: .internalError, message: "\(error)",
        help: [
          "this is a defect of drsim, not of the scenario; please report it with the next line",
          "reproduce: \(reproduction(seed: seed))   (drsim \(Version.text))",
        ])
    }
  }

  /// The command that repeats this run.
  private func reproduction(seed: UInt64) -> String {
    let words =
      ["drsim", "run", file, "--seed", "\(seed)"] + options.overrides.flatMap { ["--set", $0] }
      + (until.map { ["--until", $0] } ?? [])
    return words.map(Self.quoted).joined(separator: " ")
  }

  /// The word as a shell takes it.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=:,+%".contains($0)) }
    return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }

  /// Where the run stops: at `--until`, or at the scenario's own end.
  private func end(of scenario: Scenario, console: Console) throws(CommandFailure) -> Instant {
    guard let until else { return scenario.clock.end }
    let span: TimeSpan
    do throws(QuantityParsingError) {
      span = try TimeSpan(parsing: until)
    } catch {
      throw CommandFailure(
        status: .invalid, message: "--until \"\(until)\": \(error)",
        help: ["write a duration since the start of the run, as \(TimeSpan.examples)"])
    }
    guard span > scenario.clock.warmup else {
      throw CommandFailure(
        status: .invalid,
        message: "--until \(span) leaves nothing to measure: the warm-up lasts \(scenario.clock.warmup)",
        help: ["stop later, or shorten the warm-up with --set /clock/warmup=0s"])
    }
    if span > scenario.clock.duration, !quiet {
      console.writeDiagnostic(
        "warning: --until \(span) is beyond the end of the scenario; it runs for \(scenario.clock.duration)\n"
      )
    }
    return min(.zero + span, scenario.clock.end)
  }
}

/// Where a run's files go.
struct OutputFolder {
  let path: String

  var databasePath: String { path + "/results.db" }
  var figurePath: String { path + "/lag.svg" }

  /// Makes the folder and checks that it can be written, before a long run rather than after it.
  init(path: String) throws(CommandFailure) {
    guard !path.isEmpty else {
      throw CommandFailure(
        status: .invalid, message: "--out is empty", help: ["name a folder, as --out out/my-run"])
    }
    self.path = path
    for file in [databasePath, figurePath] where Self.isFolder(file) {
      throw CommandFailure(status: .inputOutput, message: "cannot write \(file): it is a folder")
    }
    do {
      try Self.makeFolder(path)
      try ResultStore.checkReplaceable(databasePath)
    } catch {
      throw Self.failure(path, error)
    }
  }

  func write(_ record: RunRecord, summary: RunSummary) throws(CommandFailure) {
    do {
      try Data(LagFigure(record, summary: summary).text.utf8).write(
        to: URL(fileURLWithPath: figurePath), options: .atomic)
      try ResultStore.write([record], to: databasePath)
    } catch {
      throw Self.failure(path, error)
    }
  }

  /// Makes the folder and those above it, where they are missing.
  ///
  /// - Throws: A `POSIXError`, which unlike Foundation's own tells the cause.
  private static func makeFolder(_ path: String) throws {
    var partial = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      partial += "/" + part
      guard mkdir(partial, 0o777) != 0 else { continue }
      let cause = errno
      guard cause == EEXIST else { throw POSIXError(POSIXErrorCode(rawValue: cause) ?? .EIO) }
      guard isFolder(partial) else { throw POSIXError(.ENOTDIR) }
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  private static func failure(_ path: String, _ error: any Error) -> CommandFailure {
    if let error = error as? ResultStoreError {
      return CommandFailure(status: .inputOutput, message: "\(error)")
    }
    return CommandFailure(
      status: .inputOutput, message: "cannot write results to \(path): \(reason(of: error))",
      help: ["choose another folder with --out"])
  }
}
