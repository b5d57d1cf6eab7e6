import Inventory
import Quantities
package import RecoveryCore
import ReplicationCore
package import Scenarios

/// Arrays as Site Recovery Manager sees them: devices that it discovers, and adapters that may not answer.
///
/// The arrays' own copying is that of ``StorageUnit``. What people change at an array is seen at the next discovery; until then
/// the server goes on with what it knows. A device that was put into another consistency group is copied at its own instants
/// still: that the array copies the group at one instant from then on is not modelled.
extension World {
  /// Devices are known when the run begins, or not at all.
  mutating func buildArrays(ofPair pair: Int) {
    conductors[pair].regroupDatastores()
    let hasArrays = conductors[pair].storage.contains { $0.hasArrays }
    conductors[pair].nextDiscovery = hasArrays ? now + conductors[pair].times.deviceDiscovery : nil
  }

  // MARK: - Discovery

  mutating func discoverDevices(
    of system: StorageSystemID, pair: Int, by actor: Scenario.Actor
  ) throws(RecoveryFailure) {
    guard let provider = conductors[pair].provider(of: system) else {
      preconditionFailure("the timeline names arrays of this pair")
    }
    let side = conductors[pair].storage[provider].sourceSide
    try conductors[pair].authorize(.discoverStorageDevices, from: side, needsRemoteSite: true, by: actor)
    try conductors[pair].discoverDevices(of: provider, at: now)
  }

  /// The time for another look at the devices has come: it is taken where both servers answer.
  mutating func discoverDueDevices(_ pair: Int) {
    guard let due = conductors[pair].nextDiscovery, due <= now else { return }
    conductors[pair].nextDiscovery = due + conductors[pair].times.deviceDiscovery
    guard conductors[pair].servers.reaches(.siteRecoveryManager) else { return }
    for provider in conductors[pair].storage.indices where conductors[pair].storage[provider].hasArrays {
      do throws(RecoveryFailure) {
        try conductors[pair].discoverDevices(of: provider, at: now)
      } catch {
        record.note(
          "array.discovery-failed", subject: conductors[pair].storage[provider].name, detail: error.text,
          at: now)
      }
    }
  }

  /// The adapters have answered, or not.
  mutating func endDiscovery(of provider: Int, isFirst: Bool, pair: Int) {
    let name = conductors[pair].storage[provider].name
    var failure = conductors[pair].adapterTimesOut ? conductors[pair].adapterTimeoutText : nil
    for side in PairSide.allCases where failure == nil {
      failure = conductors[pair].text(ofAdapterAt: side, provider)
      if !conductors[pair].answers(.siteRecoveryManager, at: side) {
        failure = "site \(conductors[pair].siteNames[side]) does not answer"
      }
    }
    if let failure {
      conductors[pair].storage[provider].discoveryFailed()
      return record.note("array.discovery-failed", subject: name, detail: failure, at: now)
    }
    let commands = (isFirst ? ArrayPair.discoveryCommands : []) + [.discoverDevices]
    for command in commands {
      for side in PairSide.allCases {
        record.note(
          "storage.command", subject: name,
          detail: "\(command.rawValue) at \(conductors[pair].siteNames[side])", at: now)
      }
    }
    conductors[pair].storage[provider].endDiscovery()
    conductors[pair].regroupDatastores()
    record.note(
      "array.discovered", subject: name,
      detail: "\(conductors[pair].storage[provider].groupedDevices.count) devices", at: now)
    if isFirst { tellStorageProvider(ofSystem: conductors[pair].storage[provider].system) }
    lookAtMachines(of: pair)
  }

  private mutating func tellStorageProvider(ofSystem system: Int) {
    for unit in storageUnits.indices where storageUnits[unit].description.system.index == system {
      tellStorageProvider(ofUnit: unit)
    }
  }

  /// Tells what became of datastore groups.
  mutating func tellDatastoreGroups(of pair: Int) {
    for group in conductors[pair].arrays.takeNews() {
      let names = group.datastores.map { conductors[pair].arrays.name(of: $0) }.joined(separator: ", ")
      record.note("datastore-group.status", subject: names, detail: group.status.rawValue, at: now)
    }
  }

  // MARK: - What is done at the arrays

  /// An administrator of an array puts a device into a consistency group, or takes it out of its own.
  mutating func changeDevice(
    _ device: Int, of system: StorageSystemID, to consistencyGroup: String?, pair: Int
  ) {
    guard let provider = conductors[pair].provider(of: system) else { return }
    conductors[pair].storage[provider].changeDevice(device, to: consistencyGroup)
    record.note(
      "device.changed", subject: conductors[pair].storage[provider].deviceName(device),
      detail: consistencyGroup.map { "in consistency group \($0)" } ?? "in no consistency group", at: now)
  }

  /// A device is replicated no longer: what is copied with it stops.
  mutating func removeDevice(_ device: Int, of system: StorageSystemID, entry: Int?, pair: Int) {
    guard let provider = conductors[pair].provider(of: system) else { return }
    let name = conductors[pair].storage[provider].deviceName(device)
    conductors[pair].storage[provider].removals.append((entry, device))
    record.note("device.removed", subject: name, at: now)
    guard let unit = unit(ofDevice: device, system) else { return }
    storageUnits[unit].removedDevices.append((entry, name))
    let failure = RecoveryFailure("device \(name) is not replicated")
    for wait in storageUnits[unit].waits { end(wait.ticket, failure) }
    storageUnits[unit].waits.removeAll()
    cancelStorageCopy(unit, reason: .targetLost)
    tellStorageFault(unit)
  }

  /// The device of an entry is replicated again.
  mutating func deviceReturned(_ device: Int, of system: StorageSystemID, entry: Int, pair: Int) {
    guard let provider = conductors[pair].provider(of: system) else { return }
    conductors[pair].storage[provider].removals.removeAll { $0.entry == entry }
    record.note(
      "device.returned", subject: conductors[pair].storage[provider].deviceName(device), at: now)
    guard let unit = unit(ofDevice: device, system) else { return }
    storageUnits[unit].removedDevices.removeAll { $0.entry == entry }
    tellStorageFault(unit)
  }

  /// What is copied with a device, by its position in the scenario.
  func unit(ofDevice device: Int, _ system: StorageSystemID) -> Int? {
    guard case .arrays(let devices) = scenario.storageSystems[system.index].kind else { return nil }
    let name = devices[device].consistencyGroup ?? devices[device].name
    return scenario.storageUnits.firstIndex { $0.system == system && $0.name == name }
  }

  mutating func failAdapter(
    of system: StorageSystemID, at side: PairSide, _ problem: Scenario.AdapterProblem, entry: Int?, pair: Int
  ) {
    guard let provider = conductors[pair].provider(of: system) else { return }
    conductors[pair].storage[provider].adapterProblems.append((entry, side, problem))
    adapterChanged(provider, at: side, pair: pair)
  }

  mutating func adapterReturned(of system: StorageSystemID, at side: PairSide, entry: Int, pair: Int) {
    guard let provider = conductors[pair].provider(of: system) else { return }
    conductors[pair].storage[provider].adapterProblems.removeAll { $0.entry == entry }
    adapterChanged(provider, at: side, pair: pair)
  }

  private mutating func adapterChanged(_ provider: Int, at side: PairSide, pair: Int) {
    conductors[pair].storage[provider].adapterChanged(at: side)
    guard let manager = conductors[pair].storage[provider].manager(at: side) else { return }
    record.note(
      "adapter.status", subject: conductors[pair].storage[provider].name,
      detail:
        "\(manager.adapter.rawValue), ping \(manager.ping.rawValue) at \(conductors[pair].siteNames[side])",
      at: now)
  }

  // MARK: - Inspection

  /// The datastores that fail over together, by name, and how they are spread over protection groups.
  package func datastoreGroups(
    of pair: RecoveryPairID
  ) -> [(datastores: [String], status: DatastoreGroupStatus)] {
    let arrays = conductors[pair.index].arrays
    return arrays.groups.map { group in
      (datastores: group.datastores.map { arrays.name(of: $0) }, status: group.status)
    }
  }

  /// How the array of a side is reached, by the name of its pair.
  package func arrayManager(_ name: String, of pair: RecoveryPairID, at side: PairSide) -> ArrayManager? {
    conductors[pair.index].storage.first { $0.name == name }?.manager(at: side)
  }

  /// The part that each known device of a pair of arrays plays, as the array of a side reports it.
  package func deviceStates(
    ofArrays name: String, in pair: RecoveryPairID, seenFrom side: PairSide
  ) -> [DeviceReplicationState] {
    conductors[pair.index].storage.first { $0.name == name }?.deviceStates(seenFrom: side) ?? []
  }
}
