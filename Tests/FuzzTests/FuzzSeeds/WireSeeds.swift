@testable import Fuzz

extension FuzzSeed {
  /// Of frames, messages and compressed payloads.
  ///
  /// The decoders passed them when they were found: each is what a decoder with the named check left out got wrong.
  static let wireSeeds: [FuzzSeed] = [
    FuzzSeed(
      target: "source-messages",
      story: "Two runs of a whole disk ask for content that is not there.",
      verdict: .refused,
      hex: """
        05010000000000000002000000020000000000000000000000000002000000000000000000000000
        000000020000000000
        """),
    FuzzSeed(
      target: "source-messages",
      story: "With the content not counted beforehand, a run is copied from beyond the payload.",
      verdict: .refused,
      hex: """
        05323101daea039bc800000000020000000100000000000000060000000000000009000000000000
        000a0000000000000000000000000000000300000000000000000000000000000001000000000000
        0000000000000000000100
        """),
    FuzzSeed(
      target: "target-messages",
      story: "A count of 2³² − 1 differences reserves 64 GiB.",
      verdict: .refused,
      hex: """
        8200000000ffffffff
        """),
    FuzzSeed(
      target: "frames",
      story: "With one extent too many allowed, an allocation reaches beyond its disk.",
      verdict: .refused,
      hex: """
        5652504c020500000300000000000000010002000000000000000000000000002800000028000000
        ffc9adcdc791dd0f19e5780761261b3c000000000100000008000000000000000900000000000000
        0100000000000000f250dcda3ef18d905652504c0283000003000000000000000100000000000000
        0100000000000000080000000800000045e4f45d59773628c062171f67ac47cc314f9cc09a0fa51c
        5652504c028100000300000000000000010000000000000002000000000000004800000048000000
        2441e6dd5adf53950ac71484f27ba314030000000100000008000000000000000900000000000000
        010000000100000000000000040000000000000001000000efff0100000000000100020000000000
        59d211e400ff796e
        """),
    FuzzSeed(
      target: "compressed-payloads",
      story: "Seven bytes claim to stand for 2 GB, which are reserved before they are looked at.",
      verdict: .refused,
      hex: """
        567e297c1245d329819df5
        """),
  ]
}
