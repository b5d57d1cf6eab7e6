import Quantities

/// What a claim compares with.
extension ExpressionParser {
  func kind(of term: Expression.Term) -> ValueKind {
    switch term {
    case .each(let series), .function(.min, let series), .function(.max, let series),
      .function(.avg, let series), .function(.sum, let series), .function(.percentile, let series):
      series.metric.kind
    case .function(.argmax, let series): .name(series.metric.reference(of: series.metric.keys[0]))
    case .count: .count
    case .share: .share
    }
  }

  mutating func parseComparison(
    _ kind: ValueKind, metric: Metric, isInner: Bool
  ) throws(ExpressionError) -> Expression.Comparison {
    skipBlanks()
    let start = position
    let `operator` = try readOperator()
    let range = start..<position
    if !kind.isNumber, ![.equal, .unequal, .isIn].contains(`operator`) {
      throw ExpressionError(
        .unfitting, "\(`operator`.rawValue) orders numbers, and this is \(kind.noun)", at: range,
        candidates: ["==", "!=", "in"])
    }
    skipBlanks()
    var values: [Expression.Value] = []
    if `operator` == .isIn {
      guard peek() == UInt8(ascii: "[") else {
        throw ExpressionError(
          .malformed, "in needs a list", at: position..<position, help: "as in [OK, SYNC]")
      }
      position += 1
      repeat {
        values.append(try readValue(kind, metric) { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "]") })
        if peek() == UInt8(ascii: "]") { break }
        guard peek() == UInt8(ascii: ",") else {
          throw ExpressionError(.malformed, "a ] is missing", at: position..<position)
        }
        position += 1
      } while true
      position += 1
    } else {
      values.append(try readValue(kind, metric) { isInner && $0 == UInt8(ascii: ")") })
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    return Expression.Comparison(
      operator: `operator`, values: values, text: String(text.reversed().drop { $0 == " " }.reversed()))
  }

  private mutating func readOperator() throws(ExpressionError) -> Expression.Comparison.Operator {
    let start = position
    let signs = "=!<>".utf8
    while let byte = peek(), signs.contains(byte) { position += 1 }
    if position == start { _ = readWord() }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    if let known = Expression.Comparison.Operator(rawValue: word) { return known }
    throw ExpressionError(
      .malformed, word.isEmpty ? "an operator is missing" : "\"\(word)\" is no operator",
      at: start..<position,
      candidates: word == "=" ? ["=="] : word == "=<" ? ["<="] : word == "=>" ? [">="] : [],
      help: "known: ==, !=, <, <=, >, >= and in")
  }

  private mutating func readValue(
    _ kind: ValueKind, _ metric: Metric, until isEnd: (UInt8) -> Bool
  ) throws(ExpressionError) -> Expression.Value {
    let (word, range) = readTrimmed(until: isEnd)
    guard !word.isEmpty else {
      throw ExpressionError(.malformed, "a value is missing", at: range, help: "it needs \(kind.noun)")
    }
    let content = try content(of: word, kind, metric, at: range)
    let reference: Reference? = if case .name(let reference) = kind { reference } else { nil }
    return Expression.Value(content: content, reference: reference, range: range)
  }

  private func content(
    of word: String, _ kind: ValueKind, _ metric: Metric, at range: Range<Int>
  ) throws(ExpressionError) -> Expression.Value.Content {
    if kind == .word {
      guard metric.words.contains(word) else {
        throw ExpressionError(
          .unknown, "\(metric.rawValue) is never \"\(word)\"", at: range, candidates: metric.words,
          help: "known: \(metric.words.joined(separator: ", "))")
      }
      return .word(word)
    }
    do throws(QuantityParsingError) {
      switch kind {
      case .duration: return .amount(try TimeSpan(parsing: word).nanoseconds)
      case .share: return .amount(try Ratio(parsing: word).partsPerBillion)
      case .size: return .amount(Int64(try ByteCount(parsing: word).bytes))
      case .factor:
        // A plain number is that many times a hundred per cent.
        if word.hasSuffix("%") { return .amount(try Ratio(parsing: word).partsPerBillion) }
        let (scaled, isTooLarge) = try Ratio(parsing: word + "%").partsPerBillion
          .multipliedReportingOverflow(by: 100)
        guard !isTooLarge else { throw .tooLarge }
        return .amount(scaled)
      case .count:
        guard let number = Int64(word), number >= 0 else { throw .notANumber(word) }
        return .amount(number)
      case .name, .word: return .word(word)
      }
    } catch {
      throw ExpressionError(
        .unfitting, "\"\(word)\": \(error)", at: range, help: "it needs \(kind.noun)")
    }
  }
}
