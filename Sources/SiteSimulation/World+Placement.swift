import Inventory
import Quantities
import ReplicationCore
import ResourceModels
import Scenarios
import SimulationKernel

/// The resources that a transfer to a replica crosses: what a route is looked up by.
struct RouteKey: Hashable {
  let replication: Int
  let server: ReplicationServerID?
  let host: HostID?
  let link: LinkID
  let direction: Link.Direction
  var side = StreamSide.forward
  var carried = CarriedContent.nothing
}

/// A replication server and whether it runs.
struct ServerState {
  /// What it takes in, or `nil` where that is not limited.
  let resource: ResourceID?
  /// What it decompresses, or `nil` where it leaves that to the target hosts.
  let decompression: ResourceID?
  var failures = ActiveEntries<Void>()
  /// Whether its appliance runs, where it has one, and answers.
  var isRunning = true
  var isHung = false
  var isUp: Bool { failures.isEmpty && isRunning && !isHung }
}

extension World {
  // MARK: - Who writes the replica

  /// Whether what is sent can reach the replica's datastore: the server runs, and so does the host it writes through.
  ///
  /// After a failure of its host a replica is out of reach until the failure was noticed and another host chosen.
  func isTargetUp(_ index: Int) -> Bool {
    let replication = replications[index]
    if let server = replication.server, !servers[server.index].isUp || replication.isMoving { return false }
    return replication.host != nil && replication.isStorageAccessible
  }

  /// Whether the source's connection ends at something that runs: the server or, without one, the host.
  ///
  /// While a server looks for another host the connection stays, and what is sent waits; a replica whose vSAN objects
  /// are out of reach is cut off.
  func isTargetConnected(_ index: Int) -> Bool {
    guard let server = replications[index].server else { return isTargetUp(index) }
    return servers[server.index].isUp && !replications[index].isMoving
      && replications[index].isStorageAccessible
  }

  /// Whether somebody at the target answers for the replica: its server or, without one, any host of the site.
  func isTargetServed(_ index: Int) -> Bool {
    guard let server = replications[index].server else {
      return hosts.indices.contains {
        scenario.inventory.hosts[$0].site == replications[index].target && hosts[$0].isUp
      }
    }
    return servers[server.index].isUp
  }

  /// A running host that can write to the replica's datastore and writes for the fewest replicas; `nil` if none runs.
  ///
  /// - Source: virtuallyhyper.com, 2012: the server picks a host that mounts the datastore, the same for all disks of
  ///   a machine. That it takes the one with the fewest replicas is inferred.
  func hostForReplica(_ index: Int) -> HostID? {
    let counts = replicaCounts()
    return writingHosts(of: replications[index].datastore).min { (counts[$0], $0) < (counts[$1], $1) }.map {
      HostID($0)
    }
  }

  /// The hosts that can be given replicas and machines on a datastore, ascending: of those that mount it all that run and
  /// are not in maintenance mode.
  func writingHosts(of datastore: DatastoreID) -> [Int] {
    mountingHosts(of: datastore).filter { hosts[$0].isUp && hosts[$0].maintenances.isEmpty }
  }

  /// The hosts that mount a datastore, ascending: a vSAN those whose devices make it up, a plain one all of its site
  /// (an assumption).
  func mountingHosts(of datastore: DatastoreID) -> [Int] {
    let description = scenario.inventory[datastore]
    if let vsan = description.vsan { return vsan.hosts.map(\.index) }
    return hosts.indices.filter { scenario.inventory.hosts[$0].site == description.site }
  }

  /// The number of replicas that each host writes for.
  private func replicaCounts() -> [Int] {
    var counts = [Int](repeating: 0, count: hosts.count)
    // By index, which copies no replication.
    for index in replications.indices {
      if let host = replications[index].nextHost ?? replications[index].host { counts[host.index] += 1 }
    }
    return counts
  }

  /// A host failed: the replicas it writes for stand still until somebody notices.
  mutating func replicasLost(on host: HostID) {
    for index in replications.indices where replications[index].nextHost == host {
      replications[index].nextHost = nil
    }
    for index in replications.indices where replications[index].host == host {
      replications[index].host = nil
      replications[index].nextHost = nil
      replications[index].hostStamp += 1
      replications[index].isHostWanted = false
      replications[index].replica.hostFailed(hasOtherHost: false)
      // Without a server the host itself had the files open.
      if replications[index].server == nil { replications[index].files?.serverFailed() }
      noteSpace(index)
      cancelMerges(index)
      if isOnVSAN(replications[index].datastore) { noteSpace(index) }
      queue.schedule(
        WorldEvent(.targetHostLost, index, stamp: replications[index].hostStamp),
        at: now + scenario.profile.targetHostDetection)
    }
  }

  /// The failure of a replica's host is noticed: another one is chosen, or waited for.
  mutating func targetHostLost(_ index: Int, stamp: UInt64) throws(SimulationFailure) {
    guard replications[index].hostStamp == stamp else { return }
    replications[index].isHostWanted = true
    try assignHosts()
    if replications[index].host == nil, isTargetServed(index) {
      note(
        "replication.no-accessible-host", of: replications[index].machineIndex,
        vcenterEvent: PrimaryEvent.Kind.noProgress.rawValue)
    }
  }

  /// Gives a host to every replica that waits for one.
  ///
  /// Behind a server the sync under way goes on through the new host. Without one its connection was to the old host,
  /// so it starts over (*inferred*).
  mutating func assignHosts() throws(SimulationFailure) {
    for index in replications.indices where replications[index].isHostWanted {
      guard let host = hostForReplica(index) else { continue }
      replications[index].isHostWanted = false
      if replications[index].server == nil {
        try serverOpened(index)
        replications[index].source.targetLost(at: now)
        try sourceChanged(index)
      }
      if replications[index].isStorageAccessible { replications[index].replica.hostBecameAccessible() }
      place(index, on: host)
      startMerges(index)
      guard !replications[index].refused.isEmpty, isTargetUp(index) else { continue }
      try deliverWaiting(index)
      try sourceChanged(index)
    }
    try reachabilityChanged()
  }

  private mutating func place(_ index: Int, on host: HostID) {
    replications[index].host = host
    reroute(index, over: forwardRoute(index))
  }

  // MARK: - Rebalancing

  /// Spreads the replications of each site over the hosts that can write them, and does it again one interval later.
  ///
  /// One that has a sync under way moves when that has ended.
  ///
  /// - Source: VMware, vSphere Replication 9.0, "Load balancing": replications are spread over all hosts of the target
  ///   cluster and rebalanced every 30 minutes. That their number is what is balanced is inferred.
  mutating func rebalance() {
    var counts = replicaCounts()
    let writing = datastores.indices.map { writingHosts(of: DatastoreID($0)) }
    for site in scenario.inventory.sites.indices {
      for index in replications.indices {
        guard let host = replications[index].nextHost ?? replications[index].host,
          scenario.inventory[host].site.index == site
        else { continue }
        let candidates = writing[replications[index].datastore.index]
        guard let emptiest = candidates.min(by: { (counts[$0], $0) < (counts[$1], $1) }),
          counts[emptiest] + 1 < counts[host.index] || !candidates.contains(host.index)
        else { continue }
        counts[host.index] -= 1
        counts[emptiest] += 1
        replications[index].nextHost = HostID(emptiest)
        moveIfIdle(index)
      }
    }
    queue.schedule(WorldEvent(.rebalance, 0), at: now + scenario.profile.rebalanceInterval)
  }

  /// Moves a replica to the host that rebalancing chose for it, unless a sync is under way.
  mutating func moveIfIdle(_ index: Int) {
    guard let host = replications[index].nextHost, !replications[index].source.isSyncing else { return }
    replications[index].nextHost = nil
    if host != replications[index].host { place(index, on: host) }
  }

  // MARK: - Routes

  /// The way of a replication's data: read at the source, over the link, through server and host, onto the datastore.
  mutating func forwardRoute(_ index: Int) -> RouteID {
    if isOnVSAN(sourceDatastore(index)) || isOnVSAN(replications[index].datastore) {
      return route(forwardUses(index) + storageUses(index))
    }
    let key = RouteKey(
      replication: index, server: replications[index].server, host: replications[index].host,
      link: replications[index].link, direction: replications[index].direction,
      carried: CarriedContent(ofWholeMachine: replications[index].carried))
    if let route = routes[key] { return route }
    let route = sharing.addRoute(forwardUses(index))
    routes[key] = route
    return route
  }

  /// What a byte on the network uses on its way, but for the devices of vSAN datastores.
  ///
  /// A server that decompresses takes in what is compressed, and hands on to the host what it was.
  private func forwardUses(_ index: Int) -> [ResourceUse] {
    let carried = replications[index].carried
    let ends = replications[index].routeEnds
    var uses = ends.first.scaled(by: carried.expansion) + wanUses(.forward, index)
    var hostFactor = 1.0
    if let server = replications[index].server.map({ servers[$0.index] }) {
      if let resource = server.resource { uses.append(ResourceUse(resource)) }
      if let resource = server.decompression, carried.isCompressed {
        uses.append(ResourceUse(resource, factor: carried.expansion))
        hostFactor = carried.expansion
      }
    }
    if let resource = replications[index].host.flatMap({ hosts[$0.index].resource }) {
      uses.append(ResourceUse(resource, factor: hostFactor))
    }
    return uses + ends.last.scaled(by: carried.expansion)
  }

  /// Another message is being carried: its bytes mean something else to those who read, decompress and write them.
  mutating func carriedChanged(_ index: Int) {
    if replications[index].takeCarried(parameters: transport.replicationParameters) {
      refreshForwardRoute(index)
    }
  }

  /// Chooses server and host for the replica of a replication that begins now.
  mutating func placeReplica(_ index: Int) {
    var counts = [Int](repeating: 0, count: servers.count)
    for index in replications.indices {
      if let server = replications[index].server { counts[server.index] += 1 }
    }
    replications[index].server = serverForReplica(index, counts)
    replications[index].host = hostForReplica(index)
    replications[index].isHostWanted = replications[index].host == nil
  }

  /// The server of the replica's site with the fewest replications; `nil` where the product has none.
  private func serverForReplica(_ index: Int, _ counts: [Int]) -> ReplicationServerID? {
    guard transport.hasServers else { return nil }
    let site = replications[index].target
    return servers.indices.filter { scenario.inventory.replicationServers[$0].site == site }
      .min { (counts[$0], $0) < (counts[$1], $1) }.map { ReplicationServerID($0) }
  }

  /// Chooses servers and hosts for all replicas as the run begins.
  ///
  /// Each goes to the server of its site with the fewest replications.
  mutating func placeReplicas() {
    var counts = [Int](repeating: 0, count: servers.count)
    for index in replications.indices where replications[index].isActive {
      if let server = serverForReplica(index, counts) {
        counts[server.index] += 1
        replications[index].server = server
      }
      if let host = hostForReplica(index) { place(index, on: host) }
    }
    if !transport.hasServers {
      queue.schedule(WorldEvent(.rebalance, 0), at: .zero + scenario.profile.rebalanceInterval)
    }
  }
}
