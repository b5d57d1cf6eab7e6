package import BlockStorage
package import Quantities

/// What happens to points in time when a disk grows.
///
/// - Source: vSphere Replication setting `extendDiskPITHierarchyPolicy`. That `auto` does what `collapse` does is
///   inferred from "points in time are cleared by default".
package enum DiskGrowthPolicy: String, Sendable, Hashable, CaseIterable {
  case auto
  /// All points in time but the latest are merged into the base disk, which then grows.
  case collapse
  /// The latest instance is cloned in full, all disks, as the new base; the old chain stays for its points in time.
  case preserve
}

extension ReplicationTarget {
  // MARK: - Growing

  /// A disk of the source has grown: its replica grows too, after which deltas go on without a full sync.
  ///
  /// The driver ends the source's session first (``connectionLost()``), since indices of extents change hands.
  ///
  /// Where the disk has grown over a break of the extent size, its extents become larger; a full sync must follow then, and
  /// points in time are cleared whatever the policy says (*inferred*).
  ///
  /// - Parameter geometry: The disk as it is now; extents keep their payload width.
  /// - Returns: The bytes that collapsing or cloning reads and writes again, which take their time.
  /// - Precondition: No sync is being received.
  package mutating func growDisk(
    _ index: Int, to geometry: ExtentGeometry, policy: DiskGrowthPolicy = .auto
  ) throws(TargetRequestError) -> ByteCount {
    try checkRequest()
    requireNoSync()
    let old = disks[index].base.geometry
    guard geometry.extentSize >= old.extentSize, geometry.payloadWidth == old.payloadWidth,
      geometry.diskSize >= old.diskSize
    else { throw .unfitGeometry }
    let isCoarser = geometry.extentSize > old.extentSize
    // What merges under way have done so far is done again.
    runningMerges.removeAll()
    let work: ByteCount
    if policy == .preserve, instances.count > 1, !isCoarser {
      work = cloneNewest()
    } else {
      work = collapse()
      preserved.removeAll()
    }
    if isCoarser {
      disks[index].base = disks[index].base.coarsened(to: geometry)
      if disks[index].allocation != nil { disks[index].allocation = allocatedExtents(of: disks[index].base) }
      // What it brought is compared again by the full sync that follows.
      disks[index].fullSync = nil
    } else {
      let fullSync = disks[index].fullSync
      disks[index].base = disks[index].base.grown(to: geometry)
      disks[index].allocation = disks[index].allocation.map { grown($0, to: geometry) }
      disks[index].fullSync = fullSync?.grown(to: geometry)
    }
    noteSpaceUse()
    return work
  }

  /// Merges everything complete into the base disks.
  mutating func collapse() -> ByteCount {
    var size = ByteCount.zero
    for level in levels {
      for (index, log) in level.logs.enumerated() {
        size += log.nominalBytes
        mergeIntoBase(log, ofDisk: index)
      }
    }
    baseRecord = newestRecord
    isBaseRetained = false
    levels.removeAll()
    return size
  }

  /// Leaves the chain behind and goes on with a copy of its newest instance.
  private mutating func cloneNewest() -> ByteCount {
    let newest = newestRecord
    let clones = disks.indices.map { index in
      let clone = disks[index].base.copy()
      for level in levels { level.logs[index].merge(into: clone) }
      return clone
    }
    preservedNumber += 1
    preserved.append(
      PreservedChain(
        number: preservedNumber, bases: disks.map(\.base), allocations: disks.map(\.allocation),
        // The newest instance goes on in the clone.
        levels: levels.dropLast(), baseRecord: baseRecord, isBaseRetained: isBaseRetained))
    levels.removeAll()
    baseRecord = newest
    isBaseRetained = false
    var size = ByteCount.zero
    for (index, clone) in clones.enumerated() {
      disks[index].base = clone
      if disks[index].allocation != nil { disks[index].allocation = allocatedExtents(of: clone) }
      size += baseSize(ofDisk: index)
    }
    return size
  }

  /// Lets go points in time of chains left behind.
  mutating func prunePreserved(kept: [Bool]) {
    var rest = kept[...]
    for index in preserved.indices {
      let count = preserved[index].pointsInTime.count
      preserved[index].prune(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    preserved.removeAll { $0.pointsInTime.isEmpty }
  }

  // MARK: - Adding and removing

  /// A disk was added to the replication, as the last one.
  ///
  /// A full sync must follow; instances that are complete by then lack the disk.
  ///
  ///
  /// - Precondition: No sync is being received.
  package mutating func addDisk(base: ExtentStore) throws(TargetRequestError) {
    try checkRequest()
    requireNoSync()
    var disk = Disk(base: base)
    if parameters.provisioning == .thin { disk.allocation = allocatedExtents(of: base) }
    disk.addedAfter = newestInstance?.sequence
    disks.append(disk)
    var empty = RedoLog(geometry: base.geometry)
    empty.seal()
    for index in levels.indices {
      levels[index].logs.append(empty)
      levels[index].changes.append(.none)
    }
    // Merges under way go on, with nothing of the new disk.
    for index in runningMerges.indices { runningMerges[index].growths.append(.zero) }
    noteSpaceUse()
  }

  /// A disk was taken out of the replication: its files are removed from every instance.
  ///
  /// - Returns: Its base disk.
  /// - Precondition: No sync is being received.
  package mutating func removeDisk(_ index: Int) throws(TargetRequestError) -> ExtentStore {
    try checkRequest()
    requireNoSync()
    guard disks.count > 1 else { throw .lastDisk }
    guard preserved.isEmpty else { throw .pointsInTimePreserved }
    runningMerges.removeAll()
    for level in levels.indices {
      levels[level].logs.remove(at: index)
      levels[level].changes.remove(at: index)
    }
    return disks.remove(at: index).base
  }

  private func requireNoSync() {
    guard case .none = sync else { preconditionFailure("the session ends before disks change") }
  }
}

extension RedoLog {
  /// The same log for a larger disk.
  fileprivate func grown(to geometry: ExtentGeometry) -> RedoLog {
    var log = RedoLog(geometry: geometry)
    var batch = ExtentBatch(geometry: geometry)
    for run in runs {
      for extent in run {
        guard let payload = payload(of: extent) else { preconditionFailure("a log holds its runs") }
        batch.append(extent..<extent + 1, payloads: payload.span.bytes)
      }
    }
    log.append(batch)
    log.seal()
    return log
  }
}

private func grown(_ bitmap: DirtyBitmap, to geometry: ExtentGeometry) -> DirtyBitmap {
  var larger = DirtyBitmap(geometry: geometry)
  bitmap.forEachRun { larger.mark($0) }
  return larger
}
