import BlockStorage
import Quantities
import ReplicationCore
import Testing

/// What happens to the virtual machine, its host and its disks.
extension ReplicationPair {
  /// The guest frees the bytes, if it may.
  @discardableResult
  func unmap(_ byteRange: Range<UInt64>, disk: Int = 0) -> UnmapOutcome {
    let outcome = source.guestWillUnmap(byteRange, disk: disk, reading: disks[disk])
    if case .passed(let freed, let written, _) = outcome {
      for run in freed { change(run, to: 0, disk: disk) }
      for run in written { change(run, to: nextTag(), disk: disk) }
    }
    return outcome
  }

  /// The guest frees whole extents.
  @discardableResult
  func unmap(extents: Range<Int>, disk: Int = 0) -> UnmapOutcome {
    let size = disks[disk].geometry.extentSize.bytes
    let end = min(UInt64(extents.upperBound) * size, disks[disk].geometry.diskSize.bytes)
    return unmap(UInt64(extents.lowerBound) * size..<end, disk: disk)
  }

  func prepared(isQuiesced: Bool = true) throws {
    try update { $0.prepared(at: now, isQuiesced: isQuiesced, reading: disks) }
  }

  func requestOfflineInstance() throws {
    try update { try $0.offlineInstanceRequested(at: now) }
  }

  func stopOfflineInstance() throws { try update { $0.offlineInstanceStopped(at: now) } }

  func loseTracking(_ cause: TrackingLoss) throws { try update { $0.trackingLost(cause, at: now) } }

  func failDemandLog() throws { try update { $0.demandLogFailed(at: now) } }

  func recoverDemandLog() throws { try update { $0.demandLogRecovered() } }

  func beginMigration() throws { try update { $0.migrationBegan(at: now) } }

  func endMigration() throws { try update { $0.migrationEnded(at: now) } }

  func takeSnapshot() throws -> WriteCost {
    var cost = WriteCost.none
    try update { cost = $0.snapshotTaken(reading: disks) }
    return cost
  }

  func failConfiguration(_ problem: ConfigurationProblem) throws {
    try update { $0.configurationFailed(problem, at: now) }
  }

  /// The state goes through the files and back, as when the machine was off.
  func restoreFromFiles() throws { try update { $0.restore($0.saved) } }

  private func update(_ change: (inout ReplicationSource) throws -> Void) throws {
    try change(&source)
    try settle()
  }

  // MARK: - Disks

  /// A disk grows at the source; the replica gets the new size by ``resizeReplica()``.
  func grow(disk index: Int, to extentCount: Int) throws {
    let grown = disks[index].grown(to: extentCount)
    disks[index] = grown
    try update { $0.diskGrown(index, to: grown.geometry, at: now) }
  }

  /// Gives the target's disks the sizes of the source's.
  func resizeReplica() throws {
    try changeTarget { target in
      for index in disks.indices where bases[index].geometry != disks[index].geometry {
        _ = try target.growDisk(index, to: disks[index].geometry)
      }
    }
    try targetDisksChanged()
    try update { $0.replicaResized() }
  }

  /// The machine gets a disk.
  ///
  /// If it is replicated without asking, the target has an empty one for it at once.
  func addDisk(_ disk: ExtentStore) throws {
    disks.append(disk)
    content.append(disk.content)
    try update { $0.diskAdded(disk.geometry, at: now) }
    if source.options.replicatesAddedDisks { try addToTarget(disk.geometry) }
  }

  /// The disk holds other content all of a sudden, which nobody told.
  func revertSnapshot(_ extents: Range<Int>, to tag: UInt64, disk: Int = 0) throws {
    change(extents, to: tag, disk: disk)
    try loseTracking(.snapshotReverted)
  }

  /// An administrator decides which disks are replicated: of those before in their order, then those added since.
  func reconfigure(_ configured: [ConfiguredDisk], disks newDisks: [ExtentStore]) throws {
    try update { $0.reconfigured(configured, at: now) }
    let kept = configured.compactMap { if case .kept(let index) = $0 { index } else { nil } }
    for index in bases.indices.reversed() where !kept.contains(index) {
      _ = try target.removeDisk(index)
    }
    snapshots = snapshots.mapValues { snapshot in
      (snapshot.pointInTime, kept.map { snapshot.content[$0] })
    }
    disks = newDisks
    content = newDisks.map(\.content)
    try targetDisksChanged()
    for case .added(let geometry) in configured { try addToTarget(geometry) }
  }

  private func addToTarget(_ geometry: ExtentGeometry) throws {
    try target.addDisk(base: ExtentStore(geometry: geometry))
    snapshots = snapshots.mapValues { ($0.pointInTime, $0.content + [[:]]) }
    try targetDisksChanged()
  }

  private func targetDisksChanged() throws {
    var removed = target
    bases = try removed.remove()
    try checkNewestInstance()
    try settle()
  }
}

extension ExtentStore {
  /// The tag of every extent that does not hold zeros.
  var content: ReplicationPair.Content {
    var content: ReplicationPair.Content = [:]
    for extent in 0..<geometry.extentCount where tag(of: extent) != 0 { content[extent] = tag(of: extent) }
    return content
  }

  /// A disk of more extents with the same content, zeros in the new part.
  func grown(to extentCount: Int) -> ExtentStore {
    let grown = ExtentStore(
      geometry: ExtentGeometry(
        diskSize: geometry.extentSize * UInt64(extentCount), extentSize: geometry.extentSize,
        payloadWidth: geometry.payloadWidth),
      image: image)
    for extent in 0..<geometry.extentCount { grown.fill(extent..<extent + 1, tag: tag(of: extent)) }
    return grown
  }
}
