/// How the program ends; scripts rely on the numbers.
enum ExitStatus: Int32, Error {
  case success = 0
  /// Everything ran, and something that must hold did not.
  case failed = 1
  /// Wrong usage or an invalid scenario: nothing was run.
  case invalid = 2
  /// A run was stopped: its steady state was not reached, or an assertion that stops it failed.
  case stopped = 3
  /// A run that was repeated gave another digest.
  case notRepeatable = 5
  /// A defect of the program itself.
  case internalError = 70
  /// A file could not be read or written.
  case inputOutput = 74
}

/// A failure with what to tell about it.
struct CommandFailure: Error {
  let status: ExitStatus
  /// What was attempted, on what, and why it failed.
  let message: String
  /// What to do, line by line.
  var help: [String] = []
}
