import BlockStorage
import Inventory
package import Measurements
import Quantities
import ReplicationCore
import ResourceModels
import Scenarios
import SimulationKernel
import Workloads

extension World {
  /// Records an event of a machine.
  mutating func note(_ kind: String, of machine: Int, detail: String = "", vcenterEvent: String? = nil) {
    let copy: String? =
      switch machines[machine].role {
      case .current, .gone: nil
      case .former: "former copy"
      case .test: "test copy"
      }
    record.note(
      kind, subject: scenario.inventory[machines[machine].id].name,
      detail: copy.map { detail.isEmpty ? $0 : "\($0), \(detail)" } ?? detail,
      vcenterEvent: vcenterEvent, at: now)
  }

  /// Records what a replication's source tells.
  ///
  /// The beginning and end of a delta and the end of a full sync become a cycle and no event.
  ///
  /// - Parameter unsent: What a sync that was given up had handed over and the network has not carried.
  mutating func note(_ event: ReplicationEvent, of index: Int, unsent: ByteCount) {
    replications[index].report.handle(event, at: now)
    let machine = replications[index].machineIndex
    let posted = PrimaryEvent(of: event)?.kind.rawValue
    switch event {
    case .fullSyncStarted(let isInitial):
      note(
        "replication.full-sync-started", of: machine, detail: isInitial ? "initial" : "", vcenterEvent: posted
      )
    case .fullSyncCompleted(let account), .deltaCompleted(let account):
      append(account, outcome: .completed, of: index)
    case .deltaStarted: break
    case .syncAborted(let account, let reason):
      append(account, outcome: .aborted(reason: reason.rawValue), of: index, unsent: unsent)
      note("replication.sync-aborted", of: machine, detail: reason.rawValue, vcenterEvent: posted)
    case .connectionLost: note("replication.connection-lost", of: machine, vcenterEvent: posted)
    case .connectionRestored: note("replication.connection-restored", of: machine, vcenterEvent: posted)
    case .deltaNotStarted(let reason):
      note("replication.delta-not-started", of: machine, detail: reason.rawValue, vcenterEvent: posted)
    case .preparationExceededObjective:
      note("replication.preparation-exceeds-rpo", of: machine, vcenterEvent: posted)
    case .configurationFailed(let problem):
      note("replication.error", of: machine, detail: problem.rawValue, vcenterEvent: posted)
    }
  }

  /// Records a sync that ended; of one that was cut off, what the network has carried.
  private mutating func append(
    _ account: SyncAccount, outcome: CycleRecord.Outcome, of index: Int, unsent: ByteCount = .zero
  ) {
    let wireSize = account.wireSize - (planted.contains(.unsentBytesCounted) ? .zero : unsent)
    record.append(
      CycleRecord(
        vm: replications[index].machine, sequence: replications[index].cycleCount,
        kind: account.kind == .fullSync ? .fullSync : .delta, startedAt: account.startedAt, endedAt: now,
        outcome: outcome, payloadSize: carriedPayload(of: account, wireSize: wireSize), wireSize: wireSize,
        checksummedSize: account.comparedSize, preservedExtentCount: account.preservedExtents,
        configurationSize: account.configurationSize, demandLogPeak: account.demandLogPeak,
        consistency: CycleRecord.Consistency(account.consistency),
        vcenterEvents: vcenterEvents(of: account, isCompleted: outcome == .completed)))
    replications[index].cycleCount += 1
  }

  /// How much of a sync's payload `wireSize` bytes on the network were: all of it, or of one that was cut off at most
  /// as much, and in proportion where it was compressed.
  private func carriedPayload(of account: SyncAccount, wireSize: ByteCount) -> ByteCount {
    guard wireSize < account.wireSize else { return account.payloadSize }
    guard account.payloadSize > account.wireSize else { return min(account.payloadSize, wireSize) }
    let product = account.payloadSize.bytes.multipliedFullWidth(by: wireSize.bytes)
    return ByteCount(bytes: account.wireSize.bytes.dividingFullWidth(product).quotient)
  }

  /// What the source posted to vCenter about a sync, but for what ``note(_:of:unsent:)`` records as an event.
  private func vcenterEvents(of account: SyncAccount, isCompleted: Bool) -> CycleRecord.VCenterEvents {
    func name(_ event: ReplicationEvent) -> String? {
      let preparation: PrimaryEvent.Preparation =
        switch account.consistency {
        case .none: account.failedToQuiesce ? .failed : .none
        case .fileSystem: .fileSystem
        case .application: .application
        }
      return PrimaryEvent(of: event, preparation: preparation)?.kind.rawValue
    }
    return switch account.kind {
    case .fullSync:
      CycleRecord.VCenterEvents(end: isCompleted ? name(.fullSyncCompleted(account)) : nil)
    case .delta:
      CycleRecord.VCenterEvents(
        start: name(.deltaStarted(sequence: account.sequence)),
        end: isCompleted ? name(.deltaCompleted(account)) : nil)
    }
  }

  /// Records that a timeline entry begins.
  mutating func note(_ entry: Int) {
    let description = scenario.timeline[entry]
    entryMoments.began[entry] = now
    record.note(
      description.verb.rawValue, subject: subject(of: description.action),
      detail: description.duration.map { "for \($0)" } ?? "", at: now)
    if description.isLasting {
      openFaults.append((entry, now))
      entryMoments.reach[entry] = reach(of: entry)
    }
  }

  /// Entries are over, because their time is or because another entry says so.
  mutating func lift(_ entries: [Int]) {
    for entry in entries {
      guard let position = openFaults.firstIndex(where: { $0.entry == entry }) else { continue }
      let fault = openFaults.remove(at: position)
      appendFault(entry, from: fault.from)
      let description = scenario.timeline[entry]
      record.note("\(description.verb.rawValue).end", subject: subject(of: description.action), at: now)
    }
  }

  private mutating func appendFault(_ entry: Int, from: Instant) {
    entryMoments.ended[entry] = now
    record.append(faultRecord(of: entry, from: from))
  }

  /// The entry as a fault that lasted until now; it can touch what it could when it began, or can now.
  func faultRecord(of entry: Int, from: Instant) -> FaultRecord {
    let description = scenario.timeline[entry]
    let subject = subject(of: description.action)
    let touched = Set((entryMoments.reach[entry] ?? []) + reach(of: entry)).sorted()
    return FaultRecord(
      name: faultName(of: entry), kind: description.verb.rawValue,
      subject: subject, from: from, to: now, reach: touched.count == replications.count ? nil : touched)
  }

  /// The name of an entry as a fault: its `id`, or verb and subject.
  func faultName(of entry: Int) -> String {
    let description = scenario.timeline[entry]
    return description.id ?? "\(description.verb.rawValue) \(subject(of: description.action))"
  }

  private func subject(of action: Scenario.TimelineEntry.Action) -> String {
    func names(_ ids: [VirtualMachineID]) -> String {
      let first = scenario.inventory[ids[0]].name
      return ids.count == 1 ? first : "\(first) and \(ids.count - 1) more"
    }
    return switch action {
    case .linkDown(let link), .linkLimit(let link, _), .linkRestore(let link): scenario.inventory[link].name
    case .hostFail(let host), .hostRestore(let host): scenario.inventory[host].name
    case .serverFail(let server), .serverRestore(let server): scenario.inventory[server].name
    case .powerOff(let ids), .powerOn(let ids), .scaleWorkload(let ids, _): names(ids)
    case .migrate(let ids, _), .trim(let ids, _, _, _), .snapshot(let ids), .revert(let ids),
      .addDisk(let ids, _, _), .resizeDisk(let ids, _, _), .removeDisk(let ids, _):
      names(ids)
    case .diskGroupFail(let host, let group), .diskGroupRestore(let host, let group):
      "\(scenario.inventory[host].name)/\(group + 1)"
    case .corruptReplica(let ids, _, _): names(ids.map { scenario.replications[$0.index].virtualMachine })
    case .datastoreFull(let id), .datastoreSlow(let id, _), .datastoreRestore(let id):
      scenario.inventory[id].name
    case .reconfigureReplication(let ids), .testImage(let ids, _), .moveReplication(let ids, _),
      .pauseReplication(let ids), .resumeReplication(let ids), .syncReplication(let ids),
      .fullSyncReplication(let ids):
      names(ids.map { scenario.replications[$0.index].virtualMachine })
    case .linkLatency(let link, _, _), .linkLoss(let link, _), .linkFlap(let link, _, _),
      .linkBrownout(let link, _, _), .linkBackground(let link, _), .linkCorrupt(let link, _):
      scenario.inventory[link].name
    case .circuitDown(let circuit), .circuitLimit(let circuit, _), .circuitRestore(let circuit):
      scenario.inventory[circuit].name
    case .compute(let action): subject(of: action)
    case .recovery(let action): subject(of: action)
    }
  }

  /// Ends the run at the current instant and hands over what it leaves behind.
  ///
  /// - Throws: ``SimulationFailure/replicaDamaged(machine:disk:at:)`` if a replica does not hold what was
  ///   written to it.
  package consuming func finish(version: String) throws(SimulationFailure) -> RunRecord {
    for (index, replication) in replications.enumerated() {
      let machine = machines[replication.machineIndex]
      drawWrites(of: replication.machineIndex)
      try checkFiles(index)
      if let disk = replication.replica.damagedDisks().first {
        throw .replicaDamaged(
          machine: scenario.inventory[machine.id].name, disk: machine.disks[disk].name, at: now)
      }
      record.foldFinal(UInt64(index))
      for content in machine.contents { record.foldFinal(content.digest.change.sum) }
      if let former = replication.formerCopy {
        drawWrites(of: former)
        for content in machines[former].contents { record.foldFinal(content.digest.change.sum) }
      }
    }
    recordUnfinishedRuns()
    recordStaleCopies()
    for fault in openFaults { appendFault(fault.entry, from: fault.from) }
    noteUnfinishedStorageCopies()
    for index in replications.indices {
      if let account = replications[index].source.currentAccount {
        append(account, outcome: .inFlight, of: index, unsent: unsentSize(index))
      }
      if let progress = replications[index].source.progress {
        replications[index].report.progressed(progress, at: now)
      }
      if replications[index].lag.end == nil { replications[index].lag.end(at: now) }
    }
    var run = RunRecord(
      scenarioName: scenario.name, scenarioTitle: scenario.title,
      scenarioHash: StateDigest(start: scenario.hash).description, seed: seed,
      version: version, duration: now - .zero,
      warmUp: min(scenario.clock.warmup, now - .zero), digest: record.digest.value, eventCount: eventCount,
      vcenterEventSizePerSync: SchedulingArithmetic.eventSizePerSync, vms: vmRecords(), links: linkRecords(),
      circuits: circuitRecords(), datastores: datastoreRecords(), cycles: record.cycles,
      faults: record.faults.enumerated().sorted {
        ($0.element.from, $0.offset) < ($1.element.from, $1.offset)
      }
      .map(\.element), events: record.events, siteLosses: record.siteLosses,
      planRuns: record.planRuns)
    run.staleCopies = record.staleCopies
    return run
  }

  private func vmRecords() -> [VMRecord] {
    replications.enumerated().map { index, replication in
      let machine = machines[replication.machineIndex]
      let delays = machine.delays
      var availability = machine.availability
      availability.ended(at: now)
      return VMRecord(
        id: machine.id, name: scenario.inventory[machine.id].name,
        disks: machine.disks.map { disk in .init(name: disk.name, size: disk.size) },
        finalStatus: status(of: index).rawValue, lag: replication.lag,
        writtenSize: machine.disks.reduce(.zero) {
          $0 + ($1.writes?.writtenBytes ?? .zero) + ($1.attack?.writtenBytes ?? .zero)
        },
        verifiedInstanceCount: replication.verifiedInstanceCount,
        // What vSphere Replication reports of its own replications it does not know of those of storage.
        replication: replication.storageUnit == nil ? replicationInfo(of: index) : nil,
        guestDelay: GuestDelayRecord(count: delays.count, total: delays.total, longest: delays.longest),
        replicaPeak: replication.spacePeak, pointInTimeCount: replication.replica.instances.count,
        availability: AvailabilityRecord(
          restartCount: availability.restartCount, resetCount: availability.resetCount,
          timeWithoutHost: availability.lostTime))
    }
    .sorted { $0.id < $1.id }
  }

  /// What the interfaces of the product would tell of a replication now.
  private func replicationInfo(of index: Int) -> ReplicationInfoRecord {
    var info = replications[index].report.record(at: now)
    guard case .replicating = replications[index].life else { return info }
    info.hostState = conditions(of: index).hostState.rawValue
    info.groupState = groupState(of: index).rawValue
    return info
  }

  /// What the replication server tells of a replica; unknown where it does not run.
  private func groupState(of index: Int) -> GroupState {
    if let server = replications[index].server, !servers[server.index].isUp { return .unknown }
    return replications[index].replica.groupState
  }

  /// The status of a replication as an administrator reads it; see `ReplicationConditions` for what comes first.
  ///
  /// A replica is being recovered from the moment when it is writable until its machine is in the inventory. A replication
  /// that is not configured, for which the contract has no word, is not active. While the management server of either
  /// site does not answer, the status is unknown (*inferred*).
  func status(of index: Int) -> ReplicationStatus {
    if replications[index].storageUnit != nil { return .notActive }
    var conditions = ReplicationConditions()
    switch replications[index].life {
    case .absent, .byStorage: return .notActive
    case .recovered:
      conditions.recovery = machines[replications[index].machineIndex].isRegistered ? .done : .running
    case .replicating: conditions = self.conditions(of: index)
    }
    conditions.isReachable = silentManagementServer(of: index) == nil
    return conditions.status
  }

  /// Everything that the status depends on; a target without room is an error.
  private func conditions(of index: Int) -> ReplicationConditions {
    var conditions = replications[index].source.conditions
    if replications[index].hasShortage || replications[index].hasLostContent
      || replications[index].isHostWanted && isTargetServed(index)
    {
      conditions.hasError = true
    }
    conditions.configuration = replications[index].isConfiguring ? .running : .done
    conditions.isMoving = replications[index].isMoving
    conditions.isViolated =
      replications[index].lag.lag(at: now).map { $0 > replications[index].lag.rpo } ?? false
    return conditions
  }

  private func datastoreRecords() -> [DatastoreRecord] {
    zip(scenario.inventory.datastores, datastores).enumerated().map { index, datastore in
      let (description, state) = datastore
      return DatastoreRecord(
        id: DatastoreID(index), name: description.name, site: scenario.inventory[description.site].name,
        capacity: description.capacity, usedSize: state.used, usedPeak: state.usedPeak,
        peakShare: state.usedShare, vsan: vsanRecord(state))
    }
  }

  func linkRecords() -> [LinkRecord] {
    links.indices.flatMap { index in
      let link = scenario.inventory.links[index]
      return Link.Direction.allCases.map { direction in
        let ends = direction == .forward ? link.ends : link.ends.reversed()
        let (bytes, background) = carriedBytes(LinkID(index), direction)
        let state = links[index]
        return LinkRecord(
          id: LinkID(index), direction: direction, name: link.name, source: scenario.inventory[ends[0]].name,
          target: scenario.inventory[ends[1]].name,
          use: state.meters[direction.rawValue].end(
            cumulativeBytes: bytes, backgroundBytes: background, at: now),
          backgroundSize: ByteCount(bytes: background),
          damagedFrameCount: state.damagedFrameCount[direction.rawValue],
          wastedSize: ByteCount(bytes: UInt64(state.wastedBytes[direction.rawValue].rounded())))
      }
    }
  }
}

extension CycleRecord.Consistency {
  init(_ mode: Quiescing.Mode) {
    self =
      switch mode {
      case .none: .crash
      case .fileSystem: .fileSystem
      case .application: .application
      }
  }
}
