import ArgumentParser

/// What several verbs take.
struct CommonOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"))
  var color: Console.ColorChoice = .auto

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override a value of the scenario before it is checked, as /links/wan/bandwidth=200Mbps. Repeatable.",
      valueName: "path=value"))
  var overrides: [String] = []

  var console: Console { Console(colorChoice: color) }

  func parsedOverrides() throws(CommandFailure) -> [(path: String, value: String)] {
    var parsed: [(path: String, value: String)] = []
    for text in overrides {
      guard let equals = text.firstIndex(of: "=") else {
        throw CommandFailure(
          status: .invalid, message: "--set \"\(text)\" has no \"=\"",
          help: ["write a path and a value, as --set /links/wan/bandwidth=200Mbps"])
      }
      parsed.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
    }
    return parsed
  }
}

extension Console.ColorChoice: ExpressibleByArgument {}
