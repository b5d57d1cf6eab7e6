import Quantities

/// What a key takes: how it is read, what messages and the schema say about it.
struct ValueType<Value: Sendable>: Sendable {
  let shape: Shape
  /// Reads a value; reports what is wrong with it and returns `nil` if it is not usable.
  ///
  /// The text is the subject of messages, as `"latency"`.
  let decode: @Sendable (JSONNode, String, inout DiagnosticLog) -> Value?
}

extension DiagnosticLog {
  mutating func reportWrongType(
    _ node: JSONNode, subject: String, expected: String, suggestion: String? = nil
  ) {
    if case .invalid = node.value { return }
    var help: String?
    if case .null = node.value { help = "leave the key out where there is nothing to say" }
    report(
      .wrongType, "\(subject) needs \(expected), not \(node.value.noun)", at: node.span,
      suggestion: suggestion, help: help)
  }
}

extension ValueType where Value == String {
  /// Any text.
  static let text = texts(meaning: "a text", example: "TEXT")

  /// Any text, of which documentation shows an example.
  static func text(like example: String) -> ValueType { texts(meaning: "a text", example: example) }

  /// The name of something; see ``nameProblem(_:)`` for what it may hold.
  static let name = names(allowing: "", meaning: "a name", example: "NAME")

  /// A name, or a pattern such as `web-{01..08}` that stands for several.
  static let pattern = names(
    allowing: "{}", meaning: "a name or a pattern such as \"web-{01..08}\"", example: "web-{01..08}")

  /// A name, a pattern, or a text with `*` for any characters.
  static let selector = names(
    allowing: "{}*", meaning: "a name or a selector such as \"web-*\"", example: "web-*")

  private static func texts(meaning: String, example: String) -> ValueType {
    let shape = Shape.text(meaning: meaning, example: example)
    return ValueType(shape: shape) { node, subject, log in
      guard case .string(let text) = node.value else {
        log.reportWrongType(node, subject: subject, expected: meaning)
        return nil
      }
      return text
    }
  }

  private static func names(allowing allowed: String, meaning: String, example: String) -> ValueType {
    let texts = texts(meaning: meaning, example: example)
    return ValueType(shape: texts.shape) { node, subject, log in
      guard let text = texts.decode(node, subject, &log) else { return nil }
      guard log.check(name: text, allowing: allowed, at: node.span) else { return nil }
      return text
    }
  }
}

extension DiagnosticLog {
  /// Reports what makes `name` unfit for paths, selectors and patterns.
  ///
  /// - Parameter allowed: Special characters that have their meaning here.
  /// - Returns: Whether it is fit.
  mutating func check(name: String, allowing allowed: String = "", at span: SourceSpan) -> Bool {
    var problem: String?
    let special = "/*{}=,\"".first { name.contains($0) && !allowed.contains($0) }
    if name.isEmpty {
      problem = "a name is empty"
    } else if name.first?.isWhitespace == true || name.last?.isWhitespace == true {
      problem = "the name \(quoted(name)) begins or ends with a blank"
    } else if name.unicodeScalars.contains(where: { $0.value < 0x20 }) {
      problem = "the name \(quoted(name)) holds a control character"
    } else if let special {
      problem = "the name \(quoted(name)) holds \(quoted(String(special)))"
    } else if allowed.contains("{"), let text = NamePattern.problem(of: name) {
      problem = "the pattern \(quoted(name)) \(text)"
    }
    guard let problem else { return true }
    report(.invalidName, problem, at: span)
    return false
  }
}

extension ValueType where Value == Bool {
  /// `true` or `false`.
  static let flag = ValueType(shape: .flag) { node, subject, log in
    guard case .boolean(let flag) = node.value else {
      log.reportWrongType(node, subject: subject, expected: Shape.flag.noun)
      return nil
    }
    return flag
  }
}

extension ValueType where Value == Int {
  /// A whole number within bounds.
  static func count(_ range: ClosedRange<Int>) -> ValueType {
    let expected =
      range.upperBound == .max
      ? "a whole number from \(range.lowerBound) on"
      : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return ValueType(shape: .count(range)) { node, subject, log in
      guard case .number(let text) = node.value else {
        let isQuotedNumber = node.text.flatMap { Int($0) }.map(range.contains) == true
        if isQuotedNumber {
          log.report(
            .wrongType, "\(subject) needs a whole number without quotes", at: node.span,
            suggestion: node.text)
        } else {
          log.reportWrongType(node, subject: subject, expected: expected)
        }
        return nil
      }
      guard let number = Int(text), range.contains(number) else {
        log.report(.invalidCount, "\(subject) needs \(expected), not \(text)", at: node.span)
        return nil
      }
      return number
    }
  }
}

extension ValueType where Value == UTCTime {
  /// A point in universal time.
  static var date: ValueType {
    let example = "2025-03-03T00:00:00Z"
    let expected = "a point in universal time such as \(quoted(example))"
    return ValueType(shape: .text(meaning: expected, example: example)) { node, subject, log in
      guard case .string(let text) = node.value else {
        log.reportWrongType(node, subject: subject, expected: expected)
        return nil
      }
      guard let time = UTCTime(text) else {
        log.report(.invalidDate, "\(subject) needs \(expected), not \(quoted(text))", at: node.span)
        return nil
      }
      return time
    }
  }
}

extension ValueType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of the words of an enumeration; one that is a number, such as a release, may stand without quotes.
  static var word: ValueType {
    let words = Value.allCases.map(\.rawValue)
    let shape = Shape.word(words)
    return ValueType(shape: shape) { node, subject, log in
      if case .number(let text) = node.value, let value = Value(rawValue: text) { return value }
      guard case .string(let text) = node.value else {
        log.reportWrongType(node, subject: subject, expected: shape.noun)
        return nil
      }
      guard let value = Value(rawValue: text) else {
        let suggestion = closest(to: text, among: words)
        log.report(
          .unknownWord, "\(subject) knows no \(quoted(text))", at: node.span,
          suggestion: suggestion.map { quoted($0) }, help: "known: \(words.joined(separator: ", "))")
        return nil
      }
      return value
    }
  }
}

extension ValueType where Value == Scenario.Workload.Skew {
  /// The share of the writes and of the space, as `80/20`.
  static let skew = ValueType(shape: .text(meaning: "a skew such as \"80/20\"", example: "80/20")) {
    node, subject, log in
    guard case .string(let text) = node.value else {
      log.reportWrongType(node, subject: subject, expected: "a skew such as \"80/20\"")
      return nil
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let shares = parts.compactMap { try? Ratio(parsing: "\($0)%") }
    guard parts.count == 2, shares.count == 2 else {
      log.report(
        .invalidSkew, "\(quoted(text)) is not a skew", at: node.span,
        help: "write \"80/20\" for 80 % of the writes in 20 % of the space")
      return nil
    }
    guard shares[0] < .one, .zero < shares[1], shares[1] <= shares[0] else {
      let isSwapped = shares[0] < shares[1] && shares[1] < .one && .zero < shares[0]
      log.report(
        .invalidSkew, "the skew \(quoted(text)) does not make a part of the space hot", at: node.span,
        suggestion: isSwapped ? quoted("\(parts[1])/\(parts[0])") : nil,
        help: "the first number is the share of the writes, the second the smaller one of the space")
      return nil
    }
    return Value(writes: shares[0], space: shares[1])
  }
}

// MARK: Composites

extension ValueType {
  /// An object with the keys of `Value`.
  static func object() -> ValueType where Value: Draft {
    ValueType(shape: .object(Value.self)) { node, subject, log in
      Value.decode(node, subject: subject, log: &log)
    }
  }

  /// A list, of which every element must be usable.
  static func list<Element>(
    of element: ValueType<Element>, count: ClosedRange<Int> = 0...(.max)
  ) -> ValueType where Value == [Located<Element>] {
    let shape = Shape.list(element.shape, count: count)
    return ValueType(shape: shape) { node, subject, log in
      guard case .list(let nodes) = node.value else {
        log.reportWrongType(
          node, subject: subject, expected: "a list", suggestion: node.text.map { "[\(quoted($0))]" })
        return nil
      }
      guard count.contains(nodes.count) else {
        let expected =
          count.upperBound == .max ? "at least \(count.lowerBound)" : "exactly \(count.lowerBound)"
        log.report(
          .wrongCount,
          "\(subject) needs \(expected) element\(count.lowerBound == 1 ? "" : "s"), not \(nodes.count)",
          at: node.span)
        return nil
      }
      let elements = nodes.compactMap { node in
        element.decode(node, "an element of \(subject)", &log).map { Located(value: $0, span: node.span) }
      }
      return elements.count == nodes.count ? elements : nil
    }
  }

  /// An object whose keys name its values; it may have remarks like any object.
  static func named<Element>(_ element: ValueType<Element>) -> ValueType
  where Value == [(name: Located<String>, value: Element)] {
    ValueType(shape: .named(element.shape)) { node, subject, log in
      guard case .object(let members) = node.value else {
        log.reportWrongType(node, subject: subject, expected: "an object whose keys are names")
        return nil
      }
      for remark in members where remarks.contains(remark.key) {
        _ = ValueType<String>.text.decode(remark.node, quoted(remark.key), &log)
      }
      let named = members.filter { !remarks.contains($0.key) }
      let elements: Value = named.compactMap { member in
        let isNamed = log.check(name: member.key, at: member.keySpan)
        guard let value = element.decode(member.node, quoted(member.key), &log), isNamed else { return nil }
        return (Located(value: member.key, span: member.keySpan), value)
      }
      return elements.count == named.count ? elements : nil
    }
  }

  /// One of two forms, told apart by the kind of JSON value.
  ///
  /// - Parameter isFirst: Whether a value is to be read, or reported, as the first form.
  static func either<One, Other>(
    _ one: ValueType<One>, or other: ValueType<Other>, isFirst: @escaping @Sendable (JSONValue) -> Bool
  ) -> ValueType where Value == Either<One, Other> {
    ValueType(shape: .either(one.shape, other.shape)) { node, subject, log in
      isFirst(node.value)
        ? one.decode(node, subject, &log).map { .first($0) }
        : other.decode(node, subject, &log).map { .second($0) }
    }
  }
}

/// A value in one of two forms.
enum Either<First: Sendable, Second: Sendable>: Sendable {
  case first(First)
  case second(Second)
}
