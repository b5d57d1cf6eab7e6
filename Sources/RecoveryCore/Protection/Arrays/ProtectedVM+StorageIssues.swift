import Inventory

extension ProtectedVM.Facts {
  /// Takes over what is wrong with the storage of a machine in an array-based group.
  ///
  /// Disks that are not replicated leave the machine *Device Not Found*, a home that is not makes it *Invalid*, and datastores
  /// outside its group are an error of the configuration. What stood there before is replaced.
  ///
  /// - Source: Inferred from the words of the statuses and the issues.
  package mutating func storageChanged(_ issues: [VMStorageIssue]) {
    isHomeReplicated = true
    unreplicatedDevices = []
    configuration = .ok
    for issue in issues {
      switch issue {
      case .vmHomeNotReplicated: isHomeReplicated = false
      case .datastoreNotReplicated(let datastore):
        unreplicatedDevices.append("disk on datastore \(datastore.index)")
      case .rawDisk(let disk), .nonDatastoreBacking(let disk): unreplicatedDevices.append("disk \(disk)")
      case .datastoreMissingProtection(let datastore):
        configuration = .error("datastore \(datastore.index) is not in the protection group")
      case .datastoreProtectionConflict(let datastore):
        configuration = .error("datastore \(datastore.index) is in another protection group")
      }
    }
  }
}
