/// A value and where it was written.
struct Located<Value: Sendable>: Sendable {
  let value: Value
  let span: SourceSpan
}

/// The value of a key of a draft.
///
/// It is absent where the key was left out without a default, or was reported as wrong.
struct Field<Value: Sendable>: Sendable {
  var located: Located<Value>?
  /// Whether the key is there, with a good value or a wrong one, or has a default.
  var isGiven = false

  /// The value, if there is a good one.
  var known: Value? { located?.value }

  /// The value of a required key, once no errors were found.
  var value: Value {
    guard let located else { preconditionFailure("a required key without a value is an error") }
    return located.value
  }
}

/// The keys that every object may have, for its readers.
let remarks = ["why", "description"]

/// An object of a scenario as it is written: names unresolved, every key checked by itself.
///
/// The keys describe the object once, for reading, for messages and for the schema.
protocol Draft: Sendable {
  /// What messages call such an object, as "link".
  static var noun: String { get }
  /// Whether the noun takes no article.
  static var isUncountable: Bool { get }
  static var keys: [Key<Self>] { get }
  /// The key whose word decides which other keys make sense, as `model` of a workload.
  static var discriminator: String? { get }

  init()
  /// Where the object begins.
  var span: SourceSpan? { get set }
}

extension Draft {
  static var discriminator: String? { nil }
  static var isUncountable: Bool { false }

  /// Reads an object: unknown and missing keys are reported, defaults filled in.
  ///
  /// - Returns: `nil` if `node` is no object.
  static func decode(_ node: JSONNode, subject: String, log: inout DiagnosticLog) -> Self? {
    guard case .object(let members) = node.value else {
      log.reportWrongType(node, subject: subject, expected: Shape.object(Self.self).noun)
      return nil
    }
    var draft = Self()
    draft.span = node.span.start
    let kind = kind(of: node)
    let owner = label(of: node)
    /// Keys that seem to be there under a wrong name.
    var misspelt: [String] = []
    for member in members {
      if let key = keys.first(where: { $0.name == member.key }) {
        guard key.fits(kind) else {
          reportMisplaced(key, kind: kind, at: member.keySpan, log: &log)
          continue
        }
        key.decode(member.node, quoted(member.key), &draft, &log)
      } else if remarks.contains(member.key) {
        _ = ValueType<String>.text.decode(member.node, quoted(member.key), &log)
      } else {
        // A key that is there already is hardly meant, unless by an override.
        let known = keys.filter { $0.fits(kind) }.map(\.name)
        let free = known.filter { node[$0] == nil } + remarks
        let suggestion = closest(to: member.key, among: member.keySpan.source == 0 ? free : known)
        if let suggestion { misspelt.append(suggestion) }
        // What an unknown word of the discriminator would allow is not known.
        if suggestion == nil, kind == nil, discriminator.flatMap({ node[$0] }) != nil { continue }
        log.report(
          .unknownKey, "unknown key \(quoted(member.key)) in \(noun)", at: member.keySpan,
          suggestion: suggestion.map { quoted($0) },
          help: suggestion == nil
            ? "known: \(known.joined(separator: ", "))" : nil)
      }
    }
    for key in keys where misspelt.contains(key.name) { key.markGiven(&draft) }
    for key in keys where key.fits(kind) && !members.contains(where: { $0.key == key.name }) {
      if let value = key.defaultValue {
        key.decode(JSONNode(value: value, span: node.span.start), quoted(key.name), &draft, &log)
      } else if key.isRequired(with: kind), !misspelt.contains(key.name) {
        log.report(
          .missingKey, "\(owner) lacks the key \(quoted(key.name))", at: node.span.start,
          help: "\(key.name): \(key.summary)")
      }
    }
    return draft
  }

  /// The word of the discriminator, given or by default; `nil` if there is none or it is wrong.
  private static func kind(of node: JSONNode) -> String? {
    guard let discriminator else { return nil }
    let key = keys.first { $0.name == discriminator }
    guard case .string(let word)? = node[discriminator]?.value ?? key?.defaultValue else { return nil }
    if case .word(let words)? = key?.shape, words.contains(word) { return word }
    return keys.contains { $0.kinds?.contains(word) == true } ? word : nil
  }

  /// What a message calls this object: `link "wan"`, or just `link`.
  private static func label(of node: JSONNode) -> String {
    for key in ["name", "id", "vm", "do"] {
      if let name = node[key]?.text { return "\(noun) \(quoted(name))" }
    }
    return noun
  }

  private static func reportMisplaced(
    _ key: Key<Self>, kind: String?, at span: SourceSpan, log: inout DiagnosticLog
  ) {
    guard let discriminator, let kind, let kinds = key.kinds else {
      preconditionFailure("only a key of some kinds can be misplaced")
    }
    log.report(
      .misplacedKey,
      "the key \(quoted(key.name)) has no meaning with \(quoted(discriminator)): \(quoted(kind))", at: span,
      help: "it belongs to \(kinds.map { quoted($0) }.joined(separator: ", "))")
  }
}

/// One key of an object: its name, its type, and what its absence means.
struct Key<Owner: Draft>: Sendable {
  let name: String
  let isRequired: Bool
  /// What stands for an absent key; `nil` where the key is required or absence has its own meaning.
  let defaultValue: JSONValue?
  /// The words of the discriminator with which the key makes sense; `nil` for all.
  let kinds: [String]?
  /// Those of ``kinds`` with which a required key may be left out.
  var optionalKinds: [String] = []
  /// The default in words and where it comes from, where something else than the reader knows it.
  var documentedDefault: (text: String, source: String)?
  /// What it says, in a sentence; an optional key's ends with what its absence means.
  let summary: String
  let shape: Shape
  let decode: @Sendable (JSONNode, String, inout Owner, inout DiagnosticLog) -> Void
  /// Notes that the key is there, though under a wrong name.
  let markGiven: @Sendable (inout Owner) -> Void

  func fits(_ kind: String?) -> Bool {
    guard let kinds, let kind else { return true }
    return kinds.contains(kind)
  }

  /// Whether an object of this kind must have the key; `nil` where the kind is not known.
  func isRequired(with kind: String?) -> Bool {
    guard let kind else { return isRequired && kinds == nil }
    return isRequired && !optionalKinds.contains(kind)
  }

  /// - Parameter optionalKinds: Further words of the discriminator with which the key makes sense but may be left out.
  static func required<Value>(
    _ name: String, _ path: any WritableKeyPath<Owner, Field<Value>> & Sendable, _ type: ValueType<Value>,
    for kinds: [String]? = nil, optionalFor optionalKinds: [String] = [], _ summary: String
  ) -> Key {
    Key(
      name: name, isRequired: true, defaultValue: nil, kinds: kinds.map { $0 + optionalKinds },
      optionalKinds: optionalKinds, summary: summary, shape: type.shape,
      decode: reading(type) { owner, value in
        owner[keyPath: path] = Field(located: value, isGiven: true)
      }, markGiven: { $0[keyPath: path].isGiven = true })
  }

  static func optional<Value>(
    _ name: String, _ path: any WritableKeyPath<Owner, Field<Value>> & Sendable, _ type: ValueType<Value>,
    default defaultValue: JSONValue? = nil, for kinds: [String]? = nil, _ summary: String
  ) -> Key {
    Key(
      name: name, isRequired: false, defaultValue: defaultValue, kinds: kinds, summary: summary,
      shape: type.shape,
      decode: reading(type) { owner, value in
        owner[keyPath: path] = Field(located: value, isGiven: true)
      }, markGiven: { $0[keyPath: path].isGiven = true })
  }

  /// An optional key whose value replaces something that a new owner has.
  static func override<Value>(
    _ name: String, _ type: ValueType<Value>, default defaultValue: JSONValue? = nil, _ summary: String,
    store: @escaping @Sendable (inout Owner, Value) -> Void
  ) -> Key {
    Key(
      name: name, isRequired: false, defaultValue: defaultValue, kinds: nil, summary: summary,
      shape: type.shape,
      decode: reading(type) { owner, value in
        if let value { store(&owner, value.value) }
      }, markGiven: { _ in })
  }

  private static func reading<Value>(
    _ type: ValueType<Value>, store: @escaping @Sendable (inout Owner, Located<Value>?) -> Void
  ) -> @Sendable (JSONNode, String, inout Owner, inout DiagnosticLog) -> Void {
    { node, subject, owner, log in
      store(&owner, type.decode(node, subject, &log).map { Located(value: $0, span: node.span) })
    }
  }
}
