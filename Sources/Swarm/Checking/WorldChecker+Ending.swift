import Inventory
package import Measurements
import Quantities
import Scenarios
package import SiteSimulation

/// What must hold when a run is over.
extension WorldChecker {
  /// Checks what must hold when the whole run is over.
  package mutating func ended(_ world: borrowing World) throws(Violation) {
    world.inspectSharing(into: &snapshot)
    ledger.stepped(to: world.time, snapshot: snapshot)
    try checkBytes(world)
    try checkGrowth(world)
    for index in lags.indices { lags[index].account(until: world.time) }
    guard world.time == scenario.clock.end else { return }
    let expectation = RecoveryExpectation(scenario)
    try checkRunsEnded(world)
    let isQuiet = arePlansQuiet(world, since: expectation.lastChange)
    let places = world.machineSights
    for (index, promise) in expectation.promises.enumerated() {
      try checkOwnWrites(index, world)
      if case .none(let reason) = promise {
        counts.promises["none: \(reason)", default: 0] += 1
        continue
      }
      guard isQuiet else {
        counts.promises["none: a plan ran late", default: 0] += 1
        continue
      }
      let (kept, defect) = judge(index, promise, expectation, world, places)
      counts.promises[kept, default: 0] += 1
      if let defect { throw Violation(.recovery, at: world.time, subject: name(index), detail: defect) }
    }
  }

  /// What a replication was promised, as far as plans have left it one, and what is wrong; `nil` if nothing.
  private func judge(
    _ index: Int, _ promise: RecoveryExpectation.Promise, _ expectation: RecoveryExpectation,
    _ world: borrowing World, _ places: [MachineSight]
  ) -> (kept: String, defect: String?) {
    let machine = scenario.replications[index].virtualMachine
    let isOn = places.contains { $0.machine == machine && $0.role == .current && $0.isRunning }
    let isRecovered = world.recoveredInstance(of: index) != nil
    let isOfPlan = expectation.isOfPlan[index]
    let kind = promise == .equal ? "equal" : "fresh"
    if let unit = scenario.replications[index].storageUnit, !isRecovered {
      let defect = storageDefect(
        unit.index, isSilent: promise == .equal, since: expectation.lastChange, world)
      if defect == nil, !isOfPlan, !isOn { return (kind, "its machine does not run") }
      return ("\(kind), by storage", defect)
    }
    guard isOfPlan else {
      return (kind, recoveryDefect(index, promise, expectation, world, isOn: isOn))
    }
    let wasRecovered = recoveries.machines[index].image != nil
    if recoveries.machines[index].isWanted, !isOn, expectation.hasRoomOnHosts {
      return ("on", "its recovery has started it, and it does not run")
    }
    if isRecovered { return (isOn ? "recovered, on" : "recovered, off", nil) }
    // Nobody says that what a plan has shut down runs again.
    guard isOn else { return ("none: a plan has left it off", nil) }
    return (
      wasRecovered ? "\(kind), reprotected" : "\(kind), in a plan",
      recoveryDefect(index, promise, expectation, world, isOn: isOn)
    )
  }

  private func recoveryDefect(
    _ index: Int, _ promise: RecoveryExpectation.Promise, _ expectation: RecoveryExpectation,
    _ world: borrowing World, isOn: Bool
  ) -> String? {
    let replication = scenario.replications[index]
    let sight = world.sight(of: index)
    guard isOn else { return "its machine does not run" }
    guard sight.status.hasPrefix("OK") || sight.status.hasPrefix("SYNC") else {
      return "its status is \(sight.status)"
    }
    guard let newest = sight.newest, newest.pointInTime > expectation.lastChange else {
      return "its newest instance is older than the last fault"
    }
    let hasBeenInOrder = lastInOrder[index].map { $0 > expectation.lastChange } ?? false
    guard sight.status == "OK" || hasBeenInOrder else {
      return "its status is \(sight.status), and was not OK since the last fault"
    }
    let profile = scenario.profile
    let slack = profile.quiescingDuration * 2 + profile.migrationDuration + .seconds(5)
    let lag = world.time - newest.pointInTime
    let limit = promise == .equal ? replication.rpo + slack : replication.rpo * 2 + slack
    // What writes steadily may sync on and on, and finds out how long that takes; on a line that changes nobody knows how long the
    // next sync takes.
    if promise == .equal, !hasChangingLine(replication), replication.policy == .vsphere,
      replication.quiescing == .none,
      sight.status.hasSuffix("RPO_VIOLATION")
    {
      return "its status is \(sight.status), and nothing is written any more"
    }
    if lag > limit { return "its lag is \(lag) with an RPO of \(replication.rpo)" }
    guard promise == .equal else { return nil }
    let source = world.sourceContents(of: index)
    guard let replica = world.recoverableContents(of: index, at: newest.pointInTime) else {
      return "its newest instance cannot be recovered"
    }
    return source == replica ? nil : "its replica differs from the silent source"
  }

  /// Compares what the run reports about lags, and about the losses of runs that the end cut off, with what was seen.
  package func reported(_ record: RunRecord) throws(Violation) {
    let end = Instant.zero + record.duration
    for (index, replication) in scenario.replications.enumerated() {
      guard let vm = record.vms.first(where: { $0.id == replication.virtualMachine }) else {
        throw Violation(.lag, at: end, subject: name(index), detail: "it is missing from the record")
      }
      let statistics = vm.lag.statistics(in: .zero..<end)
      // No lag is kept of storage that follows each write.
      let oracle = isWithoutLag(replication) ? nil : lags[index]
      let found = (statistics.violationTime, statistics.unprotectedTime, statistics.lagMaximum)
      let expected = (oracle?.violationTime ?? .zero, oracle?.unprotectedTime ?? .zero, oracle?.lagMaximum)
      guard found == expected else {
        throw Violation(
          .lag, at: end, subject: name(index),
          detail: "violation, unprotected time and worst lag are reported as \(found), and were \(expected)")
      }
      let intervals = vm.lag.violations(in: .zero..<end)
      guard intervals == oracle?.violations ?? [], statistics.violationCount == intervals.count else {
        throw Violation(
          .lag, at: end, subject: name(index),
          detail: "violations are reported in \(intervals), and were in \(oracle?.violations ?? [])")
      }
      let reported = [
        statistics.lagMean, statistics.lagMedian, statistics.lagPercentile95, statistics.lagPercentile99,
      ]
      let seen = [oracle?.mean] + [50, 95, 99].map { oracle?.quantile(percent: $0) }
      guard reported == seen else {
        throw Violation(
          .lag, at: end, subject: name(index),
          detail: "mean, median, p95 and p99 of the lag are reported as \(reported), and were \(seen)")
      }
    }
    for run in record.planRuns where run.result == PlanRunRecord.running { try checkLoss(in: run, at: end) }
  }

  private func hasChangingLine(_ replication: Scenario.Replication) -> Bool {
    replication.links.contains { link in
      let settings = scenario.links[link.index]
      return !settings.scheduledBandwidths.isEmpty || settings.background?.bursts != nil
    }
  }

  /// Whether storage follows each write of the machine: no lag is kept of it.
  private func isWithoutLag(_ replication: Scenario.Replication) -> Bool {
    guard let unit = replication.storageUnit else { return false }
    return scenario.storageSystems[scenario.storageUnits[unit.index].system.index].mode == .synchronous
  }
}
