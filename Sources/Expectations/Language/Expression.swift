/// A claim about a run that is true or false of it: `max(rpo_lag{vm=db01}) <= 15m`.
///
///     expression = term operator value
///     term       = series | function "(" series ")" | ( count | share ) "(" series operator value ")"
///     series     = metric [ "{" key=name, … "}" ] [ "." field ]
///     function   = min max avg sum p50 p95 p99.9 argmax
///     operator   = == != < <= > >= in
///     value      = number with unit | word | name | [list]
///
/// A series alone claims something of every one of its values: `rto{plan=*} <= 20m` holds if each run took at most
/// that. Names may hold `*` for any characters.
package struct Expression: Sendable, Hashable {
  package let text: String
  package let term: Term
  package let comparison: Comparison

  package enum Term: Sendable, Hashable {
    case each(Series)
    case function(Function, Series)
    /// How many values satisfy the condition.
    case count(Series, Comparison)
    /// Which share of the values, of a line which share of the time, satisfies the condition.
    case share(Series, Comparison)
  }

  /// What becomes of several values.
  package enum Function: Sendable, Hashable {
    case min, max, avg, sum
    /// The least value not exceeded for that share of the values or of the time.
    case percentile(partsPerBillion: Int64)
    /// The name of what has the highest value; the first of equals.
    case argmax
  }

  /// The values of a metric that belong to what is selected.
  package struct Series: Sendable, Hashable {
    package let metric: Metric
    package let selectors: [Selector]
    /// Where it stands in the text, as UTF-8 offsets.
    package let range: Range<Int>

    /// The names that a key was given, if it was.
    package func selector(_ key: SelectorKey) -> Selector? { selectors.first { $0.key == key } }
  }

  package struct Selector: Sendable, Hashable {
    package let key: SelectorKey
    /// The name, in which `*` stands for any characters.
    package let pattern: String
    package let range: Range<Int>

    /// Whether it selects the thing called `name`.
    package func selects(_ name: String) -> Bool { fits(name, pattern) }
  }

  /// An operator and what stands behind it.
  package struct Comparison: Sendable, Hashable {
    package enum Operator: String, Sendable, Hashable, CaseIterable {
      case equal = "=="
      case unequal = "!="
      case less = "<"
      case atMost = "<="
      case greater = ">"
      case atLeast = ">="
      case isIn = "in"
    }

    package let `operator`: Operator
    /// One, or those of a list.
    package let values: [Value]
    /// As written, from the operator on.
    package let text: String

    func holds(_ value: Int64) -> Bool {
      switch `operator` {
      case .equal, .isIn: values.contains { $0.content == .amount(value) }
      case .unequal: !values.contains { $0.content == .amount(value) }
      case .less: value < amount
      case .atMost: value <= amount
      case .greater: value > amount
      case .atLeast: value >= amount
      }
    }

    func holds(_ word: String) -> Bool {
      let isListed = values.contains { $0.content == .word(word) }
      return `operator` == .unequal ? !isListed : isListed
    }

    /// The one number.
    var amount: Int64 {
      guard case .amount(let amount)? = values.first?.content else {
        preconditionFailure("an order is of numbers")
      }
      return amount
    }
  }

  /// A value as it is written.
  package struct Value: Sendable, Hashable {
    package enum Content: Sendable, Hashable {
      /// In the base unit of its kind.
      case amount(Int64)
      case word(String)
    }

    package let content: Content
    /// What the name is a name of; `nil` for numbers and words.
    package let reference: Reference?
    package let range: Range<Int>
  }

  package var series: Series {
    switch term {
    case .each(let series), .function(_, let series), .count(let series, _), .share(let series, _): series
    }
  }

  /// Every name in it with what it must be a name of.
  package var names: [(name: String, reference: Reference, range: Range<Int>)] {
    let selected = series.selectors.map { ($0.pattern, series.metric.reference(of: $0.key), $0.range) }
    let inner: [Value] =
      switch term {
      case .count(_, let condition), .share(_, let condition): condition.values
      default: []
      }
    return selected
      + (inner + comparison.values).compactMap { value in
        guard case .word(let name) = value.content, let reference = value.reference else { return nil }
        return (name, reference, value.range)
      }
  }

  /// Whether only the run itself can tell, not what it leaves behind.
  package var isOfStates: Bool { series.metric.form == .states }

  /// What it asks for, without the limit: `max rpo_lag`.
  package var title: String {
    switch term {
    case .each(let series): series.metric.rawValue
    case .function(let function, let series): "\(function.name) \(series.metric.rawValue)"
    case .count(let series, let condition): "count \(series.metric.rawValue) \(condition.text)"
    case .share(let series, let condition): "share \(series.metric.rawValue) \(condition.text)"
    }
  }
}

extension Expression.Function {
  var name: String {
    switch self {
    case .min: "min"
    case .max: "max"
    case .avg: "avg"
    case .sum: "sum"
    case .argmax: "argmax"
    case .percentile(let parts):
      // Whole per cents, or with the decimals that are needed.
      "p\(parts / 10_000_000)"
        + (parts % 10_000_000 == 0 ? "" : "." + Self.decimals(parts % 10_000_000))
    }
  }

  private static func decimals(_ parts: Int64) -> String {
    var digits = String(parts)
    while digits.count < 7 { digits = "0" + digits }
    while digits.last == "0" { digits.removeLast() }
    return digits
  }
}

/// Whether `name` fits `pattern`, in which `*` stands for any characters.
func fits(_ name: String, _ pattern: String) -> Bool {
  let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
  guard let first = parts.first, let last = parts.last, parts.count > 1 else { return pattern == name }
  guard name.hasPrefix(first) else { return false }
  var rest = name.dropFirst(first.count)
  for part in parts.dropFirst().dropLast() where !part.isEmpty {
    guard let range = rest.firstRange(of: part) else { return false }
    rest = rest[range.upperBound...]
  }
  return rest.count >= last.count && rest.hasSuffix(last)
}
