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

  /// What one byte of a replication's data reads at its source and writes at its target, on vSAN datastores.
  ///
  /// Disks take part evenly. What arrives goes to the redo logs on top, and to the base disks before there are any.
  func storageUses(_ index: Int) -> [ResourceUse] {
    let expansion = replications[index].expansion
    var uses: [ResourceUse] = []
    let source = sourceObjects(index)
    if let vsan = datastores[sourceDatastore(index).index].vsan {
      for object in source {
        uses += vsan.uses(vsan.cluster.readLoads(of: object), share: expansion / Double(source.count))
      }
    }
    guard let vsan = datastores[replications[index].datastore.index].vsan else { return uses }
    let replica = replications[index].replica
    let disks = replications[index].extentSizes.indices
    for disk in disks {
      let name = replica.topLogName(ofDisk: disk)
      guard let object = object(of: name, index) ?? object(of: .init(.base, disk: disk), index) else {
        continue
      }
      uses += vsan.uses(vsan.cluster.writeLoads(of: object), share: expansion / Double(disks.count))
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

  /// The route of a comparison: the disk is read on both sides.
  mutating func compareRoute(ofDisk disk: Int, _ index: Int) -> RouteID {
    let (source, target) = (sourceDatastore(index), replications[index].datastore)
    guard isOnVSAN(source) || isOnVSAN(target) else { return replications[index].compareRoute }
    var uses = datastores[source.index].resources.reading + datastores[target.index].resources.reading
    let objects = sourceObjects(index)
    if let vsan = datastores[source.index].vsan, objects.indices.contains(disk) {
      uses += vsan.uses(vsan.cluster.readLoads(of: objects[disk]), share: 1)
    }
    if let vsan = datastores[target.index].vsan, let object = object(of: .init(.base, disk: disk), index) {
      uses += vsan.uses(vsan.cluster.readLoads(of: object), share: 1)
    }
    return route(uses)
  }

  /// The way of a replication's data where an end of it is on a vSAN datastore; `nil` where none is.
  mutating func vsanForwardRoute(_ index: Int) -> RouteID? {
    guard isOnVSAN(sourceDatastore(index)) || isOnVSAN(replications[index].datastore) else { return nil }
    let replication = replications[index]
    let middle = [
      replication.server.flatMap { servers[$0.index].resource },
      replication.host.flatMap { hosts[$0.index].resource },
    ].compactMap { $0 }.map { ResourceUse($0) }
    return route(
      replication.routeEnds.first + wanUses(.forward, index) + middle + replication.routeEnds.last
        + storageUses(index))
  }

  /// Lets what is under way to a replica go on to where its objects are now.
  mutating func refreshForwardRoute(_ index: Int) {
    guard replications[index].host != nil, let route = vsanForwardRoute(index),
      route != replications[index][.forward].route
    else { return }
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
      sharing.setRoute(compareRoute(ofDisk: request.disk, index), of: flow, at: now)
    }
  }
}
