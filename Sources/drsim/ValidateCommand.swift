import ArgumentParser
import Foundation
import Scenarios

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Check scenario files without running them.",
    discussion: "Prints every problem of every file and ends with status 2 if any file has an error.")

  @Argument(help: ArgumentHelp("Scenario files; - is standard input.", valueName: "file"))
  var files: [String]

  @OptionGroup var options: CommonOptions

  func run() throws {
    let overrides = try options.parsedOverrides()
    var isValid = true
    for path in files {
      let file = ScenarioFile(path: path)
      guard let scenario = try file.read(overrides: overrides, console: options.console, outcome: "not valid")
      else {
        isValid = false
        continue
      }
      let missing = scenario.traceFiles(in: file.folder).filter {
        !FileManager.default.isReadableFile(atPath: $0)
      }
      for path in missing {
        options.console.write(
          error: CommandFailure(
            status: .invalid, message: "\(file.name): the trace file \(path) cannot be read",
            help: ["a path in a scenario is relative to the scenario's own folder"]))
      }
      guard missing.isEmpty else {
        isValid = false
        continue
      }
      let machines = scenario.replications.count
      try options.console.write(
        "\(file.name): ok, \(machines) replicated machine\(machines == 1 ? "" : "s"), "
          + "\(scenario.clock.duration) to simulate\n")
    }
    if !isValid { throw ExitStatus.invalid }
  }
}
