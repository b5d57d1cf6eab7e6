package import Quantities

/// Collects what one direction of a link carries, from readings of its byte counter.
///
/// Between two readings the bytes are taken as carried at an even rate. A driver that reads whenever the rate changes
/// therefore gets exact bins; one that reads more rarely gets the even spread, and never a byte more or less in sum.
///
/// Saturation is judged between neighbouring readings: the link was full for the whole stretch if it carried at least
/// ``saturation`` of what its capacity let through. A link that is down is not full.
package struct LinkMeter: Sendable {
  package let binWidth: TimeSpan
  package let start: Instant
  package let saturation: Ratio

  private var capacity: DataRate
  /// Up to where the capacity has been accounted for.
  private var capacityTime: Instant
  /// What the capacity let through since the last reading, in bits per second times nanoseconds.
  private var capacitySinceReading: UInt128 = 0
  private var readingTime: Instant
  private var readingBytes: UInt64 = 0
  private var readingBackgroundBytes: UInt64 = 0

  private var bytes: [UInt64] = []
  private var capacities: [UInt128] = []
  private var saturated: [Int64] = []

  /// - Parameters:
  ///   - capacity: What replication may use of the link at first.
  ///   - saturation: The share of the capacity from which on the link counts as full.
  /// - Precondition: `binWidth` is not zero.
  package init(
    binWidth: TimeSpan, capacity: DataRate, start: Instant = .zero, saturation: Ratio = .percent(99)
  ) {
    precondition(binWidth > .zero, "a bin has a width")
    self.binWidth = binWidth
    self.capacity = capacity
    self.start = start
    self.saturation = saturation
    capacityTime = start
    readingTime = start
  }

  /// Records that the usable capacity is `capacity` from `now` on; zero while the link is down.
  ///
  /// - Precondition: `now` is not before an earlier call.
  package mutating func capacityChanged(to capacity: DataRate, at now: Instant) {
    advanceCapacity(to: now)
    self.capacity = capacity
  }

  /// Reads the counter of the bytes carried since ``start``.
  ///
  /// - Parameter backgroundBytes: The counter of what others carried over the link; the link is full when both together
  ///   fill it.
  /// - Precondition: Neither the counter nor the time goes back, and nothing is carried in no time at ``start``.
  /// - Complexity: O(1) for each bin since the last reading.
  package mutating func read(cumulativeBytes: UInt64, backgroundBytes: UInt64 = 0, at now: Instant) {
    precondition(now >= readingTime, "readings arrive in the order of time")
    precondition(cumulativeBytes + 1 >= readingBytes, "a byte counter does not go back")
    // A counter kept as a rounded sum may step back by its last digit.
    let cumulativeBytes = max(cumulativeBytes, readingBytes)
    advanceCapacity(to: now)
    let carried = cumulativeBytes - readingBytes
    let background = backgroundBytes - min(backgroundBytes, readingBackgroundBytes)
    capacitySinceReading -= min(capacitySinceReading, UInt128(background) * 8_000_000_000)
    readingBackgroundBytes = max(backgroundBytes, readingBackgroundBytes)
    if now == readingTime {
      if carried > 0 {
        precondition(now > start, "nothing is carried before the start")
        let index = bin(endingAt: now)
        growBins(through: index)
        bytes[index] += carried
      }
    } else {
      spread(carried, over: readingTime..<now)
    }
    capacitySinceReading = 0
    readingTime = now
    readingBytes = cumulativeBytes
  }

  /// Takes the last reading and gives the bins.
  package consuming func end(
    cumulativeBytes: UInt64, backgroundBytes: UInt64 = 0, at now: Instant
  ) -> LinkUse {
    read(cumulativeBytes: cumulativeBytes, backgroundBytes: backgroundBytes, at: now)
    // Whole bytes of the running sum, so that rounding never adds up.
    var capacitySum: UInt128 = 0
    var capacityBytesBefore: UInt64 = 0
    let bins = bytes.indices.map { index in
      capacitySum += capacities[index]
      let capacityBytes = UInt64(capacitySum / 8_000_000_000)
      defer { capacityBytesBefore = capacityBytes }
      return LinkUse.Bin(
        bytes: bytes[index], capacityBytes: capacityBytes - capacityBytesBefore,
        saturatedTime: TimeSpan(nanoseconds: saturated[index]))
    }
    return LinkUse(start: start, end: now, binWidth: binWidth, bins: bins)
  }

  private mutating func spread(_ carried: UInt64, over interval: Range<Instant>) {
    let length = UInt128((interval.upperBound - interval.lowerBound).nanoseconds)
    // carried / length ≥ saturation · capacity, without division: both sides in bits, nanoseconds and 10⁹.
    let isSaturated =
      capacitySinceReading > 0
      && UInt128(carried) * 8_000_000_000 * 1_000_000_000
        >= capacitySinceReading * UInt128(saturation.partsPerBillion)
    var carriedBefore: UInt64 = 0
    forEachBin(of: interval) { meter, index, piece in
      let elapsed = UInt128((piece.upperBound - interval.lowerBound).nanoseconds)
      let carriedUpTo = UInt64(UInt128(carried) * elapsed / length)
      meter.bytes[index] += carriedUpTo - carriedBefore
      carriedBefore = carriedUpTo
      if isSaturated { meter.saturated[index] += (piece.upperBound - piece.lowerBound).nanoseconds }
    }
  }

  private mutating func advanceCapacity(to now: Instant) {
    precondition(now >= capacityTime, "a meter is called in the order of time")
    let rate = UInt128(capacity.bitsPerSecond)
    capacitySinceReading += rate * UInt128((now - capacityTime).nanoseconds)
    forEachBin(of: capacityTime..<now) { meter, index, piece in
      meter.capacities[index] += rate * UInt128((piece.upperBound - piece.lowerBound).nanoseconds)
    }
    capacityTime = now
  }

  /// Calls `body` for each bin that `interval` touches, with the piece inside it.
  private mutating func forEachBin(
    of interval: Range<Instant>, _ body: (inout LinkMeter, Int, Range<Instant>) -> Void
  ) {
    var from = interval.lowerBound
    while from < interval.upperBound {
      let index = Int((from - start).nanoseconds / binWidth.nanoseconds)
      let to = min(start + binWidth * Int64(index + 1), interval.upperBound)
      growBins(through: index)
      body(&self, index, from..<to)
      from = to
    }
  }

  /// The bin of the bytes that were carried up to `now`; on a boundary, the earlier one.
  private func bin(endingAt now: Instant) -> Int {
    Int(max(0, (now - start).nanoseconds - 1) / binWidth.nanoseconds)
  }

  private mutating func growBins(through index: Int) {
    while bytes.count <= index {
      bytes.append(0)
      capacities.append(0)
      saturated.append(0)
    }
  }
}
