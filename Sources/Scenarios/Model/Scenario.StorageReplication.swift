package import Inventory
package import Quantities
package import RecoveryCore

package typealias StorageSystemID = Identifier<Scenario.StorageSystem>
package typealias StorageUnitID = Identifier<Scenario.StorageUnit>

extension Scenario {
  /// Storage that copies by itself from one site to the other: a pair of arrays or of fault domains.
  package struct StorageSystem: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
      /// With the devices in the order of the file.
      case arrays([StorageDevice])
      case virtualVolumes
    }

    /// When changes are copied.
    package enum Mode: Sendable, Hashable {
      /// Each write is at both sites before it is acknowledged.
      case synchronous
      /// At each multiple of the interval, from the start of the run.
      case periodic(every: TimeSpan)
    }

    package let name: String
    package let kind: Kind
    /// Where the data is written when the run begins.
    package let source: SiteID
    package let target: SiteID
    package let mode: Mode
    /// How many complete copies are kept; 1 for arrays.
    package let pointInTimeCount: Int
    /// The links it may use, the best one first; never empty.
    package let links: [LinkID]
    /// Whether Site Recovery Manager knows the devices when the run begins; always of virtual volumes.
    package let isDiscovered: Bool
  }

  /// What is copied and fails over as one: a consistency group of devices, a device by itself, or a replication group of virtual
  /// volumes.
  package struct StorageUnit: Sendable, Hashable {
    package let name: String
    package let system: StorageSystemID
    /// Its number among the units of its system.
    package let position: Int
    /// The replications of its machines, ascending; empty for a device without machines.
    package let members: [ReplicationID]
  }
}
