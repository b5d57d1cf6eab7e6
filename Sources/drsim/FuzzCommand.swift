import ArgumentParser
import Foundation
import Quantities
import Swarm

struct FuzzCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz", abstract: "Look for defects of drsim in whole random worlds.",
    discussion: """
      Draws a world and its faults from each seed, runs it, and checks after every step what must hold in any world: \
      that each recoverable instance is a past image of all disks, that no byte is lost or counted twice, that rates \
      are fair, that all comes back to order, and more. With a file instead of seeds it checks that scenario.

      Exit status: 0 every invariant held; 1 one did not; 5 a digest did not repeat; otherwise as for every command.
      """)

  @Argument(help: ArgumentHelp("A scenario file to check instead of drawn worlds.", valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("The seeds to draw worlds from.", valueName: "A..B"))
  var seeds: String?

  @Option(help: "How many schedules to run at a time.")
  var jobs = 1

  @Option(
    help: ArgumentHelp("Begin no more schedules after so much time of the clock.", valueName: "duration"))
  var limit: String?

  @Option(help: ArgumentHelp("Stop each schedule at this time of its run.", valueName: "duration"))
  var until: String?

  @Option(help: ArgumentHelp("Go on from this file, and keep it up to date.", valueName: "file"))
  var resume: String?

  @Flag(help: "Shrink the world of each schedule that fails, as long as it fails alike.")
  var minimize = false

  @Option(help: ArgumentHelp("Switch this feature on in every world. Repeatable.", valueName: "feature"))
  var only: [String] = []

  @Option(help: ArgumentHelp("Switch this feature off in every world. Repeatable.", valueName: "feature"))
  var without: [String] = []

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Write swarm.json, swarm.md and the scenarios that failed.", valueName: "dir"))
  var out: String?

  @Flag(help: "Print one JSON document instead of the summary.")
  var json = false

  @Flag(name: [.short, .long], help: "No progress.")
  var quiet = false

  @Flag(help: .hidden)
  var worker = false

  @OptionGroup var options: CommonOptions

  func run() throws {
    let switches = try switches()
    if worker { return try FuzzWorker(switches: switches).run() }
    // A worker that stopped is seen by what it no longer says.
    signal(SIGPIPE, SIG_IGN)
    let session = FuzzSession(
      console: options.console, switches: switches, until: try until.map { try duration($0, of: "--until") },
      isMinimizing: minimize, folder: out, isQuiet: quiet)
    if let file {
      try session.check(file: file)
      return
    }
    guard let seeds else {
      throw CommandFailure(
        status: .invalid, message: "there is nothing to run", help: ["write --seeds 1..1000, or a file"])
    }
    guard (1...256).contains(jobs) else {
      throw CommandFailure(status: .invalid, message: "--jobs \(jobs) is not within 1 to 256")
    }
    let limit = try limit.map { try duration($0, of: "--limit") }
    try session.run(seeds: try range(seeds), jobs: jobs, limit: limit, statePath: resume, asJSON: json)
  }

  private func switches() throws(CommandFailure) -> WorldDraw.Switches {
    let known = Feature.all.map(\.name)
    for name in only + without where !known.contains(name) {
      throw CommandFailure(
        status: .invalid, message: "there is no feature \"\(name)\"",
        help: ["known: \(known.joined(separator: ", "))"])
    }
    guard only.isEmpty || without.isEmpty else {
      throw CommandFailure(status: .invalid, message: "--only and --without exclude each other")
    }
    return !only.isEmpty ? .with(only) : !without.isEmpty ? .without(without) : .any
  }

  private func range(_ text: String) throws(CommandFailure) -> ClosedRange<UInt64> {
    let parts = text.split(separator: "..", omittingEmptySubsequences: false).map { UInt64($0) }
    guard parts.count <= 2, let first = parts.first ?? nil, let last = parts.last ?? nil, first <= last else {
      throw CommandFailure(
        status: .invalid, message: "--seeds \"\(text)\" is no range of seeds",
        help: ["write the first and the last, as --seeds 1..1000"])
    }
    return first...last
  }

  private func duration(_ text: String, of option: String) throws(CommandFailure) -> TimeSpan {
    do throws(QuantityParsingError) {
      return try TimeSpan(parsing: text)
    } catch {
      throw CommandFailure(
        status: .invalid, message: "\(option) \"\(text)\": \(error)",
        help: ["write a duration, as \(TimeSpan.examples)"])
    }
  }
}
