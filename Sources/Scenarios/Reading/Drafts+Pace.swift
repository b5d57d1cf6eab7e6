import Quantities

/// The word or weights that say how work falls on the hours.
typealias HoursDraft = Either<NamedHours, [Located<Int>]>

enum NamedHours: String, CaseIterable {
  case office = "office-hours"
}

extension ValueType where Value == HoursDraft {
  static var hours: ValueType {
    .either(.word, or: .list(of: .count(0...1_000_000), count: 24...24)) {
      if case .list = $0 { false } else { true }
    }
  }
}

extension ValueType where Value == Ratio {
  /// A share per year or day, as the share of a year of 365 days.
  static let growth = ValueType(
    shape: .text(meaning: "a growth such as \"30%\" a year or \"1%/day\"", example: "1%/day")
  ) {
    node, subject, log in
    guard case .string(let text) = node.value else {
      log.reportWrongType(node, subject: subject, expected: "a growth such as \"30%\" a year or \"1%/day\"")
      return nil
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let multiples: [String: Int64] = ["year": 1, "day": 365]
    guard parts.count <= 2, let first = parts.first, let share = try? Ratio(parsing: first),
      let multiple = multiples[parts.count == 2 ? String(parts[1]) : "year"],
      share.partsPerBillion <= 1_000_000_000_000
    else {
      log.report(
        .invalidQuantity, "\(quoted(text)) is not a growth", at: node.span,
        help: "write \"30%\" for a year, or \"1%/day\"")
      return nil
    }
    return Ratio(partsPerBillion: share.partsPerBillion * multiple)
  }
}

struct RampDraft: Draft {
  static let noun = "ramp"

  var span: SourceSpan?
  var at = Field<TimeSpan>()
  var rise = Field<TimeSpan>()
  var hold = Field<TimeSpan>()
  var fall = Field<TimeSpan>()
  var factor = Field<Ratio>()

  static let keys: [Key<Self>] = [
    .required("at", \.at, .duration(unit: "h"), "When it begins, from the start of the run."),
    .optional("rise", \.rise, .duration(), default: "10m", "How long the work rises."),
    .optional("hold", \.hold, .duration(), default: "20m", "How long it stays at its height."),
    .optional("fall", \.fall, .duration(), default: "30m", "How long it falls."),
    .required("factor", \.factor, .factor, "How much work there is at its height, of the usual."),
  ]
}
