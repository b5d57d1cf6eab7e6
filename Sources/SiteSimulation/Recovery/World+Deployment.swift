import BlockStorage
import ClusterModels
import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios

/// Machines and replications that the timeline makes: before their entry they are not there.
///
/// A machine that is deployed later has its room on its datastore reserved from the beginning.
extension World {
  /// Takes away, at instant zero, what an entry of the timeline deploys or configures.
  mutating func awaitDeployments() {
    for case .recovery(.deploy(let ids)) in scenario.timeline.map(\.action) {
      for id in ids { awaitDeployment(of: id) }
    }
    let awaited = Scenario.awaitedReplications(
      in: scenario.timeline.map { ($0.afterRun == nil ? $0.at : nil, $0.action) })
    for id in awaited.sorted() { awaitReplication(id.index) }
  }

  private mutating func awaitDeployment(of id: VirtualMachineID) {
    if let place = compute.machinePlaces[id.index] {
      compute.clusters[place.cluster].model.powerOff(place.member, at: now)
    }
    unreplicatedPowers[id.index] = .off
    guard let machine = machineIndex[id.index] else { return }
    machines[machine].power = .off
    machines[machine].isRegistered = false
    pauseGuest(machine)
    replications[machines[machine].replication].source.poweredOff(at: now)
  }

  private mutating func awaitReplication(_ index: Int) {
    replications[index].source.ended(at: now)
    replications[index].life = .absent
    replications[index].toldActivity = .stopped
    replications[index].certificates.removeAll()
    replications[index].lag = LagTrack(rpo: scenario.replications[index].rpo)
    replications[index].lag.interrupted(at: now)
    replications[index].report = scenario.report(
      of: scenario.replications[index], product: transport.product, isBegun: true)
  }

  /// Machines are there and on from now on; one that is there already is left alone, and one without its network refused.
  mutating func deploy(_ ids: [VirtualMachineID]) throws(SimulationFailure) {
    for id in ids {
      if let network = missingNetwork(of: id) {
        record.note(
          "vm.deploy-refused", subject: scenario.inventory[id].name,
          detail: "the network \(network) does not exist", at: now)
        continue
      }
      if let machine = machineIndex[id.index] {
        guard !machines[machine].isRegistered, !machines[machine].isDeleted else { continue }
        machines[machine].isRegistered = true
        note("vm.deployed", of: machine)
        attach(id)
        try powerOn(machine: machine)
      } else if case .off = unreplicatedPowers[id.index] {
        attach(id)
        powerOnUnreplicated(id)
      }
    }
  }

  // MARK: - Replications

  /// Begins the initial sync of replications; of one that exists it is recorded that this was refused.
  ///
  /// The replica begins empty, or with a seed where the scenario says so. Time before is not looked at by the lag's statistics.
  mutating func configureReplication(_ ids: [ReplicationID]) throws(SimulationFailure) {
    for id in ids {
      let index = id.index
      guard case .absent = replications[index].life else {
        note(
          "replication.configure-refused", of: replications[index].machineIndex, detail: "already configured")
        continue
      }
      let machine = replications[index].machineIndex
      guard machines[machine].isRegistered else {
        note("replication.configure-refused", of: machine, detail: "not in the inventory")
        continue
      }
      drawWrites(of: machine)
      // Of one that was awaited nothing was looked at before.
      if replications[index].lag.gaps.first?.from == replications[index].lag.start {
        replications[index].lag = LagTrack(rpo: scenario.replications[index].rpo, start: now)
      }
      let parts = ReplicationBuilder(scenario: scenario, seed: seed, transport: transport)
      var bases = machines[machine].contents.map { ExtentStore(geometry: $0.geometry) }
      if case .seeded = scenario.replications[index].initialSync {
        bases = parts.bases(of: scenario.replications[index], machine: machines[machine])
      }
      note("replication.configured", of: machine)
      try beginReplication(index, bases: bases)
    }
  }

  /// Removes replications with their replicas; the machines go on unprotected.
  ///
  /// Refused, and recorded as such, while the replica is tested and when it is a machine already.
  mutating func stopReplication(_ ids: [ReplicationID]) throws(SimulationFailure) {
    for id in ids {
      let index = id.index
      let machine = replications[index].machineIndex
      let isTested = replications[index].test != nil || replications[index].testCopy != nil
      guard replications[index].isActive, !isTested else {
        note(
          "replication.stop-refused", of: machine, detail: isTested ? "it is being tested" : "not replicated")
        continue
      }
      drawWrites(of: machine)
      try endReplication(index)
      do {
        _ = try replications[index].replica.remove()
      } catch {
        preconditionFailure("a replica that is not tested is removed: \(error)")
      }
      noteSpace(index)
      replications[index].life = .absent
      replications[index].certificates.removeAll()
      note("replication.stopped", of: machine)
    }
  }
}
