package import Quantities

/// The mean and the quantiles of the lag, each in the plainest way: over all stretches, as often as it takes.
extension LagOracle {
  /// The mean over the time with an instance, to the nearest nanosecond, halves up; `nil` where there was none.
  package var mean: TimeSpan? {
    // Twice the area under the lag: each stretch is a trapezium.
    var (area, time): (Int128, Int128) = (0, 0)
    for (begin, end) in stretches {
      area += (Int128(begin) + Int128(end)) * Int128(end - begin)
      time += Int128(end - begin)
    }
    return time == 0 ? nil : TimeSpan(nanoseconds: Int64((area + time) / (2 * time)))
  }

  /// The least lag, in whole nanoseconds, that was not exceeded for so many of a hundred parts of the time with an instance.
  package func quantile(percent: Int) -> TimeSpan? {
    let time = stretches.reduce(Int128(0)) { $0 + Int128($1.end - $1.begin) }
    guard time > 0, let highest = stretches.map(\.end).max() else { return nil }
    var (low, high) = (Int64(0), highest)
    while low < high {
      let middle = low + (high - low) / 2
      let atMost = stretches.reduce(Int128(0)) { sum, stretch in
        sum + Int128(max(0, min(middle, stretch.end) - stretch.begin))
      }
      if atMost * 100 >= time * Int128(percent) { high = middle } else { low = middle + 1 }
    }
    return TimeSpan(nanoseconds: low)
  }
}
