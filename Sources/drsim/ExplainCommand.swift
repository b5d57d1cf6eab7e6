import ArgumentParser
import Scenarios

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Describe the keys of a scenario, or error and warning codes.",
    discussion: """
      drsim explain          all codes
      drsim explain E0207    one code; several may be given
      drsim explain format   every key of a scenario, with its default
      drsim explain profile  the product's constants that a scenario may override
      """)

  @Argument(help: ArgumentHelp("Codes, \"format\" or \"profile\".", valueName: "topic"))
  var topics: [String] = []

  func run() throws {
    if topics.isEmpty {
      for known in DiagnosticCode.allCases {
        try Console.standard.write("\(known.rawValue)  \(known.title)\n")
      }
    }
    try Console.standard.write(topics.map(Self.explanation).joined(separator: "\n"))
  }

  private static func explanation(of topic: String) throws(CommandFailure) -> String {
    switch topic.lowercased() {
    case "format": return format()
    case "profile": return profile()
    default:
      guard let code = DiagnosticCode(rawValue: topic.uppercased()) else {
        throw CommandFailure(
          status: .invalid, message: "there is nothing to explain about \"\(topic)\"",
          help: ["drsim explain lists all codes; drsim explain format all keys of a scenario"])
      }
      return "\(code.rawValue)  \(code.title)\n\n\(code.explanation)\n"
    }
  }

  /// Every key of every object, from the description that the reader works by.
  private static func format() -> String {
    FormatDescription.current.objects.map { object in
      "\(object.noun)\n"
        + object.keys.map { key in
          let need = key.isRequired ? "required" : key.defaultText.map { "default \($0)" } ?? "optional"
          return "  \(key.name)  (\(key.form); \(need))\n      \(key.summary)\n"
        }.joined()
    }.joined(separator: "\n")
  }

  private static func profile() -> String {
    Profile.parameters.map {
      "\($0.key)  (default \($0.defaultText))\n    \($0.summary)\n    Source: \($0.source)\n"
    }.joined()
  }
}
