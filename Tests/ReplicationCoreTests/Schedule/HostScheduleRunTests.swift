import Inventory
import Quantities
import RandomStreams
import ReplicationCore
import Testing

/// Hosts that run for hours, planned and left to themselves.
@Suite struct HostScheduleRunTests {
  private func minutes(_ count: Int64) -> Instant { .zero + .minutes(count) }
  private func hours(_ count: Int64) -> Instant { .zero + .hours(count) }

  /// Machines that change 100 MB in 15 minutes, 1 GB in the end.
  private func machines(_ count: Int, objective: TimeSpan = .minutes(15)) -> [HostRun.Machine] {
    Array(
      repeating: .init(objective: objective, workingSet: 1e9, halfChanged: .minutes(135)), count: count)
  }

  @Test func `After an outage the plan takes apart what would go on in lockstep`() {
    let outage = hours(3)..<hours(4)
    // 125 MB/s: 50 cycles of 0.8 s in 15 min fill 5 % of the link.
    var planned = HostRun(machines(50), bytesPerSecond: 1.25e8, isPlanned: true)
    planned.run(until: hours(7), outage: outage)
    var alone = HostRun(machines(50), bytesPerSecond: 1.25e8, isPlanned: false)
    alone.run(until: hours(7), outage: outage)

    // All are overdue when the path returns, and start at once.
    let settling = hours(4) + .minutes(10)..<hours(7)
    #expect(planned.peak(in: hours(4)..<settling.lowerBound) == 50)
    #expect(planned.peak(in: settling) <= 3)
    #expect(planned.peak(in: hours(5)..<hours(7)) == 1)
    #expect(alone.peak(in: hours(5)..<hours(7)) == 50)
    #expect(planned.lateCycles(in: settling).isEmpty)
    // Early starts cost little: they are used only until the machines are apart.
    #expect(planned.bytes(in: settling) < 1.03 * alone.bytes(in: settling))
  }

  @Test func `A crowded link settles after an outage`() {
    // 12.5 MB/s: the same cycles fill 45 % of the link, and each takes as long as its neighbours let it.
    var planned = HostRun(machines(50), bytesPerSecond: 1.25e7, isPlanned: true)
    planned.run(until: hours(12), outage: hours(1)..<hours(2))
    var alone = HostRun(machines(50), bytesPerSecond: 1.25e7, isPlanned: false, spreads: true)
    alone.run(until: hours(12), outage: hours(1)..<hours(2))
    #expect(planned.peak(in: hours(10)..<hours(12)) == 1)
    #expect(alone.peak(in: hours(10)..<hours(12)) > 5)
    #expect(planned.lateCycles(in: hours(8)..<hours(12)).isEmpty)
  }

  @Test(arguments: [1, 2, 10, 50])
  func `A steady load is on time from the first cycle on`(count: Int) {
    var run = HostRun(machines(count), bytesPerSecond: 1.25e7, isPlanned: true)
    run.run(until: hours(6))
    #expect(run.lateCycles(in: .zero..<hours(6)).isEmpty)
    // The first transfers are shorter than later ones, so the second is planned with care.
    #expect(run.peak(in: hours(2)..<hours(6)) == 1)
  }

  @Test func `Machines of different objectives keep apart`() {
    // A cycle of 20 min sends 129 MB, one of 10 h 816 MB; 250 MB/s leave room for all.
    let mixed = machines(20, objective: .minutes(20)) + machines(10, objective: .hours(10))
    var run = HostRun(mixed, bytesPerSecond: 2.5e8, isPlanned: true)
    run.run(until: hours(24))
    #expect(run.peak(in: hours(1)..<hours(24)) == 1)
    #expect(run.lateCycles(in: .zero..<hours(24)).isEmpty)
  }

  /// Transfers take anything up to what was estimated, so that every objective can be kept.
  @Test(arguments: 0..<100 as Range<UInt64>)
  func `No cycle starts after its latest start`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "host-schedule-latest")
    let count = 1 + Int(random.next(below: 12))
    var host = HostSchedule()
    var schedules = (0..<count).map { _ in
      SyncSchedule(
        objective: .minutes(Int64(5 + random.next(below: 60))),
        policy: .latestStart(history: 15, safetyFactor: .percent(120)), imageTime: .zero)
    }
    var ends: [Instant?] = Array(repeating: nil, count: count)
    var imageTimes = Array(repeating: Instant.zero, count: count)
    var running: [Instant] = imageTimes
    var earliest = imageTimes
    var canBeKept = Array(repeating: true, count: count)
    var now = Instant.zero
    for index in 0..<count {
      host.joined(VirtualMachineID(index), outlook: schedules[index].outlook, activity: .deltas, at: now)
    }
    func follow() {
      for move in host.takeMoves(at: now) {
        let index = move.virtualMachine.index
        guard let start = move.start else { continue }
        #expect(
          start >= earliest[index], "at most a quarter, or half without history, of the objective early")
        schedules[index].startPlanned(at: start)
        #expect(schedules[index].deadline == start, "the plan is never later than the latest start")
      }
    }
    follow()
    for _ in 0..<count * 20 {
      let next = (0..<count).min { due($0) < due($1) }
      guard let index = next else { return }
      now = max(now, due(index))
      if ends[index] == nil {
        #expect(host.nextDeadline == schedules[index].deadline)
        schedules[index].syncStarted(at: now)
        running[index] = now
        canBeKept[index] =
          now <= imageTimes[index] + (schedules[index].objective - schedules[index].estimate)
        let most = schedules[index].estimate.nanoseconds
        ends[index] = now + .nanoseconds(Int64(random.next(below: UInt64(most) + 1)))
      } else {
        schedules[index].syncCompleted(at: now)
        if canBeKept[index] { #expect(now - imageTimes[index] <= schedules[index].objective) }
        imageTimes[index] = running[index]
        ends[index] = nil
        if case .latest(let latest) = schedules[index].outlook.start {
          let isKnown = schedules[index].outlook.expectedDuration != nil
          let early = schedules[index].objective / (isKnown ? 4 : 2)
          earliest[index] = latest - early
        }
      }
      host.changed(VirtualMachineID(index), outlook: schedules[index].outlook, activity: .deltas, at: now)
      follow()
    }

    func due(_ index: Int) -> Instant { ends[index] ?? schedules[index].deadline ?? now }
  }

  /// Shows that planning one cycle ahead, again and again, is the 48-hour plan.
  @Test(arguments: 0..<30 as Range<UInt64>)
  func `What happens is what the plan of 48 hours said`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "host-schedule-plan")
    let count = 1 + Int(random.next(below: 6))
    var host = HostSchedule()
    // No margin and always the same transfer: estimates stay as they are.
    var outlooks: [CycleOutlook] = []
    let now = Instant.zero + .minutes(5)
    for index in 0..<count {
      let transfer = TimeSpan.seconds(Int64(10 + random.next(below: 290)))
      let objective = TimeSpan.minutes(Int64(15 + random.next(below: 200)))
      var schedule = SyncSchedule(
        objective: objective,
        policy: random.next(below: 4) == 0 ? .fixedInterval : .latestStart(history: 1, safetyFactor: .one),
        imageTime: .zero - objective)
      schedule.syncStarted(at: .zero)
      schedule.syncCompleted(at: .zero + transfer)
      outlooks.append(schedule.outlook)
      host.joined(VirtualMachineID(index), outlook: schedule.outlook, activity: .deltas, at: now)
    }
    let plan = host.plan(from: now)
    #expect(happened(host, outlooks, in: now..<now + .hours(48)) == plan)
    #expect(plan.count > count * 10)
  }

  /// Follows one planned start after the other, each transfer taking what is expected.
  private func happened(
    _ host: HostSchedule, _ outlooks: [CycleOutlook], in window: Range<Instant>
  ) -> [PlannedCycle] {
    var (host, outlooks, now) = (host, outlooks, window.lowerBound)
    var cycles: [PlannedCycle] = []
    var starts: [Instant?] = outlooks.map { _ in nil }
    var ends = starts
    while now < window.upperBound {
      for move in host.takeMoves(at: now) { starts[move.virtualMachine.index] = move.start }
      now = (starts + ends).compactMap { $0 }.min() ?? window.upperBound
      guard now < window.upperBound else { break }
      for index in outlooks.indices {
        if ends[index] == now, case .running(let imageTime) = outlooks[index].start {
          outlooks[index].start = outlooks[index].start(after: imageTime, completedAt: now)
          ends[index] = nil
        } else if starts[index] == now {
          let end = now + (outlooks[index].expectedDuration ?? .zero)
          cycles.append(.init(virtualMachine: VirtualMachineID(index), start: now, expectedEnd: end))
          outlooks[index].start = .running(imageTime: now)
          (starts[index], ends[index]) = (nil, end)
        } else {
          continue
        }
        host.changed(VirtualMachineID(index), outlook: outlooks[index], activity: .deltas, at: now)
      }
    }
    return cycles
  }

  /// Tries every whole minute for every machine.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `The peak is at most one above that of the best plan`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "host-schedule-brute-force")
    let count = 2 + Int(random.next(below: 3))
    var host = HostSchedule()
    var windows: [(earliest: Int64, latest: Int64, duration: Int64)] = []
    for index in 0..<count {
      let duration = Int64(1 + random.next(below: 4))
      let image = Int64(random.next(below: 4))
      var schedule = SyncSchedule(
        objective: .minutes(20), policy: .latestStart(history: 15, safetyFactor: .one),
        imageTime: minutes(image) - .minutes(20))
      schedule.syncStarted(at: minutes(image))
      schedule.syncCompleted(at: minutes(image + duration))
      host.joined(VirtualMachineID(index), outlook: schedule.outlook, activity: .deltas, at: minutes(8))
      // Image + 20 − duration, and 5 min earlier.
      windows.append((max(8, image + 15 - duration), image + 20 - duration, duration))
    }
    _ = host.takeMoves(at: minutes(8))
    let found = host.virtualMachines.compactMap { machine -> PlannedCycle? in
      guard let start = host.plannedStart(of: machine) else { return nil }
      return cycle(machine.index, start: start, lasting: windows[machine.index].duration)
    }
    #expect(found.count == count)
    #expect(found.concurrentCountMaximum <= best([]) + 1)

    func cycle(_ index: Int, start: Instant, lasting duration: Int64) -> PlannedCycle {
      PlannedCycle(
        virtualMachine: VirtualMachineID(index), start: start, expectedEnd: start + .minutes(duration))
    }
    func best(_ placed: [PlannedCycle]) -> Int {
      guard placed.count < count else { return placed.concurrentCountMaximum }
      let window = windows[placed.count]
      return (window.earliest...window.latest).map {
        best(placed + [cycle(placed.count, start: minutes($0), lasting: window.duration)])
      }.min() ?? 0
    }
  }
}
