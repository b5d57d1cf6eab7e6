@testable import Fuzz

extension FuzzSeed {
  /// Of frames, messages and compressed payloads.
  static let wireSeeds: [FuzzSeed] = [
    FuzzSeed(
      target: "source-messages", story: "Ten runs of a whole disk ask for content that is not there.",
      verdict: .refused,
      hex: "05 0100000000000000 02000000 02000000"
        + "0000000000000000 0000020000000000 0000000000000000 0000020000000000")
  ]
}
