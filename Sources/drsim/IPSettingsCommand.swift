import ArgumentParser
import Foundation
import Scenarios

struct IPSettingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ip-settings", abstract: "Edit the addresses of recovered machines as a table.",
    discussion: """
      The table has the columns of the product's DR IP Customizer, as CSV: a row for each network card of each protected \
      machine at each site, and one for what holds for all its cards, which is adapter 0. Write it with "export", fill in \
      addresses, and hand it to "import": the recoveries of the scenario then set them. "drsim explain E0468" tells how \
      rows are written.
      """,
    subcommands: [Export.self, Import.self])

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Write the table of a scenario, with the addresses that it sets.",
      discussion: "Without --out the table goes to standard output.")

    @Argument(help: ArgumentHelp("The scenario file; - is standard input.", valueName: "scenario"))
    var file: String

    @Option(
      name: [.short, .long], help: ArgumentHelp("Write the table to this file.", valueName: "table.csv"))
    var out: String?

    @OptionGroup var options: CommonOptions

    func run() throws {
      let source = ScenarioFile(path: file)
      guard
        let scenario = try source.read(
          overrides: try options.parsedOverrides(), console: options.console, outcome: "not exported")
      else { throw ExitStatus.invalid }
      let table = try table(of: scenario, source)
      guard let out else { return try options.console.write(table.text) }
      try writeFile(Array(table.text.utf8), to: out)
      options.console.writeDiagnostic(
        "wrote \(out): \(table.machineCount) machine\(table.machineCount == 1 ? "" : "s")\n"
          + "  next: fill in addresses, then drsim ip-settings import \(file) \(out)\n")
    }

    private func table(of scenario: Scenario, _ source: ScenarioFile) throws(CommandFailure) -> AddressTable {
      do throws(AddressTableRefusal) {
        return try scenario.addressTable()
      } catch {
        throw Self.failure(error, source)
      }
    }

    private static func failure(_ refusal: AddressTableRefusal, _ source: ScenarioFile) -> CommandFailure {
      switch refusal {
      case .nothingProtected:
        CommandFailure(
          status: .invalid, message: "\(source.name): no virtual machine is in a protection group",
          help: ["a table holds the machines that plans recover; write \"protectionGroups\""])
      case .noTool:
        CommandFailure(
          status: .invalid,
          message:
            "\(source.name): Azure VMware Solution has no command-line tool for tables of addresses",
          help: [
            "write the addresses as \"ip\" of the machines of a plan, or as \"rules\" of the network mappings",
            "see drsim explain E0469",
          ])
      }
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import", abstract: "Check a table against a scenario, and write a scenario that uses it.",
      discussion: """
        Every mistake of the table is shown with its line and column; if there is none, what each card will be set to. With \
        --out a copy of the scenario names the table as its "ipSettings"; without, nothing is written.
        """)

    @Argument(help: ArgumentHelp("The scenario file; - is standard input.", valueName: "scenario"))
    var file: String

    @Argument(help: ArgumentHelp("The table, as CSV in UTF-8.", valueName: "table.csv"))
    var table: String

    @Option(
      name: [.short, .long],
      help: ArgumentHelp("Write the scenario with the table to this file.", valueName: "file"))
    var out: String?

    @OptionGroup var options: CommonOptions

    func run() throws {
      let source = ScenarioFile(path: file)
      let bytes = try source.bytes()
      // The scenario is read as it will be: its own table, if it has one, no longer counts.
      let overrides = try options.parsedOverrides() + [(path: "/recovery/ipSettings", value: table)]
      guard
        let scenario = source.read(
          bytes: bytes, overrides: overrides, console: options.console, outcome: "not imported",
          readFile: { _ in ScenarioFile.content(of: table) })
      else { throw ExitStatus.invalid }
      let lines = scenario.cardSettingsLines
      try options.console.write(lines.map { $0 + "\n" }.joined())
      guard let out else {
        options.console.writeDiagnostic(
          "\(table): ok, \(lines.count) card\(lines.count == 1 ? "" : "s") set\n"
            + "  next: drsim run \(file) --set /recovery/ipSettings=\(reference(from: source.folder))\n")
        return
      }
      let folder = ScenarioFile(path: out).folder
      guard let text = ScenarioReader.text(bytes, namingTable: reference(from: folder)) else {
        throw ExitStatus.invalid
      }
      try writeFile(text, to: out)
      options.console.writeDiagnostic(
        "wrote \(out): \(lines.count) card\(lines.count == 1 ? "" : "s") set\n  next: drsim run \(out)\n")
    }

    /// The table as a scenario in `folder` calls it: relative to the folder if the table is in it.
    private func reference(from folder: String) -> String {
      let path = URL(fileURLWithPath: table).standardizedFileURL.path
      let base = URL(fileURLWithPath: folder).standardizedFileURL.path
      return path.hasPrefix(base + "/") ? String(path.dropFirst(base.count + 1)) : path
    }
  }
}

/// Writes a whole file, or none.
private func writeFile(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
  do {
    try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
  } catch {
    throw CommandFailure(status: .inputOutput, message: "cannot write \(path): \(reason(of: error))")
  }
}
