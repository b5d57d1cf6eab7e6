extension FormatDescription {
  /// A key and the object it belongs to.
  package struct Entry: Sendable {
    package let object: Object
    package let key: Key

    /// The ways to its value.
    package var places: [[Step]] { object.places.map { $0 + [.key(key.name)] } }
  }

  /// The keys that somebody means who writes `text`, in the order of the description.
  ///
  /// It is the name of a key, or the name with some of those on the way to it in front, with dots or strokes between them:
  /// `rpo`, `replications.rpo`, `replication.rpo`, `/replications/web-*/rpo`. Case does not count, and an object may be called
  /// by one of many. The closer to the whole way a text comes, the more it counts: where one key lies just behind what is
  /// written, others further down are not meant.
  package func entries(calledBy text: String) -> [Entry] {
    let parts = Self.parts(of: text)
    guard let name = parts.last else { return [] }
    let candidates = objects.flatMap { object in
      object.keys.filter { $0.name.lowercased() == name }.map { Entry(object: object, key: $0) }
    }
    let fits = candidates.map { entry in
      entry.object.places.map { Self.fit(parts.dropLast()[...], $0[...], noun: entry.object.noun) }.max()
        ?? .none
    }
    guard let best = fits.max(), best > .none else { return [] }
    return zip(candidates, fits).filter { $0.1 == best }.map(\.0)
  }

  /// The objects that `text` is the noun of, or one of many such.
  ///
  /// Where there is none, those whose noun ends in it: "machines" is said of virtual machines.
  package func objects(called text: String) -> [Object] {
    let word = Self.spoken(text)
    let exact = objects.filter { Self.isCalled($0.noun, word) }
    guard exact.isEmpty else { return exact }
    return objects.filter {
      $0.noun.split(separator: " ").last.map { Self.isCalled(String($0), word) } ?? false
    }
  }

  /// What a user can write of a key or an object, for suggestions.
  package var words: [String] {
    objects.flatMap { object in [object.noun] + object.keys.map(\.name) }
      + objects.flatMap { object in object.keys.map { Entry(object: object, key: $0).address } }
  }

  // MARK: - Matching

  /// How closely a text follows a way: with steps left out, with a part that would be the name of an element, its last steps, all of it.
  private enum Fit: Int, Comparable {
    case none, withGaps, byName, end, whole

    static func < (left: Fit, right: Fit) -> Bool { left.rawValue < right.rawValue }
  }

  private static func parts(of text: String) -> [String] {
    text.lowercased().split { $0 == "." || $0 == "/" }.map { part in
      part.hasSuffix("[]") ? String(part.dropLast(2)) : String(part)
    }.filter { !$0.isEmpty }
  }

  /// - Parameters:
  ///   - parts: What is written in front of the key.
  ///   - steps: The way to its object.
  private static func fit(_ parts: ArraySlice<String>, _ steps: ArraySlice<Step>, noun: String) -> Fit {
    if parts.isEmpty { return .end }
    if parts.count == 1, let part = parts.last, isCalled(noun, spoken(part)) { return .end }
    return fit(parts, steps, atMost: .whole)
  }

  private static func fit(_ parts: ArraySlice<String>, _ steps: ArraySlice<Step>, atMost best: Fit) -> Fit {
    guard let part = parts.last else { return min(best, steps.contains { $0.key != nil } ? .end : .whole) }
    guard let step = steps.last else { return .none }
    let (fewer, outer) = (parts.dropLast(), steps.dropLast())
    guard let key = step.key else {
      // An element may be called by its name, if the list is there too.
      let isOfList =
        fewer.last.flatMap { list in outer.last?.key.map { isCalled($0.lowercased(), list) } } ?? false
      let byName = isOfList ? fit(fewer, outer, atMost: min(best, .byName)) : .none
      return max(byName, fit(parts, outer, atMost: best))
    }
    let here = isCalled(key.lowercased(), part) ? fit(fewer, outer, atMost: best) : .none
    return max(here, fit(parts, outer, atMost: min(best, .withGaps)))
  }

  /// Whether `word` is `noun`, or one of several or several of one.
  private static func isCalled(_ noun: String, _ word: String) -> Bool {
    func forms(_ noun: String) -> [String] {
      [noun, noun + "s"] + (noun.hasSuffix("y") ? [noun.dropLast() + "ies"] : [])
    }
    let noun = noun.lowercased()
    return forms(noun).contains(word) || forms(word).contains(noun)
  }

  private static func spoken(_ text: String) -> String {
    text.lowercased().replacing("-", with: " ").replacing("_", with: " ")
  }
}

extension FormatDescription.Step {
  /// The name of a key, `nil` for an element or a name of the scenario's own.
  package var key: String? {
    if case .key(let name) = self { name } else { nil }
  }
}

extension FormatDescription.Entry {
  /// What calls this key and no other, as `replications.rpo`.
  package var address: String { places.first?.compactMap(\.key).joined(separator: ".") ?? key.name }
}

extension [FormatDescription.Step] {
  /// The way as text: `sites[].datastores[].name`, `workloads.NAME.write`.
  package var text: String {
    reduce("") { text, step in
      switch step {
      case .key(let name): text.isEmpty ? name : "\(text).\(name)"
      case .element: text + "[]"
      case .name: "\(text).NAME"
      }
    }
  }
}
