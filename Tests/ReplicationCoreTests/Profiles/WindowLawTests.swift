import Quantities
import ReplicationCore
import Testing

@Suite struct WindowLawTests {
  private static let roundTrips = [1, 12, 20, 50, 85, 150] as [Int64]

  /// Each cell is 8 · blocks · 8192 bit ÷ round trip, rounded half up to whole Mbit/s; 64 blocks at 12 ms:
  /// 4 194 304 bit ÷ 0.012 s = 349.525 Mbit/s.
  @Test(arguments: [
    (ProductRelease.v5_0, [524, 44, 26, 10, 6, 3]),
    (.v6, [4_194, 350, 210, 84, 49, 28]),
    (.v8_0, [4_194, 350, 210, 84, 49, 28]),
    // 134 217 728 bit in 1 ms: more than any link here, 134 Gbit/s.
    (.v8_0U3, [134_218, 11_185, 6_711, 2_684, 1_579, 895]),
  ])
  func `A disk sends at most its window per round trip`(release: ProductRelease, megabits: [UInt64]) throws {
    for (milliseconds, expected) in zip(Self.roundTrips, megabits) {
      let rate = try #require(
        ProductProfile(release).diskRateLimit(
          extentSize: .kibibytes(8), roundTrip: .milliseconds(milliseconds)))
      #expect((rate.bitsPerSecond + 500_000) / 1_000_000 == expected, "\(milliseconds) ms")
    }
  }

  @Test func `43 disks fill 10 Gbit per second over 18 ms, more than one host of 8.0 reads at a time`() {
    // 4 194 304 bit ÷ 0.018 s = 233.0 Mbit/s; 10 000 ÷ 233.0 = 42.9.
    let profile = ProductProfile(.v8_0)
    let count = profile.diskCount(
      toFill: .gigabitsPerSecond(10), extentSize: .kibibytes(8), roundTrip: .milliseconds(18))
    #expect(count == 43)
    #expect(count > profile.transfer.hostContexts)
    // 32 times the window: 7.456 Gbit/s each.
    let later = ProductProfile(.v8_0U3).diskCount(
      toFill: .gigabitsPerSecond(10), extentSize: .kibibytes(8), roundTrip: .milliseconds(18))
    #expect(later == 2)
  }

  @Test func `Sequential changes fill a window of updates, scattered ones do not`() {
    var profile = ProductProfile(.v8_0)
    #expect(profile.windowSize(extentSize: .kibibytes(8), runExtents: 100) == .kibibytes(512))
    profile.transfer.blockUnit = .update
    #expect(profile.windowSize(extentSize: .kibibytes(8), runExtents: 1) == .kibibytes(512))
    #expect(profile.windowSize(extentSize: .kibibytes(8), runExtents: 4) == .mebibytes(2))
    // 16 extents are 128 KiB, the largest update; 64 of them are 16 times as much as 64 extents.
    #expect(profile.windowSize(extentSize: .kibibytes(8), runExtents: 100) == .mebibytes(8))
    #expect(profile.windowSize(extentSize: .kibibytes(64), runExtents: 100) == .mebibytes(8))
    #expect(profile.demandLogWindowSize(extentSize: .kibibytes(8)) == .kibibytes(512))
  }

  @Test func `A smaller congestion window takes the place of the product's`() {
    // 65 536 · 8 bit ÷ 0.01 s = 52.4288 Mbit/s.
    let rate = ProductProfile(.v8_0).diskRateLimit(
      extentSize: .kibibytes(8), roundTrip: .milliseconds(10), congestionWindow: .kibibytes(64))
    #expect(rate == .bitsPerSecond(52_428_800))
    let wide = ProductProfile(.v8_0).diskRateLimit(
      extentSize: .kibibytes(8), roundTrip: .milliseconds(10), congestionWindow: .gibibytes(1))
    #expect(wide == .bitsPerSecond(419_430_400))
  }

  @Test func `The reads of a comparison are capped by their latency`() throws {
    // 512 KiB per 1 ms are 524.288 MB/s, per 5 ms 104.858 MB/s.
    let profile = ProductProfile(.v8_0)
    #expect(
      profile.checksumRateLimit(readLatency: .milliseconds(1)) == .bitsPerSecond(8 * 524_288_000))
    #expect(
      profile.checksumRateLimit(readLatency: .milliseconds(5)) == .bitsPerSecond(8 * 104_857_600))
  }

  @Test func `Comparing a seed of 150 GB takes 20 to 40 min where the first copy took 9`() throws {
    // The copy: 150 GB ÷ 540 s = 278 MB/s. The comparison at 104.8576 MB/s: 1430.5 s = 23.8 min.
    let rate = try #require(ProductProfile(.v6).checksumRateLimit())
    let seconds = 150_000_000_000 * 8 / rate.bitsPerSecond
    #expect(seconds == 1_430)
    // The ends of the published range: 512 KiB at 4.2 ms and at 8.4 ms.
    for (microseconds, minutes) in [(4_194, 20), (8_389, 40)] as [(Int64, UInt64)] {
      let rate = try #require(
        ProductProfile(.v6).checksumRateLimit(readLatency: .microseconds(microseconds)))
      #expect((150_000_000_000 * 8 / rate.bitsPerSecond + 30) / 60 == minutes)
    }
  }

  @Test func `Without latency the law sets no limit`() {
    #expect(WindowLaw.rate(window: .kibibytes(512), latency: .zero) == nil)
    #expect(WindowLaw.rate(window: .tebibytes(2), latency: .nanoseconds(1)) == nil)
    #expect(WindowLaw.rate(window: .zero, latency: .milliseconds(1)) == .zero)
    let count = ProductProfile(.v8_0).diskCount(
      toFill: .gigabitsPerSecond(10), extentSize: .kibibytes(8), roundTrip: .zero)
    #expect(count == 1)
  }
}
