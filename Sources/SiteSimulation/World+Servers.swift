import Inventory
import Quantities
import ReplicationCore
import Scenarios
import SimulationKernel

/// Replication servers that fail and return, and replicas that move from one to another.
extension World {
  /// A server stops, and with it the merges it runs; nothing more happens to one that has stopped already.
  mutating func serverFailed(_ server: ReplicationServerID) throws(SimulationFailure) {
    for index in replications.indices
    where replications[index].server == server && replications[index].replica.isServerRunning {
      replications[index].replica.serverFailed()
      replications[index].files?.serverFailed()
      noteSpace(index)
      cancelMerges(index)
    }
    try reachabilityChanged()
  }

  /// A server answers again: syncs of replicas that it lost with its memory, or was given while it did not answer, start over; what
  /// waited for room at the others is tried.
  mutating func serverRestored(_ server: ReplicationServerID) throws(SimulationFailure) {
    for index in replications.indices where replications[index].server == server {
      replications[index].isMoving = false
      guard !replications[index].replica.isServerRunning else {
        try serveRoom(index)
        continue
      }
      try serverOpened(index)
      replications[index].source.targetLost(at: now)
      try sourceChanged(index)
      startMerges(index)
    }
    try reachabilityChanged()
  }

  /// Another server takes the replica over from its files on the datastore.
  ///
  /// Until it has opened them, which takes `serverTakeover` and a server that runs, the replication is `MOVING`.
  ///
  /// - Source: vSphere Replication's status MOVING. That a sync under way starts over is inferred.
  mutating func move(_ index: Int, to server: ReplicationServerID) throws(SimulationFailure) {
    guard replications[index].server != nil, replications[index].server != server else { return }
    let count = replications.count { $0.server == server }
    if let maximum = scenario.profile.replicationsPerServer, count >= maximum {
      return note(
        "replication.move-refused", of: replications[index].machineIndex,
        detail: "\(scenario.inventory[server].name) has \(count) replications")
    }
    replications[index].source.targetLost(at: now)
    let unsent = endSession(index) ?? .zero
    replications[index].server = server
    replications[index].moveStamp += 1
    let takeover = scenario.profile.serverTakeover
    if servers[server.index].isUp, takeover == .zero {
      replications[index].isMoving = false
      try serverOpened(index)
    } else {
      replications[index].isMoving = true
      replications[index].replica.serverFailed()
      replications[index].files?.serverFailed()
      noteSpace(index)
      cancelMerges(index)
      if takeover > .zero {
        queue.schedule(
          WorldEvent(.replicaTakenOver, index, stamp: replications[index].moveStamp), at: now + takeover)
      }
    }
    reroute(index, over: forwardRoute(index))
    startMerges(index)
    try sourceChanged(index, unsent: unsent)
    try reachabilityChanged()
  }

  /// The new server of a replication has opened the replica, unless it is down: then it does when it starts.
  mutating func replicaTakenOver(_ index: Int, stamp: UInt64) throws(SimulationFailure) {
    guard replications[index].isMoving, replications[index].moveStamp == stamp,
      let server = replications[index].server, servers[server.index].isUp
    else { return }
    replications[index].isMoving = false
    try serverOpened(index)
    replications[index].source.targetLost(at: now)
    try sourceChanged(index)
    startMerges(index)
    try reachabilityChanged()
  }
}
