import Quantities
import ReplicationCore
import Testing

@Suite struct SyncScheduleTests {
  /// The cycles of a machine whose every transfer takes equally long, each started at its deadline.
  private func cycles(
    _ schedule: SyncSchedule, transfer: TimeSpan, until end: Instant
  ) -> [Range<Instant>] {
    var schedule = schedule
    var cycles: [Range<Instant>] = []
    while let start = schedule.deadline, start < end, cycles.count < 100 {
      schedule.syncStarted(at: start)
      schedule.syncCompleted(at: start + transfer)
      cycles.append(start..<start + transfer)
    }
    return cycles
  }

  /// When the newest complete instance was older than `objective`, within `observed`.
  private func violations(
    of cycles: [Range<Instant>], objective: TimeSpan, observed: Range<Instant>
  ) -> [Range<Instant>] {
    zip(cycles, cycles.dropFirst()).compactMap { cycle, next in
      let violated = cycle.lowerBound + objective
      guard violated < next.upperBound, violated < observed.upperBound else { return nil }
      return violated..<min(next.upperBound, observed.upperBound)
    }
  }

  private func minutes(_ count: Int64) -> Instant { .zero + .minutes(count) }

  /// The clock starts at 12:00, when the first cycle does; the one before it began at 11:50.
  private func fifteenMinutes() -> SyncSchedule {
    SyncSchedule(
      objective: .minutes(15), policy: .latestStart(history: 15, safetyFactor: .one),
      imageTime: .zero - .minutes(10), firstSync: .zero)
  }

  @Test func `A transfer of five minutes lets the next cycle start by 12 10`() {
    // 12:00 + 15 min − 5 min = 12:10.
    let found = cycles(fifteenMinutes(), transfer: .minutes(5), until: minutes(25))
    #expect(found == [minutes(0)..<minutes(5), minutes(10)..<minutes(15), minutes(20)..<minutes(25)])
    #expect(violations(of: found, objective: .minutes(15), observed: minutes(0)..<minutes(25)) == [])
  }

  @Test func `A transfer of half the objective makes it transfer all the time`() {
    // 12:00 + 15 min − 7.5 min = 12:07:30, the end of the first transfer.
    let found = cycles(fifteenMinutes(), transfer: .seconds(450), until: minutes(25))
    #expect(found.map(\.lowerBound) == [0, 450, 900, 1350].map { seconds($0) })
    #expect(zip(found, found.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
    #expect(violations(of: found, objective: .minutes(15), observed: minutes(0)..<minutes(25)) == [])
  }

  @Test func `A transfer of ten minutes violates the objective from 12 15 to 12 20`() {
    let found = cycles(fifteenMinutes(), transfer: .minutes(10), until: minutes(25))
    #expect(found == [minutes(0)..<minutes(10), minutes(10)..<minutes(20), minutes(20)..<minutes(30)])
    #expect(
      violations(of: found, objective: .minutes(15), observed: minutes(0)..<minutes(25))
        == [minutes(15)..<minutes(20)])
  }

  /// Published row 3.
  @Test func `A replica is as old as its transfer took when it arrives`() {
    // 60-min objective, 22-min transfers: the next starts 60 − 22 = 38 min after the image was taken and
    // brings the age from 60 min down to 22.
    let schedule = SyncSchedule(
      objective: .hours(1), policy: .latestStart(history: 15, safetyFactor: .one),
      imageTime: .zero - .minutes(38), firstSync: .zero)
    let found = cycles(schedule, transfer: .minutes(22), until: minutes(100))
    #expect(found == [0, 38, 76].map { minutes($0)..<minutes($0 + 22) })
    #expect(violations(of: found, objective: .hours(1), observed: minutes(0)..<minutes(100)) == [])
  }

  @Test func `A transfer that covered little time counts for what a whole cycle would bring`() {
    var schedule = SyncSchedule(
      objective: .minutes(20), policy: .latestStart(history: 15, safetyFactor: .one), imageTime: .zero)
    schedule.syncStarted(at: minutes(9))
    schedule.syncCompleted(at: minutes(10))
    // One minute for the changes of 9, so 2 min for those of 18: 1 · 20 / (9 + 1) = 2, and 9 + 20 − 2 = 27.
    #expect(schedule.estimate == .minutes(2))
    #expect(schedule.deadline == minutes(27))
    // Two minutes for the changes of 18 are what was expected: (2 + 2) / 2.
    schedule.syncStarted(at: minutes(27))
    schedule.syncCompleted(at: minutes(29))
    #expect(schedule.estimate == .minutes(2))
  }

  @Test func `A transfer that covered less than a quarter of the objective tells nothing`() {
    var schedule = SyncSchedule(
      objective: .minutes(20), policy: .latestStart(history: 15, safetyFactor: .one), imageTime: .zero)
    schedule.syncStarted(at: minutes(4))
    schedule.syncCompleted(at: minutes(4))
    #expect(schedule.estimate == .minutes(10))
    #expect(schedule.deadline == minutes(14))
  }

  @Test func `A new objective moves the next start and leaves what is overdue`() {
    var schedule = fifteenMinutes()
    schedule.syncStarted(at: minutes(0))
    schedule.syncCompleted(at: minutes(5))
    schedule.reconfigured(objective: .minutes(30), at: minutes(6))
    // Five minutes for the changes of 10, so 10 for those of 20: 0 + 30 − 10.
    #expect(schedule.deadline == minutes(20))
    schedule.reconfigured(objective: .minutes(10), at: minutes(7))
    #expect(schedule.deadline == minutes(7), "0 + 10 − 5 has passed")

    var fixed = SyncSchedule(objective: .minutes(15), policy: .fixedInterval, imageTime: .zero)
    fixed.reconfigured(objective: .minutes(10), at: minutes(12))
    #expect(fixed.deadline == minutes(20))
    fixed.syncStarted(at: minutes(20))
    fixed.syncAborted(at: minutes(21))
    fixed.reconfigured(objective: .minutes(15), at: minutes(22))
    #expect(fixed.deadline == minutes(21))
  }

  @Test func `The estimate is the mean of the last fifteen transfers and a fifth more`() {
    var schedule = SyncSchedule(
      objective: .minutes(15), policy: .latestStart(history: 15, safetyFactor: .percent(120)),
      imageTime: .zero)
    #expect(schedule.estimate == .seconds(450), "half the objective without any history")
    #expect(schedule.deadline == seconds(450))

    // The first of sixteen transfers is forgotten; 1 + 2 + … + 15 = 120 s, 8 s on average.
    var now = Instant.zero
    for transfer in [500] + Array(1...15) as [Int64] {
      schedule.syncStarted(at: now)
      schedule.syncCompleted(at: now + .seconds(transfer))
      now = now + .seconds(1_000)
    }
    #expect(schedule.estimate == .milliseconds(9_600))
    // The last image was taken at 15,000 s: 15,000 + 900 − 9.6.
    #expect(schedule.deadline == .zero + .milliseconds(15_890_400))
  }

  @Test func `The transfer of a full sync's delta counts from its own start`() {
    var schedule = fifteenMinutes()
    schedule.syncStarted(at: minutes(0))
    schedule.imageTaken(at: minutes(60))
    schedule.syncCompleted(at: minutes(63))
    #expect(schedule.estimate == .minutes(3))
    #expect(schedule.deadline == minutes(72), "60 + 15 − 3")
  }

  @Test func `A transfer that is late already starts the next one at once`() {
    var schedule = fifteenMinutes()
    schedule.syncStarted(at: minutes(0))
    schedule.syncCompleted(at: minutes(40))
    #expect(schedule.deadline == minutes(40))
  }

  @Test func `A fixed interval starts at every multiple`() {
    let schedule = SyncSchedule(objective: .minutes(15), policy: .fixedInterval, imageTime: .zero)
    let found = cycles(schedule, transfer: .minutes(2), until: minutes(50))
    #expect(found.map(\.lowerBound) == [15, 30, 45].map { minutes($0) })
  }

  @Test func `A replica brought in before the run is followed by the first multiple`() {
    let schedule = SyncSchedule(
      objective: .minutes(15), policy: .fixedInterval, imageTime: Instant.zero - .minutes(40))
    #expect(schedule.deadline == minutes(15))
  }

  @Test func `A multiple that passes during a sync is skipped`() {
    let schedule = SyncSchedule(objective: .minutes(15), policy: .fixedInterval, imageTime: .zero)
    // 15–32 skips 30; 45–62 skips 60.
    let found = cycles(schedule, transfer: .minutes(17), until: minutes(80))
    #expect(found.map(\.lowerBound) == [15, 45, 75].map { minutes($0) })
  }

  @Test func `A sync that ends exactly on a multiple starts the next one there`() {
    let schedule = SyncSchedule(objective: .minutes(15), policy: .fixedInterval, imageTime: .zero)
    let found = cycles(schedule, transfer: .minutes(15), until: minutes(50))
    #expect(found.map(\.lowerBound) == [15, 30, 45].map { minutes($0) })
  }

  @Test func `A sync that takes no time does not start again at its own multiple`() {
    let schedule = SyncSchedule(objective: .minutes(15), policy: .fixedInterval, imageTime: .zero)
    let found = cycles(schedule, transfer: .zero, until: minutes(50))
    #expect(found.map(\.lowerBound) == [15, 30, 45].map { minutes($0) })
  }

  @Test(arguments: [
    SyncSchedule.Policy.fixedInterval, .latestStart(history: 15, safetyFactor: .percent(120)),
  ])
  func `An aborted sync is due again at once`(policy: SyncSchedule.Policy) {
    var schedule = SyncSchedule(objective: .minutes(15), policy: policy, imageTime: .zero, firstSync: .zero)
    schedule.syncStarted(at: minutes(0))
    #expect(schedule.deadline == nil)
    schedule.syncAborted(at: minutes(3))
    #expect(schedule.deadline == minutes(3))
  }

  @Test func `A requested sync is due at once and never later than it was`() {
    var schedule = fifteenMinutes()
    schedule.syncStarted(at: minutes(0))
    schedule.syncRequested(at: minutes(1))
    #expect(schedule.deadline == nil, "one is running")
    schedule.syncCompleted(at: minutes(5))
    schedule.syncRequested(at: minutes(7))
    #expect(schedule.deadline == minutes(7))
    schedule.syncRequested(at: minutes(9))
    #expect(schedule.deadline == minutes(7))
  }
}
