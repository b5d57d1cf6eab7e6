package import BlockStorage

/// Tracks the changed extents of one disk and hands out those of the instance being sent.
///
/// Two sets of extents: *dirty*, written since the current instance began, and the *instance*, the
/// dirty set of the moment when it began. The instance is read in ascending order; a guest write to an
/// extent of it that is not yet read first copies the old content to the demand log, so that what is
/// sent is the disk exactly as it was at that moment.
///
/// - Source: VMware's documentation for crash consistency over all disks of a machine, hence one switch;
///   KB 318955 for the scan of the transfer bitmap; the ESXi advanced settings `HBR.Demandlog*` name the
///   copies, and the mechanism is inferred from them.
package struct ChangeTracker {
  package let geometry: ExtentGeometry
  /// Extents written since the instance in flight began, or since the last one was complete.
  package private(set) var dirty: DirtyBitmap
  /// The extents of the instance in flight.
  private var instance: DirtyBitmap
  /// Extents of the instance below this one were read.
  private var cursor = 0
  private var demandLog: PreservedExtents
  /// How many extents were copied before a guest overwrote them, in the instance in flight.
  package private(set) var preservedCount = 0

  package init(geometry: ExtentGeometry) {
    self.geometry = geometry
    dirty = DirtyBitmap(geometry: geometry)
    instance = DirtyBitmap(geometry: geometry)
    demandLog = PreservedExtents(geometry: geometry)
  }

  /// How many extents the instance in flight holds.
  package var instanceExtentCount: Int { instance.count }

  /// How many extents of the instance in flight are still to be read.
  package private(set) var unreadExtentCount = 0

  /// How many extents the demand log holds now.
  package var demandLogCount: Int { demandLog.count }

  /// Records a guest write that is about to reach the disk.
  ///
  /// - Returns: The number of extents that were copied to the demand log first.
  /// - Complexity: O(extents touched), and a read of those that must be preserved.
  @discardableResult
  package mutating func guestWillWrite(_ extents: Range<Int>, reading disk: some ReplicatedDisk) -> Int {
    let copied =
      extents.upperBound > cursor && !instance.isEmpty ? preserve(extents, reading: disk) : 0
    dirty.mark(extents)
    return copied
  }

  /// Copies what a change of `extents` would take from the instance in flight to the demand log.
  ///
  /// - Returns: The number of extents copied.
  mutating func preserve(_ extents: Range<Int>, reading disk: some ReplicatedDisk) -> Int {
    var copied = 0
    var rest = unread(extents)
    while let run = instance.nextRun(in: rest) {
      copied += demandLog.preserve(run, from: disk)
      rest = run.upperBound..<extents.upperBound
    }
    preservedCount += copied
    return copied
  }

  /// The runs of `extents` that a change would have to copy first.
  func collidingRuns(in extents: Range<Int>) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var rest = unread(extents)
    while let run = instance.nextRun(in: rest) {
      var missing = run
      while let clear = demandLog.extents.nextClearRun(in: missing) {
        runs.append(clear)
        missing = clear.upperBound..<run.upperBound
      }
      rest = run.upperBound..<extents.upperBound
    }
    return runs
  }

  private func unread(_ extents: Range<Int>) -> Range<Int> {
    min(max(extents.lowerBound, cursor), extents.upperBound)..<extents.upperBound
  }

  /// Switches the sets: what is dirty becomes the instance, and nothing is dirty.
  ///
  /// All disks of a virtual machine switch at one instant; see ``ReplicationSource``.
  package mutating func beginInstance() {
    precondition(instance.isEmpty, "the instance in flight ends before the next one begins")
    instance = dirty.take()
    cursor = 0
    preservedCount = 0
    unreadExtentCount = instance.count
  }

  /// Reads up to `limit` extents of the instance, in ascending order, as they were when it began.
  ///
  /// - Returns: The extents, or `nil` when all were read.
  package mutating func readInstance(limit: Int, from disk: some ReplicatedDisk) -> ExtentBatch? {
    guard unreadExtentCount > 0 else { return nil }
    let runs = instance.nextRuns(from: cursor, extentLimit: limit)
    guard let last = runs.last else { return nil }
    var batch = ExtentBatch(geometry: geometry)
    if demandLog.isEmpty {
      batch.append(runs, from: disk)
    } else {
      for run in runs { read(run, from: disk, into: &batch) }
    }
    cursor = last.upperBound
    unreadExtentCount -= batch.extentCount
    return batch
  }

  /// Reads what was preserved from the demand log and the rest from the disk.
  private mutating func read(_ run: Range<Int>, from disk: some ReplicatedDisk, into batch: inout ExtentBatch)
  {
    var rest = run
    while let preserved = demandLog.extents.nextRun(in: rest) {
      if rest.lowerBound < preserved.lowerBound {
        batch.append(rest.lowerBound..<preserved.lowerBound, from: disk)
      }
      demandLog.take(preserved, into: &batch)
      rest = preserved.upperBound..<run.upperBound
    }
    if !rest.isEmpty { batch.append(rest, from: disk) }
  }

  /// The instance is complete at the target.
  package mutating func endInstance() {
    instance.removeAll()
    demandLog.removeAll()
    cursor = 0
    unreadExtentCount = 0
  }

  /// The instance is given up: its extents are dirty again.
  package mutating func foldBack() {
    dirty.formUnion(instance)
    endInstance()
  }

  /// Forgets everything, as a crash of the host does.
  package mutating func lose() {
    dirty.removeAll()
    endInstance()
  }

  // MARK: - What the persistent state file holds

  package var saved: SavedTracker {
    SavedTracker(dirty: dirty, instance: instance, cursor: cursor, preserved: demandLog)
  }

  /// The tracker that ``saved`` described, an instance in flight included.
  package init(restoring saved: SavedTracker) {
    self.init(geometry: saved.dirty.geometry)
    dirty = saved.dirty
    instance = saved.instance
    cursor = saved.cursor
    demandLog = saved.preserved
    preservedCount = saved.preserved.count
    if let last = instance.nextRun(from: cursor)?.lowerBound {
      unreadExtentCount = instance.count(in: last..<geometry.extentCount)
    }
  }

  /// The same changes on a disk that has grown, whose new part holds zeros on both sides.
  ///
  /// - Precondition: No instance is in flight; the extents keep their size, and the disk does not shrink.
  mutating func grow(to newGeometry: ExtentGeometry) {
    precondition(instance.isEmpty, "a disk grows between two instances")
    precondition(
      newGeometry.extentSize == geometry.extentSize && newGeometry.extentCount >= geometry.extentCount,
      "a disk grows by whole extents of its size")
    var grown = ChangeTracker(geometry: newGeometry)
    dirty.forEachRun { grown.dirty.mark($0) }
    self = grown
  }
}
