import Quantities
import Swarm

/// What a worker of `drsim fuzz` is asked, one JSON line each.
///
/// Workers are processes of their own: a defect that stops one of them costs one schedule, and is a finding.
enum FuzzRequest: Codable, Sendable {
  /// The worlds of these seeds; the worker says each before it runs it.
  case seeds(ClosedRange<UInt64>)
  /// One scenario, up to a moment in nanoseconds.
  case scenario(text: String, folder: String, untilNanoseconds: Int64?)
}

/// What a worker answers, one JSON line each.
enum FuzzAnswer: Codable, Sendable {
  case begins(seed: UInt64)
  /// The request is done.
  case done(counts: SwarmCounts, findings: [FuzzFinding])
}

/// A schedule in which an invariant did not hold.
struct FuzzFinding: Codable, Sendable, Hashable {
  /// `nil` for a scenario from a file.
  var seed: UInt64?
  let invariant: String
  let subject: String
  let detail: String
  /// When it was found; `nil` where the program stopped.
  let atNanoseconds: Int64?
  /// The shortest prefix of the run that fails, in milliseconds; `nil` where only the whole run does.
  var untilMilliseconds: Int64?
  /// The scenario that was written for it.
  var file: String?

  init(seed: UInt64?, _ violation: Violation) {
    self.seed = seed
    invariant = violation.invariant.rawValue
    subject = violation.subject
    detail = violation.detail
    atNanoseconds = violation.at.nanoseconds
  }

  /// The program stopped.
  init(seed: UInt64?, stoppedBy signal: Int32) {
    self.seed = seed
    invariant = Invariant.soundness.rawValue
    subject = "drsim"
    detail = "the program stopped with signal \(signal)"
    atNanoseconds = nil
  }
}

extension WorldDraw.Switches {
  /// The arguments that choose these switches.
  var arguments: [String] {
    switch self {
    case .any: []
    case .with(let names): names.flatMap { ["--only", $0] }
    case .without(let names): names.flatMap { ["--without", $0] }
    }
  }

  /// The arguments as a shell reads them, each with a space before it.
  var commandText: String {
    arguments.map { argument in
      let isPlain = argument.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }
      return isPlain ? " \(argument)" : " '" + argument.replacing("'", with: #"'\''"#) + "'"
    }.joined()
  }
}
