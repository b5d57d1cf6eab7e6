import BlockStorage
import ClusterModels
import Inventory
import Quantities
import Workloads

/// A running (or stopped) virtual machine with the content of its replicated disks.
///
/// A virtual machine has several of these while it is tested or was recovered; see ``Role``.
struct Machine {
  /// Which of the copies of a virtual machine it is.
  enum Role {
    /// The one that people use: replicated, recovered, or before its first replication.
    case current
    /// Left behind by a recovery: off, cut off, or running beside the recovered one.
    case former
    /// It runs from a test image of the replica.
    case test
    /// Its disks were thrown away or are a replica now.
    case gone
  }

  enum Power: Hashable {
    case on
    /// Shut down by the timeline or by a plan.
    case off
    /// Set aside with its memory.
    case suspended
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
    /// How many times its extents have doubled since its workloads were set up, which go on in the smaller ones.
    var extentDoublings = 0
    /// Whether the machine has lost it; the replication keeps it until it is configured again.
    var isRemoved = false
    /// The extents that were written to, the used ones of the beginning among them; `nil` where room is no matter, and of
    /// disks that are or were a replica.
    var allocation: DirtyBitmap?
    /// What it takes on its datastore, without copies and parity.
    var space = ByteCount.zero

    mutating func nextTag() -> UInt64 {
      tag += 1
      return tag
    }

    /// The bit of a tag that says that what was written is encrypted, which compression cannot shrink.
    static let encryptedTagBit: UInt64 = 1 << 39

    mutating func nextEncryptedTag() -> UInt64 { nextTag() | Self.encryptedTagBit }
  }

  let id: VirtualMachineID
  var role = Role.current
  let site: SiteID
  /// Where its replicated disks are.
  let datastore: DatastoreID
  var host: HostID
  /// Its place in the cluster of its site; `nil` where that is not looked at in detail.
  var place: ComputeState.Place?
  /// Whether it is in the inventory of its site, so that it can be powered on.
  var isRegistered = true
  /// Whether somebody deleted it for good; what its storage holds is still copied back over.
  var isDeleted = false
  /// Its replicated disks on a vSAN datastore; none on a plain one.
  var objects: [VSANCluster.ObjectID] = []
  /// What its replicated disks take on its datastore, as long as they are not counted as a replica.
  var space = ByteCount.zero
  /// How much of that its guest's writes have added since the beginning.
  var growth = ByteCount.zero
  /// What its guest needs to go on, where it found no room for a write.
  var awaitedRoom: ByteCount?
  var power = Power.on
  /// The replicated disks only: what is not replicated does not matter to any result.
  var disks: [Disk]
  /// What the disks hold, in the same order.
  var contents: [ExtentStore]
  /// The disks as they were at the latest snapshot.
  var snapshot: [ExtentStore]?
  /// Whether it was recorded that its datastore took nothing of what it wrote in a test.
  var hasRefusedWrites = false
  /// Of each disk, what was written since the storage beneath copied it, or since it was recovered with state files for its way
  /// back; none where nobody keeps that.
  var keptChanges: [DirtyBitmap] = []
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
  /// When it was last on, or was made; `nil` if it has been there from the beginning and never stopped.
  var stoppedAt: Instant?
  /// Who waits for the first heartbeat of its guest, and for it to be off.
  var toolsWaits: [RecoveryTicket] = []
  var stopWaits: [RecoveryTicket] = []
  /// The settings that a plan is writing into its guest.
  var customization: GuestCustomization?

  /// The machine's replication, as an index; machines without one are not simulated.
  let replication: Int

  var isOn: Bool { power == .on }
}
