/// The names of one kind of thing and what they stand for.
struct NameTable {
  /// What messages call such a thing, as "datastore".
  let noun: String
  private(set) var names: [String] = []
  private var definitions: [String: (index: Int, span: SourceSpan)] = [:]

  /// Whether something has a name that could not be read, so that no reference is surely wrong.
  private(set) var hasUnknownNames = false

  init(_ noun: String) { self.noun = noun }

  /// Notes that a whole list of things could not be read.
  mutating func missesSome() { hasUnknownNames = true }

  /// Gives a name to the thing at `index`; a second thing of that name is reported.
  ///
  /// - Parameter name: `nil` where it could not be read.
  /// - Returns: Whether the name is good and was free.
  @discardableResult
  mutating func define(_ name: Located<String>?, as index: Int, log: inout DiagnosticLog) -> Bool {
    guard let name else {
      hasUnknownNames = true
      return false
    }
    if let first = definitions[name.value] {
      log.report(
        .duplicateName, "a second \(noun) is named \(quoted(name.value))", at: name.span,
        notes: ["the first one is on \(log.location(of: first.span))"])
      return false
    }
    definitions[name.value] = (index, name.span)
    names.append(name.value)
    return true
  }

  func index(of name: String) -> Int? { definitions[name]?.index }

  func definition(of name: String) -> SourceSpan? { definitions[name]?.span }

  /// What a reference stands for; reported if unknown.
  ///
  /// - Parameter context: Completes the message, as `of virtual machine "db01"`.
  func resolve(_ reference: Located<String>?, context: String = "", log: inout DiagnosticLog) -> Int? {
    guard let reference else { return nil }
    if let index = index(of: reference.value) { return index }
    guard !hasUnknownNames else { return nil }
    let suggestion = log.wantsSuggestions ? closest(to: reference.value, among: names) : nil
    let help =
      names.isEmpty ? "the scenario defines no \(noun)\(context)" : "known: \(abridged(names))"
    log.report(
      .unknownName, "no \(noun)\(context) is named \(quoted(reference.value))", at: reference.span,
      suggestion: suggestion.map { quoted($0) }, help: suggestion == nil ? help : nil)
    return nil
  }
}
