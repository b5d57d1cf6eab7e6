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

  /// Gives the target disks of the source's sizes.
  func resizeReplica() throws {
    try replaceTarget(
      zip(bases, disks).map { base, disk in base.grown(to: disk.geometry.extentCount) })
    try update { $0.replicaResized() }
  }

  /// The machine gets a disk.
  ///
  /// If it is replicated without asking, the target has an empty one for it at once.
  func addDisk(_ disk: ExtentStore) throws {
    if source.options.replicatesAddedDisks {
      try replaceTarget(bases + [ExtentStore(geometry: disk.geometry)])
      snapshots = snapshots.mapValues { ($0.pointInTime, $0.content + [[:]]) }
    }
    disks.append(disk)
    content.append(disk.content)
    try update { $0.diskAdded(disk.geometry, at: now) }
  }

  /// The disk holds other content all of a sudden, which nobody told.
  func revertSnapshot(_ extents: Range<Int>, to tag: UInt64, disk: Int = 0) throws {
    change(extents, to: tag, disk: disk)
    try loseTracking(.snapshotReverted)
  }

  /// An administrator decides which disks are replicated, of those before and those added since.
  func reconfigure(_ configured: [ConfiguredDisk], disks newDisks: [ExtentStore]) throws {
    let newBases = zip(configured, newDisks).map { configured, disk in
      switch configured {
      case .kept(let index): bases[index]
      case .added(let geometry): ExtentStore(geometry: geometry)
      }
    }
    let newSnapshots = snapshots.mapValues { snapshot in
      (
        snapshot.pointInTime,
        configured.map { configured in
          if case .kept(let index) = configured { snapshot.content[index] } else { Content() }
        }
      )
    }
    try replaceTarget(newBases)
    snapshots = newSnapshots
    disks = newDisks
    content = newDisks.map(\.content)
    try update { $0.reconfigured(configured, at: now) }
  }

  /// Whether the base disks hold all that the target keeps when its connection is lost.
  var canReplaceTarget: Bool {
    var target = target
    target.connectionLost()
    return target.redoSize == .zero && target.nextMergeSize == nil
  }

  /// A target with other base disks that holds the same instance.
  private func replaceTarget(_ newBases: [ExtentStore]) throws {
    target.connectionLost()
    try #require(canReplaceTarget, "a target is rebuilt when all is merged")
    bases = newBases
    target = ReplicationTarget(bases: newBases, instance: target.newestInstance)
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
