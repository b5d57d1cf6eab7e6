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
    if let mismatch = world.growthMismatch() {
      throw Violation(.space, at: world.time, subject: "disks", detail: mismatch)
    }
    for index in lags.indices { lags[index].account(until: world.time) }
    guard world.time == scenario.clock.end else { return }
    let expectation = RecoveryExpectation(scenario)
    try checkRunsEnded(world)
    let isQuiet = arePlansQuiet(world, since: expectation.lastChange)
    let places = world.machineSights
    for (index, promise) in expectation.promises.enumerated() {
      switch promise {
      case .fresh where !isQuiet, .equal where !isQuiet:
        counts.promises["none: a plan ran late", default: 0] += 1
        continue
      case .none(let reason):
        counts.promises["none: \(reason)", default: 0] += 1
        continue
      case .fresh: counts.promises["fresh", default: 0] += 1
      case .equal: counts.promises["equal", default: 0] += 1
      }
      if let defect = recoveryDefect(index, promise, expectation, world, places) {
        throw Violation(.recovery, at: world.time, subject: name(index), detail: defect)
      }
    }
  }

  private func recoveryDefect(
    _ index: Int, _ promise: RecoveryExpectation.Promise, _ expectation: RecoveryExpectation,
    _ world: borrowing World, _ places: [MachineSight]
  ) -> String? {
    let replication = scenario.replications[index]
    let sight = world.sight(of: index)
    guard
      places.contains(where: {
        $0.machine == replication.virtualMachine && $0.role == .current && $0.isRunning
      })
    else {
      return "its machine does not run"
    }
    guard sight.status.hasPrefix("OK") || sight.status.hasPrefix("SYNC") else {
      return "its status is \(sight.status)"
    }
    guard let newest = sight.newest, newest.pointInTime > expectation.lastChange else {
      return "its newest instance is older than the last fault"
    }
    let profile = scenario.profile
    let slack = profile.quiescingDuration * 2 + profile.migrationDuration + .seconds(5)
    let lag = world.time - newest.pointInTime
    let limit = promise == .equal ? replication.rpo + slack : replication.rpo * 2 + slack
    if lag > limit { return "its lag is \(lag) with an RPO of \(replication.rpo)" }
    guard promise == .equal else { return nil }
    let source = world.sourceContents(of: index)
    guard let replica = world.recoverableContents(of: index, at: newest.pointInTime) else {
      return "its newest instance cannot be recovered"
    }
    return source == replica ? nil : "its replica differs from the silent source"
  }

  /// Compares what the run reports about lags with what was seen.
  package func reported(_ record: RunRecord) throws(Violation) {
    let end = Instant.zero + record.duration
    for (index, replication) in scenario.replications.enumerated() {
      guard let vm = record.vms.first(where: { $0.id == replication.virtualMachine }) else {
        throw Violation(.lag, at: end, subject: name(index), detail: "it is missing from the record")
      }
      let statistics = vm.lag.statistics(in: .zero..<end)
      let oracle = lags[index]
      let found = (statistics.violationTime, statistics.unprotectedTime, statistics.lagMaximum)
      let expected = (oracle.violationTime, oracle.unprotectedTime, oracle.lagMaximum)
      guard found == expected else {
        throw Violation(
          .lag, at: end, subject: name(index),
          detail: "violation, unprotected time and worst lag are reported as \(found), and were \(expected)")
      }
    }
  }
}
