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
  enum Phase {
    /// No sync is running.
    case idle
    case fullSync(FullSync)
    /// The guest is being quiesced; the instance is taken when it is ready.
    case preparing(Preparation)
    case delta(Delta)
  }

  struct FullSync {
    var scan: FullSyncScan
    var account: SyncAccount
    var isAnnounced = false
    var isEndSent = false
  }

  struct Preparation {
    /// When the guest is ready, or `nil` if the driver tells.
    let readyAt: Instant?
    /// When it will have taken longer than the objective; `nil` once that was said.
    var exceedsAt: Instant?
  }

  struct Delta {
    let summary: InstanceSummary
    var account: SyncAccount
    /// The disk whose turn it is to be read.
    var turn = 0
    var isEndSent = false
  }

  enum Power {
    case on
    case off
    /// Off and locked, until an instance of the stopped machine is complete.
    case offlineInstance
  }

  struct Migration {
    let beganAt: Instant
    /// When the new host has taken over, or `nil` while the machine is moving.
    var resumesAt: Instant?
  }

  let parameters: ReplicationParameters
  package internal(set) var options: ReplicationOptions
  var trackers: [ChangeTracker]
  var schedule: SyncSchedule
  var connection: ConnectionMonitor
  var phase = Phase.idle
  var events: [ReplicationEvent] = []
  var lastSequence: SyncSequence = 0
  /// Whether each disk must be compared before a delta of it means anything.
  var needsFullSync: [Bool]
  /// Whether the target has ever held a complete instance.
  var hasReplica: Bool
  var power = Power.on
  /// Whether a guest that is to be brought to rest can be; the driver says so.
  package var isGuestResponsive = true
  var isPaused = false
  /// Whether nothing is replicated any more; see ``ended(at:)``.
  package internal(set) var isEnded = false
  var migration: Migration?
  /// When the delta in flight is given up because of its demand log, or `nil` if that is sound.
  var demandLogFailsAt: Instant?
  /// How many deltas in a row were given up because of the demand log.
  var demandLogFailures = 0
  /// Whether the demand log of the delta in flight did not have the room for a write.
  var isDemandLogFull = false
  var demandLogPeak = ByteCount.zero
  /// The room that the driver says the source's datastore has for the demand log, or `nil` for any.
  var demandLogRoom: ByteCount?
  /// Whether a full sync waits for its turn on the host.
  var isFullSyncHeld = false
  /// Before this a full sync that lost its target does not start over.
  var fullSyncRetriesAt: Instant?
  /// Whether the replica of a disk that grew does not have the new size yet.
  var isResizingDisk = false

  /// What is broken on purpose; nothing but in tests of those who look for defects.
  package var planted: PlantedDefects = []

  /// Why the replication is in error, until ``reconfigured(_:at:)``.
  package internal(set) var configurationProblem: ConfigurationProblem?

  /// Changes whenever messages under way must be thrown away.
  package internal(set) var session: UInt64 = 0

  /// - Parameters:
  ///   - schedule: Whose first deadline starts the first delta; a full sync starts at once.
  ///   - hasReplica: Whether the target holds a complete instance equal to the disks as they are now.
  ///   - firstSession: Beyond every session of a replication that this one takes the place of.
  /// - Precondition: The guest is quiesced only with an objective that allows it.
  package init(
    disks: [ExtentGeometry], schedule: SyncSchedule, hasReplica: Bool, parameters: ReplicationParameters,
    options: ReplicationOptions = ReplicationOptions(), firstSession: UInt64 = 0
  ) {
    precondition(!disks.isEmpty, "a replication has at least one disk")
    precondition(
      options.quiescing.mode == .none || schedule.objective >= options.quiescing.minimum,
      "a guest is quiesced only with an objective that it was allowed for")
    parameters.validate()
    self.parameters = parameters
    self.options = options
    session = firstSession
    self.schedule = schedule
    if options.quiescing.mode != .none {
      self.schedule.expectPreparation(options.quiescing.prepareTime ?? .zero)
    }
    self.hasReplica = hasReplica
    needsFullSync = disks.map { _ in !hasReplica }
    trackers = disks.map { ChangeTracker(geometry: $0) }
    connection = ConnectionMonitor(parameters: parameters)
  }

  // MARK: - Questions

  /// Whether the target holds the disks as they are: nothing is under way, and nothing was written since.
  package var isInSync: Bool {
    guard case .idle = phase, hasReplica, !needsFullSync.contains(true) else { return false }
    return trackers.allSatisfy { $0.dirty.isEmpty }
  }

  /// When ``advance(to:reading:)`` must be called next, or `nil` if only an input can change anything.
  ///
  /// It may lie in the past: what could not start in time, and every full sync, is due at once.
  package var nextDeadline: Instant? {
    guard !isEnded else { return nil }
    var deadline = connection.deadline
    func consider(_ other: Instant?) {
      if let other { deadline = min(deadline ?? other, other) }
    }
    // A log found full by a write is tried again from the moment when the driver next asks.
    consider(demandLogFailsAt ?? (isDemandLogFull ? Instant(nanoseconds: .min) : nil))
    consider(migration?.resumesAt)
    switch phase {
    case .idle:
      guard canStart else { break }
      if !needsAnyFullSync {
        consider(schedule.deadline)
      } else if !isFullSyncHeld {
        consider(fullSyncRetriesAt ?? Instant(nanoseconds: .min))
      }
    case .preparing(let preparation):
      consider(preparation.readyAt)
      consider(preparation.exceedsAt)
    case .fullSync, .delta: break
    }
    return deadline
  }

  /// Whether a sync is under way, so that there may be something to send.
  package var isSyncing: Bool {
    if case .idle = phase { false } else { true }
  }

  /// Whether a guest is being brought to rest for a sync, which reads no disk before.
  package var isPreparing: Bool {
    if case .preparing = phase { true } else { false }
  }

  /// Whether the sync under way waits for its host: the machine moves or the demand log is tried again.
  package var isStalled: Bool { migration != nil || demandLogFailsAt != nil || isDemandLogFull }

  /// What the sync under way has done so far, or `nil` if none is or its guest is still being quiesced.
  package var currentAccount: SyncAccount? {
    switch phase {
    case .idle, .preparing: nil
    case .fullSync(let sync): sync.account
    case .delta(let delta): completed(delta.account)
    }
  }

  /// How far the sync under way is, or `nil` if none is.
  package var progress: SyncProgress? {
    switch phase {
    case .idle, .preparing: return nil
    case .fullSync(let sync): return sync.scan.progress
    case .delta(let delta):
      let size = trackers.reduce(ByteCount.zero) {
        $0 + $1.geometry.nominalBytes(ofExtents: $1.instanceExtentCount)
      }
      return SyncProgress(
        checksummed: .zero, total: .zero, transferred: delta.account.payloadSize, toTransfer: size)
    }
  }

  /// The disks that have something left to read or compare in the sync under way: each sends in a window of its
  /// own.
  package var activeDisks: [Int] {
    switch phase {
    case .idle, .preparing: []
    case .fullSync(let sync): sync.scan.activeDisks
    case .delta: trackers.indices.filter { trackers[$0].unreadExtentCount > 0 }
    }
  }

  /// Nominal bytes of the extents known to be dirty, those of the sync in flight not counted.
  package var dirtySize: ByteCount {
    trackers.reduce(.zero) { $0 + $1.geometry.extentSize * UInt64($1.dirty.count) }
  }

  /// What the demand log takes up on the source's datastore: *Σ extents · (extent + 512)*.
  package var demandLogSize: ByteCount {
    trackers.reduce(.zero) {
      $0 + parameters.demandLog.size(ofExtents: $1.demandLogCount, extentSize: $1.geometry.extentSize)
    }
  }

  /// What a compare request reads before it can be answered.
  ///
  /// A side that knows its allocation reads only the regions where it has something. Of what is compared with
  /// knowledge of the target, the target has something everywhere.
  package func compareReads(
    of request: CompareRequest, reading disks: [some ReplicatedDisk]
  ) -> CompareReads {
    let geometry = trackers[request.disk].geometry
    let whole = geometry.nominalBytes(ofExtents: request.extents.count)
    guard parameters.usesAllocationInformation, parameters.allocationKnowledge.isKnownAtSource else {
      return CompareReads(source: whole, target: whole)
    }
    let allocated = request.regions.filter { disks[request.disk].isAllocated(region: $0) }
    return CompareReads(
      source: geometry.nominalBytes(ofExtents: allocated.reduce(0) { $0 + $1.count }), target: whole)
  }

  /// The events since the last call, in order.
  package mutating func takeEvents() -> [ReplicationEvent] {
    defer { events.removeAll() }
    return events
  }

  var needsAnyFullSync: Bool { needsFullSync.contains(true) }

  var canStart: Bool {
    power != .off && !isPaused && !isEnded && connection.isConnected && migration == nil && !isResizingDisk
      && configurationProblem == nil
  }

  /// The account of a delta with what its trackers and its demand log know.
  func completed(_ account: SyncAccount) -> SyncAccount {
    var account = account
    account.preservedExtents = trackers.reduce(0) { $0 + $1.preservedCount }
    account.demandLogPeak = demandLogPeak
    return account
  }
}
