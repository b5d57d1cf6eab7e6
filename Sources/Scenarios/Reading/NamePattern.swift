/// Names with numbered parts: `web-{01..08}` stands for `web-01` to `web-08`.
///
/// Numbers keep the width of the wider bound if either has a leading zero, as in a shell. Several
/// parts stand for every combination.
enum NamePattern {
  /// The most names one pattern may stand for.
  static let countMaximum = 100_000

  /// What is wrong with a pattern, as "has no end", or `nil`.
  static func problem(of pattern: String) -> String? {
    switch pieces(of: pattern) {
    case .failure(let problem): problem.text
    case .success(let pieces):
      pieces.reduce(into: 1) { count, piece in
        count = min(count * piece.numbers.count, countMaximum + 1)
      } > countMaximum ? "stands for more than \(countMaximum) names" : nil
    }
  }

  /// The names a pattern stands for, in ascending order of their numbers.
  ///
  /// - Precondition: The pattern has no problem.
  static func names(of pattern: String) -> [String] {
    guard case .success(let pieces) = pieces(of: pattern) else {
      preconditionFailure("a pattern is checked before it is expanded")
    }
    var names = [""]
    for piece in pieces {
      names = names.flatMap { name in piece.numbers.map { name + piece.prefix + $0 } }
    }
    return names
  }

  /// A text and the numbers that may follow it; the last one of a pattern is followed by nothing.
  private struct Piece {
    let prefix: String
    var numbers: [String] = [""]
  }

  private struct Problem: Error {
    let text: String
  }

  private static func pieces(of pattern: String) -> Result<[Piece], Problem> {
    var pieces: [Piece] = []
    var rest = pattern[...]
    while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
      guard rest[brace] == "{" else { return .failure(Problem(text: "has a } without a {")) }
      let body = rest[rest.index(after: brace)...]
      guard let end = body.firstIndex(of: "}") else { return .failure(Problem(text: "has a { without a }")) }
      switch numbers(of: body[..<end]) {
      case .failure(let problem): return .failure(problem)
      case .success(let numbers): pieces.append(Piece(prefix: String(rest[..<brace]), numbers: numbers))
      }
      rest = body[body.index(after: end)...]
    }
    return .success(pieces + [Piece(prefix: String(rest))])
  }

  private static func numbers(of range: Substring) -> Result<[String], Problem> {
    guard let dots = range.firstRange(of: "..") else {
      return .failure(Problem(text: "needs two numbers between its braces, as in {01..08}"))
    }
    let (first, last) = (range[..<dots.lowerBound], range[dots.upperBound...])
    let digits = "0123456789"
    guard (1...9).contains(first.count), (1...9).contains(last.count),
      (first + last).allSatisfy({ digits.contains($0) }), let low = Int(first), let high = Int(last)
    else {
      return .failure(Problem(text: "needs two numbers between its braces, as in {01..08}"))
    }
    guard low <= high else { return .failure(Problem(text: "counts down from \(first) to \(last)")) }
    guard high - low < countMaximum else {
      return .failure(Problem(text: "stands for more than \(countMaximum) names"))
    }
    let isPadded = [first, last].contains { $0.count > 1 && $0.hasPrefix("0") }
    let width = isPadded ? max(first.count, last.count) : 0
    return .success(
      (low...high).map { number in
        let text = "\(number)"
        return String(repeating: "0", count: max(0, width - text.count)) + text
      })
  }

  /// Whether `name` is one of several that a pattern or selector stands for.
  static func covers(_ pattern: String, _ name: String) -> Bool {
    if pattern.contains("*") { return selects(pattern, name) }
    return pattern.contains("{") && problem(of: pattern) == nil && names(of: pattern).contains(name)
  }

  /// Whether `name` fits `selector`, in which `*` stands for any characters.
  static func selects(_ selector: String, _ name: String) -> Bool {
    let parts = selector.split(separator: "*", omittingEmptySubsequences: false)
    guard let first = parts.first, let last = parts.last, parts.count > 1 else { return selector == name }
    guard name.hasPrefix(first) else { return false }
    var rest = name.dropFirst(first.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return rest.count >= last.count && rest.hasSuffix(last)
  }
}
