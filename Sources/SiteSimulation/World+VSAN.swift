import BlockStorage
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

  /// A host went out of reach of the others, or is back: what its devices hold is absent, or back.
  ///
  /// It is out of reach while it does not run, while it is isolated, and in maintenance mode from when it is empty on.
  mutating func vsanHostChanged(_ host: HostID) throws(SimulationFailure) {
    let isReachable =
      hosts[host.index].isUp && hosts[host.index].isolations.isEmpty && !hosts[host.index].isOutOfStorage
    for datastore in datastores.indices {
      guard let vsan = datastores[datastore].vsan, let index = vsan.index(of: host),
        vsan.cluster.isUp(host: index) != isReachable
      else { continue }
      drawWrites(on: datastore)
      if isReachable {
        datastores[datastore].vsan?.cluster.hostReturned(index, at: now)
      } else {
        datastores[datastore].vsan?.cluster.hostFailed(index, at: now)
      }
      try vsanChanged(datastore)
    }
  }

  /// A host in maintenance mode is empty: its devices leave the datastore, unless an object could not be reached then.
  ///
  /// What is absent is rebuilt elsewhere after the repair delay.
  ///
  /// - Source: VMware, vSAN 8.0, "Place a host in maintenance mode", mode "ensure accessibility", which would first move what is
  ///   needed; that the devices stay instead is the plainer rule. The other modes are not modelled.
  mutating func leaveStorage(_ host: HostID) throws(SimulationFailure) {
    let count = datastores.reduce(0) { count, datastore in
      guard let vsan = datastore.vsan, let index = vsan.index(of: host) else { return count }
      return count + vsan.cluster.dependentObjectCount(ofHost: index)
    }
    guard count == 0 else {
      return noteHost(host, "vsan.evacuation-refused", detail: "\(count) objects need its devices")
    }
    hosts[host.index].isOutOfStorage = true
    try vsanHostChanged(host)
  }

  mutating func diskGroupFailed(_ host: HostID, group: Int) throws(SimulationFailure) {
    for datastore in datastores.indices {
      guard let vsan = datastores[datastore].vsan, let index = vsan.index(of: host) else { continue }
      let device = vsan.cluster.devices(ofHost: index).lowerBound + group
      guard !vsan.cluster.isFailed(device: device) else { continue }
      drawWrites(on: datastore)
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

  /// Brings what guests write up to now onto their disks, before components go out of reach or come back.
  private mutating func drawWrites(on datastore: Int) {
    for machine in machines.indices where machines[machine].datastore.index == datastore {
      drawWrites(of: machine)
    }
  }

  /// Tells a datastore what a guest has just written to a disk, for components that miss it.
  mutating func noteMissed(_ runs: [Range<Int>], by machine: Int, disk: Int) {
    // Disks that were added since are counted on no device.
    guard machines[machine].objects.indices.contains(disk) else { return }
    let object = machines[machine].objects[disk]
    let extentSize = machines[machine].contents[disk].geometry.extentSize
    datastores[machines[machine].datastore.index].vsan?.cluster.written(runs, of: extentSize, to: object)
  }

  /// Whether components of a machine's disks miss what it writes.
  func isMissed(_ machine: Int) -> Bool {
    guard let vsan = datastores[machines[machine].datastore.index].vsan else { return false }
    return machines[machine].objects.contains { vsan.cluster.tracksChanges(of: $0) }
  }

  // MARK: - Following

  /// The time of a vSAN datastore has come: a repair delay is over, or it is to be looked at.
  mutating func vsanDeadlineCame(_ datastore: Int) throws(SimulationFailure) {
    datastores[datastore].vsan?.isLookDue = false
    if let timer = datastores[datastore].vsan?.timer, timer.due <= now {
      datastores[datastore].vsan?.timer = nil
    }
    drawWrites(on: datastore)
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
    if let planned = datastores[datastore].vsan?.cluster.planVersion,
      !commands.isEmpty || datastores[datastore].vsan?.lookedVersion != planned,
      !resyncLooks.contains(datastore)
    {
      datastores[datastore].vsan?.lookedVersion = planned
      resyncLooks.append(datastore)
    }
    let alerts = datastores[datastore].vsan?.cluster.takeAlerts() ?? []
    for alert in alerts { note(alert, on: datastore) }
    if let count = datastores[datastore].vsan?.cluster.alertsInForce {
      datastores[datastore].vsan?.conditions.take(alerts, inForce: count, at: now)
    }
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
    reportLosses(ofMachinesOn: datastore)
    for index in replications.indices where replications[index].datastore.index == datastore {
      try replaceLost(index)
    }
    for machine in machines.indices { try followMachine(machine, on: datastore) }
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

  /// A machine stalls while one of its objects is out of reach, and vSphere HA does not get it started.
  private mutating func followMachine(_ machine: Int, on datastore: Int) throws(SimulationFailure) {
    guard machines[machine].datastore.index == datastore, let vsan = datastores[datastore].vsan else {
      return
    }
    machines[machine].isMissed = isMissed(machine)
    let isStalled = !objects(of: machine, vsan).allSatisfy { vsan.cluster.isAccessible($0) }
    guard isStalled != machines[machine].isStalled else { return }
    if isStalled { drawWrites(of: machine) }
    machines[machine].isStalled = isStalled
    guestChanged(machine)
    note(isStalled ? "vsan.vm-stalled" : "vsan.vm-resumed", of: machine)
    guard let place = machines[machine].place else { return }
    try change(cluster: place.cluster) {
      $0.disksChanged(of: place.member, areReachable: !isStalled, at: $1)
    }
  }

  /// What a machine stands on: the machine of a test on the files of the replica under its image.
  private func objects(of machine: Int, _ vsan: VSANState) -> [VSANCluster.ObjectID] {
    if case .test = machines[machine].role {
      return replications[machines[machine].replication].placedFiles.map(\.object)
    }
    guard machines[machine].site == scenario.inventory[machines[machine].id].site else {
      return machines[machine].objects
    }
    // Disks that are not replicated lie where the machine began.
    return machines[machine].objects + vsan.machineObjects[machines[machine].id.index]
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
  }

  // MARK: - Recording

  /// Records, once an instant is over, which datastores have begun or ended to copy, and where components find no place.
  mutating func noteResyncs() {
    guard min(sharing.nextEvent ?? .distantFuture, queue.nextDue ?? .distantFuture) > now else { return }
    for datastore in resyncLooks.sorted() {
      guard let vsan = datastores[datastore].vsan else { continue }
      if vsan.isResyncing == vsan.copies.isEmpty {
        datastores[datastore].vsan?.isResyncing = !vsan.copies.isEmpty
        noteVSAN(vsan.copies.isEmpty ? "vsan.resync-ended" : "vsan.resync-began", datastore)
      }
      let count = vsan.cluster.unplacedCount(at: now)
      datastores[datastore].vsan?.conditions.take(vsan.cluster.shortfall, unplaced: count, at: now)
      if vsan.hasUnplaced == (count == 0) {
        datastores[datastore].vsan?.hasUnplaced = count > 0
        noteVSAN(count > 0 ? "vsan.no-place" : "vsan.no-place-over", datastore)
      }
      if vsan.cluster.limitedCount > vsan.notedLimit {
        datastores[datastore].vsan?.notedLimit = vsan.cluster.limitedCount
        if vsan.notedLimit == 0 || !vsan.hasUnplaced { noteLimit(on: datastore) }
      }
    }
    resyncLooks.removeAll()
  }

  private mutating func noteVSAN(_ kind: String, _ datastore: Int) {
    guard let cluster = datastores[datastore].vsan?.cluster else { return }
    let unplaced = cluster.unplacedCount(at: now)
    record.note(
      kind, subject: scenario.inventory.datastores[datastore].name,
      detail:
        "\(cluster.health.resyncs) components to copy, \(unplaced > 0 ? "\(unplaced) without a place, " : "")"
        + "\(cluster.resyncedSize) copied", at: now)
  }

  /// Records that components found no place since hosts hold as many as they may.
  private mutating func noteLimit(on datastore: Int) {
    guard let description = datastores[datastore].vsan?.description, let limit = description.componentsPerHost
    else { return }
    record.note(
      "vsan.placement\(EventRecord.refusalSuffix)", subject: scenario.inventory.datastores[datastore].name,
      detail: "a host holds at most \(limit) components, \(description.policy.architecture.limitSource)",
      at: now)
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
      repairedExtentCount: cluster.repairedExtentCount, resyncedSize: cluster.resyncedSize,
      conditions: datastore.vsan?.conditions.conditions(at: now) ?? VSANConditions())
  }
}
