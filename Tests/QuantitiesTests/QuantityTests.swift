import Testing

import Quantities

@Suite struct QuantityTests {
  @Test(
    arguments: [
      ("15m", 900_000_000_000), ("1h30m", 5_400_000_000_000), ("0.5s", 500_000_000), ("250ms", 250_000_000),
      ("1d 2h", 93_600_000_000_000), ("0s", 0),
    ] as [(String, Int64)])
  func `Durations are whole nanoseconds`(text: String, nanoseconds: Int64) throws {
    #expect(try TimeSpan(parsing: text).nanoseconds == nanoseconds)
  }

  @Test(
    arguments: [
      ("20GiB", 21_474_836_480), ("2GB", 2_000_000_000), ("8 KiB", 8192), ("1.5MiB", 1_572_864), ("7B", 7),
    ] as [(String, UInt64)])
  func `Decimal and binary sizes differ`(text: String, bytes: UInt64) throws {
    #expect(try ByteCount(parsing: text).bytes == bytes)
  }

  @Test(
    arguments: [
      ("100Mbps", 100_000_000), ("1.544Mbps", 1_544_000), ("700kB/s", 5_600_000), ("400MB/s", 3_200_000_000),
    ] as [(String, UInt64)])
  func `Rates in bytes are eight times their bits`(text: String, bitsPerSecond: UInt64) throws {
    #expect(try DataRate(parsing: text).bitsPerSecond == bitsPerSecond)
  }

  @Test func `A share is written in percent`() throws {
    #expect(try Ratio(parsing: "0.01%").partsPerBillion == 100_000)
    #expect(try Ratio(parsing: "70%") == .percent(70))
  }

  @Test func `A size is scaled in whole bytes, rounded down`() {
    // 1,000,001 · 49 % = 490,000.49; also where the product does not fit 64 bits.
    #expect(ByteCount(bytes: 1_000_001).scaled(by: .percent(49)) == ByteCount(bytes: 490_000))
    #expect(ByteCount.tebibytes(64).scaled(by: .percent(150)) == .tebibytes(96))
  }

  @Test func `A size is scaled as exactly as 128 bits would tell`() {
    // Up to 30 times, where a rest below 10⁹ times the parts no longer fits 64 bits.
    for parts in [0, 1, 333_333_333, 999_999_999, 1_000_000_000, 1_950_000_000, 30_000_000_001] as [UInt64] {
      for bits in 0..<58 as Range<UInt64> {
        for bytes in [1 << bits, 1 << bits &+ 0x9E37_79B9 % (1 << bits), (1 << bits) - 1] as [UInt64] {
          let exact = UInt128(bytes) * UInt128(parts) / 1_000_000_000
          let scaled = ByteCount(bytes: bytes).scaled(by: Ratio(partsPerBillion: Int64(parts)))
          #expect(UInt128(scaled.bytes) == exact)
        }
      }
    }
  }

  @Test func `Each mistake has its own error`() {
    #expect(throws: QuantityParsingError.missingUnit(number: "100")) { try DataRate(parsing: "100") }
    #expect(throws: QuantityParsingError.negative) { try DataRate(parsing: "-10Mbps") }
    #expect(throws: QuantityParsingError.empty) { try TimeSpan(parsing: " ") }
    #expect(throws: QuantityParsingError.notWhole(baseUnit: "bytes")) { try ByteCount(parsing: "0.3B") }
    #expect(throws: QuantityParsingError.tooLarge) { try ByteCount(parsing: "9000000PiB") }
    #expect(throws: QuantityParsingError.notANumber("1.2.3")) { try ByteCount(parsing: "1.2.3GiB") }
    #expect(throws: QuantityParsingError.notANumber("MiB")) { try ByteCount(parsing: "MiB") }
    #expect {
      try ByteCount(parsing: "10Mbps")
    } throws: { ($0 as? QuantityParsingError)?.description.contains("\"Mbps\" is not a unit here") == true }
  }

  @Test(arguments: [0, 1, 59, 999, 1_000, 61_000_000_000, 3_723_500_000_000, 90_061_000_000_001] as [Int64])
  func `A printed duration parses to itself`(nanoseconds: Int64) throws {
    let span = TimeSpan(nanoseconds: nanoseconds)
    #expect(try TimeSpan(parsing: span.description) == span)
  }

  /// Values of all lengths; some end in zeros, where units change.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `Durations and rates of any length parse to themselves`(seed: UInt64) throws {
    var state = seed
    func draw(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 1) % bound
    }
    let digits = 1 + draw(17)
    var value = draw((0..<digits).reduce(1) { power, _ in power * 10 })
    if draw(2) == 0 { value = value / 1_000 * 1_000 }
    if draw(4) == 0 { value = value / 8_388_608 * 8_388_608 }
    let span = TimeSpan(nanoseconds: Int64(value))
    #expect(try TimeSpan(parsing: span.description) == span)
    let rate = DataRate(bitsPerSecond: value)
    #expect(try DataRate(parsing: rate.description) == rate)
  }

  @Test(arguments: [0, 7, 1_000, 1_024, 1_536, 8_192, 1_000_001, 2_000_000_000, 5_368_709_120] as [UInt64])
  func `A printed size parses to itself`(bytes: UInt64) throws {
    let size = ByteCount(bytes: bytes)
    #expect(try ByteCount(parsing: size.description) == size)
    let rate = DataRate(bitsPerSecond: bytes)
    #expect(try DataRate(parsing: rate.description) == rate)
    let ratio = Ratio(partsPerBillion: Int64(bytes))
    #expect(try Ratio(parsing: ratio.description) == ratio)
  }

  @Test func `Printed values read naturally`() {
    #expect("\(TimeSpan.seconds(820))" == "13m40s")
    #expect("\(TimeSpan.milliseconds(1500))" == "1.5s")
    #expect("\(ByteCount.gibibytes(20))" == "20GiB")
    #expect("\(ByteCount.megabytes(2000))" == "2GB")
    #expect("\(DataRate.megabitsPerSecond(1544))" == "1.544Gbps")
    // 1544 Mbit/s are 193 MB/s, but bits tell it in three digits as well; 8 · 100 · 2²⁰ bit/s do not.
    #expect("\(DataRate(bitsPerSecond: 838_860_800))" == "100MiB/s")
    #expect(
      "\(DataRate(bitsPerSecond: 8_000))" == "8kbps" && "\(DataRate(bitsPerSecond: 8_001))" == "8.001kbps")
    #expect("\(DataRate(bitsPerSecond: 100_001))" == "100.001kbps")
    #expect("\(DataRate(bitsPerSecond: 1_000_001))" == "1000.001kbps")
    #expect("\(Ratio(partsPerBillion: 100_000))" == "0.01%")
    #expect("\(Instant(nanoseconds: 34_800_000_000_000))" == "9h40m")
    #expect("\(TimeSpan(nanoseconds: 83_886_080).rounded)" == "83.9ms")
    #expect("\(TimeSpan(nanoseconds: 83_886_080))" == "83.88608ms")
    // 4 h 2 min are 14 520 s.
    #expect("\(TimeSpan(nanoseconds: 14_576_613_135_701))" == "4h2m56.613135701s")
    #expect("\(TimeSpan(nanoseconds: 14_520_000_135_701))" == "4h2m135.701us")
    #expect("\(Instant(nanoseconds: 14_576_613_999_999).inMilliseconds)" == "4h2m56.613s")
    #expect("\(TimeSpan(nanoseconds: 999_999_999).inMilliseconds)" == "999.999999ms")
  }

  @Test func `A share of a rate rounds down to whole bits per second`() {
    // 1 544 000 bit/s × 70 % = 1 080 800 bit/s; 10 bit/s × 33.3 % = 3.33 bit/s.
    #expect(DataRate(bitsPerSecond: 1_544_000).scaled(by: .percent(70)).bitsPerSecond == 1_080_800)
    #expect(DataRate(bitsPerSecond: 10).scaled(by: Ratio(partsPerBillion: 333_000_000)).bitsPerSecond == 3)
  }
}
