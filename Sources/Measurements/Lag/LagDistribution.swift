package import Quantities

/// How the lag is distributed over time: what a disaster at a random moment would find.
///
/// Within a segment the lag passes each value between its ends for the same time, so the distribution is a mixture of
/// uniform ones, each weighted by its length. Its distribution function is a chain of straight lines with whole-number
/// corners and slopes, and quantiles are exact.
///
/// Segments of several machines may be put together: the result is then a distribution over machine-time.
package struct LagDistribution: Sendable, Hashable {
  /// A straight piece of the distribution function, starting at a corner.
  private struct Piece: Sendable, Hashable {
    /// Where it starts.
    let lag: Int64
    /// How long the lag was below `lag`.
    let timeBelow: Int128
    /// How many segments pass the values from here to the next corner.
    let slope: Int128
  }

  private let pieces: [Piece]
  /// The time over which the distribution was taken, in nanoseconds.
  private let total: Int128

  /// - Complexity: O(*n* log *n*) in the segments.
  package init(_ segments: some Sequence<LagSegment>) {
    var corners: [(lag: Int64, change: Int128)] = []
    for segment in segments {
      corners.append((segment.lagAtStart.nanoseconds, 1))
      corners.append((segment.lagAtEnd.nanoseconds, -1))
    }
    corners.sort { $0.lag < $1.lag }
    var pieces: [Piece] = []
    var time: Int128 = 0
    var slope: Int128 = 0
    for (index, corner) in corners.enumerated() {
      if index > 0 { time += slope * Int128(corner.lag - corners[index - 1].lag) }
      slope += corner.change
      let isLastHere = index + 1 == corners.count || corners[index + 1].lag != corner.lag
      if isLastHere { pieces.append(Piece(lag: corner.lag, timeBelow: time, slope: slope)) }
    }
    self.pieces = pieces
    total = time
  }

  /// The smallest lag, in whole nanoseconds rounded up, that is not exceeded for `share` of the time.
  ///
  /// - Parameter share: At most one.
  /// - Returns: `nil` for a distribution over no time.
  /// - Complexity: O(log *n*).
  package func quantile(_ share: Ratio) -> TimeSpan? {
    precondition(share <= .one, "a quantile is taken at a share of at most one")
    guard let first = pieces.first else { return nil }
    // Both sides are kept multiplied by 10⁹, so that the share needs no rounding.
    let target = total * Int128(share.partsPerBillion)
    let billion: Int128 = 1_000_000_000
    var (low, high) = (0, pieces.count)
    while low < high {
      let middle = (low + high) / 2
      if pieces[middle].timeBelow * billion < target { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return TimeSpan(nanoseconds: first.lag) }
    let piece = pieces[low - 1]
    let missing = target - piece.timeBelow * billion
    let step = (missing + piece.slope * billion - 1) / (piece.slope * billion)
    return TimeSpan(nanoseconds: piece.lag + Int64(step))
  }

  /// For how long the lag was at most `lag`.
  package func time(atMost lag: TimeSpan) -> TimeSpan {
    guard let piece = pieces.last(where: { $0.lag <= lag.nanoseconds }) else { return .zero }
    return TimeSpan(
      nanoseconds: Int64(piece.timeBelow + piece.slope * Int128(lag.nanoseconds - piece.lag)))
  }
}
