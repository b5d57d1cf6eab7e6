/// Reads strict JSON (RFC 8259) into a tree with positions, and goes on after a mistake where what
/// follows can still be understood.
///
/// A mistake within a value leaves ``JSONValue/invalid`` or a fair guess in the tree. A mistake
/// that makes the structure doubtful yields no tree, so that it is not followed by nonsense.
struct JSONParser {
  /// How many brackets may be open at once.
  ///
  /// A scenario needs nine; the bound keeps hostile input from exhausting the stack.
  static let nestingLimit = 100

  /// Thrown when nothing after the mistake can be understood; the mistake has been reported.
  private struct Stop: Error {}

  private let source: Int
  private let bytes: [UInt8]
  private var position: Int
  /// The offsets of the brackets that are open.
  private var openers: [Int] = []
  private var isStructureCertain = true
  /// The first bracket whose partner has another indentation, and that partner: if a bracket is
  /// missing at the end, it is most likely this one's.
  private var misaligned: (opener: Int, closer: Int)?
  /// Whether a string ended with its line: the comma behind it may be inside it.
  private var hasJustLostQuote = false
  private var log: DiagnosticLog

  /// Reads a whole text.
  ///
  /// - Parameters:
  ///   - source: The index of the text in `log`.
  ///   - start: Where in the text the document begins.
  /// - Returns: The outermost value, or `nil` if the structure is doubtful; problems are in `log`.
  static func parse(source: Int, from start: Int = 0, log: inout DiagnosticLog) -> JSONNode? {
    var parser = JSONParser(source: source, start: start, log: log)
    defer { log = parser.log }
    do {
      let node = try parser.parseDocument()
      return parser.isStructureCertain ? node : nil
    } catch {
      return nil
    }
  }

  private init(source: Int, start: Int, log: DiagnosticLog) {
    self.source = source
    self.log = log
    bytes = log.sources[source].bytes
    position = start
  }

  // MARK: Document

  private mutating func parseDocument() throws(Stop) -> JSONNode {
    try checkEncoding()
    if bytes.starts(with: SourceText.byteOrderMark) {
      report(
        .byteOrderMark, "the file begins with a byte order mark", 0..<SourceText.byteOrderMark.count,
        help: "save it as \"UTF-8\", not as \"UTF-8 with BOM\"")
      position = SourceText.byteOrderMark.count
    }
    try skipBlank()
    guard peek != nil else {
      report(
        .emptyFile, "the file is empty", bytes.count..<bytes.count,
        help: "a scenario is an object: { \"format\": 1, \"name\": … }")
      throw Stop()
    }
    let node = try parseValue()
    try skipBlank()
    if peek != nil, isStructureCertain {
      report(
        .textAfterEnd, "\(foundHere) stands after the end of the document", here,
        notes: ["the document that begins on line \(line(node.span)) ends before it"],
        help: "one file holds one scenario; a bracket too many closes it early")
    }
    return node
  }

  /// Stops at the first byte that is not UTF-8.
  private mutating func checkEncoding() throws(Stop) {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded): offset += encoded.count
      case .emptyInput: return
      case .error:
        report(
          .notUTF8, "the file is not UTF-8 text", offset..<offset + 1, help: "save it in UTF-8")
        throw Stop()
      }
    }
  }

  // MARK: Values

  private mutating func parseValue() throws(Stop) -> JSONNode {
    hasJustLostQuote = false
    guard let byte = peek else { throw unclosed() }
    switch byte {
    case UInt8(ascii: "{"): return try parseObject()
    case UInt8(ascii: "["): return try parseList()
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      let start = position
      let text = try parseString()
      return node(text.map { .string($0) } ?? .invalid, from: start)
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."):
      return parseNumber()
    case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"):
      report(.unexpectedText, "expected a value, found \(foundHere)", here)
      return node(.invalid, from: position)
    case _ where Self.isWordByte(byte): return parseWord()
    default:
      report(.unexpectedText, "expected a value, found \(foundHere)", here)
      throw Stop()
    }
  }

  private mutating func parseObject() throws(Stop) -> JSONNode {
    let start = try open()
    var members: [JSONMember] = []
    var offsets: [String: Int] = [:]
    var comma: Int?
    while true {
      try skipBlank()
      guard let byte = peek else { throw unclosed() }
      switch byte {
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        try close(byte, expecting: UInt8(ascii: "}"), after: comma)
        return node(.object(members), from: start)
      case UInt8(ascii: ","):
        report(.unexpectedText, "expected a key, found \",\"", here)
        position += 1
        comma = nil
      default:
        let keyStart = position
        let key = try parseKey()
        let keySpan = span(keyStart..<position)
        let value = try parseValue(of: key, at: keySpan)
        if let first = offsets[key] {
          report(
            .duplicateKey, "the key \(quoted(key)) is given twice", keySpan.range,
            notes: ["first given on line \(log.sources[source].line(at: first))"],
            help: "remove one of them; programs differ in which one they believe")
        } else {
          offsets[key] = keyStart
          members.append(JSONMember(key: key, keySpan: keySpan, node: value))
        }
        comma = try parseSeparator(in: "object")
      }
    }
  }

  private mutating func parseList() throws(Stop) -> JSONNode {
    let start = try open()
    var elements: [JSONNode] = []
    var comma: Int?
    while true {
      try skipBlank()
      guard let byte = peek else { throw unclosed() }
      switch byte {
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        try close(byte, expecting: UInt8(ascii: "]"), after: comma)
        return node(.list(elements), from: start)
      case UInt8(ascii: ","):
        report(.unexpectedText, "expected a value, found \",\"", here)
        position += 1
        comma = nil
      default:
        elements.append(try parseValue())
        comma = try parseSeparator(in: "list")
      }
    }
  }

  private mutating func open() throws(Stop) -> Int {
    guard openers.count < Self.nestingLimit else {
      report(
        .nestingTooDeep, "brackets are nested more than \(Self.nestingLimit) deep", here,
        help: "a scenario needs fewer than ten levels")
      throw Stop()
    }
    openers.append(position)
    position += 1
    return position - 1
  }

  /// Closes the innermost bracket at the closing bracket `byte`, which may be another one's.
  private mutating func close(_ byte: UInt8, expecting expected: UInt8, after comma: Int?) throws(Stop) {
    if let comma {
      report(
        .trailingComma, "a comma stands before the closing \(foundHere)", comma..<comma + 1,
        help: "JSON has commas only between elements; remove it")
    }
    guard let opener = openers.popLast() else { preconditionFailure("what closes was opened") }
    guard byte != expected else {
      if misaligned == nil, isMisaligned(opener, position) { misaligned = (opener, position) }
      position += 1
      return
    }
    // A bracket of the other kind: if it closes one further out, this one was forgotten.
    let partner = byte == UInt8(ascii: "}") ? UInt8(ascii: "{") : UInt8(ascii: "[")
    let name = quoted(character(bytes[opener]))
    guard openers.contains(where: { bytes[$0] == partner }) else {
      report(
        .unexpectedText,
        "expected \(quoted(character(expected))) to close the \(name) of line \(line(span(opener..<opener))), found \(foundHere)",
        here)
      throw Stop()
    }
    report(
      .notClosed, "this \(name) is not closed", opener..<opener + 1,
      notes: ["a \(foundHere) on line \(line(span(here))) comes first"])
    isStructureCertain = false
  }

  /// Whether a closing bracket that begins its line is indented differently from its partner's line.
  private func isMisaligned(_ opener: Int, _ closer: Int) -> Bool {
    // A file on one line ends this search at once.
    guard let before = bytes[..<closer].last(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }),
      before == UInt8(ascii: "\n")
    else { return false }
    let text = log.sources[source]
    let (opening, closing) = (text.lineStart(at: opener), text.lineStart(at: closer))
    let first = bytes[opening...].firstIndex { !Self.isBlank($0) } ?? opener
    return opening != closing && first - opening != closer - closing
  }

  private mutating func parseKey() throws(Stop) -> String {
    guard let byte = peek else { throw unclosed() }
    let start = position
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
      guard let key = try parseString() else {
        isStructureCertain = false
        return ""
      }
      return key
    }
    guard Self.isWordByte(byte) else {
      report(.unexpectedText, "expected a key in double quotes, found \(foundHere)", here)
      throw Stop()
    }
    let key = scanWord()
    report(
      .bareWord, "the key \(key) stands without quotes", start..<position, suggestion: quoted(key))
    return key
  }

  /// The colon and the value behind a key.
  private mutating func parseValue(of key: String, at keySpan: SourceSpan) throws(Stop) -> JSONNode {
    if hasJustLostQuote {
      // The colon, and perhaps the value, may be inside the string: nothing more is certain.
      throw Stop()
    }
    try skipBlank()
    switch peek {
    case UInt8(ascii: ":"): position += 1
    case UInt8(ascii: "="):
      report(.missingColon, "expected \":\" after the key \(quoted(key)), found \"=\"", here, suggestion: ":")
      position += 1
    case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"):
      report(
        .missingColon, "the key \(quoted(key)) has no value", keySpan.range,
        help: "a member of an object is written \"key\": value")
      return node(.invalid, from: position)
    case nil: throw unclosed()
    default:
      report(.missingColon, "expected \":\" after the key \(quoted(key))", keySpan.end.range)
    }
    try skipBlank()
    return try parseValue()
  }

  /// The comma behind an element.
  ///
  /// - Returns: Its offset, or `nil` if there is none.
  private mutating func parseSeparator(in container: String) throws(Stop) -> Int? {
    let end = position
    defer { hasJustLostQuote = false }
    try skipBlank()
    switch peek {
    case UInt8(ascii: ","):
      position += 1
      return position - 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"), nil: return nil
    case UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "["):
      if !hasJustLostQuote {
        report(
          .missingComma, "expected \",\" before the next \(container == "list" ? "element" : "key")",
          end..<end, help: "insert a comma here")
      }
      return nil
    default:
      if hasJustLostQuote { return nil }
      report(
        .unexpectedText, "expected \",\" or the end of the \(container), found \(foundHere)", here,
        help: "a quotation mark or a comma may be missing before it")
      throw Stop()
    }
  }

  // MARK: Strings

  /// The text of the string that begins here, or `nil` if it is damaged.
  private mutating func parseString() throws(Stop) -> String? {
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

  // MARK: Numbers and words

  private mutating func parseNumber() -> JSONNode {
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

  private mutating func parseWord() -> JSONNode {
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
  private mutating func scanWord() -> String {
    let start = position
    while let byte = peek, Self.isWordByte(byte), !isAtComment { position += 1 }
    return log.sources[source].text(in: start..<position)
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
      true
    default: "_$+-.%/*".utf8.contains(byte)
    }
  }

  // MARK: Blanks and comments

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
      || byte == UInt8(ascii: "\t")
  }

  private var isAtComment: Bool {
    let rest = bytes[position...]
    return rest.starts(with: "//".utf8) || rest.starts(with: "/*".utf8) || rest.first == UInt8(ascii: "#")
  }

  /// Skips blanks, and comments after reporting them.
  private mutating func skipBlank() throws(Stop) {
    while let byte = peek {
      if Self.isBlank(byte) {
        position += 1
      } else if isAtComment {
        let start = position
        let isBlock = bytes[position...].starts(with: "/*".utf8)
        position = endOfComment(isBlock: isBlock) ?? bytes.count
        report(
          .comment, "JSON has no comments", start..<position,
          help: "put the reason into a \"why\" key, which every object may have")
      } else {
        return
      }
    }
  }

  /// The end of the comment that begins here, or `nil` if it ends with the file.
  private func endOfComment(isBlock: Bool) -> Int? {
    guard isBlock else { return bytes[position...].firstIndex(of: UInt8(ascii: "\n")) }
    var offset = position + 2
    while offset + 1 < bytes.count {
      if bytes[offset] == UInt8(ascii: "*"), bytes[offset + 1] == UInt8(ascii: "/") { return offset + 2 }
      offset += 1
    }
    return nil
  }

  // MARK: Reporting

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// The bytes of the word or character here.
  private var here: Range<Int> {
    let word = bytes[position...].prefix(40).prefix { Self.isWordByte($0) }
    var end = word.endIndex
    if !word.isEmpty {
      while end < bytes.count, bytes[end] & 0xc0 == 0x80 { end += 1 }
      return position..<end
    }
    end = min(position + 1, bytes.count)
    while end < bytes.count, bytes[end] & 0xc0 == 0x80 { end += 1 }
    return position..<end
  }

  private var foundHere: String { quoted(log.sources[source].text(in: here)) }

  private func character(_ byte: UInt8) -> String { String(Unicode.Scalar(byte)) }

  private func span(_ range: Range<Int>) -> SourceSpan { SourceSpan(source: source, range: range) }

  private func line(_ span: SourceSpan) -> Int { log.sources[source].line(at: span.range.lowerBound) }

  private func node(_ value: JSONValue, from start: Int) -> JSONNode {
    JSONNode(value: value, span: span(start..<position))
  }

  /// Reports the innermost open bracket at the end of the file.
  private mutating func unclosed() -> Stop {
    guard let opener = openers.last else {
      report(.unexpectedText, "expected a value, found the end of the file", bytes.count..<bytes.count)
      return Stop()
    }
    let suspect = misaligned?.opener ?? opener
    let end = "the file ends on line \(line(span(bytes.count..<bytes.count))) with a bracket open"
    let reason = misaligned.map {
      "by its indentation the \(quoted(character(bytes[$0.closer]))) of line \(line(span($0.closer..<$0.closer))) closes another one"
    }
    report(
      .notClosed, "this \(quoted(character(bytes[suspect]))) is not closed", suspect..<suspect + 1,
      notes: [end, reason].compactMap { $0 },
      help: reason == nil ? "the missing bracket may also be an inner one's" : nil)
    return Stop()
  }

  private mutating func report(
    _ code: DiagnosticCode, _ message: String, _ range: Range<Int>, suggestion: String? = nil,
    notes: [String] = [], help: String? = nil
  ) {
    log.report(code, message, at: span(range), suggestion: suggestion, notes: notes, help: help)
  }
}

extension Optional {
  fileprivate func isSome(where predicate: (Wrapped) -> Bool) -> Bool { map(predicate) ?? false }
}
