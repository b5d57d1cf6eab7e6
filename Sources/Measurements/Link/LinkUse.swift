package import Quantities

/// What one direction of a link carried, bin by bin.
///
/// - Invariant: The bins cover the time from ``start`` to ``end`` without gap; all but the last are ``binWidth`` long.
package struct LinkUse: Sendable, Hashable {
  /// The bytes of one stretch of time.
  package struct Bin: Sendable, Hashable {
    package var bytes: UInt64
    /// The bytes that the usable capacity would have let through; zero while the link was down.
    package var capacityBytes: UInt64
    /// For how long of the bin the link was full.
    package var saturatedTime: TimeSpan

    package init(bytes: UInt64, capacityBytes: UInt64, saturatedTime: TimeSpan) {
      self.bytes = bytes
      self.capacityBytes = capacityBytes
      self.saturatedTime = saturatedTime
    }
  }

  package let start: Instant
  package let end: Instant
  package let binWidth: TimeSpan
  package let bins: [Bin]

  /// - Precondition: There are as many bins as the time from `start` to `end` needs.
  package init(start: Instant, end: Instant, binWidth: TimeSpan, bins: [Bin]) {
    precondition(binWidth > .zero, "a bin has a width")
    let length = (end - start).nanoseconds
    precondition(
      Int64(bins.count) == (length + binWidth.nanoseconds - 1) / binWidth.nanoseconds,
      "bins cover the time from start to end")
    self.start = start
    self.end = end
    self.binWidth = binWidth
    self.bins = bins
  }

  /// The time that bin `index` covers.
  package func interval(ofBin index: Int) -> Range<Instant> {
    let from = start + binWidth * Int64(index)
    return from..<min(from + binWidth, end)
  }

  /// The mean rate in bin `index`, rounded down.
  package func rate(ofBin index: Int) -> DataRate {
    let interval = interval(ofBin: index)
    return DataRate(rounding: bins[index].bytes, over: interval.upperBound - interval.lowerBound)
  }

  /// The mean usable capacity in bin `index`, rounded down.
  package func capacity(ofBin index: Int) -> DataRate {
    let interval = interval(ofBin: index)
    return DataRate(rounding: bins[index].capacityBytes, over: interval.upperBound - interval.lowerBound)
  }

  /// All bytes carried, from start to end.
  package var bytes: ByteCount { ByteCount(bytes: bins.reduce(0) { $0 + $1.bytes }) }

  /// Whether some bin carried at least `share` of what its capacity would have let through.
  ///
  /// A bin without bytes reaches no share, and one that carried something without capacity reaches any.
  package func reaches(_ share: Ratio) -> Bool {
    bins.contains {
      $0.bytes > 0
        && UInt128($0.bytes) * 1_000_000_000 >= UInt128($0.capacityBytes) * UInt128(share.partsPerBillion)
    }
  }

  /// The statistics of the bins that begin at or after `from`.
  package func statistics(from: Instant) -> LinkStatistics { LinkStatistics(use: self, from: from) }
}

extension DataRate {
  /// The rate that carries `bytes` in `time`, rounded down to whole bits per second; zero for no time.
  package init(rounding bytes: UInt64, over time: TimeSpan) {
    guard time > .zero else {
      self.init(bitsPerSecond: 0)
      return
    }
    self.init(bitsPerSecond: UInt64(UInt128(bytes) * 8_000_000_000 / UInt128(time.nanoseconds)))
  }
}
