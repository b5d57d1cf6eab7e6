import ArgumentParser
import Foundation

/// The entry of the command-line tool: parses the arguments, runs the verb, ends with its status.
@main
enum Program {
  static func main() {
    do {
      var command = try DRSim.parseAsRoot()
      try command.run()
    } catch let status as ExitStatus {
      exit(status.rawValue)
    } catch let failure as CommandFailure {
      Console.standard.write(error: failure)
      exit(failure.status.rawValue)
    } catch {
      let code = DRSim.exitCode(for: error)
      let message = DRSim.fullMessage(for: error)
      guard code.isSuccess else {
        // The library begins with "Error: "; all messages of this program begin alike.
        let text = message.hasPrefix("Error: ") ? "error: " + message.dropFirst("Error: ".count) : message
        Console.standard.writeDiagnostic(text + "\n")
        exit(ExitStatus.invalid.rawValue)
      }
      print(message)
    }
  }
}

struct DRSim: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drsim",
    abstract: "Know before the disaster what your disaster recovery is worth.",
    discussion: """
      Simulates vSphere Replication between sites, with the real replication code against virtual disks, \
      and measures RPO compliance and bandwidth under scripted faults. Same scenario, version and seed: \
      same digest.

      Exit status: 0 done; 1 an assertion failed; 2 wrong usage or invalid scenario; 3 a run was stopped, \
      since its steady state was not reached or an assertion with "abortOnFail" failed; 5 a digest did not repeat; \
      70 a defect of drsim; 74 a file could not be read or written.
      """,
    version: Version.text,
    subcommands: [
      RunCommand.self, ValidateCommand.self, ExplainCommand.self, IPSettingsCommand.self, FuzzCommand.self,
    ])
}

enum Version {
  static let text = "0.1.0"
}
