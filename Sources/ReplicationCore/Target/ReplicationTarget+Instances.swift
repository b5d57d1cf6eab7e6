package import BlockStorage
package import Quantities

extension ReplicationTarget {
  // MARK: - Completing

  /// Makes the instance just received recoverable, once it is what the source certified.
  mutating func complete(_ summary: InstanceSummary, at now: Instant) throws(ReplicaMismatch) {
    sync = .none
    // Of a mismatch nothing stays, whichever disk it is found on.
    defer {
      for index in disks.indices {
        disks[index].incoming = nil
        disks[index].fullSync = nil
        disks[index].lastReceivedAt = nil
      }
    }
    let record = InstanceRecord(
      instance: Instance(
        sequence: summary.sequence,
        pointInTime: planted.contains(.instanceDatedByItsEnd) ? now : summary.pointInTime),
      completedAt: now, generation: lastGeneration + 1,
      transferSizes: disks.map { $0.incoming?.nominalBytesAppended ?? .zero },
      transferTimes: disks.map { disk in disk.lastReceivedAt.map { $0 - summary.pointInTime } ?? .zero })
    var logs: [RedoLog] = []
    var changes: [ContentDigest.Change] = []
    for index in disks.indices {
      let log = try takeReceived(disk: index, summary: summary)
      changes.append(try verifiedChange(of: log, disk: index, summary: summary))
      logs.append(log)
    }
    lastGeneration += 1
    levels.append(
      Level(number: lastGeneration, logs: logs, changes: changes, record: record, isRetained: false))
    applyRetention()
  }

  /// Everything that the instance changes on one disk, what a full sync before it brought included.
  private mutating func takeReceived(
    disk index: Int, summary: InstanceSummary
  ) throws(ReplicaMismatch) -> RedoLog {
    var delta = disks[index].incoming.take() ?? RedoLog(geometry: disks[index].base.geometry)
    delta.seal()
    disks[index].lastVolume = delta.volume
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
    let change = log.digestChange(over: base, through: levels.map { $0.logs[index] })
    let below = levels.reduce(base.digest(relativeTo: certificate.image)) { $0 + $1.changes[index] }
    guard below + change == certificate else {
      throw ReplicaMismatch(
        sequence: summary.sequence, disk: index,
        difference: .content(expected: certificate, found: below + change))
    }
    return change
  }

  // MARK: - Retention

  /// Lets go the instances that the policy no longer keeps.
  ///
  /// What is let go cannot be recovered from now on, though its space comes back only when it is merged.
  private mutating func applyRetention() {
    guard parameters.retention != nil || !heldPointsInTime.isEmpty else {
      isBaseRetained = false
      for index in levels.indices { levels[index].isRetained = false }
      return
    }
    // Before the new instance came, the one below it was kept for being the latest.
    let latest = levels.count
    let candidates = (0...latest).filter { record(at: $0) != nil && ($0 >= latest - 1 || isRetained(at: $0)) }
    let preservedPoints = preserved.flatMap(\.pointsInTime)
    let points = preservedPoints + candidates.map { pointInTime(at: $0) }
    var kept =
      parameters.retention?.kept(of: points, timeOfDayAtStart: parameters.timeOfDayAtStart)
      ?? points.map { _ in false }
    for held in heldPointsInTime {
      // Of two instances of one moment the younger one would be recovered.
      if let index = points.lastIndex(of: held) { kept[index] = true }
    }
    isBaseRetained = false
    for index in levels.indices { levels[index].isRetained = false }
    for (position, isKept) in zip(candidates, kept.dropFirst(preservedPoints.count)) where isKept {
      if position == 0 { isBaseRetained = true } else { levels[position - 1].isRetained = true }
    }
    prunePreserved(kept: Array(kept.prefix(preservedPoints.count)))
  }

  /// The instance at a position of the chain: 0 for the base disks, else the number of levels up to it.
  func record(at position: Int) -> InstanceRecord? {
    position == 0 ? baseRecord : levels[position - 1].record
  }

  private func pointInTime(at position: Int) -> Instant {
    guard let record = record(at: position) else { preconditionFailure("no instance, no point in time") }
    return record.instance.pointInTime
  }

  func isRetained(at position: Int) -> Bool {
    position == 0 ? isBaseRetained : levels[position - 1].isRetained
  }

  // MARK: - What can be recovered

  /// The instance that a recovery would use.
  package var newestInstance: Instance? { newestRecord?.instance }

  var newestRecord: InstanceRecord? { record(at: levels.count) }

  /// The positions of the chain whose instances can be recovered, oldest first.
  var recoverablePositions: [Int] {
    (0...levels.count).filter { record(at: $0) != nil && ($0 == levels.count || isRetained(at: $0)) }
  }

  /// The base disks, which merges change.
  package var baseDisks: [ExtentStore] { disks.map(\.base) }

  /// Redo logs above each base disk that hold complete instances.
  package var levelCount: Int { levels.count }

  /// Every instance that can be recovered, oldest first; the last is ``newestInstance``.
  package var instances: [Instance] { instanceRecords.map(\.instance) }

  package var instanceRecords: [InstanceRecord] {
    preserved.flatMap(\.retainedRecords) + recoverablePositions.compactMap { record(at: $0) }
  }

  /// What a recovery would read of each disk, or `nil` as long as no instance is complete.
  package var recoverableDisks: [ReplicaImage]? {
    newestInstance == nil ? nil : disks.indices.map { image(ofDisk: $0, at: levels.count) }
  }

  /// What a recovery of a point in time would read of each disk, `nil` if none is kept.
  ///
  /// A disk that was added later holds zeros; see ``hasDisk(_:in:)``.
  package func recoverableDisks(at pointInTime: Instant) -> [ReplicaImage]? {
    if let position = position(of: pointInTime) {
      return disks.indices.map { image(ofDisk: $0, at: position) }
    }
    for chain in preserved {
      if let images = chain.images(at: pointInTime) { return images }
    }
    return nil
  }

  /// The position of the live chain with a recoverable instance of that point in time.
  func position(of pointInTime: Instant) -> Int? {
    recoverablePositions.last { record(at: $0)?.instance.pointInTime == pointInTime }
  }

  func image(ofDisk index: Int, at position: Int) -> ReplicaImage {
    ReplicaImage(base: disks[index].base, logs: levels[..<position].map { $0.logs[index] })
  }

  /// Whether an instance holds the disk; one that was complete before the disk was added does not.
  package func hasDisk(_ index: Int, in instance: Instance) -> Bool {
    disks[index].addedAfter.map { instance.sequence > $0 } ?? true
  }

  // MARK: - Checking

  /// Compares each base disk's digest with one computed anew from everything it stores.
  ///
  /// - Returns: The indices of the disks that do not hold what was written to them.
  /// - Complexity: O(stored extents).
  package func damagedDisks() -> [Int] {
    disks.indices.filter { disks[$0].base.fullDigest() != disks[$0].base.digest }
  }
}
