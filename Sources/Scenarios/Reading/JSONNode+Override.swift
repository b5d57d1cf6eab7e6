extension JSONNode {
  /// Replaces the value at the path of an override, in the tree before it is decoded.
  ///
  /// The text of the override is `/links/wan/bandwidth=200Mbps`. Keys that do not exist yet are
  /// added, so that defaults can be overridden; elements of lists are found by their name.
  ///
  /// - Parameter source: The index of the override's text in `log`.
  mutating func apply(overrideAt source: Int, pathLength: Int, log: inout DiagnosticLog) {
    let text = log.sources[source]
    let path = text.text(in: 0..<pathLength)
    var segments: [Located<String>] = []
    var offset = 0
    for part in path.split(separator: "/", omittingEmptySubsequences: false) {
      let range = offset..<offset + part.utf8.count
      segments.append(Located(value: String(part), span: SourceSpan(source: source, range: range)))
      offset = range.upperBound + 1
    }
    guard segments.count > 1, segments[0].value.isEmpty,
      segments.dropFirst().allSatisfy({ !$0.value.isEmpty })
    else {
      log.report(
        .invalidPath, "\(quoted(path)) is not a path", at: SourceSpan(source: source, range: 0..<pathLength),
        help: "write it as in /links/wan/bandwidth")
      return
    }
    let value = Self.overridingValue(source: source, from: pathLength + 1, log: log)
    set(segments.dropFirst(), to: value, log: &log)
  }

  /// The value of an override: JSON where it is valid JSON, else the text itself.
  private static func overridingValue(source: Int, from start: Int, log: DiagnosticLog) -> JSONNode {
    var trial = DiagnosticLog(sources: log.sources)
    if let node = JSONParser.parse(source: source, from: start, log: &trial), !trial.hasErrors { return node }
    let range = start..<log.sources[source].bytes.count
    return JSONNode(
      value: .string(log.sources[source].text(in: range)), span: SourceSpan(source: source, range: range))
  }

  private mutating func set(
    _ path: ArraySlice<Located<String>>, to newValue: JSONNode, log: inout DiagnosticLog
  ) {
    guard let step = path.first else {
      self = newValue
      return
    }
    switch value {
    case .object(var members):
      let empty = JSONNode(value: .object([]), span: step.span)
      let index = members.firstIndex { $0.key == step.value } ?? members.endIndex
      if index == members.endIndex {
        members.append(JSONMember(key: step.value, keySpan: step.span, node: empty))
      }
      members[index].node.set(path.dropFirst(), to: newValue, log: &log)
      value = .object(members)
    case .list(var elements):
      let names = elements.map(\.addressedName)
      guard let index = names.firstIndex(of: step.value) else {
        let known = names.compactMap { $0 }
        let suggestion = closest(to: step.value, among: known)
        log.report(
          .unknownPath, "no element is named \(quoted(step.value))", at: step.span, suggestion: suggestion,
          help: known.isEmpty ? "no element of this list has a name" : "known: \(abridged(known))")
        return
      }
      elements[index].set(path.dropFirst(), to: newValue, log: &log)
      value = .list(elements)
    case .invalid: return
    default:
      log.report(
        .unknownPath, "the path goes on behind \(value.noun), which has no parts", at: step.span)
    }
  }

  /// What an element of a list is called in a path.
  private var addressedName: String? {
    for key in ["name", "id", "vm"] {
      if let name = self[key]?.text { return name }
    }
    return nil
  }
}

/// The first names, and how many more there are.
func abridged(_ names: some RandomAccessCollection<String>) -> String {
  let shown = names.prefix(8).joined(separator: ", ")
  return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
}
