import Inventory
import Quantities
import Scenarios

/// What the replicated disks of one machine take, and on which datastore: recoveries make machines of replicas and replicas
/// of machines.
struct MachineRoom: Sendable {
  /// Where the machine began, and what it took there.
  let origin: DatastoreID
  let original: ByteCount
  /// The machine that is replicated or was until it was recovered.
  private(set) var machine: (datastore: DatastoreID, size: ByteCount)
  /// Its replica, also while that is a machine of its own.
  private(set) var replica: DatastoreID
  /// Whether they ever changed places.
  private(set) var hasMoved = false
  /// What the disks of the recovered machine take; `nil` while it is replicated.
  private var recovered: ByteCount?

  init(_ replication: Scenario.Replication, in scenario: Scenario) {
    let description = scenario.inventory[replication.virtualMachine]
    origin = description.datastore
    original = replication.disks.reduce(.zero) { $0 + description.disks[$1].used }
    machine = (origin, original)
    replica = replication.datastore
  }

  var isRecovered: Bool { recovered != nil }

  /// Looks at the replica: once a recovered one is replicated, it is the machine, and the one before is its replica.
  mutating func saw(isRecovered: Bool, disks: ByteCount, _ configuration: ByteCount) {
    if isRecovered {
      // The files of its instances go with the replication.
      recovered = disks - configuration
    } else if let size = recovered {
      (machine, replica) = ((replica, size), machine.datastore)
      recovered = nil
      hasMoved = true
    }
  }
}
