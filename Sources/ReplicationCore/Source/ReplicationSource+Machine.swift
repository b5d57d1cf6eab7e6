import BlockStorage
package import Quantities

/// What happens to the virtual machine and its host.
extension ReplicationSource {
  // MARK: - Power

  /// - Precondition: The machine is not locked; see ``requireUnlocked()``.
  package mutating func poweredOn(at now: Instant) {
    precondition(!isLocked, "a machine locked by an offline instance is not started")
    power = .on
  }

  /// The machine was shut down cleanly: what is dirty stays known, and a delta follows at power-on.
  package mutating func poweredOff(at now: Instant) {
    precondition(!isLocked, "only a running machine is shut down")
    abortSync(.poweredOff, at: now)
    power = .off
    migration = nil
  }

  /// The host crashed under the machine: the bitmaps are lost, and only a full sync can tell what differs.
  ///
  /// A machine that is off loses nothing, since its bitmaps were saved when it was shut down. An offline instance is
  /// given up and the lock with it.
  package mutating func hostFailed(at now: Instant) {
    guard power != .off else { return }
    abortSync(.hostFailed, at: now)
    if power == .on { loseTracking() }
    power = .off
    migration = nil
  }

  /// Nobody knows any more what changed: everything is compared, at once or when the machine starts.
  ///
  /// After a snapshot was reverted the disks may hold anything; the driver tells it before the next write.
  package mutating func trackingLost(_ cause: TrackingLoss, at now: Instant) {
    abortSync(.trackingLost, at: now)
    loseTracking()
  }

  private mutating func loseTracking() {
    for index in trackers.indices {
      trackers[index].lose()
      needsFullSync[index] = true
    }
  }

  // MARK: - Offline instances

  /// Whether the machine must not be started, moved or deleted, because an instance of it is made while it is off.
  package var isLocked: Bool { power == .offlineInstance }

  /// Asks before the machine is started, moved or deleted.
  package func requireUnlocked() throws(OfflineInstanceError) {
    guard !isLocked else { throw .offlineReplicating }
  }

  /// Syncs a machine that is off, which is locked until the instance is complete.
  ///
  /// - Source: vSphere Web Services API, `StartOfflineInstance`.
  package mutating func offlineInstanceRequested(at now: Instant) throws(OfflineInstanceError) {
    switch power {
    case .on: throw .poweredOn
    case .offlineInstance: throw .offlineReplicating
    case .off: break
    }
    guard !isPaused, configurationProblem == nil else { throw .invalidState }
    power = .offlineInstance
    schedule.syncRequested(at: now)
  }

  /// Gives up the offline instance and unlocks the machine; no effect if there is none.
  ///
  /// - Source: vSphere Web Services API, `StopOfflineInstance`.
  package mutating func offlineInstanceStopped(at now: Instant) {
    guard isLocked else { return }
    abortSync(.offlineInstanceStopped, at: now)
    unlock()
  }

  mutating func unlock() {
    if isLocked { power = .off }
  }

  // MARK: - State files

  /// What the persistent state files would hold now.
  package var saved: SavedSource {
    SavedSource(
      trackers: trackers.map(\.saved), needsFullSync: needsFullSync, hasReplica: hasReplica,
      lastSequence: lastSequence)
  }

  /// Takes what was read from the persistent state files; an instance that was in flight is dirty again.
  ///
  /// - Precondition: No sync is under way, and the disks have the geometries of those saved.
  package mutating func restore(_ saved: SavedSource) {
    guard case .idle = phase else { preconditionFailure("a running sync is not replaced") }
    precondition(
      saved.trackers.map(\.dirty.geometry) == trackers.map(\.geometry), "the state is of these disks")
    trackers = saved.trackers.map { ChangeTracker(restoring: $0) }
    for index in trackers.indices { trackers[index].foldBack() }
    needsFullSync = saved.needsFullSync
    hasReplica = saved.hasReplica
    lastSequence = max(lastSequence, saved.lastSequence)
  }

  // MARK: - vMotion

  /// Whether the machine moves, or its new host has not taken over yet.
  package var isMigrating: Bool { migration != nil }

  /// The machine begins to move to another host; nothing is sent until that has taken over.
  ///
  /// A sync in flight starts again afterwards or, with ``ReplicationParameters/continuesSyncsAcrossMigration``, goes on:
  /// what was sent by then still arrives, and the demand log moves with the rest of the state. A guest that is being
  /// quiesced is let go in any case. A Storage vMotion is not told: it changes nothing here.
  ///
  /// A machine that moves on before its host has taken over, as when that is emptied, takes the state along.
  ///
  /// - Precondition: The machine runs and does not move.
  package mutating func migrationBegan(at now: Instant) {
    if let migration {
      precondition(power == .on && migration.resumesAt != nil, "a running machine moves once at a time")
      self.migration = Migration(beganAt: now)
      return
    }
    precondition(power == .on, "only a running machine moves")
    if case .preparing = phase {
      abortSync(.migrated, at: now)
    } else if !parameters.continuesSyncsAcrossMigration {
      abortSync(.migrated, at: now)
    }
    migration = Migration(beganAt: now)
  }

  /// The machine runs on its new host, which finds the state at its next attempt.
  ///
  /// Attempts are *began + n · interval*, so that the new host takes over at
  /// *began + ⌈(ended − began) / interval⌉ · interval*.
  ///
  /// - Source: ESXi advanced setting `HBR.MigrateFlushTimerSecs` for the interval; the rule is inferred.
  /// - Precondition: It was moving.
  package mutating func migrationEnded(at now: Instant) {
    guard let beganAt = migration?.beganAt else { preconditionFailure("only a moving machine arrives") }
    let interval = parameters.migrationFlushInterval.nanoseconds
    let attempts = ((now - beganAt).nanoseconds + interval - 1) / interval
    migration?.resumesAt = beganAt + parameters.migrationFlushInterval * attempts
  }
}
