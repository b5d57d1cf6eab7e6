import Quantities
import Reporting
import Testing

@Suite struct ReadableTests {
  @Test(
    arguments: [
      (0, "0 B"), (999, "999 B"), (1_000, "1.00 kB"), (1_234, "1.23 kB"), (1_235, "1.24 kB"),
      (12_345, "12.3 kB"), (9_996, "10.0 kB"), (99_960, "100 kB"), (999_499, "999 kB"), (999_500, "1.00 MB"),
      (1_870_000_000, "1.87 GB"), (1 << 40, "1.10 TB"),
    ] as [(UInt64, String)])
  func `A size has three digits and a decimal unit`(bytes: UInt64, text: String) {
    #expect(Readable.size(.bytes(bytes)) == text)
  }

  @Test func `A duration is rounded to what its length deserves`() {
    #expect(Readable.duration(.milliseconds(820_400)) == "13m40s")
    #expect(Readable.duration(.hours(2) + .seconds(29)) == "2h")
    #expect(Readable.duration(.hours(2) + .seconds(30)) == "2h1m")
    #expect(Readable.duration(.hours(30)) == "30h")
    #expect(Readable.duration(.days(5) + .hours(1)) == "5d1h")
    #expect(Readable.instant(Instant(nanoseconds: -60_000_000_000)) == "-1m")
  }

  @Test func `A share of a hundred per cent is said of the whole only`() {
    #expect(Readable.share(.one) == "100.00%")
    #expect(Readable.share(Ratio(partsPerBillion: 999_999_999)) == "99.99%")
    #expect(Readable.share(Ratio(partsPerBillion: 5_000_000)) == "0.50%")
    #expect(Readable.share(.zero) == "0.00%")
  }

  @Test func `A rate is told in megabits a second`() {
    #expect(Readable.megabits(.megabitsPerSecond(90)) == "90.0")
    #expect(Readable.megabits(.bitsPerSecond(888_888)) == "0.89")
    #expect(Readable.megabits(.gigabitsPerSecond(10)) == "10000")
  }

  @Test func `A count has commas between thousands`() {
    #expect(Readable.count(812) == "812")
    #expect(Readable.count(2_104_233) == "2,104,233")
    #expect(Readable.count(1, "violation") == "1 violation")
    #expect(Readable.count(100_000, "event") == "100,000 events")
  }
}
