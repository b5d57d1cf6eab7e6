import BlockStorage
import ClusterModels
import Inventory
import Quantities
import ReplicationCore
import Scenarios
import SimulationKernel
import Workloads

extension World {
  /// Brings the guest's writes up to now onto the machine's disks.
  ///
  /// Each write is told to the replication before it reaches the disk, as the filter in the host sees it.
  mutating func drawWrites(of machine: Int) {
    let replication = trackedReplication(of: machine)
    if let replication { tellDemandLogRoom(replication) }
    guard machines[machine].writtenUntil < now else { return }
    defer { if let replication { noteDemandLog(replication) } }
    machines[machine].writtenUntil = now
    for disk in machines[machine].disks.indices {
      writtenRuns.removeAll(keepingCapacity: true)
      machines[machine].disks[disk].writes?.draw(until: now, appendingTo: &writtenRuns)
      if !writtenRuns.isEmpty {
        if planted.isEmpty || trackedReplication(of: machine) == nil || !writesWrongly(machine, disk) {
          write(machine, disk, tag: machines[machine].disks[disk].nextTag())
        }
      }
      guard machines[machine].disks[disk].attack != nil else { continue }
      writtenRuns.removeAll(keepingCapacity: true)
      machines[machine].disks[disk].attack?.draw(until: now, appendingTo: &writtenRuns)
      guard !writtenRuns.isEmpty else { continue }
      write(machine, disk, tag: machines[machine].disks[disk].nextEncryptedTag())
    }
    // What a test machine writes grows the logs of its image.
    if case .test = machines[machine].role { noteSpace(machines[machine].replication) }
  }

  /// Lets the writes in ``writtenRuns`` pass the replication's filter and reach the disk, or the image of a test.
  private mutating func write(_ machine: Int, _ disk: Int, tag: UInt64) {
    let doublings = machines[machine].disks[disk].extentDoublings
    if doublings > 0 {
      writtenRuns = writtenRuns.map { $0.lowerBound >> doublings..<($0.upperBound - 1) >> doublings + 1 }
    }
    if case .test = machines[machine].role {
      writeToTestImage(machine, disk, tag: tag)
      return
    }
    takeRoom(machine, disk)
    guard !writtenRuns.isEmpty else { return }
    let content = machines[machine].contents[disk]
    if let replication = trackedReplication(of: machine) {
      if machines[machine].disks[disk].allocation != nil { tellDemandLogRoom(replication) }
      for run in writtenRuns {
        let cost = replications[replication].source.guestWillWrite(run, disk: disk, reading: content)
        if cost.copiedExtents > 0 { delayGuest(machine, by: cost) }
      }
    }
    content.fill(writtenRuns, tag: tag)
    if !machines[machine].keptChanges.isEmpty { keepChange(writtenRuns, machine, disk) }
    if machines[machine].isMissed { noteMissed(writtenRuns, by: machine, disk: disk) }
  }

  /// The replication that follows what happens to a machine; `nil` for one that nobody replicates now.
  func trackedReplication(of machine: Int) -> Int? {
    let replication = machines[machine].replication
    return replications[replication].isActive && machines[machine].role == .current ? replication : nil
  }

  /// Whether an offline instance keeps a machine from being started or moved.
  func isLocked(_ machine: Int) -> Bool {
    trackedReplication(of: machine).map { replications[$0].source.isLocked } ?? false
  }

  // MARK: - Power

  /// Shuts a machine down; one that failed stays down, since HA does not start what is not to run.
  mutating func powerOff(machine: Int) throws(SimulationFailure) {
    machines[machine].awaitsUnlock = false
    guard case .on = machines[machine].power else {
      machines[machine].destination = nil
      machines[machine].power = .off
      machines[machine].availability.ended(at: now)
      try leaveCluster(machines[machine].place)
      return machineStopped(machine)
    }
    if !beginShutdown(of: machine) { try stop(machine: machine) }
  }

  /// Switches a running machine off.
  mutating func stop(machine: Int) throws(SimulationFailure) {
    drawWrites(of: machine)
    machines[machine].power = .off
    // A move that began while its guest shut down is over.
    machines[machine].destination = nil
    guestStopped(machine)
    try leaveCluster(machines[machine].place)
    if let replication = trackedReplication(of: machine) {
      replications[replication].source.poweredOff(at: now)
      saveState(replication)
      try sourceChanged(replication)
    }
    machineStopped(machine)
  }

  mutating func powerOn(machine: Int) throws(SimulationFailure) {
    guard case .off = machines[machine].power else { return }
    guard machines[machine].isRegistered else {
      return note("vm.start-refused", of: machine, detail: "not in the inventory")
    }
    guard !isLocked(machine) else {
      machines[machine].awaitsUnlock = true
      return note("vm.start-refused", of: machine, detail: "locked by its offline instance")
    }
    try start(machine: machine)
  }

  /// A host failed: its machines stop without warning, and their bitmaps are lost.
  mutating func hostFailed(_ host: HostID) throws(SimulationFailure) {
    if compute.hostPlaces[host.index] != nil {
      try change(host) { $0.hostFailed($1, at: $2) }
    } else {
      for machine in machines.indices where machines[machine].host == host {
        guard case .on = machines[machine].power, !planted.contains(.runsOnFailedHost) else { continue }
        try machineFailed(machine, on: host)
      }
    }
    try offlineInstancesLost(on: host)
    replicasLost(on: host)
    try vsanHostChanged(host)
    try reachabilityChanged()
  }

  /// The host that reads the disks of machines that are off is gone: their offline instances are given up.
  private mutating func offlineInstancesLost(on host: HostID) throws(SimulationFailure) {
    for machine in machines.indices where machines[machine].host == host {
      guard isLocked(machine), let replication = trackedReplication(of: machine) else { continue }
      replications[replication].source.hostFailed(at: now)
      try sourceChanged(replication)
    }
  }

  /// A machine stopped with its host; one that was shutting down is off, unless it is to run again by now.
  mutating func machineFailed(_ machine: Int, on host: HostID) throws(SimulationFailure) {
    guard case .on = machines[machine].power else { return }
    drawWrites(of: machine)
    let isToBeOff = machines[machine].guest.isShuttingDown && !isToRunAfterShutdown(machine)
    machines[machine].power = isToBeOff ? .off : .failed
    guestStopped(machine)
    machines[machine].destination = nil
    if case .failed = machines[machine].power { machines[machine].availability.lost(at: now) }
    let replication = trackedReplication(of: machine)
    forgetPreparedReprotect(of: machine)
    if let replication {
      replications[replication].source.hostFailed(at: now)
      replications[replication].files?.sourceHostFailed()
    }
    note("vm.fail", of: machine, detail: "host \(scenario.inventory[host].name) failed")
    let isInCluster = machines[machine].place != nil
    if case .failed = machines[machine].power, !isInCluster { scheduleRestart(of: machine) }
    if let replication { try sourceChanged(replication) }
    if case .off = machines[machine].power { machineStopped(machine) }
  }

  /// A host is back: machines that waited for one are started by vSphere HA.
  mutating func hostRestored(_ host: HostID) throws(SimulationFailure) {
    try change(host) { $0.hostReturned($1, at: $2) }
    try startAppliances(of: host)
    for machine in machines.indices
    where machines[machine].place == nil && isOneCluster(machines[machine].host, host) {
      if case .waitingForHost = machines[machine].power { scheduleRestart(of: machine) }
    }
    try assignHosts()
    try vsanHostChanged(host)
  }

  private mutating func scheduleRestart(of machine: Int) {
    machines[machine].power = .failed
    machines[machine].restartStamp += 1
    queue.schedule(
      WorldEvent(.machineRestarts, machine, stamp: machines[machine].restartStamp),
      at: now + scenario.profile.haRestartDelay)
  }

  mutating func restart(machine: Int, stamp: UInt64) throws(SimulationFailure) {
    guard case .failed = machines[machine].power, machines[machine].restartStamp == stamp else { return }
    try start(machine: machine)
    // What finds no host waits for one.
    if case .waitingForHost = machines[machine].power { return }
    machines[machine].availability.restartCount += 1
  }

  /// Starts a stopped machine on a host that runs, if there is one.
  private mutating func start(machine: Int) throws(SimulationFailure) {
    if let place = machines[machine].place {
      switch enterCluster(at: place, preferring: machines[machine].host, isWaiting: true) {
      case .success(let host): return try run(machine: machine, on: host)
      case .failure(let refusal):
        machines[machine].power = .waitingForHost
        machines[machine].availability.lost(at: now)
        return note("vm.start-refused", of: machine, detail: "\(refusal)")
      }
    }
    guard let host = hostForStart(of: machine) else {
      machines[machine].power = .waitingForHost
      machines[machine].availability.lost(at: now)
      return
    }
    try run(machine: machine, on: host)
  }

  /// A stopped machine runs on a host, and its guest boots.
  mutating func run(machine: Int, on host: HostID) throws(SimulationFailure) {
    machines[machine].host = host
    machines[machine].power = .on
    machines[machine].availability.ended(at: now)
    machines[machine].writtenUntil = now
    let replication = trackedReplication(of: machine)
    if let replication { try loadState(replication) }
    guestBoots(machine)
    if machines[machine].isStalled { pauseGuest(machine) }
    if let replication { replications[replication].source.poweredOn(at: now) }
    note("vm.start", of: machine, detail: "on host \(scenario.inventory[host].name)")
    noteDouble(ofCopy: machine)
    if let replication { try sourceChanged(replication) }
  }

  /// The hosts of a host's cluster, itself among them, ascending.
  private func cluster(of host: HostID) -> [HostID] {
    scenario.inventory.cluster(of: host).map { scenario.inventory[$0].hosts } ?? [host]
  }

  func isOneCluster(_ host: HostID, _ other: HostID) -> Bool { cluster(of: host).contains(other) }

  mutating func pauseGuest(_ machine: Int) {
    for disk in machines[machine].disks.indices {
      machines[machine].disks[disk].writes?.pause(at: now)
      machines[machine].disks[disk].attack?.pause(at: now)
    }
  }

  /// Its own host if that runs, else the running one of its cluster with the fewest replicated machines.
  func hostForStart(of machine: Int) -> HostID? {
    if hosts[machines[machine].host.index].isUp { return machines[machine].host }
    var counts = [Int](repeating: 0, count: hosts.count)
    for other in machines.indices where machines[other].role != .gone {
      counts[machines[other].host.index] += 1
    }
    return cluster(of: machines[machine].host).map(\.index).filter { hosts[$0].isUp }
      .min { (counts[$0], $0) < (counts[$1], $1) }.map { HostID($0) }
  }
}
