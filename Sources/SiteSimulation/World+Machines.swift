import BlockStorage
import ClusterModels
import Inventory
import Quantities
import ReplicationCore
import Scenarios
import SimulationKernel

/// What administrators and guests do to machines and their disks while they are replicated.
extension World {
  // MARK: - Moving

  /// A running machine begins to move to another host of its cluster; one that is off is moved at once.
  ///
  /// vSphere can also move machines between clusters, along with their disks; that is not modelled.
  mutating func migrate(machine: Int, to host: HostID) throws(SimulationFailure) {
    guard machines[machine].host != host, hosts[host.index].isUp else {
      return note("vm.migrate-refused", of: machine, detail: "host \(scenario.inventory[host].name)")
    }
    let replication = trackedReplication(of: machine)
    guard !isLocked(machine) else {
      return note("vm.migrate-refused", of: machine, detail: "locked")
    }
    guard scenario.inventory[host].site == machines[machine].site else {
      return note("vm.migrate-refused", of: machine, detail: "another site")
    }
    guard isOneCluster(machines[machine].host, host) else {
      return note("vm.migrate-refused", of: machine, detail: "another cluster")
    }
    // Also while the new host looks for the state that the old one handed over.
    let isHandedOver = replication.map { !replications[$0].source.isMigrating } ?? true
    guard machines[machine].destination == nil, isHandedOver else {
      return note("vm.migrate-refused", of: machine, detail: "moving")
    }
    guard case .on = machines[machine].power else {
      machines[machine].host = host
      return
    }
    if let place = machines[machine].place {
      return try migrate(machine: machine, to: host, in: place)
    }
    drawWrites(of: machine)
    machines[machine].destination = host
    machines[machine].migrationStamp += 1
    queue.schedule(
      WorldEvent(.migrationEnds, machine, stamp: machines[machine].migrationStamp),
      at: now + scenario.profile.migrationDuration)
    guard let replication else { return }
    replications[replication].source.migrationBegan(at: now)
    try sourceChanged(replication)
  }

  /// A machine moves within a cluster that is looked at in detail.
  private mutating func migrate(
    machine: Int, to host: HostID, in place: ComputeState.Place
  ) throws(SimulationFailure) {
    guard let target = compute.hostPlaces[host.index], target.cluster == place.cluster else {
      return note("vm.migrate-refused", of: machine, detail: "another cluster")
    }
    do {
      try compute.clusters[place.cluster].model.migrate(place.member, to: target.host, at: now)
    } catch {
      return note("vm.migrate-refused", of: machine, detail: "\(error)")
    }
    try clusterChanged(place.cluster)
  }

  /// The machine runs on its new host, or stays if that failed meanwhile.
  mutating func migrationEnds(machine: Int, stamp: UInt64) throws(SimulationFailure) {
    guard let host = machines[machine].destination, machines[machine].migrationStamp == stamp else { return }
    machines[machine].destination = nil
    let replication = trackedReplication(of: machine)
    if hosts[host.index].isUp {
      machines[machine].host = host
      if let replication { takeMoves(of: tellSchedule(replication)) }
      note("vm.migrated", of: machine, detail: "to host \(scenario.inventory[host].name)")
    }
    guard let replication else { return }
    try handOverState(replication)
    // A replication that began while the machine moved knows of no move.
    guard replications[replication].source.isMigrating else { return }
    replications[replication].source.migrationEnded(at: now)
    try sourceChanged(replication)
  }

  // MARK: - Freeing

  /// Why a guest can do nothing to its disks now, or `nil` if it can.
  private func guestObstacle(_ machine: Int) -> String? {
    guard case .on = machines[machine].power else { return "powered off" }
    if let obstacle = diskObstacle(machine) { return obstacle }
    if machines[machine].awaitedRoom != nil { return "it waits for room on its datastore" }
    return machines[machine].guest.isWorking ? nil : "its guest does not run"
  }

  /// Why nobody can change the disks of a machine now, or `nil` if they can be reached.
  func diskObstacle(_ machine: Int) -> String? {
    machines[machine].isStalled ? "its disks are out of reach" : nil
  }

  /// The guest frees a part of a disk, up to its end.
  ///
  /// Refused where the guest does not work: off, hung, without room, or with a disk that nobody reaches.
  mutating func trim(
    machine: Int, disk name: String, offset: ByteCount, size: ByteCount
  ) throws(SimulationFailure) {
    if let obstacle = guestObstacle(machine) {
      return note("vm.trim-refused", of: machine, detail: obstacle)
    }
    guard let disk = machines[machine].disks.firstIndex(where: { $0.name == name }) else { return }
    drawWrites(of: machine)
    let content = machines[machine].contents[disk]
    guard let replication = trackedReplication(of: machine) else {
      return trimUntracked(content, machine: machine, disk: disk, offset: offset, size: size)
    }
    let outcome = replications[replication].source.guestWillUnmap(
      offset.bytes..<(offset + size).bytes, disk: disk, reading: content)
    switch outcome {
    case .passed(let freed, let written, let cost):
      for run in freed { content.fill(run, tag: 0) }
      let tag = machines[machine].disks[disk].nextTag()
      writtenRuns = Array(written)
      takeRoom(machine, disk)
      for run in writtenRuns { content.fill(run, tag: tag) }
      delayGuest(machine, by: cost)
    case .refused: note("vm.trim-refused", of: machine, detail: "collides with the delta in flight")
    }
    try sourceChanged(replication)
  }

  /// The same on a disk that nobody tracks: whole extents are freed, and one that is covered in part is written.
  private mutating func trimUntracked(
    _ content: ExtentStore, machine: Int, disk: Int, offset: ByteCount, size: ByteCount
  ) {
    let tag = machines[machine].disks[disk].nextTag()
    let extentSize = content.geometry.extentSize.bytes
    let bytes = offset.bytes..<(offset + size).bytes
    for extent in content.geometry.extents(covering: bytes) {
      let start = UInt64(extent) * extentSize
      let end = min(start + extentSize, content.geometry.diskSize.bytes)
      let isWhole = bytes.lowerBound <= start && end <= bytes.upperBound
      if !isWhole {
        writtenRuns = [extent..<extent + 1]
        takeRoom(machine, disk)
        guard !writtenRuns.isEmpty else { continue }
      }
      content.fill(extent..<extent + 1, tag: isWhole ? 0 : tag)
      if !machines[machine].keptChanges.isEmpty { keepChange([extent..<extent + 1], machine, disk) }
    }
  }

  // MARK: - Snapshots

  /// Keeps the disks as they are now.
  mutating func takeSnapshot(machine: Int) throws(SimulationFailure) {
    if let obstacle = diskObstacle(machine) {
      return note("vm.snapshot-refused", of: machine, detail: obstacle)
    }
    drawWrites(of: machine)
    machines[machine].snapshot = machines[machine].contents.map { $0.copy() }
    guard let replication = trackedReplication(of: machine) else { return }
    let cost = replications[replication].source.snapshotTaken(reading: machines[machine].contents)
    delayGuest(machine, by: cost)
    try sourceChanged(replication)
  }

  /// Returns the disks to the latest snapshot, which the tracking does not see.
  ///
  /// A disk that was added or grew since stays as it is.
  mutating func revertToSnapshot(machine: Int) throws(SimulationFailure) {
    guard let snapshot = machines[machine].snapshot else {
      return note("vm.revert-refused", of: machine, detail: "no snapshot")
    }
    if let obstacle = diskObstacle(machine) {
      return note("vm.revert-refused", of: machine, detail: obstacle)
    }
    drawWrites(of: machine)
    let replication = trackedReplication(of: machine)
    if let replication { replications[replication].source.trackingLost(.snapshotReverted, at: now) }
    forgetPreparedReprotect(of: machine)
    for (disk, content) in snapshot.enumerated()
    where machines[machine].contents[disk].geometry == content.geometry {
      machines[machine].contents[disk] = content.copy()
    }
    if let replication { try sourceChanged(replication) }
  }

  // MARK: - Offline instances

  /// "Sync now": a delta of a running machine, an offline instance of one that is off.
  mutating func sync(_ index: Int) throws(SimulationFailure) {
    let machine = replications[index].machineIndex
    if let problem = replications[index].source.configurationProblem {
      return refuseSync(index, "sync", because: problem.rawValue)
    }
    if case .off = machines[machine].power, hostForStart(of: machine) == nil {
      note("replication.sync-refused", of: machine, detail: "no host of its cluster runs")
    } else if case .off = machines[machine].power {
      do {
        try replications[index].source.offlineInstanceRequested(at: now)
      } catch {
        note("replication.sync-refused", of: machine, detail: "\(error)")
      }
    } else {
      replications[index].source.syncRequested(at: now)
    }
    takeMoves(of: tellSchedule(index))
    try sourceChanged(index)
  }

  /// A full sync was asked for by hand.
  mutating func forceFullSync(_ index: Int) throws(SimulationFailure) {
    if let problem = replications[index].source.configurationProblem {
      return refuseSync(index, "full-sync", because: problem.rawValue)
    }
    drawWrites(of: replications[index].machineIndex)
    replications[index].source.fullSyncRequested(at: now)
    try sourceChanged(index)
  }

  /// A replication whose configuration is in error syncs nothing until it is configured again.
  private mutating func refuseSync(_ index: Int, _ action: String, because problem: String) {
    let kind: PrimaryEvent.Kind = action == "sync" ? .failedToStartDelta : .failedToStartSync
    note(
      "replication.\(action)-refused", of: replications[index].machineIndex, detail: problem,
      vcenterEvent: kind.rawValue)
  }

  /// Starts a machine that was to start while an offline instance locked it.
  mutating func startIfUnlocked(_ machine: Int) throws(SimulationFailure) {
    guard machines[machine].awaitsUnlock, !isLocked(machine) else { return }
    machines[machine].awaitsUnlock = false
    try powerOn(machine: machine)
  }

  // MARK: - Delays of guests

  /// The guest waited for copies into the demand log: *rounds · (read + write)*.
  ///
  /// Of the writes that find no room in it, the first waits until the delta is given up (*inferred*); those behind it are not
  /// counted.
  mutating func delayGuest(_ machine: Int, by cost: WriteCost) {
    guard cost.copiedExtents > 0 else { return }
    let rounds = Int64(cost.rounds(limits: transport.replicationParameters.demandLog))
    var delay = (scenario.profile.copyReadLatency + scenario.profile.copyWriteLatency) * rounds
    if cost.findsLogFull { delay += transport.replicationParameters.demandLog.retrySpan }
    machines[machine].delays.add(delay)
  }
}
