import BlockStorage
import ClusterModels
import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios

/// Replications change their direction.
extension World {
  /// Replicates a recovered machine back: the disks of the copy that was left behind are the seed of its new replica.
  ///
  /// A full sync follows, which compares everything and sends what differs: what either copy wrote since the instance that was
  /// recovered. After a planned migration state files may tell what was written, and nothing is compared; see
  /// ``PreparedReprotect``. The copy that was left behind is gone. What was configured for the replication stays, with links, servers and hosts
  /// chosen anew, and its lag goes on with the first instance. Done already, it has no effect.
  ///
  /// - Returns: Why it cannot be done: there is nothing to reverse, the original machine is gone or runs.
  mutating func reverseReplication(of machine: Int) throws(SimulationFailure) -> RecoveryFailure? {
    let index = machines[machine].replication
    guard replications[index].life == .recovered else {
      return replications[index].isActive && replications[index].recoveryCount > 0
        ? nil : RecoveryFailure("the virtual machine was not recovered")
    }
    guard let former = replications[index].formerCopy else {
      return RecoveryFailure("the original virtual machine was not found")
    }
    guard !machines[former].isOn else {
      return RecoveryFailure(
        "the original virtual machine is on at site \(scenario.inventory[machines[former].site].name)")
    }
    try switchOff(former)
    let current = replications[index].machineIndex
    drawWrites(of: current)
    let prepared = takePreparedReprotect(index)
    let seeds = takeSeeds(from: former, for: current)
    moveSpace(index, former: former)
    let (site, datastore) = (machines[former].site, machines[former].datastore)
    try removeCopy(former)
    replications[index].formerCopy = nil
    replications[index].target = site
    replications[index].datastore = datastore
    try beginReplication(index, bases: seeds, prepared: prepared)
    let how = prepared == nil ? "" : ", what was written is known"
    note("replication.reversed", of: current, detail: "to site \(scenario.inventory[site].name)\(how)")
    return nil
  }

  /// The disks of the former copy as seeds for those of the current one: as large, and as many.
  private mutating func takeSeeds(from former: Int, for current: Int) -> [ExtentStore] {
    for (name, geometry) in machines[current].addedDisks {
      machines[current].disks.append(
        Machine.Disk(name: name, size: geometry.diskSize, writes: nil, tag: nextDiskTag()))
      machines[current].contents.append(ExtentStore(geometry: geometry))
    }
    machines[current].addedDisks.removeAll()
    return machines[current].contents.enumerated().map { disk, content in
      guard machines[former].contents.indices.contains(disk) else {
        return ExtentStore(geometry: content.geometry)
      }
      let seed = machines[former].contents[disk]
      return seed.geometry == content.geometry ? seed : seed.grown(to: content.geometry)
    }
  }

  /// What was counted as the replica is the machine's from now on, and what the former copy took is given back: the new
  /// replica counts it.
  mutating func moveSpace(_ index: Int, former: Int) {
    let current = replications[index].machineIndex
    let (recovery, original) = (replications[index].datastore.index, machines[former].datastore.index)
    // The configuration files of its instances go with the replica.
    let configuration = partialSpace(of: index).configuration
    let kept = replications[index].space
    let disks = kept > configuration ? kept - configuration : .zero
    // What it has grown by since is counted already.
    machines[current].space = disks + machines[current].growth
    if datastores[recovery].vsan == nil {
      datastores[recovery].used = datastores[recovery].used - kept + disks
    }
    replications[index].space = .zero
    let id = machines[current].id.index
    if datastores[recovery].vsan != nil {
      for file in replications[index].placedFiles where file.name.kind != .base {
        datastores[recovery].vsan?.cluster.remove(file.object)
      }
      datastores[recovery].vsan?.machineObjects[id] += machines[current].objects
      followCommands(of: recovery)
    }
    replications[index].placedFiles.removeAll()
    if datastores[original].vsan != nil {
      let objects = machines[former].objects
      replications[index].placedFiles = objects.enumerated().map {
        PlacedFile(name: .init(.base, disk: $0), object: $1)
      }
      datastores[original].vsan?.machineObjects[id].removeAll { objects.contains($0) }
    } else {
      datastores[original].used = datastores[original].used - machines[former].space
    }
    let isOrigin = machines[former].datastore == scenario.inventory[machines[former].id].datastore
    replications[index].storagePolicy =
      isOrigin ? scenario.virtualMachines[id].storagePolicy : scenario.replications[index].storagePolicy
  }

  /// A replication begins between where its machine is now and its target, over base disks that are compared first.
  ///
  /// - Parameter prepared: What makes the comparison needless: the base disks are the machine's at that instance.
  mutating func beginReplication(
    _ index: Int, bases: [ExtentStore], prepared: PreparedReprotect? = nil
  ) throws(SimulationFailure) {
    let machine = replications[index].machineIndex
    let description = scenario.replications[index]
    let parts = ReplicationBuilder(scenario: scenario, seed: seed, transport: transport)
    let ends = (source: machines[machine].datastore, target: replications[index].datastore)
    let source = datastores[ends.source.index].resources
    let target = datastores[ends.target.index].resources
    resetStreams(index)
    replications[index].source = parts.source(
      of: description, disks: machines[machine].contents.map(\.geometry), ends: ends,
      hasReplica: prepared != nil,
      imageTime: prepared?.instance ?? now, firstSession: replications[index].source.session + 1)
    if let prepared { replications[index].source.restore(prepared.saved) }
    replications[index].source.planted = planted
    replications[index].session = replications[index].source.session
    if !machines[machine].isOn { replications[index].source.poweredOff(at: now) }
    let instance = prepared.map { ReplicationTarget.Instance(sequence: 0, pointInTime: $0.instance) }
    replications[index].replica = parts.replica(
      of: description, bases: bases, instance: instance, on: ends.target)
    replications[index].replica.planted = planted
    replications[index].life = .replicating
    if !replications[index].lag.isReplicated { replications[index].lag.resumed(at: now) }
    replications[index].recoveredInstance = nil
    replications[index].certificates.removeAll()
    if let prepared {
      replications[index].certificates = [InstanceCertificate(sequence: 0, digests: prepared.digests)]
      replications[index].lag.instanceCompleted(pointInTime: prepared.instance, at: now)
    }
    replications[index].extentSizes = machines[machine].contents.map(\.geometry.extentSize)
    replications[index].report = scenario.report(
      of: description, product: transport.product, isBegun: true, instance: prepared?.instance)
    replications[index].routeEnds = (source.reading, target.writing)
    replications[index].mergeRoute = route(target.reading + target.writing)
    let links = replications[index].links
    let link = links.first { isUp($0) } ?? links[0]
    replications[index].link = link
    replications[index].direction = direction(of: link, index)
    replications[index].toldActivity = nil
    replications[index].isReachable = true
    replications[index].sendingDisks.removeAll()
    placeReplica(index)
    noteSpace(index)
    try openTarget(index)
    replications[index][.forward].route = forwardRoute(index)
    replications[index][.backward].route = answerRoute(index)
    pathChanged(index)
    if machines[machine].disks.contains(where: \.isRemoved) {
      // What was taken out of the machine while nobody replicated it is still configured.
      replications[index].source.configurationFailed(.diskRemoved, at: now)
    }
    takeMoves(of: tellSchedule(index))
    try reachabilityChanged(of: index)
    try sourceChanged(index)
  }

  /// Tells a new replica whether its server runs and its datastore can be reached.
  private mutating func openTarget(_ index: Int) throws(SimulationFailure) {
    if let server = replications[index].server, !servers[server.index].isUp {
      replications[index].replica.serverFailed()
    }
    replications[index].isStorageAccessible = true
    if let vsan = datastores[replications[index].datastore.index].vsan {
      replications[index].isStorageAccessible = replications[index].placedFiles.allSatisfy {
        vsan.cluster.isAccessible($0.object)
      }
    }
    if replications[index].host == nil || !replications[index].isStorageAccessible {
      replications[index].replica.hostFailed(hasOtherHost: false)
    }
  }
}
