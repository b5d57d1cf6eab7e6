package import Inventory

extension ProtectedVM.Facts {
  /// Takes over what is wrong with the storage of a machine in an array-based group.
  ///
  /// Disks that are not replicated leave the machine *Device Not Found*, a home that is not makes it *Invalid*, and datastores
  /// outside its group are an error of the configuration. What stood there before is replaced.
  ///
  /// - Source: Inferred from the words of the statuses and the issues.
  ///
  /// - Parameter name: What people call a datastore.
  package mutating func storageChanged(
    _ issues: [VMStorageIssue], naming name: (DatastoreID) -> String = { "\($0.index)" }
  ) {
    isHomeReplicated = true
    unreplicatedDevices = []
    configuration = .ok
    for issue in issues {
      switch issue {
      case .vmHomeNotReplicated: isHomeReplicated = false
      case .datastoreNotReplicated(let datastore):
        unreplicatedDevices.append("disk on datastore \(name(datastore))")
      case .rawDisk(let disk), .nonDatastoreBacking(let disk): unreplicatedDevices.append("disk \(disk)")
      case .datastoreMissingProtection(let datastore):
        configuration = .error("datastore \(name(datastore)) is not in the protection group")
      case .datastoreProtectionConflict(let datastore):
        configuration = .error("datastore \(name(datastore)) is in another protection group")
      }
    }
  }
}
