extension JSONNode {
  /// Replaces the value at the path of an override, in the tree before it is decoded.
  ///
  /// The text of the override is `/links/wan/bandwidth=200Mbps`. Keys that do not exist yet are
  /// added, so that defaults can be overridden; elements of lists are found by their name, or by
  /// their index from 0 where they have none.
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
    set(segments.dropFirst(), to: value, shape: .object(ScenarioDraft.self), log: &log)
  }

  /// The value of an override: JSON where it is valid JSON, else the text itself.
  private static func overridingValue(source: Int, from start: Int, log: DiagnosticLog) -> JSONNode {
    var trial = DiagnosticLog(sources: log.sources)
    if let node = JSONParser.parse(source: source, from: start, log: &trial), !trial.hasErrors { return node }
    let range = start..<log.sources[source].bytes.count
    return JSONNode(
      value: .string(log.sources[source].text(in: range)), span: SourceSpan(source: source, range: range))
  }

  /// - Parameter shape: What should stand here; `nil` where that is not known.
  private mutating func set(
    _ path: ArraySlice<Located<String>>, to newValue: JSONNode, shape: Shape?, log: inout DiagnosticLog
  ) {
    guard let step = path.first else {
      self = newValue
      return
    }
    let part = shape?.part(step.value)
    switch value {
    case .object(var members):
      let index = members.firstIndex { $0.key == step.value } ?? members.endIndex
      if index == members.endIndex {
        // An object is made on the way; a list that was left out has no element to go on with.
        if let next = path.dropFirst().first, part?.hasElements == true {
          log.report(
            .unknownPath, "no element is named \(quoted(next.value))", at: next.span,
            help: "\(quoted(step.value)) was left out and has no elements")
          return
        }
        let empty = JSONNode(value: .object([]), span: step.span)
        members.append(JSONMember(key: step.value, keySpan: step.span, node: empty))
      }
      members[index].node.set(path.dropFirst(), to: newValue, shape: part, log: &log)
      value = .object(members)
    case .list(var elements):
      guard let index = Self.index(of: step, in: elements, log: &log) else { return }
      elements[index].set(path.dropFirst(), to: newValue, shape: part, log: &log)
      value = .list(elements)
    case .invalid: return
    default:
      log.report(
        .unknownPath, "the path goes on behind \(value.noun), which has no parts", at: step.span)
    }
  }

  /// The element of a list that `step` addresses; what addresses none is reported.
  private static func index(
    of step: Located<String>, in elements: [JSONNode], log: inout DiagnosticLog
  ) -> Int? {
    let names = elements.map(\.addressedName)
    if let index = names.firstIndex(of: step.value) { return index }
    let known = names.compactMap { $0 }
    if let index = Int(step.value), "\(index)" == step.value, elements.indices.contains(index) {
      guard let name = names[index] else { return index }
      log.report(
        .unknownPath, "element \(index) has a name, \(quoted(name))", at: step.span, suggestion: name,
        help: "elements go by their name, by an index only where they have none")
      return nil
    }
    let missing = "no element is named \(quoted(step.value))"
    if let pattern = known.first(where: { NamePattern.covers($0, step.value) }) {
      log.report(
        .unknownPath, missing, at: step.span, suggestion: pattern,
        help: "\(quoted(pattern)) stands for it, and is addressed as it is written")
      return nil
    }
    let indices = names.indices.filter { names[$0] == nil }
    let byName = "elements go by their name, or by their index from 0 where they have none"
    let knownText = known.isEmpty ? [] : ["known: \(abridged(known))"]
    let free = indices.isEmpty ? [] : ["without a name: \(abridged(indices.map { "\($0)" }))"]
    log.report(
      .unknownPath, missing, at: step.span, suggestion: closest(to: step.value, among: known),
      help: elements.isEmpty
        ? "the list has no elements" : ([byName] + knownText + free).joined(separator: "; "))
    return nil
  }

  /// What an element of a list is called in a path: a timeline entry by its `id` alone, since several may
  /// concern the same machine.
  private var addressedName: String? {
    for key in self["do"] == nil ? ["name", "id", "vm"] : ["id"] {
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
