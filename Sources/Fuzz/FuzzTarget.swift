import RandomStreams

/// One decoder that must survive any bytes.
///
/// A new format is a static member here, in a file of its own in `Targets`, and a line in ``all``.
struct FuzzTarget: Sendable {
  /// What ``check`` makes of an input.
  enum Verdict: Equatable {
    /// It was decoded, and encodes to the same bytes.
    case accepted
    /// A typed error was thrown.
    case refused
  }

  let name: String
  /// A valid input, which ``check`` must accept.
  let sample: @Sendable (inout RandomStream) -> [UInt8]
  /// Makes checksums fit again after a mutation, so that what lies behind them is reached too.
  var repair: @Sendable (inout [UInt8]) -> Void = { _ in }
  /// Decodes an input.
  ///
  /// It throws where the decoder broke its promise, and traps where that did.
  let check: @Sendable ([UInt8]) throws(FuzzFailure) -> Verdict

  static let all: [FuzzTarget] = [
    .frames, .sourceMessages, .targetMessages, .compressedPayloads, .sealedFrames,
  ]
}

/// A promise that a decoder broke.
struct FuzzFailure: Error, Equatable {
  let reason: String
}
