/// A value of a JSON document and where it stands.
struct JSONNode: Sendable {
  var value: JSONValue
  let span: SourceSpan

  /// The value of `key`, or `nil` if this is no object or has no such key.
  subscript(key: String) -> JSONNode? {
    guard case .object(let members) = value else { return nil }
    return members.first { $0.key == key }?.node
  }

  var text: String? {
    guard case .string(let text) = value else { return nil }
    return text
  }
}

/// What stands at a place of a JSON document.
indirect enum JSONValue: Sendable {
  /// Members in the order of the text. Keys are unique: of a repeated one the first is kept.
  case object([JSONMember])
  case list([JSONNode])
  case string(String)
  /// As written, so that no digit is lost.
  case number(String)
  case boolean(Bool)
  case null
  /// Something that was reported as wrong; whoever meets it says nothing more about it.
  case invalid

  /// What a message calls it.
  var noun: String {
    switch self {
    case .object: "an object"
    case .list: "a list"
    case .string(let text): "the text \(quoted(text))"
    case .number(let text): "the number \(text)"
    case .boolean(let flag): "\(flag)"
    case .null: "null"
    case .invalid: "something unreadable"
    }
  }
}

/// A key of an object and its value.
struct JSONMember: Sendable {
  let key: String
  let keySpan: SourceSpan
  var node: JSONNode
}

// The defaults of the description are written as literals.
extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral
{
  init(stringLiteral text: String) { self = .string(text) }
  init(integerLiteral number: Int) { self = .number("\(number)") }
  init(booleanLiteral flag: Bool) { self = .boolean(flag) }
}

/// `text` as a JSON string.
func quoted(_ text: some StringProtocol) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

extension JSONNode {
  /// The value as JSON without blanks, keys in the order of their UTF-8 bytes.
  ///
  /// - Parameter omitted: Keys left out of the outermost object.
  /// - Parameter omittedAnywhere: Keys left out of every object.
  func canonicalText(omitting omitted: [String] = [], anywhere omittedAnywhere: [String] = []) -> String {
    var text = ""
    appendCanonicalText(to: &text, omitting: omitted, anywhere: omittedAnywhere)
    return text
  }

  private func appendCanonicalText(
    to text: inout String, omitting omitted: [String], anywhere omittedAnywhere: [String]
  ) {
    switch value {
    case .object(let members):
      let kept = members.filter { !omitted.contains($0.key) && !omittedAnywhere.contains($0.key) }
        .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      text += "{"
      for (index, member) in kept.enumerated() {
        text += (index == 0 ? "" : ",") + quoted(member.key) + ":"
        member.node.appendCanonicalText(to: &text, omitting: [], anywhere: omittedAnywhere)
      }
      text += "}"
    case .list(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        element.appendCanonicalText(to: &text, omitting: [], anywhere: omittedAnywhere)
      }
      text += "]"
    case .string(let string): text += quoted(string)
    case .number(let number): text += number
    case .boolean(let flag): text += flag ? "true" : "false"
    case .null: text += "null"
    case .invalid: preconditionFailure("a document with an unreadable value is never resolved")
    }
  }
}
