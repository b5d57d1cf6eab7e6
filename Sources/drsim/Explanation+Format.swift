import Scenarios

/// The keys of a scenario, from the description that the reader works by.
extension Explanation {
  /// Every key of every object.
  static var format: String {
    FormatDescription.current.objects.map(text).joined(separator: "\n")
  }

  /// What there is to say about the keys that `topic` may mean, or about the objects that it names; `nil` if there are none.
  static func formatText(about topic: String) -> String? {
    let description = FormatDescription.current
    let entries = description.entries(calledBy: topic)
    let objects = description.objects(called: topic)
    var texts: [String] = []
    if entries.count == 1 {
      texts.append(text(of: entries[0]))
    } else if let last = entries.last {
      texts.append(
        entries.map(brief).joined()
          + "\n\(entries.count) keys have this name; drsim explain \(last.address) tells more of one.\n")
    }
    // A key that is the only way to an object has told of it.
    let told = entries.count == 1 ? entries[0].key.nouns : []
    let others = objects.filter { !told.contains($0.noun) }
    if others.count == 1, let object = others.first, entries.isEmpty {
      texts.append(text(of: object))
    } else {
      texts += others.map(brief)
    }
    return texts.isEmpty ? nil : texts.joined(separator: "\n")
  }

  // MARK: - Objects

  /// An object with all its keys: first those that it always has, then those of each kind.
  ///
  ///     protection group  (protectionGroups[])
  ///       name  (a name; required)
  ///           What plans and reports call the group.
  ///       with "type": "array-based"
  ///         datastores  (a list; required)
  private static func text(of object: FormatDescription.Object) -> String {
    var text = heading(of: object)
    for key in object.keys where key.kinds == nil { text += line(of: key, indentation: 2) }
    var told: [[String]] = []
    for kinds in object.keys.compactMap(\.kinds) where !told.contains(kinds) {
      told.append(kinds)
      text += "  with \(condition(kinds, of: object))\n"
      for key in object.keys where key.kinds == kinds { text += line(of: key, indentation: 4) }
    }
    return text
  }

  private static func brief(_ object: FormatDescription.Object) -> String {
    heading(of: object) + "    keys: \(object.keys.map(\.name).joined(separator: ", "))\n"
  }

  private static func heading(of object: FormatDescription.Object) -> String {
    let places = object.places.map(\.text).filter { !$0.isEmpty }
    return object.noun + (places.isEmpty ? "" : "  (\(places.joined(separator: ", ")))") + "\n"
  }

  private static func condition(_ kinds: [String], of object: FormatDescription.Object) -> String {
    "\"\(object.discriminator ?? "")\": " + kinds.map { "\"\($0)\"" }.joined(separator: ", ")
  }

  private static func line(of key: FormatDescription.Key, indentation: Int) -> String {
    let blanks = String(repeating: " ", count: indentation)
    return "\(blanks)\(key.name)  (\(key.form); \(need(of: key)))\n\(blanks)    \(key.summary)\n"
  }

  // MARK: - Keys

  private static func need(of key: FormatDescription.Key) -> String {
    guard key.isRequired else { return key.defaultText.map { "default \($0)" } ?? "optional" }
    guard !key.optionalKinds.isEmpty else { return "required" }
    return "required; optional with \(key.optionalKinds.map { "\"\($0)\"" }.joined(separator: ", "))"
  }

  /// Everything about one key.
  ///
  ///     replications[].rpo  (required)
  ///         The recovery point objective.
  ///         Value: a duration above zero, such as "15m", "1h30m", "250ms"
  ///         Example: "rpo": "10m"
  private static func text(of entry: FormatDescription.Entry) -> String {
    let key = entry.key
    let places = entry.places.map(\.text)
    var lines = ["\(places.first ?? key.name)  (\(need(of: key)))", "    \(key.summary)"]
    if places.count > 1 { lines.append("    Also: \(places.dropFirst().joined(separator: ", "))") }
    if let kinds = key.kinds { lines.append("    Only with \(condition(kinds, of: entry.object))") }
    lines.append("    Value: \(key.fullForm)")
    lines.append("    Example: \"\(key.name)\": \(key.example)")
    if let source = key.source { lines.append("    Source: \(source)") }
    let objects = FormatDescription.current.objects.filter { key.nouns.contains($0.noun) }
    return lines.map { $0 + "\n" }.joined() + objects.map { "\n" + text(of: $0) }.joined()
  }

  private static func brief(_ entry: FormatDescription.Entry) -> String {
    let places = entry.places.map(\.text).joined(separator: ", ")
    return "\(places)  (\(entry.key.form); \(need(of: entry.key)))\n    \(entry.key.summary)\n"
  }
}
