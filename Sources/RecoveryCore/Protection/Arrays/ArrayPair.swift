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
  /// Whether both sites see one device, which moves without a copy.
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
  /// By unit: the instant of the last copy that was asked for outside the schedule.
  private var requestedCopies: [Instant?] = []
  /// By unit: when the copying stopped, while its fault lasts or its source is gone.
  private var stopped: [Instant?] = []

  package init(managers: BothSides<ArrayManager>, mode: ArrayReplicationMode) {
    if case .periodic(let interval, let duration) = mode {
      precondition(interval > .zero && duration <= interval, "a copy ends before the next begins")
    }
    self.managers = managers
    self.mode = mode
  }

  package var capabilities: ReplicationCapabilities {
    devices.contains(where: \.isStretched) ? [.checksFirst, .migratesRunning] : [.checksFirst]
  }

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

  /// The devices found; those known keep their numbers, new ones are appended.
  ///
  /// - Parameter sourceSide: Where the new devices are written.
  /// - Precondition: Known devices come first and are unchanged.
  package mutating func devicesDiscovered(_ found: [StorageDevice], sourceSide: PairSide) {
    precondition(found.starts(with: devices), "known devices keep their numbers")
    isDiscovering = false
    for device in found.dropFirst(devices.count) {
      let known = device.consistencyGroup.flatMap { name in
        devices.firstIndex { $0.consistencyGroup == name }.map { unitOfDevice[$0] }
      }
      let unit: ReplicationUnitID
      if let known {
        unit = known
      } else {
        unit = ReplicationUnitID(units.count)
        units.append(ReplicationUnit(name: device.consistencyGroup ?? device.name, sourceSide: sourceSide))
        requestedCopies.append(nil)
        stopped.append(nil)
      }
      devices.append(device)
      unitOfDevice.append(unit)
    }
  }

  package func unit(of device: StorageDeviceID) -> ReplicationUnitID { unitOfDevice[device.index] }

  /// The units that hold the datastores, in ascending order; datastores that are not replicated are left out.
  package func units(holding datastores: [DatastoreID]) -> [ReplicationUnitID] {
    var isHeld = Array(repeating: false, count: units.count)
    for (index, device) in devices.enumerated() where device.datastores.contains(where: datastores.contains) {
      isHeld[unitOfDevice[index].index] = true
    }
    return units.indices.filter { isHeld[$0] }.map { ReplicationUnitID($0) }
  }

  /// The part a device plays, as the array at a side reports it.
  package func replicationState(of device: StorageDeviceID, seenFrom side: PairSide) -> DeviceReplicationState
  {
    guard managers[side].ping != .failure else { return .unknown }
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
    requestedCopies[unit.index] = max(requestedCopies[unit.index] ?? time, time)
  }

  /// Copying stopped, since the source or what connects the arrays is gone, or goes on if `time` is `nil`.
  package mutating func copyingStopped(at time: Instant?, of unit: ReplicationUnitID) {
    stopped[unit.index] = time
  }

  /// The newest moment whose content the target holds.
  ///
  /// Synchronous: now, or when the copying stopped. Periodic: the last moment k · interval with k · interval + duration not
  /// later than that, or a copy that was asked for, whichever is newer; before the first there is none.
  package func recoveryPoint(
    of unit: ReplicationUnitID, choice: InstanceChoice, at now: Instant
  ) -> Instant? {
    let end = min(stopped[unit.index] ?? now, now)
    let scheduled: Instant?
    switch mode {
    case .synchronous:
      scheduled = end
    case .periodic(let interval, let duration):
      let elapsed = end.nanoseconds - duration.nanoseconds
      scheduled =
        elapsed < 0
        ? nil : Instant(nanoseconds: elapsed / interval.nanoseconds * interval.nanoseconds)
    }
    let newest: Instant? =
      if let scheduled, let requested = requestedCopies[unit.index] {
        max(scheduled, requested)
      } else {
        scheduled ?? requestedCopies[unit.index]
      }
    guard case .notLater(let time) = choice, let newest, newest > time else { return newest }
    return nil
  }
}
