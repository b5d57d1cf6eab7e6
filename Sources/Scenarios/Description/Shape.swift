/// The form of a value, as documentation and a JSON schema need it.
indirect enum Shape: Sendable {
  /// A text; `example` is one that is read without a complaint.
  case text(meaning: String, example: String)
  /// A value with its unit; `bounds` completes "a duration", as "above zero", and is `nil` where every value does.
  case quantity(kind: String, examples: String, bounds: String?, example: String)
  case word([String])
  case count(ClosedRange<Int>)
  case flag
  case list(Shape, count: ClosedRange<Int>)
  /// An object with fixed keys.
  case object(any Draft.Type)
  /// An object whose keys are names.
  case named(Shape)
  case either(Shape, Shape)

  /// The form in words, to complete "needs …".
  var noun: String {
    switch self {
    case .text(let meaning, _): meaning
    case .quantity(let kind, let examples, _, _): "\(withArticle(kind)) such as \(examples)"
    case .word(let words): "one of \(words.map { quoted($0) }.joined(separator: ", "))"
    case .count: "a whole number"
    case .flag: "true or false"
    case .list: "a list"
    case .object(let draft): "an object that describes \(draft.nounWithArticle)"
    case .named: "an object whose keys are names"
    case .either(let one, let other): "\(one.noun), or \(other.noun)"
    }
  }

  /// The form in words with its bounds, and that of its parts.
  var fullNoun: String {
    switch self {
    case .text, .word, .flag, .object: noun
    case .quantity(let kind, let examples, let bounds, _):
      withArticle(kind) + (bounds.map { " " + $0 } ?? "") + ", such as \(examples)"
    case .count(let range):
      switch (range.lowerBound, range.upperBound) {
      case (let lower, .max): "a whole number from \(lower) on"
      case (let lower, let upper) where lower == upper: "the number \(lower)"
      case (let lower, let upper): "a whole number from \(lower) to \(upper)"
      }
    case .list(let element, let count):
      switch (count.lowerBound, count.upperBound) {
      case (0, .max): "a list, each element \(element.fullNoun)"
      case (let lower, .max): "a list of \(lower) or more, each element \(element.fullNoun)"
      case (let lower, _): "a list of \(lower), each element \(element.fullNoun)"
      }
    case .named(let value): "an object whose keys are names, each value \(value.fullNoun)"
    case .either(let one, let other): "\(one.fullNoun); or \(other.fullNoun)"
    }
  }

  /// A value of the form as JSON, which its reader accepts.
  var example: String {
    switch self {
    case .text(_, let example), .quantity(_, _, _, let example): quoted(example)
    case .word(let words): quoted(words.first ?? "")
    case .count(let range): "\(min(max(2, range.lowerBound), range.upperBound))"
    case .flag: "true"
    case .list(let element, let count):
      "[" + Array(repeating: element.example, count: max(1, count.lowerBound)).joined(separator: ", ") + "]"
    case .object(let draft): draft.example
    case .named(let value): "{ \"NAME\": \(value.example) }"
    case .either(let one, _): one.example
    }
  }

  /// The objects with fixed keys that a value may be or hold at its first level, each with the way to it.
  var objects: [(steps: [FormatDescription.Step], draft: any Draft.Type)] {
    switch self {
    case .text, .quantity, .word, .count, .flag: []
    case .object(let draft): [([], draft)]
    case .list(let element, _): element.objects.map { ([.element] + $0.steps, $0.draft) }
    case .named(let value): value.objects.map { ([.name] + $0.steps, $0.draft) }
    case .either(let one, let other): one.objects + other.objects
    }
  }
}

extension Shape {
  /// The form of what a path leads to by `step`: a key, or what addresses an element; `nil` if there is no such thing.
  func part(_ step: String) -> Shape? {
    switch self {
    case .object(let draft): draft.shape(ofKey: step)
    case .list(let element, _), .named(let element): element
    case .either(let one, let other): one.part(step) ?? other.part(step)
    case .text, .quantity, .word, .count, .flag: nil
    }
  }

  /// Whether it is a list wherever it has parts.
  var hasElements: Bool {
    switch self {
    case .list: true
    case .either(let one, let other): one.hasElements || other.hasElements
    case .object, .named, .text, .quantity, .word, .count, .flag: false
    }
  }
}

extension Draft {
  /// What completes "an object that describes …".
  static var nounWithArticle: String { isUncountable ? noun : withArticle(noun) }

  fileprivate static func shape(ofKey name: String) -> Shape? { keys.first { $0.name == name }?.shape }

  /// An object with what it must have, of the first kind where there are several.
  fileprivate static var example: String {
    let kind = keys.first { $0.name == discriminator }?.shape.firstWord
    let required = keys.filter { $0.fits(kind) && $0.isRequired(with: kind) }
    guard !required.isEmpty else { return "{}" }
    return "{ " + required.map { "\(quoted($0.name)): \($0.shape.example)" }.joined(separator: ", ") + " }"
  }
}

extension Shape {
  fileprivate var firstWord: String? {
    if case .word(let words) = self { words.first } else { nil }
  }
}

/// The noun with "a" or "an", by its first letter.
func withArticle(_ noun: String) -> String {
  let isVowel = noun.first.map { "aeiouAEIO".contains($0) } ?? false
  return "\(isVowel ? "an" : "a") \(noun)"
}
