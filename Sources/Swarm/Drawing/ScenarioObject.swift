/// An object of a scenario file, whose members keep their order and their values as JSON text.
package struct ScenarioObject: Sendable, Hashable {
  package struct Member: Sendable, Hashable {
    package let key: String
    package var text: String
  }

  package private(set) var members: [Member] = []

  package init() {}

  /// - Parameter members: Keys with their values; a value that is a text needs ``quoted(_:)``.
  init(_ members: KeyValuePairs<String, String>) {
    for (key, text) in members { self[key] = text }
  }

  /// The JSON text of a value; setting `nil` takes the member away.
  package subscript(key: String) -> String? {
    get { members.first { $0.key == key }?.text }
    set {
      let position = members.firstIndex { $0.key == key }
      switch (position, newValue) {
      case (let position?, let text?): members[position].text = text
      case (let position?, nil): members.remove(at: position)
      case (nil, let text?): members.append(Member(key: key, text: text))
      case (nil, nil): break
      }
    }
  }

  /// The value as it reads, without the quotes of a text.
  package func word(_ key: String) -> String? {
    self[key].map { $0.hasPrefix("\"") ? String($0.dropFirst().dropLast()) : $0 }
  }

  package var text: String {
    "{ " + members.map { "\(quoted($0.key)): \($0.text)" }.joined(separator: ", ") + " }"
  }
}

/// The JSON text of a text without characters that would need an escape.
func quoted(_ text: some CustomStringConvertible) -> String { "\"\(text)\"" }
