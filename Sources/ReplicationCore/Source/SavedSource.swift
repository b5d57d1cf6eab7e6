package import BlockStorage

/// What the persistent state file of one disk holds.
package struct SavedTracker: Sendable {
  /// Extents written since the instance in flight began, or since the last one was complete.
  package let dirty: DirtyBitmap
  /// The extents of the instance in flight; empty if there is none.
  package let instance: DirtyBitmap
  /// Extents of the instance below this one were read.
  package let cursor: Int
  /// Extents of the instance that were overwritten before they were read.
  package let preserved: PreservedExtents

  package init(dirty: DirtyBitmap, instance: DirtyBitmap, cursor: Int, preserved: PreservedExtents) {
    (self.dirty, self.instance, self.cursor, self.preserved) = (dirty, instance, cursor, preserved)
  }
}

/// What a source must find again after its virtual machine was off or moved.
package struct SavedSource: Sendable {
  /// One per disk.
  package let trackers: [SavedTracker]
  /// Whether each disk must be compared before a delta of it means anything.
  package let needsFullSync: [Bool]
  package let hasReplica: Bool
  package let lastSequence: SyncSequence

  package init(
    trackers: [SavedTracker], needsFullSync: [Bool], hasReplica: Bool, lastSequence: SyncSequence
  ) {
    (self.trackers, self.needsFullSync) = (trackers, needsFullSync)
    (self.hasReplica, self.lastSequence) = (hasReplica, lastSequence)
  }
}

/// Why nobody knows any more what changed, although the host did not fail.
package enum TrackingLoss: String, Sendable, Hashable, CaseIterable {
  /// The persistent state file is gone or was not closed cleanly.
  case stateFileLost
  case replicationIdentifierChanged
  /// The disks hold older content than the bitmaps speak of.
  case snapshotReverted
}
