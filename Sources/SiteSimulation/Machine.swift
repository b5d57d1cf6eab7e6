import BlockStorage
import Inventory
import Quantities
import Workloads

/// A running (or stopped) virtual machine with the content of its replicated disks.
struct Machine {
  enum Power {
    case on
    /// Shut down by the timeline.
    case off
    /// Its host failed; vSphere HA starts it again on another one.
    case failed
    /// It is to run, and no host of its site does.
    case waitingForHost
  }

  struct Disk {
    let name: String
    var size: ByteCount
    /// What the guest writes, or `nil` if nothing writes to this disk.
    var writes: WriteStream?
    /// What ransomware writes beside it, at a pace of its own.
    var attack: WriteStream?
    /// How the pace of its workload changes by itself.
    var pace: WorkloadPace?
    /// The disk's number in the upper bits, the number of the latest write in the lower: no two
    /// writes of a run leave the same tag.
    var tag: UInt64

    mutating func nextTag() -> UInt64 {
      tag += 1
      return tag
    }
  }

  let id: VirtualMachineID
  var host: HostID
  var power = Power.on
  /// The replicated disks only: what is not replicated does not matter to any result.
  var disks: [Disk]
  /// What the disks hold, in the same order.
  var contents: [ExtentStore]
  /// The disks as they were at the latest snapshot.
  var snapshot: [ExtentStore]?
  /// Disks that the replication does not know yet.
  var addedDisks: [(name: String, geometry: ExtentGeometry)] = []
  /// Where it moves to.
  var destination: HostID?
  /// Which move is the latest one begun.
  var migrationStamp: UInt64 = 0
  /// Whether it is to start as soon as no offline instance locks it.
  var awaitsUnlock = false
  /// What its guest waited for copies into the demand log.
  var delays = GuestDelays()
  /// Whether an object of its disks is out of reach on a vSAN datastore.
  var isStalled = false
  /// Whether components of its disks on a vSAN datastore miss what it writes.
  var isMissed = false
  /// Which restart is the latest one scheduled.
  var restartStamp: UInt64 = 0
  var guest = GuestState()
  var availability = AvailabilityCount()
  /// Which change of pace is the latest one waited for.
  var paceStamp: UInt64 = 0
  /// What the timeline has put in force on it.
  var shutdowns = ActiveEntries<Void>()
  var scales = ActiveEntries<Ratio>()
  /// Up to when the guest's writes are on the disks.
  var writtenUntil = Instant.zero
  /// The machine's replication, as an index; machines without one are not simulated.
  let replication: Int
}
