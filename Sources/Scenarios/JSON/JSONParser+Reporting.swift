/// Where the parser stands, and what it says of a mistake there.
extension JSONParser {
  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// The bytes of the word or character here.
  var here: Range<Int> {
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

  var foundHere: String { quoted(log.sources[source].text(in: here)) }

  func character(_ byte: UInt8) -> String { String(Unicode.Scalar(byte)) }

  func span(_ range: Range<Int>) -> SourceSpan { SourceSpan(source: source, range: range) }

  func line(_ span: SourceSpan) -> Int { log.sources[source].line(at: span.range.lowerBound) }

  func node(_ value: JSONValue, from start: Int) -> JSONNode {
    JSONNode(value: value, span: span(start..<position))
  }

  /// Reports the innermost open bracket at the end of the file.
  mutating func unclosed() -> Stop {
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

  mutating func report(
    _ code: DiagnosticCode, _ message: String, _ range: Range<Int>, suggestion: String? = nil,
    notes: [String] = [], help: String? = nil
  ) {
    log.report(code, message, at: span(range), suggestion: suggestion, notes: notes, help: help)
  }
}
