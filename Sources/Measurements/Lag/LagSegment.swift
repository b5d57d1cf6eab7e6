package import Quantities

/// A stretch of time between two completions, in which the lag of one machine grows by one second a second.
///
/// - Invariant: `from` is before `to`.
package struct LagSegment: Sendable, Hashable {
  package let from: Instant
  /// The first instant that is no longer part of the segment.
  package let to: Instant
  /// The age of the newest complete instance at `from`.
  package let lagAtStart: TimeSpan

  /// - Precondition: `from` is before `to`.
  package init(from: Instant, to: Instant, lagAtStart: TimeSpan) {
    precondition(from < to, "a lag segment is not empty")
    self.from = from
    self.to = to
    self.lagAtStart = lagAtStart
  }

  package var length: TimeSpan { to - from }

  /// The lag reached just before `to`: the least upper bound of the segment's lag.
  package var lagAtEnd: TimeSpan { lagAtStart + length }
}
