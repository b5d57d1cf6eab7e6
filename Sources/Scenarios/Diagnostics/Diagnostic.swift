/// One problem of a scenario: what is wrong, where, why, and how to put it right.
package struct Diagnostic: Sendable, Hashable {
  /// Whether a scenario with this problem runs.
  package enum Severity: String, Sendable, Hashable {
    /// The scenario is not run.
    case error
    /// The scenario runs, but probably does not show what its author wants.
    case warning
  }

  package let code: DiagnosticCode
  /// What is wrong, in one sentence without a full stop.
  package let message: String
  package let place: Place
  /// The text that should stand in place of the marked one, as JSON; `nil` where none is likely.
  package let suggestion: String?
  /// Facts that explain the problem, such as the line of a first definition.
  package let notes: [String]
  /// What to do about it, where the message and the suggestion do not say.
  package let help: String?

  package var severity: Severity { code.severity }
}

extension Diagnostic {
  /// Where a problem stands: a piece of one line of a text.
  package struct Place: Sendable, Hashable {
    /// The name of the file, or `--set` for a value given on the command line.
    package let file: String
    /// Counted from 1.
    package let line: Int
    /// Counted in characters from 1; a tab is one.
    ///
    /// One past the last character of a line stands for something that is missing there.
    package let column: Int
    /// The number of marked characters, at least 1.
    ///
    /// What spans several lines is marked up to the end of its first.
    package let length: Int
    /// The line for display, cut around the mark if it is long, with tabs as spaces.
    package let excerpt: String
    /// The number of characters before the mark in ``excerpt``.
    package let excerptOffset: Int
  }
}
