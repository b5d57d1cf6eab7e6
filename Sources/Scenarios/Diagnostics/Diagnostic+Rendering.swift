extension Diagnostic {
  /// How diagnostics are printed.
  package struct Style: Sendable, Hashable {
    package var isColored: Bool
    /// The most problems shown in full; the others are counted.
    package var countMaximum: Int

    package init(isColored: Bool = false, countMaximum: Int = 50) {
      self.isColored = isColored
      self.countMaximum = countMaximum
    }
  }

  /// The problem with its source line, ending in a line break.
  ///
  ///     error[E0207]: unknown key "rpoo" in replication
  ///       --> two-site-dr.json:51:64
  ///        |
  ///     51 |     { "vm": "db01", "to": "lisbon", "datastore": "vsan-lis", "rpoo": "15m" }
  ///        |                                                              ^^^^^^ did you mean "rpo"?
  ///        = help: drsim explain E0207
  package func rendered(style: Style = Style()) -> String {
    let paint = Paint(isColored: style.isColored)
    let tone = severity == .error ? Paint.red : Paint.yellow
    let number = "\(place.line)"
    let gutter = String(repeating: " ", count: number.count)
    let indent = String(repeating: " ", count: place.excerptOffset)
    // Of a mark that leaves the excerpt, the part within is shown.
    let visible = max(1, min(place.length, place.excerpt.count - place.excerptOffset))
    let mark = String(repeating: "^", count: visible) + (suggestion.map { " did you mean \($0)?" } ?? "")
    let bar = paint.blue("|")

    var text = paint.color("\(severity.rawValue)[\(code.rawValue)]", tone) + paint.bold(": \(message)") + "\n"
    text += "\(gutter)\(paint.blue("-->")) \(place.file):\(place.line):\(place.column)\n"
    text += "\(gutter) \(bar)\n"
    text += "\(paint.blue(number)) \(bar) \(place.excerpt)\n"
    text += "\(gutter) \(bar) \(indent)\(paint.color(mark, tone))\n"
    for note in notes { text += "\(gutter) \(paint.blue("=")) note: \(note)\n" }
    text += "\(gutter) \(paint.blue("=")) help: \(help ?? "drsim explain \(code.rawValue)")\n"
    return text
  }

  /// All problems and a line that counts them, as `2 errors, 1 warning (two-site-dr.json not run)`.
  ///
  /// - Parameters:
  ///   - file: What the last line calls the scenario.
  ///   - outcome: What errors mean for the scenario, as the last line says it behind `file`.
  /// - Returns: An empty text where there is no problem.
  package static func render(
    _ diagnostics: [Diagnostic], file: String, outcome: String = "not run", style: Style = Style()
  ) -> String {
    guard !diagnostics.isEmpty else { return "" }
    // Errors are never hidden behind warnings.
    let errorCount = diagnostics.count { $0.severity == .error }
    let shown =
      diagnostics.count <= style.countMaximum
      ? diagnostics[...]
      : (diagnostics.filter { $0.severity == .error } + diagnostics.filter { $0.severity == .warning })
        .prefix(style.countMaximum)
    var text = shown.map { $0.rendered(style: style) }.joined(separator: "\n") + "\n"
    if shown.count < diagnostics.count { text += "and \(diagnostics.count - shown.count) more\n" }
    let warningCount = diagnostics.count - errorCount
    let counts = [(errorCount, "error"), (warningCount, "warning")].filter { $0.0 > 0 }
      .map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
    text += counts.joined(separator: ", ") + (errorCount > 0 ? " (\(file) \(outcome))\n" : "\n")
    return text
  }

  /// ANSI colours, or nothing.
  private struct Paint {
    static let red = "31"
    static let yellow = "33"

    let isColored: Bool

    func color(_ text: String, _ color: String) -> String {
      isColored ? "\u{1b}[1;\(color)m\(text)\u{1b}[0m" : text
    }
    func blue(_ text: String) -> String { color(text, "34") }
    func bold(_ text: String) -> String { isColored ? "\u{1b}[1m\(text)\u{1b}[0m" : text }
  }
}
