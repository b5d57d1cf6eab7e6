package import Quantities

/// A part of a working set whose blocks are all equally likely to be written.
package struct WriteTier: Sendable, Hashable {
  /// The share of the writes that go to this tier.
  package var writes: Ratio
  /// The share of the working set's blocks that belong to it.
  package var space: Ratio

  package init(writes: Ratio, space: Ratio) {
    self.writes = writes
    self.space = space
  }

  /// Two tiers: `writes` of the writes go to the first `space` of the working set, the others to the rest.
  ///
  ///     WriteTier.skew(writes: .percent(80), space: .percent(20))  // the usual 80/20
  ///
  /// - Precondition: Neither share is above 100 %.
  package static func skew(writes: Ratio, space: Ratio) -> [WriteTier] {
    precondition(writes <= .one && space <= .one, "a share of a whole is at most 100 %")
    return [
      WriteTier(writes: writes, space: space),
      WriteTier(
        writes: Ratio(partsPerBillion: Ratio.one.partsPerBillion - writes.partsPerBillion),
        space: Ratio(partsPerBillion: Ratio.one.partsPerBillion - space.partsPerBillion)),
    ]
  }

  /// One tier that is the whole working set.
  package static let uniform = [WriteTier(writes: .one, space: .one)]
}
