import ClusterModels
import Inventory
import Measurements
import Quantities
import ReplicationCore
import ResourceModels
import Scenarios
import SimulationKernel
import Workloads

/// What happens to vSAN datastores.
///
/// A machine of which an object is out of reach stalls: it neither writes nor reads until the object is back, and keeps running
/// (*inferred*; what the product does depends on its guest). Its replication is cut off meanwhile, as is one whose replica is
/// out of reach; neither needs a full sync for that.
extension World {
  // MARK: - Hosts and devices

  /// A host failed: what its devices hold is absent.
  mutating func vsanHostFailed(_ host: HostID) throws(SimulationFailure) {
    for datastore in datastores.indices {
      guard let index = datastores[datastore].vsan?.index(of: host) else { continue }
      noteMissedWrites(on: datastore)
      datastores[datastore].vsan?.cluster.hostFailed(index, at: now)
      try vsanChanged(datastore)
    }
  }

  /// A host is back with what its devices hold.
  mutating func vsanHostReturned(_ host: HostID) throws(SimulationFailure) {
    for datastore in datastores.indices {
      guard let index = datastores[datastore].vsan?.index(of: host) else { continue }
      noteMissedWrites(on: datastore)
      datastores[datastore].vsan?.cluster.hostReturned(index, at: now)
      try vsanChanged(datastore)
    }
  }

  mutating func diskGroupFailed(_ host: HostID, group: Int) throws(SimulationFailure) {
    for datastore in datastores.indices {
      guard let vsan = datastores[datastore].vsan, let index = vsan.index(of: host) else { continue }
      let device = vsan.cluster.devices(ofHost: index).lowerBound + group
      guard !vsan.cluster.isFailed(device: device) else { continue }
      noteMissedWrites(on: datastore)
      datastores[datastore].vsan?.cluster.deviceFailed(device, at: now)
      try vsanChanged(datastore)
    }
  }

  mutating func diskGroupReplaced(_ host: HostID, group: Int) throws(SimulationFailure) {
    for datastore in datastores.indices {
      guard let vsan = datastores[datastore].vsan, let index = vsan.index(of: host) else { continue }
      let device = vsan.cluster.devices(ofHost: index).lowerBound + group
      guard vsan.cluster.isFailed(device: device) else { continue }
      datastores[datastore].vsan?.cluster.deviceReplaced(device, at: now)
      try vsanChanged(datastore)
    }
  }

  /// Tells a datastore what guests have written since it was last told, for components that miss it.
  private mutating func noteMissedWrites(on datastore: Int) {
    for machine in machines.indices {
      guard machines[machine].datastore.index == datastore else { continue }
      drawWrites(of: machine)
      for (position, object) in machines[machine].objects.enumerated() {
        let streams = [machines[machine].disks[position].writes, machines[machine].disks[position].attack]
        let written = streams.reduce(ByteCount.zero) { $0 + ($1?.writtenBytes ?? .zero) }
        let told = machines[machine].disks[position].toldWritten
        guard written > told else { continue }
        machines[machine].disks[position].toldWritten = written
        datastores[datastore].vsan?.cluster.written(written - told, to: object)
      }
    }
  }

  // MARK: - Following

  /// The time of a vSAN datastore has come: a repair delay is over, or it is to be looked at.
  mutating func vsanDeadlineCame(_ datastore: Int) throws(SimulationFailure) {
    datastores[datastore].vsan?.isLookDue = false
    if let timer = datastores[datastore].vsan?.timer, timer.due <= now {
      datastores[datastore].vsan?.timer = nil
    }
    noteMissedWrites(on: datastore)
    datastores[datastore].vsan?.cluster.advance(to: now)
    try vsanChanged(datastore)
  }

  /// Everything on a vSAN datastore is read with its checksums, and again one interval later.
  mutating func scrub(_ datastore: Int) throws(SimulationFailure) {
    guard let interval = datastores[datastore].vsan?.description.scrubInterval else { return }
    datastores[datastore].vsan?.cluster.scrub()
    queue.schedule(WorldEvent(.vsanScrub, datastore), at: now + interval)
    try vsanChanged(datastore)
  }

  /// Looks at a datastore once what is being done now is done.
  mutating func lookAgain(at datastore: Int) {
    guard datastores[datastore].vsan?.isLookDue == false else { return }
    datastores[datastore].vsan?.isLookDue = true
    queue.schedule(WorldEvent(.vsanDeadline, datastore), at: now)
  }

  /// Starts and stops copies, watches the next deadline, records alerts and what is used.
  mutating func followCommands(of datastore: Int) {
    let commands = datastores[datastore].vsan?.cluster.takeCommands() ?? []
    for command in commands {
      switch command {
      case .start(let resync): startCopy(resync, on: datastore)
      case .cancel(let number): cancelCopy(number, on: datastore)
      }
    }
    noteUse(of: datastore)
    let alerts = datastores[datastore].vsan?.cluster.takeAlerts() ?? []
    for alert in alerts { note(alert, on: datastore) }
    armVSANTimer(datastore)
  }

  /// Follows a change of where objects are or whether they can be reached.
  mutating func vsanChanged(_ datastore: Int) throws(SimulationFailure) {
    followCommands(of: datastore)
    try handleFindings(on: datastore)
    guard let version = datastores[datastore].vsan?.cluster.placementVersion,
      datastores[datastore].vsan?.followedVersion != version
    else { return }
    datastores[datastore].vsan?.followedVersion = version
    for machine in machines.indices { followMachine(machine, on: datastore) }
    for index in replications.indices
    where replications[index].datastore.index == datastore && replications[index].isActive {
      followReplica(index)
    }
    for index in replications.indices
    where replications[index].datastore.index == datastore || sourceDatastore(index).index == datastore {
      refreshRoutes(index)
    }
    try reachabilityChanged()
    try spaceReturned(on: DatastoreID(datastore))
  }

  private mutating func armVSANTimer(_ datastore: Int) {
    guard let deadline = datastores[datastore].vsan?.cluster.nextDeadline else { return }
    let due = max(deadline, now)
    if let timer = datastores[datastore].vsan?.timer {
      if timer.due <= due { return }
      queue.cancel(timer.token)
    }
    let token = queue.schedule(WorldEvent(.vsanDeadline, datastore), at: due)
    datastores[datastore].vsan?.timer = (due, token)
  }

  /// A machine stalls while one of its objects is out of reach.
  private mutating func followMachine(_ machine: Int, on datastore: Int) {
    guard machines[machine].datastore.index == datastore, let vsan = datastores[datastore].vsan else {
      return
    }
    var objects = machines[machine].objects
    // Disks that are not replicated lie where the machine began.
    if machines[machine].site == scenario.inventory[machines[machine].id].site {
      objects += vsan.machineObjects[machines[machine].id.index]
    }
    let isStalled = !objects.allSatisfy { vsan.cluster.isAccessible($0) }
    guard isStalled != machines[machine].isStalled else { return }
    if isStalled {
      drawWrites(of: machine)
      pauseGuest(machine)
    } else if case .on = machines[machine].power {
      machines[machine].writtenUntil = now
      for disk in machines[machine].disks.indices { machines[machine].disks[disk].writes?.resume(at: now) }
    }
    machines[machine].isStalled = isStalled
    note(isStalled ? "vsan.vm-stalled" : "vsan.vm-resumed", of: machine)
  }

  /// A replica is out of reach while one of its objects is.
  private mutating func followReplica(_ index: Int) {
    guard let vsan = datastores[replications[index].datastore.index].vsan else { return }
    let isAccessible = replications[index].placedFiles.allSatisfy { vsan.cluster.isAccessible($0.object) }
    guard isAccessible != replications[index].isStorageAccessible else { return }
    replications[index].isStorageAccessible = isAccessible
    if isAccessible {
      if replications[index].host != nil { replications[index].replica.hostBecameAccessible() }
      startMerges(index)
    } else {
      replications[index].replica.hostFailed(hasOtherHost: false)
      cancelMerges(index)
      noteSpace(index)
    }
    note(
      isAccessible ? "vsan.replica-accessible" : "vsan.replica-inaccessible",
      of: replications[index].machineIndex)
  }

  // MARK: - Copies

  private mutating func startCopy(_ resync: VSANCluster.Resync, on datastore: Int) {
    guard let vsan = datastores[datastore].vsan else { return }
    let loads =
      resync.sources.map { VSANCluster.Load(host: $0.host, reads: $0.factor, writes: 0) } + [
        VSANCluster.Load(host: resync.destination, reads: 0, writes: 1)
      ]
    if vsan.copies.isEmpty { noteVSAN("vsan.resync-began", datastore) }
    let flow = sharing.start(
      on: route(vsan.uses(loads, share: 1)), weight: vsan.description.resyncWeight.value,
      bound: vsan.description.resyncRate.bytesPerSecond, size: Double(resync.size.bytes),
      tag: FlowPurpose.resync.tag(Int(resync.number) << 16 | datastore), at: now)
    datastores[datastore].vsan?.copies.append((resync.number, flow))
  }

  private mutating func cancelCopy(_ number: UInt64, on datastore: Int) {
    guard let position = datastores[datastore].vsan?.copies.firstIndex(where: { $0.number == number }),
      let copy = datastores[datastore].vsan?.copies.remove(at: position)
    else { return }
    _ = sharing.cancel(copy.flow, at: now)
  }

  /// Takes out the copy that a flow was; `nil` if it was given up.
  mutating func takeCopy(_ event: FlowEvent, index: Int) -> Arrival? {
    let (datastore, number) = (index & 0xFFFF, UInt64(index >> 16))
    guard
      let position = datastores[datastore].vsan?.copies.firstIndex(where: {
        $0.number == number && $0.flow == event.flow
      })
    else { return nil }
    datastores[datastore].vsan?.copies.remove(at: position)
    return .copied(datastore: datastore, number: number)
  }

  mutating func copyEnded(_ number: UInt64, on datastore: Int) throws(SimulationFailure) {
    // What was given up by another arrival of this instant is over.
    guard datastores[datastore].vsan?.cluster.isRunning(number) == true else { return }
    datastores[datastore].vsan?.cluster.resyncCompleted(number, at: now)
    try vsanChanged(datastore)
    if datastores[datastore].vsan?.copies.isEmpty == true { noteVSAN("vsan.resync-ended", datastore) }
  }

  // MARK: - Recording

  private mutating func noteVSAN(_ kind: String, _ datastore: Int) {
    guard let cluster = datastores[datastore].vsan?.cluster else { return }
    let health = cluster.health
    record.note(
      kind, subject: scenario.inventory.datastores[datastore].name,
      detail: "\(health.resyncs) components to copy, \(cluster.resyncedSize) copied", at: now)
  }

  private mutating func note(_ alert: VSANCluster.Alert, on datastore: Int) {
    guard let vsan = datastores[datastore].vsan else { return }
    var place = "the datastore"
    if let device = alert.device,
      let host = vsan.description.hosts.indices.first(where: {
        vsan.cluster.devices(ofHost: $0).contains(device)
      })
    {
      let group = device - vsan.cluster.devices(ofHost: host).lowerBound + 1
      place = "device \(group) of \(scenario.inventory[vsan.description.hosts[host]].name)"
    }
    record.note(
      alert.isAbove ? "vsan.alert" : "vsan.alert-over",
      subject: scenario.inventory.datastores[datastore].name,
      detail: "\(place) is \(alert.isAbove ? "above" : "below") \(alert.threshold)", at: now)
  }

  /// How a vSAN datastore stands; `nil` for a plain one.
  func vsanRecord(_ datastore: DatastoreState) -> VSANRecord? {
    guard let cluster = datastore.vsan?.cluster else { return nil }
    let health = cluster.health
    return VSANRecord(
      objectCount: health.objects, componentCount: health.components, absentCount: health.absent,
      degradedCount: health.degraded, staleCount: health.stale, reducedObjectCount: health.reducedObjects,
      inaccessibleObjectCount: health.inaccessibleObjects, rebuiltCount: cluster.rebuiltCount,
      repairedExtentCount: cluster.repairedExtentCount, resyncedSize: cluster.resyncedSize)
  }
}
