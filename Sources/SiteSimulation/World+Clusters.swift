import ClusterModels
import Inventory
import Quantities
import ReplicationCore
import Scenarios
import SimulationKernel

/// Clusters that are looked at in detail: what happens in them happens to machines and appliances.
extension World {
  /// Gives an input to a cluster and acts on what it does.
  mutating func change(
    cluster index: Int, _ input: (inout ComputeCluster, Instant) -> Void
  ) throws(SimulationFailure) {
    input(&compute.clusters[index].model, now)
    try clusterChanged(index)
  }

  /// Acts on what a cluster did, and sets its timer.
  mutating func clusterChanged(_ index: Int) throws(SimulationFailure) {
    while true {
      let events = compute.clusters[index].model.takeEvents()
      guard !events.isEmpty else { break }
      for event in events { try handle(event, in: index) }
    }
    let due = compute.clusters[index].model.nextDeadline
    guard due != compute.clusters[index].due else { return }
    compute.clusters[index].due = due
    compute.clusters[index].stamp += 1
    guard let due else { return }
    queue.schedule(WorldEvent(.clusterDeadline, index, stamp: compute.clusters[index].stamp), at: due)
  }

  mutating func clusterDeadline(_ index: Int, stamp: UInt64) throws(SimulationFailure) {
    guard compute.clusters[index].stamp == stamp else { return }
    compute.clusters[index].due = nil
    try change(cluster: index) { $0.advance(to: $1) }
  }

  private mutating func handle(_ event: ComputeEvent, in index: Int) throws(SimulationFailure) {
    let cluster = compute.clusters[index]
    func place(_ member: Int) -> ComputeState.Place { .init(cluster: index, member: member) }
    switch event {
    case .machineLost(let member, let host):
      try memberStopped(place(member), lostOn: cluster.hosts[host])
    case .machineStopped(let member, let host):
      try memberPoweredOff(place(member), by: cluster.hosts[host])
    case .machineWaits(let member):
      noteMember(cluster.members[member], "waits-for-host")
      if let machine = machine(at: place(member)) { machines[machine].power = .waitingForHost }
    case .restartBegan(let member, let host):
      noteMember(
        cluster.members[member], "restart-begins",
        detail: "on host \(scenario.inventory[cluster.hosts[host]].name)")
    case .machineStarted(let member, let host):
      try memberStarted(place(member), on: cluster.hosts[host])
    case .machinePoweredOn(let member, let host):
      try memberPoweredOn(place(member), on: cluster.hosts[host])
    case .moveBegan(let member, let host): try moveBegan(place(member), to: cluster.hosts[host])
    case .moveEnded(let member, let host): try moveEnded(place(member), on: cluster.hosts[host])
    case .moveFailed(let member): try moveEnded(place(member), on: nil)
    case .failureNoticed(let host): noteHost(cluster.hosts[host], "ha.host-failed")
    case .isolationNoticed(let host): noteHost(cluster.hosts[host], "ha.host-isolated")
    case .evacuated(let host):
      noteHost(cluster.hosts[host], "host.evacuated")
      try leaveStorage(cluster.hosts[host])
    }
  }

  // MARK: - Members

  private func member(at place: ComputeState.Place) -> ComputeState.Member {
    compute.clusters[place.cluster].members[place.member]
  }

  /// The machine of the world that a member is; `nil` for appliances and for machines that are not replicated.
  private func machine(at place: ComputeState.Place) -> Int? {
    guard case .virtualMachine(let id) = member(at: place), let current = machineIndex[id.index] else {
      return nil
    }
    let replication = replications[machines[current].replication]
    return [current, replication.formerCopy, replication.testCopy].compactMap { $0 }
      .first { machines[$0].place == place }
  }

  private mutating func memberStopped(
    _ place: ComputeState.Place, lostOn host: HostID
  ) throws(SimulationFailure) {
    let member = member(at: place)
    let (cluster, position) = (place.cluster, place.member)
    switch member {
    case .appliance(let id):
      try applianceStopped(id)
      if case .off = compute.clusters[cluster].model.power(of: position) {
        compute.appliances[id.index].startsWith = host
      }
    case .virtualMachine:
      guard let machine = machine(at: place) else { break }
      let isToStop =
        !machines[machine].shutdowns.isEmpty
        || machines[machine].guest.isShuttingDown && !isToRunAfterShutdown(machine)
      try machineFailed(machine, on: host)
      if isToStop { compute.clusters[cluster].model.powerOff(position, at: now) }
      switch compute.clusters[cluster].model.power(of: position) {
      case .off:
        machines[machine].power = .off
        machines[machine].availability.ended(at: now)
      case .running, .moving, .lost, .waiting, .starting: machines[machine].power = .failed
      }
      return
    }
    noteMember(member, "fail", detail: "host \(scenario.inventory[host].name) failed")
  }

  private mutating func memberPoweredOff(
    _ place: ComputeState.Place, by host: HostID
  ) throws(SimulationFailure) {
    let member = member(at: place)
    noteMember(member, "isolated-power-off", detail: "by host \(scenario.inventory[host].name)")
    switch member {
    case .appliance(let id): try applianceStopped(id)
    case .virtualMachine:
      guard let machine = machine(at: place), case .on = machines[machine].power else { return }
      drawWrites(of: machine)
      machines[machine].availability.lost(at: now)
      machines[machine].power = .failed
      guestStopped(machine)
      guard let replication = trackedReplication(of: machine) else { return }
      replications[replication].source.poweredOff(at: now)
      try sourceChanged(replication)
    }
  }

  private mutating func memberStarted(
    _ place: ComputeState.Place, on host: HostID
  ) throws(SimulationFailure) {
    if let machine = machine(at: place) { machines[machine].availability.restartCount += 1 }
    try memberPoweredOn(place, on: host)
  }

  private mutating func memberPoweredOn(
    _ place: ComputeState.Place, on host: HostID
  ) throws(SimulationFailure) {
    let member = member(at: place)
    switch member {
    case .appliance(let id): applianceBoots(id)
    case .virtualMachine:
      guard let machine = machine(at: place) else { break }
      return try run(machine: machine, on: host)
    }
    noteMember(member, "start", detail: "on host \(scenario.inventory[host].name)")
  }

  private mutating func moveBegan(
    _ place: ComputeState.Place, to host: HostID
  ) throws(SimulationFailure) {
    guard let machine = machine(at: place), case .on = machines[machine].power else { return }
    drawWrites(of: machine)
    machines[machine].destination = host
    guard let replication = trackedReplication(of: machine) else { return }
    replications[replication].source.migrationBegan(at: now)
    try sourceChanged(replication)
  }

  /// - Parameter host: `nil` if the machine stays where it was.
  private mutating func moveEnded(
    _ place: ComputeState.Place, on host: HostID?
  ) throws(SimulationFailure) {
    if let host {
      noteMember(member(at: place), "migrated", detail: "to host \(scenario.inventory[host].name)")
    }
    guard let machine = machine(at: place), machines[machine].destination != nil else { return }
    machines[machine].destination = nil
    let replication = trackedReplication(of: machine)
    if let host {
      machines[machine].host = host
      if let replication { takeMoves(of: tellSchedule(replication)) }
    }
    // A replication that began while the machine moved knows of no move.
    guard case .on = machines[machine].power, let replication,
      replications[replication].source.isMigrating
    else { return }
    try handOverState(replication)
    replications[replication].source.migrationEnded(at: now)
    try sourceChanged(replication)
  }

  // MARK: - Power of machines

  /// Takes a machine that stops out of its cluster's account.
  mutating func leaveCluster(_ place: ComputeState.Place?) throws(SimulationFailure) {
    guard let place else { return }
    try change(cluster: place.cluster) { $0.powerOff(place.member, at: $1) }
  }

  /// Finds a host for a machine that an administrator powers on.
  ///
  /// - Parameter isWaiting: Whether the cluster starts it, if there is no host now, as soon as there is one.
  /// - Returns: The host, or why there is none yet.
  mutating func enterCluster(
    at place: ComputeState.Place, preferring host: HostID?, isWaiting: Bool
  ) -> Result<HostID, ComputeRefusal> {
    let preferred = host.flatMap { compute.hostPlaces[$0.index] }
      .flatMap { $0.cluster == place.cluster ? $0.host : nil }
    do throws(ComputeRefusal) {
      let found = try compute.clusters[place.cluster].model.powerOn(
        place.member, preferring: preferred, at: now)
      return .success(compute.clusters[place.cluster].hosts[found])
    } catch {
      if isWaiting {
        compute.clusters[place.cluster].model.awaitPowerOn(place.member, preferring: preferred)
      }
      return .failure(error)
    }
  }

  /// A timeline entry switches machines off that are not replicated, which only their clusters notice.
  mutating func powerOffUnreplicated(_ ids: [VirtualMachineID], entry: Int) throws(SimulationFailure) {
    for id in ids where machineIndex[id.index] == nil {
      compute.shutdowns[id.index].begin(entry, ())
      unreplicatedPowers[id.index] = .off
      try leaveCluster(compute.machinePlaces[id.index])
    }
  }

  /// The entry is over: those of its machines that nothing else keeps off are on again.
  mutating func endShutdown(ofUnreplicated ids: [VirtualMachineID], entry: Int) {
    for id in ids where machineIndex[id.index] == nil {
      guard compute.shutdowns[id.index].end(entry), compute.shutdowns[id.index].isEmpty else { continue }
      powerOnUnreplicated(id)
    }
  }

  /// Machines that are not replicated are on, whatever kept them off.
  ///
  /// - Returns: The entries that were in force on them.
  mutating func powerOnUnreplicated(_ ids: [VirtualMachineID]) -> [Int] {
    var ended: [Int] = []
    for id in ids where machineIndex[id.index] == nil {
      ended += compute.shutdowns[id.index].endAll()
      powerOnUnreplicated(id)
    }
    return ended
  }

  /// A machine that is not replicated is on, as soon as its cluster has room; one that is suspended stays so.
  mutating func powerOnUnreplicated(_ id: VirtualMachineID) {
    guard unreplicatedPowers[id.index] != .suspended else { return }
    unreplicatedPowers[id.index] = .on
    guard let place = compute.machinePlaces[id.index],
      case .off = compute.clusters[place.cluster].model.power(of: place.member),
      case .failure(let refusal) = enterCluster(
        at: place, preferring: scenario.inventory[id].host, isWaiting: true)
    else { return }
    noteMember(.virtualMachine(id), "start-refused", detail: "\(refusal)")
  }

  // MARK: - Events

  private mutating func noteMember(_ member: ComputeState.Member, _ kind: String, detail: String = "") {
    switch member {
    case .virtualMachine(let id):
      record.note("vm.\(kind)", subject: scenario.inventory[id].name, detail: detail, at: now)
    case .appliance(let id):
      record.note("appliance.\(kind)", subject: scenario.inventory[id].name, detail: detail, at: now)
    }
  }

  mutating func noteHost(_ host: HostID, _ kind: String, detail: String = "") {
    record.note(kind, subject: scenario.inventory[host].name, detail: detail, at: now)
  }
}
