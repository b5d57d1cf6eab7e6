import BlockStorage
package import Quantities

/// The connection, the clock, and how syncs begin and are given up.
extension ReplicationSource {
  /// The server or host that received is gone, with what was under way: a sync that runs starts over.
  package mutating func targetLost(at now: Instant) { abortSync(.targetLost, at: now) }

  /// The path to the target carries no data from now on; see ``ConnectionMonitor``.
  package mutating func pathBroke(at now: Instant) { connection.pathBroke(at: now) }

  package mutating func pathReturned() { connection.pathReturned() }

  // MARK: - The host's schedule

  /// What the host's schedule must know to plan the next cycle.
  package var outlook: CycleOutlook { schedule.outlook }

  /// What the host's schedule can plan for the replication.
  package var activity: HostSchedule.Activity {
    if case .fullSync = phase { return .fullSync }
    if !canStart { return .stopped }
    if case .idle = phase, needsAnyFullSync { return .needsFullSync }
    return .deltas
  }

  /// Starts the next cycle when the host's schedule says; `nil` holds a full sync until its turn.
  package mutating func startPlanned(at start: Instant?) {
    isFullSyncHeld = start == nil
    if let start { schedule.startPlanned(at: start) }
  }

  /// Does what is due at `now`: notices a loss, reconnects, gives up a delta, takes over, or starts a sync.
  ///
  /// - Precondition: Every guest write before `now` was told and is on the disks.
  package mutating func advance(to now: Instant, reading disks: [some ReplicatedDisk]) {
    while let deadline = connection.deadline, deadline <= now {
      switch connection.deadlinePassed(at: now) {
      case .lost:
        abortSync(.connectionLost, at: now)
        events.append(.connectionLost)
      case .reconnected: events.append(.connectionRestored)
      case .stillLost: break
      }
    }
    if isDemandLogFull, demandLogFailsAt == nil { demandLogFailsAt = now + parameters.demandLog.retrySpan }
    if let failsAt = demandLogFailsAt, failsAt <= now { abortSync(.demandLog, at: now) }
    if let resumesAt = migration?.resumesAt, resumesAt <= now { migration = nil }
    advancePreparation(to: now, reading: disks)
    guard canStart, case .idle = phase else { return }
    if needsAnyFullSync {
      if !isFullSyncHeld, fullSyncRetriesAt ?? now <= now { beginFullSync(at: now) }
    } else if let deadline = schedule.deadline, deadline <= now {
      schedule.syncStarted(at: now)
      prepareDelta(at: now, reading: disks)
    }
  }

  private mutating func beginFullSync(at now: Instant) {
    fullSyncRetriesAt = nil
    schedule.syncStarted(at: now)
    lastSequence += 1
    // From here on every write is tracked, so what was dirty before is covered by the comparison.
    for index in trackers.indices where needsFullSync[index] { trackers[index].lose() }
    phase = .fullSync(
      FullSync(
        scan: FullSyncScan(
          geometries: trackers.map(\.geometry), isNeeded: needsFullSync,
          keySeed: ComparisonKey.seed(
            secret: options.comparisonSecret, session: session, sequence: lastSequence),
          parameters: parameters),
        account: account(.fullSync, startedAt: now)))
    events.append(.fullSyncStarted(isInitial: !hasReplica))
  }

  // MARK: - Quiescing

  /// Begins a delta, after the guest was quiesced if it runs and that is wanted.
  mutating func prepareDelta(at now: Instant, reading disks: [some ReplicatedDisk]) {
    guard options.quiescing.mode != .none, power == .on else {
      return beginDelta(at: now, consistency: .none, reading: disks)
    }
    phase = .preparing(
      Preparation(
        readyAt: options.quiescing.prepareTime.map { now + $0 },
        exceedsAt: now + schedule.objective + .nanoseconds(1)))
  }

  private mutating func advancePreparation(to now: Instant, reading disks: [some ReplicatedDisk]) {
    guard case .preparing(var preparation) = phase else { return }
    if let exceedsAt = preparation.exceedsAt, exceedsAt <= now {
      preparation.exceedsAt = nil
      phase = .preparing(preparation)
      events.append(.preparationExceededObjective)
    }
    if let readyAt = preparation.readyAt, readyAt <= now {
      prepared(at: now, isQuiesced: isGuestResponsive, reading: disks)
    }
  }

  /// The guest is at rest: now the instance is taken, and the guest goes on.
  ///
  /// - Parameter isQuiesced: Whether it came to rest; if it could not, the instance is crash-consistent (*inferred*).
  /// - Precondition: Every guest write before `now` was told and is on the disks. A guest is being quiesced.
  package mutating func prepared(
    at now: Instant, isQuiesced: Bool = true, reading disks: [some ReplicatedDisk]
  ) {
    guard case .preparing = phase else { preconditionFailure("only a guest being quiesced is ready") }
    // The replica is as old as its content, not as the wish for it.
    schedule.guestCameToRest(at: now)
    beginDelta(at: now, consistency: isQuiesced ? options.quiescing.mode : .none, reading: disks)
    if !isQuiesced, case .delta(var delta) = phase {
      delta.account.failedToQuiesce = true
      phase = .delta(delta)
    }
  }

  /// Whether the driver must tell when the guest is at rest.
  package var awaitsPreparation: Bool {
    if case .preparing(let preparation) = phase { preparation.readyAt == nil } else { false }
  }

  // MARK: - Deltas

  private mutating func beginDelta(
    at now: Instant, consistency: Quiescing.Mode, reading disks: [some ReplicatedDisk]
  ) {
    lastSequence += 1
    for index in trackers.indices { trackers[index].beginInstance() }
    demandLogPeak = .zero
    var account = account(.delta, startedAt: now)
    account.consistency = consistency
    phase = .delta(
      Delta(
        summary: InstanceSummary(
          sequence: lastSequence, pointInTime: now, extentCounts: trackers.map(\.instanceExtentCount),
          certificates: disks.map(\.digest)),
        account: account))
    events.append(.deltaStarted(sequence: lastSequence))
  }

  private func account(_ kind: SyncAccount.Kind, startedAt now: Instant) -> SyncAccount {
    SyncAccount(
      kind: kind, sequence: lastSequence, startedAt: now, payloadSize: .zero, wireSize: .zero,
      comparedSize: .zero, preservedExtents: 0)
  }

  mutating func abortSync(_ reason: AbortReason, at now: Instant) {
    var wait = TimeSpan.zero
    switch phase {
    case .idle: return
    case .fullSync(let sync):
      // The comparison starts over; what already reached the target will be found equal.
      if reason == .connectionLost || reason == .targetLost {
        fullSyncRetriesAt = now + parameters.fullSyncRetryDelay
      }
      events.append(.syncAborted(sync.account, reason))
    case .preparing: events.append(.deltaNotStarted(reason))
    case .delta(let delta):
      let account = completed(delta.account)
      for index in trackers.indices {
        if planted.contains(.foldBackLost) {
          trackers[index].endInstance()
        } else {
          trackers[index].foldBack()
        }
      }
      events.append(.syncAborted(account, reason))
      if reason == .demandLog {
        demandLogFailures += 1
        wait = parameters.requestRetryDelay(afterFailures: demandLogFailures)
      }
    }
    schedule.syncAborted(at: now, retryingAfter: wait)
    demandLogFailsAt = nil
    isDemandLogFull = false
    phase = .idle
    session += 1
  }
}
