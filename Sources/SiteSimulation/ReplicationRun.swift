import BlockStorage
import Inventory
import Measurements
import Quantities
import ReplicationCore
import ResourceModels
import Scenarios
import SimulationKernel

/// One replication of the world: both cores, what connects them, and what they did.
struct ReplicationRun {
  let machine: VirtualMachineID
  /// The machine's place in the world.
  let machineIndex: Int
  /// Of each replicated disk.
  var extentSizes: [ByteCount]
  let link: LinkID
  let direction: Link.Direction
  let target: SiteID
  let datastore: DatastoreID
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
  /// What a transfer uses before and behind the servers and hosts of the target.
  let routeEnds: (first: [ResourceUse], last: [ResourceUse])
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
  /// The timeline entry whose test runs on an image of the replica.
  var test: Int?
  /// Which change of a disk's size is the latest.
  var resizeStamp: UInt64 = 0
  /// Of how many disks something is left to send in the sync under way.
  var sendingDiskCount = 0
  /// Where the merge and the reads of a full sync take their share.
  let mergeRoute: RouteID
  let compareRoute: RouteID
  /// The timer for the source's deadline.
  var timer: (due: Instant, token: EventToken)?
  var lag: LagTrack
  /// What the product's interface tells about it.
  var report: ReplicationReport
  var verifiedInstanceCount = 0
  var cycleCount = 0
  /// Whether the source was told that data can flow.
  var isReachable = true
  var pauses = ActiveEntries<Void>()

  init(
    _ description: Scenario.Replication, machineIndex: Int, extentSizes: [ByteCount],
    source: ReplicationSource, replica: ReplicationTarget, forward: TransferStream,
    backward: TransferStream, routeEnds: (first: [ResourceUse], last: [ResourceUse]), mergeRoute: RouteID,
    compareRoute: RouteID, lag: LagTrack, report: ReplicationReport
  ) {
    machine = description.virtualMachine
    link = description.link
    direction = description.direction
    target = description.target
    datastore = description.datastore
    self.machineIndex = machineIndex
    self.extentSizes = extentSizes
    self.source = source
    self.replica = replica
    streams = [forward, backward]
    self.routeEnds = routeEnds
    self.mergeRoute = mergeRoute
    self.compareRoute = compareRoute
    self.lag = lag
    self.report = report
  }

  subscript(side: StreamSide) -> TransferStream {
    get { streams[side.rawValue] }
    _modify { yield &streams[side.rawValue] }
  }
}
