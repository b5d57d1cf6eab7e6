import Quantities

/// Reads an expression, from left to right; one parser per text.
struct ExpressionParser {
  let text: String
  let bytes: [UInt8]
  var position = 0

  init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  mutating func parse() throws(ExpressionError) -> Expression {
    skipBlanks()
    guard position < bytes.count else {
      throw ExpressionError(.malformed, "the expression is empty", at: 0..<bytes.count, help: Self.form)
    }
    let term = try parseTerm()
    let comparison = try parseComparison(kind(of: term), metric: term.metric, isInner: false)
    skipBlanks()
    guard position == bytes.count else {
      throw ExpressionError(
        .malformed, "something follows the end of the expression", at: position..<bytes.count)
    }
    return Expression(text: text, term: term, comparison: comparison)
  }

  private static let form = "write a claim such as max(rpo_lag{vm=db01}) <= 15m"

  // MARK: - Terms

  private mutating func parseTerm() throws(ExpressionError) -> Expression.Term {
    skipBlanks()
    let start = position
    let word = readWord()
    guard !word.isEmpty else {
      throw ExpressionError(
        .malformed, "a metric or a function is missing", at: position..<min(position + 1, bytes.count),
        help: Self.form)
    }
    let range = start..<position
    skipBlanks()
    guard peek() == UInt8(ascii: "(") else {
      position = range.upperBound
      return .each(try parseSeries(word, at: range))
    }
    position += 1
    skipBlanks()
    let seriesStart = position
    let series = try parseSeries(readWord(), at: seriesStart..<position)
    let term: Expression.Term
    switch word {
    case "count", "share":
      let condition = try parseComparison(series.metric.kind, metric: series.metric, isInner: true)
      term = word == "count" ? .count(series, condition) : .share(series, condition)
    default:
      term = .function(try function(word, at: range, of: series), series)
    }
    skipBlanks()
    guard peek() == UInt8(ascii: ")") else {
      throw ExpressionError(.malformed, "a ) is missing", at: position..<position)
    }
    position += 1
    return term
  }

  /// The functions but percentiles, `count` and `share`.
  private static let functions: [(String, Expression.Function)] = [
    ("min", .min), ("max", .max), ("avg", .avg), ("sum", .sum), ("argmax", .argmax),
  ]

  func function(
    _ word: String, at range: Range<Int>, of series: Expression.Series
  ) throws(ExpressionError) -> Expression.Function {
    let function: Expression.Function
    if let known = Self.functions.first(where: { $0.0 == word }) {
      function = known.1
    } else {
      function = try percentile(word, at: range)
    }
    let metric = series.metric
    guard metric.kind.isNumber else {
      throw ExpressionError(
        .unfitting, "\(word) needs numbers, and \(metric.rawValue) is no number", at: range,
        help: "count or share says of how many a condition holds, as count(\(metric.rawValue) == ...)")
    }
    if function == .sum, metric.form == .line || metric.kind == .share || metric.kind == .factor {
      throw ExpressionError(
        .unfitting, "a sum of \(metric.rawValue) has no meaning", at: range, candidates: ["avg", "max"])
    }
    return function
  }

  /// `p95` or `p99.9`.
  func percentile(
    _ word: String, at range: Range<Int>
  ) throws(ExpressionError) -> Expression.Function {
    let known = Self.functions.map(\.0) + ["count", "share", "p50", "p95", "p99", "p99.9"]
    guard word.first == "p", let digit = word.dropFirst().first, digit.isASCII, digit.isNumber else {
      throw ExpressionError(
        .unknown, "there is no function \"\(word)\"", at: range, candidates: known,
        help: "known: min, max, avg, sum, argmax, count, share and percentiles such as p95")
    }
    let share = try? Ratio(parsing: word.dropFirst() + "%")
    guard let share, .zero < share, share < .one else {
      throw ExpressionError(
        .unfitting, "\"\(word)\" is no percentile", at: range,
        help: "write a number above 0 and below 100 behind the p, as p95 or p99.9")
    }
    return .percentile(partsPerBillion: share.partsPerBillion)
  }

  // MARK: - Series

  private mutating func parseSeries(
    _ word: String, at range: Range<Int>
  ) throws(ExpressionError) -> Expression.Series {
    guard !word.isEmpty else {
      throw ExpressionError(
        .malformed, "a metric is missing", at: range.lowerBound..<range.lowerBound, help: Self.form)
    }
    let parts = word.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let selectors = try readSelectors()
    var field = parts.count > 1 ? parts[1] : nil
    var end = position
    if field == nil, peek() == UInt8(ascii: ".") {
      position += 1
      field = readWord()
      end = position
    }
    let metric = try metric(parts[0], field, at: range, end: end)
    var checked: [Expression.Selector] = []
    for selector in selectors {
      guard let key = metric.keys.first(where: { $0.rawValue == selector.key }) else {
        throw ExpressionError(
          .unknown, "\(metric.rawValue) has no key \"\(selector.key)\"", at: selector.keyRange,
          candidates: metric.keys.map(\.rawValue),
          help: "known: \(metric.keys.map(\.rawValue).joined(separator: ", "))")
      }
      guard !checked.contains(where: { $0.key == key }) else {
        throw ExpressionError(.unfitting, "a second key \"\(selector.key)\"", at: selector.keyRange)
      }
      checked.append(.init(key: key, pattern: selector.name, range: selector.nameRange))
    }
    return Expression.Series(metric: metric, selectors: checked, range: range.lowerBound..<end)
  }

  func metric(
    _ name: String, _ field: String?, at range: Range<Int>, end: Int
  ) throws(ExpressionError) -> Metric {
    let named = Metric.allCases.filter { $0.name == name }
    guard !named.isEmpty else {
      throw ExpressionError(
        .unknown, "there is no metric \"\(name)\"",
        at: range.lowerBound..<range.lowerBound + name.utf8.count,
        candidates: Metric.allCases.map(\.name), help: "drsim explain metrics lists all")
    }
    if let metric = named.first(where: { $0.field == field }) { return metric }
    let fields = named.compactMap(\.field)
    guard let field else {
      throw ExpressionError(
        .unfitting, "\(name) is no value by itself", at: end..<end,
        help: "add \(fields.map { "." + $0 }.joined(separator: " or "))")
    }
    throw ExpressionError(
      .unknown, "\(name) has no \"\(field)\"", at: end - field.utf8.count..<end, candidates: fields,
      help: fields.isEmpty ? "leave it out" : "known: \(fields.joined(separator: ", "))")
  }

  private struct RawSelector {
    let key: String
    let keyRange: Range<Int>
    let name: String
    let nameRange: Range<Int>
  }

  /// What stands between braces, if there are any.
  private mutating func readSelectors() throws(ExpressionError) -> [RawSelector] {
    let before = position
    skipBlanks()
    guard peek() == UInt8(ascii: "{") else {
      position = before
      return []
    }
    position += 1
    var selectors: [RawSelector] = []
    while true {
      skipBlanks()
      let start = position
      let key = readWord()
      let keyRange = start..<position
      skipBlanks()
      guard !key.isEmpty, peek() == UInt8(ascii: "=") else {
        throw ExpressionError(
          .malformed, "a selector needs a key, a = and a name", at: start..<max(position, start),
          help: "as {vm=db01}")
      }
      position += 1
      let (name, nameRange) = readTrimmed { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") }
      guard !name.isEmpty else {
        throw ExpressionError(.malformed, "a name is missing", at: nameRange)
      }
      selectors.append(.init(key: key, keyRange: keyRange, name: name, nameRange: nameRange))
      switch peek() {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "}"):
        position += 1
        return selectors
      default: throw ExpressionError(.malformed, "a } is missing", at: position..<position)
      }
    }
  }

  // MARK: - Reading

  func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipBlanks() {
    while let byte = peek(), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { position += 1 }
  }

  /// Letters, digits, underscores and points.
  mutating func readWord() -> String {
    let start = position
    while let byte = peek(), Self.isWordByte(byte) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// What stands up to the end, without blanks around it.
  mutating func readTrimmed(until isEnd: (UInt8) -> Bool) -> (String, Range<Int>) {
    skipBlanks()
    let start = position
    while let byte = peek(), !isEnd(byte) { position += 1 }
    var end = position
    while end > start, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
    return (String(decoding: bytes[start..<end], as: UTF8.self), start..<end)
  }
}

extension Expression.Term {
  fileprivate var metric: Metric {
    switch self {
    case .each(let series), .function(_, let series), .count(let series, _), .share(let series, _):
      series.metric
    }
  }
}

extension Expression {
  /// Reads an expression.
  ///
  /// - Throws: What is wrong first, with its place.
  package init(parsing text: String) throws(ExpressionError) {
    var parser = ExpressionParser(text)
    self = try parser.parse()
  }
}
