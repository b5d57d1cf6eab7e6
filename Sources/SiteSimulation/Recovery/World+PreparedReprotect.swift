import BlockStorage
import Quantities
import ReplicationCore
import Scenarios

/// What a planned migration leaves for a reprotect that need not compare: the *optimized reprotect* of the product.
///
/// The copy that was left behind holds what was recovered, and a state file for each disk of the recovered machine tells what was
/// written since; that copy is in no inventory any more, so that nobody can start it. Nothing is left of it when the files are not up to date
/// (the host failed, a snapshot was reverted to), when a disk was added, or when the period of the profile is over; then the reprotect
/// compares. What the state files take of a datastore is not counted.
///
/// That the copy that was left behind counts as an instance at once is inferred.
///
/// - Source: VMware, Site Recovery Manager 8.6, "Optimized reprotect": only after a planned migration, back to the original site, within a
///   configured period.
struct PreparedReprotect {
  let instance: Instant
  let expiresAt: Instant
  /// Of the disks that were recovered; those left behind must have the same.
  let digests: [ContentDigest]
  /// Of each disk, what was written since ``instance``; known when it is taken.
  var changes: [DirtyBitmap] = []

  /// What the state files hold.
  var saved: SavedSource {
    SavedSource(
      trackers: changes.map { dirty in
        SavedTracker(
          dirty: dirty, instance: DirtyBitmap(geometry: dirty.geometry), cursor: 0,
          preserved: PreservedExtents(geometry: dirty.geometry))
      },
      needsFullSync: changes.map { _ in false }, hasReplica: true, lastSequence: 0)
  }
}

extension World {
  /// A planned migration has recovered what its source held when it was off: from now on what is written is kept for the way back.
  mutating func prepareReprotect(_ index: Int) {
    let period = scenario.profile.optimizedReprotectPeriod
    guard transport.product.fullSync.hasOptimizedReprotect, period > .zero else { return }
    guard let instance = replications[index].recoveredInstance else { return }
    let current = replications[index].machineIndex
    replications[index].preparedReprotect = PreparedReprotect(
      instance: instance, expiresAt: now + period, digests: machines[current].contents.map(\.digest))
    machines[current].keptChanges = machines[current].contents.map { DirtyBitmap(geometry: $0.geometry) }
  }

  /// What a planned migration has prepared for a reversal now, if that still tells everything; it is used up.
  mutating func takePreparedReprotect(_ index: Int) -> PreparedReprotect? {
    guard var prepared = replications[index].preparedReprotect else { return nil }
    let current = replications[index].machineIndex
    prepared.changes = machines[current].keptChanges
    forgetPreparedReprotect(of: current)
    guard let former = replications[index].formerCopy, now < prepared.expiresAt,
      machines[current].addedDisks.isEmpty, !machines[current].disks.contains(where: \.isRemoved),
      prepared.changes.map(\.geometry) == machines[current].contents.map(\.geometry),
      prepared.changes.map(\.geometry) == machines[former].contents.map(\.geometry),
      prepared.digests == machines[former].contents.map(\.digest)
    else { return nil }
    return prepared
  }

  /// The state files of a recovered machine do not tell any more what was written; no effect if it has none.
  mutating func forgetPreparedReprotect(of machine: Int) {
    let index = machines[machine].replication
    guard machines[machine].role == .current, replications[index].preparedReprotect != nil else { return }
    replications[index].preparedReprotect = nil
    machines[machine].keptChanges.removeAll()
  }
}
