import ClusterModels
import Inventory
import Quantities
import ReplicationCore
import ResourceModels
import SimulationKernel

/// A vSAN datastore as it is now: its cluster, what its devices are shared by, and the copies under way.
///
/// A class, since every message of a sync asks it something, and a value that large would be copied for each question. Nothing but its
/// datastore refers to it.
final class VSANState {
  let description: VSANDescription
  var cluster: VSANCluster
  /// What the devices of each host read and write, where that is limited; by the index in the description's hosts.
  let reads: [ResourceID]?
  let writes: [ResourceID]?
  /// What reads and writes of a host share beside.
  let shared: [ResourceID]?
  /// The objects of each virtual machine's disks, by the index of the machine; none for machines elsewhere.
  var machineObjects: [[VSANCluster.ObjectID]] = []
  /// The copies under way, oldest first.
  var copies: [(number: UInt64, flow: FlowID)] = []
  var timer: (due: Instant, token: EventToken)?
  /// The placement that accessibility and routes were last derived from.
  var followedVersion: UInt64 = 0
  /// The plan of which it was last looked at what is copied.
  var lookedVersion: UInt64?
  /// Whether it was last recorded that components are copied, and that some find no place.
  var isResyncing = false
  var hasUnplaced = false
  /// How many components had found no place for the limit of a host when that was last recorded.
  var notedLimit = 0
  var conditions = VSANConditionMeters()
  /// The disks of machines of which it was recorded that they are lost.
  var reportedLosses: [VSANCluster.ObjectID] = []
  /// Whether a look at it is scheduled for this instant.
  var isLookDue = false

  init(_ description: VSANDescription, in sharing: inout SharingSystem) {
    self.description = description
    var parameters = VSANParameters()
    parameters.repairDelay = description.repairDelay
    parameters.resyncsPerHost = description.resyncsPerHost
    parameters.componentsPerHost = description.componentsPerHost
    cluster = VSANCluster(
      hosts: description.faultDomains.map { .init(devices: description.deviceSizes, faultDomain: $0) },
      parameters: parameters)
    func resources(_ rate: DataRate?) -> [ResourceID]? {
      guard let rate else { return nil }
      return description.hosts.map { _ in
        sharing.addResource(capacity: TransportModel.capacity(rate.bytesPerSecond))
      }
    }
    reads = resources(description.readRate)
    writes = resources(description.writeRate)
    shared = resources(description.sharedRate)
  }

  /// The cluster's index of a host; `nil` if its devices are none of this datastore's.
  func index(of host: HostID) -> Int? { description.hosts.firstIndex(of: host) }

  /// What loads mean for the shared devices, `share` times.
  func uses(_ loads: [VSANCluster.Load], share: Double) -> [ResourceUse] {
    var uses: [ResourceUse] = []
    for load in loads {
      if let reads, load.reads > 0 { uses.append(ResourceUse(reads[load.host], factor: load.reads * share)) }
      if let writes, load.writes > 0 {
        uses.append(ResourceUse(writes[load.host], factor: load.writes * share))
      }
      let both = load.reads + load.writes
      if let shared, both > 0 { uses.append(ResourceUse(shared[load.host], factor: both * share)) }
    }
    return uses
  }
}

/// A file of a replica and the object that holds it.
struct PlacedFile {
  let name: ReplicaFile.Name
  let object: VSANCluster.ObjectID
}
