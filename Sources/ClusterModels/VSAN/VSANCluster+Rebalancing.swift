import Quantities

extension VSANCluster {
  /// Whether components are to leave a device.
  func isTooFull(_ device: Int) -> Bool {
    isUsable(device)
      && devices[device].used > devices[device].capacity.scaled(by: parameters.rebalanceThreshold)
  }

  /// Plans to move a component away from each device that is too full, one at a time.
  ///
  /// The largest goes first that finds a device which stays below the same threshold.
  ///
  /// - Source: The threshold is published, which component goes first is *inferred*.
  mutating func planMoves() {
    for device in devices.indices where isTooFull(device) {
      let isMoving = resyncs.contains {
        $0.purpose == .move && self[$0.object].components[$0.component].device == device
      }
      if isMoving { continue }
      for candidate in moveCandidates(on: device) {
        let component = self[candidate.object].components[candidate.component]
        let destination = chooseDevice(
          for: candidate.component, of: candidate.object, size: component.size,
          ceiling: parameters.rebalanceThreshold, avoiding: device)
        guard let destination else { continue }
        reserve(component.size, on: destination, for: candidate.component, of: candidate.object)
        add(.move, of: candidate.component, of: candidate.object, to: destination)
        break
      }
    }
  }

  /// The components of a device that could be moved, the largest first; of those that fit somewhere at all.
  private func moveCandidates(on device: Int) -> [(object: ObjectID, component: Int)] {
    let room =
      devices.indices.filter { $0 != device && isUsable($0) }.map { other in
        let limit = devices[other].capacity.scaled(by: parameters.rebalanceThreshold)
        return limit > devices[other].used ? limit - devices[other].used : .zero
      }
      .max() ?? .zero
    var found: [(size: ByteCount, object: ObjectID, component: Int)] = []
    for index in objects.indices {
      guard let object = objects[index] else { continue }
      let id = ObjectID(index: index, generation: generations[index])
      for (number, component) in object.components.enumerated()
      where component.device == device && component.state == .active && component.resync == nil
        && component.size > .zero && component.size <= room
      {
        found.append((component.size, id, number))
      }
    }
    found.sort { ($1.size, $0.object, $0.component) < ($0.size, $1.object, $1.component) }
    return found.filter { isAccessible($0.object) }.map { ($0.object, $0.component) }
  }
}
