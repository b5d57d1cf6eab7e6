import Inventory
import ReplicationCore
import ResourceModels

extension World {
  /// Whether the replication may read its disks now; if not it waits in its host's queue.
  mutating func acquireContexts(_ index: Int) -> Bool {
    if replications[index].contexts != nil { return true }
    let host = machines[replications[index].machineIndex].host
    let disks = replications[index].extentSizes.count
    guard let count = hosts[host.index].contexts.acquire(disks, for: index) else {
      replications[index].waitsAt = host
      return false
    }
    replications[index].waitsAt = nil
    replications[index].contexts = (host, count)
    return true
  }

  /// The replication has no sync under way any more.
  mutating func releaseContexts(_ index: Int) {
    if let host = replications[index].waitsAt {
      replications[index].waitsAt = nil
      hosts[host.index].contexts.withdraw(index)
      contextsReleased.append(host)
    }
    guard let (host, count) = replications[index].contexts else { return }
    replications[index].contexts = nil
    hosts[host.index].contexts.release(count, of: index)
    contextsReleased.append(host)
  }

  /// Lets replications that waited for a context begin, in the order in which they came, then others read more disks at a time.
  mutating func serveContexts() throws(SimulationFailure) {
    while let host = contextsReleased.popLast() {
      while let next = hosts[host.index].contexts.waiting.first {
        try send(next)
        // What its guest wrote while it waited may have filled the demand log.
        armTimer(next)
        guard hosts[host.index].contexts.waiting.first != next else { break }
      }
      while let (index, count) = hosts[host.index].contexts.topUp() {
        replications[index].contexts?.count += count
        guard let flow = replications[index][.forward].flow, sharing.isRunning(flow) else { continue }
        sharing.setBound(bound(.forward, index), of: flow, at: now)
      }
    }
  }
}
