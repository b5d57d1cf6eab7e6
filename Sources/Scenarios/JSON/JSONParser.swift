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
  struct Stop: Error {}

  let source: Int
  let bytes: [UInt8]
  var position: Int
  /// The offsets of the brackets that are open.
  var openers: [Int] = []
  var isStructureCertain = true
  /// The first bracket whose partner has another indentation, and that partner: if a bracket is
  /// missing at the end, it is most likely this one's.
  var misaligned: (opener: Int, closer: Int)?
  /// Whether a string ended with its line: the comma behind it may be inside it.
  var hasJustLostQuote = false
  var log: DiagnosticLog

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

  mutating func open() throws(Stop) -> Int {
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
}
