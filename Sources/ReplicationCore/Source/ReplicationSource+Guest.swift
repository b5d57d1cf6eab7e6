import BlockStorage
package import Quantities

extension ReplicationSource {
  /// Records a write of the guest that is about to reach the disk.
  ///
  /// - Parameter content: The disk with what it holds before the write.
  /// - Returns: What the write waits for.
  /// - Complexity: As ``ChangeTracker/guestWillWrite(_:reading:)``.
  @discardableResult
  package mutating func guestWillWrite(
    _ extents: Range<Int>, disk: Int, reading content: some ReplicatedDisk
  ) -> WriteCost {
    let copied = trackers[disk].guestWillWrite(extents, reading: content)
    return cost(ofCopying: copied)
  }

  /// Records an UNMAP (or TRIM) of the guest that is about to reach the disk.
  ///
  /// Whole extents are freed, and every one of them counts as changed. An extent that the command covers in part is
  /// written.
  ///
  /// - Parameters:
  ///   - byteRange: What the guest frees, as offsets from the start of the disk.
  ///   - content: The disk with what it holds before.
  /// - Returns: What the driver does to the disk.
  /// - Precondition: `byteRange` ends within the disk.
  /// - Source: VMware, vSphere Replication 8.5 documentation: freed ranges enter the next delta in full.
  package mutating func guestWillUnmap(
    _ byteRange: Range<UInt64>, disk: Int, reading content: some ReplicatedDisk
  ) -> UnmapOutcome {
    let outer = trackers[disk].geometry.extents(covering: byteRange)
    guard !outer.isEmpty else { return .withoutEffect }
    let inner = wholeExtents(of: byteRange, outer: outer, geometry: trackers[disk].geometry)
    var freed = inner.isEmpty ? [] : [inner]
    // Without a whole extent the two ends are one.
    let written = inner.isEmpty ? [outer] : ends(of: outer, around: inner)
    let colliding = trackers[disk].collidingRuns(in: outer)
    if !colliding.isEmpty {
      switch parameters.collidingUnmaps {
      case .preserve: break
      case .refuse: return .refused
      case .ignore: return .withoutEffect
      case .freeTheRest: freed = freed.flatMap { gaps(in: $0, between: colliding) }
      }
    }
    var copied = 0
    for run in freed { copied += recordFreed(run, disk: disk, reading: content) }
    for run in written { copied += trackers[disk].guestWillWrite(run, reading: content) }
    return .passed(freed: freed, written: written, cost: cost(ofCopying: copied))
  }

  private func wholeExtents(
    of byteRange: Range<UInt64>, outer: Range<Int>, geometry: ExtentGeometry
  ) -> Range<Int> {
    let size = geometry.extentSize.bytes
    let first = Int((byteRange.lowerBound + size - 1) / size)
    // The last extent of a disk may reach beyond its end, and what is there need not be named.
    let end =
      byteRange.upperBound == geometry.diskSize.bytes
      ? outer.upperBound : Int(byteRange.upperBound / size)
    return first..<max(first, end)
  }

  private func ends(of outer: Range<Int>, around inner: Range<Int>) -> [Range<Int>] {
    [outer.lowerBound..<inner.lowerBound, inner.upperBound..<outer.upperBound].filter { !$0.isEmpty }
  }

  /// What of `run` lies outside `others`, which ascend.
  private func gaps(in run: Range<Int>, between others: [Range<Int>]) -> [Range<Int>] {
    var gaps: [Range<Int>] = []
    var start = run.lowerBound
    for other in others where other.overlaps(run) {
      if start < other.lowerBound { gaps.append(start..<other.lowerBound) }
      start = other.upperBound
    }
    if start < run.upperBound { gaps.append(start..<run.upperBound) }
    return gaps
  }

  private mutating func recordFreed(
    _ run: Range<Int>, disk: Int, reading content: some ReplicatedDisk
  ) -> Int {
    guard parameters.optimizesUnmap else {
      return trackers[disk].guestWillWrite(run, reading: content)
    }
    // What holds zeros already does not change.
    var copied = 0
    var rest = run
    while let allocated = content.nextAllocatedRun(in: rest) {
      copied += trackers[disk].guestWillWrite(allocated, reading: content)
      rest = allocated.upperBound..<run.upperBound
    }
    return copied
  }

  /// A snapshot of the virtual machine was taken; the replication goes on as before.
  ///
  /// With ``ReplicationParameters/copiesSnapshotBlocks`` what is still to be sent is copied to the demand log, so that
  /// the snapshot's disks may go.
  package mutating func snapshotTaken(reading disks: [some ReplicatedDisk]) -> WriteCost {
    guard parameters.copiesSnapshotBlocks, case .delta = phase else { return .none }
    var copied = 0
    for index in trackers.indices {
      copied += trackers[index].preserve(0..<trackers[index].geometry.extentCount, reading: disks[index])
    }
    return cost(ofCopying: copied)
  }

  // MARK: - The demand log

  @inline(__always)
  private mutating func cost(ofCopying extentCount: Int) -> WriteCost {
    extentCount > 0 ? demandLogGrew(by: extentCount) : .none
  }

  /// Notes the log's new size; a write that does not fit is tried again until the delta is given up.
  ///
  /// Kept out of line, since nearly every write of a guest passes without it.
  @inline(never)
  private mutating func demandLogGrew(by extentCount: Int) -> WriteCost {
    let size = demandLogSize
    demandLogPeak = max(demandLogPeak, size)
    var cost = WriteCost(copiedExtents: extentCount)
    if let capacity = demandLogCapacity, size > capacity {
      cost.findsLogFull = !isDemandLogFull
      isDemandLogFull = true
    }
    return cost
  }

  /// What the demand log may take up: its own limit, or the room left on the source's datastore.
  private var demandLogCapacity: ByteCount? {
    guard let limit = parameters.demandLog.capacity else { return demandLogRoom }
    return demandLogRoom.map { min($0, limit) } ?? limit
  }

  /// The source's datastore has so much room for the demand log now, what it takes already included; `nil` for any.
  ///
  /// A log that has outgrown it is noticed with the next copy.
  package mutating func demandLogRoomChanged(to room: ByteCount?) { demandLogRoom = room }

  /// A read or write of the demand log failed: it is tried again, and nothing is sent meanwhile.
  ///
  /// The delta in flight is given up after ``DemandLogLimits/retrySpan``, unless ``demandLogRecovered()`` comes
  /// before. No effect if there is nothing left to read of a delta in flight.
  package mutating func demandLogFailed(at now: Instant) {
    guard case .delta = phase, !activeDisks.isEmpty, demandLogFailsAt == nil else { return }
    demandLogFailsAt = now + parameters.demandLog.retrySpan
  }

  /// The demand log can be read and written again; one that was full stays so.
  package mutating func demandLogRecovered() {
    if !isDemandLogFull { demandLogFailsAt = nil }
  }
}
