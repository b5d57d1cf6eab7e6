import BlockStorage
import Inventory
import Measurements
import Quantities
import RandomStreams
import ReplicationCore
import ResourceModels
import Scenarios
import SimulationKernel

/// One replication of the world: both cores, what connects them, and what they did.
///
/// When its replica was recovered it is over, until it is reversed: the same run goes on with a source and a replica that
/// changed sites. What tells events that are still wanted from those that are not (sessions, stamps, rounds) rises for as long as it exists.
struct ReplicationRun {
  enum Life {
    /// Not configured yet, or removed.
    case absent
    case replicating
    /// Storage copies the machine's disks by itself; source and replica have nothing to do.
    case byStorage
    /// The replica is a machine of its own.
    case recovered
  }

  let machine: VirtualMachineID
  /// The storage that copies its machine by itself, as an index; `nil` where vSphere Replication does.
  let storageUnit: Int?
  var life = Life.replicating
  /// The machine's place in the world: of its copies the one that people use.
  var machineIndex: Int
  /// The copy that a recovery left behind at the other site.
  var formerCopy: Int?
  /// Since when that copy has been on after the recovery, and what its guest had written by then; `nil` while it is not.
  var staleSpan: (since: Instant, written: ByteCount)?
  /// The copy that runs from a test image.
  var testCopy: Int?
  /// Who waits for an instance, and from when on it must have been taken.
  var syncWaits: [(ticket: RecoveryTicket, since: Instant)] = []
  /// The point in time that its recovered machine began with.
  var recoveredInstance: Instant?
  /// What its recovery has prepared for the way back, if anything.
  var preparedReprotect: PreparedReprotect?
  /// How often it was recovered and tested; names the luck of each copy.
  var recoveryCount = 0
  /// Whether somebody deleted the machine that its last recovery left behind.
  var isOriginalDeleted = false
  var testCount = 0
  /// What each instance that can be recovered must hold, oldest first.
  var certificates: [InstanceCertificate] = []
  /// Of each replicated disk.
  var extentSizes: [ByteCount]
  /// The link that carries it now.
  var link: LinkID
  var direction: Link.Direction
  /// The links it may use, the best one first.
  let links: [LinkID]
  /// The link that routing is about to change to.
  var nextLink: LinkID?
  /// Tells the change of links that is awaited from those that no longer are.
  var linkStamp: UInt64 = 0
  var target: SiteID
  var datastore: DatastoreID
  /// How the replica is stored; `nil` on a datastore that is no vSAN.
  var storagePolicy: StoragePolicy?
  /// The server that receives, or `nil` where the product has none.
  var server: ReplicationServerID?
  /// The host that writes the replica; `nil` from its failure until another one is chosen.
  var host: HostID?
  /// Where rebalancing will move it when its sync has ended.
  var nextHost: HostID?
  /// Whether the failure of its host was noticed, and none has taken its place yet.
  var isHostWanted = false
  /// Tells the latest failure of its host from those before.
  var hostStamp: UInt64 = 0
  /// What a transfer uses before its links, and behind the servers and hosts of the target.
  var routeEnds: (first: [ResourceUse], last: [ResourceUse])
  /// What the schedule of its host was last told that it can do.
  var toldActivity: HostSchedule.Activity?
  /// The host whose schedule it is in.
  var scheduledHost: HostID?
  /// The contexts it holds, and of which host.
  var contexts: (host: HostID, count: Int)?
  /// The host in whose queue for contexts it waits.
  var waitsAt: HostID?
  var source: ReplicationSource
  var replica: ReplicationTarget
  /// The files of source and replica, where the scenario keeps them as files.
  var files: ReplicationFiles?
  /// The session of the source that the streams belong to.
  var session: UInt64 = 0
  /// Indexed by ``StreamSide``.
  private var streams: [TransferStream]
  /// Messages under way, oldest first.
  var toTarget: [SourceMessage] = []
  var toSource: [TargetMessage] = []
  /// Messages without content that wait for their path to return, oldest first.
  var stalledControls: [StreamSide] = []
  /// Compare requests whose regions are being read on both sides, oldest first.
  var comparing: [(flow: FlowID, request: CompareRequest)] = []
  /// The merges under way.
  var merges: [(flow: FlowID, merge: ReplicationTarget.Merge)] = []
  /// What a session left undelivered, where that defect is planted.
  var stale: SourceMessage?
  /// Messages that arrived and wait until the target's datastore has room, oldest first.
  var refused: [SourceMessage] = []
  /// Whether it was recorded that the target's datastore lacks room.
  var hasShortage = false
  /// What the replica takes on its datastore, as last counted.
  var space = ByteCount.zero { didSet { spacePeak = max(spacePeak, space) } }
  private(set) var spacePeak = ByteCount.zero
  /// What its demand log takes on the datastore of its machine, as last counted.
  var demandLogSpace = ByteCount.zero
  /// The replica's files on a vSAN datastore, ascending by name; none on a plain one.
  var placedFiles: [PlacedFile] = []
  /// Whether all of them can be reached.
  var isStorageAccessible = true
  /// Whether bit rot took content that only a full sync can bring back, and none has yet.
  var hasLostContent = false
  /// What its transfer is carrying now.
  var carried = CarriedContent.nothing
  /// Whether it was moved to a server that has not opened the replica yet.
  var isMoving = false
  /// Whether an administrator's new configuration is being applied.
  var isConfiguring = false
  /// Tells the latest move and the latest configuration from those before.
  var moveStamp: UInt64 = 0
  var configurationStamp: UInt64 = 0
  /// The timeline entry whose test runs on an image of the replica.
  var test: Int?
  /// Which change of a disk's size is the latest.
  var resizeStamp: UInt64 = 0
  /// The disks with something left to send in the sync under way, or of the last one that had any.
  var sendingDisks: [Int] = []
  /// Where merges take their share.
  var mergeRoute: RouteID
  /// The timer for the source's deadline.
  var timer: (due: Instant, token: EventToken)?
  var lag: LagTrack
  /// What the product's interface tells about it.
  var report: ReplicationReport
  var verifiedInstanceCount = 0
  var cycleCount = 0
  /// What its messages without content wait beyond the latency, and which of its frames are damaged, by ``StreamSide``.
  var jitterRandom: [RandomStream]
  var damageRandom: [RandomStream]
  /// Whether the source was told that data can flow.
  var isReachable = true
  var pauses = ActiveEntries<Void>()

  init(
    _ description: Scenario.Replication, machineIndex: Int, extentSizes: [ByteCount],
    source: ReplicationSource, replica: ReplicationTarget, forward: TransferStream,
    backward: TransferStream, routeEnds: (first: [ResourceUse], last: [ResourceUse]), mergeRoute: RouteID,
    lag: LagTrack, report: ReplicationReport, jitterRandom: [RandomStream],
    damageRandom: [RandomStream]
  ) {
    machine = description.virtualMachine
    storageUnit = description.storageUnit?.index
    link = description.link
    direction = description.direction
    links = description.links
    target = description.target
    datastore = description.datastore
    storagePolicy = description.storagePolicy
    self.machineIndex = machineIndex
    self.extentSizes = extentSizes
    self.source = source
    self.replica = replica
    streams = [forward, backward]
    self.routeEnds = routeEnds
    self.mergeRoute = mergeRoute
    self.lag = lag
    self.report = report
    self.jitterRandom = jitterRandom
    self.damageRandom = damageRandom
  }

  /// Whether changes are tracked and sent.
  var isActive: Bool { life == .replicating }

  // Methods that change it are called in place: questions put to `source` or `replica` from outside copy what they are put to.

  /// Puts a message behind those under way to the target.
  ///
  /// - Returns: Its bytes.
  mutating func hand(over message: SourceMessage) -> ByteCount {
    toTarget.append(message)
    return source.wireSize(of: message)
  }

  /// Takes over what its transfer carries now: the oldest message under way that has bytes.
  ///
  /// - Returns: Whether that means something else than what it carried before.
  mutating func takeCarried(parameters: ReplicationParameters) -> Bool {
    for message in toTarget {
      let wire = source.wireSize(of: message)
      guard wire > .zero else { continue }
      let content = CarriedContent(
        disk: message.contentDisk,
        stored: message.payloadSize + message.configurationTraffic(parameters: parameters),
        wire: wire, isCompressed: source.options.compressedShares != nil)
      defer { carried = content }
      return content != carried
    }
    return false
  }

  /// Takes over which disks have something left to send.
  ///
  /// - Returns: Whether that, or what compression leaves, may have changed what the transfer is bound by.
  mutating func takeSendingDisks() -> Bool {
    let disks = source.activeDisks
    let isChanged = !disks.isEmpty && disks != sendingDisks
    if isChanged { sendingDisks = disks }
    return isChanged || source.options.compressedShares != nil
  }

  subscript(side: StreamSide) -> TransferStream {
    get { streams[side.rawValue] }
    _modify { yield &streams[side.rawValue] }
  }
}

/// What the source's disks held when an instance was taken.
struct InstanceCertificate {
  let sequence: SyncSequence
  /// Of each disk that the machine had then and that is replicated still.
  var digests: [ContentDigest]
}
