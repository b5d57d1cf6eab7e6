import Inventory
import Measurements
import Quantities
import ReplicationCore
import ResourceModels
import Scenarios

/// One datastore as it is now.
struct DatastoreState {
  /// What it can hold; `nil` where that is no matter.
  let capacity: ByteCount?
  /// What reads and writes share, where they are limited.
  let resources: DatastoreResources
  /// What machines and replicas on it take.
  var used: ByteCount
  var usedPeak: ByteCount
  /// Of a vSAN datastore the highest share that was taken of what its devices in use hold; `nil` for others.
  var usedShare: Ratio?
  var outages = ActiveEntries<Void>()
  var slowdowns = ActiveEntries<Ratio>()
  /// `nil` for a plain datastore.
  var vsan: VSANState?
}

extension World {
  // MARK: - Merging

  /// Begins the merges that may run now and have the room they need.
  mutating func startMerges(_ index: Int) {
    awaitsRoom[index] = !replications[index].refused.isEmpty
    while let merge = replications[index].replica.nextMerge {
      if let free = freeSpace(for: index),
        replications[index].replica.spaceNeeded(for: merge) > free
      {
        awaitsRoom[index] = true
        return
      }
      replications[index].replica.mergeBegan(merge)
      replications[index].files?.mergeBegan(merge)
      noteSpace(index)
      guard merge.size > .zero else {
        replications[index].replica.mergeCompleted(merge)
        replications[index].files?.mergeCompleted(merge)
        noteSpace(index)
        continue
      }
      let flow = sharing.start(
        on: route(of: merge, index), weight: 1, bound: atTarget(scenario.profile.mergeRate, index),
        size: Double(merge.size.bytes), tag: FlowPurpose.merge.tag(index), at: now)
      replications[index].merges.append((flow, merge))
    }
  }

  mutating func mergeEnded(_ merge: ReplicationTarget.Merge, _ index: Int) throws(SimulationFailure) {
    noteOverwritten(by: merge, index)
    replications[index].replica.mergeCompleted(merge)
    replications[index].files?.mergeCompleted(merge)
    if planted.contains(.spaceNotReturned) { return }
    noteSpace(index)
    startMerges(index)
  }

  /// The server or host that merged is gone: what merges have done is done again.
  mutating func cancelMerges(_ index: Int) {
    for (flow, _) in replications[index].merges { _ = sharing.cancel(flow, at: now) }
    replications[index].merges.removeAll()
    replications[index].files?.mergesCancelled()
  }

  // MARK: - Test images

  /// A test runs on an image of the newest instance not younger than `notAfter`: the chain below it is frozen.
  mutating func beginTest(_ index: Int, entry: Int, notAfter: Instant? = nil) {
    do {
      let instances = replications[index].replica.instances
      let chosen = notAfter.map { limit in instances.last { $0.pointInTime <= limit } }
      if let notAfter, case .some(nil) = chosen {
        return note(
          "replication.test-refused", of: replications[index].machineIndex,
          detail: "no instance is as old as \(notAfter - Instant.zero)")
      }
      _ = try replications[index].replica.beginTestImage(pointInTime: chosen??.pointInTime)
      // The machine of a test boots from its image and reads all of it (inferred).
      for disk in replications[index].extentSizes.indices { readReplica(index, disk: disk) { _ in true } }
      replications[index].test = entry
      noteSpace(index)
    } catch {
      note("replication.test-refused", of: replications[index].machineIndex, detail: "\(error)")
    }
  }

  /// Cleans up after a test: the image goes, and what came meanwhile can be merged.
  mutating func endTest(_ index: Int) {
    replications[index].test = nil
    do {
      try replications[index].replica.removeTestImage()
    } catch {
      preconditionFailure("a test that began has an image: \(error)")
    }
    noteSpace(index)
    startMerges(index)
  }

  // MARK: - Space

  /// Whether room on a datastore is limited.
  func hasCapacity(_ datastore: DatastoreID) -> Bool { datastores[datastore.index].capacity != nil }

  /// What a datastore has to spare, or `nil` where that is no matter.
  func freeSpace(of datastore: DatastoreID) -> ByteCount? {
    if !datastores[datastore.index].outages.isEmpty { return .zero }
    guard let capacity = datastores[datastore.index].capacity else { return nil }
    let used = datastores[datastore.index].used
    return capacity > used ? capacity - used : .zero
  }

  /// Counts what a replica takes now, where room is limited.
  mutating func noteSpace(_ index: Int) {
    guard hasCapacity(replications[index].datastore),
      replications[index].life != .absent
    else { return }
    // On a vSAN datastore the files of a recovered machine grow with it, as its objects.
    if case .recovered = replications[index].life, !machines[replications[index].machineIndex].objects.isEmpty
    {
      return
    }
    // What the machine of a test has written is in the image's logs.
    if let test = replications[index].testCopy { drawWrites(of: test) }
    let space = replicaSpace(of: index)
    let datastore = replications[index].datastore.index
    if space < replications[index].space, !roomReturned.contains(replications[index].datastore) {
      roomReturned.append(replications[index].datastore)
    }
    if datastores[datastore].vsan != nil {
      placeFiles(index)
      replications[index].space = space
      return
    }
    datastores[datastore].used = datastores[datastore].used - replications[index].space + space
    datastores[datastore].usedPeak = max(datastores[datastore].usedPeak, datastores[datastore].used)
    replications[index].space = space
  }

  /// The target of a replication refuses messages for want of space.
  mutating func noteShortage(_ index: Int) {
    guard !replications[index].hasShortage else { return }
    replications[index].hasShortage = true
    note(
      EventRecord.insufficientSpaceKind, of: replications[index].machineIndex,
      detail: "datastore \(scenario.inventory[replications[index].datastore].name)",
      vcenterEvent: PrimaryEvent.Kind.noProgress.rawValue)
  }

  /// Tries what waits for room on the datastores on which some was given back, in that order.
  mutating func serveRoom() throws(SimulationFailure) {
    while !roomReturned.isEmpty {
      let datastore = roomReturned.removeFirst()
      serveGuests(on: datastore)
      if !storageUnits.isEmpty { try serveStorage(on: datastore) }
      // Most of the time nobody waits: a look at every replication would cost more than all else.
      for index in awaitsRoom.indices where awaitsRoom[index] {
        if replications[index].datastore == datastore { try serveRoom(index) }
      }
    }
  }

  /// A datastore may have room again: what waits for it is tried, in the order of the replications.
  mutating func spaceReturned(on datastore: DatastoreID) throws(SimulationFailure) {
    serveGuests(on: datastore)
    if !storageUnits.isEmpty { try serveStorage(on: datastore) }
    for index in replications.indices
    where replications[index].datastore == datastore && replications[index].isActive {
      try serveRoom(index)
    }
  }

  /// Tries what waits for room at the target of a replication, if that is up.
  mutating func serveRoom(_ index: Int) throws(SimulationFailure) {
    startMerges(index)
    guard !replications[index].refused.isEmpty, isTargetUp(index) else { return }
    try deliverWaiting(index)
    try sourceChanged(index)
  }

  // MARK: - Throughput

  /// Applies what slows a datastore.
  mutating func datastoreChanged(_ datastore: DatastoreID) {
    let description = scenario.inventory[datastore]
    let state = datastores[datastore.index]
    let factor = state.slowdowns.current?.value ?? 1
    for (resource, rate) in [
      (state.resources.reads, description.readRate), (state.resources.writes, description.writeRate),
    ] {
      guard let resource, let rate else { continue }
      sharing.setCapacity(TransportModel.capacity(rate.bytesPerSecond * factor), of: resource, at: now)
    }
    guard let vsan = state.vsan else { return }
    for (resources, rate) in [
      (vsan.reads, vsan.description.readRate), (vsan.writes, vsan.description.writeRate),
      (vsan.shared, vsan.description.sharedRate),
    ] {
      guard let resources, let rate else { continue }
      for resource in resources {
        sharing.setCapacity(TransportModel.capacity(rate.bytesPerSecond * factor), of: resource, at: now)
      }
    }
  }
}
