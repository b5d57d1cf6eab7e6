import Inventory
import Quantities
import ReplicationCore

/// A host whose machines send their deltas over one link, shared equally among those that are sending.
struct HostRun {
  /// A machine that writes evenly over a set of extents, so that changes level off.
  struct Machine {
    let objective: TimeSpan
    /// All that it ever writes to, in bytes.
    let workingSet: Double
    /// After this time half of the working set has changed.
    let halfChanged: TimeSpan

    /// What changed in `span`: W · t / (t + h), concave as every count of distinct extents.
    func changed(in span: TimeSpan) -> Double {
      workingSet * span.inSeconds / (span.inSeconds + halfChanged.inSeconds)
    }
  }

  struct Cycle {
    let machine: Int
    let start: Instant
    let end: Instant
    let bytes: Double
    /// How old the instance before was when this one completed.
    let ageAtEnd: TimeSpan
  }

  private struct Transfer {
    let machine: Int
    let start: Instant
    let bytes: Double
    var remaining: Double
  }

  private static let never = Instant(nanoseconds: .max)

  let machines: [Machine]
  let bytesPerSecond: Double
  /// Whether the host plans; otherwise every cycle starts as late as its objective permits.
  let isPlanned: Bool
  private(set) var cycles: [Cycle] = []
  private var schedules: [SyncSchedule]
  private var host: HostSchedule
  /// When each machine starts its next sync, far ahead while one is running.
  private var dues: [Instant]
  private var imageTimes: [Instant]
  private var transfers: [Transfer] = []
  private var now = Instant.zero
  private var isConnected = true

  init(
    _ machines: [Machine], bytesPerSecond: Double, isPlanned: Bool, spreads: Bool = false,
    parameters: HostSchedule.Parameters = .init()
  ) {
    self.machines = machines
    self.bytesPerSecond = bytesPerSecond
    self.isPlanned = isPlanned
    schedules = machines.enumerated().map { index, machine in
      let half = machine.objective / 2
      return SyncSchedule(
        objective: machine.objective, policy: .latestStart(history: 15, safetyFactor: .percent(120)),
        imageTime: .zero, firstSync: spreads ? .zero + half * Int64(index) / Int64(machines.count) : nil)
    }
    host = HostSchedule(parameters: parameters)
    imageTimes = machines.map { _ in .zero }
    dues = schedules.map { $0.deadline ?? Self.never }
    for index in machines.indices {
      host.joined(
        VirtualMachineID(index), outlook: schedules[index].outlook, activity: .deltas, at: .zero)
    }
    takeMoves()
  }

  /// The connection is lost during `outage`: what is being sent is given up, and nothing starts.
  mutating func run(until end: Instant, outage: Range<Instant>? = nil) {
    while true {
      var next = end
      if let outage {
        for edge in [outage.lowerBound, outage.upperBound] where edge > now { next = min(next, edge) }
      }
      if isConnected {
        for due in dues { next = min(next, max(due, now)) }
        if let least = transfers.map(\.remaining).min() {
          let seconds = least * Double(transfers.count) / bytesPerSecond
          next = min(next, now + .nanoseconds(max(1, Int64((seconds * 1e9).rounded(.up)))))
        }
      }
      let sent = (next - now).inSeconds * bytesPerSecond / Double(max(1, transfers.count))
      for index in transfers.indices { transfers[index].remaining -= sent }
      now = next
      guard now < end else { return }
      if let outage { follow(outage) }
      complete()
      if isConnected { start() }
      takeMoves()
    }
  }

  private mutating func follow(_ outage: Range<Instant>) {
    if isConnected, outage.contains(now) {
      isConnected = false
      for transfer in transfers { schedules[transfer.machine].syncAborted(at: now) }
      transfers = []
      for index in machines.indices { tell(index) }
    } else if !isConnected, now >= outage.upperBound {
      isConnected = true
      for index in machines.indices { tell(index) }
    }
  }

  private mutating func complete() {
    // A millionth of a byte is the rounding of the shares.
    for transfer in transfers where transfer.remaining < 1e-3 {
      schedules[transfer.machine].syncCompleted(at: now)
      cycles.append(
        Cycle(
          machine: transfer.machine, start: transfer.start, end: now, bytes: transfer.bytes,
          ageAtEnd: now - imageTimes[transfer.machine]))
      imageTimes[transfer.machine] = transfer.start
      tell(transfer.machine)
    }
    transfers.removeAll { $0.remaining < 1e-3 }
  }

  private mutating func start() {
    for index in machines.indices {
      guard dues[index] <= now else { continue }
      schedules[index].syncStarted(at: now)
      // 100 kB belong to every cycle, whatever changed.
      let bytes = 1e5 + machines[index].changed(in: now - imageTimes[index])
      transfers.append(Transfer(machine: index, start: now, bytes: bytes, remaining: bytes))
      tell(index)
    }
  }

  private mutating func tell(_ index: Int) {
    dues[index] = schedules[index].deadline ?? Self.never
    host.changed(
      VirtualMachineID(index), outlook: schedules[index].outlook,
      activity: isConnected ? .deltas : .stopped, at: now)
  }

  private mutating func takeMoves() {
    guard isPlanned else { return }
    for move in host.takeMoves(at: now) {
      guard let start = move.start else { continue }
      let index = move.virtualMachine.index
      schedules[index].startPlanned(at: start)
      dues[index] = schedules[index].deadline ?? Self.never
    }
  }

  // MARK: - What came out

  /// The most cycles running at one moment, of those that started in `window`.
  func peak(in window: Range<Instant>) -> Int {
    cycles.filter { window.contains($0.start) }
      .map {
        PlannedCycle(virtualMachine: VirtualMachineID($0.machine), start: $0.start, expectedEnd: $0.end)
      }
      .concurrentCountMaximum
  }

  func bytes(in window: Range<Instant>) -> Double {
    cycles.filter { window.contains($0.start) }.reduce(0) { $0 + $1.bytes }
  }

  /// The cycles that completed when the instance before was older than the objective.
  func lateCycles(in window: Range<Instant>) -> [Cycle] {
    cycles.filter { window.contains($0.start) && $0.ageAtEnd > machines[$0.machine].objective }
  }
}
