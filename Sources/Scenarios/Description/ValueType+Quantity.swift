import Quantities

/// The bounds of what is not zero.
private let aboveZero = "above zero"

extension ValueType where Value == TimeSpan {
  /// A duration; `unit` completes a number written without one in the message.
  static func duration(unit: String = "m") -> ValueType { quantity(unit: unit) }
  /// A duration above zero.
  static func positiveDuration(unit: String = "m") -> ValueType {
    quantity(unit: unit, bounds: aboveZero, isInRange: { $0 > .zero })
  }
}

extension ValueType where Value == ByteCount {
  static let size = quantity(unit: "GiB")
  static let positiveSize = quantity(unit: "GiB", bounds: aboveZero, isInRange: { $0 > .zero })
  /// The memory of a machine or a host.
  ///
  /// - Source: VMware configuration maximums of vSphere 8: 24 TB for each.
  static let memorySize = quantity(
    unit: "GiB", bounds: "above zero and at most 24TiB",
    isInRange: { $0 > .zero && $0 <= .tebibytes(24) })
}

extension ValueType where Value == DataRate {
  /// A data rate above zero.
  static func positiveRate(unit: String = "Mbps") -> ValueType {
    quantity(unit: unit, bounds: aboveZero, isInRange: { $0 > .zero })
  }
}

extension ValueType where Value == Ratio {
  /// Zero or more; may be above 100 %.
  static let factor = quantity(unit: "%")
  /// Above zero; may be above 100 %.
  static let positiveFactor = quantity(unit: "%", bounds: aboveZero, isInRange: { $0 > .zero })
  /// From 0 % to 100 %.
  static let share = quantity(unit: "%", bounds: "from 0% to 100%", isInRange: { $0 <= .one })
  /// Above 0 %, at most 100 %.
  static let positiveShare = quantity(
    unit: "%", bounds: "above 0% and at most 100%", isInRange: { $0 > .zero && $0 <= .one })
  /// From 0 % to less than 100 %.
  static let properShare = quantity(
    unit: "%", bounds: "below 100%", isInRange: { $0 < .one })
}

extension ValueType where Value: Quantity {
  /// A quantity with its unit.
  ///
  /// - Parameters:
  ///   - unit: The unit to propose for a number without one.
  ///   - bounds: The values that make sense, as completes "a duration"; `nil` for all.
  ///   - isInRange: Whether a value is within them.
  fileprivate static func quantity(
    unit: String, bounds: String? = nil, isInRange: @escaping @Sendable (Value) -> Bool = { _ in true }
  ) -> ValueType {
    let shape = Shape.quantity(
      kind: Value.kind, examples: Value.examples, bounds: bounds, example: "10\(unit)")
    return ValueType(shape: shape) { node, subject, log in
      switch node.value {
      case .string(let text):
        do throws(QuantityParsingError) {
          let value = try Value(parsing: text)
          guard isInRange(value) else {
            let problem =
              bounds == aboveZero
              ? "\(quoted(text)) is not a positive \(Value.kind)"
              : "\(subject) needs a \(Value.kind) \(bounds ?? ""), not \(quoted(text))"
            log.report(.invalidQuantity, problem, at: node.span)
            return nil
          }
          return value
        } catch {
          log.report(error, in: text, as: Value.self, unit: unit, subject: subject, at: node.span)
          return nil
        }
      case .number(let number):
        log.report(
          .missingUnit, "\(number) has no unit; write \(quoted(number + unit))", at: node.span,
          help: "\(subject) needs \(shape.noun)")
        return nil
      default:
        log.reportWrongType(node, subject: subject, expected: shape.noun)
        return nil
      }
    }
  }
}

extension DiagnosticLog {
  /// Reports why `text` is no `Value`.
  fileprivate mutating func report<Value: Quantity>(
    _ error: QuantityParsingError, in text: String, as type: Value.Type, unit: String, subject: String,
    at span: SourceSpan
  ) {
    let expected = "\(subject) needs a \(Value.kind) such as \(Value.examples)"
    switch error {
    case .missingUnit(let number):
      report(.missingUnit, "\(number) has no unit; write \(quoted(text + unit))", at: span, help: expected)
    case .unknownUnit(let symbol, let known):
      let others: [any Quantity.Type] = [TimeSpan.self, ByteCount.self, DataRate.self, Ratio.self]
      if let other = others.first(where: { $0 != type && $0.reads(text) }) {
        // A size for a rate, or the other way round: "per second" is what is amiss.
        let repaired = [text + "/s", text.replacing("/s", with: "")].first { Value.reads($0) }
        report(
          .wrongUnit, "\(quoted(text)) is a \(other.kind), but \(subject) needs a \(Value.kind)", at: span,
          suggestion: repaired.map { quoted($0) }, help: "write it as in \(Value.examples)")
      } else {
        let meant = Self.unit(meantBy: symbol, among: known)
        report(
          .wrongUnit, "\(quoted(symbol)) is not a unit of a \(Value.kind)", at: span,
          suggestion: meant.map { quoted(text.replacing(symbol, with: $0)) },
          help: "known: \(known.joined(separator: ", "))")
      }
    case .negative:
      report(.invalidQuantity, "\(quoted(text)) is not a positive \(Value.kind)", at: span)
    case .empty, .notANumber:
      report(.invalidQuantity, "\(quoted(text)) is not a \(Value.kind)", at: span, help: expected)
    case .notWhole, .tooLarge:
      report(.invalidQuantity, "\(quoted(text)) is not usable: \(error)", at: span)
    }
  }

  /// The unit that someone who wrote `symbol` had in mind, or `nil` if there is doubt.
  private static func unit(meantBy symbol: String, among known: [String]) -> String? {
    let habits = [
      "min": "m", "mins": "m", "minute": "m", "minutes": "m", "sec": "s", "secs": "s", "second": "s",
      "seconds": "s", "hour": "h", "hours": "h", "hr": "h", "hrs": "h", "day": "d", "days": "d",
      "Mbit/s": "Mbps", "Mb/s": "Mbps", "MBit/s": "Mbps", "Gbit/s": "Gbps", "Gb/s": "Gbps", "kbit/s": "kbps",
      "kb/s": "kbps", "MBps": "MB/s", "GBps": "GB/s", "percent": "%",
    ]
    if let habit = habits[symbol], known.contains(habit) { return habit }
    // "mb/s" may be bits or bytes: nothing is proposed.
    guard !symbol.hasSuffix("b/s") else { return nil }
    let alike = known.filter { $0.lowercased() == symbol.lowercased() }
    return alike.count == 1 ? alike[0] : nil
  }
}

extension Quantity {
  /// Whether `text` is a good value of this kind.
  fileprivate static func reads(_ text: String) -> Bool {
    do {
      _ = try Self(parsing: text)
      return true
    } catch {
      return false
    }
  }
}
