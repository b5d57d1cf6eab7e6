package import Quantities

extension VSANCluster {
  // MARK: - Hosts

  /// A host went out of reach, with all that stands on it.
  ///
  /// - Parameter host: The index of a host that is up.
  package mutating func hostFailed(_ host: Int, at now: Instant) {
    precondition(hosts[host].isUp, "only a running host fails")
    hosts[host].isUp = false
    usabilityChanged()
    hosts[host].repairDue = now + parameters.repairDelay
    forEachComponent { cluster, object, index in
      if let device = cluster[object].components[index].device, cluster.devices[device].host == host {
        cluster.lost(index, of: object, to: .absent(since: now))
      }
    }
    dropResyncs { $0.touches(host: host) }
    placementVersion += 1
    plan(at: now)
  }

  /// A host is back: what stands on it is up to date, or catches up with what it missed.
  ///
  /// Rebuilds elsewhere that are not done are given up.
  ///
  /// - Source: That the components that return win over their half-built substitutes is *inferred*; the product weighs both.
  package mutating func hostReturned(_ host: Int, at now: Instant) {
    precondition(!hosts[host].isUp, "only a host that is down returns")
    hosts[host].isUp = true
    usabilityChanged()
    hosts[host].repairDue = nil
    forEachComponent { cluster, object, index in
      guard let device = cluster[object].components[index].device, cluster.devices[device].host == host,
        case .absent = cluster[object].components[index].state
      else { return }
      cluster.cancelResync(ofComponent: index, of: object)
      cluster.returned(index, of: object)
    }
    placementVersion += 1
    plan(at: now)
  }

  /// A component can be reached again.
  private mutating func returned(_ index: Int, of object: ObjectID) {
    let share = self.share(index, of: object)
    guard missed(by: index, of: object) == .zero else {
      self[object].components[index].state = .stale
      return
    }
    // Its object may have shrunk meanwhile, never grown: then it would have missed something.
    resize(index, of: object, to: share)
    self[object].components[index].state = .active
    endChanges(of: index, of: object)
  }

  // MARK: - Devices

  /// A device failed for good: its content is lost, and rebuilt elsewhere at once.
  package mutating func deviceFailed(_ device: Int, at now: Instant) {
    precondition(!devices[device].isFailed, "a device fails once")
    devices[device].isFailed = true
    usabilityChanged()
    dropResyncs { $0.touches(device: device) }
    forEachComponent { cluster, object, index in
      guard cluster[object].components[index].device == device else { return }
      cluster.release(index, of: object)
      cluster.lost(index, of: object, to: .degraded)
    }
    placementVersion += 1
    plan(at: now)
  }

  /// A failed device was replaced by an empty one.
  package mutating func deviceReplaced(_ device: Int, at now: Instant) {
    precondition(devices[device].isFailed, "only a failed device is replaced")
    devices[device].isFailed = false
    devices[device].alertLevel = 0
    usabilityChanged()
    plan(at: now)
  }

  /// A component cannot be used any more.
  private mutating func lost(_ index: Int, of object: ObjectID, to state: Component.State) {
    cancelResync(ofComponent: index, of: object)
    self[object].components[index].state = state
    if state == .degraded {
      endChanges(of: index, of: object)
    } else {
      beginChanges(of: index, of: object)
    }
  }

  // MARK: - Walking

  /// Calls `body` with every component, in the order of the objects.
  mutating func forEachComponent(_ body: (inout VSANCluster, ObjectID, Int) -> Void) {
    for index in objects.indices {
      guard let count = objects[index]?.components.count else { continue }
      let object = ObjectID(index: index, generation: generations[index])
      for component in 0..<count { body(&self, object, component) }
    }
  }
}
