import Measurements
import Quantities
import RandomStreams
import Testing

@Suite struct LinkMeterTests {
  /// A driver's counter may be a rounded sum of reals.
  @Test func `A counter that steps back by its last byte counts as standing still`() {
    var meter = LinkMeter(binWidth: .minutes(1), capacity: .megabitsPerSecond(8))
    meter.read(cumulativeBytes: 1_000, at: .zero + .seconds(10))
    meter.read(cumulativeBytes: 999, at: .zero + .seconds(20))
    let use = meter.end(cumulativeBytes: 1_500, at: .zero + .seconds(30))
    #expect(use.bytes == .bytes(1_500))
  }

  @Test func `A share of the capacity is reached where one bin carries as much`() {
    func use(_ bins: [(bytes: UInt64, capacity: UInt64)]) -> LinkUse {
      LinkUse(
        start: .zero, end: .zero + .seconds(Int64(bins.count)), binWidth: .seconds(1),
        bins: bins.map { LinkUse.Bin(bytes: $0.bytes, capacityBytes: $0.capacity, saturatedTime: .zero) })
    }
    #expect(use([(0, 1_000), (50, 1_000)]).reaches(.percent(5)))
    #expect(!use([(49, 1_000), (49, 1_000)]).reaches(.percent(5)))
    #expect(!use([(0, 0)]).reaches(.zero) && use([(1, 0)]).reaches(.one))
  }

  @Test func `Bytes between two readings are spread evenly over the bins`() {
    // 8 Mbit/s are 1 MB a second. 3 MB from 0.5 s to 2 s: 2 MB/s, so 1 MB falls into the first second and 2 into the next.
    var meter = LinkMeter(binWidth: .seconds(1), capacity: .megabitsPerSecond(16))
    meter.read(cumulativeBytes: 0, at: .zero + .milliseconds(500))
    meter.read(cumulativeBytes: 3_000_000, at: .zero + .seconds(2))
    let use = meter.end(cumulativeBytes: 3_000_000, at: .zero + .seconds(4))

    #expect(use.bins.map(\.bytes) == [1_000_000, 2_000_000, 0, 0])
    #expect(use.bins.map(\.capacityBytes) == [2_000_000, 2_000_000, 2_000_000, 2_000_000])
    // From 0.5 s to 2 s the link was full.
    #expect(use.bins.map(\.saturatedTime) == [.milliseconds(500), .seconds(1), .zero, .zero])
  }

  @Test func `Statistics are those computed by hand`() {
    var meter = LinkMeter(binWidth: .seconds(1), capacity: .megabitsPerSecond(16))
    meter.read(cumulativeBytes: 1_000_000, at: .zero + .seconds(1))
    meter.read(cumulativeBytes: 3_000_000, at: .zero + .seconds(2))
    let statistics = meter.end(cumulativeBytes: 3_000_000, at: .zero + .seconds(4)).statistics(from: .zero)

    #expect(statistics.bytes == .megabytes(3))
    // 24 Mbit in 4 s.
    #expect(statistics.rateMean == .megabitsPerSecond(6))
    #expect(statistics.rateMaximum == .megabitsPerSecond(16))
    #expect(statistics.rateMaximumAt == .zero + .seconds(1))
    // The 95th percentile of four bins is the fourth.
    #expect(statistics.ratePercentile95 == .megabitsPerSecond(16))
    #expect(statistics.useShare == Ratio(partsPerBillion: 375_000_000))
    #expect(statistics.useSharePercentile95 == .one)
    #expect(statistics.saturatedShare == .percent(25))
  }

  @Test func `An outage has no capacity and is not saturated`() {
    var meter = LinkMeter(binWidth: .seconds(10), capacity: .megabitsPerSecond(8))
    meter.capacityChanged(to: .zero, at: .zero + .seconds(3))
    meter.capacityChanged(to: .megabitsPerSecond(8), at: .zero + .seconds(7))
    let use = meter.end(cumulativeBytes: 0, at: .zero + .seconds(10))

    // Open for 3 + 3 s at 1 MB/s.
    #expect(use.bins == [.init(bytes: 0, capacityBytes: 6_000_000, saturatedTime: .zero)])
  }

  @Test func `A capacity that changes between readings is averaged before saturation is judged`() {
    var meter = LinkMeter(binWidth: .seconds(10), capacity: .megabitsPerSecond(8))
    meter.capacityChanged(to: .megabitsPerSecond(24), at: .zero + .seconds(5))
    // 5 s at 1 MB/s and 5 s at 3 MB/s let 20 MB through.
    let use = meter.end(cumulativeBytes: 20_000_000, at: .zero + .seconds(10))

    #expect(use.bins[0].saturatedTime == .seconds(10))
    #expect(use.statistics(from: .zero).capacityMean == .megabitsPerSecond(16))
  }

  @Test func `Peak and percentile leave out a short last bin`() {
    var meter = LinkMeter(binWidth: .seconds(2), capacity: .megabitsPerSecond(80))
    meter.read(cumulativeBytes: 2_000_000, at: .zero + .seconds(2))
    let use = meter.end(cumulativeBytes: 5_000_000, at: .zero + .seconds(3))
    let statistics = use.statistics(from: .zero)

    #expect(use.bins.map(\.bytes) == [2_000_000, 3_000_000])
    #expect(statistics.rateMaximum == .megabitsPerSecond(8))
    #expect(statistics.bytes == .megabytes(5))
  }

  @Test func `Bytes of no time count for the bin that ends there`() {
    var meter = LinkMeter(binWidth: .seconds(1), capacity: .megabitsPerSecond(80))
    meter.read(cumulativeBytes: 10, at: .zero + .seconds(1))
    let use = meter.end(cumulativeBytes: 15, at: .zero + .seconds(1))

    #expect(use.bins.map(\.bytes) == [15])
  }

  @Test func `Bins that begin in the warm-up do not count`() {
    var meter = LinkMeter(binWidth: .seconds(1), capacity: .megabitsPerSecond(8))
    meter.read(cumulativeBytes: 1_000_000, at: .zero + .seconds(1))
    let use = meter.end(cumulativeBytes: 1_500_000, at: .zero + .seconds(3))

    #expect(use.statistics(from: .zero + .milliseconds(1)).bytes == .bytes(500_000))
    #expect(use.bytes == .bytes(1_500_000))
  }

  /// Compares with counters kept for every nanosecond.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `Bins agree with a counter for every nanosecond`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "link-meter")
    func draw(_ bound: Int64) -> Int64 { Int64(random.next(below: UInt64(bound))) }
    let width = 1 + draw(30)
    let gigabyteEachSecond: UInt64 = 8_000_000_000
    var rate = UInt64(draw(4))
    // One gigabyte a second is one byte a nanosecond.
    var meter = LinkMeter(
      binWidth: .nanoseconds(width), capacity: .bitsPerSecond(rate * gigabyteEachSecond))
    var bytes: [UInt64] = []
    var capacity: [UInt64] = []
    var saturated: [Bool] = []
    var total: UInt64 = 0
    var now: Int64 = 0
    for _ in 0..<1 + draw(20) {
      let length = 1 + draw(40)
      var capacityHere: UInt64 = 0
      for _ in 0..<length {
        capacity.append(rate)
        capacityHere += rate
        now += 1
        if draw(20) == 0 {
          rate = UInt64(draw(4))
          meter.capacityChanged(to: .bitsPerSecond(rate * gigabyteEachSecond), at: nanosecond(now))
        }
      }
      // A whole number of bytes in each nanosecond keeps the model free of rounding; sometimes just full.
      let each = draw(3) == 0 ? capacityHere / UInt64(length) : UInt64(draw(4))
      let carried = each * UInt64(length)
      total += carried
      let isFull = capacityHere > 0 && carried * 100 >= capacityHere * 99
      for _ in 0..<length {
        bytes.append(each)
        saturated.append(isFull)
      }
      meter.read(cumulativeBytes: total, at: nanosecond(now))
    }
    let use = meter.end(cumulativeBytes: total, at: nanosecond(now))

    for (index, bin) in use.bins.enumerated() {
      let nanoseconds = index * Int(width)..<min((index + 1) * Int(width), Int(now))
      #expect(bin.bytes == bytes[nanoseconds].reduce(0, +))
      #expect(bin.capacityBytes == capacity[nanoseconds].reduce(0, +))
      #expect(bin.saturatedTime == .nanoseconds(Int64(saturated[nanoseconds].count { $0 })))
    }
    #expect(use.bytes == .bytes(total))
  }

  /// Uneven quotients: what the bins lose in rounding must come back in the next.
  @Test(arguments: 0..<50 as Range<UInt64>)
  func `Rounding never loses a byte`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "link-meter-sum")
    var meter = LinkMeter(binWidth: .nanoseconds(7), capacity: .bitsPerSecond(1_234_567_891))
    var total: UInt64 = 0
    var now: Int64 = 0
    for _ in 0..<20 {
      now += Int64(random.next(below: 50))
      if now > 0 { total += random.next(below: 1000) }
      meter.read(cumulativeBytes: total, at: nanosecond(now))
    }
    let use = meter.end(cumulativeBytes: total, at: nanosecond(now + 3))

    #expect(use.bytes == .bytes(total))
    let capacity = use.bins.reduce(0) { $0 + $1.capacityBytes }
    #expect(capacity == UInt64(UInt128(1_234_567_891) * UInt128(now + 3) / 8_000_000_000))
  }
}
