import Inventory
import RecoveryCore
import Testing

@Suite struct DatastoreAssignmentsTests {
  private func ds(_ index: Int) -> DatastoreID { DatastoreID(index) }
  private let one = ProtectionGroupID(1)
  private let two = ProtectionGroupID(2)

  /// Four devices with a datastore each.
  private let devices = (0..<4).map {
    StorageDevice(
      name: "lun\($0)", peerName: "p", datastores: [DatastoreID($0)], rawDisks: $0 == 3 ? ["rdm"] : [])
  }

  private func grouping(_ vms: [VMStorage] = []) -> DatastoreGrouping {
    DatastoreGrouping(devices: devices, vms: vms)
  }

  @Test
  func `A datastore group passes from unassigned to complete, and by a new disk to incomplete or split`()
    throws
  {
    var assignments = DatastoreAssignments(grouping: grouping(), devices: devices)
    #expect(assignments.status(ofGroup: 0) == .unassigned)
    try assignments.assign(group: 0, to: one)
    #expect(assignments.status(ofGroup: 0) == .complete)
    #expect(assignments.protectionGroups(ofGroup: 0) == [one])

    // A machine on datastore 0 gets a disk on datastore 1, which is in no protection group.
    let spanning = VMStorage(vm: VirtualMachineID(0), home: ds(0), disks: [.file(ds(1))])
    let incomplete = assignments.regrouped(grouping([spanning]), devices: devices)
    #expect(incomplete.status(ofGroup: 0) == .incomplete)
    #expect(incomplete.protectionGroups(ofGroup: 0) == [one])
    #expect(incomplete.issue(of: ds(0), for: one) == .none)
    #expect(incomplete.issue(of: ds(1), for: one) == .missingProtection)

    // Or on one that another protection group has.
    try assignments.assign(group: 1, to: two)
    var split = assignments.regrouped(grouping([spanning]), devices: devices)
    #expect(split.status(ofGroup: 0) == .split)
    #expect(split.protectionGroups(ofGroup: 0) == [one, two])
    #expect(split.issue(of: ds(1), for: one) == .conflict)
    #expect(split.issue(of: ds(0), for: two) == .conflict)
    #expect(split.issue(of: ds(9), for: two) == .notReplicated)
    #expect(throws: DatastoreRefusal.conflict(ds(1), two)) { try split.assign(group: 0, to: one) }
    try split.release(group: 0, from: two)
    #expect(split.status(ofGroup: 0) == .incomplete)
    try split.assign(group: 0, to: one)
    #expect(split.status(ofGroup: 0) == .complete)
    #expect(throws: DatastoreRefusal.noSuchGroup) { try split.assign(group: 7, to: one) }
  }

  @Test func `Each kind of issue of a machine's storage has its name`() throws {
    var assignments = DatastoreAssignments(grouping: grouping(), devices: devices)
    try assignments.assign(group: 0, to: one)
    try assignments.assign(group: 1, to: two)
    let vm = VMStorage(
      vm: VirtualMachineID(0), home: ds(0),
      disks: [
        .file(ds(0)), .file(ds(1)), .file(ds(2)), .file(ds(9)), .file(ds(9)), .raw("rdm"), .raw("other"),
        .other,
      ])
    #expect(
      assignments.issues(of: vm, in: one) == [
        .datastoreProtectionConflict(ds(1)), .datastoreMissingProtection(ds(2)),
        .datastoreNotReplicated(ds(9)),
        .rawDisk(disk: 6), .nonDatastoreBacking(disk: 7),
      ])
    let homeless = VMStorage(vm: VirtualMachineID(1), home: ds(9), disks: [])
    #expect(assignments.issues(of: homeless, in: one).map(\.word) == ["VM_HOME_NOT_REPLICATED"])
  }

  @Test func `Issues of its storage show in the status of a machine`() {
    func status(_ issues: VMStorageIssue...) -> MemberStatus? {
      let sites = TwoSites()
      var groups = ProtectionGroups()
      var facts = ProtectedVM.Facts()
      facts.storageChanged([.vmHomeNotReplicated(ds(0)), .rawDisk(disk: 0)])
      facts.storageChanged(issues)
      let vm = VirtualMachineID(0)
      do {
        let id = try groups.create(ProtectionGroup(name: "PG", replicationType: .arrayBased))
        try groups.add([(vm, sites.first.location)], to: id)
        _ = try groups.configureAll(id, mappings: sites.mapped())
      } catch {
        return nil
      }
      groups.placeholderCreated(for: vm)
      groups.factsChanged(facts, for: vm)
      return groups.status(of: vm)
    }
    #expect(status() == .ok)
    #expect(status(.vmHomeNotReplicated(ds(9))) == .invalid)
    #expect(status(.datastoreNotReplicated(ds(9))) == .deviceNotFound)
    #expect(status(.nonDatastoreBacking(disk: 2)) == .deviceNotFound)
    #expect(status(.datastoreMissingProtection(ds(1))) == .arrayConfigurationError)
    #expect(status(.datastoreProtectionConflict(ds(1))) == .arrayConfigurationError)
  }
}
