/// A share or factor, zero or more, in whole parts per billion.
///
///     try Ratio(parsing: "0.01%").partsPerBillion  // 100_000
@usableFromInline
package struct Ratio: Quantity {
  @usableFromInline package let partsPerBillion: Int64

  /// - Precondition: `partsPerBillion` is not negative.
  @inlinable
  package init(partsPerBillion: Int64) {
    precondition(partsPerBillion >= 0, "a ratio is not negative")
    self.partsPerBillion = partsPerBillion
  }

  package static let zero = Ratio(partsPerBillion: 0)
  package static let one = Ratio(partsPerBillion: 1_000_000_000)
  package static let kind = "share"
  package static let examples = "\"70%\", \"0.01%\""

  package static func percent(_ count: Int64) -> Ratio { Ratio(partsPerBillion: count * 10_000_000) }

  @inlinable
  package var value: Double { Double(partsPerBillion) / 1e9 }

  private static let units = [Unit("%", 10_000_000), Unit("ppm", 1_000), Unit("ppb", 1)]

  package init(parsing text: some StringProtocol) throws(QuantityParsingError) {
    self.init(
      partsPerBillion: Int64(try parseQuantity(text, units: Self.units, baseUnit: "parts per billion")))
  }

  /// The exact value, in percent where that needs at most three decimals.
  @usableFromInline
  package var description: String {
    let tenThousandths = UInt64(partsPerBillion)
    guard tenThousandths % 10_000 == 0 else { return formatExactly(tenThousandths, units: Self.units) }
    let thousandthsOfPercent = tenThousandths / 10_000
    return decimalText(whole: thousandthsOfPercent / 1_000, thousandths: thousandthsOfPercent % 1_000) + "%"
  }

  @inlinable
  package static func < (left: Ratio, right: Ratio) -> Bool { left.partsPerBillion < right.partsPerBillion }
}
