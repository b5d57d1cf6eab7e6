/// Storage that copies machines by itself.
extension WorldDraft {
  /// What is copied as one: a device or a consistency group of devices, or a replication group of virtual volumes.
  package struct StorageUnit: Sendable, Hashable {
    /// Of the consistency group or the replication group, and of the device where it is by itself.
    package let name: String
    /// The datastores on its devices with those that their copies become; of virtual volumes the one that they are copied to.
    package var devices: [(datastore: String, copy: String)] {
      get { zip(datastores, copies).map { ($0, $1) } }
      set { (datastores, copies) = (newValue.map(\.datastore), newValue.map(\.copy)) }
    }
    private var datastores: [String] = []
    private var copies: [String] = []
    /// The names of its machines.
    package var machines: [String]

    package init(name: String, devices: [(datastore: String, copy: String)], machines: [String]) {
      self.name = name
      self.machines = machines
      self.devices = devices
    }
  }

  /// A pair of arrays or of fault domains.
  package struct StorageSystem: Sendable, Hashable {
    package let isOfArrays: Bool
    package let from: String
    package let to: String
    /// All that is said of it but its units and its sites.
    package var settings: ScenarioObject
    package var units: [StorageUnit]

    package var machines: [String] { units.flatMap(\.machines) }

    var object: ScenarioObject {
      var object = settings
      object["from"] = quoted(from)
      object["to"] = quoted(to)
      let parts = isOfArrays ? units.flatMap(devices) : units.map(replicationGroup)
      object[isOfArrays ? "devices" : "replicationGroups"] =
        "[" + parts.map(\.text).joined(separator: ", ") + "]"
      return object
    }

    private func devices(of unit: StorageUnit) -> [ScenarioObject] {
      unit.devices.map { device in
        var object = ScenarioObject([
          "name": quoted("device-\(device.datastore)"), "datastore": quoted(device.datastore),
          "copy": quoted(device.copy),
        ])
        if unit.devices.count > 1 { object["consistencyGroup"] = quoted(unit.name) }
        return object
      }
    }

    private func replicationGroup(_ unit: StorageUnit) -> ScenarioObject {
      ScenarioObject([
        "name": quoted(unit.name), "vms": WorldDraft.names(unit.machines),
        "datastore": quoted(unit.devices.first?.copy ?? ""),
      ])
    }
  }

  /// Takes a machine out of what copies it; a unit of virtual volumes goes with its last one.
  mutating func removeFromStorage(machine: String) {
    for system in storageSystems.indices {
      for unit in storageSystems[system].units.indices {
        storageSystems[system].units[unit].machines.removeAll { $0 == machine }
      }
      guard !storageSystems[system].isOfArrays else { continue }
      let empty = storageSystems[system].units.filter(\.machines.isEmpty)
      if !empty.isEmpty { removeGroups(ofUnits: empty) }
      storageSystems[system].units.removeAll(where: \.machines.isEmpty)
    }
    storageSystems.removeAll(where: \.units.isEmpty)
  }

  /// Takes the protection groups of units away.
  mutating func removeGroups(ofUnits units: [StorageUnit]) {
    let names = units.map(\.name) + units.flatMap { $0.devices.map(\.datastore) }
    let gone = groups.filter { group in
      (group.datastores + group.replicationGroups).contains { names.contains($0) }
    }.map(\.name)
    groups.removeAll { gone.contains($0.name) }
    for plan in plans.indices { plans[plan].groups.removeAll { gone.contains($0) } }
  }

  /// The storage that copies a machine.
  package func storageSystem(of machine: String) -> StorageSystem? {
    storageSystems.first { $0.machines.contains(machine) }
  }

  /// Where a machine is replicated to, by whatever; `nil` if it is not.
  package func target(of machine: String) -> String? {
    let replication = machines.first { $0.name == machine }?.replication
    return replication?.word("to") ?? storageSystem(of: machine)?.to
  }
}
