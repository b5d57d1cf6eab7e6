package import Inventory
package import Quantities

package typealias StorageDeviceID = Identifier<StorageDevice>

/// A replicated device: a logical unit of an array and its copy.
package struct StorageDevice: Sendable, Hashable {
  package let name: String
  package let peerName: String
  /// The devices of one name fail over together; `nil` for a device by itself.
  package let consistencyGroup: String?
  /// The datastores on it.
  package let datastores: [DatastoreID]
  /// Raw disks of virtual machines that are the device itself, by name.
  package let rawDisks: [String]
  /// Whether both sites see one device.
  ///
  /// It is replicated and failed over like any other: moving running machines on
  /// stretched storage is not modelled.
  package let isStretched: Bool

  package init(
    name: String, peerName: String, consistencyGroup: String? = nil, datastores: [DatastoreID] = [],
    rawDisks: [String] = [], isStretched: Bool = false
  ) {
    self.name = name
    self.peerName = peerName
    self.consistencyGroup = consistencyGroup
    self.datastores = datastores
    self.rawDisks = rawDisks
    self.isStretched = isStretched
  }
}

/// When the devices of a pair of arrays are copied.
package enum ArrayReplicationMode: Sendable, Hashable {
  /// A write is acknowledged once both arrays have it: nothing is lost.
  case synchronous
  /// Every `interval` from the start of the run, the changes are copied, which takes `duration`.
  ///
  /// - Precondition: The interval is positive and not shorter than the copying.
  case periodic(interval: TimeSpan, duration: TimeSpan)
  /// Changes are copied when and as long as its driver says: each complete copy is told with ``ArrayPair/copied(_:asOf:)``.
  case reported
}

/// How an array is reached: an array manager of one site.
package struct ArrayManager: Sendable, Hashable {
  package let name: String
  package let arrayName: String
  package internal(set) var adapter = StorageAdapterStatus.ok
  package internal(set) var ping = ArrayPingStatus.unknown

  package init(name: String, arrayName: String) {
    self.name = name
    self.arrayName = arrayName
  }
}

/// Why the managers of two arrays cannot be paired, or devices not found.
package enum ArrayRefusal: Error, Sendable, Hashable {
  case adapter(StorageAdapterStatus, PairSide)
  case unreachable(PairSide)
  /// Devices are being discovered already.
  case discovering
}

/// Two arrays that replicate to each other, and their devices.
///
/// A unit of the seam is a consistency group, or a device that is in none.
package struct ArrayPair: ReplicationProvider {
  package static let type = ReplicationType.arrayBased

  package internal(set) var managers: BothSides<ArrayManager>
  package let mode: ArrayReplicationMode
  package private(set) var devices: [StorageDevice] = []
  package private(set) var isDiscovering = false
  package var units: [ReplicationUnit] = []
  /// By device.
  private var unitOfDevice: [ReplicationUnitID] = []
  /// By device: whether the arrays no longer report it.
  private var isMissing: [Bool] = []
  /// By unit.
  private var copying: [Copying] = []

  /// What is known of the copies of a unit at its target.
  private struct Copying: Sendable {
    /// Since when the schedule holds; `nil` if it does not since the direction was turned.
    var began: Instant?
    /// When it stopped to hold, if it did.
    var stopped: Instant?
    /// The newest copy from before `began`, or outside the schedule.
    var held: Instant?
  }

  package init(managers: BothSides<ArrayManager>, mode: ArrayReplicationMode) {
    if case .periodic(let interval, let duration) = mode {
      precondition(interval > .zero && duration <= interval, "a copy ends before the next begins")
    }
    self.managers = managers
    self.mode = mode
  }

  package let capabilities: ReplicationCapabilities = [.checksFirst]

  // MARK: Discovery

  /// What is asked of the adapter at each site before arrays can be paired.
  package static let discoveryCommands: [StorageAdapterCommand] = [
    .queryInfo, .queryErrorDefinitions, .queryCapabilities, .queryConnectionParameters, .discoverArrays,
  ]

  package mutating func pinged(_ answered: Bool, at side: PairSide) {
    managers[side].ping = answered ? .success : .failure
  }

  package mutating func adapterChanged(_ status: StorageAdapterStatus, at side: PairSide) {
    managers[side].adapter = status
  }

  /// Begins to look for devices.
  ///
  /// - Returns: The commands, source side first.
  package mutating func discoverDevices() throws(ArrayRefusal) -> [(PairSide, StorageAdapterCommand)] {
    guard !isDiscovering else { throw .discovering }
    for side in PairSide.allCases {
      guard managers[side].adapter == .ok else { throw .adapter(managers[side].adapter, side) }
      guard managers[side].ping != .failure else { throw .unreachable(side) }
    }
    isDiscovering = true
    return PairSide.allCases.map { ($0, .discoverDevices) }
  }

  /// An adapter did not answer: what is known of devices stays as it is.
  package mutating func discoveryFailed() { isDiscovering = false }

  /// The devices found, in any order.
  ///
  /// A device is known by its name. Those known keep their numbers and take what has changed of them, also their consistency
  /// group; new ones are appended; one that is not found any more keeps its number too, but holds no datastore.
  ///
  /// - Parameter sourceSide: Where the new devices are written.
  package mutating func devicesDiscovered(_ found: [StorageDevice], sourceSide: PairSide) {
    isDiscovering = false
    for index in devices.indices { isMissing[index] = true }
    var numbers: [String: Int] = [:]
    for (index, device) in devices.enumerated() { numbers[device.name] = index }
    for device in found {
      if let index = numbers[device.name] {
        let isSameUnit = devices[index].consistencyGroup == device.consistencyGroup
        devices[index] = device
        isMissing[index] = false
        if !isSameUnit { unitOfDevice[index] = unit(for: device, at: index, sourceSide: sourceSide) }
      } else {
        let index = devices.count
        numbers[device.name] = index
        unitOfDevice.append(unit(for: device, at: index, sourceSide: sourceSide))
        devices.append(device)
        isMissing.append(false)
      }
    }
  }

  /// The unit of the device's consistency group, or a new one; the device itself, at `index`, is not asked.
  private mutating func unit(
    for device: StorageDevice, at index: Int, sourceSide: PairSide
  ) -> ReplicationUnitID {
    if let name = device.consistencyGroup,
      let peer = devices.indices.first(where: { $0 != index && devices[$0].consistencyGroup == name })
    {
      return unitOfDevice[peer]
    }
    units.append(ReplicationUnit(name: device.consistencyGroup ?? device.name, sourceSide: sourceSide))
    copying.append(Copying(began: .zero))
    return ReplicationUnitID(units.count - 1)
  }

  package func unit(of device: StorageDeviceID) -> ReplicationUnitID { unitOfDevice[device.index] }

  /// The units that hold the datastores, in ascending order; datastores that are not replicated are left out.
  package func units(holding datastores: [DatastoreID]) -> [ReplicationUnitID] {
    var isHeld = Array(repeating: false, count: units.count)
    for (index, device) in devices.enumerated()
    where !isMissing[index] && device.datastores.contains(where: datastores.contains) {
      isHeld[unitOfDevice[index].index] = true
    }
    return units.indices.filter { isHeld[$0] }.map { ReplicationUnitID($0) }
  }

  /// The part a device plays, as the array at a side reports it.
  package func replicationState(of device: StorageDeviceID, seenFrom side: PairSide) -> DeviceReplicationState
  {
    guard managers[side].ping != .failure, !isMissing[device.index] else { return .unknown }
    let unit = units[unitOfDevice[device.index].index]
    guard unit.state != .failedOver else { return .failover }
    guard unit.fault == nil else { return .partial }
    return unit.sourceSide == side ? .outgoing : .incoming
  }

  // MARK: The seam

  package func commands(
    for request: ReplicationRequest, units: [ReplicationUnitID], sourceSide: PairSide
  ) -> [ProviderCommand] {
    func run(_ commands: [StorageAdapterCommand], _ side: PairSide) -> [ProviderCommand] {
      commands.map { ProviderCommand(side: side, operation: .adapter($0), units: units) }
    }
    let target = sourceSide.other
    return switch request {
    case .synchronize: run([.syncOnce, .querySyncStatus], sourceSide)
    case .startTest: run([.checkTestFailoverStart, .testFailoverStart], target)
    case .stopTest: run([.testFailoverStop], target)
    case .prepare: run([.prepareFailover], sourceSide)
    case .undoPrepare: run([.restoreReplication], sourceSide)
    case .failOver: run([.checkFailover, .failover], target)
    // The promoted devices are the source from now on, and the adapter is asked there.
    case .reverse: run([.reverseReplication], target)
    }
  }

  /// The array has copied a unit outside its schedule: what was written up to `time` is at the target.
  package mutating func copied(_ unit: ReplicationUnitID, asOf time: Instant) {
    copying[unit.index].held = max(copying[unit.index].held ?? time, time)
  }

  /// Copying stopped, since the source or what connects the arrays is gone; nothing happens if it had.
  package mutating func copyingStopped(at time: Instant, of unit: ReplicationUnitID) {
    guard copying[unit.index].stopped == nil else { return }
    copying[unit.index].stopped = time
  }

  /// Copying goes on after it had stopped, or begins after the direction was turned.
  ///
  /// What the schedule has missed meanwhile is not made up for.
  package mutating func copyingBegan(at time: Instant, of unit: ReplicationUnitID) {
    let held = recoveryPoint(of: unit, choice: .newest, at: time)
    copying[unit.index] = Copying(began: time, held: held)
  }

  /// The schedule holds again from ``copyingBegan(at:of:)`` on.
  package mutating func directionTurned(of unit: ReplicationUnitID) { copying[unit.index] = Copying() }

  /// The newest moment whose content the target holds.
  ///
  /// Synchronous: now, or when the copying stopped. Periodic: the last moment k · interval since the copying began with
  /// k · interval + duration not later than that, or a copy that was asked for, whichever is newer; before the first there is
  /// what earlier copying left, if anything.
  package func recoveryPoint(
    of unit: ReplicationUnitID, choice: InstanceChoice, at now: Instant
  ) -> Instant? {
    let known = copying[unit.index]
    let newest = [known.held, scheduledCopy(known, at: now)].compactMap(\.self).max()
    guard case .notLater(let time) = choice, let newest, newest > time else { return newest }
    return nil
  }

  private func scheduledCopy(_ copying: Copying, at now: Instant) -> Instant? {
    guard let began = copying.began else { return nil }
    let end = min(copying.stopped ?? now, now)
    switch mode {
    case .reported: return nil
    case .synchronous: return end
    case .periodic(let interval, let duration):
      let elapsed = end.nanoseconds - duration.nanoseconds
      guard elapsed >= 0 else { return nil }
      let last = Instant(nanoseconds: elapsed / interval.nanoseconds * interval.nanoseconds)
      return last >= began ? last : nil
    }
  }
}
