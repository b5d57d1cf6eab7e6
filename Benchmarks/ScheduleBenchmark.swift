import Foundation
import Inventory
import Quantities
import RandomStreams
import ReplicationCore
import SimulationKernel

/// What the schedule of a host costs for each cycle, beside replications that start each as late as it may.
///
/// A day of machines on one host at an objective of 15 minutes; transfers take 600 s divided by the number of machines,
/// give or take a tenth, so that the host is busy for two thirds of the time.
enum ScheduleBenchmark: Benchmark {
  static let name = "schedule"
  static let summary = "ns a cycle of a host's schedule with 50, 200 and 500 machines, beside none"
  static let options = "[--repetitions N (5)]"

  static func run(_ options: inout BenchmarkOptions) throws {
    let repetitions = try options.takeNumber("--repetitions", default: 5)
    try options.checkAllTaken()
    print("ns of CPU time a cycle, least of \(repetitions); each with the event queue that drives it")
    for machines in [50, 200, 500] {
      var cycles = (alone: 0, planned: 0, ahead: 0)
      var planSeconds = Double.infinity
      let least = try leastSeconds(
        repetitions: repetitions,
        of: [
          {
            var day = HostDay(machines: machines, isPlanned: false)
            let seconds = cpuSeconds { day.run() }
            cycles.alone = day.cycleCount
            return seconds
          },
          {
            var day = HostDay(machines: machines, isPlanned: true)
            let seconds = cpuSeconds { day.run() }
            cycles.planned = day.cycleCount
            planSeconds = min(planSeconds, cpuSeconds { cycles.ahead = day.plannedCycleCount })
            return seconds
          },
        ])
      let alone = least[0] * 1e9 / Double(cycles.alone)
      let planned = least[1] * 1e9 / Double(cycles.planned)
      print(
        column("\(machines) machines", 16)
          + String(
            format: "alone %6.0f ns (%d cycles), planned %6.0f ns (%d cycles), ratio %.1f;"
              + " 48 hours ahead %.1f ms (%d cycles)",
            alone, cycles.alone, planned, cycles.planned, planned / alone, planSeconds * 1e3, cycles.ahead))
    }
  }
}

/// One day of the replications of a host.
private struct HostDay {
  static let end = Instant.zero + .hours(24)

  private var host = HostSchedule()
  private(set) var cycleCount = 0
  private var schedules: [SyncSchedule]
  private var isSyncing: [Bool]
  private let isPlanned: Bool
  private var random = RandomStream(seed: 1, name: "schedule")

  init(machines: Int, isPlanned: Bool) {
    self.isPlanned = isPlanned
    isSyncing = [Bool](repeating: false, count: machines)
    schedules = (0..<machines).map { _ in
      SyncSchedule(
        objective: .minutes(15), policy: .latestStart(history: 15, safetyFactor: .percent(120)),
        imageTime: .zero)
    }
  }

  mutating func run() {
    var queue = EventQueue<UInt64>()
    let machines = schedules.count
    if isPlanned {
      for machine in 0..<machines {
        host.joined(
          VirtualMachineID(machine), outlook: schedules[machine].outlook, activity: .deltas, at: .zero)
      }
      takeMoves(at: .zero)
    }
    for machine in 0..<machines { scheduleStart(of: machine, in: &queue) }
    let durationNanoseconds = 600_000_000_000 / Int64(machines)
    while let event = queue.popNext(), event.due < Self.end {
      let (machine, now) = (Int(event.payload), event.due)
      if isSyncing[machine] {
        schedules[machine].syncCompleted(at: now)
        isSyncing[machine] = false
        cycleCount += 1
        tell(machine, at: now)
        scheduleStart(of: machine, in: &queue)
      } else {
        schedules[machine].syncStarted(at: now)
        isSyncing[machine] = true
        tell(machine, at: now)
        let jitter = Int64(random.next(below: UInt64(durationNanoseconds / 5)))
        queue.schedule(
          event.payload, at: now + .nanoseconds(durationNanoseconds * 9 / 10 + jitter))
      }
    }
  }

  /// How many cycles the plan tells after the day, for the time that it reaches ahead.
  var plannedCycleCount: Int { host.plan(from: Self.end).count }

  private mutating func tell(_ machine: Int, at now: Instant) {
    guard isPlanned else { return }
    host.changed(
      VirtualMachineID(machine), outlook: schedules[machine].outlook, activity: .deltas, at: now)
    takeMoves(at: now)
  }

  private mutating func takeMoves(at now: Instant) {
    for move in host.takeMoves(at: now) {
      if let start = move.start { schedules[move.virtualMachine.index].startPlanned(at: start) }
    }
  }

  private func scheduleStart(of machine: Int, in queue: inout EventQueue<UInt64>) {
    guard let deadline = schedules[machine].deadline else {
      preconditionFailure("a replication that waits has a deadline")
    }
    queue.schedule(UInt64(machine), at: deadline)
  }
}
