import ArgumentParser
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
      Prints a summary on standard output. With --out, the folder also gets results.db (SQLite) and lag.svg.
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
    let end = try until.map(Self.parse(until:))
    let source = ScenarioFile(path: file)
    guard
      let scenario = try source.read(
        overrides: try options.parsedOverrides(), console: console, isQuiet: quiet)
    else { throw ExitStatus.invalid }
    // The traces are read before the folder is made, so that a scenario that cannot run leaves nothing behind.
    let world = try makeWorld(scenario, traceFolder: source.folder)
    let folder = try out.map { try OutputFolder(path: $0) }

    let progress = ProgressLine(
      console: console, end: min(end ?? scenario.clock.end, scenario.clock.end), isQuiet: quiet)
    let record = try simulate(
      world, until: min(end ?? scenario.clock.end, scenario.clock.end), progress: progress)
    let wallTime = progress.wallTime
    let summary = RunSummary(record)
    try folder?.write(record, summary: summary)

    if json {
      console.write(JSONDocument(record, summary: summary).text)
      return
    }
    console.write(
      TerminalSummary(
        record, summary: summary, reproduction: reproduction(seed: record.seed), style: console.style(),
        wallTime: wallTime
      ).text)
    if let folder { console.write("results    \(folder.databasePath), \(folder.figurePath)\n") }
  }

  private func makeWorld(_ scenario: Scenario, traceFolder: String) throws(CommandFailure) -> World {
    do throws(SimulationFailure) {
      return try World(scenario, seed: seed, traceFolder: traceFolder)
    } catch {
      throw failure(error, seed: seed ?? scenario.seed)
    }
  }

  private func simulate(
    _ world: consuming World, until end: Instant, progress: ProgressLine
  ) throws(CommandFailure) -> RunRecord {
    let seed = world.seed
    do throws(SimulationFailure) {
      try world.run(until: end) { world in
        progress.update(time: world.time, eventCount: world.eventCount)
      }
      let record = try world.finish(version: Version.text)
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
    case .replicaDiffers, .replicaDamaged:
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

  private static func parse(until text: String) throws(CommandFailure) -> Instant {
    do throws(QuantityParsingError) {
      return .zero + (try TimeSpan(parsing: text))
    } catch {
      throw CommandFailure(
        status: .invalid, message: "--until \"\(text)\": \(error)",
        help: ["write a duration since the start of the run, as \(TimeSpan.examples)"])
    }
  }
}

/// Where a run's files go.
struct OutputFolder {
  let path: String

  var databasePath: String { path + "/results.db" }
  var figurePath: String { path + "/lag.svg" }

  /// Makes the folder and checks that it can be written, before a long run rather than after it.
  init(path: String) throws(CommandFailure) {
    self.path = path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try ResultStore.checkReplaceable(databasePath)
    } catch {
      throw Self.failure(path, error)
    }
  }

  func write(_ record: RunRecord, summary: RunSummary) throws(CommandFailure) {
    do {
      try ResultStore.write([record], to: databasePath)
      try Data(LagFigure(record, summary: summary).text.utf8).write(
        to: URL(fileURLWithPath: figurePath), options: .atomic)
    } catch {
      throw Self.failure(path, error)
    }
  }

  private static func failure(_ path: String, _ error: any Error) -> CommandFailure {
    let cause = (error as? ResultStoreError).map { "\($0)" } ?? reason(of: error)
    return CommandFailure(
      status: .inputOutput, message: "cannot write results to \(path): \(cause)",
      help: ["choose another folder with --out"])
  }
}
