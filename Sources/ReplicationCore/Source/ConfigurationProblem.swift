package import BlockStorage

/// Why a replication is in error until an administrator configures it again.
///
/// - Source: VMware, vSphere Replication documentation, "Possible replication problems".
package enum ConfigurationProblem: String, Error, Sendable, Hashable, CaseIterable {
  /// The virtual machine has a disk that nobody said whether to replicate.
  case diskAdded
  /// A replicated disk is gone from the virtual machine (*inferred*, as for one that was added).
  case diskRemoved
  /// The disk chosen as seed has another UUID than the disk to replicate.
  case seedUUIDDiffers
  /// A disk of the same name exists at the target and was not chosen as seed.
  case nameTakenWithoutSeed
}

/// A disk file found at the target where the replica would be placed.
package struct SeedCandidate: Sendable, Hashable {
  package let fileName: String
  package let uuid: String
  /// Whether the administrator chose it as seed.
  package let isChosen: Bool

  package init(fileName: String, uuid: String, isChosen: Bool) {
    (self.fileName, self.uuid, self.isChosen) = (fileName, uuid, isChosen)
  }

  /// - Throws: What is wrong with replicating the disk `fileName` with `uuid` to where this file lies.
  /// - Returns: Whether the file serves as seed; if not, it is in nobody's way.
  package func check(fileName: String, uuid: String) throws(ConfigurationProblem) -> Bool {
    if isChosen {
      guard self.uuid == uuid else { throw .seedUUIDDiffers }
      return true
    }
    guard self.fileName != fileName else { throw .nameTakenWithoutSeed }
    return false
  }
}

/// A disk of a new configuration of a replication.
package enum ConfiguredDisk: Sendable, Hashable {
  /// The disk that had this index before.
  case kept(Int)
  /// A disk that was not replicated before; it is compared in full.
  case added(ExtentGeometry)
}
