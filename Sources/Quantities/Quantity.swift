/// A measured value that is written with its unit, as `15m`, `20GiB` or `100Mbps`.
///
/// Parsing and printing agree: the text of `description` parses to an equal value, and a text
/// is accepted only when it stands for a whole number of base units.
package protocol Quantity: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// What the quantity is called in messages, such as "duration".
  static var kind: String { get }

  /// Texts a reader can copy, shown when parsing fails.
  static var examples: String { get }

  /// Reads a text such as `1h30m`.
  ///
  /// - Throws: ``QuantityParsingError``, which says what is wrong and how to write it.
  init(parsing text: some StringProtocol) throws(QuantityParsingError)
}

/// Why a text is not a quantity.
package enum QuantityParsingError: Error, Hashable, Sendable {
  case empty
  /// A number stands where a number and a unit are needed.
  case missingUnit(number: String)
  /// The unit is none of `known`.
  case unknownUnit(String, known: [String])
  case notANumber(String)
  case negative
  /// The value has a fraction of the base unit, as half a byte.
  case notWhole(baseUnit: String)
  /// The value is larger than the type holds.
  case tooLarge
}

extension QuantityParsingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "the text is empty"
    case .missingUnit(let number): "\(number) has no unit"
    case .unknownUnit(let unit, let known):
      "\"\(unit)\" is not a unit here; known are \(known.joined(separator: ", "))"
    case .notANumber(let text): "\"\(text)\" is not a number"
    case .negative: "the value is negative"
    case .notWhole(let baseUnit): "the value is not a whole number of \(baseUnit)"
    case .tooLarge: "the value is too large"
    }
  }
}

/// A unit of a quantity: its spelling and how many base units it stands for,
/// as the fraction `numerator / denominator`.
struct Unit {
  let symbol: String
  let numerator: UInt64
  let denominator: UInt64

  init(_ symbol: String, _ numerator: UInt64, per denominator: UInt64 = 1) {
    self.symbol = symbol
    self.numerator = numerator
    self.denominator = denominator
  }
}

/// The exact value of a text such as `1.5GiB`, in base units.
///
/// - Parameter isSequence: Whether several parts may follow each other, as in `1h30m`.
func parseQuantity(
  _ text: some StringProtocol, units: [Unit], baseUnit: String, isSequence: Bool = false
) throws(QuantityParsingError) -> UInt64 {
  var rest = Substring(text).trimmed
  guard !rest.isEmpty else { throw .empty }
  if rest.hasPrefix("-") { throw .negative }
  var total: UInt64 = 0
  repeat {
    let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    rest = rest.dropFirst(number.count).trimmed
    let symbol = isSequence ? rest.prefix { !$0.isNumber && !$0.isWhitespace } : rest
    rest = rest.dropFirst(symbol.count).trimmed
    guard !number.isEmpty else { throw .notANumber(String(text)) }
    guard !symbol.isEmpty else { throw .missingUnit(number: String(number)) }
    guard let unit = units.first(where: { $0.symbol == symbol }) else {
      throw .unknownUnit(String(symbol), known: units.map(\.symbol))
    }
    let value = try scale(number, by: unit, baseUnit: baseUnit)
    let (sum, overflow) = total.addingReportingOverflow(value)
    guard !overflow else { throw .tooLarge }
    total = sum
  } while isSequence && !rest.isEmpty
  // Quantities are kept within Int64, so that differences and ratios never trap.
  guard total <= UInt64(Int64.max) else { throw .tooLarge }
  return total
}

/// `number × unit`, without rounding.
private func scale(
  _ number: Substring, by unit: Unit, baseUnit: String
) throws(QuantityParsingError) -> UInt64 {
  let parts = number.split(separator: ".", omittingEmptySubsequences: false)
  guard parts.count <= 2, let whole = parts.first, !whole.isEmpty,
    parts.count == 1 || !parts[1].isEmpty
  else { throw .notANumber(String(number)) }
  let fraction = parts.count == 2 ? parts[1] : ""
  var digits: UInt64 = 0
  for digit in whole + fraction {
    guard let value = digit.wholeNumberValue else { throw .notANumber(String(number)) }
    let (tens, overflow) = digits.multipliedReportingOverflow(by: 10)
    let (sum, carried) = tens.addingReportingOverflow(UInt64(value))
    guard !overflow, !carried else { throw .tooLarge }
    digits = sum
  }
  var divisor = unit.denominator
  for _ in fraction {
    let (next, overflow) = divisor.multipliedReportingOverflow(by: 10)
    guard !overflow else { throw .notWhole(baseUnit: baseUnit) }
    divisor = next
  }
  let product = digits.multipliedFullWidth(by: unit.numerator)
  guard product.high < divisor else { throw .tooLarge }
  let (quotient, remainder) = divisor.dividingFullWidth(product)
  guard remainder == 0 else { throw .notWhole(baseUnit: baseUnit) }
  return quotient
}

/// `value` in the largest of `units` that needs at most three decimals, exactly.
///
/// - Parameter units: From the largest to the smallest; the last one has factor 1.
func formatExactly(_ value: UInt64, units: [Unit]) -> String {
  for unit in units where value >= unit.numerator && unit.denominator == 1 {
    let thousandths = (value % unit.numerator).multipliedFullWidth(by: 1000)
    let (decimals, remainder) = unit.numerator.dividingFullWidth(thousandths)
    if remainder == 0 {
      return decimalText(whole: value / unit.numerator, thousandths: decimals) + unit.symbol
    }
  }
  return "\(value)\(units.last?.symbol ?? "")"
}

/// `value` in `unit` with as many decimals as it takes.
///
/// - Precondition: The unit stands for a power of ten of base units.
func decimalText(_ value: UInt64, in unit: Unit) -> String {
  var text = "\(value / unit.numerator)"
  var rest = value % unit.numerator
  var step = unit.numerator
  if rest > 0 { text += "." }
  while rest > 0 {
    step /= 10
    text += "\(rest / step)"
    rest %= step
  }
  return text
}

/// `whole.thousandths` without trailing zeros.
func decimalText(whole: UInt64, thousandths: UInt64) -> String {
  guard thousandths > 0 else { return "\(whole)" }
  let padded = String(repeating: "0", count: 3 - "\(thousandths)".count) + "\(thousandths)"
  let trimmed = String(padded.reversed().drop { $0 == "0" }.reversed())
  return "\(whole).\(trimmed)"
}

extension Substring {
  fileprivate var trimmed: Substring {
    var result = self
    while result.first?.isWhitespace == true { result.removeFirst() }
    while result.last?.isWhitespace == true { result.removeLast() }
    return result
  }
}
