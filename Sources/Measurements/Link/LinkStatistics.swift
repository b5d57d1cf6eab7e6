package import Quantities

/// What is said about the use of one direction of a link.
///
/// The mean is taken over time. Peak and percentile are taken over the bins of full width, each counting once; a
/// shorter last bin counts only where it is the only one.
package struct LinkStatistics: Sendable, Hashable {
  /// How long the bins counted here are together.
  package let observedTime: TimeSpan
  package let bytes: ByteCount
  package let rateMean: DataRate
  /// The least rate that 95 % of the bins do not exceed (nearest rank).
  package let ratePercentile95: DataRate
  package let rateMaximum: DataRate
  /// When the bin with the highest rate began; the first of equals.
  package let rateMaximumAt: Instant?
  /// The mean usable capacity, outages included.
  package let capacityMean: DataRate
  /// The highest usable capacity of a bin.
  package let capacityMaximum: DataRate
  /// Bytes carried as a share of the bytes that the usable capacity would have let through; `nil` without capacity.
  package let useShare: Ratio?
  /// The 95th percentile of the bins' use of their own capacity; bins without capacity do not count.
  package let useSharePercentile95: Ratio?
  /// For how long the link was full.
  package let saturatedTime: TimeSpan

  init(use: LinkUse, from: Instant) {
    var indices = use.bins.indices.filter { use.interval(ofBin: $0).lowerBound >= from }
    let counted = indices.map { use.bins[$0] }
    let length = indices.reduce(TimeSpan.zero) { sum, index in
      let interval = use.interval(ofBin: index)
      return sum + (interval.upperBound - interval.lowerBound)
    }
    let carried = counted.reduce(UInt64(0)) { $0 + $1.bytes }
    let capacity = counted.reduce(UInt64(0)) { $0 + $1.capacityBytes }
    observedTime = length
    bytes = ByteCount(bytes: carried)
    rateMean = DataRate(rounding: carried, over: length)
    capacityMean = DataRate(rounding: capacity, over: length)
    useShare = Ratio(rounding: UInt128(carried), outOf: UInt128(capacity))
    saturatedTime = counted.reduce(.zero) { $0 + $1.saturatedTime }

    if let last = indices.last, indices.count > 1,
      use.interval(ofBin: last).lowerBound + use.binWidth > use.end
    {
      indices.removeLast()
    }
    let rates = indices.map { use.rate(ofBin: $0) }
    ratePercentile95 = nearestRank(of: rates, percent: 95) ?? .zero
    rateMaximum = rates.max() ?? .zero
    let highest = rateMaximum
    rateMaximumAt = zip(indices, rates).first { $0.1 == highest }.map { use.interval(ofBin: $0.0).lowerBound }
    capacityMaximum = indices.map { use.capacity(ofBin: $0) }.max() ?? .zero
    useSharePercentile95 = nearestRank(
      of: indices.compactMap {
        Ratio(rounding: UInt128(use.bins[$0].bytes), outOf: UInt128(use.bins[$0].capacityBytes))
      }, percent: 95)
  }

  package var saturatedShare: Ratio? { Ratio(rounding: saturatedTime, outOf: observedTime) }
}

/// The least of `values` that `percent` per cent of them do not exceed, or `nil` of none.
private func nearestRank<Value: Comparable>(of values: [Value], percent: Int) -> Value? {
  guard !values.isEmpty else { return nil }
  return values.sorted()[(values.count * percent + 99) / 100 - 1]
}
