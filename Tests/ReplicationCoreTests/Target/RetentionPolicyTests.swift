import Quantities
import RandomStreams
import ReplicationCore
import Testing

@Suite struct RetentionPolicyTests {
  /// An instance every `interval` from midnight on; those kept and the latest, as a target applies the policy.
  private func kept(
    _ policy: RetentionPolicy, every interval: TimeSpan, until end: TimeSpan,
    timeOfDayAtStart: TimeSpan = .zero
  ) -> [Instant] {
    var instances: [Instant] = []
    var now = Instant.zero
    while now <= .zero + end {
      instances.append(now)
      let isKept = policy.kept(of: instances, timeOfDayAtStart: timeOfDayAtStart)
      instances = zip(instances, isKept).filter { $0.1 || $0.0 == now }.map(\.0)
      now = now + interval
    }
    return instances
  }

  private func hours(_ count: Int64) -> Instant { .zero + .hours(count) }

  @Test func `Three per day for five days keep 15 and the latest`() throws {
    let policy = try RetentionPolicy(instancesPerDay: 3, days: 5)
    #expect(policy.slotLimit == 15)

    // An instance every hour for ten days; the last at 11:00 of the eleventh day.
    let instances = kept(policy, every: .hours(1), until: .hours(10 * 24 + 11))

    // The slot of 8:00 and the 14 before it, each with its first instance, and the one of 11:00.
    let slots = (0..<15).map { hours(10 * 24 + 8 - 8 * Int64($0)) }.reversed()
    #expect(instances == Array(slots) + [hours(10 * 24 + 11)])
    #expect(instances.count == 15 + 1)
  }

  @Test func `Slots begin at 0, 8 and 16 o'clock wherever the run begins`() throws {
    let policy = try RetentionPolicy(instancesPerDay: 3, days: 1)

    // The run begins at 6:00, so that 8, 16 and 0 o'clock are 2, 10 and 18 h after its start. The last instance
    // is that of 3:00.
    let instances = kept(
      policy, every: .hours(1), until: .hours(21), timeOfDayAtStart: .hours(6))

    #expect(instances == [hours(2), hours(10), hours(18), hours(21)])
  }

  @Test func `The first or the last instance of a slot is kept`() throws {
    let points = [hours(8), hours(9), hours(10), hours(17)]
    let earliest = try RetentionPolicy(instancesPerDay: 3, days: 1)
    #expect(earliest.kept(of: points, timeOfDayAtStart: .zero) == [true, false, false, true])

    let latest = try RetentionPolicy(instancesPerDay: 3, days: 1, choice: .latest)
    #expect(latest.kept(of: points, timeOfDayAtStart: .zero) == [false, false, true, true])
  }

  @Test func `An instance older than all slots expires`() throws {
    // One slot of a day, two of them: the instance of the day before yesterday goes.
    let policy = try RetentionPolicy(instancesPerDay: 1, days: 2)
    let points = [hours(1), hours(25), hours(50)]
    #expect(policy.kept(of: points, timeOfDayAtStart: .zero) == [false, true, true])
  }

  @Test func `Instants before the start of a run lie in slots too`() throws {
    let policy = try RetentionPolicy(instancesPerDay: 1, days: 3)
    let points = [-20, -4, 4].map { Instant(nanoseconds: $0 * TimeSpan.hours(1).nanoseconds) }
    #expect(policy.kept(of: points, timeOfDayAtStart: .zero) == [true, false, true])
    // At 22:00 the run begins, so that -20 h is 2:00 of the same day.
    #expect(policy.kept(of: points, timeOfDayAtStart: .hours(22)) == [true, false, true])
    #expect(policy.kept(of: points, timeOfDayAtStart: .hours(4)) == [true, true, false])
  }

  @Test func `More than 24 points in time are refused`() throws {
    #expect(try RetentionPolicy(instancesPerDay: 24, days: 1).slotLimit == 24)
    #expect(throws: RetentionPolicyError.tooManyInstances(25, maximum: 24)) {
      try RetentionPolicy(instancesPerDay: 5, days: 5)
    }
    #expect(throws: RetentionPolicyError.notPositive) { try RetentionPolicy(instancesPerDay: 0, days: 5) }
    #expect(throws: RetentionPolicyError.tooManyInstances(.max, maximum: 24)) {
      try RetentionPolicy(instancesPerDay: .max, days: 2)
    }
    #expect(throws: RetentionPolicyError.tooManyInstances(30, maximum: 24)) {
      try RetentionPolicy(tiers: [
        .init(granularity: .minutes(60), slotCount: 20), .init(granularity: .minutes(1_440), slotCount: 10),
      ])
    }
    #expect(throws: RetentionPolicyError.notPositive) {
      try RetentionPolicy(tiers: [.init(granularity: .minutes(-1), slotCount: 20)])
    }
  }

  @Test func `Six per day ask for an objective of four hours`() throws {
    let policy = try RetentionPolicy(instancesPerDay: 6, days: 4)
    #expect(policy.warnings(objective: .hours(4)) == [])
    #expect(
      policy.warnings(objective: .minutes(241))
        == [.objectiveTooLong(slotLength: .hours(4), objective: .minutes(241))])
  }

  @Test func `Tiers keep recent hours and older days`() throws {
    let policy = try RetentionPolicy(tiers: [
      .init(granularity: .minutes(0), slotCount: 1), .init(granularity: .minutes(60), slotCount: 3),
      .init(granularity: .minutes(1_440), slotCount: 2),
    ])
    #expect(policy.slotLimit == 5)

    let instances = kept(policy, every: .minutes(30), until: .hours(34))

    // 0:00 of both days, the hours 8, 9 and 10 of the second, of which 10:00 is the latest.
    #expect(instances == [hours(0), hours(24), hours(32), hours(33), hours(34)])
  }

  @Test func `A tier of no granularity keeps the latest only`() throws {
    let policy = try RetentionPolicy(tiers: [.init(granularity: .minutes(0), slotCount: 1)])
    #expect(policy.kept(of: [hours(1), hours(2)], timeOfDayAtStart: .zero) == [false, false])
    #expect(policy.warnings(objective: .hours(24)) == [])
  }

  /// The plainest model: for each slot, going back from that of the last instance, look through all instances.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `Policy agrees with a walk from slot to slot`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "retention")
    let divisors: [Int] = [1, 2, 3, 4, 6, 8, 12, 24]
    let perDay = divisors[Int(random.next(below: 8))]
    let days = 1 + Int(random.next(below: UInt64(24 / perDay)))
    let choice = random.next(below: 2) == 0 ? RetentionPolicy.Choice.earliest : .latest
    let policy = try RetentionPolicy(instancesPerDay: perDay, days: days, choice: choice)
    let slot = TimeSpan.days(1).nanoseconds / Int64(perDay)
    let timeOfDay = TimeSpan.minutes(Int64(random.next(below: 1_440)))
    // Half of the instants lie on whole hours, where slots begin.
    var points: Set<Int64> = []
    for _ in 0..<1 + random.next(below: 60) {
      let minute = Int64(random.next(below: 6 * 1_440)) - 1_440
      let instant = random.next(below: 2) == 0 ? minute : minute / 60 * 60
      points.insert(TimeSpan.minutes(1).nanoseconds * instant - timeOfDay.nanoseconds)
    }
    let instants = points.sorted()

    // Long before all of them a midnight, from which slots are counted.
    let midnight = -100 * TimeSpan.days(1).nanoseconds - timeOfDay.nanoseconds
    var start = midnight
    while start + slot <= instants.last! { start += slot }
    var expected: Set<Int64> = []
    for _ in 0..<perDay * days {
      let inSlot = instants.filter { $0 >= start && $0 < start + slot }
      if let one = choice == .earliest ? inSlot.first : inSlot.last { expected.insert(one) }
      start -= slot
    }

    let isKept = policy.kept(
      of: instants.map { Instant(nanoseconds: $0) }, timeOfDayAtStart: timeOfDay)
    #expect(zip(instants, isKept).filter(\.1).map(\.0) == expected.sorted())
  }
}
