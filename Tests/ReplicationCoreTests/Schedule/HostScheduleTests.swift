import Inventory
import Quantities
import RandomStreams
import ReplicationCore
import Testing

@Suite struct HostScheduleTests {
  private func machine(_ index: Int) -> VirtualMachineID { VirtualMachineID(index) }

  private func minutes(_ count: Int64) -> Instant { .zero + .minutes(count) }

  /// A machine whose image of `imageTime` has just arrived, like all before it, after `transfer`; no margin.
  ///
  /// Its next cycle starts at image time + objective − transfer at the latest.
  private func steady(
    imageTime: Instant, objective: TimeSpan = .minutes(15), transfer: TimeSpan = .minutes(1)
  ) -> SyncSchedule {
    var schedule = SyncSchedule(
      objective: objective, policy: .latestStart(history: 15, safetyFactor: .one),
      imageTime: imageTime - (objective - transfer))
    schedule.syncStarted(at: imageTime)
    schedule.syncCompleted(at: imageTime + transfer)
    return schedule
  }

  private func joined(_ host: inout HostSchedule, _ index: Int, _ schedule: SyncSchedule, at now: Instant) {
    host.joined(machine(index), outlook: schedule.outlook, activity: .deltas, at: now)
  }

  private func starts(_ host: HostSchedule) -> [Instant?] {
    host.virtualMachines.map { host.plannedStart(of: $0) }
  }

  // MARK: - Placement

  @Test func `A machine alone starts as late as its objective permits`() {
    var host = HostSchedule()
    joined(&host, 0, steady(imageTime: .zero), at: minutes(1))
    // 0 + 15 − 1 = 14.
    #expect(host.takeMoves(at: minutes(1)) == [.init(virtualMachine: machine(0), start: minutes(14))])
    #expect(host.nextDeadline == minutes(14))
  }

  @Test func `Machines in lockstep start one before the other`() {
    var host = HostSchedule()
    for index in 0..<5 { joined(&host, index, steady(imageTime: .zero), at: minutes(1)) }
    _ = host.takeMoves(at: minutes(1))
    // One minute each from 14 backwards. A quarter of 15 min before 14 is 10:15, which leaves the fifth three
    // quarters of a place of its own and 15 s beside the fourth.
    #expect(starts(host).dropLast() == [14, 13, 12, 11].map { minutes($0) })
    #expect(starts(host).last == .zero + .seconds(615))
    #expect(host.nextDeadline == .zero + .seconds(615))
  }

  @Test func `A cycle is put into the gap that is long enough`() {
    var host = HostSchedule()
    joined(&host, 0, steady(imageTime: minutes(0)), at: minutes(1))
    _ = host.takeMoves(at: minutes(1))
    joined(&host, 1, steady(imageTime: .zero - .minutes(2)), at: minutes(1))
    _ = host.takeMoves(at: minutes(1))
    // Taken: 14–15 and 12–13. Two minutes do not fit between, so they come before: 12 − 2 = 10.
    let wide = steady(imageTime: minutes(0), transfer: .minutes(2))
    joined(&host, 2, wide, at: minutes(2))
    _ = host.takeMoves(at: minutes(2))
    #expect(starts(host) == [14, 12, 10].map { minutes($0) })
    // One minute fits between.
    joined(&host, 3, steady(imageTime: minutes(0)), at: minutes(2))
    _ = host.takeMoves(at: minutes(2))
    #expect(starts(host).last == minutes(13))
  }

  @Test func `Where two cycles run on average the third is put beside them for the shortest time`() {
    var host = HostSchedule()
    // Each runs 5 of 10 minutes; three need 1.5 places on average, so 2 are fair.
    for index in 0..<3 {
      joined(&host, index, steady(imageTime: .zero, transfer: .minutes(5)), at: minutes(5))
    }
    _ = host.takeMoves(at: minutes(5))
    // Two run from 10 to 15, as late as they can. The third goes before them, as far as a quarter of
    // 15 min lets it: 10 − 3:45 = 6:15.
    #expect(starts(host) == [minutes(10), minutes(10), .zero + .seconds(375)])
  }

  @Test func `Machines nothing is known of are spread evenly over half the objective`() {
    var host = HostSchedule()
    for index in 0..<5 {
      let schedule = SyncSchedule(
        objective: .minutes(20), policy: .latestStart(history: 15, safetyFactor: .percent(120)),
        imageTime: .zero)
      joined(&host, index, schedule, at: .zero)
    }
    _ = host.takeMoves(at: .zero)
    // From 10 min backwards, a fifth of 10 min apart.
    #expect(starts(host) == [10, 8, 6, 4, 2].map { minutes($0) })
  }

  @Test func `What is overdue starts at once`() {
    var host = HostSchedule()
    let late = steady(imageTime: .zero)
    for index in 0..<3 { joined(&host, index, late, at: minutes(40)) }
    #expect(host.takeMoves(at: minutes(40)).map(\.start) == [14, 14, 14].map { minutes($0) })
  }

  @Test func `A fixed interval is counted but never moved`() {
    var host = HostSchedule()
    var fixed = SyncSchedule(objective: .minutes(15), policy: .fixedInterval, imageTime: .zero)
    fixed.syncStarted(at: minutes(15))
    fixed.syncCompleted(at: minutes(16))
    joined(&host, 0, fixed, at: minutes(16))
    // Its latest start is 16 + 15 − 1 = 30, where the fixed one starts.
    joined(&host, 1, steady(imageTime: minutes(16)), at: minutes(17))
    _ = host.takeMoves(at: minutes(17))
    #expect(starts(host) == [30, 29].map { minutes($0) })

    fixed.startPlanned(at: minutes(20))
    #expect(fixed.deadline == minutes(30))
  }

  @Test func `A sync asked for starts when asked and the others stay`() {
    var host = HostSchedule()
    var schedules = (0..<3).map { _ in steady(imageTime: .zero) }
    for index in 0..<3 { joined(&host, index, schedules[index], at: minutes(1)) }
    _ = host.takeMoves(at: minutes(1))
    schedules[0].syncRequested(at: minutes(5))
    host.changed(machine(0), outlook: schedules[0].outlook, activity: .deltas, at: minutes(5))
    #expect(host.takeMoves(at: minutes(5)) == [.init(virtualMachine: machine(0), start: minutes(5))])
    #expect(starts(host) == [5, 13, 12].map { minutes($0) })
  }

  @Test func `A plan brings a sync forward and never puts it off`() {
    var schedule = steady(imageTime: .zero)
    schedule.startPlanned(at: minutes(12))
    #expect(schedule.deadline == minutes(12))
    schedule.startPlanned(at: minutes(20))
    #expect(schedule.deadline == minutes(14))
    schedule.startPlanned(at: minutes(11))
    schedule.syncStarted(at: minutes(11))
    schedule.syncCompleted(at: minutes(12))
    #expect(schedule.deadline == schedule.outlook.latest, "the plan was for the cycle before")
  }

  // MARK: - Stability

  @Test func `Planning again without news changes nothing`() {
    var host = HostSchedule()
    let schedules = (0..<5).map { _ in steady(imageTime: .zero) }
    for index in 0..<5 { joined(&host, index, schedules[index], at: minutes(1)) }
    _ = host.takeMoves(at: minutes(1))
    let before = starts(host)
    for index in 0..<5 {
      host.changed(machine(index), outlook: schedules[index].outlook, activity: .deltas, at: minutes(3))
    }
    #expect(host.takeMoves(at: minutes(3)) == [])
    #expect(starts(host) == before)
  }

  @Test func `Who joins or leaves moves nobody else`() {
    var host = HostSchedule()
    for index in [0, 1, 3, 4] { joined(&host, index, steady(imageTime: .zero), at: minutes(1)) }
    _ = host.takeMoves(at: minutes(1))
    joined(&host, 2, steady(imageTime: .zero), at: minutes(2))
    #expect(host.takeMoves(at: minutes(2)).map(\.virtualMachine) == [machine(2)])
    host.left(machine(1))
    #expect(host.takeMoves(at: minutes(3)) == [])
    #expect(starts(host) == [minutes(14), .zero + .seconds(615), minutes(12), minutes(11)])
    // The place that was left is taken by the next that fits.
    joined(&host, 1, steady(imageTime: .zero), at: minutes(4))
    _ = host.takeMoves(at: minutes(4))
    #expect(host.plannedStart(of: machine(1)) == minutes(13))
  }

  @Test func `What stops leaves its place and is planned anew when it returns`() {
    var host = HostSchedule()
    let schedule = steady(imageTime: .zero)
    for index in 0..<2 { joined(&host, index, schedule, at: minutes(1)) }
    _ = host.takeMoves(at: minutes(1))
    host.changed(machine(0), outlook: schedule.outlook, activity: .stopped, at: minutes(2))
    #expect(host.takeMoves(at: minutes(2)) == [])
    #expect(starts(host) == [nil, minutes(13)])
    host.changed(machine(0), outlook: schedule.outlook, activity: .deltas, at: minutes(3))
    #expect(host.takeMoves(at: minutes(3)) == [.init(virtualMachine: machine(0), start: minutes(14))])
  }

  @Test func `A shorter objective moves the machine it was given to`() {
    var host = HostSchedule()
    var schedule = steady(imageTime: .zero)
    for index in 0..<2 { joined(&host, index, schedule, at: minutes(1)) }
    _ = host.takeMoves(at: minutes(1))
    schedule.reconfigured(objective: .minutes(10), at: minutes(2))
    host.changed(machine(1), outlook: schedule.outlook, activity: .deltas, at: minutes(2))
    // 0 + 10 − 1 = 9.
    #expect(host.takeMoves(at: minutes(2)) == [.init(virtualMachine: machine(1), start: minutes(9))])
  }

  /// Joins in one order and in another, with the same plan in the end.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `The order of joining within an instant does not matter`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "host-schedule-order")
    let count = 1 + Int(random.next(below: 8))
    let schedules = (0..<count).map { _ in
      steady(
        imageTime: minutes(Int64(random.next(below: 5))),
        objective: .minutes(Int64(15 + random.next(below: 3) * 15)),
        transfer: .minutes(Int64(1 + random.next(below: 3))))
    }
    var order = Array(0..<count)
    for index in order.indices.dropLast() {
      order.swapAt(index, index + Int(random.next(below: UInt64(count - index))))
    }
    var parameters = HostSchedule.Parameters()
    parameters.horizon = .hours(2)
    var one = HostSchedule(parameters: parameters)
    var other = HostSchedule(parameters: parameters)
    for index in 0..<count { joined(&one, index, schedules[index], at: minutes(8)) }
    for index in order { joined(&other, index, schedules[index], at: minutes(8)) }
    #expect(one.takeMoves(at: minutes(8)) == other.takeMoves(at: minutes(8)))
    #expect(one.plan(from: minutes(8)) == other.plan(from: minutes(8)))
  }

  // MARK: - Full syncs

  @Test func `Full syncs wait for their turn in the order in which they were needed`() {
    var host = HostSchedule(parameters: .init(fullSyncLimit: 2))
    let schedule = SyncSchedule(
      objective: .minutes(15), policy: .latestStart(history: 15, safetyFactor: .one), imageTime: .zero)
    for (index, minute) in [(5, 0), (9, 0), (1, 1), (0, 2)] as [(Int, Int64)] {
      host.joined(machine(index), outlook: schedule.outlook, activity: .needsFullSync, at: minutes(minute))
      let moves = host.takeMoves(at: minutes(minute))
      #expect(moves == [.init(virtualMachine: machine(index), start: minute == 0 ? .zero : nil)])
      // Telling the same again takes no second place.
      host.changed(machine(index), outlook: schedule.outlook, activity: .needsFullSync, at: minutes(minute))
    }
    host.changed(machine(5), outlook: schedule.outlook, activity: .fullSync, at: minutes(3))
    #expect(host.takeMoves(at: minutes(3)) == [])
    // The delta after a full sync gives the place to the next.
    host.changed(machine(5), outlook: schedule.outlook, activity: .deltas, at: minutes(4))
    #expect(host.takeMoves(at: minutes(4)).contains(.init(virtualMachine: machine(1), start: minutes(4))))
    // So does a machine that leaves before it began.
    host.left(machine(9))
    #expect(host.takeMoves(at: minutes(5)) == [.init(virtualMachine: machine(0), start: minutes(5))])
  }

  @Test func `Full syncs start at once where their number is not limited`() {
    var host = HostSchedule()
    let schedule = SyncSchedule(
      objective: .minutes(15), policy: .latestStart(history: 15, safetyFactor: .one), imageTime: .zero)
    for index in 0..<30 {
      host.joined(machine(index), outlook: schedule.outlook, activity: .needsFullSync, at: .zero)
    }
    #expect(host.takeMoves(at: .zero).map(\.start) == Array(repeating: .zero, count: 30))
  }
}

extension CycleOutlook {
  fileprivate var latest: Instant? { if case .latest(let instant) = start { instant } else { nil } }
}
