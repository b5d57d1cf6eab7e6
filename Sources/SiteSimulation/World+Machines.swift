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
    guard isOneCluster(machines[machine].host, host) else {
      return note("vm.migrate-refused", of: machine, detail: "another cluster")
    }
    let replication = machines[machine].replication
    guard !replications[replication].source.isLocked else {
      return note("vm.migrate-refused", of: machine, detail: "locked")
    }
    // Also while the new host looks for the state that the old one handed over.
    guard machines[machine].destination == nil, !replications[replication].source.isMigrating else {
      return note("vm.migrate-refused", of: machine, detail: "moving")
    }
    guard case .on = machines[machine].power else {
      machines[machine].host = host
      return
    }
    if let place = compute.machinePlaces[machines[machine].id.index] {
      return try migrate(machine: machine, to: host, in: place)
    }
    drawWrites(of: machine)
    machines[machine].destination = host
    machines[machine].migrationStamp += 1
    replications[replication].source.migrationBegan(at: now)
    queue.schedule(
      WorldEvent(.migrationEnds, machine, stamp: machines[machine].migrationStamp),
      at: now + scenario.profile.migrationDuration)
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
    if hosts[host.index].isUp {
      machines[machine].host = host
      takeMoves(of: tellSchedule(machines[machine].replication))
      note("vm.migrated", of: machine, detail: "to host \(scenario.inventory[host].name)")
    }
    try handOverState(machines[machine].replication)
    replications[machines[machine].replication].source.migrationEnded(at: now)
    try sourceChanged(machines[machine].replication)
  }

  // MARK: - Freeing

  /// The guest frees a part of a disk, up to its end.
  mutating func trim(
    machine: Int, disk name: String, offset: ByteCount, size: ByteCount
  ) throws(SimulationFailure) {
    guard case .on = machines[machine].power else {
      return note("vm.trim-refused", of: machine, detail: "powered off")
    }
    guard let disk = machines[machine].disks.firstIndex(where: { $0.name == name }) else { return }
    drawWrites(of: machine)
    let replication = machines[machine].replication
    let content = machines[machine].contents[disk]
    let outcome = replications[replication].source.guestWillUnmap(
      offset.bytes..<(offset + size).bytes, disk: disk, reading: content)
    switch outcome {
    case .passed(let freed, let written, let cost):
      for run in freed { content.fill(run, tag: 0) }
      let tag = machines[machine].disks[disk].nextTag()
      for run in written { content.fill(run, tag: tag) }
      delayGuest(machine, by: cost)
    case .refused: note("vm.trim-refused", of: machine, detail: "collides with the delta in flight")
    }
    try sourceChanged(replication)
  }

  // MARK: - Snapshots

  /// Keeps the disks as they are now.
  mutating func takeSnapshot(machine: Int) throws(SimulationFailure) {
    drawWrites(of: machine)
    let replication = machines[machine].replication
    let cost = replications[replication].source.snapshotTaken(reading: machines[machine].contents)
    delayGuest(machine, by: cost)
    machines[machine].snapshot = machines[machine].contents.map { $0.copy() }
    try sourceChanged(replication)
  }

  /// Returns the disks to the latest snapshot, which the tracking does not see.
  ///
  /// A disk that was added or grew since stays as it is.
  mutating func revertToSnapshot(machine: Int) throws(SimulationFailure) {
    guard let snapshot = machines[machine].snapshot else {
      return note("vm.revert-refused", of: machine, detail: "no snapshot")
    }
    drawWrites(of: machine)
    let replication = machines[machine].replication
    replications[replication].source.trackingLost(.snapshotReverted, at: now)
    for (disk, content) in snapshot.enumerated()
    where machines[machine].contents[disk].geometry == content.geometry {
      machines[machine].contents[disk] = content.copy()
    }
    try sourceChanged(replication)
  }

  // MARK: - Disks

  /// The machine gets a disk that the replication does not know: it is in error until it is configured again.
  mutating func addDisk(machine: Int, name: String, size: ByteCount) throws(SimulationFailure) {
    drawWrites(of: machine)
    let geometry = ExtentGeometry(diskSize: size)
    machines[machine].addedDisks.append((name, geometry))
    replications[machines[machine].replication].source.diskAdded(geometry, at: now)
    try sourceChanged(machines[machine].replication)
  }

  /// An administrator configures the replication again: disks that were added are taken in.
  ///
  /// Refused where the target can take no disk now: its server is down, or an image of it is being tested.
  mutating func reconfigure(_ index: Int) throws(SimulationFailure) {
    let machine = replications[index].machineIndex
    let added = machines[machine].addedDisks
    if !added.isEmpty, let obstacle = replications[index].replica.obstacle {
      return note("replication.reconfigure-refused", of: machine, detail: "\(obstacle)")
    }
    drawWrites(of: machine)
    let kept = machines[machine].disks.indices.map { ConfiguredDisk.kept($0) }
    replications[index].source.reconfigured(kept + added.map { .added($0.geometry) }, at: now)
    let unsent = endSession(index) ?? .zero
    for (name, geometry) in added {
      do {
        try replications[index].replica.addDisk(base: ExtentStore(geometry: geometry))
      } catch {
        preconditionFailure("a target without an obstacle takes a disk: \(error)")
      }
      machines[machine].disks.append(
        Machine.Disk(name: name, size: geometry.diskSize, writes: nil, tag: nextDiskTag()))
      machines[machine].contents.append(ExtentStore(geometry: geometry))
      replications[index].extentSizes.append(geometry.extentSize)
    }
    machines[machine].addedDisks.removeAll()
    noteSpace(index)
    try sourceChanged(index, unsent: unsent)
  }

  /// A disk grows; its new part holds zeros.
  ///
  /// Refused where the target cannot follow now, and where the disk is larger already.
  mutating func resizeDisk(machine: Int, name: String, size: ByteCount) throws(SimulationFailure) {
    guard let disk = machines[machine].disks.firstIndex(where: { $0.name == name }) else { return }
    let index = machines[machine].replication
    if let obstacle = replications[index].replica.obstacle {
      return note("vm.resize-refused", of: machine, detail: "\(obstacle)")
    }
    guard size >= machines[machine].disks[disk].size else {
      return note("vm.resize-refused", of: machine, detail: "a disk does not shrink")
    }
    drawWrites(of: machine)
    let geometry = ExtentGeometry(
      diskSize: size, extentSize: machines[machine].contents[disk].geometry.extentSize)
    replications[index].source.diskGrown(disk, to: geometry, at: now)
    let unsent = endSession(index) ?? .zero
    machines[machine].contents[disk] = machines[machine].contents[disk].grown(to: geometry)
    machines[machine].disks[disk].size = size
    try noteResize(of: machine, disk: disk, to: size)
    cancelMerges(index)
    let work: ByteCount
    do {
      work = try replications[index].replica.growDisk(disk, to: geometry)
    } catch {
      preconditionFailure("a target without an obstacle grows a disk: \(error)")
    }
    noteSpace(index)
    let seconds = Double(work.bytes) / scenario.profile.mergeRate.bytesPerSecond
    let duration = TimeSpan(nanoseconds: Int64((seconds * 1e9).rounded(.up)))
    replications[index].resizeStamp += 1
    queue.schedule(
      WorldEvent(.replicaResized, index, stamp: replications[index].resizeStamp), at: now + duration)
    try sourceChanged(index, unsent: unsent)
  }

  /// The replica has the new size.
  mutating func replicaResized(_ index: Int, stamp: UInt64) throws(SimulationFailure) {
    guard replications[index].resizeStamp == stamp else { return }
    replications[index].source.replicaResized()
    try sourceChanged(index)
  }

  // MARK: - Offline instances

  /// "Sync now": a delta of a running machine, an offline instance of one that is off.
  mutating func sync(_ index: Int) throws(SimulationFailure) {
    let machine = replications[index].machineIndex
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

  /// Starts a machine that was to start while an offline instance locked it.
  mutating func startIfUnlocked(_ machine: Int) throws(SimulationFailure) {
    guard machines[machine].awaitsUnlock,
      !replications[machines[machine].replication].source.isLocked
    else { return }
    machines[machine].awaitsUnlock = false
    try powerOn(machine: machine)
  }

  // MARK: - Delays of guests

  /// The guest waited for copies into the demand log: *rounds · (read + write)*.
  mutating func delayGuest(_ machine: Int, by cost: WriteCost) {
    guard cost.copiedExtents > 0 else { return }
    let rounds = Int64(cost.rounds(limits: transport.replicationParameters.demandLog))
    let delay = (scenario.profile.copyReadLatency + scenario.profile.copyWriteLatency) * rounds
    machines[machine].delays.add(delay)
  }
}
