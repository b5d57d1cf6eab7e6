import Inventory
import Measurements
import Quantities
import ReplicationCore
import ResourceModels
import Scenarios
import SimulationKernel

extension World {
  /// A timeline entry begins: what it says is in force, until its end or until another entry lifts it.
  mutating func timelineBegins(_ entry: Int) throws(SimulationFailure) {
    let action = scenario.timeline[entry].action
    note(entry)
    switch action {
    case .linkDown(let link):
      links[link.index].outages.begin(entry, ())
      try linkChanged(link)
    case .linkLimit(let link, let bandwidth):
      links[link.index].limits.begin(entry, bandwidth)
      try linkChanged(link)
    case .linkRestore(let link):
      let ended = links[link.index].endAllFaults()
      // The isolation of a site holds on its other links.
      lift(ended.filter { entry in !links.contains { $0.outages.contains(entry) } })
      try linkChanged(link)
    case .hostFail(let host):
      let wasUp = hosts[host.index].isUp
      hosts[host.index].failures.begin(entry, ())
      if wasUp { try hostFailed(host) }
    case .hostRestore(let host):
      guard !hosts[host.index].failures.isEmpty else { return }
      lift(hosts[host.index].failures.endAll())
      if hosts[host.index].isUp { try hostRestored(host) }
    case .serverFail(let server):
      servers[server.index].failures.begin(entry, ())
      // Also one that hangs: what it has in memory is gone.
      try serverFailed(server)
    case .serverRestore(let server):
      guard !servers[server.index].failures.isEmpty else { return }
      lift(servers[server.index].failures.endAll())
      if servers[server.index].isUp { try serverRestored(server) }
    case .powerOff(let ids):
      for machine in indices(ids) {
        machines[machine].shutdowns.begin(entry, ())
        try powerOff(machine: machine)
      }
      try powerOffUnreplicated(ids, entry: entry)
    case .powerOn(let ids):
      for machine in indices(ids) {
        liftShutdowns(machines[machine].shutdowns.endAll())
        try powerOn(machine: machine)
      }
      liftShutdowns(powerOnUnreplicated(ids))
    case .pauseReplication(let ids):
      for id in manageable(ids, entry: entry) {
        replications[id.index].pauses.begin(entry, ())
        try pause(id.index)
      }
    case .resumeReplication(let ids):
      for id in manageable(ids, entry: entry) {
        let ended = replications[id.index].pauses.endAll()
        lift(ended.filter { entry in !replications.contains { $0.pauses.contains(entry) } })
        try resume(id.index)
      }
    case .syncReplication(let ids):
      for id in manageable(ids, entry: entry) { try sync(id.index) }
    case .fullSyncReplication(let ids):
      for id in manageable(ids, entry: entry) { try forceFullSync(id.index) }
    case .migrate(let ids, let host):
      for machine in indices(ids) { try migrate(machine: machine, to: host) }
    case .trim(let ids, let disk, let offset, let size):
      for machine in indices(ids) { try trim(machine: machine, disk: disk, offset: offset, size: size) }
    case .snapshot(let ids):
      for machine in indices(ids) { try takeSnapshot(machine: machine) }
    case .revert(let ids):
      for machine in indices(ids) { try revertToSnapshot(machine: machine) }
    case .addDisk(let ids, let name, let size):
      for machine in indices(ids) { try addDisk(machine: machine, name: name, size: size) }
    case .resizeDisk(let ids, let disk, let size):
      for machine in indices(ids) { try resizeDisk(machine: machine, name: disk, size: size) }
    case .removeDisk(let ids, let disk):
      for machine in indices(ids) { try removeDisk(machine: machine, name: disk) }
    case .reconfigureReplication(let ids):
      for id in manageable(ids, entry: entry) { try beginConfiguration(id.index) }
    case .testImage(let ids, let notAfter):
      for id in ids { beginTest(id.index, entry: entry, notAfter: notAfter) }
    case .moveReplication(let ids, let server):
      for id in manageable(ids, entry: entry) { try move(id.index, to: server) }
    case .datastoreFull(let datastore):
      drawGrowth(on: datastore)
      try catchUpStorage(on: datastore)
      datastores[datastore.index].outages.begin(entry, ())
    case .datastoreSlow(let datastore, let factor):
      datastores[datastore.index].slowdowns.begin(entry, factor)
      datastoreChanged(datastore)
    case .datastoreRestore(let datastore):
      drawGrowth(on: datastore)
      lift(datastores[datastore.index].outages.endAll() + datastores[datastore.index].slowdowns.endAll())
      datastoreChanged(datastore)
      try spaceReturned(on: datastore)
    case .scaleWorkload(let ids, let factor):
      for machine in indices(ids) {
        machines[machine].scales.begin(entry, factor)
        applyPace(of: machine)
      }
    case .linkLatency, .linkLoss, .linkFlap, .linkBrownout, .linkBackground, .linkCorrupt:
      try linkFaultBegins(entry)
    case .circuitDown, .circuitLimit, .circuitRestore: try circuitFaultBegins(entry)
    case .diskGroupFail(let host, let group): try diskGroupFailed(host, group: group)
    case .diskGroupRestore(let host, let group):
      lift(
        openFaults.map(\.entry).filter { scenario.timeline[$0].action == .diskGroupFail(host, group: group) })
      try diskGroupReplaced(host, group: group)
    case .corruptReplica(let ids, let disk, let offset):
      for id in ids { corruptReplica(id.index, disk: disk, offset: offset) }
    case .compute(let action): try begin(action, entry: entry)
    case .recovery(let action): try begin(action, entry: entry, by: actor(ofEntry: entry))
    }
  }

  /// The time of an entry is over; what still holds of it is lifted.
  mutating func timelineEnds(_ entry: Int) throws(SimulationFailure) {
    let description = scenario.timeline[entry]
    switch description.action {
    case .linkDown(let link):
      if links[link.index].outages.end(entry) { try linkChanged(link) }
    case .linkLimit(let link, _):
      if links[link.index].limits.end(entry) { try linkChanged(link) }
    case .hostFail(let host):
      if hosts[host.index].failures.end(entry), hosts[host.index].isUp { try hostRestored(host) }
    case .serverFail(let server):
      if servers[server.index].failures.end(entry), servers[server.index].isUp {
        try serverRestored(server)
      }
    case .powerOff(let ids):
      for machine in indices(ids) where machines[machine].shutdowns.end(entry) {
        if machines[machine].shutdowns.isEmpty { try powerOn(machine: machine) }
      }
      endShutdown(ofUnreplicated: ids, entry: entry)
    case .pauseReplication(let ids):
      for id in ids where replications[id.index].pauses.end(entry) {
        if replications[id.index].pauses.isEmpty { try resume(id.index) }
      }
    case .scaleWorkload(let ids, _):
      for machine in indices(ids) where machines[machine].scales.end(entry) {
        applyPace(of: machine)
      }
    case .testImage(let ids, _):
      for id in ids where replications[id.index].test == entry { endTest(id.index) }
    case .datastoreFull(let datastore):
      drawGrowth(on: datastore)
      if datastores[datastore.index].outages.end(entry) { try spaceReturned(on: datastore) }
    case .datastoreSlow(let datastore, _):
      if datastores[datastore.index].slowdowns.end(entry) { datastoreChanged(datastore) }
    case .diskGroupFail(let host, let group):
      // Another entry in force, or a restore before, has its say.
      let others = openFaults.filter {
        $0.entry != entry && scenario.timeline[$0.entry].action == description.action
      }
      if others.isEmpty, openFaults.contains(where: { $0.entry == entry }) {
        try diskGroupReplaced(host, group: group)
      }
    case .compute(let action): try end(action, entry: entry)
    case .recovery(let action): end(action, entry: entry)
    case .linkRestore, .hostRestore, .serverRestore, .powerOn, .migrate, .trim, .snapshot, .revert, .addDisk,
      .resizeDisk, .removeDisk, .resumeReplication, .syncReplication, .fullSyncReplication,
      .reconfigureReplication,
      .moveReplication, .datastoreRestore, .circuitRestore, .diskGroupRestore, .corruptReplica:
      preconditionFailure("only lasting entries end")
    case .linkLatency, .linkLoss, .linkFlap, .linkBrownout, .linkBackground, .linkCorrupt:
      try linkFaultEnds(entry)
    case .circuitDown, .circuitLimit: try circuitFaultEnds(entry)
    }
    lift([entry])
  }

  /// Shutdowns ended for a machine: those are over that keep no other one off.
  private mutating func liftShutdowns(_ ended: [Int]) {
    lift(
      ended.filter { entry in
        !machines.contains { $0.shutdowns.contains(entry) }
          && !compute.shutdowns.contains { $0.contains(entry) }
      })
  }

  /// The machines of the world among `ids`; others do not matter to any result.
  func indices(_ ids: [VirtualMachineID]) -> [Int] { ids.compactMap { machineIndex[$0.index] } }

  private mutating func pause(_ replication: Int) throws(SimulationFailure) {
    replications[replication].source.paused(at: now)
    replications[replication].replica.pauseChanged(to: true)
    try sourceChanged(replication)
  }

  private mutating func resume(_ replication: Int) throws(SimulationFailure) {
    replications[replication].replica.pauseChanged(to: false)
    if !planted.contains(.pauseNeverEnds) { replications[replication].source.resumed() }
    try sourceChanged(replication)
  }

  // MARK: - Reachability

  /// Tells every replication whose path broke or returned.
  ///
  /// A replica can be written while its server and the host it writes through run.
  mutating func reachabilityChanged() throws(SimulationFailure) {
    for index in replications.indices where replications[index].isActive {
      try reachabilityChanged(of: index)
    }
  }

  mutating func reachabilityChanged(of index: Int) throws(SimulationFailure) {
    // Also where the path stays broken: the target may be lost while the link is down, and be back later.
    applyTargetState(index)
    let isReachable =
      isUp(replications[index].link) && isTargetConnected(index)
      && !machines[replications[index].machineIndex].isStalled
    guard isReachable != replications[index].isReachable else { return }
    replications[index].isReachable = isReachable
    if isReachable {
      for side in replications[index].stalledControls {
        queue.schedule(
          WorldEvent(.controlArrives, index, side: side, stamp: replications[index].session), at: now)
      }
      replications[index].stalledControls.removeAll()
      replications[index].source.pathReturned()
    } else {
      replications[index].source.pathBroke(at: now)
    }
    try sourceChanged(index)
  }
}

extension Scenario {
  /// A minute, or as much longer as keeps a run at 1,440 bins.
  var linkBinWidth: TimeSpan { max(.minutes(1), clock.duration / 1_440) }
}

extension Scenario.TimelineEntry {
  /// Whether it is in force for a time, and so is shown as a fault.
  var isLasting: Bool { Verb.lasting.contains(verb) }
}
