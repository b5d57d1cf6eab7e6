/// A number of bytes.
///
/// Decimal (`kB`, `MB`) and binary (`KiB`, `MiB`) units are different things: the published
/// 4.7 Mbit/s for "2 GB per hour" holds for 2 GiB only.
@usableFromInline
package struct ByteCount: Quantity {
  @usableFromInline package let bytes: UInt64

  /// - Precondition: `bytes` is below 2⁶³.
  @inlinable
  package init(bytes: UInt64) {
    precondition(bytes <= UInt64(Int64.max), "a byte count is below 2^63")
    self.bytes = bytes
  }

  package static let zero = ByteCount(bytes: 0)
  package static let kind = "size"
  package static let examples = "\"20GiB\", \"500MB\", \"8KiB\""

  package static func bytes(_ count: UInt64) -> ByteCount { ByteCount(bytes: count) }
  package static func kibibytes(_ count: UInt64) -> ByteCount { ByteCount(bytes: count << 10) }
  package static func mebibytes(_ count: UInt64) -> ByteCount { ByteCount(bytes: count << 20) }
  package static func gibibytes(_ count: UInt64) -> ByteCount { ByteCount(bytes: count << 30) }
  package static func tebibytes(_ count: UInt64) -> ByteCount { ByteCount(bytes: count << 40) }
  package static func megabytes(_ count: UInt64) -> ByteCount { ByteCount(bytes: count * 1_000_000) }
  package static func gigabytes(_ count: UInt64) -> ByteCount { ByteCount(bytes: count * 1_000_000_000) }

  private static let binaryUnits = [
    Unit("PiB", 1 << 50), Unit("TiB", 1 << 40), Unit("GiB", 1 << 30), Unit("MiB", 1 << 20),
    Unit("KiB", 1 << 10), Unit("B", 1),
  ]
  private static let decimalUnits = [
    Unit("PB", 1_000_000_000_000_000), Unit("TB", 1_000_000_000_000), Unit("GB", 1_000_000_000),
    Unit("MB", 1_000_000), Unit("kB", 1_000), Unit("KB", 1_000),
  ]

  package init(parsing text: some StringProtocol) throws(QuantityParsingError) {
    self.init(
      bytes: try parseQuantity(text, units: Self.binaryUnits + Self.decimalUnits, baseUnit: "bytes"))
  }

  /// The exact value in a binary or a decimal unit, whichever text is shorter.
  @usableFromInline
  package var description: String {
    let binary = formatExactly(bytes, units: Self.binaryUnits)
    let decimal = formatExactly(bytes, units: Array(Self.decimalUnits.dropLast()) + [Unit("B", 1)])
    return decimal.count < binary.count ? decimal : binary
  }

  // Spelled out, so that comparisons are inlined across modules.
  @inlinable
  package static func == (left: ByteCount, right: ByteCount) -> Bool { left.bytes == right.bytes }
  @inlinable
  package static func <= (left: ByteCount, right: ByteCount) -> Bool { left.bytes <= right.bytes }
  @inlinable
  package static func >= (left: ByteCount, right: ByteCount) -> Bool { left.bytes >= right.bytes }
  @inlinable
  package static func > (left: ByteCount, right: ByteCount) -> Bool { left.bytes > right.bytes }
  @inlinable
  package static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
  @inlinable
  package static func + (left: ByteCount, right: ByteCount) -> ByteCount {
    ByteCount(bytes: left.bytes + right.bytes)
  }
  @inlinable
  package static func - (left: ByteCount, right: ByteCount) -> ByteCount {
    ByteCount(bytes: left.bytes - right.bytes)
  }
  @inlinable
  package static func * (left: ByteCount, right: UInt64) -> ByteCount {
    ByteCount(bytes: left.bytes * right)
  }
  /// This many bytes times a ratio, rounded down to whole bytes.
  ///
  /// - Precondition: The result fits 64 bits.
  package func scaled(by ratio: Ratio) -> ByteCount {
    let parts = UInt64(ratio.partsPerBillion)
    // *bytes · parts / 10⁹ = whole · parts + rest · parts / 10⁹*, which needs no division of 128 bits.
    let (whole, rest) = bytes.quotientAndRemainder(dividingBy: 1_000_000_000)
    let product = rest.multipliedReportingOverflow(by: parts)
    if !product.overflow { return ByteCount(bytes: whole * parts + product.partialValue / 1_000_000_000) }
    return ByteCount(
      bytes: UInt64(1_000_000_000).dividingFullWidth(bytes.multipliedFullWidth(by: parts)).quotient)
  }

  package static func += (left: inout ByteCount, right: ByteCount) { left = left + right }
}
