/// A piece of one of the texts a scenario is read from, as byte offsets.
struct SourceSpan: Sendable, Hashable {
  /// The index of the text in its ``DiagnosticLog``.
  let source: Int
  let range: Range<Int>

  /// Only the first byte, to mark where an object begins.
  var start: SourceSpan {
    SourceSpan(source: source, range: range.lowerBound..<min(range.lowerBound + 1, range.upperBound))
  }

  /// The empty piece behind this one, where something is missing.
  var end: SourceSpan { SourceSpan(source: source, range: range.upperBound..<range.upperBound) }
}

/// Collects the problems of a scenario while it is read.
struct DiagnosticLog: Sendable {
  /// What is read: the file first, then the overrides in their order, then files that these name.
  private(set) var sources: [SourceText]
  private var problems: [(span: SourceSpan, diagnostic: Diagnostic)] = []
  private(set) var hasErrors = false

  /// Whether a search for the name that was meant is worth while.
  ///
  /// Nobody reads hundreds of proposals, and in a fleet each search goes through every machine.
  var wantsSuggestions: Bool { problems.count < 200 }

  /// How many problems were reported so far.
  var problemCount: Int { problems.count }

  init(sources: [SourceText]) { self.sources = sources }

  mutating func report(
    _ code: DiagnosticCode, _ message: String, at span: SourceSpan, suggestion: String? = nil,
    notes: [String] = [], help: String? = nil
  ) {
    if code.severity == .error { hasErrors = true }
    let diagnostic = Diagnostic(
      code: code, message: message, place: sources[span.source].place(of: span.range),
      suggestion: suggestion, notes: notes, help: help)
    problems.append((span, diagnostic))
  }

  /// Adds a file that the document names.
  ///
  /// - Returns: Its index.
  mutating func add(file: String, bytes: [UInt8]) -> Int {
    sources.append(SourceText(file: file, bytes: bytes))
    return sources.count - 1
  }

  /// Where `span` begins, for a note: `line 12`, the override, or `line 3 of addresses.csv`.
  func location(of span: SourceSpan) -> String {
    let source = sources[span.source]
    let line = "line \(source.line(at: span.range.lowerBound))"
    guard span.source > 0 else { return line }
    return source.file == Self.overrideFile
      ? "\(Self.overrideFile) \(source.text(in: 0..<source.bytes.count))" : "\(line) of \(source.file)"
  }

  /// What the text of an override is called in place of a file.
  static let overrideFile = "--set"

  /// All problems by their position: the file's first, then those of the overrides.
  ///
  /// Problems of one position keep the order of their report; one reported twice appears once.
  var diagnostics: [Diagnostic] {
    let order = problems.indices.sorted { left, right in
      let (one, other) = (problems[left].span, problems[right].span)
      return (one.source, one.range.lowerBound, left) < (other.source, other.range.lowerBound, right)
    }
    var result: [Diagnostic] = []
    for index in order where result.last != problems[index].diagnostic {
      result.append(problems[index].diagnostic)
    }
    return result
  }
}
