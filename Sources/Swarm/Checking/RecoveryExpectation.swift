import Inventory
package import Quantities
package import Scenarios

/// What a scenario promises about its end: when all faults are over, and by when every replication must be in order.
///
/// The bound is generous and simple: all that every machine has, three times over the slowest thing on its way, plus
/// every delay of the product once or twice. A world that needs longer is stuck.
package struct RecoveryExpectation: Sendable {
  package enum Promise: Sendable, Hashable {
    /// Nothing can be expected; `reason` says why.
    case none(reason: String)
    /// It syncs, and its lag is about its objective.
    case fresh
    /// Nothing is written any more: the replica equals the source.
    case equal
  }

  /// When the last entry of the timeline begins or ends.
  package let lastChange: Instant
  /// By when everything must be in order.
  package let deadline: Instant
  /// By replication.
  package let promises: [Promise]

  package init(_ scenario: Scenario) {
    let plan = RecoveryPlan(scenario)
    lastChange = plan.lastChange
    deadline = plan.lastChange + plan.bound
    promises = scenario.replications.indices.map { plan.promise(of: $0) }
  }
}

/// How long recovery takes at most, and who can hope for it.
private struct RecoveryPlan {
  let scenario: Scenario
  let lastChange: Instant

  init(_ scenario: Scenario) {
    self.scenario = scenario
    lastChange = scenario.timeline.map { $0.end ?? $0.at }.max() ?? .zero
  }

  /// Nominal bytes of the replicated disks of a machine, added and grown ones included.
  private func size(of replication: Scenario.Replication) -> Double {
    let machine = scenario.inventory[replication.virtualMachine]
    var sizes = machine.disks.map { Double($0.size.bytes) }
    for entry in scenario.timeline {
      switch entry.action {
      case .addDisk(let ids, _, let size) where ids.contains(machineID(replication)):
        sizes.append(Double(size.bytes))
      case .resizeDisk(let ids, let name, let size) where ids.contains(machineID(replication)):
        if let index = machine.disks.firstIndex(where: { $0.name == name }) {
          sizes[index] = max(sizes[index], Double(size.bytes))
        }
      default: break
      }
    }
    return sizes.reduce(0, +)
  }

  private func machineID(_ replication: Scenario.Replication) -> VirtualMachineID {
    replication.virtualMachine
  }

  /// Bytes/s of whatever replications share.
  private var sharedRate: Double {
    let profile = scenario.profile
    var rates = [profile.mergeRate.bytesPerSecond, profile.checksumRate.bytesPerSecond]
    rates += [profile.serverRate, profile.hostRate].compactMap { $0?.bytesPerSecond }
    for link in scenario.inventory.links {
      rates += link.bandwidth.map { $0.bytesPerSecond * min(link.usable.value, 0.9) * 0.9 }
    }
    for datastore in scenario.inventory.datastores {
      // Compressed data is written in full, and a merge reads and writes.
      rates += [datastore.readRate, datastore.writeRate].compactMap { $0.map { $0.bytesPerSecond / 4 } }
    }
    return rates.min() ?? 1
  }

  private func roundTrip(of replication: Scenario.Replication) -> Double {
    scenario.inventory[replication.link].latency.inSeconds * 2
  }

  /// Bytes/s that a replication reaches alone: its window and the loss of its path.
  private func ownRate(of replication: Scenario.Replication) -> Double {
    let link = scenario.inventory[replication.link]
    let roundTrip = max(roundTrip(of: replication), 1e-4)
    var rates = [
      Double(scenario.profile.blocksInFlight ?? 8) * 8192 / roundTrip,
      Double(link.windowMaximum.bytes) / roundTrip,
    ]
    // Half of the square-root law, since a window that fell has to grow again.
    if link.loss > .zero { rates.append(0.6 * 1448 / (roundTrip * link.loss.value.squareRoot())) }
    return rates.min() ?? 1
  }

  var bound: TimeSpan {
    let profile = scenario.profile
    let replications = scenario.replications
    let total = replications.reduce(0) { $0 + size(of: $1) }
    var seconds = 3 * total / sharedRate
    for replication in replications {
      seconds += 3 * size(of: replication) / ownRate(of: replication) + 100 * roundTrip(of: replication)
    }
    let delays =
      profile.connectionTimeout + (profile.reconnectDelayMaximum + profile.reconnectDelayStep) * 2
      + profile.haRestartDelay + profile.targetHostDetection + profile.migrationDuration * 2
      + (replications.contains { $0.quiescing != .none } ? profile.quiescingDuration * 4 : .zero)
    let objective = replications.map(\.rpo).max() ?? .zero
    return delays + objective * 2 + .minutes(1) + .seconds(Int64(seconds))
  }

  func promise(of index: Int) -> RecoveryExpectation.Promise {
    let replication = scenario.replications[index]
    let machine = replication.virtualMachine
    if lastChange + bound > scenario.clock.end { return .none(reason: "the run ends too early") }
    if let entry = scenario.timeline.first(where: { isUnended($0) }) {
      return .none(reason: "\(entry.verb.rawValue) never ends")
    }
    if isTakenInTooEarly(machine, index) { return .none(reason: "an added disk is not taken in") }
    for datastore in scenario.inventory.datastores.indices where !hasRoom(DatastoreID(datastore)) {
      if replication.datastore.index == datastore { return .none(reason: "its datastore is small") }
    }
    let churn = scenario.replications.reduce(0) { $0 + self.churn(of: $1.virtualMachine) }
    if churn == 0 { return .equal }
    if churn > 0.2 * sharedRate || self.churn(of: machine) > 0.2 * ownRate(of: replication) {
      return .none(reason: "its churn does not fit")
    }
    return .fresh
  }

  /// Whether a fault is still in force at the end; how much guests write is no fault.
  private func isUnended(_ entry: Scenario.TimelineEntry) -> Bool {
    guard Scenario.TimelineEntry.Verb.lasting.contains(entry.verb), entry.end == nil else { return false }
    if case .scaleWorkload = entry.action { return false }
    return true
  }

  /// Whether the machine got a disk after the last time that its replication was surely configured anew.
  private func isTakenInTooEarly(_ machine: VirtualMachineID, _ index: Int) -> Bool {
    let additions = scenario.timeline.filter {
      if case .addDisk(let ids, _, _) = $0.action { ids.contains(machine) } else { false }
    }
    guard !additions.isEmpty else { return false }
    let faultsEnd = scenario.timeline.compactMap(\.end).max() ?? .zero
    let last = max(faultsEnd, additions.map(\.at).max() ?? .zero)
    return !scenario.timeline.contains {
      if case .reconfigureReplication(let ids) = $0.action {
        ids.contains(ReplicationID(index)) && $0.at > last + scenario.profile.targetHostDetection
      } else {
        false
      }
    }
  }

  /// Whether a datastore could hold everything that its replicas may ever need.
  private func hasRoom(_ datastore: DatastoreID) -> Bool {
    guard let capacity = scenario.inventory[datastore].capacity else { return true }
    var needed = 0.0
    for machine in scenario.inventory.virtualMachines where machine.datastore == datastore {
      needed += machine.disks.reduce(0) { $0 + Double($1.used.bytes) }
    }
    for replication in scenario.replications where replication.datastore == datastore {
      let points = Double((replication.pointsInTime?.perDay ?? 0) * (replication.pointsInTime?.days ?? 0))
      let disks = Double(replication.disks.count + 3)
      // A log grows by 16 MiB at a time.
      needed += (size(of: replication) + disks * 33_600_000) * (points + 6)
    }
    return needed <= Double(capacity.bytes)
  }

  /// Bytes of dirty extents per second that a machine makes at the end of the timeline, at most.
  private func churn(of machine: VirtualMachineID) -> Double {
    let scale = scenario.timeline.last {
      if case .scaleWorkload(let ids, _) = $0.action { ids.contains(machine) && $0.end == nil } else { false }
    }
    var factor = 1.0
    if case .scaleWorkload(_, let value) = scale?.action { factor = value.value }
    guard factor > 0 else { return 0 }
    let workloads = scenario.virtualMachines[machine.index].workloads.compactMap { $0 }
    return factor
      * workloads.reduce(0) { sum, id in
        switch scenario.workloads[id.index].model {
        case .uniform(let rate, let blockSize, _), .hotspot(let rate, let blockSize, _, _),
          .sequential(let rate, let blockSize, _):
          sum + rate.bytesPerSecond / Double(blockSize.bytes) * (Double(blockSize.bytes) + 16_384)
        case .periodic(let every, _, let region):
          sum + (Double(region.size?.bytes ?? 1 << 24) + 16_384) / every.inSeconds
        case .trace, .ransomware: .infinity
        }
      }
  }
}
