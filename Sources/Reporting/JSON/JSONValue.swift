import Quantities

/// A JSON value whose members keep their order and whose numbers are exact decimals.
///
/// Written by hand because the bytes are promised: the same run gives the same document in every release of the
/// toolchain, and no number passes through binary floating point.
enum JSONValue {
  case null
  case boolean(Bool)
  case string(String)
  case integer(Int128)
  /// `units / 10⁹`, written without zeros at its end.
  case billionths(Int64)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])

  static func count(_ number: some BinaryInteger) -> JSONValue { .integer(Int128(number)) }
  static func bytes(_ size: ByteCount) -> JSONValue { .integer(Int128(size.bytes)) }
  static func bitsPerSecond(_ rate: DataRate) -> JSONValue { .integer(Int128(rate.bitsPerSecond)) }
  static func seconds(_ span: TimeSpan?) -> JSONValue { span.map { .billionths($0.nanoseconds) } ?? .null }
  static func seconds(_ instant: Instant?) -> JSONValue {
    instant.map { .billionths($0.nanoseconds) } ?? .null
  }
  static func share(_ ratio: Ratio?) -> JSONValue { ratio.map { .billionths($0.partsPerBillion) } ?? .null }

  /// The value as text, with members on lines of their own, indented by two blanks a level.
  func text(indentation: Int = 0) -> String {
    let inner = String(repeating: " ", count: indentation + 2)
    let outer = String(repeating: " ", count: indentation)
    switch self {
    case .null: return "null"
    case .boolean(let value): return value ? "true" : "false"
    case .string(let value): return Self.quoted(value)
    case .integer(let value): return "\(value)"
    case .billionths(let value):
      return (value < 0 ? "-" : "") + Readable.decimal(value.magnitude, digits: 9, keepsZeros: false)
    case .array(let elements):
      guard !elements.isEmpty else { return "[]" }
      return "[\n" + elements.map { inner + $0.text(indentation: indentation + 2) }.joined(separator: ",\n")
        + "\n\(outer)]"
    case .object(let members):
      guard !members.isEmpty else { return "{}" }
      return "{\n"
        + members.map { inner + Self.quoted($0.key) + ": " + $0.value.text(indentation: indentation + 2) }
        .joined(separator: ",\n") + "\n\(outer)}"
    }
  }

  /// - Source: RFC 8259, section 7: quotation mark, backslash and control characters are escaped, nothing else is.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
