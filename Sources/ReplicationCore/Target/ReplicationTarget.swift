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
/// decides when a merge has taken its time.
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

  /// A complete instance that is not yet merged.
  private struct PendingInstance {
    /// One complete redo log per disk.
    let logs: [RedoLog]
    /// What each log changes in the digest of the disk below it.
    let changes: [ContentDigest.Change]
  }

  private struct Disk {
    let base: ExtentStore
    /// What full syncs brought that no complete instance stands on yet.
    var fullSync: RedoLog?
    /// The log that is being filled.
    var incoming: RedoLog?
  }

  private enum Reception {
    case none
    case fullSync(sequence: SyncSequence)
    case delta(sequence: SyncSequence)
  }

  private var disks: [Disk]
  private var reception = Reception.none
  /// Oldest first.
  private var pending: [PendingInstance] = []
  /// The instance that a recovery would use.
  package private(set) var newestInstance: Instance?

  /// - Parameters:
  ///   - bases: The replica's base disks; the target owns them from now on.
  ///   - instance: What they hold, or `nil` if no complete instance exists.
  package init(bases: [ExtentStore], instance: Instance? = nil) {
    disks = bases.map { Disk(base: $0) }
    newestInstance = instance
  }

  // MARK: - Messages

  /// Takes the next message of the source.
  ///
  /// - Returns: The answer, if the message asks for one.
  /// - Throws: ``ReplicaMismatch`` when the instance just received is not what the source certified. It is
  ///   dropped, with what a full sync before it brought; the instance before it stays, and only a new
  ///   full sync leads to another.
  package mutating func receive(_ message: SourceMessage) throws(ReplicaMismatch) -> TargetMessage? {
    switch message {
    case .fullSyncBegan(let sequence):
      dropReception()
      reception = .fullSync(sequence: sequence)
      return .fullSyncReady(sequence: sequence, allocated: disks.indices.map(allocatedRuns(ofDisk:)))
    case .regionChecksums(let request):
      guard case .fullSync = reception else { preconditionFailure("only a full sync compares") }
      return .regionsCompared(compare(request))
    case .fullSyncData(let sequence, let index, let batch):
      guard case .fullSync(sequence) = reception else {
        preconditionFailure("data belongs to the sync under way")
      }
      if newestInstance == nil {
        batch.forEachRun { disks[index].base.write($0, payloads: $1) }
      } else {
        append(batch, toDisk: index)
      }
      return nil
    case .fullSyncEnded(let sequence):
      guard case .fullSync(sequence) = reception else {
        preconditionFailure("data belongs to the sync under way")
      }
      keepFullSync()
      reception = .none
      return .fullSyncAccepted(sequence: sequence)
    case .deltaData(let sequence, let index, let batch):
      beginDelta(sequence)
      append(batch, toDisk: index)
      return nil
    case .deltaEnded(let summary):
      beginDelta(summary.sequence)
      try complete(summary)
      return .instanceCompleted(sequence: summary.sequence)
    }
  }

  /// The session of the source ended, by loss of the connection or because it gave up a sync: what an
  /// incomplete instance brought is dropped.
  ///
  /// What a full sync brought is kept, since the comparison that starts over will find it equal.
  package mutating func connectionLost() { dropReception() }

  private mutating func dropReception() {
    if case .fullSync = reception { keepFullSync() }
    for index in disks.indices { disks[index].incoming = nil }
    reception = .none
  }

  private mutating func keepFullSync() {
    for index in disks.indices {
      guard var log = disks[index].incoming else { continue }
      disks[index].incoming = nil
      log.seal()
      if disks[index].fullSync == nil {
        disks[index].fullSync = log
      } else {
        disks[index].fullSync?.formOverlay(log)
      }
    }
  }

  private mutating func beginDelta(_ sequence: SyncSequence) {
    switch reception {
    case .none: reception = .delta(sequence: sequence)
    case .delta(sequence): break
    case .delta, .fullSync: preconditionFailure("a sync begins after the one before it has ended")
    }
  }

  private mutating func append(_ batch: ExtentBatch, toDisk index: Int) {
    // Taken out while it grows, so that it stays the only owner of its memory.
    var log = disks[index].incoming ?? RedoLog(geometry: disks[index].base.geometry)
    disks[index].incoming = nil
    log.append(batch)
    disks[index].incoming = log
  }

  /// The logs above the base of a disk that stay, oldest first.
  private func logs(ofDisk index: Int) -> [RedoLog] {
    pending.map { $0.logs[index] } + (disks[index].fullSync.map { [$0] } ?? [])
  }

  private func allocatedRuns(ofDisk index: Int) -> [Range<Int>] {
    let base = disks[index].base
    var allocated = DirtyBitmap(geometry: base.geometry)
    var rest = 0..<base.geometry.extentCount
    while let run = base.nextAllocatedRun(in: rest) {
      allocated.mark(run)
      rest = run.upperBound..<rest.upperBound
    }
    // A log may allocate what the base does not: an extent too many costs a comparison, one missing
    // would leave stale content.
    for log in logs(ofDisk: index) {
      for run in log.runs { allocated.mark(run) }
    }
    var runs: [Range<Int>] = []
    allocated.forEachRun { runs.append($0) }
    return runs
  }

  private func compare(_ request: CompareRequest) -> RegionComparison {
    let base = disks[request.disk].base
    let logs = logs(ofDisk: request.disk)
    let image = ReplicaImage(base: base, logs: logs)
    func checksum(_ extents: Range<Int>) -> UInt64 {
      logs.isEmpty ? base.checksum(ofRegion: extents) : image.checksum(ofRegion: extents)
    }
    let differences = zip(request.regions, request.checksums).compactMap { region, theirs in
      checksum(region) == theirs
        ? nil
        : RegionComparison.Difference(
          extents: region, checksums: region.map { checksum($0..<$0 + 1) })
    }
    return RegionComparison(disk: request.disk, differences: differences)
  }

  // MARK: - Instances

  /// Makes the instance just received recoverable, once it is what the source certified.
  private mutating func complete(_ summary: InstanceSummary) throws(ReplicaMismatch) {
    reception = .none
    // Of a mismatch nothing stays, whichever disk it is found on.
    defer {
      for index in disks.indices {
        disks[index].incoming = nil
        disks[index].fullSync = nil
      }
    }
    var logs: [RedoLog] = []
    var changes: [ContentDigest.Change] = []
    for index in disks.indices {
      let log = try takeReceived(disk: index, summary: summary)
      changes.append(try verifiedChange(of: log, disk: index, summary: summary))
      logs.append(log)
    }
    pending.append(PendingInstance(logs: logs, changes: changes))
    newestInstance = Instance(sequence: summary.sequence, pointInTime: summary.pointInTime)
  }

  /// Everything that the instance changes on one disk, what a full sync before it brought included.
  private mutating func takeReceived(
    disk index: Int, summary: InstanceSummary
  ) throws(ReplicaMismatch) -> RedoLog {
    var delta = disks[index].incoming ?? RedoLog(geometry: disks[index].base.geometry)
    disks[index].incoming = nil
    delta.seal()
    guard delta.extentCount == summary.extentCounts[index] else {
      throw ReplicaMismatch(
        sequence: summary.sequence, disk: index,
        difference: .extentCount(expected: summary.extentCounts[index], found: delta.extentCount))
    }
    guard var log = disks[index].fullSync else { return delta }
    disks[index].fullSync = nil
    log.formOverlay(delta)
    return log
  }

  /// What the log changes in the digest of the disk below it, if that leads to the source's certificate.
  private func verifiedChange(
    of log: RedoLog, disk index: Int, summary: InstanceSummary
  ) throws(ReplicaMismatch) -> ContentDigest.Change {
    let base = disks[index].base
    let certificate = summary.certificates[index]
    let change = log.digestChange(over: base, through: pending.map { $0.logs[index] })
    let below = pending.reduce(base.digest(relativeTo: certificate.image)) { $0 + $1.changes[index] }
    guard below + change == certificate else {
      throw ReplicaMismatch(
        sequence: summary.sequence, disk: index,
        difference: .content(expected: certificate, found: below + change))
    }
    return change
  }

  /// What merging the oldest complete instance reads from its logs, the same as it writes to the base
  /// disks; `nil` if all are merged.
  package var nextMergeSize: ByteCount? {
    pending.first.map { $0.logs.reduce(.zero) { $0 + $1.nominalBytes } }
  }

  /// Merges the oldest complete instance into the base disks.
  ///
  /// - Precondition: There is one.
  package mutating func mergeOldestInstance() {
    precondition(!pending.isEmpty, "only a complete instance is merged")
    let instance = pending.removeFirst()
    for (disk, log) in zip(disks, instance.logs) { log.merge(into: disk.base) }
  }

  /// What a recovery would read of each disk, or `nil` as long as no instance is complete.
  package var recoverableDisks: [ReplicaImage]? {
    guard newestInstance != nil else { return nil }
    return disks.indices.map { index in
      ReplicaImage(base: disks[index].base, logs: pending.map { $0.logs[index] })
    }
  }

  /// Nominal bytes of redo logs, complete or not.
  package var redoSize: ByteCount {
    disks.indices.reduce(.zero) { sum, index in
      logs(ofDisk: index).reduce(sum + (disks[index].incoming?.nominalBytes ?? .zero)) {
        $0 + $1.nominalBytes
      }
    }
  }

  /// Compares each base disk's digest with one computed anew from everything it stores.
  ///
  /// - Returns: The indices of the disks that do not hold what was written to them.
  /// - Complexity: O(stored extents).
  package func damagedDisks() -> [Int] {
    disks.indices.filter { disks[$0].base.fullDigest() != disks[$0].base.digest }
  }
}
