import Quantities

/// What a scenario says of storage that copies by itself, with what is known of it.
struct PlannedStorage {
  struct System {
    enum Kind {
      case arrays(ArrayPairDraft)
      case virtualVolumes(FaultDomainDraft)
    }

    let kind: Kind
    let source: Int?
    let target: Int?
    /// The best one first; empty if none is known.
    let links: [Int]
    var devices: [Device] = []
  }

  struct Device {
    let draft: DeviceDraft
    let datastore: Int?
    let copy: Int?
  }

  struct Unit {
    let name: String
    let system: Int
    let position: Int
    /// The datastores on its devices; none for virtual volumes.
    var datastores: [Int] = []
    /// Positions in ``PlannedStorage/members``, ascending.
    var members: [Int] = []
    /// The protection group that has claimed it.
    var group: Int?
  }

  /// A machine that is replicated with its storage.
  struct Member {
    let machine: Int
    let unit: Int
    let copy: Int?
  }

  var systems: [System] = []
  var units: [Unit] = []
  var members: [Member] = []
  var memberOfMachine: [Int: Int] = [:]
  var unitOfDatastore: [Int: Int] = [:]
  /// The names of the devices, by the datastores that are their copies.
  var deviceOfCopy: [Int: String] = [:]
  var systemNames = NameTable("storage system")
  var groupNames = NameTable("replication group")
}
