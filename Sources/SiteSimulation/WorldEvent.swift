/// What waits in the world's event queue: a kind and what it concerns, as small integers.
struct WorldEvent: BitwiseCopyable, Sendable {
  enum Kind: UInt8, BitwiseCopyable, Sendable {
    /// The deadline of a replication's source may have come; `index` is the replication.
    case replicationDeadline
    /// The first byte of a transfer reaches the bottleneck; `index` is the replication, the stamp its session.
    case transferBegins
    /// A round trip of slow start is over; `index` is the replication, the stamp the connection's round.
    case roundEnds
    /// A message without content arrives; `index` is the replication, the stamp its session.
    case controlArrives
    /// A timeline entry begins or ends; `index` is the entry.
    case timelineBegins
    case timelineEnds
    /// The failure of the host that writes a replica is noticed; `index` is the replication.
    case targetHostLost
    /// Replications are spread anew over the hosts of their targets.
    case rebalance
    /// A machine has moved to another host; `index` is the machine.
    case migrationEnds
    /// A replica's disk has its new size; `index` is the replication.
    case replicaResized
    /// vSphere HA starts a machine again; `index` is the machine.
    case machineRestarts
    /// The byte counters of all links are read.
    case linkReading
    /// A link that flaps goes down or up; `index` is the timeline entry.
    case linkFlaps
    /// Another rule of a link's week begins to hold; `index` is the link.
    case linkScheduleChanges
    /// The bursts of a link's background traffic begin or end; `index` is the link, `side` its direction.
    case backgroundTurns
    /// Routing has converged on another link; `index` is the replication.
    case linkSwitches
    /// A deadline of a vSAN datastore may have come; `index` is the datastore.
    case vsanDeadline
    /// A vSAN datastore is read with its checksums; `index` is the datastore.
    case vsanScrub
    /// A cluster has something due; `index` is the cluster among those looked at in detail.
    case clusterDeadline
    /// An appliance has booted; `index` is the appliance.
    case applianceBooted
    /// A guest has booted, has shut down, or gives no heartbeat; `index` is the machine.
    case guestBooted
    case guestShutDown
    case guestMissed
    /// The pace of a machine's workloads changes; `index` is the machine.
    case paceChanges
    /// A plan has written its settings into a guest; `index` is the machine.
    case guestWritten
    /// Plans of a pair of sites have something due; `index` is the pair.
    case recoveryDeadline
    /// The server that a replication was moved to has opened the replica; `index` is the replication.
    case replicaTakenOver
    /// A new configuration is in force; `index` is the replication.
    case configured
    /// The interval of a unit of storage is over; `index` is the unit.
    case storageInterval
  }

  let kind: Kind
  /// The direction that an event of a connection is about.
  private let sideNumber: UInt8
  let index: Int32
  /// What tells an event that is still wanted from one that is not, such as a session.
  let stamp: UInt64

  var side: StreamSide { sideNumber == 0 ? .forward : .backward }

  init(_ kind: Kind, _ index: Int, side: StreamSide = .forward, stamp: UInt64 = 0) {
    self.kind = kind
    sideNumber = side == .forward ? 0 : 1
    self.index = Int32(index)
    self.stamp = stamp
  }
}

extension WorldEvent.Kind {
  /// Whether it may change which hosts, servers and links of a site work.
  var mayChangeSites: Bool {
    switch self {
    case .timelineBegins, .timelineEnds, .linkFlaps, .linkScheduleChanges, .clusterDeadline, .applianceBooted:
      true
    default: false
    }
  }
}
