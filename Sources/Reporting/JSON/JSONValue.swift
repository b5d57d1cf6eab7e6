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
  static func count(_ number: (some BinaryInteger)?) -> JSONValue {
    number.map { .integer(Int128($0)) } ?? .null
  }
  static func string(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
  static func bytes(_ size: ByteCount?) -> JSONValue { size.map { .integer(Int128($0.bytes)) } ?? .null }
  static func bitsPerSecond(_ rate: DataRate) -> JSONValue { .integer(Int128(rate.bitsPerSecond)) }
  static func seconds(_ span: TimeSpan?) -> JSONValue { span.map { .billionths($0.nanoseconds) } ?? .null }
  static func seconds(_ instant: Instant?) -> JSONValue {
    instant.map { .billionths($0.nanoseconds) } ?? .null
  }
  static func share(_ ratio: Ratio?) -> JSONValue { ratio.map { .billionths($0.partsPerBillion) } ?? .null }

  /// The value as text, with members on lines of their own, indented by two blanks a level.
  var text: String {
    var text = ""
    write(into: &text, indentation: 0)
    return text
  }

  private func write(into text: inout String, indentation: Int) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .string(let value): Self.writeQuoted(value, into: &text)
    case .integer(let value): text += "\(value)"
    case .billionths(let value):
      text += (value < 0 ? "-" : "") + Readable.decimal(value.magnitude, digits: 9, keepsZeros: false)
    case .array(let elements):
      text += "["
      Self.writeLines(of: elements, into: &text, indentation: indentation) { element, text in
        element.write(into: &text, indentation: indentation + 2)
      }
      text += "]"
    case .object(let members):
      text += "{"
      Self.writeLines(of: members, into: &text, indentation: indentation) { member, text in
        Self.writeQuoted(member.key, into: &text)
        text += ": "
        member.value.write(into: &text, indentation: indentation + 2)
      }
      text += "}"
    }
  }

  /// The elements on lines of their own, with what separates and surrounds them; nothing for none.
  private static func writeLines<Element>(
    of elements: [Element], into text: inout String, indentation: Int,
    _ write: (Element, inout String) -> Void
  ) {
    guard !elements.isEmpty else { return }
    let margin = "\n" + String(repeating: " ", count: indentation)
    for (index, element) in elements.enumerated() {
      text += index == 0 ? margin : "," + margin
      text += "  "
      write(element, &text)
    }
    text += margin
  }

  /// - Source: RFC 8259, section 7: quotation mark, backslash and control characters are escaped, nothing else is.
  private static func writeQuoted(_ value: String, into text: inout String) {
    text += "\""
    if value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c }) {
      text += value
    } else {
      for scalar in value.unicodeScalars {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\t": text += "\\t"
        case "\r": text += "\\r"
        case _ where scalar.value < 0x20:
          let digits = String(scalar.value, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: text.unicodeScalars.append(scalar)
        }
      }
    }
    text += "\""
  }
}
