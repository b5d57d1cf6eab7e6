package import Quantities

extension VSANCluster {
  /// Whether an object can never be reached again, whatever comes back: too few of its parts have what it holds, or the
  /// components that are not gone have no more than half of the votes.
  ///
  /// What is out of reach and has missed nothing may come back; what has missed something cannot catch up without the others.
  package func isLost(_ object: ObjectID) -> Bool {
    let state = self[object]
    guard !state.isUnwritten else { return false }
    let layout = state.layout
    var votes = 0
    var isWhole = [Bool](repeating: true, count: layout.partCount + layout.witnessCount)
    for (index, component) in state.components.enumerated() {
      switch component.state {
      case .active: votes += layout.votes(of: index)
      case .absent, .stale:
        votes += layout.votes(of: index)
        if missed(by: index, of: object) > .zero { isWhole[layout.part(of: index)] = false }
      case .degraded: isWhole[layout.part(of: index)] = false
      }
    }
    let parts = isWhole.prefix(layout.partCount).count { $0 }
    return 2 * votes <= layout.voteCount || parts < layout.neededParts
  }

  /// How many objects that can be reached now could not be without a host.
  ///
  /// - Complexity: O(components).
  package func dependentObjectCount(ofHost host: Int) -> Int {
    var count = 0
    for index in objects.indices {
      guard let state = objects[index] else { continue }
      guard isAccessible(ObjectID(index: index, generation: generations[index])) else { continue }
      let layout = state.layout
      var votes = 0
      var isWhole = [Bool](repeating: true, count: layout.partCount + layout.witnessCount)
      for (number, component) in state.components.enumerated() {
        if component.state == .active, let device = component.device, devices[device].host != host {
          votes += layout.votes(of: number)
        } else {
          isWhole[layout.part(of: number)] = false
        }
      }
      let parts = isWhole.prefix(layout.partCount).count { $0 }
      if 2 * votes <= layout.voteCount || parts < layout.neededParts { count += 1 }
    }
    return count
  }

  /// How many components should be made anew, or catch up, and find no place.
  ///
  /// - Complexity: O(components), or O(1) where all found one when that was last looked at.
  package func unplacedCount(at now: Instant) -> Int {
    guard hasUnplaced else { return 0 }
    var count = 0
    for index in objects.indices {
      guard let state = objects[index] else { continue }
      let id = ObjectID(index: index, generation: generations[index])
      guard state.isUnwritten || isAccessible(id) else { continue }
      count += state.components.count { component in
        guard component.resync == nil else { return false }
        return switch component.state {
        case .active: false
        case .absent(let since): since + parameters.repairDelay <= now
        case .degraded, .stale: true
        }
      }
    }
    return count
  }
}
