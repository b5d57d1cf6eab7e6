package import Inventory
package import Quantities

/// Spreads the cycles of one host's replications, so that few of them run at a time.
///
/// Each replication knows by itself when its next sync must start at the latest (``SyncSchedule``). The host
/// brings starts forward where cycles would collide. The driver
/// - tells it which replications are on the host, and after everything that happens to one its
///   ``SyncSchedule/outlook`` and what it is able to do,
/// - then takes the moves and hands each to its replication, once per instant if several change together.
///
/// **The plan.** The next cycle of each replication is planned when the one before completes, within the last
/// quarter of the objective before its latest start, and then stays: no other replication's events move it, so
/// planning again without news changes nothing. It is put where the plan has the least time with more cycles
/// running than the *fair* number, and of such places at the latest; fair is the mean number of cycles running
/// rounded up, below which the peak of no plan can lie. What is overdue starts at once. What lies further ahead follows from the same rules and is computed when
/// somebody asks (``plan(from:)``): if every transfer takes what is expected, this *is* what will happen.
///
/// Cycles are counted, not weighed by bandwidth: the source speaks of concurrent cycles, a cycle holds a
/// host context whatever it sends, and its rate is what the others leave to it rather than a property of its own.
///
/// Full syncs queue for their turn if their number is limited. Their end is unknown, so they weigh
/// the same on every place and are left out of the counting; the delta after them counts again.
/// - Source: VMware blog 2014, "Understanding vSphere Replication scheduling and RPO violations": one schedule per
///   host, from past change, spread to minimise concurrent cycles, starting early and overlapping where
///   that smooths bandwidth, recomputed on events. Where exactly it puts a cycle is inferred.
package struct HostSchedule: Sendable {
  /// What a replication is able to do.
  package enum Activity: Sendable, Hashable {
    /// Powered off, paused or not connected: nothing starts.
    case stopped
    /// A full sync is to start as soon as the host lets it.
    case needsFullSync
    case fullSync
    /// A delta is running, or the next one waits for its start.
    case deltas
  }

  /// A start that changed.
  package struct Move: Sendable, Hashable {
    package let virtualMachine: VirtualMachineID
    /// When its next sync may start; `nil` while a full sync waits for its turn.
    package let start: Instant?

    package init(virtualMachine: VirtualMachineID, start: Instant?) {
      self.virtualMachine = virtualMachine
      self.start = start
    }
  }

  struct Member: Sendable {
    let virtualMachine: VirtualMachineID
    var outlook: CycleOutlook
    var activity: Activity
    /// The planned start of its next sync.
    var start: Instant?
    /// The time its running or next cycle is counted for.
    var reservation: Range<Instant>?
    /// The share of time its cycles run, in parts per billion.
    var load: Int64 = 0
    /// Since when a full sync is needed.
    var waitingSince = Instant.zero
    var isPending = false
    /// Whether the driver knows `start`.
    var isAnnounced = true
  }

  /// The start of a waiting delta, in the order of the plan.
  private struct Due: Sendable {
    let start: Instant
    let virtualMachine: VirtualMachineID

    func precedes(_ other: Due) -> Bool {
      (start, virtualMachine) < (other.start, other.virtualMachine)
    }
  }

  let parameters: Parameters
  /// Ordered by machine.
  private(set) var members: [Member] = []
  /// Waiting deltas, ordered by start.
  private var due: [Due] = []
  /// Where reservations start and end; they may lie in the past.
  private(set) var reservationStarts = SortedInstants()
  private(set) var reservationEnds = SortedInstants()
  /// The sum of the members' loads.
  private(set) var load: Int64 = 0
  /// Members whose transfers nothing is known of yet.
  private(set) var unknownCount = 0
  /// Members with something new since the last planning.
  private var pending: [VirtualMachineID] = []
  /// Full syncs that run or may start.
  private var fullSyncCount = 0
  /// Full syncs that wait for their turn.
  private var waitingCount = 0

  package init(parameters: Parameters = Parameters()) {
    parameters.validate()
    self.parameters = parameters
  }

  // MARK: - Questions

  /// When the next sync of a replication starts, or `nil` while none is planned.
  package func plannedStart(of virtualMachine: VirtualMachineID) -> Instant? {
    index(of: virtualMachine).flatMap { members[$0].start }
  }

  /// The earliest planned start of a delta, as of the last ``takeMoves(at:)``.
  package var nextDeadline: Instant? { due.first?.start }

  /// The replications on the host, in order.
  package var virtualMachines: [VirtualMachineID] { members.map(\.virtualMachine) }

  // MARK: - What happened

  /// A replication is on this host from now on: configured, powered on, restarted or migrated here.
  ///
  /// - Precondition: It was not.
  package mutating func joined(
    _ virtualMachine: VirtualMachineID, outlook: CycleOutlook, activity: Activity, at now: Instant
  ) {
    let index = insertionIndex(of: virtualMachine)
    precondition(
      index == members.count || members[index].virtualMachine != virtualMachine, "a machine joins a host once"
    )
    members.insert(Member(virtualMachine: virtualMachine, outlook: outlook, activity: .stopped), at: index)
    unknownCount += outlook.expectedDuration == nil ? 1 : 0
    become(outlook, activity, index: index, at: now)
  }

  /// A replication left the host: unconfigured, migrated away, or its host failed.
  ///
  /// - Precondition: It was on it.
  package mutating func left(_ virtualMachine: VirtualMachineID) {
    let index = memberIndex(of: virtualMachine)
    release(index)
    unknownCount -= members[index].outlook.expectedDuration == nil ? 1 : 0
    members.remove(at: index)
    pending.removeAll { $0 == virtualMachine }
  }

  /// Something happened to a replication: a sync started, completed or was given up, it was reconfigured,
  /// paused, asked to sync, powered on or off, lost its connection or found it again.
  ///
  /// Telling what is known already changes nothing.
  /// - Precondition: It is on this host.
  package mutating func changed(
    _ virtualMachine: VirtualMachineID, outlook: CycleOutlook, activity: Activity, at now: Instant
  ) {
    let index = memberIndex(of: virtualMachine)
    guard members[index].outlook != outlook || members[index].activity != activity else { return }
    become(outlook, activity, index: index, at: now)
  }

  private mutating func become(
    _ outlook: CycleOutlook, _ activity: Activity, index: Int, at now: Instant
  ) {
    release(index)
    if activity == .needsFullSync, members[index].activity != .needsFullSync {
      members[index].waitingSince = now
    }
    unknownCount += outlook.expectedDuration == nil ? 1 : 0
    unknownCount -= members[index].outlook.expectedDuration == nil ? 1 : 0
    members[index].outlook = outlook
    members[index].activity = activity
    members[index].isAnnounced = true
    switch activity {
    case .stopped: break
    case .fullSync: fullSyncCount += 1
    case .needsFullSync:
      waitingCount += 1
      members[index].isAnnounced = false
      postpone(index)
    case .deltas:
      members[index].load = Self.load(of: outlook)
      load += members[index].load
      if case .running(let imageTime) = outlook.start {
        reserve(imageTime, index: index)
      } else {
        members[index].isAnnounced = false
        postpone(index)
      }
    }
  }

  private mutating func postpone(_ index: Int) {
    guard !members[index].isPending else { return }
    members[index].isPending = true
    pending.append(members[index].virtualMachine)
  }

  /// Takes back what the plan holds of a member.
  private mutating func release(_ index: Int) {
    let member = members[index]
    if let reservation = member.reservation {
      reservationStarts.remove(reservation.lowerBound)
      reservationEnds.remove(reservation.upperBound)
    }
    switch member.activity {
    case .deltas:
      if let start = member.start { removeDue(start, member.virtualMachine) }
    case .fullSync: fullSyncCount -= 1
    case .needsFullSync:
      if member.start == nil { waitingCount -= 1 } else { fullSyncCount -= 1 }
    case .stopped: break
    }
    load -= member.load
    members[index].load = 0
    members[index].reservation = nil
    members[index].start = nil
  }

  // MARK: - Planning

  /// Plans what is new and yields every start that the replications do not know yet.
  ///
  /// Whatever was told since the last call is planned together, in an order that does not depend on the order
  /// of telling: what must start soonest comes first, and of equals the machine with the smaller identifier.
  /// - Complexity: O(log *n* + *c*) searching and O(*n*) moving of words for each replication that changed, *c*
  ///   being the cycles that start or end within the time in which it may start.
  package mutating func takeMoves(at now: Instant) -> [Move] {
    guard !pending.isEmpty || canAdmitFullSync else { return [] }
    let machines = pending
    pending.removeAll(keepingCapacity: true)
    let order = machines.map { rank(of: memberIndex(of: $0), at: now) }
      .sorted { ($0.start, $0.virtualMachine) < ($1.start, $1.virtualMachine) }
    var changed = machines
    for rank in order {
      let index = memberIndex(of: rank.virtualMachine)
      members[index].isPending = false
      if members[index].activity == .deltas { planDelta(index, at: now) }
    }
    admitFullSyncs(at: now, changed: &changed)
    changed.sort()
    return changed.compactMap { machine in
      let index = memberIndex(of: machine)
      guard !members[index].isAnnounced else { return nil }
      members[index].isAnnounced = true
      return Move(virtualMachine: machine, start: members[index].start)
    }
  }

  /// What cannot be moved comes before everything that can.
  private func rank(of index: Int, at now: Instant) -> Due {
    let member = members[index]
    let start: Instant =
      switch member.outlook.start {
      case .latest(let latest) where latest > now: latest
      case .latest, .exactly, .running: now
      }
    return Due(start: start, virtualMachine: member.virtualMachine)
  }

  private mutating func planDelta(_ index: Int, at now: Instant) {
    let outlook = members[index].outlook
    let start: Instant
    switch outlook.start {
    case .running: return
    case .exactly(let instant): start = instant
    case .latest(let latest):
      let early = max(now, latest - earlyStart(of: outlook))
      let earliest = min(latest, max(early, outlook.earliestStart ?? early))
      start =
        latest <= now
        ? latest : quietestStart(in: earliest...latest, lasting: reservedDuration(of: outlook))
    }
    members[index].start = start
    reserve(max(start, now), index: index)
    insertDue(start, members[index].virtualMachine)
  }

  private var canAdmitFullSync: Bool {
    waitingCount > 0 && fullSyncCount < parameters.fullSyncLimit ?? .max
  }

  /// Lets full syncs start in the order in which they were needed, as far as there is room.
  private mutating func admitFullSyncs(at now: Instant, changed: inout [VirtualMachineID]) {
    while canAdmitFullSync {
      var next: Int?
      for (index, member) in members.enumerated()
      where member.activity == .needsFullSync && member.start == nil {
        if let best = next, members[best].waitingSince <= member.waitingSince { continue }
        next = index
      }
      guard let next else { preconditionFailure("a full sync that waits is among the members") }
      members[next].start = now
      waitingCount -= 1
      fullSyncCount += 1
      if members[next].isAnnounced {
        members[next].isAnnounced = false
        changed.append(members[next].virtualMachine)
      }
    }
  }

  private mutating func reserve(_ start: Instant, index: Int) {
    let end = start + reservedDuration(of: members[index].outlook)
    members[index].reservation = start..<end
    reservationStarts.insert(start)
    reservationEnds.insert(end)
  }

  // MARK: - Looking up

  private mutating func insertDue(_ start: Instant, _ virtualMachine: VirtualMachineID) {
    let new = Due(start: start, virtualMachine: virtualMachine)
    due.insert(new, at: dueIndex(of: new))
  }

  private mutating func removeDue(_ start: Instant, _ virtualMachine: VirtualMachineID) {
    let index = dueIndex(of: Due(start: start, virtualMachine: virtualMachine))
    precondition(due[index].virtualMachine == virtualMachine, "a planned start is among the due ones")
    due.remove(at: index)
  }

  private func dueIndex(of searched: Due) -> Int {
    var low = 0
    var high = due.count
    while low < high {
      let middle = (low + high) / 2
      if due[middle].precedes(searched) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func insertionIndex(of virtualMachine: VirtualMachineID) -> Int {
    var low = 0
    var high = members.count
    while low < high {
      let middle = (low + high) / 2
      if members[middle].virtualMachine < virtualMachine { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func index(of virtualMachine: VirtualMachineID) -> Int? {
    let index = insertionIndex(of: virtualMachine)
    return index < members.count && members[index].virtualMachine == virtualMachine ? index : nil
  }

  private func memberIndex(of virtualMachine: VirtualMachineID) -> Int {
    guard let index = index(of: virtualMachine) else { preconditionFailure("the machine is on this host") }
    return index
  }
}
