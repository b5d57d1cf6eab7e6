package import BlockStorage
package import Quantities

/// The target side of one replication: the base disks, the redo logs above them, and what of it can
/// be recovered.
///
/// The life of an instance: its extents arrive in one redo log per disk; when all disks have all their
/// extents the instance is complete and recoverable; then its logs are merged into the base disks, oldest
/// instance first, while the next one may already arrive. Nothing incomplete is ever recoverable.
///
/// The first full sync writes into the base disks directly, since there is nothing to protect; a later
/// one writes into redo logs of its own, so that the last instance survives until the delta after the
/// full sync is complete.
///
/// It computes and never acts: the driver delivers the source's messages and sends the answers, and
/// decides when a merge has taken its time. The chain of one disk, oldest first:
///
///     base ← logs of complete instances … ← [what a full sync brought] ← the log being filled
///
/// Each complete log carries the disk from one instance to the next. Instances that nobody may recover any
/// more are taken out by merging the log above into the one below, or into the base.
///
/// - Source: File listings of a replica through a full sync and several deltas (virtuallyhyper.com, 2012);
///   VMware, "Storage consumption of vSphere Replication", for merging beside the next delta.
package struct ReplicationTarget {
  /// A complete instance.
  package struct Instance: Sendable, Hashable {
    package let sequence: SyncSequence
    /// The moment of the source whose content it holds.
    package let pointInTime: Instant

    package init(sequence: SyncSequence, pointInTime: Instant) {
      self.sequence = sequence
      self.pointInTime = pointInTime
    }
  }

  /// What is known of a complete instance.
  package struct InstanceRecord: Sendable, Hashable {
    package let instance: Instance
    /// When the last of it arrived.
    package let completedAt: Instant
    /// Grows by one with every instance; names its files.
    package let generation: UInt64
    /// Per disk the extents received, in nominal bytes.
    package let transferSizes: [ByteCount]
    /// Per disk the time from the instance's moment to the last extent received; zero without extents.
    package let transferTimes: [TimeSpan]

    /// As `replica-0` for the first.
    package var label: String { "replica-\(generation - 1)" }
  }

  /// The logs that carry all disks from one instance to the next.
  struct Level {
    /// Names the logs for as long as they exist.
    let number: UInt64
    /// One complete redo log per disk.
    var logs: [RedoLog]
    /// What each log changes in the digest of the disk below it.
    var changes: [ContentDigest.Change]
    /// The instance that the disks hold with these logs and all below.
    var record: InstanceRecord
    /// Whether the retention policy keeps the instance.
    var isRetained: Bool
  }

  struct Disk {
    var base: ExtentStore
    /// What full syncs brought that no complete instance stands on yet.
    var fullSync: RedoLog?
    /// The log that is being filled.
    var incoming: RedoLog?
    /// What the last complete log held.
    var lastVolume: RedoLog.Volume?
    var lastReceivedAt: Instant?
    /// The extents of a thin base disk that take space, or `nil` for a thick one.
    var allocation: DirtyBitmap?
    /// The newest instance that was complete when the disk was added: it and those before lack the disk.
    var addedAfter: SyncSequence?
  }

  /// The sync that is being received.
  enum Sync {
    case none
    case fullSync(sequence: SyncSequence, key: ComparisonKey)
    case delta(sequence: SyncSequence)
  }

  enum Lifecycle {
    case replicating
    case recovered
    case removed
  }

  package let parameters: TargetParameters
  var disks: [Disk]
  var sync = Sync.none
  /// The logs above the base disks, oldest first.
  var levels: [Level] = []
  /// What the base disks hold without any log.
  var baseRecord: InstanceRecord?
  /// Whether the retention policy keeps the instance in the base disks.
  var isBaseRetained = false
  /// The points in time that somebody is about to recover, which stay whatever the retention policy says.
  ///
  /// What is let go when it is no longer among them goes with the next instance.
  package var heldPointsInTime: [Instant] = []
  /// Chains that were left behind when a disk grew, for the sake of their points in time.
  var preserved: [PreservedChain] = []
  /// The number of the latest chain left behind.
  var preservedNumber: UInt64 = 0
  var runningMerges: [RunningMerge] = []
  var testImage: TestImageState?
  var lifecycle = Lifecycle.replicating
  /// Whether messages must wait for the end of the session because what it brought is lost.
  var isSessionLost = false
  package internal(set) var lastGeneration: UInt64 = 0

  /// What is broken on purpose; nothing but in tests of those who look for defects.
  package var planted: PlantedDefects = []

  package internal(set) var isPaused = false
  package internal(set) var isServerRunning = true
  package internal(set) var isHostAccessible = true
  /// What the datastore lacked when a message was last refused, until one is taken.
  package internal(set) var storageShortage: StorageShortage?
  /// The most that ``spaceUse`` was in total, as far as it was looked at.
  var notedSpaceUse = ByteCount.zero

  /// - Parameters:
  ///   - bases: The replica's base disks; the target owns them from now on.
  ///   - instance: What they hold, or `nil` if no complete instance exists.
  package init(
    bases: [ExtentStore], instance: Instance? = nil, parameters: TargetParameters = TargetParameters()
  ) {
    parameters.validate()
    self.parameters = parameters
    disks = bases.map { Disk(base: $0) }
    if parameters.provisioning == .thin {
      for index in disks.indices { disks[index].allocation = allocatedExtents(of: bases[index]) }
    }
    if let instance {
      lastGeneration = 1
      baseRecord = InstanceRecord(
        instance: instance, completedAt: instance.pointInTime, generation: 1,
        transferSizes: bases.map { _ in .zero }, transferTimes: bases.map { _ in .zero })
    }
    noteSpaceUse()
  }

  // MARK: - Messages

  /// Takes the next message of the source.
  ///
  /// For drivers that ask for nothing that can refuse a message; see ``offer(_:at:freeSpace:)``.
  ///
  /// - Returns: The answer, if the message asks for one.
  /// - Throws: As ``offer(_:at:freeSpace:)``.
  /// - Precondition: The message is not refused.
  package mutating func receive(
    _ message: SourceMessage, at now: Instant
  ) throws(ReplicaMismatch) -> TargetMessage? {
    switch try offer(message, at: now) {
    case .taken(let answer): return answer
    case .refused: preconditionFailure("a driver that can be refused offers its messages")
    }
  }

  /// Takes the next message of the source unless something is in its way.
  ///
  /// A refusal is a stall: nothing changed, and the driver offers the same message again when the obstacle
  /// may be gone, as a receiver does that stops reading from its connection. No content is lost and no full
  /// sync follows. What an unfinished instance brought meanwhile keeps its space; a driver that needs it
  /// pauses the source and resumes it later: the delta is folded back, ``connectionLost()`` drops
  /// what was received, and the next delta carries it all.
  ///
  /// - Parameter freeSpace: What the datastore has to spare, or `nil` if that is no matter.
  /// - Throws: ``ReplicaMismatch`` when the instance just received is not what the source certified. It is
  ///   dropped, with what a full sync before it brought; the instance before it stays, and only a new
  ///   full sync leads to another.
  package mutating func offer(
    _ message: SourceMessage, at now: Instant, freeSpace: ByteCount? = nil
  ) throws(ReplicaMismatch) -> Reception {
    if let refusal = refusal(of: message, at: now, freeSpace: freeSpace) {
      if case .insufficientSpace(let shortage) = refusal { storageShortage = shortage }
      return .refused(refusal)
    }
    storageShortage = nil
    defer { noteSpaceUse() }
    return .taken(answer: try take(message, at: now))
  }

  func refusal(
    of message: SourceMessage, at now: Instant, freeSpace: ByteCount?
  ) -> TargetRefusal? {
    switch lifecycle {
    case .recovered: return .recovered
    case .removed: return .removed
    case .replicating: break
    }
    if !isServerRunning { return .serverDown }
    if isSessionLost { return .sessionOver }
    if !isHostAccessible { return .noAccessibleHost }
    guard let freeSpace else { return nil }
    let needed = spaceNeeded(for: message)
    guard needed > freeSpace else { return nil }
    return .insufficientSpace(
      StorageShortage(needed: needed, free: freeSpace, since: storageShortage?.since ?? now))
  }

  private mutating func take(
    _ message: SourceMessage, at now: Instant
  ) throws(ReplicaMismatch) -> TargetMessage? {
    switch message {
    case .fullSyncBegan(let sequence, let keySeed):
      dropReception()
      sync = .fullSync(sequence: sequence, key: comparisonKey(seed: keySeed))
      return .fullSyncReady(sequence: sequence, allocated: disks.indices.map(allocatedRuns(ofDisk:)))
    case .regionChecksums(let request):
      guard case .fullSync(_, let key) = sync else { preconditionFailure("only a full sync compares") }
      return .regionsCompared(compare(request, key: key))
    case .fullSyncData(let sequence, let index, let batch):
      guard case .fullSync(sequence, _) = sync else {
        preconditionFailure("data belongs to the sync under way")
      }
      if newestInstance == nil {
        for run in batch.runs { disks[index].allocation?.mark(run) }
        batch.forEachRun { disks[index].base.write($0, payloads: $1) }
      } else {
        append(batch, toDisk: index)
      }
      return nil
    case .fullSyncEnded(let sequence):
      guard case .fullSync(sequence, _) = sync else {
        preconditionFailure("data belongs to the sync under way")
      }
      keepFullSync()
      sync = .none
      return .fullSyncAccepted(sequence: sequence)
    case .deltaData(let sequence, let index, let batch):
      beginDelta(sequence)
      append(batch, toDisk: index)
      disks[index].lastReceivedAt = now
      return nil
    case .deltaEnded(let summary):
      beginDelta(summary.sequence)
      try complete(summary, at: now)
      return .instanceCompleted(sequence: summary.sequence)
    }
  }

  /// The session of the source ended, by loss of the connection or because it gave up a sync: what an
  /// incomplete instance brought is dropped.
  ///
  /// What a full sync brought is kept, since the comparison that starts over will find it equal.
  package mutating func connectionLost() {
    if testImage != nil { noteSpaceUse() }
    dropReception()
    isSessionLost = false
  }

  mutating func dropReception() {
    if case .fullSync = sync { keepFullSync() }
    if planted.contains(.incompleteRedoMerged) { mergeIncomplete() }
    for index in disks.indices {
      disks[index].incoming = nil
      disks[index].lastReceivedAt = nil
    }
    sync = .none
  }
}
