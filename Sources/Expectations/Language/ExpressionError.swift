/// What is wrong with the text of an expression, and where.
package struct ExpressionError: Error, Sendable, Hashable {
  /// A case exists where a reader is told about it under another code.
  package enum Kind: Sendable, Hashable {
    /// The text does not have the form of an expression.
    case malformed
    /// No such metric, function, key or word.
    case unknown
    /// Things that do not go together, such as a percentile of words or a duration for a share.
    case unfitting
  }

  package let kind: Kind
  /// In one sentence without a full stop.
  package let message: String
  /// The UTF-8 offsets of what is meant; empty where something is missing.
  package let range: Range<Int>
  /// What could stand there instead; the nearest to what does is worth suggesting.
  package let candidates: [String]
  package let help: String?

  init(
    _ kind: Kind, _ message: String, at range: Range<Int>, candidates: [String] = [], help: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.range = range
    self.candidates = candidates
    self.help = help
  }
}
