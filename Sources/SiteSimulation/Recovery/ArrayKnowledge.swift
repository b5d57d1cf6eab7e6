import Inventory
import RecoveryCore
import Scenarios

/// What Site Recovery Manager makes of the devices that the arrays of a pair of sites report: which datastores fail over
/// together, and which protection group has them.
///
/// A datastore is known by the one on which its machines were when the run began, also after they were recovered. Each machine
/// has all of its disks on one datastore, so that datastores belong together for their device or consistency group alone.
struct ArrayKnowledge: Sendable {
  /// The machines on devices, in the order of the scenario.
  private let machines: [VMStorage]
  /// By machine, its position among ``machines``.
  private let positions: [VirtualMachineID: Int]
  private let names: [DatastoreID: String]
  /// What a protection group has with each unit that it lists.
  private let datastoresOfUnit: [StorageUnitID: [DatastoreID]]
  private let systemOfUnit: [StorageUnitID: StorageSystemID]
  private(set) var assignments = DatastoreAssignments(
    grouping: DatastoreGrouping(devices: [], vms: []), devices: [])
  private var hasNews = true
  /// What was told of the datastore groups.
  private var told: [DatastoreGroup] = []

  /// Datastores that fail over together, and how they are spread over protection groups.
  struct DatastoreGroup: Sendable, Hashable {
    let datastores: [DatastoreID]
    let status: DatastoreGroupStatus
  }

  init(_ scenario: Scenario) {
    var machines: [VMStorage] = []
    var names: [DatastoreID: String] = [:]
    var datastoresOfUnit: [StorageUnitID: [DatastoreID]] = [:]
    var systemOfUnit: [StorageUnitID: StorageSystemID] = [:]
    for (index, unit) in scenario.storageUnits.enumerated() {
      guard case .arrays(let devices) = scenario.storageSystems[unit.system.index].kind else { continue }
      let own = devices.filter { ($0.consistencyGroup ?? $0.name) == unit.name }.flatMap(\.datastores)
      datastoresOfUnit[StorageUnitID(index)] = own
      systemOfUnit[StorageUnitID(index)] = unit.system
      for datastore in own { names[datastore] = scenario.inventory[datastore].name }
      for member in unit.members {
        let vm = scenario.replications[member.index].virtualMachine
        let home = scenario.inventory[vm].datastore
        machines.append(
          VMStorage(vm: vm, home: home, disks: scenario.inventory[vm].disks.map { _ in .file(home) }))
      }
    }
    self.machines = machines
    positions = Dictionary(uniqueKeysWithValues: machines.enumerated().map { ($1.vm, $0) })
    self.names = names
    self.datastoresOfUnit = datastoresOfUnit
    self.systemOfUnit = systemOfUnit
  }

  /// The arrays report these devices now.
  mutating func devicesChanged(_ devices: [StorageDevice]) {
    hasNews = true
    assignments = assignments.regrouped(
      DatastoreGrouping(devices: devices, vms: machines), devices: devices)
  }

  /// Whether a unit is one of devices, not of virtual volumes.
  func hasDevices(ofUnit unit: StorageUnitID) -> Bool { systemOfUnit[unit] != nil }

  /// The pair of arrays with a unit; `nil` for virtual volumes.
  func system(ofUnit unit: StorageUnitID) -> StorageSystemID? { systemOfUnit[unit] }

  func name(of datastore: DatastoreID) -> String { names[datastore] ?? "\(datastore.index)" }

  var groups: [DatastoreGroup] {
    assignments.grouping.groups.indices.map {
      DatastoreGroup(
        datastores: assignments.grouping.groups[$0], status: assignments.status(ofGroup: $0))
    }
  }

  /// The datastore groups that are otherwise than was told last.
  mutating func takeNews() -> [DatastoreGroup] {
    guard hasNews else { return [] }
    hasNews = false
    let groups = groups
    defer { told = groups }
    return groups.filter { !told.contains($0) }
  }

  // MARK: Protection groups

  /// Why a protection group cannot have the datastores of its units.
  func refusal(of units: [StorageUnitID]) -> RecoveryFailure? {
    let wanted = units.flatMap { datastoresOfUnit[$0] ?? [] }
    for datastore in wanted {
      guard let group = assignments.grouping.group(of: datastore) else {
        return RecoveryFailure("datastore \(name(of: datastore)) is on no device that is known")
      }
      if assignments.owner(of: datastore) != nil {
        return RecoveryFailure("datastore \(name(of: datastore)) is in another protection group")
      }
      let others = assignments.grouping.groups[group].filter { !wanted.contains($0) }
      if let other = others.first {
        return RecoveryFailure(
          "datastore \(name(of: other)) fails over with \(name(of: datastore)) and must be in the protection group"
        )
      }
    }
    return nil
  }

  /// A protection group has these units from now on.
  ///
  /// - Precondition: Nothing stands in the way.
  mutating func assign(_ units: [StorageUnitID], to group: ProtectionGroupID) {
    hasNews = true
    for datastore in units.flatMap({ datastoresOfUnit[$0] ?? [] }) {
      guard let index = assignments.grouping.group(of: datastore) else {
        preconditionFailure("what is assigned is known")
      }
      do {
        try assignments.assign(group: index, to: group)
      } catch {
        preconditionFailure("what is assigned is free: \(error)")
      }
    }
  }

  /// A protection group was deleted.
  mutating func release(_ group: ProtectionGroupID) {
    hasNews = true
    assignments.releaseAll(of: group)
  }

  // MARK: Machines

  /// What is wrong with the storage of a machine of a protection group; `nil` for a machine on no array.
  func issues(of vm: VirtualMachineID, in group: ProtectionGroupID) -> [VMStorageIssue]? {
    positions[vm].map { assignments.issues(of: machines[$0], in: group) }
  }

  /// What is wrong with the datastores that fail over with that of a machine, although its own is in its protection group.
  func groupProblem(of vm: VirtualMachineID, in group: ProtectionGroupID) -> String? {
    guard let home = positions[vm].map({ machines[$0].home }),
      let index = assignments.grouping.group(of: home)
    else { return nil }
    for datastore in assignments.grouping.groups[index] where datastore != home {
      switch assignments.issue(of: datastore, for: group) {
      case .none: continue
      case .missingProtection:
        return "datastore \(name(of: datastore)) fails over with it and is in no protection group"
      case .conflict:
        return "datastore \(name(of: datastore)) fails over with it and is in another protection group"
      case .notReplicated: return "datastore \(name(of: datastore)) is not replicated"
      }
    }
    return nil
  }
}
