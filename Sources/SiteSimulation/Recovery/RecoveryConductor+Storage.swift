import Inventory
import Quantities
import RecoveryCore
import Scenarios

/// A pair of arrays or of fault domains between the sites of a pair, behind the seam of plans.
struct StorageProvider: Sendable {
  let system: Int
  let name: String
  /// The pair of arrays, or `nil` for virtual volumes.
  ///
  /// Beside ``domains`` and no enumeration with it, whose payload would be copied at each change.
  private var arrays: ArrayPair?
  private var domains: FaultDomainPair?
  /// The devices as they are at the arrays, in the order of the scenario.
  private var devices: [StorageDevice] = []
  /// As they were when the run began, with the consistency groups by which they are copied.
  private var original: [StorageDevice] = []
  /// As the adapters reported them last.
  private var reported: [StorageDevice] = []
  /// Those of them that are not replicated at present, by the entry of the timeline that says so.
  var removals: [(entry: Int?, device: Int)] = []
  /// What is wrong with adapters at present.
  var adapterProblems: [(entry: Int?, side: PairSide, problem: Scenario.AdapterProblem)] = []
  /// Where the data is written when the run begins.
  let sourceSide: PairSide
  /// What keeps units from being copied, by position; for those not discovered yet.
  private var faults: [Int: String] = [:]

  /// - Parameters:
  ///   - units: All of the scenario.
  ///   - pair: Joins the two sites of the system.
  init(_ system: Int, of scenario: Scenario, pair: Scenario.RecoveryPair) {
    let description = scenario.storageSystems[system]
    let units = scenario.storageUnits.filter { $0.system.index == system }
    guard let source = pair.side(of: description.source) else {
      preconditionFailure("a provider belongs to the pair of its sites")
    }
    self.system = system
    sourceSide = source
    name = description.name
    switch description.kind {
    case .arrays(let devices):
      func manager(_ side: PairSide) -> ArrayManager {
        ArrayManager(name: description.name, arrayName: scenario.inventory[pair.sites[side]].name)
      }
      let arrays = ArrayPair(
        managers: BothSides(first: manager(.first), second: manager(.second)),
        mode: description.mode == .synchronous ? .synchronous : .reported)
      self.devices = devices
      original = devices
      self.arrays = arrays
      guard description.isDiscovered else { return }
      for side in PairSide.allCases { self.arrays?.pinged(true, at: side) }
      endDiscovery()
      precondition(
        self.arrays?.units.map(\.name) == units.map(\.name), "units are numbered as devices are found")
    case .virtualVolumes:
      let sides = BothSides(
        first: scenario.inventory[pair.sites.first].name, second: scenario.inventory[pair.sites.second].name)
      var domains = FaultDomainPair(names: sides)
      for unit in units {
        let id = domains.add(ReplicationUnit(name: unit.name, sourceSide: source))
        for member in unit.members {
          domains.setGroups([id], of: scenario.replications[member.index].virtualMachine)
        }
        domains.pointsChanged([.zero], of: id)
      }
      self.domains = domains
    }
  }

  // MARK: Devices and adapters

  var hasArrays: Bool { arrays != nil }

  /// Whether its arrays were discovered, so that there are units; always so of virtual volumes.
  var knowsDevices: Bool { arrays.map { !$0.units.isEmpty } ?? true }

  /// The devices that are known, with names of consistency groups that no other pair of arrays has.
  var groupedDevices: [StorageDevice] {
    reported.map { device in
      StorageDevice(
        name: device.name, peerName: device.peerName,
        consistencyGroup: device.consistencyGroup.map { "\(name)/\($0)" }, datastores: device.datastores,
        rawDisks: device.rawDisks)
    }
  }

  func deviceName(_ device: Int) -> String { devices[device].name }

  func manager(at side: PairSide) -> ArrayManager? { arrays?.managers[side] }

  func deviceStates(seenFrom side: PairSide) -> [DeviceReplicationState] {
    guard let arrays else { return [] }
    return arrays.devices.indices.map {
      arrays.replicationState(of: StorageDeviceID($0), seenFrom: side)
    }
  }

  /// An administrator of the arrays puts a device into another consistency group, or into none.
  mutating func changeDevice(_ device: Int, to consistencyGroup: String?) {
    let old = devices[device]
    devices[device] = StorageDevice(
      name: old.name, peerName: old.peerName, consistencyGroup: consistencyGroup, datastores: old.datastores,
      rawDisks: old.rawDisks)
  }

  /// An adapter fails or is in order again: the last problem that stands counts.
  mutating func adapterChanged(at side: PairSide) {
    var status = StorageAdapterStatus.ok
    var answers = true
    for item in adapterProblems where item.side == side {
      switch item.problem {
      case .adapter(let problem): status = problem
      case .unreachable: answers = false
      }
    }
    arrays?.adapterChanged(status, at: side)
    arrays?.pinged(answers, at: side)
  }

  /// The array of a side was asked whether it answers.
  mutating func pinged(_ answers: Bool, at side: PairSide) {
    let isUnreachable = adapterProblems.contains { $0.side == side && $0.problem == .unreachable }
    arrays?.pinged(answers && !isUnreachable, at: side)
  }

  mutating func beginDiscovery() throws(ArrayRefusal) { _ = try arrays?.discoverDevices() }

  mutating func discoveryFailed() { arrays?.discoveryFailed() }

  /// The adapters report the devices as they are now.
  mutating func endDiscovery() {
    guard let isFirst = arrays?.units.isEmpty, let mode = arrays?.mode else { return }
    if isFirst {
      // Units have the numbers that the scenario gives them, whatever was removed before they were found.
      arrays?.devicesDiscovered(original, sourceSide: sourceSide)
      for unit in faults.keys.sorted() { arrays?.faultChanged(faults[unit], of: ReplicationUnitID(unit)) }
      if mode != .synchronous {
        for unit in arrays?.units.indices ?? 0..<0 { arrays?.copied(ReplicationUnitID(unit), asOf: .zero) }
      }
    }
    let removed = removals.map(\.device)
    let present = devices.indices.filter { !removed.contains($0) }
    // What is copied and fails over as one stays as it was; see ``World/changeDevice(_:of:to:pair:)``.
    arrays?.devicesDiscovered(present.map { original[$0] }, sourceSide: sourceSide)
    reported = present.map { devices[$0] }
  }

  func commands(
    for request: ReplicationRequest, of unit: ReplicationUnitID, answering: BothSides<Bool>, at now: Instant
  ) throws(ReplicationRefusal) -> [ProviderCommand] {
    if let arrays { return try arrays.commands(for: request, of: [unit], answering: answering, at: now) }
    return try domains?.commands(for: request, of: [unit], answering: answering, at: now) ?? []
  }

  mutating func completed(_ request: ReplicationRequest, of unit: ReplicationUnitID) {
    arrays?.completed(request, of: [unit])
    domains?.completed(request, of: [unit])
  }

  /// A unit's replication stopped, or goes on again if `fault` is `nil`.
  mutating func faultChanged(_ fault: String?, of unit: ReplicationUnitID) {
    faults[unit.index] = fault
    if knowsDevices { arrays?.faultChanged(fault, of: unit) }
    domains?.faultChanged(fault, of: unit)
  }

  /// The target holds these images now; in the synchronous mode, whether it follows every write.
  mutating func imagesChanged(
    _ instants: [Instant], isInSync: Bool, of unit: ReplicationUnitID, at now: Instant
  ) {
    domains?.pointsChanged(instants, of: unit)
    guard let mode = arrays?.mode, knowsDevices else { return }
    if mode != .synchronous {
      if let newest = instants.last { arrays?.copied(unit, asOf: newest) }
    } else if isInSync {
      arrays?.copyingBegan(at: now, of: unit)
    } else {
      arrays?.copyingStopped(at: now, of: unit)
    }
  }
}

extension RecoveryConductor {
  /// The storage between the sites of a pair, in the order of the scenario.
  static func storage(of pair: Scenario.RecoveryPair, in scenario: Scenario) -> [StorageProvider] {
    scenario.storageSystems.indices.filter { system in
      let description = scenario.storageSystems[system]
      return pair.side(of: description.source) != nil && pair.side(of: description.target) != nil
    }.map { StorageProvider($0, of: scenario, pair: pair) }
  }

  /// The test of a unit was thrown away by nobody's plan.
  mutating func forgetTest(ofStorage unit: Scenario.StorageUnit) {
    for index in storage.indices where storage[index].system == unit.system.index {
      storage[index].completed(.stopTest, of: ReplicationUnitID(unit.position))
    }
  }

  /// The position among ``storage`` of the arrays that have a unit of the scenario; `nil` for virtual volumes.
  func arraysOfUnit(_ unit: StorageUnitID) -> Int? {
    arrays.system(ofUnit: unit).flatMap { provider(of: $0) }
  }

  /// What a group protects of arrays or virtual volumes, ascending; none where vSphere Replication replicates.
  func storageUnits(of group: ProtectionGroupID) -> [StorageUnitID] {
    guard !storage.isEmpty, let position = groupIDs.firstIndex(of: group) else { return [] }
    return description.groups[position].storageUnits
  }
}
