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
    name = description.name
    switch description.kind {
    case .arrays(let devices):
      func manager(_ side: PairSide) -> ArrayManager {
        ArrayManager(name: description.name, arrayName: scenario.inventory[pair.sites[side]].name)
      }
      var arrays = ArrayPair(
        managers: BothSides(first: manager(.first), second: manager(.second)),
        mode: description.mode == .synchronous ? .synchronous : .reported)
      arrays.devicesDiscovered(devices, sourceSide: source)
      precondition(arrays.units.map(\.name) == units.map(\.name), "units are numbered as devices are found")
      if description.mode != .synchronous {
        for unit in arrays.units.indices { arrays.copied(ReplicationUnitID(unit), asOf: .zero) }
      }
      self.arrays = arrays
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
    arrays?.faultChanged(fault, of: unit)
    domains?.faultChanged(fault, of: unit)
  }

  /// The target holds these images now; in the synchronous mode, whether it follows every write.
  mutating func imagesChanged(
    _ instants: [Instant], isInSync: Bool, of unit: ReplicationUnitID, at now: Instant
  ) {
    domains?.pointsChanged(instants, of: unit)
    guard let mode = arrays?.mode else { return }
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

  /// What a group protects of arrays or virtual volumes, ascending; none where vSphere Replication replicates.
  func storageUnits(of group: ProtectionGroupID) -> [StorageUnitID] {
    guard !storage.isEmpty, let position = groupIDs.firstIndex(of: group) else { return [] }
    return description.groups[position].storageUnits
  }
}
