package import Expectations
import Inventory
package import Measurements
package import Quantities
import ReplicationCore
import Scenarios

/// When the entries of the timeline began and ended, by their index, and whom they could touch when they began; only looked up,
/// never iterated.
struct EntryMoments {
  var began: [Int: Instant] = [:]
  var ended: [Int: Instant] = [:]
  var reach: [Int: [VirtualMachineID]] = [:]
}

extension World {
  /// Runs until `end`, or until the judge stops it, and shows it what it must see.
  ///
  /// A look changes nothing: the run is the same as without a judge.
  ///
  /// - Throws: As ``run(until:progress:)``.
  package mutating func run(
    until end: Instant, judge: inout Judge, progress: (borrowing World) -> Void = { _ in }
  ) throws(SimulationFailure) {
    guard judge.isWatching else { return try run(until: end, progress: progress) }
    var nextReport = eventCount + Self.eventsPerReport
    while true {
      // What is due at the next moment of interest happens before the look at it.
      let stop = min(end, judge.nextLook(after: now) ?? end)
      var told = toldCount
      var isReached = false
      while !isReached {
        isReached = try !step(until: stop)
        if eventCount >= nextReport {
          nextReport = eventCount + Self.eventsPerReport
          progress(self)
        }
        if !isReached, now < stop, toldCount != told {
          told = toldCount
          judge.look(at: self)
          // The look may have taught it a moment before the next one.
          break
        }
      }
      if isReached { judge.look(at: self) }
      if judge.isAborted || (isReached && stop == end) { return }
    }
  }

  /// Changes with whatever people would be told.
  private var toldCount: Int { recordedEventCount + cycleCount + planRuns.count }
}

extension World: StateSource {
  package func states(of metric: Metric) -> [StateSample] {
    switch metric {
    case .replicationStatus:
      replications.indices.map { StateSample(name: name(of: $0), word: status(of: $0).rawValue) }
    case .replicationTarget:
      replications.indices.map {
        StateSample(name: name(of: $0), word: scenario.inventory[target(of: $0)].name)
      }
    case .backlogBytes:
      replications.indices.map { index in
        StateSample(name: name(of: index), value: .amount(Int64(backlog(of: index).bytes)))
      }
    case .vmPower: powerStates
    case .planStatus: planStates
    case .groupStatus: groupStates
    case .vmNetwork: networkStates
    case .vmAddress: addressStates
    case .vmProtection: protectionStates
    default: []
    }
  }

  private func name(of replication: Int) -> String {
    scenario.inventory[machines[replications[replication].machineIndex].id].name
  }

  /// What a delta under way has left to send, and what is known to have changed since it began.
  private func backlog(of index: Int) -> ByteCount {
    let source = replications[index].source
    guard source.currentAccount?.kind == .delta, let progress = source.progress else {
      return source.dirtySize
    }
    return source.dirtySize + (progress.toTransfer - progress.transferred)
  }

  package func moment(ofEntry id: String, isEnd: Bool) -> Instant? {
    guard let entry = scenario.timeline.firstIndex(where: { $0.id == id }),
      let began = entryMoments.began[entry]
    else { return nil }
    guard isEnd else { return began }
    if case .recovery(let action) = scenario.timeline[entry].action, action.isRun {
      return planRuns.last { $0.id == id }?.ended
    }
    return scenario.timeline[entry].isLasting ? entryMoments.ended[entry] : began
  }

  package func recordSoFar() -> RunRecord {
    let machines = replications.indices.map { index in
      let replication = replications[index]
      var lag = replication.lag
      if lag.end == nil { lag.end(at: now) }
      return VMRecord(
        id: self.machines[replication.machineIndex].id, name: name(of: index), disks: [],
        finalStatus: status(of: index).rawValue, lag: lag, writtenSize: .zero,
        verifiedInstanceCount: replication.verifiedInstanceCount)
    }.sorted { $0.id < $1.id }
    let underWay = replications.indices.compactMap { index -> CycleRecord? in
      guard let account = replications[index].source.currentAccount else { return nil }
      return CycleRecord(
        vm: replications[index].machine, sequence: replications[index].cycleCount,
        kind: account.kind == .fullSync ? .fullSync : .delta, startedAt: account.startedAt, endedAt: now,
        outcome: .inFlight, payloadSize: account.payloadSize, wireSize: account.wireSize)
    }
    let open = openFaults.map { faultRecord(of: $0.entry, from: $0.from) }
    return RunRecord(
      scenarioName: scenario.name, scenarioHash: "", seed: seed, version: "", duration: now - .zero,
      warmUp: min(scenario.clock.warmup, now - .zero), digest: 0, eventCount: eventCount, vms: machines,
      links: linkRecords(), cycles: record.cycles + underWay, faults: record.faults + open, events: [],
      planRuns: planRuns)
  }
}
