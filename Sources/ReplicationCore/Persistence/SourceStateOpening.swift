package import BlockStorage

/// What the persistent state files of a virtual machine say when they are opened.
package struct SourceStateOpening: Sendable {
  /// What is known of the changes of one disk.
  package enum Tracking: Sendable {
    case known(SavedTracker)
    /// Nobody knows what changed: the disk needs a full sync.
    case lost(Cause)
  }

  package enum Cause: Sendable, Equatable {
    /// The host failed, or replication began and the disk was never replicated in full.
    case inUse
    case missing
    case damaged(PersistentStateDamage)
  }

  let geometries: [ExtentGeometry]
  /// One per disk.
  package let disks: [Tracking]

  /// Per disk why it needs a full sync, `nil` if it does not.
  package var losses: [Cause?] {
    disks.map { tracking in if case .lost(let cause) = tracking { cause } else { nil } }
  }

  /// What a source goes on from; disks whose tracking is lost are compared.
  ///
  /// - Parameters:
  ///   - hasReplica: Whether the target holds a complete instance.
  ///   - lastSequence: Of the target's newest instance. Numbers of syncs that led to none may be used again.
  package func saved(hasReplica: Bool, lastSequence: SyncSequence) -> SavedSource {
    SavedSource(
      trackers: zip(disks, geometries).map { tracking, geometry in
        switch tracking {
        case .known(let tracker): tracker
        case .lost: ChangeTracker(geometry: geometry).saved
        }
      },
      needsFullSync: losses.map { $0 != nil }, hasReplica: hasReplica, lastSequence: lastSequence)
  }
}

extension PersistentState {
  /// What a state file holds of a tracker.
  ///
  /// - Parameter sequence: Of the sync in flight, if there is one.
  package init(_ tracker: SavedTracker, sequence: SyncSequence) {
    self.init(
      dirty: tracker.dirty,
      instance: tracker.instance.isEmpty
        ? nil
        : Instance(
          sequence: sequence, transfer: tracker.instance, cursor: tracker.cursor,
          preserved: tracker.preserved))
  }
}

extension SavedTracker {
  package init(_ state: PersistentState) {
    self.init(
      dirty: state.dirty, instance: state.instance?.transfer ?? DirtyBitmap(geometry: state.geometry),
      cursor: state.instance?.cursor ?? 0,
      preserved: state.instance?.preserved ?? PreservedExtents(geometry: state.geometry))
  }
}

extension SavedSource {
  /// The same without a sync in flight: its extents are dirty again, and no demand log is needed.
  package var foldedBack: SavedSource {
    SavedSource(
      trackers: trackers.map { tracker in
        var folded = ChangeTracker(restoring: tracker)
        folded.foldBack()
        return folded.saved
      },
      needsFullSync: needsFullSync, hasReplica: hasReplica, lastSequence: lastSequence)
  }
}

extension ReplicationSource {
  /// The new host of a vMotion has read the state files that the old one saved: it goes on with what they hold.
  ///
  /// A delta in flight goes on where it was, its demand log included; else this is ``restore(_:)``.
  ///
  /// - Precondition: Nothing changed since the state was saved; no full sync goes on.
  package mutating func handedOver(_ saved: SavedSource) {
    guard case .delta = phase else { return restore(saved) }
    precondition(saved.needsFullSync == needsFullSync, "the state is the one that was saved")
    trackers = saved.trackers.map { ChangeTracker(restoring: $0) }
  }
}
