import Quantities
import Scenarios
import Testing

@Suite struct WeeklyScheduleTests {
  private static let office = WeeklyWindow(days: [0, 1, 2, 3, 4], from: .hours(8), length: .hours(10))

  @Test func `A window holds from its first instant to before its end`() {
    let schedule = WeeklySchedule([Self.office])
    #expect(schedule.rule(at: .hours(8)) == 0)
    #expect(schedule.rule(at: .hours(8) - .nanoseconds(1)) == nil)
    #expect(schedule.rule(at: .hours(18) - .nanoseconds(1)) == 0)
    #expect(schedule.rule(at: .hours(18)) == nil)
    #expect(schedule.rule(at: .days(5) + .hours(9)) == nil)
    // From Friday evening to Monday morning.
    #expect(schedule.nextChange(after: .days(4) + .hours(18)) == .days(2) + .hours(14))
  }

  @Test func `A window goes over midnight, and over the end of the week`() {
    let night = WeeklySchedule([WeeklyWindow(days: [6], from: .hours(22), length: .hours(8))])
    #expect(night.rule(at: .days(6) + .hours(23)) == 0)
    #expect(night.rule(at: .hours(5)) == 0)
    #expect(night.rule(at: .hours(6)) == nil)
    #expect(night.nextChange(after: .days(6) + .hours(22)) == .hours(8))
  }

  @Test func `The rule with the least time a week wins, then the last one`() {
    let monday = WeeklyWindow(days: [0], from: .hours(8), length: .hours(10))
    #expect(WeeklySchedule([monday, Self.office]).rule(at: .hours(9)) == 0)
    #expect(WeeklySchedule([monday, monday]).rule(at: .hours(9)) == 1)
  }

  @Test func `Without windows nothing holds by rule, and what has no times is always there`() {
    #expect(WeeklySchedule([]).rule(at: .hours(9)) == nil)
    #expect(WeeklySchedule([]).holds(at: .hours(9)))
    #expect(WeeklySchedule([]).nextChange(after: .zero) == nil)
    let always = WeeklyWindow(days: Array(0..<7), from: .zero, length: .days(1))
    #expect(WeeklySchedule([always]).nextChange(after: .hours(1)) == nil)
  }

  /// Walks through a week hour by hour, the plainest model there is.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `The next change is the first hour with another rule`(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    func pick(_ count: UInt64) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % count)
    }
    let windows = (0..<1 + pick(4)).map { _ in
      WeeklyWindow(
        days: (0..<7).filter { _ in pick(2) == 0 }, from: .hours(Int64(pick(24))),
        length: .hours(Int64(1 + pick(24))))
    }
    let schedule = WeeklySchedule(windows)
    func rule(_ hour: Int) -> Int? { schedule.rule(at: .hours(Int64(hour % 168))) }
    for hour in 0..<168 {
      let wait = (1...168).first { rule(hour + $0) != rule(hour + $0 - 1) }
      #expect(schedule.nextChange(after: .hours(Int64(hour))) == wait.map { .hours(Int64($0)) })
    }
  }
}
