@testable import Fuzz

/// An input that a decoder once got wrong, or that shows one thing it must not get wrong.
struct FuzzSeed: Sendable {
  let target: String
  /// What went wrong, as a sentence.
  let story: String
  /// What must be made of the input.
  let verdict: FuzzTarget.Verdict
  let hex: String

  static let all: [FuzzSeed] = wireSeeds
}
