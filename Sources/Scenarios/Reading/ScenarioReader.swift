/// Turns the text of a scenario into a ``Scenario``, or says what is wrong with it.
package enum ScenarioReader {
  /// The version of the file format that this program reads.
  package static let format = 1

  /// Reads a scenario; see ``read(bytes:file:overrides:readFile:)``.
  package static func read(
    text: String, file: String, overrides: [(path: String, value: String)] = [],
    readFile: (String) -> FileContent = noFiles
  ) -> (scenario: Scenario?, diagnostics: [Diagnostic]) {
    read(bytes: Array(text.utf8), file: file, overrides: overrides, readFile: readFile)
  }

  /// Reads a scenario.
  ///
  ///     let (scenario, diagnostics) = ScenarioReader.read(
  ///       text: text, file: "two-site-dr.json", overrides: [("/links/wan/bandwidth", "200Mbps")])
  ///
  /// All problems are found at once: a mistake in one place hides no mistake in another, unless
  /// the brackets no longer tell what belongs where.
  ///
  /// - Parameters:
  ///   - bytes: The content of the file. It need not be valid in any way.
  ///   - file: What messages call it.
  ///   - overrides: Values set before anything is checked, in this order. A path addresses
  ///     elements of lists by name as it is written (a replication by its `vm`, a timeline entry by
  ///     its `id`), or by their index from 0 where they have none. A value is JSON where it is valid JSON, else a text.
  ///   - readFile: Gives the content of a file that the scenario names and that is read with it, such as a table of addresses.
  /// - Returns: The scenario if there is no error, and all problems by their position; warnings
  ///   come with a scenario too. Without a scenario there is at least one error.
  /// - Complexity: O(*n* log *n*) in the size of the file and the number of virtual machines, plus
  ///   the number of selectors with `*` times that of virtual machines.
  package static func read(
    bytes: [UInt8], file: String, overrides: [(path: String, value: String)] = [],
    readFile: (String) -> FileContent = noFiles
  ) -> (scenario: Scenario?, diagnostics: [Diagnostic]) {
    let texts = overrides.map {
      SourceText(file: DiagnosticLog.overrideFile, bytes: Array("\($0.path)=\($0.value)".utf8))
    }
    var log = DiagnosticLog(sources: [SourceText(file: file, bytes: bytes)] + texts)
    guard var root = JSONParser.parse(source: 0, log: &log) else { return (nil, log.diagnostics) }
    for (index, override) in overrides.enumerated() {
      root.apply(overrideAt: index + 1, pathLength: override.path.utf8.count, log: &log)
    }
    includeTable(in: &root, log: &log, readFile: readFile)
    guard isReadable(root, log: &log),
      let draft = ScenarioDraft.decode(root, subject: "the file", log: &log)
    else { return (nil, log.diagnostics) }
    var resolver = Resolver(draft: draft, log: log)
    let scenario = resolver.resolve(root)
    return (scenario, resolver.log.diagnostics)
  }

  /// For a scenario that stands alone: no file is there.
  package static func noFiles(_ name: String) -> FileContent {
    .unreadable(reason: "no files are read with this scenario")
  }

  /// Whether the format is one this program knows; a newer one would make all else misleading.
  private static func isReadable(_ root: JSONNode, log: inout DiagnosticLog) -> Bool {
    guard let node = root["format"], case .number(let text) = node.value, let number = Int(text),
      number != format
    else { return true }
    log.report(
      .newerFormat, "the file is in format \(number); this program reads format \(format)", at: node.span,
      help: number > format ? "use a newer drsim" : "write \"format\": \(format)")
    return false
  }
}
