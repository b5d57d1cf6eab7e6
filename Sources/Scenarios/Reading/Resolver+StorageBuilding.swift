import Inventory
import Quantities
import RecoveryCore

/// Builds what was read of storage that copies by itself.
extension Resolver {
  func buildStorageSystems() -> [Scenario.StorageSystem] {
    storage.systems.map { system in
      let source = SiteID(checked(system.source))
      let target = SiteID(checked(system.target))
      let links = system.links.map { LinkID($0) }
      return switch system.kind {
      case .arrays(let pair):
        Scenario.StorageSystem(
          name: pair.name.value,
          kind: .arrays(
            system.devices.map { device in
              StorageDevice(
                name: device.draft.name.value, peerName: device.draft.name.value,
                consistencyGroup: device.draft.consistencyGroup.known,
                datastores: [DatastoreID(checked(device.datastore))])
            }), source: source, target: target,
          mode: pair.mode.value == .synchronous ? .synchronous : .periodic(every: pair.every.value),
          pointInTimeCount: 1, links: links, isDiscovered: pair.isDiscovered.known ?? true)
      case .virtualVolumes(let domain):
        Scenario.StorageSystem(
          name: domain.name.value, kind: .virtualVolumes, source: source, target: target,
          mode: .periodic(every: domain.every.value), pointInTimeCount: domain.pointsInTime.value,
          links: links, isDiscovered: true)
      }
    }
  }

  func buildStorageUnits() -> [Scenario.StorageUnit] {
    storage.units.map { unit in
      Scenario.StorageUnit(
        name: unit.name, system: StorageSystemID(unit.system), position: unit.position,
        members: unit.members.map { ReplicationID(replications.count + $0) })
    }
  }

  /// The machines that are replicated with their storage, as replications of which vSphere Replication knows nothing.
  func buildStorageReplications() -> [Scenario.Replication] {
    storage.members.map { member in
      let system = storage.systems[storage.units[member.unit].system]
      let target = checked(system.target)
      let link = checked(system.links.first)
      let interval: TimeSpan =
        switch system.kind {
        case .arrays(let pair): pair.every.known ?? .minutes(1)
        case .virtualVolumes(let domain): domain.every.value
        }
      var replication = Scenario.Replication(
        virtualMachine: VirtualMachineID(member.machine), target: SiteID(target),
        datastore: DatastoreID(checked(member.copy)), rpo: interval, policy: .fixed, safetyFactor: .one,
        firstSync: nil, disks: Array(machines[member.machine].draft.disks.value.indices), initialSync: .done,
        isCompressed: false, isEncrypted: false, quiescing: .none, pointsInTime: nil,
        links: system.links.map { LinkID($0) },
        direction: checked(linkEnds[link])[1] == target ? .forward : .backward, storagePolicy: nil)
      replication.storageUnit = StorageUnitID(member.unit)
      return replication
    }
  }
}
