/// A rate of data in whole bits per second.
///
/// Written in bits, as `100Mbps`, or in bytes, as `400MB/s`.
@usableFromInline
package struct DataRate: Quantity {
  @usableFromInline package let bitsPerSecond: UInt64

  /// - Precondition: `bitsPerSecond` is below 2⁶³.
  @inlinable
  package init(bitsPerSecond: UInt64) {
    precondition(bitsPerSecond <= UInt64(Int64.max), "a data rate is below 2^63 bit/s")
    self.bitsPerSecond = bitsPerSecond
  }

  package static let zero = DataRate(bitsPerSecond: 0)
  package static let kind = "data rate"
  package static let examples = "\"100Mbps\", \"1.5Gbps\", \"400MB/s\""

  package static func bitsPerSecond(_ count: UInt64) -> DataRate { DataRate(bitsPerSecond: count) }
  package static func megabitsPerSecond(_ count: UInt64) -> DataRate {
    DataRate(bitsPerSecond: count * 1_000_000)
  }
  package static func gigabitsPerSecond(_ count: UInt64) -> DataRate {
    DataRate(bitsPerSecond: count * 1_000_000_000)
  }
  package static func megabytesPerSecond(_ count: UInt64) -> DataRate {
    DataRate(bitsPerSecond: count * 8_000_000)
  }

  /// Bytes per second, for rate arithmetic.
  @inlinable
  package var bytesPerSecond: Double { Double(bitsPerSecond) / 8 }

  private static let bitUnits = [
    Unit("Tbps", 1_000_000_000_000), Unit("Gbps", 1_000_000_000), Unit("Mbps", 1_000_000),
    Unit("kbps", 1_000), Unit("bps", 1),
  ]
  private static let decimalByteUnits = [
    Unit("GB/s", 8_000_000_000), Unit("MB/s", 8_000_000), Unit("kB/s", 8_000), Unit("KB/s", 8_000),
    Unit("B/s", 8),
  ]
  private static let binaryByteUnits = [
    Unit("GiB/s", 8 << 30), Unit("MiB/s", 8 << 20), Unit("KiB/s", 8 << 10),
  ]

  package init(parsing text: some StringProtocol) throws(QuantityParsingError) {
    self.init(
      bitsPerSecond: try parseQuantity(
        text, units: Self.bitUnits + Self.decimalByteUnits + Self.binaryByteUnits, baseUnit: "bits per second"
      ))
  }

  /// The exact value in the largest bit unit that needs at most three decimals, or in bytes where that takes a thousand of a unit or
  /// more and bytes do not: `100MiB/s` rather than `838860.8kbps`.
  @usableFromInline
  package var description: String {
    let bits = formatExactly(bitsPerSecond, units: Self.bitUnits)
    guard Self.isLong(bits), bitsPerSecond.isMultiple(of: 8) else { return bits }
    // The last unit, a byte, takes every multiple of eight bits.
    let bytes = [Self.decimalByteUnits, Self.binaryByteUnits + Self.decimalByteUnits.suffix(1)]
      .map { formatExactly(bitsPerSecond, units: $0) }
    return bytes.first { !Self.isLong($0) } ?? bits
  }

  /// Whether the number of a text has four digits or more before its point.
  private static func isLong(_ text: String) -> Bool { text.prefix { $0.isNumber }.count > 3 }

  @inlinable
  package static func < (left: DataRate, right: DataRate) -> Bool {
    left.bitsPerSecond < right.bitsPerSecond
  }

  /// The part `share` of this rate, rounded down to whole bits per second.
  package func scaled(by share: Ratio) -> DataRate {
    let product = bitsPerSecond.multipliedFullWidth(by: UInt64(share.partsPerBillion))
    return DataRate(bitsPerSecond: UInt64(1_000_000_000).dividingFullWidth(product).quotient)
  }
}
