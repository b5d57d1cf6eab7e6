package import Quantities

extension VSANCluster {
  /// A component that is to be copied.
  package struct Resync: Sendable, Hashable {
    package enum Purpose: String, Sendable, Hashable, CaseIterable {
      /// Its content is gone or out of reach for too long: it is made anew elsewhere.
      case rebuild
      /// It was out of reach and copies what it missed.
      case catchUp = "catch-up"
      /// It leaves a device that is too full.
      case move
    }

    package let number: UInt64
    package let purpose: Purpose
    package let object: ObjectID
    package let component: Int
    /// What is written at the destination.
    package let size: ByteCount
    /// What each of these hosts reads for every byte written.
    package let sources: [Source]
    /// The host it is written to.
    package let destination: Int

    package struct Source: Sendable, Hashable {
      package let host: Int
      package let factor: Double
    }
  }

  /// What the driver is to do.
  package enum Command: Sendable, Hashable {
    /// Copy, and tell by ``resyncCompleted(_:at:)``.
    case start(Resync)
    /// Stop copying: what was copied is of no use.
    case cancel(number: UInt64)
  }

  /// A resync that waits or runs.
  struct PlannedResync: Sendable {
    let number: UInt64
    let purpose: Resync.Purpose
    let object: ObjectID
    let component: Int
    let destination: Int
    let host: Int
    /// What runs; `nil` while it waits.
    var running: Resync?
    /// The devices that it reads from.
    var sourceDevices: [Int] = []

    func touches(host: Int) -> Bool {
      self.host == host || running?.sources.contains { $0.host == host } == true
    }

    func touches(device: Int) -> Bool {
      destination == device || sourceDevices.contains(device)
    }
  }

  // MARK: - Time

  /// When the driver must call ``advance(to:)``, or `nil`.
  package var nextDeadline: Instant? { (hosts.compactMap(\.repairDue) + [checkDue].compactMap { $0 }).min() }

  /// Does what is due by now.
  package mutating func advance(to now: Instant) {
    var isDue = false
    for host in hosts.indices {
      if let due = hosts[host].repairDue, due <= now {
        hosts[host].repairDue = nil
        isDue = true
      }
    }
    if let due = checkDue, due <= now {
      checkDue = nil
      isDue = true
    }
    if isDue { plan(at: now) }
  }

  /// Looks at all objects and plans what can be repaired and moved now.
  mutating func plan(at now: Instant) {
    hasUnplaced = false
    planVersion += 1
    forEachComponent { $0.planRepair(of: $2, of: $1, at: now) }
    // From now on somebody may write to what has become accessible.
    for index in objects.indices where objects[index]?.isUnwritten == true {
      if isAccessible(ObjectID(index: index, generation: generations[index])) {
        objects[index]?.isUnwritten = false
      }
    }
    planMoves()
    watch(at: now)
    startResyncs(at: now)
  }

  /// Asks to be called again where something may change without an event.
  mutating func watch(at now: Instant) {
    if checkDue == nil, hasUnplaced || devices.indices.contains(where: { isTooFull($0) }) {
      checkDue = now + parameters.checkInterval
    }
  }

  private mutating func planRepair(of index: Int, of object: ObjectID, at now: Instant) {
    let component = self[object].components[index]
    guard component.resync == nil else { return }
    let share = self.share(index, of: object)
    switch component.state {
    case .active: return
    case .stale:
      guard let device = component.device, isAccessible(object) else { return }
      let growth = share > component.size ? share - component.size : .zero
      guard fits(growth, onto: device, ceiling: .one) else {
        hasUnplaced = true
        return
      }
      resize(index, of: object, to: share)
      add(.catchUp, of: index, of: object, to: device)
    case .absent(let since) where since + parameters.repairDelay > now: return
    case .absent, .degraded:
      if component.state == .degraded, self[object].isUnwritten {
        place(index, of: object, size: share)
        return
      }
      guard isAccessible(object) else {
        return
      }
      let device = chooseDevice(for: index, of: object, size: share, ceiling: parameters.repairCeiling)
      guard let device else {
        planGathering(of: object)
        hasUnplaced = true
        return
      }
      reserve(share, on: device, for: index, of: object)
      add(.rebuild, of: index, of: object, to: device)
    }
  }

  /// Gives a component of an object that never had a majority the place that it did not find at first.
  private mutating func place(_ index: Int, of object: ObjectID, size: ByteCount) {
    guard let device = chooseDevice(for: index, of: object, size: size) else {
      hasUnplaced = true
      return
    }
    self[object].components[index] = Component(state: .degraded, device: nil, size: .zero)
    settle(index, of: object, on: device, size: size)
    self[object].components[index].state = .active
    placementVersion += 1
  }

  /// Moves a piece of a part that has come to stand in two fault domains, so that one of them is free for another part.
  ///
  /// A part is split where its host returns when some of its pieces have been rebuilt elsewhere.
  private mutating func planGathering(of object: ObjectID) {
    let layout = self[object].layout
    for part in 0..<layout.partCount {
      let pieces = part * layout.piecesPerPart..<(part + 1) * layout.piecesPerPart
      let domains = pieces.map { self[object].components[$0].device.map { faultDomain(ofDevice: $0) } }
      guard let home = domains.compactMap({ $0 }).first else { continue }
      for (index, domain) in zip(pieces, domains) {
        let component = self[object].components[index]
        guard let domain, domain != home, component.state == .active, component.resync == nil else {
          continue
        }
        let destination = devices.indices.first {
          faultDomain(ofDevice: $0) == home && isUsable($0)
            && takesComponents($0)
            && fits(component.size, onto: $0, ceiling: parameters.repairCeiling)
        }
        guard let destination else { continue }
        reserve(component.size, on: destination, for: index, of: object)
        return add(.move, of: index, of: object, to: destination)
      }
    }
  }

  mutating func add(_ purpose: Resync.Purpose, of index: Int, of object: ObjectID, to device: Int) {
    lastResync += 1
    self[object].components[index].resync = lastResync
    resyncs.append(
      PlannedResync(
        number: lastResync, purpose: purpose, object: object, component: index, destination: device,
        host: devices[device].host))
  }

  // MARK: - Running

  /// Starts what may run now: so many per destination, of objects that can be read.
  mutating func startResyncs(at now: Instant) {
    var counts = [Int](repeating: 0, count: hosts.count)
    for resync in resyncs where resync.running != nil { counts[resync.host] += 1 }
    var done: [UInt64] = []
    for index in resyncs.indices where resyncs[index].running == nil {
      let planned = resyncs[index]
      guard counts[planned.host] < parameters.resyncsPerHost, isAccessible(planned.object) else { continue }
      let share = self.share(planned.component, of: planned.object)
      let missed = self.missed(by: planned.component, of: planned.object)
      let size = planned.purpose == .catchUp ? min(missed, share) : share
      if planned.purpose != .move { read(planned.object) }
      guard size > .zero else {
        done.append(planned.number)
        continue
      }
      let sources = self.sources(of: planned)
      let resync = Resync(
        number: planned.number, purpose: planned.purpose, object: planned.object,
        component: planned.component,
        size: size, sources: sources.loads, destination: planned.host)
      resyncs[index].running = resync
      resyncs[index].sourceDevices = sources.devices
      counts[planned.host] += 1
      commands.append(.start(resync))
    }
    for number in done { complete(number) }
    if !done.isEmpty { placementVersion += 1 }
  }

  /// What a copy is made from: itself where it is moved, else the same piece of another copy or of all parts needed.
  private func sources(of planned: PlannedResync) -> (loads: [Resync.Source], devices: [Int]) {
    let object = self[planned.object]
    let layout = object.layout
    var found: [Int] = []
    if planned.purpose == .move {
      found = [object.components[planned.component].device].compactMap { $0 }
    } else {
      let piece = planned.component % layout.piecesPerPart
      for part in 0..<layout.partCount where found.count < layout.neededParts {
        let component = object.components[part * layout.piecesPerPart + piece]
        if component.state == .active, part != layout.part(of: planned.component),
          let device = component.device
        {
          found.append(device)
        }
      }
    }
    var loads: [Resync.Source] = []
    for device in found {
      let host = devices[device].host
      if let known = loads.firstIndex(where: { $0.host == host }) {
        loads[known] = .init(host: host, factor: loads[known].factor + 1)
      } else {
        loads.append(.init(host: host, factor: 1))
      }
    }
    return (loads, found)
  }

  /// What is to be copied of a component; `nil` if that copy does not run.
  package func sizeOfRunningResync(_ number: UInt64) -> ByteCount? {
    position(of: number).flatMap { resyncs[$0].running?.size }
  }

  /// A resync has copied everything: its component is up to date where it now stands.
  ///
  /// - Precondition: It was started and not cancelled since.
  package mutating func resyncCompleted(_ number: UInt64, at now: Instant) {
    guard let position = position(of: number), let size = resyncs[position].running?.size else {
      preconditionFailure("a resync is completed that runs")
    }
    let (object, purpose) = (resyncs[position].object, resyncs[position].purpose)
    resyncedSize += size
    complete(number)
    planVersion += 1
    // The object may have been out of reach until now.
    for index in self[object].components.indices { planRepair(of: index, of: object, at: now) }
    placementVersion += 1
    // A device that gave something away may still be too full.
    if purpose == .move { planMoves() }
    watch(at: now)
    startResyncs(at: now)
  }

  private mutating func complete(_ number: UInt64) {
    guard let position = position(of: number) else {
      preconditionFailure("a resync is completed that is planned")
    }
    let planned = resyncs.remove(at: position)
    let (object, index) = (planned.object, planned.component)
    if let destination = self[object].components[index].destination {
      release(index, of: object)
      unreserve(index, of: object)
      settle(index, of: object, on: destination.device, size: destination.size)
    }
    if self[object].components[index].device != nil {
      // What was stale kept its room while its object shrank.
      resize(index, of: object, to: share(index, of: object))
    }
    if planned.purpose == .rebuild {
      rebuiltCount += 1
      let part = self[object].layout.part(of: index)
      self[object].damages.removeAll { $0.part == part }
    }
    self[object].components[index].state = .active
    endChanges(of: index, of: object)
    self[object].components[index].resync = nil
  }

  /// Gives up the resync of a component, if there is one, and the room kept for it.
  mutating func cancelResync(ofComponent index: Int, of object: ObjectID) {
    guard let number = self[object].components[index].resync, let position = position(of: number) else {
      return
    }
    let planned = resyncs.remove(at: position)
    if planned.running != nil { commands.append(.cancel(number: number)) }
    self[object].components[index].resync = nil
    unreserve(index, of: object)
  }

  mutating func dropResyncs(where isDropped: (PlannedResync) -> Bool) {
    for planned in resyncs.filter(isDropped) {
      cancelResync(ofComponent: planned.component, of: planned.object)
    }
  }

  /// Whether a resync was started and neither completed nor cancelled since.
  package func isRunning(_ number: UInt64) -> Bool {
    position(of: number).map { resyncs[$0].running != nil } ?? false
  }

  private func position(of number: UInt64) -> Int? {
    var (low, high) = (0, resyncs.count)
    while low < high {
      let middle = (low + high) / 2
      if resyncs[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low < resyncs.count && resyncs[low].number == number ? low : nil
  }

  /// What the driver is to do, in order; each is handed over once.
  package mutating func takeCommands() -> [Command] {
    defer { commands.removeAll() }
    return commands
  }
}
