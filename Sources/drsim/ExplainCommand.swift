import ArgumentParser
import Scenarios

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Describe an error or warning code, or list them all.")

  @Argument(help: ArgumentHelp("A code, such as E0207; without one all are listed.", valueName: "code"))
  var code: String?

  func run() throws {
    guard let code else {
      for known in DiagnosticCode.allCases { Console.standard.write("\(known.rawValue)  \(known.title)\n") }
      return
    }
    guard let known = DiagnosticCode(rawValue: code.uppercased()) else {
      throw CommandFailure(
        status: .invalid, message: "there is no code \"\(code)\"", help: ["drsim explain lists all codes"])
    }
    Console.standard.write("\(known.rawValue)  \(known.title)\n\n\(known.explanation)\n")
  }
}
