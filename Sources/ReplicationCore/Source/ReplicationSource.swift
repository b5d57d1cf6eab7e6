package import BlockStorage
package import Quantities

/// The source side of one replication: one virtual machine with all its replicated disks.
///
/// It computes and never acts. The driver
/// - tells it every guest write *before* it reaches the disk (``guestWillWrite(_:disk:reading:)``),
/// - tells it what happened to the machine, the connection and the target,
/// - calls ``advance(to:reading:)`` at ``nextDeadline``,
/// - sends what ``nextMessage(reading:)`` yields, in order, whenever the connection has room,
/// - records what ``takeEvents()`` yields.
///
/// When a sync is given up, ``session`` changes. The driver then throws away every message of an older
/// session, in both directions, and calls ``ReplicationTarget/connectionLost()``. An instance that was complete
/// at the target by then stays; the source, which never heard of it, sends its extents once more.
package struct ReplicationSource {
  private enum Phase {
    /// No sync is running.
    case idle
    case fullSync(FullSync)
    case delta(Delta)
  }

  private struct FullSync {
    var scan: FullSyncScan
    var account: SyncAccount
    var isAnnounced = false
    var isEndSent = false
  }

  private struct Delta {
    let summary: InstanceSummary
    var account: SyncAccount
    /// The disk being read; equal to the number of disks when all were read.
    var disk = 0
    var isEndSent = false
  }

  private let parameters: ReplicationParameters
  private var trackers: [ChangeTracker]
  private var schedule: SyncSchedule
  private var connection: ConnectionMonitor
  private var phase = Phase.idle
  private var events: [ReplicationEvent] = []
  private var lastSequence: SyncSequence = 0
  private var needsFullSync: Bool
  /// Whether the target has ever held a complete instance.
  private var hasReplica: Bool
  private var isPoweredOn = true
  private var isPaused = false

  /// Changes whenever messages under way must be thrown away.
  package private(set) var session: UInt64 = 0

  /// - Parameters:
  ///   - schedule: Whose first deadline starts the first delta; a full sync starts at once.
  ///   - hasReplica: Whether the target holds a complete instance equal to the disks as they are now.
  package init(
    disks: [ExtentGeometry], schedule: SyncSchedule, hasReplica: Bool, parameters: ReplicationParameters
  ) {
    precondition(!disks.isEmpty, "a replication has at least one disk")
    parameters.validate()
    self.parameters = parameters
    self.schedule = schedule
    self.hasReplica = hasReplica
    needsFullSync = !hasReplica
    trackers = disks.map { ChangeTracker(geometry: $0) }
    connection = ConnectionMonitor(parameters: parameters)
  }

  // MARK: - Questions

  /// When ``advance(to:reading:)`` must be called next, or `nil` if only an input can change anything.
  ///
  /// It may lie in the past: what could not start in time, and every full sync, is due at once.
  package var nextDeadline: Instant? {
    var deadline = connection.deadline
    if canStart, case .idle = phase {
      let start = needsFullSync ? Instant(nanoseconds: .min) : schedule.deadline
      if let start { deadline = min(deadline ?? start, start) }
    }
    return deadline
  }

  /// The state as an administrator sees it, the recovery point objective aside.
  ///
  /// Until the first instance is complete it is never better than ``ReplicationStatus/initialFullSync``,
  /// also between the syncs that lead there: nothing can be recovered yet.
  package var status: ReplicationStatus {
    if isPaused { return .paused }
    if !isPoweredOn || connection.isLost { return .notActive }
    guard hasReplica else { return .initialFullSync }
    return switch phase {
    case .idle: needsFullSync ? .fullSync : .ok
    case .fullSync: .fullSync
    case .delta: .sync
    }
  }

  /// Whether a sync is under way, so that there may be something to send.
  package var isSyncing: Bool {
    if case .idle = phase { false } else { true }
  }

  /// What the sync under way has done so far, or `nil` if none is.
  package var currentAccount: SyncAccount? {
    switch phase {
    case .idle: nil
    case .fullSync(let sync): sync.account
    case .delta(let delta): withPreservedExtents(delta.account)
    }
  }

  /// Nominal bytes of the extents known to be dirty, those of the sync in flight not counted.
  package var dirtySize: ByteCount {
    trackers.reduce(.zero) { $0 + $1.geometry.extentSize * UInt64($1.dirty.count) }
  }

  private var canStart: Bool { isPoweredOn && !isPaused && connection.isConnected }

  /// The events since the last call, in order.
  package mutating func takeEvents() -> [ReplicationEvent] {
    defer { events.removeAll() }
    return events
  }

  // MARK: - Guest writes

  /// Records a write of the guest that is about to reach the disk.
  ///
  /// - Parameter content: The disk with what it holds before the write.
  /// - Complexity: As ``ChangeTracker/guestWillWrite(_:reading:)``.
  package mutating func guestWillWrite(
    _ extents: Range<Int>, disk: Int, reading content: some ReplicatedDisk
  ) {
    trackers[disk].guestWillWrite(extents, reading: content)
  }

  // MARK: - What happened to the machine and the replication

  package mutating func poweredOn(at now: Instant) { isPoweredOn = true }

  /// The machine was shut down cleanly: what is dirty stays known, and a delta follows at power-on.
  package mutating func poweredOff(at now: Instant) {
    abortSync(.poweredOff, at: now)
    isPoweredOn = false
  }

  /// The host crashed under the machine: the bitmaps are lost, and only a full sync can tell what differs.
  ///
  /// A machine that is off loses nothing, since its bitmaps were saved when it was shut down.
  package mutating func hostFailed(at now: Instant) {
    guard isPoweredOn else { return }
    abortSync(.hostFailed, at: now)
    for index in trackers.indices { trackers[index].lose() }
    needsFullSync = true
    isPoweredOn = false
  }

  /// An administrator paused the replication: nothing is sent, and changes are still tracked.
  package mutating func paused(at now: Instant) {
    abortSync(.paused, at: now)
    isPaused = true
  }

  package mutating func resumed() { isPaused = false }

  /// Lets the next delta start as soon as one can, as "Sync now" does.
  ///
  /// No effect while a sync is running.
  package mutating func syncRequested(at now: Instant) { schedule.syncRequested(at: now) }

  /// Lets everything be compared as soon as a sync can start, as "Force full sync" does.
  ///
  /// A sync that runs is given up, also a full sync: what it compared is compared again.
  package mutating func fullSyncRequested(at now: Instant) {
    abortSync(.fullSyncRequested, at: now)
    needsFullSync = true
  }

  /// The server or host that received is gone, with what was under way: a sync that runs starts over.
  package mutating func targetLost(at now: Instant) { abortSync(.targetLost, at: now) }

  /// The path to the target carries no data from now on; see ``ConnectionMonitor``.
  package mutating func pathBroke(at now: Instant) { connection.pathBroke(at: now) }

  package mutating func pathReturned() { connection.pathReturned() }

  // MARK: - Time

  /// Does what is due at `now`: notices a loss, reconnects, or starts a sync.
  ///
  /// - Precondition: Every guest write before `now` was told and is on the disks.
  package mutating func advance(to now: Instant, reading disks: [some ReplicatedDisk]) {
    while let deadline = connection.deadline, deadline <= now {
      switch connection.deadlinePassed(at: now) {
      case .lost:
        abortSync(.connectionLost, at: now)
        events.append(.connectionLost)
      case .reconnected: events.append(.connectionRestored)
      case .stillLost: break
      }
    }
    guard canStart, case .idle = phase else { return }
    if needsFullSync {
      beginFullSync(at: now)
    } else if let deadline = schedule.deadline, deadline <= now {
      schedule.syncStarted(at: now)
      beginDelta(at: now, reading: disks)
    }
  }

  private mutating func beginFullSync(at now: Instant) {
    schedule.syncStarted(at: now)
    lastSequence += 1
    // From here on every write is tracked, so what was dirty before is covered by the comparison.
    for index in trackers.indices { trackers[index].lose() }
    phase = .fullSync(
      FullSync(
        scan: FullSyncScan(geometries: trackers.map(\.geometry), parameters: parameters),
        account: account(.fullSync, startedAt: now)))
    events.append(.fullSyncStarted(isInitial: !hasReplica))
  }

  private mutating func beginDelta(at now: Instant, reading disks: [some ReplicatedDisk]) {
    lastSequence += 1
    for index in trackers.indices { trackers[index].beginInstance() }
    phase = .delta(
      Delta(
        summary: InstanceSummary(
          sequence: lastSequence, pointInTime: now, extentCounts: trackers.map(\.instanceExtentCount),
          certificates: disks.map(\.digest)),
        account: account(.delta, startedAt: now)))
    events.append(.deltaStarted(sequence: lastSequence))
  }

  private func account(_ kind: SyncAccount.Kind, startedAt now: Instant) -> SyncAccount {
    SyncAccount(
      kind: kind, sequence: lastSequence, startedAt: now, payloadSize: .zero, wireSize: .zero,
      comparedSize: .zero, preservedExtents: 0)
  }

  private mutating func abortSync(_ reason: AbortReason, at now: Instant) {
    switch phase {
    case .idle: return
    case .fullSync(let sync):
      // The comparison starts over; what already reached the target will be found equal.
      needsFullSync = true
      events.append(.syncAborted(sync.account, reason))
    case .delta(let delta):
      for index in trackers.indices { trackers[index].foldBack() }
      events.append(.syncAborted(withPreservedExtents(delta.account), reason))
    }
    schedule.syncAborted(at: now)
    phase = .idle
    session += 1
  }

  private func withPreservedExtents(_ account: SyncAccount) -> SyncAccount {
    var account = account
    account.preservedExtents = trackers.reduce(0) { $0 + $1.preservedCount }
    return account
  }

  // MARK: - Messages

  /// The next message for the target, or `nil` if there is nothing to send at the moment.
  ///
  /// Content is read from the disks now. A compare request costs its reads on both sides before it
  /// can be answered; the driver models that. Whenever it is `nil` during a sync on a sound connection,
  /// something sent earlier is still to be answered.
  package mutating func nextMessage(reading disks: [some ReplicatedDisk]) -> SourceMessage? {
    guard connection.isConnected else { return nil }
    switch phase {
    case .idle: return nil
    case .fullSync(var sync):
      phase = .idle  // keeps `sync` the only owner of its arrays while it changes
      let message = nextMessage(of: &sync, reading: disks)
      if let message { charge(message, to: &sync.account) }
      phase = .fullSync(sync)
      return message
    case .delta(var delta):
      let message = nextMessage(of: &delta, reading: disks)
      if let message { charge(message, to: &delta.account) }
      phase = .delta(delta)
      return message
    }
  }

  private func charge(_ message: SourceMessage, to account: inout SyncAccount) {
    let payload = message.payloadSize(extentSizes: trackers.map(\.geometry.extentSize))
    account.payloadSize += payload
    account.wireSize += payload + message.checksumTraffic(parameters: parameters)
    if case .regionChecksums(let request) = message {
      account.comparedSize += trackers[request.disk].geometry.extentSize * UInt64(request.extents.count)
    }
  }

  private func nextMessage(of sync: inout FullSync, reading disks: [some ReplicatedDisk]) -> SourceMessage? {
    let sequence = sync.account.sequence
    guard sync.isAnnounced else {
      sync.isAnnounced = true
      return .fullSyncBegan(sequence: sequence)
    }
    if let message = sync.scan.nextMessage(sequence: sequence, trackers: trackers, reading: disks) {
      return message
    }
    guard sync.scan.isDone, !sync.isEndSent else { return nil }
    sync.isEndSent = true
    return .fullSyncEnded(sequence: sequence)
  }

  private mutating func nextMessage(
    of delta: inout Delta, reading disks: [some ReplicatedDisk]
  ) -> SourceMessage? {
    while delta.disk < trackers.count {
      let disk = delta.disk
      let limit = parameters.chunkExtents(of: trackers[disk].geometry)
      if let batch = trackers[disk].readInstance(limit: limit, from: disks[disk]) {
        return .deltaData(sequence: delta.summary.sequence, disk: disk, batch: batch)
      }
      delta.disk += 1
    }
    guard !delta.isEndSent else { return nil }
    delta.isEndSent = true
    return .deltaEnded(delta.summary)
  }

  /// Takes an answer of the target that belongs to the current session.
  ///
  /// - Precondition: Every guest write before `now` was told and is on the disks: the answer to the end of a
  ///   full sync begins an instance.
  package mutating func receive(
    _ message: TargetMessage, at now: Instant, reading disks: [some ReplicatedDisk]
  ) {
    switch (phase, message) {
    case (.fullSync(var sync), .fullSyncReady(let sequence, let allocated))
    where sequence == sync.account.sequence:
      sync.scan.targetReady(allocated: allocated)
      phase = .fullSync(sync)
    case (.fullSync(var sync), .regionsCompared(let comparison)):
      phase = .idle  // keeps `sync` the only owner of its arrays while it changes
      sync.scan.received(comparison, reading: disks)
      phase = .fullSync(sync)
    case (.fullSync(let sync), .fullSyncAccepted(let sequence)) where sequence == sync.account.sequence:
      events.append(.fullSyncCompleted(sync.account))
      needsFullSync = false
      // The target keeps what it has; from here on deltas alone lead to a consistent instance.
      schedule.imageTaken(at: now)
      beginDelta(at: now, reading: disks)
    case (.delta(let delta), .instanceCompleted(let sequence)) where sequence == delta.summary.sequence:
      let account = withPreservedExtents(delta.account)
      for index in trackers.indices { trackers[index].endInstance() }
      phase = .idle
      hasReplica = true
      schedule.syncCompleted(at: now)
      events.append(.deltaCompleted(account))
    default:
      preconditionFailure("the target answers only what the source asked in this session")
    }
  }
}
