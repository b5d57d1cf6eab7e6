/// Strings and their escapes.
extension JSONParser {
  /// The text of the string that begins here, or `nil` if it is damaged.
  mutating func parseString() throws(Stop) -> String? {
    let start = position
    let quote = bytes[position]
    var content: [UInt8] = []
    var isIntact = true
    position += 1
    while true {
      guard let byte = peek, byte != UInt8(ascii: "\n") else {
        try reportUnterminatedString(from: start)
        return nil
      }
      switch byte {
      case quote:
        position += 1
        if quote == UInt8(ascii: "'") {
          report(
            .singleQuotes, "texts and keys stand in double quotes", start..<position,
            suggestion: quoted(String(decoding: content, as: UTF8.self)))
        }
        return isIntact ? String(decoding: content, as: UTF8.self) : nil
      case UInt8(ascii: "\\"):
        if let scalar = parseEscape() { content += Array(String(scalar).utf8) } else { isIntact = false }
      case 0..<0x20 where byte != UInt8(ascii: "\r") || !isAtLineEnd:
        let digits = String(byte, radix: 16)
        let escape =
          byte == UInt8(ascii: "\t")
          ? "\\t" : "\\u00" + String(repeating: "0", count: 2 - digits.count) + digits
        report(
          .controlCharacter,
          "a text holds a \(byte == UInt8(ascii: "\t") ? "tab" : "control character")",
          here, help: "write it as \(escape)")
        position += 1
        isIntact = false
      default:
        content.append(byte)
        position += 1
      }
    }
  }

  private var isAtLineEnd: Bool {
    position + 1 >= bytes.count || bytes[position + 1] == UInt8(ascii: "\n")
  }

  private mutating func reportUnterminatedString(from start: Int) throws(Stop) {
    var end = position
    while end > start + 1, Self.isBlank(bytes[end - 1]) || bytes[end - 1] == UInt8(ascii: ",") { end -= 1 }
    report(
      .unterminatedString, "this text is not closed on its line", start..<end,
      help: "put the closing \" where the text ends; a line break within a text is written \\n")
    isStructureCertain = false
    hasJustLostQuote = true
    let swallowed = bytes[start..<end]
    if swallowed.contains(where: { "{}[]".utf8.contains($0) }) { throw Stop() }
  }

  /// The scalar of the escape that begins at the backslash here, or `nil` if it is none.
  private mutating func parseEscape() -> Unicode.Scalar? {
    let start = position
    position += 1
    guard let byte = peek, byte != UInt8(ascii: "\n") else { return nil }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return parseUnicodeEscape(from: start)
    default:
      while position < bytes.count, bytes[position] & 0xc0 == 0x80 { position += 1 }
      report(
        .invalidEscape, "\(quoted(log.sources[source].text(in: start..<position))) is not an escape",
        start..<position, help: "a backslash itself is written \\\\")
      return nil
    }
  }

  /// The scalar of one `\u` escape or of a pair of surrogates; `u` has been read.
  private mutating func parseUnicodeEscape(from start: Int) -> Unicode.Scalar? {
    guard let unit = parseHexDigits() else {
      report(
        .invalidEscape, "\\u needs four hexadecimal digits", start..<position,
        help: "write it as in \\u00e9")
      return nil
    }
    if let scalar = Unicode.Scalar(unit) { return scalar }
    // A pair: the high half, then the low one.
    if unit < 0xdc00, bytes[position...].starts(with: "\\u".utf8) {
      let second = position
      position += 2
      if let low = parseHexDigits(), (0xdc00..<0xe000).contains(low) {
        return Unicode.Scalar(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
      }
      position = second
    }
    report(
      .loneSurrogate,
      "\(log.sources[source].text(in: start..<start + 6)) is one half of a surrogate pair",
      start..<start + 6, help: "write both halves, or the character itself")
    return nil
  }

  private mutating func parseHexDigits() -> UInt32? {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      value = value * 16 + UInt32(digit)
      position += 1
    }
    return value
  }
}
