package import Quantities

/// A part of every week in universal time, such as working hours.
package struct WeeklyWindow: Sendable, Hashable {
  /// The days on which it begins: 0 is Monday.
  ///
  /// Ascending, each once.
  package let days: [Int]
  /// When it begins on each of these days; less than a day.
  package let from: TimeSpan
  /// Above zero, at most a day; it may end on the next day.
  package let length: TimeSpan

  /// - Precondition: As the properties say.
  package init(days: [Int], from: TimeSpan, length: TimeSpan) {
    precondition(days.allSatisfy { (0..<7).contains($0) }, "a week has seven days")
    precondition(
      from < .days(1) && length > .zero && length <= .days(1), "a window begins and ends within a day")
    self.days = days
    self.from = from
    self.length = length
  }

  /// How much of a week it takes.
  var weeklyTime: TimeSpan { length * Int64(days.count) }

  /// Whether `time` lies in it, from its first instant to before its end.
  ///
  /// - Parameter time: Since Monday's midnight; less than a week.
  package func contains(_ time: TimeSpan) -> Bool {
    days.contains { day in
      let begin = (TimeSpan.days(Int64(day)) + from).nanoseconds
      let week = TimeSpan.days(7).nanoseconds
      let since = time.nanoseconds >= begin ? time.nanoseconds - begin : time.nanoseconds - begin + week
      return since < length.nanoseconds
    }
  }
}

/// Which of several rules holds, week after week.
///
/// The finest rule wins: the one whose window takes the least time of a week; of equally fine ones the last.
///
///     // Half the bandwidth in working hours, a tenth on Monday mornings.
///     let schedule = WeeklySchedule([
///       WeeklyWindow(days: [0, 1, 2, 3, 4], from: .hours(8), length: .hours(10)),
///       WeeklyWindow(days: [0], from: .hours(8), length: .hours(1)),
///     ])
///     schedule.rule(at: .minutes(8 * 60 + 30))  // 1
package struct WeeklySchedule: Sendable, Hashable {
  /// The window of each rule.
  package let windows: [WeeklyWindow]
  /// The times of the week at which another rule, or none, begins to hold; ascending.
  private let changes: [TimeSpan]

  package init(_ windows: [WeeklyWindow]) {
    self.windows = windows
    let week = TimeSpan.days(7)
    var times: [TimeSpan] = []
    for window in windows {
      for day in window.days {
        let begin = TimeSpan.days(Int64(day)) + window.from
        let end = begin + window.length
        times += [begin, end < week ? end : end - week]
      }
    }
    times.sort()
    let rules = times.map { Self.rule(among: windows, at: $0) }
    // The first time is compared with the last: a week follows a week.
    changes = times.indices.filter { index in
      let isFirst = index == 0 || times[index] != times[index - 1]
      return isFirst && rules[index] != rules[index == 0 ? times.count - 1 : index - 1]
    }.map { times[$0] }
  }

  /// The rule that holds, as an index into ``windows``; `nil` where none does.
  ///
  /// - Parameter time: Since Monday's midnight; less than a week.
  package func rule(at time: TimeSpan) -> Int? { Self.rule(among: windows, at: time) }

  /// Whether any rule holds; always where there are none.
  package func holds(at time: TimeSpan) -> Bool { windows.isEmpty || rule(at: time) != nil }

  /// How long it is until another rule, or none, begins to hold; `nil` if that never changes.
  package func nextChange(after time: TimeSpan) -> TimeSpan? {
    guard let first = changes.first else { return nil }
    if let next = changes.first(where: { $0 > time }) { return next - time }
    return first + (.days(7) - time)
  }

  private static func rule(among windows: [WeeklyWindow], at time: TimeSpan) -> Int? {
    windows.indices.filter { windows[$0].contains(time) }
      .min { (windows[$0].weeklyTime, -$0) < (windows[$1].weeklyTime, -$1) }
  }
}
