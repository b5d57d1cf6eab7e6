/// Numbers, words, and what stands in their place.
extension JSONParser {
  mutating func parseNumber() -> JSONNode {
    let start = position
    let text = scanWord()
    if Self.isNumber(text) { return node(.number(text), from: start) }
    let digits = text.drop { $0 == "-" || $0 == "+" }
    if digits.lowercased().hasPrefix("inf") || digits.lowercased().hasPrefix("nan") {
      report(
        .bareWord, "\(text) is not a number in JSON", start..<position,
        help: "leave the key out where there is no limit")
    } else if digits.contains(where: { $0.isLetter && !"eE".contains($0) || $0 == "%" }),
      !digits.hasPrefix("0x")
    {
      report(
        .bareWord, "\(text) stands without quotes", start..<position, suggestion: quoted(text))
    } else {
      report(
        .invalidNumber, "\(text) is not a number in JSON", start..<position,
        suggestion: Self.repaired(text),
        help: "numbers are written as in 7, -2 or 0.5: no plus, no leading zero, digits around the point")
    }
    return node(.invalid, from: start)
  }

  /// Whether `text` follows RFC 8259, section 6.
  private static func isNumber(_ text: String) -> Bool {
    var rest = text.utf8[...]
    func takeDigits() -> Int {
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      rest = rest.dropFirst(digits.count)
      return digits.count
    }
    func take(_ characters: String) -> Bool {
      guard let first = rest.first, characters.utf8.contains(first) else { return false }
      rest = rest.dropFirst()
      return true
    }
    _ = take("-")
    if !take("0"), takeDigits() == 0 { return false }
    if take("."), takeDigits() == 0 { return false }
    if take("eE") {
      _ = take("+-")
      if takeDigits() == 0 { return false }
    }
    return rest.isEmpty
  }

  /// `text` without a plus, leading zeros or a bare point, if that makes it a number.
  private static func repaired(_ text: String) -> String? {
    var digits = text.drop { $0 == "+" || $0 == "-" }
    digits = digits.drop { $0 == "0" }
    var candidate = String(digits)
    if candidate.isEmpty || !candidate.first.isSome(where: \.isNumber) { candidate = "0" + candidate }
    if candidate.hasSuffix(".") { candidate.removeLast() }
    candidate = (text.hasPrefix("-") ? "-" : "") + candidate
    return isNumber(candidate) ? candidate : nil
  }

  mutating func parseWord() -> JSONNode {
    let start = position
    let word = scanWord()
    switch word {
    case "true": return node(.boolean(true), from: start)
    case "false": return node(.boolean(false), from: start)
    case "null": return node(.null, from: start)
    default: break
    }
    switch word.lowercased() {
    case "nan", "infinity", "inf":
      report(
        .bareWord, "\(word) is not a number in JSON", start..<position,
        help: "leave the key out where there is no limit")
    case "true", "yes", "on":
      report(.bareWord, "\(word) is not a word of JSON", start..<position, suggestion: "true")
    case "false", "no", "off":
      report(.bareWord, "\(word) is not a word of JSON", start..<position, suggestion: "false")
    case "null", "none", "nil", "undefined":
      report(
        .bareWord, "\(word) is not a word of JSON", start..<position,
        help: "leave the key out where there is nothing to say")
    default:
      report(
        .bareWord, "\(word) stands without quotes", start..<position, suggestion: quoted(word))
    }
    return node(.invalid, from: start)
  }

  /// Takes everything up to the next blank, punctuation, quote or comment.
  mutating func scanWord() -> String {
    let start = position
    while let byte = peek, Self.isWordByte(byte), !isAtComment { position += 1 }
    return log.sources[source].text(in: start..<position)
  }

  static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
      true
    default: "_$+-.%/*".utf8.contains(byte)
    }
  }
}

extension Optional {
  fileprivate func isSome(where predicate: (Wrapped) -> Bool) -> Bool { map(predicate) ?? false }
}
