package import Inventory
package import Quantities

extension Scenario {
  /// The replication of one virtual machine to another site.
  package struct Replication: Sendable, Hashable {
    /// Who decides when the next sync starts.
    package enum Policy: String, Sendable, Hashable, CaseIterable {
      /// The product's rule: as late as the estimate of the transfer allows, but by half the RPO.
      case vsphere
      /// One sync every RPO.
      case fixed
    }

    /// What the target holds when the run begins.
    package enum InitialSync: Sendable, Hashable {
      /// A complete instance, taken at instant zero.
      case done
      /// Copies of the disks of which the share `differing` of the extents is not current: a
      /// full sync compares everything and sends the differences.
      case seeded(differing: Ratio)
      /// Empty disks.
      case full
    }

    /// Whether the copies that a full sync starts from can be used as seeds.
    package enum Seed: String, Sendable, Hashable, CaseIterable {
      case fitting
      /// The chosen file belongs to a disk with another UUID.
      case otherUUID = "other-uuid"
      /// A file of the same name is there, and nobody chose it.
      case notChosen = "not-chosen"
    }

    /// What is brought to rest in the guest before an instance begins.
    package enum Quiescing: String, Sendable, Hashable, CaseIterable {
      case none
      case fileSystem = "file-system"
      case application
    }

    /// How many older instances are kept.
    package struct PointsInTime: Sendable, Hashable {
      package let perDay: Int
      package let days: Int
    }

    package let virtualMachine: VirtualMachineID
    /// The site of the replica; never the virtual machine's own.
    package let target: SiteID
    /// Where the replica is stored, at ``target``.
    package let datastore: DatastoreID
    package let rpo: TimeSpan
    package let policy: Policy
    /// What the estimate of the next transfer is multiplied with.
    package let safetyFactor: Ratio
    /// When the first sync starts; `nil` leaves it to the policy.
    package let firstSync: Instant?
    /// The replicated disks, as indices into the virtual machine's, ascending; never empty.
    package let disks: [Int]
    package let initialSync: InitialSync
    /// Whether data is compressed at the source host.
    package let isCompressed: Bool
    /// Whether data is encrypted on its way.
    package let isEncrypted: Bool
    package let quiescing: Quiescing
    /// `nil` keeps the latest instance only.
    package let pointsInTime: PointsInTime?
    /// The links it may use, the best one first; never empty.
    package let links: [LinkID]
    /// From the virtual machine's site to ``target``, on the first of ``links``.
    package let direction: Link.Direction
    /// How the replica is stored; `nil` on a datastore that is no vSAN.
    package let storagePolicy: StoragePolicy?
    /// Only matters where it starts from seeds.
    package internal(set) var seed = Seed.fitting
    /// The storage that copies the machine; `nil` where vSphere Replication does.
    ///
    /// Of a machine with such storage only its disks, places and links matter, and ``rpo`` is the interval of its copies.
    package internal(set) var storageUnit: StorageUnitID?

    /// The link that it uses while all are up.
    package var link: LinkID { links[0] }
  }
}
