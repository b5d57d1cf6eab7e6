import BlockStorage
import Inventory
import Measurements
import Quantities
import ReplicationCore
import ResourceModels
import Scenarios
import SimulationKernel

/// Storage that copies by itself: when, over which link, and what it leaves at the target.
///
/// An array runs as long as a host of its site does (*inferred*), whatever becomes of replication servers and vSphere hosts else.
/// What synchronous writes take of a link and what they cost the guests is not modelled; the copy that ends a break is.
extension World {
  /// Sets the units up as the run begins: source and target hold the same.
  mutating func buildStorage() {
    for description in scenario.storageUnits {
      let system = scenario.storageSystems[description.system.index]
      let members = description.members.map(\.index)
      for index in members {
        replications[index].source.ended(at: now)
        replications[index].life = .byStorage
        replications[index].toldActivity = .stopped
        replications[index].certificates.removeAll()
        replications[index].lag = storageLag(system.mode)
        let machine = replications[index].machineIndex
        machines[machine].keptChanges = machines[machine].contents.map {
          DirtyBitmap(geometry: $0.geometry)
        }
      }
      let devices = members.map { machines[replications[$0].machineIndex].contents.map { $0.copy() } }
      let unit = StorageUnit(
        description: description, mode: system.mode, pointInTimeCount: system.pointInTimeCount,
        links: system.links, source: system.source, target: system.target, devices: devices,
        allocations: zip(members, devices).map { index, disks in
          let isLimited = hasCapacity(replications[index].datastore)
          return disks.map { isLimited ? DirtyBitmap(allocatedIn: $0) : nil }
        },
        points: [
          StorageUnit.Point(
            instant: now, contents: devices, certificates: devices.map { $0.map(\.digest) },
            changes: devices.map { $0.map { DirtyBitmap(geometry: $0.geometry) } },
            additions: devices.map { $0.map { _ in 0 } })
        ], isInSync: system.mode == .synchronous)
      storageUnits.append(unit)
      if let interval = storageInterval(storageUnits.count - 1) {
        queue.schedule(WorldEvent(.storageInterval, storageUnits.count - 1), at: now + interval)
      }
    }
  }

  /// The lag of a machine on storage of a mode, as the run begins.
  ///
  /// A schedule whose copies all end before the next is due keeps the lag within two intervals, which is taken as the objective
  /// (*inferred*: arrays know none). What follows each write has no lag: none of its time is observed, with an objective of
  /// zero.
  private func storageLag(_ mode: Scenario.StorageSystem.Mode) -> LagTrack {
    switch mode {
    case .synchronous:
      var lag = LagTrack(rpo: .zero, start: now)
      lag.end(at: now)
      return lag
    case .periodic(let interval):
      var lag = LagTrack(rpo: interval * 2, start: now)
      lag.instanceCompleted(pointInTime: now, at: now)
      return lag
    }
  }

  /// Keeps in mind what the guest of a machine has changed, for the storage beneath or for its way back.
  mutating func keepChange(_ runs: [Range<Int>], _ machine: Int, _ disk: Int) {
    for run in runs { machines[machine].keptChanges[disk].mark(run) }
  }

  // MARK: - When

  /// Another interval is over: what has changed is copied, unless the copy before is still under way.
  ///
  /// In the synchronous mode the target is brought up to what the guests have written, for the sake of its room.
  mutating func storageIntervalEnded(_ unit: Int) throws(SimulationFailure) {
    guard let interval = storageInterval(unit) else { return }
    queue.schedule(WorldEvent(.storageInterval, unit), at: now + interval)
    if storageUnits[unit].isInSync { try catchUp(unit) } else { try beginStorageCopy(unit) }
  }

  /// How often a unit is looked at by itself.
  private func storageInterval(_ unit: Int) -> TimeSpan? {
    switch storageUnits[unit].mode {
    case .periodic(let interval): return interval
    case .synchronous:
      let isLimited = storageUnits[unit].members.contains { index in
        let datastores = [replications[index].datastore, sourceDatastore(index)]
        return datastores.contains { hasCapacity($0) }
      }
      return isLimited ? Self.synchronousLook : nil
    }
  }

  /// Sites, links or servers may have changed: copies go another way, stop or begin.
  mutating func storagePathsChanged() throws(SimulationFailure) {
    for unit in storageUnits.indices where !storageUnits[unit].isFailedOver {
      let path = storagePath(unit)
      if storageUnits[unit].isInSync {
        guard path == nil else { continue }
        let isCaughtUp = planted.contains(.acknowledgedWriteLost) ? true : try catchUp(unit)
        if isCaughtUp { synchronyEnded(unit) }
      } else if let copy = storageUnits[unit].copy {
        if !areStorageSitesUp(unit) {
          cancelStorageCopy(unit, reason: .targetLost)
        } else if !isUp(copy.link), let path, path != copy.link {
          moveStorageCopy(unit, to: path)
        }
      }
      if path != nil, !storageUnits[unit].isInSync,
        storageUnits[unit].mode == .synchronous || !storageUnits[unit].waits.isEmpty
          || storageUnits[unit].points.isEmpty
      {
        try beginStorageCopy(unit)
      }
    }
  }

  private func areStorageSitesUp(_ unit: Int) -> Bool {
    [storageUnits[unit].source, storageUnits[unit].target].allSatisfy { site in
      hosts.indices.contains { hosts[$0].isUp && scenario.inventory.hosts[$0].site == site }
    }
  }

  /// The best link that is up, if both sites run and all of its devices are replicated.
  func storagePath(_ unit: Int) -> LinkID? {
    areStorageSitesUp(unit) && storageUnits[unit].removedDevices.isEmpty
      ? storageUnits[unit].links.first { isUp($0) } : nil
  }

  // MARK: - Copying

  /// Sends what has changed since the copy before; no effect while one is under way, without a path or after a failover.
  mutating func beginStorageCopy(_ unit: Int) throws(SimulationFailure) {
    guard !storageUnits[unit].isFailedOver, !storageUnits[unit].isInSync, storageUnits[unit].copy == nil,
      let link = storagePath(unit)
    else { return }
    let isSynchronous = storageUnits[unit].mode == .synchronous
    var sizes: [ByteCount] = []
    for index in storageUnits[unit].members {
      let machine = replications[index].machineIndex
      drawWrites(of: machine)
      sizes.append(
        machines[machine].keptChanges.reduce(.zero) { $0 + $1.geometry.extentSize * UInt64($1.count) })
    }
    guard hasStorageRoom(unit, for: sizes) else { return }
    var contents: [[ExtentStore]] = []
    var changes: [[DirtyBitmap]] = []
    for index in storageUnits[unit].members where !isSynchronous {
      let machine = replications[index].machineIndex
      contents.append(machines[machine].contents.map { $0.copy() })
      var taken: [DirtyBitmap] = []
      for disk in machines[machine].keptChanges.indices {
        taken.append(machines[machine].keptChanges[disk].take())
      }
      changes.append(taken)
    }
    let ends = scenario.inventory[link].ends
    let size = sizes.reduce(.zero, +)
    let total = transport.network.flowSize(of: Double(size.bytes))
    storageUnits[unit].copy = StorageUnit.Copy(
      link: link, direction: ends[1] == storageUnits[unit].target ? .forward : .backward,
      size: total, total: total, sizes: sizes, began: now, contents: contents,
      certificates: contents.map { $0.map(\.digest) }, changes: changes)
    guard size > .zero else { return try storageCopyEnded(unit) }
    noteStorageSpace(unit)
    startStorageFlow(unit)
  }

  private mutating func startStorageFlow(_ unit: Int) {
    guard let copy = storageUnits[unit].copy else { return }
    let hop = transport.hop(scenario.inventory[copy.link], copy.direction, condition(of: copy.link))
    let route = storageRoute(unit, copy.link, copy.direction)
    let flow = sharing.start(
      on: route, weight: transport.network.weight(on: NetworkPath([hop])), size: copy.size,
      tag: FlowPurpose.storage.tag(unit), at: now)
    storageUnits[unit].copy?.flow = flow
    countTransfers(on: copy.link, copy.direction, by: 1)
  }

  /// What a copy uses: the devices it is read from, the link, and those it is written to.
  private mutating func storageRoute(
    _ unit: Int, _ link: LinkID, _ direction: Link.Direction
  ) -> RouteID {
    let source = storageUnits[unit].source
    if let known = storageUnits[unit].routes.first(where: {
      $0.link == link && $0.direction == direction && $0.source == source
    }) {
      return known.route
    }
    var uses = transport.uses(of: scenario.inventory[link], direction, links[link.index], circuits)
    if let first = storageUnits[unit].members.first {
      let machine = replications[first].machineIndex
      uses =
        datastores[machines[machine].datastore.index].resources.reading + uses
        + datastores[replications[first].datastore.index].resources.writing
    }
    let route = sharing.addRoute(uses)
    storageUnits[unit].routes.append((link, direction, source, route))
    return route
  }

  /// Stops the transfer of a copy.
  ///
  /// - Returns: What it had sent.
  private mutating func stopStorageFlow(_ unit: Int) -> Double {
    guard let copy = storageUnits[unit].copy, let flow = copy.flow else { return 0 }
    let served = sharing.servedBytes(of: flow, at: now)
    _ = sharing.cancel(flow, at: now)
    countTransfers(on: copy.link, copy.direction, by: -1)
    storageUnits[unit].copy?.flow = nil
    return served
  }

  /// Sends what is left of a copy over another link.
  private mutating func moveStorageCopy(_ unit: Int, to link: LinkID) {
    let served = stopStorageFlow(unit)
    guard let copy = storageUnits[unit].copy else { return }
    let ends = scenario.inventory[link].ends
    storageUnits[unit].copy = StorageUnit.Copy(
      link: link, direction: ends[1] == storageUnits[unit].target ? .forward : .backward,
      size: max(0, copy.size - served), total: copy.total, sizes: copy.sizes, began: copy.began,
      contents: copy.contents, certificates: copy.certificates, changes: copy.changes)
    startStorageFlow(unit)
  }

  /// Gives a copy up: its changes are to be copied by the next one.
  mutating func cancelStorageCopy(_ unit: Int, reason: AbortReason) {
    let served = stopStorageFlow(unit)
    guard let copy = storageUnits[unit].copy else { return }
    storageUnits[unit].copy = nil
    noteStorageCycle(copy, unit, .aborted(reason: reason.rawValue), sent: copy.total - copy.size + served)
    noteStorageSpace(unit)
    for (member, changes) in zip(storageUnits[unit].members, copy.changes) {
      let machine = replications[member].machineIndex
      for (disk, bitmap) in changes.enumerated() {
        machines[machine].keptChanges[disk].formUnion(bitmap)
      }
    }
  }

  /// All changes of a copy have arrived: they are applied, and the target holds the image of an instant.
  mutating func storageCopyEnded(_ unit: Int) throws(SimulationFailure) {
    guard let copy = storageUnits[unit].copy else { return }
    if copy.flow != nil { countTransfers(on: copy.link, copy.direction, by: -1) }
    storageUnits[unit].copy = nil
    noteStorageCycle(copy, unit, .completed, sent: copy.total)
    if storageUnits[unit].mode == .synchronous {
      storageUnits[unit].isInSync = true
      // What was written meanwhile needs the room that the copy took.
      noteStorageSpace(unit)
      if try catchUp(unit) {
        record.note("storage.in-sync", subject: storageUnits[unit].description.name, at: now)
      }
    } else {
      try apply(
        copy.changes, from: copy.contents, certificates: copy.certificates,
        asOf: planted.contains(.copyDatedByItsEnd) ? now : copy.began, to: unit)
    }
    tellStorageProvider(ofUnit: unit)
    let isInSync = storageUnits[unit].isInSync
    for wait in storageUnits[unit].waits where wait.since <= copy.began || isInSync { end(wait.ticket) }
    storageUnits[unit].waits.removeAll { $0.since <= copy.began || isInSync }
    if !storageUnits[unit].waits.isEmpty { try beginStorageCopy(unit) }
  }
}
