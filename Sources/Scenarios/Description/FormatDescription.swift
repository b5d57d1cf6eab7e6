/// The keys of every object of a scenario, as the reader knows them: for documentation, for
/// printed defaults and for a schema.
///
/// Nothing is listed here: the objects are those that values of the outermost one may be or hold.
package struct FormatDescription: Sendable {
  /// From the outermost object inwards; each once, where it occurs first.
  package let objects: [Object]

  /// A step on the way from the outermost object to a value.
  package enum Step: Sendable, Hashable {
    case key(String)
    /// An element of a list.
    case element
    /// The value of a name that the scenario gives.
    case name
  }

  /// One kind of object.
  package struct Object: Sendable {
    /// What messages call it.
    package let noun: String
    /// The key whose word decides which other keys make sense; `nil` if there is none.
    package let discriminator: String?
    package let keys: [Key]
    /// The ways to it, from the outermost object on.
    package let places: [[Step]]
  }

  /// One key of an object.
  package struct Key: Sendable {
    package let name: String
    package let isRequired: Bool
    /// The default as JSON, or in words where only the product knows it; `nil` where there is none.
    package let defaultText: String?
    /// Where the default comes from, if the description knows it apart from ``summary``.
    package let source: String?
    /// The words of the discriminator with which the key makes sense; `nil` for all.
    package let kinds: [String]?
    /// Those of ``kinds`` with which a required key may be left out.
    package let optionalKinds: [String]
    /// What the value has to be, in words.
    package let form: String
    /// The same with bounds, and the form of parts.
    package let fullForm: String
    /// A value as JSON, which the reader takes.
    package let example: String
    package let summary: String
    /// The nouns of the objects that its value may be or hold.
    package let nouns: [String]
  }

  /// Everything this program reads.
  package static let current = FormatDescription(objects: described(from: ScenarioDraft.self))

  /// The objects that can be reached, in the order in which they are met: an object before those in it.
  private static func described(from outermost: any Draft.Type) -> [Object] {
    var met: [(draft: any Draft.Type, places: [[Step]])] = []
    func visit(_ draft: any Draft.Type, at place: [Step]) {
      if let index = met.firstIndex(where: { $0.draft == draft }) {
        met[index].places.append(place)
      } else {
        met.append((draft, [place]))
      }
      for (key, shape) in draft.shapes {
        for inner in shape.objects { visit(inner.draft, at: place + [.key(key)] + inner.steps) }
      }
    }
    visit(outermost, at: [])
    return met.map { $0.draft.described(at: unique($0.places)) }
  }

  private static func unique(_ places: [[Step]]) -> [[Step]] {
    places.enumerated().filter { places.firstIndex(of: $0.element) == $0.offset }.map(\.element)
  }
}

extension Draft {
  fileprivate static var shapes: [(key: String, shape: Shape)] { keys.map { ($0.name, $0.shape) } }

  fileprivate static func described(at places: [[FormatDescription.Step]]) -> FormatDescription.Object {
    let span = SourceSpan(source: 0, range: 0..<0)
    return FormatDescription.Object(
      noun: noun, discriminator: discriminator,
      keys: keys.map { key in
        FormatDescription.Key(
          name: key.name, isRequired: key.isRequired,
          defaultText: key.defaultValue.map { JSONNode(value: $0, span: span).canonicalText() }
            ?? key.documentedDefault?.text,
          source: key.documentedDefault?.source, kinds: key.kinds, optionalKinds: key.optionalKinds,
          form: key.shape.noun, fullForm: key.shape.fullNoun, example: key.shape.example,
          summary: key.summary, nouns: key.shape.objects.map { $0.draft.noun })
      }, places: places)
  }
}
