import ClusterModels
import Inventory
import Quantities
import ReplicationCore
import ResourceModels
import Scenarios

/// Which devices transfers, merges and comparisons use on vSAN datastores.
///
/// A route is the resources it uses: routes of equal use are one, whoever takes them.
extension World {
  /// The route with these uses.
  mutating func route(_ uses: [ResourceUse]) -> RouteID {
    if let known = routesByUse[uses] { return known }
    let route = sharing.addRoute(uses)
    routesByUse[uses] = route
    return route
  }

  func isOnVSAN(_ datastore: DatastoreID) -> Bool { datastores[datastore.index].vsan != nil }

  func sourceDatastore(_ index: Int) -> DatastoreID {
    machines[replications[index].machineIndex].datastore
  }

  /// What one byte of what a replication's transfer carries reads at its source and writes at its target, on vSAN
  /// datastores.
  ///
  /// Of content that is the disk it belongs to; in what belongs to the whole machine disks take part evenly. What arrives
  /// goes to the redo logs on top, and to the base disks before there are any.
  func storageUses(_ index: Int) -> [ResourceUse] {
    let carried = replications[index].carried
    guard carried.expansion > 0 else { return [] }
    let disks = carried.disk.map { $0..<$0 + 1 } ?? replications[index].extentSizes.indices
    let share = carried.expansion / Double(disks.count)
    var uses: [ResourceUse] = []
    if let vsan = datastores[sourceDatastore(index).index].vsan {
      for disk in disks {
        guard let object = sourceObject(ofDisk: disk, index) else { continue }
        uses += vsan.uses(vsan.cluster.readLoads(of: object), share: share)
      }
    }
    guard let vsan = datastores[replications[index].datastore.index].vsan else { return uses }
    let replica = replications[index].replica
    for disk in disks {
      let name = replica.topLogName(ofDisk: disk)
      guard let object = object(of: name, index) ?? object(of: .init(.base, disk: disk), index) else {
        continue
      }
      uses += vsan.uses(vsan.cluster.writeLoads(of: object), share: share)
    }
    return uses
  }

  /// The route of a merge: its logs are read, what lies below is written.
  mutating func route(of merge: ReplicationTarget.Merge, _ index: Int) -> RouteID {
    guard let vsan = datastores[replications[index].datastore.index].vsan else {
      return replications[index].mergeRoute
    }
    let disks = replications[index].extentSizes.indices
    var uses: [ResourceUse] = []
    for disk in disks {
      let share = 1 / Double(disks.count)
      if let log = object(of: .init(.redoLog, number: merge.source, disk: disk), index) {
        uses += vsan.uses(vsan.cluster.readLoads(of: log), share: share)
      }
      let below: ReplicaFile.Name =
        merge.destination.map { .init(.redoLog, number: $0, disk: disk) } ?? .init(.base, disk: disk)
      if let object = object(of: below, index) {
        uses += vsan.uses(vsan.cluster.writeLoads(of: object), share: share)
      }
    }
    return route(uses)
  }

  /// The route of a comparison: the disk is read on both sides, as far as a side has to.
  mutating func compareRoute(_ request: CompareRequest, _ index: Int) -> RouteID {
    let (source, target) = (sourceDatastore(index), replications[index].datastore)
    let disk = request.disk
    let machine = replications[index].machineIndex
    let whole = compareSize(request, index)
    let reads = replications[index].source.compareReads(of: request, reading: machines[machine].contents)
    let (sourceShare, targetShare) = (
      CarriedContent.ratio(of: reads.source, to: whole), CarriedContent.ratio(of: reads.target, to: whole)
    )
    var uses =
      datastores[source.index].resources.reading.scaled(by: sourceShare)
      + datastores[target.index].resources.reading.scaled(by: targetShare)
    if let vsan = datastores[source.index].vsan, let object = sourceObject(ofDisk: disk, index),
      sourceShare > 0
    {
      uses += vsan.uses(vsan.cluster.readLoads(of: object), share: sourceShare)
    }
    if let vsan = datastores[target.index].vsan, let object = object(of: .init(.base, disk: disk), index) {
      uses += vsan.uses(vsan.cluster.readLoads(of: object), share: targetShare)
    }
    return route(uses)
  }

  /// What a comparison is about, in whole extents.
  func compareSize(_ request: CompareRequest, _ index: Int) -> ByteCount {
    replications[index].extentSizes[request.disk] * UInt64(request.extents.count)
  }

  /// Lets what is under way to a replica go on as it is used now, to where its objects are now.
  mutating func refreshForwardRoute(_ index: Int) {
    guard replications[index].host != nil else { return }
    let route = forwardRoute(index)
    guard route != replications[index][.forward].route else { return }
    replications[index][.forward].route = route
    if let flow = replications[index][.forward].flow, sharing.isRunning(flow) {
      sharing.setRoute(route, of: flow, at: now)
    }
  }

  /// Lets all transfers, merges and comparisons of a replication use the devices where its objects are now.
  mutating func refreshRoutes(_ index: Int) {
    refreshForwardRoute(index)
    for (flow, merge) in replications[index].merges where sharing.isRunning(flow) {
      sharing.setRoute(route(of: merge, index), of: flow, at: now)
    }
    for (flow, request) in replications[index].comparing where sharing.isRunning(flow) {
      sharing.setRoute(compareRoute(request, index), of: flow, at: now)
    }
  }
}
