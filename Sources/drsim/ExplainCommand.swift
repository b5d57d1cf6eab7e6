import ArgumentParser
import Scenarios

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Describe error codes, status words, the keys of a scenario and the product's constants.",
    discussion: """
      drsim explain           all codes
      drsim explain E0207     one code, status word, metric or product constant; several may be given
      drsim explain rpo       a key of a scenario by its name, or by the way to it, as vms.disks.size or replication.rpo
      drsim explain plan.test a verb of the timeline, with its keys
      drsim explain status    every word for the state of a replication
      drsim explain format    every key of a scenario, with its default
      drsim explain metrics   what assertions can be about, and their expressions
      drsim explain profile   the constants that a scenario may override
      drsim explain product   every constant of the product, by release, with its source
      drsim explain azure     regions with their latencies, circuits and gateways that a scenario can name
      """)

  @Argument(
    help: ArgumentHelp(
      "Codes, words, keys or names, or \"status\", \"format\", \"metrics\", \"profile\", \"product\", \"azure\".",
      valueName: "topic"))
  var topics: [String] = []

  func run() throws {
    if topics.isEmpty {
      for known in DiagnosticCode.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
        try Console.standard.write("\(known.rawValue)  \(known.title)\n")
      }
    }
    try Console.standard.write(topics.map(Self.explanation).joined(separator: "\n"))
  }

  private static func explanation(of topic: String) throws(CommandFailure) -> String {
    if let text = Explanation.text(about: topic) { return text }
    let suggestion = Explanation.suggestion(for: topic).map { "did you mean \"\($0)\"?" }
    throw CommandFailure(
      status: .invalid, message: "there is nothing to explain about \"\(topic)\"",
      help: [suggestion].compactMap { $0 } + [
        "drsim explain lists all codes; \"status\", \"format\", \"metrics\", \"profile\", \"product\" and \"azure\" list the rest"
      ])
  }
}
