import Quantities

// What a link says about times of the week and other traffic.

struct WeeklyWindowDraft: Draft {
  static let noun = "time of the week"

  var span: SourceSpan?
  var days = Field<[Int]>()
  var from = Field<TimeSpan>()
  var to = Field<TimeSpan>()

  static let keys: [Key<Self>] = [
    .optional("days", \.days, .weekdays, default: "Mon-Sun", "The days on which it begins."),
    .required("from", \.from, .timeOfDay, "When it begins, universal time."),
    .required("to", \.to, .timeOfDay, "When it ends; on the next day, if that is not after \"from\"."),
  ]
}

struct LinkRuleDraft: Draft {
  static let noun = "rule of a link's schedule"

  var span: SourceSpan?
  var name = Field<String>()
  var days = Field<[Int]>()
  var from = Field<TimeSpan>()
  var to = Field<TimeSpan>()
  var bandwidth = Field<BandwidthDraft>()

  static let keys: [Key<Self>] = [
    .optional("name", \.name, .name, "The name by which an override calls it; none if left out."),
    .optional("days", \.days, .weekdays, default: "Mon-Sun", "The days on which it begins."),
    .required("from", \.from, .timeOfDay, "When it begins, universal time."),
    .required("to", \.to, .timeOfDay, "When it ends; on the next day, if that is not after \"from\"."),
    .required("bandwidth", \.bandwidth, .bandwidth, "The raw bandwidth for that time."),
  ]
}

struct BackgroundDraft: Draft {
  static let noun = "background"

  var span: SourceSpan?
  var rate = Field<BandwidthDraft>()
  var share = Field<Ratio>()
  var connections = Field<Int>()
  var on = Field<TimeSpan>()
  var off = Field<TimeSpan>()
  var schedule = Field<[Located<WeeklyWindowDraft>]>()

  static let keys: [Key<Self>] = [
    .optional("rate", \.rate, .bandwidth, "What it sends at most, as data; or give a \"share\"."),
    .optional(
      "share", \.share, .positiveShare,
      "What it sends at most, as a share of what the link carries; or give a \"rate\"."),
    .optional(
      "connections", \.connections, .count(1...10_000), default: 1,
      "As how many connections it competes with those of replications."),
    .optional(
      "on", \.on, .positiveDuration(unit: "s"), "The mean length of its bursts; it is steady if left out."),
    .optional(
      "off", \.off, .positiveDuration(unit: "s"),
      "The mean length of the pauses between them; it is steady if left out."),
    .optional(
      "schedule", \.schedule, .list(of: .object()), default: .list([]),
      "The times of the week when it is there; always if left out."),
  ]
}

/// The days as a scenario writes them.
private let dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

extension ValueType where Value == [Int] {
  /// Days of the week, such as `Mon-Fri` or `Sat,Sun`: 0 is Monday.
  static let weekdays = ValueType(shape: .text(meaning: weekdaysMeaning, example: "Mon-Fri")) {
    node, subject, log in
    guard case .string(let text) = node.value else {
      log.reportWrongType(node, subject: subject, expected: weekdaysMeaning)
      return nil
    }
    guard let days = days(of: text) else {
      log.report(
        .invalidWeekTime, "\(quoted(text)) names no days of a week", at: node.span,
        help: "\(subject) needs \(weekdaysMeaning)")
      return nil
    }
    return days
  }

  private static let weekdaysMeaning = "days such as \"Mon-Fri\" or \"Sat,Sun\""

  /// The days that a list of days and ranges names, ascending; `nil` if it is none.
  ///
  /// A range may go over Sunday.
  private static func days(of text: String) -> [Int]? {
    var days = [Bool](repeating: false, count: 7)
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { end in
        dayNames.firstIndex { $0.lowercased() == end.drop { $0 == " " }.lowercased() }
      }
      guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil else { return nil }
      for step in 0...(last - first + 7) % 7 { days[(first + step) % 7] = true }
    }
    return days.indices.filter { days[$0] }
  }
}

extension ValueType where Value == TimeSpan {
  /// A time of day in hours and minutes, from `00:00` to `24:00`.
  static let timeOfDay = ValueType(shape: .text(meaning: timeOfDayMeaning, example: "08:00")) {
    node, subject, log in
    guard case .string(let text) = node.value else {
      log.reportWrongType(node, subject: subject, expected: timeOfDayMeaning)
      return nil
    }
    let digits = text.utf8.map { Int64($0) - 48 }
    let isWellFormed =
      digits.count == 5 && text.utf8.dropFirst(2).first == UInt8(ascii: ":")
      && [0, 1, 3, 4].allSatisfy { (0...9).contains(digits[$0]) }
    let time = isWellFormed ? (digits[0] * 10 + digits[1]) * 60 + digits[3] * 10 + digits[4] : -1
    guard isWellFormed, digits[3] < 6, (0...1_440).contains(time) else {
      log.report(
        .invalidWeekTime, "\(quoted(text)) is no time of day", at: node.span,
        help: "\(subject) needs \(timeOfDayMeaning)")
      return nil
    }
    return .minutes(time)
  }

  private static let timeOfDayMeaning = "a time of day such as \"08:00\""
}
