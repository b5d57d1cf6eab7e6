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

  /// Records a guest write that is about to reach the disk.
  ///
  /// - Complexity: O(extents touched), and a read of those that must be preserved.
  package mutating func guestWillWrite(_ extents: Range<Int>, reading disk: some ReplicatedDisk) {
    if extents.upperBound > cursor, !instance.isEmpty { preserve(extents, reading: disk) }
    dirty.mark(extents)
  }

  private mutating func preserve(_ extents: Range<Int>, reading disk: some ReplicatedDisk) {
    var rest = max(extents.lowerBound, cursor)..<extents.upperBound
    while let run = instance.nextRun(in: rest) {
      preservedCount += demandLog.preserve(run, from: disk)
      rest = run.upperBound..<extents.upperBound
    }
  }

  /// Switches the sets: what is dirty becomes the instance, and nothing is dirty.
  ///
  /// All disks of a virtual machine switch at one instant; see ``ReplicationSource``.
  package mutating func beginInstance() {
    precondition(instance.isEmpty, "the instance in flight ends before the next one begins")
    instance = dirty.take()
    cursor = 0
    preservedCount = 0
  }

  /// Reads up to `limit` extents of the instance, in ascending order, as they were when it began.
  ///
  /// - Returns: The extents, or `nil` when all were read.
  package mutating func readInstance(limit: Int, from disk: some ReplicatedDisk) -> ExtentBatch? {
    guard cursor < geometry.extentCount, !instance.isEmpty else { return nil }
    let runs = instance.nextRuns(from: cursor, extentLimit: limit)
    guard let last = runs.last else { return nil }
    var batch = ExtentBatch(geometry: geometry)
    if demandLog.isEmpty {
      batch.append(runs, from: disk)
    } else {
      for run in runs { read(run, from: disk, into: &batch) }
    }
    cursor = last.upperBound
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
}
