package import Inventory

/// How the datastores of one datastore group are spread over protection groups.
package enum DatastoreGroupStatus: String, Sendable, Hashable, CaseIterable {
  /// None is in a protection group.
  case unassigned = "UNASSIGNED"
  /// All are in the same one.
  case complete = "COMPLETE"
  /// Some are in one protection group, and the others in none.
  case incomplete = "INCOMPLETE"
  /// They are in several.
  case split = "SPLIT"
}

/// What is wrong with a datastore of a protection group.
package enum DatastoreIssue: String, Sendable, Hashable, CaseIterable {
  case none = "NONE"
  /// It must be added to the protection group.
  case missingProtection = "MISSING_PROTECTION"
  /// It would have to be added but is in another protection group.
  case conflict = "CONFLICT"
  case notReplicated = "NOT_REPLICATED"
}

/// What is wrong with the storage of a machine in an array-based protection group.
package enum VMStorageIssue: Sendable, Hashable {
  /// A disk is on a replicated datastore outside the protection group.
  case datastoreMissingProtection(DatastoreID)
  /// A disk is on a replicated datastore of another protection group.
  case datastoreProtectionConflict(DatastoreID)
  /// A disk, but not the home, is on a datastore that is not replicated.
  case datastoreNotReplicated(DatastoreID)
  case vmHomeNotReplicated(DatastoreID)
  /// A disk is a raw device that is not replicated.
  case rawDisk(disk: Int)
  /// A disk is not on a datastore.
  case nonDatastoreBacking(disk: Int)

  /// The word of the interface.
  package var word: String {
    switch self {
    case .datastoreMissingProtection: "DATASTORE_MISSING_PROTECTION"
    case .datastoreProtectionConflict: "DATASTORE_PROTECTION_CONFLICT"
    case .datastoreNotReplicated: "DATASTORE_NOT_REPLICATED"
    case .vmHomeNotReplicated: "VM_HOME_NOT_REPLICATED"
    case .rawDisk: "VM_DEVICE_USING_RDM_BACKING"
    case .nonDatastoreBacking: "VM_DEVICE_USING_NON_DATASTORE_BACKING"
    }
  }
}

/// Which datastores are in which array-based protection group, and what follows.
package struct DatastoreAssignments: Sendable, Hashable {
  package let grouping: DatastoreGrouping
  /// Raw disks that are replicated, in ascending order.
  private let replicatedRawDisks: [String]
  /// By datastore.
  private var owners: [ProtectionGroupID?] = []

  package init(grouping: DatastoreGrouping, devices: [StorageDevice]) {
    self.grouping = grouping
    replicatedRawDisks = devices.flatMap(\.rawDisks).sorted()
  }

  package func owner(of datastore: DatastoreID) -> ProtectionGroupID? {
    owners.indices.contains(datastore.index) ? owners[datastore.index] : nil
  }

  /// Puts a whole datastore group into a protection group, as the product offers it.
  ///
  /// - Throws: The first datastore that stands in the way; nothing has changed then.
  package mutating func assign(group index: Int, to owner: ProtectionGroupID) throws(DatastoreRefusal) {
    guard grouping.groups.indices.contains(index) else { throw .noSuchGroup }
    for datastore in grouping.groups[index] {
      if let other = self.owner(of: datastore), other != owner { throw .conflict(datastore, other) }
    }
    for datastore in grouping.groups[index] { setOwner(owner, of: datastore) }
  }

  /// Takes all datastores of a datastore group out of a protection group.
  package mutating func release(group index: Int, from owner: ProtectionGroupID) throws(DatastoreRefusal) {
    guard grouping.groups.indices.contains(index) else { throw .noSuchGroup }
    for datastore in grouping.groups[index] where self.owner(of: datastore) == owner {
      setOwner(nil, of: datastore)
    }
  }

  /// Takes all datastores out of a protection group that is deleted, also those that are not replicated any more.
  package mutating func releaseAll(of owner: ProtectionGroupID) {
    for index in owners.indices where owners[index] == owner { owners[index] = nil }
  }

  /// Carries the assignments over to a grouping made anew after machines or devices have changed.
  ///
  /// This is how a group that was complete becomes incomplete or split.
  package func regrouped(_ grouping: DatastoreGrouping, devices: [StorageDevice]) -> DatastoreAssignments {
    var next = DatastoreAssignments(grouping: grouping, devices: devices)
    next.owners = owners
    return next
  }

  private mutating func setOwner(_ owner: ProtectionGroupID?, of datastore: DatastoreID) {
    while owners.count <= datastore.index { owners.append(nil) }
    owners[datastore.index] = owner
  }

  /// The protection groups that have datastores of a datastore group, in ascending order: none if it is unassigned, one if
  /// it is complete or incomplete, at least two if it is split.
  package func protectionGroups(ofGroup index: Int) -> [ProtectionGroupID] {
    var found: [ProtectionGroupID] = []
    for owner in grouping.groups[index].compactMap({ owner(of: $0) }).sorted() where found.last != owner {
      found.append(owner)
    }
    return found
  }

  package func status(ofGroup index: Int) -> DatastoreGroupStatus {
    switch protectionGroups(ofGroup: index).count {
    case 0: .unassigned
    case 1: grouping.groups[index].allSatisfy { owner(of: $0) != nil } ? .complete : .incomplete
    default: .split
    }
  }

  /// What is wrong with a datastore from the point of view of one protection group.
  package func issue(of datastore: DatastoreID, for group: ProtectionGroupID) -> DatastoreIssue {
    guard let index = grouping.group(of: datastore) else { return .notReplicated }
    guard owner(of: datastore) != group, protectionGroups(ofGroup: index).contains(group) else {
      return .none
    }
    return owner(of: datastore) == nil ? .missingProtection : .conflict
  }

  /// What is wrong with the storage of a machine of a protection group: its home, then its disks in their order.
  package func issues(of vm: VMStorage, in group: ProtectionGroupID) -> [VMStorageIssue] {
    var issues: [VMStorageIssue] = []
    func check(_ datastore: DatastoreID, isHome: Bool) {
      let issue: VMStorageIssue
      if !grouping.isReplicated(datastore) {
        issue = isHome ? .vmHomeNotReplicated(datastore) : .datastoreNotReplicated(datastore)
      } else if let owner = owner(of: datastore) {
        guard owner != group else { return }
        issue = .datastoreProtectionConflict(datastore)
      } else {
        issue = .datastoreMissingProtection(datastore)
      }
      if !issues.contains(issue) { issues.append(issue) }
    }
    check(vm.home, isHome: true)
    for (index, disk) in vm.disks.enumerated() {
      switch disk {
      case .file(let datastore): if datastore != vm.home { check(datastore, isHome: false) }
      case .raw(let name): if !replicatedRawDisks.contains(name) { issues.append(.rawDisk(disk: index)) }
      case .other: issues.append(.nonDatastoreBacking(disk: index))
      }
    }
    return issues
  }
}

/// Why datastores cannot be put into a protection group.
package enum DatastoreRefusal: Error, Sendable, Hashable {
  case noSuchGroup
  case conflict(DatastoreID, ProtectionGroupID)
}
