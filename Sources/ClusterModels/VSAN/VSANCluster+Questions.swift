import Inventory
package import Quantities

extension VSANCluster {
  // MARK: - Objects

  /// Whether an object can be read and written: more than half of its votes are up to date, and so are the parts that its
  /// content is read from.
  package func isAccessible(_ object: ObjectID) -> Bool {
    let state = self[object]
    let layout = state.layout
    var votes = 0
    for (index, component) in state.components.enumerated() where component.state == .active {
      votes += layout.votes(of: index)
    }
    return 2 * votes > layout.voteCount && activeParts(of: object).count >= layout.neededParts
  }

  /// Whether all its components are up to date.
  package func isComplete(_ object: ObjectID) -> Bool {
    self[object].components.allSatisfy { $0.state == .active }
  }

  /// The parts of which all pieces are up to date.
  func activeParts(of object: ObjectID) -> [Int] {
    let state = self[object]
    let pieces = state.layout.piecesPerPart
    return (0..<state.layout.partCount).filter { part in
      state.components[part * pieces..<(part + 1) * pieces].allSatisfy { $0.state == .active }
    }
  }

  /// What an object's components take on all devices now.
  package func usedSize(of object: ObjectID) -> ByteCount {
    self[object].components.reduce(.zero) { $0 + $1.size }
  }

  /// What an object holds, or reserves.
  package func content(of object: ObjectID) -> ByteCount { self[object].content }

  package func layout(of object: ObjectID) -> VSANLayout { self[object].layout }

  /// The hosts where the components of an object stand, in their order; `nil` for one without a place.
  package func hosts(of object: ObjectID) -> [Int?] {
    self[object].components.map { component in component.device.map { devices[$0].host } }
  }

  /// What one byte of an object's content costs a host's devices.
  package struct Load: Sendable, Hashable {
    package let host: Int
    package var reads: Double
    package var writes: Double

    package init(host: Int, reads: Double, writes: Double) {
      self.host = host
      self.reads = reads
      self.writes = writes
    }
  }

  /// What reading one byte costs each host, ascending; nothing of an object that is not accessible.
  package func readLoads(of object: ObjectID) -> [Load] {
    guard isAccessible(object) else { return [] }
    let active = activeParts(of: object)
    return loads(of: object, cost: self[object].layout.readCost(active: active.count), parts: active)
  }

  /// What writing one byte costs each host, ascending; nothing of an object that is not accessible.
  package func writeLoads(of object: ObjectID) -> [Load] {
    guard isAccessible(object) else { return [] }
    let state = self[object]
    return loads(
      of: object, cost: state.layout.writeCost(state.policy.architecture), parts: activeParts(of: object))
  }

  private func loads(of object: ObjectID, cost: VSANLayout.Cost, parts: [Int]) -> [Load] {
    let state = self[object]
    let pieces = state.layout.piecesPerPart
    var loads: [Load] = []
    for part in parts {
      for component in state.components[part * pieces..<(part + 1) * pieces] {
        guard let device = component.device else {
          preconditionFailure("an active component stands somewhere")
        }
        let host = devices[device].host
        let (reads, writes) = (cost.reads / Double(pieces), cost.writes / Double(pieces))
        if let known = loads.firstIndex(where: { $0.host == host }) {
          loads[known].reads += reads
          loads[known].writes += writes
        } else {
          loads.append(Load(host: host, reads: reads, writes: writes))
        }
      }
    }
    return loads.sorted { $0.host < $1.host }
  }

  // MARK: - Space

  package var deviceCount: Int { devices.count }

  /// The devices of a host, as indices among all.
  package func devices(ofHost host: Int) -> Range<Int> { hosts[host].devices }

  package func use(ofDevice device: Int) -> (used: ByteCount, capacity: ByteCount) {
    (devices[device].used, devices[device].capacity)
  }

  package func isFailed(device: Int) -> Bool { devices[device].isFailed }

  package func isUp(host: Int) -> Bool { hosts[host].isUp }

  /// What some objects can take on together, in content, whichever of them grows.
  ///
  /// The fullest device that any of them stands on decides: *free · k / overhead*, where *k* parts make up the content.
  /// A mebibyte per object is kept back, for rounding and for what is created beside.
  package func room(for objects: [ObjectID]) -> ByteCount {
    let margin = ByteCount.mebibytes(1) * UInt64(objects.count)
    var room = UInt64.max
    for object in objects {
      let state = self[object]
      let overhead =
        1_000_000_000
        + (state.policy.architecture == .express ? UInt64(StoragePolicy.expressOverhead.partsPerBillion) : 0)
      var least: ByteCount?
      func look(at device: Int?) {
        guard let device, isUsable(device) else { return }
        least = min(least ?? devices[device].free, devices[device].free)
      }
      for component in state.components {
        look(at: component.device)
        look(at: component.destination?.device)
      }
      guard let least else { continue }
      let free = least > margin ? least - margin : .zero
      let product = free.bytes.multipliedFullWidth(by: UInt64(state.layout.neededParts) * 1_000_000_000)
      room = min(room, overhead.dividingFullWidth(product).quotient)
    }
    return ByteCount(bytes: min(room, UInt64(Int64.max)))
  }

  // MARK: - Alerts

  /// A threshold of use that was passed, upwards or back.
  package struct Alert: Sendable, Hashable {
    /// The device, or `nil` for the datastore as a whole.
    package let device: Int?
    package let threshold: Ratio
    package let isAbove: Bool
  }

  /// The thresholds passed since the last call: of the datastore 75 %, of each device 80 % and 95 %.
  ///
  /// A device comes back two points below, so that what ebbs and flows does not alert every time.
  package mutating func takeAlerts() -> [Alert] {
    if areAlertsDue { compareDevices() }
    let slack = parameters.slackThreshold
    let isAbove = usedSize > capacity.scaled(by: isSlackUsed ? slack.lowered : slack)
    if isAbove != isSlackUsed {
      isSlackUsed = isAbove
      alertsInForce += isAbove ? 1 : -1
      alerts.append(Alert(device: nil, threshold: slack, isAbove: isAbove))
    }
    defer { alerts.removeAll() }
    return alerts
  }

  private mutating func compareDevices() {
    let thresholds = [parameters.rebalanceThreshold, parameters.repairCeiling]
    alertsInForce = isSlackUsed ? 1 : 0
    areAlertsDue = false
    for device in devices.indices where isUsable(device) {
      var level = devices[device].alertLevel
      let (used, capacity) = use(ofDevice: device)
      while level < thresholds.count, used > capacity.scaled(by: thresholds[level]) {
        alerts.append(Alert(device: device, threshold: thresholds[level], isAbove: true))
        level += 1
      }
      while level > 0, used <= capacity.scaled(by: thresholds[level - 1].lowered) {
        level -= 1
        alerts.append(Alert(device: device, threshold: thresholds[level], isAbove: false))
      }
      devices[device].alertLevel = level
      alertsInForce += level
      let least = level > 0 ? capacity.scaled(by: thresholds[level - 1].lowered) + ByteCount(bytes: 1) : .zero
      let most =
        level < thresholds.count
        ? capacity.scaled(by: thresholds[level]) : ByteCount(bytes: UInt64(Int64.max))
      devices[device].quietUse = least...most
    }
  }

  // MARK: - Health

  /// How a datastore stands.
  package struct Health: Sendable, Hashable {
    package var objects = 0
    package var components = 0
    package var absent = 0
    package var degraded = 0
    package var stale = 0
    /// Objects that can be used but lack redundancy.
    package var reducedObjects = 0
    package var inaccessibleObjects = 0
    /// Components that are being copied or wait for it.
    package var resyncs = 0
  }

  /// What lacks redundancy or is out of reach.
  package struct Shortfall: Sendable, Hashable {
    /// Objects that can be used but lack redundancy.
    package var reducedObjects = 0
    package var inaccessibleObjects = 0
  }

  /// - Complexity: O(components).
  package var shortfall: Shortfall {
    var shortfall = Shortfall()
    for index in objects.indices {
      guard let object = objects[index], !object.components.allSatisfy({ $0.state == .active }) else {
        continue
      }
      if isAccessible(ObjectID(index: index, generation: generations[index])) {
        shortfall.reducedObjects += 1
      } else {
        shortfall.inaccessibleObjects += 1
      }
    }
    return shortfall
  }

  /// - Complexity: O(components).
  package var health: Health {
    var health = Health()
    health.resyncs = resyncs.count
    for index in objects.indices {
      guard let object = objects[index] else { continue }
      health.objects += 1
      health.components += object.components.count
      for component in object.components {
        switch component.state {
        case .active: break
        case .absent: health.absent += 1
        case .degraded: health.degraded += 1
        case .stale: health.stale += 1
        }
      }
    }
    let shortfall = self.shortfall
    health.reducedObjects = shortfall.reducedObjects
    health.inaccessibleObjects = shortfall.inaccessibleObjects
    return health
  }
}

extension Ratio {
  /// Where an alert at this threshold is over.
  fileprivate var lowered: Ratio { Ratio(partsPerBillion: max(0, partsPerBillion - 20_000_000)) }
}
