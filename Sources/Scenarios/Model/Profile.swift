package import Quantities

/// The constants of the simulated product and its environment that a scenario may override.
///
/// Each has its default here and its key, unit and source in ``parameters``, from which the
/// reader, the printed defaults and the schema are made.
package struct Profile: Sendable, Hashable {
  /// A release of the product; its constants apply where the scenario gives no value of its own.
  package enum Product: String, Sendable, Hashable, CaseIterable {
    case v5 = "5.0"
    case v6 = "6.x"
    case v7 = "7.0"
    case v8 = "8.0"
    case v8U3 = "8.0U3"
    /// Straight to the hosts of the target, without replication servers.
    case enhanced

    /// Whether it is an earlier release.
    static func < (left: Product, right: Product) -> Bool {
      allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
    }
  }

  /// What counts as one of the blocks that a disk may have in flight.
  package enum WindowBlock: String, Sendable, Hashable, CaseIterable {
    case extent
    /// Neighbouring extents sent as one.
    case update
  }

  /// What happens to an UNMAP that hits what is still to be sent.
  package enum CollidingUnmap: String, Sendable, Hashable, CaseIterable {
    case preserve
    case refuse
    case ignore
    case freeTheRest = "free-the-rest"
  }

  package var product = Product.v8U3
  /// What a disk may have in flight, in blocks; `nil` for the product's number.
  package var blocksInFlight: Int?
  package var windowBlock = WindowBlock.extent
  /// How many regions of a disk may wait for their comparison at a time; `nil` for the product's number.
  package var regionRequestsInFlight: Int?
  /// How many disks of a host may be read for replication at a time; `nil` for the product's number.
  package var hostContexts: Int?
  /// How much of the RPO the host's schedule may bring a cycle forward, to keep cycles apart.
  package var earlyStartShare = Ratio.percent(25)
  /// How many full syncs of a host run at a time; `nil` for any number.
  package var fullSyncLimit: Int?
  /// What each instance sends of the machine's configuration, whatever the guest wrote.
  package var configurationSize = ByteCount.bytes(12_599)
  /// From the failure of the host that writes a replica until its server has noticed.
  package var targetHostDetection = TimeSpan.seconds(30)
  /// How often replications are spread anew over the hosts of the target, without replication servers.
  package var rebalanceInterval = TimeSpan.minutes(30)
  /// What one replication server takes in; `nil` where it is never the bottleneck.
  package var serverRate: DataRate?
  /// What one replication server decompresses, where the release leaves that to it.
  package var serverDecompressionRate: DataRate? = .megabytesPerSecond(1_740)
  /// How many replications a server takes; `nil` where the scenario relaxes the limits of the product.
  ///
  /// - Source: VMware, vSphere Replication operational limits (Broadcom KB 2102453): 200.
  package var replicationsPerServer: Int? = 200
  /// What one host takes in for replicas; `nil` where it is never the bottleneck.
  package var hostRate: DataRate?
  /// How long a virtual machine takes to move to another host.
  package var migrationDuration = TimeSpan.seconds(30)
  /// How long a guest takes to come to rest before an instance.
  package var quiescingDuration = TimeSpan.seconds(30)
  /// What one read of the source's datastore takes, and one write, when a copy delays a guest's write.
  package var copyReadLatency = TimeSpan.milliseconds(1)
  package var copyWriteLatency = TimeSpan.milliseconds(1)
  /// From the failure of a host until its virtual machines run on another one, in a cluster that is not looked at in detail;
  /// the others go by ``HighAvailability``, which comes to 28 s.
  package var haRestartDelay = TimeSpan.minutes(3)
  /// How long a connection stays without an answer before it counts as lost.
  package var connectionTimeout = TimeSpan.seconds(60)
  /// What each failed attempt to reconnect adds to the wait before the next.
  package var reconnectDelayStep = TimeSpan.seconds(10)
  /// The longest wait before the next attempt to reconnect.
  package var reconnectDelayMaximum = TimeSpan.seconds(90)
  /// How many past transfers the estimate of the next one averages.
  package var estimateHistory = 15
  /// How much of a disk the simulation reads, sends and writes as one step.
  package var transferChunk = ByteCount.mebibytes(4)
  /// How fast one disk is read and digested by a full sync.
  package var checksumRate = DataRate.bitsPerSecond(8 * 104_857_600)
  /// How fast a complete redo log is merged into its base disk.
  package var mergeRate = DataRate.megabytesPerSecond(400)
  /// What the demand log of one machine may take up; `nil` for as much as its datastore has.
  package var demandLogCapacity: ByteCount?
  /// What one read of a replicated disk takes; zero for no limit.
  package var diskReadLatency = TimeSpan.zero
  /// What happens to a guest's UNMAP of content that the delta in flight has not read yet.
  package var collidingUnmap = CollidingUnmap.preserve
  /// Whether an UNMAP of what holds zeros already leaves it clean.
  package var unmapOptimization = false
  /// From the move of a replication until its new server has opened the replica.
  package var serverTakeover = TimeSpan.zero
  /// How long a replication is being configured again.
  package var configurationDuration = TimeSpan.zero
  /// How long after a planned migration a reprotect needs no comparison; zero: it always compares.
  package var optimizedReprotectPeriod = TimeSpan.hours(24)

  /// From the failure of a link until routing has found another one.
  package var routeConvergence = TimeSpan.minutes(3)
  /// From the return of a better link until routing goes back to it.
  package var routeReturn = TimeSpan.minutes(1)

  package init() {}

  /// A constant by its name in the `profile` of a scenario.
  package struct Parameter: Sendable {
    /// Where the value lives, by its kind.
    package enum Place: Sendable {
      case duration(any WritableKeyPath<Profile, TimeSpan> & Sendable)
      case durationOrNone(any WritableKeyPath<Profile, TimeSpan> & Sendable)
      case size(any WritableKeyPath<Profile, ByteCount> & Sendable)
      case sizeOrNone(any WritableKeyPath<Profile, ByteCount> & Sendable)
      case rate(any WritableKeyPath<Profile, DataRate> & Sendable)
      case count(any WritableKeyPath<Profile, Int> & Sendable)
      case optionalCount(any WritableKeyPath<Profile, Int?> & Sendable)
      case share(any WritableKeyPath<Profile, Ratio> & Sendable)
      case optionalRate(any WritableKeyPath<Profile, DataRate?> & Sendable)
      case product(any WritableKeyPath<Profile, Product> & Sendable)
      case windowBlock(any WritableKeyPath<Profile, WindowBlock> & Sendable)
      case collidingUnmap(any WritableKeyPath<Profile, CollidingUnmap> & Sendable)
      case flag(any WritableKeyPath<Profile, Bool> & Sendable)
      case optionalSize(any WritableKeyPath<Profile, ByteCount?> & Sendable)
    }

    package let key: String
    package let place: Place
    /// What it is, in one sentence.
    package let summary: String
    /// Where the default comes from.
    package let source: String

    /// The default as it would be written in a scenario.
    package var defaultText: String {
      let defaults = Profile()
      return switch place {
      case .duration(let path), .durationOrNone(let path): defaults[keyPath: path].description
      case .size(let path), .sizeOrNone(let path): defaults[keyPath: path].description
      case .rate(let path): defaults[keyPath: path].description
      case .count(let path): defaults[keyPath: path].description
      case .optionalCount: "that of the product"
      case .share(let path): defaults[keyPath: path].description
      case .optionalRate(let path): defaults[keyPath: path]?.description ?? "no limit"
      case .product(let path): defaults[keyPath: path].rawValue
      case .windowBlock(let path): defaults[keyPath: path].rawValue
      case .collidingUnmap(let path): defaults[keyPath: path].rawValue
      case .flag(let path): defaults[keyPath: path].description
      case .optionalSize(let path): defaults[keyPath: path]?.description ?? "no limit"
      }
    }
  }

  /// Every constant, in the order of the documentation.
  package static let parameters: [Parameter] = [
    Parameter(
      key: "product", place: .product(\.product),
      summary: "The release whose constants apply where this profile names no other value.",
      source: "ESXi's advanced settings by release; VMware, vSphere Replication 9.0, for \"enhanced\"."),
    Parameter(
      key: "blocksInFlight", place: .optionalCount(\.blocksInFlight),
      summary: "How many blocks of one disk may be under way, unacknowledged, at a time.",
      source: "ESXi's HBR options: 8 in 5.0, 64 from 6.0, 2048 from 8.0U3."),
    Parameter(
      key: "windowBlock", place: .windowBlock(\.windowBlock),
      summary: "Whether a block in flight is one extent, or neighbouring extents sent as one update.",
      source: "Open: the options' texts allow both; an extent is the careful reading."),
    Parameter(
      key: "regionRequestsInFlight", place: .optionalCount(\.regionRequestsInFlight),
      summary: "How many regions of one disk may wait for the answer to their comparison in a full sync.",
      source: "Unknown for the product; 1 to 8 are plausible, and 8 is taken."),
    Parameter(
      key: "hostContexts", place: .optionalCount(\.hostContexts),
      summary: "How many disks of one host may be read for replication at a time; others wait.",
      source: "ESXi advanced setting HbrResourceMaxDiskContexts: 512, 16 or 64 by release."),
    Parameter(
      key: "earlyStartShare", place: .share(\.earlyStartShare),
      summary: "How much of the RPO a host's schedule may bring a cycle forward, to keep cycles apart.",
      source: "Inferred; VMware (2014) says only that a cycle may start early to smooth bandwidth."),
    Parameter(
      key: "fullSyncLimit", place: .optionalCount(\.fullSyncLimit),
      summary: "How many full syncs of one host run at a time; others wait their turn.",
      source: "No published figure; the product profile sets no limit."),
    Parameter(
      key: "configurationSize", place: .sizeOrNone(\.configurationSize),
      summary: "What each instance sends of the machine's configuration, whatever the guest wrote.",
      source: "virtuallyhyper.com, 2012: an instance of an idle machine reported 12,599 bytes."),
    Parameter(
      key: "targetHostDetection", place: .duration(\.targetHostDetection),
      summary: "From the failure of the host that writes a replica until its server chooses another.",
      source: "An assumption; published is only that a heartbeat finds the dead connection."),
    Parameter(
      key: "rebalanceInterval", place: .duration(\.rebalanceInterval),
      summary: "How often replications are spread anew over the target's hosts, with product \"enhanced\".",
      source: "VMware, vSphere Replication 9.0, load balancing: every 30 minutes."),
    Parameter(
      key: "serverRate", place: .optionalRate(\.serverRate),
      summary: "What one replication server can take in.",
      source: "No published figure; a measured one can be given here."),
    Parameter(
      key: "serverDecompressionRate", place: .optionalRate(\.serverDecompressionRate),
      summary:
        "What one replication server can decompress, in bytes as they were, where the release leaves it to the server.",
      source:
        "VMware (2015) for who decompresses; the rate is unverified: an appliance has 2 processors at least, and FastLZ decompresses 870 MB/s on one."
    ),
    Parameter(
      key: "hostRate", place: .optionalRate(\.hostRate),
      summary: "What one host of the target can take in for replicas.",
      source: "No published figure; a measured one can be given here."),
    Parameter(
      key: "migrationDuration", place: .duration(\.migrationDuration),
      summary: "How long a virtual machine takes to move to another host of its site.",
      source: "An assumption; it depends on memory and network of the hosts."),
    Parameter(
      key: "quiescingDuration", place: .duration(\.quiescingDuration),
      summary: "How long a guest takes to come to rest before an instance begins.",
      source: "An assumption; VMware (2011): it can take minutes."),
    Parameter(
      key: "copyReadLatency", place: .duration(\.copyReadLatency),
      summary: "What a read of the source's datastore takes when a guest's write waits for a copy.",
      source: "An assumption; vSphere Replication 5.5 advises fewer machines from 30 ms on."),
    Parameter(
      key: "copyWriteLatency", place: .duration(\.copyWriteLatency),
      summary: "What a write to the demand log takes when a guest's write waits for a copy.",
      source: "An assumption, as for the read."),
    Parameter(
      key: "haRestartDelay", place: .duration(\.haRestartDelay),
      summary:
        "From the failure of a host until its virtual machines run on another one, in clusters of which nothing is said; with \"ha\", a \"hostType\" or appliances vSphere HA's own times count instead, 18s until it is noticed and 10s for the power-on.",
      source: "A common experience with vSphere HA, not verified."),
    Parameter(
      key: "connectionTimeout", place: .duration(\.connectionTimeout),
      summary: "How long a connection stays without an answer before it counts as lost.",
      source: "ESXi reports no connection to the replication server after 60 s."),
    Parameter(
      key: "reconnectDelayStep", place: .duration(\.reconnectDelayStep),
      summary: "What each failed attempt to reconnect adds to the wait before the next.",
      source: "ESXi's HBR options: 10 s more per failure, up to 90 s."),
    Parameter(
      key: "reconnectDelayMaximum", place: .duration(\.reconnectDelayMaximum),
      summary: "The longest wait before the next attempt to reconnect.",
      source: "ESXi's HBR options: 10 s more per failure, up to 90 s."),
    Parameter(
      key: "estimateHistory", place: .count(\.estimateHistory),
      summary: "How many past transfers the estimate of the next one averages.",
      source: "VMware, \"Understanding vSphere Replication scheduling and RPO violations\" (2014)."),
    Parameter(
      key: "transferChunk", place: .size(\.transferChunk),
      summary: "How much of a disk the simulation reads, sends and writes as one step.",
      source: "A granularity of the simulation, not of the product."),
    Parameter(
      key: "checksumRate", place: .rate(\.checksumRate),
      summary: "How fast one disk is read and digested by a full sync.",
      source:
        "512 KiB of outstanding reads per disk (8 reads of 64 KiB) at 5 ms each: 104.9 MB/s; Broadcom KB 440767 implies 62 to 125 MB/s."
    ),
    Parameter(
      key: "mergeRate", place: .rate(\.mergeRate),
      summary: "How fast a complete redo log is merged into its base disk.",
      source: "An assumption; published lab traces show the merge about as fast as the transfer."),
    Parameter(
      key: "demandLogCapacity", place: .optionalSize(\.demandLogCapacity),
      summary: "What the demand log of one machine may take up, beside the room that its datastore has.",
      source: "None in the product: the log may grow as far as the datastore goes."),
    Parameter(
      key: "diskReadLatency", place: .durationOrNone(\.diskReadLatency),
      summary:
        "What one read of a replicated disk takes: a disk is sent and compared at most as fast as its reads in parallel allow.",
      source:
        "ESXi advanced setting HBR.TransferDiskMaxIo, 32 reads, and 8 reads of 8 extents for checksums; that a read of the former is one extent is inferred. No latency is published."
    ),
    Parameter(
      key: "collidingUnmap", place: .collidingUnmap(\.collidingUnmap),
      summary:
        "What becomes of an UNMAP of what is still to be sent: copied first, refused, ignored, or done for the rest only.",
      source:
        "ESXi advanced setting HBR.DemandlogFailCollidingUnmap, 0 to 3; what the values mean is unverified."
    ),
    Parameter(
      key: "unmapOptimization", place: .flag(\.unmapOptimization),
      summary: "Whether an UNMAP of what holds zeros already counts as no change, from release 8.0 on.",
      source: "ESXi advanced setting HBR.UnmapOptimization, off by default; its effect is inferred."),
    Parameter(
      key: "serverTakeover", place: .durationOrNone(\.serverTakeover),
      summary: "From the move of a replication to another server until that has opened the replica: MOVING.",
      source: "No published figure; a measured one can be given here."),
    Parameter(
      key: "configurationDuration", place: .durationOrNone(\.configurationDuration),
      summary: "How long it takes to configure a replication again, which is CONFIGURING meanwhile.",
      source: "No published figure; a measured one can be given here."),
    Parameter(
      key: "optimizedReprotectPeriod", place: .durationOrNone(\.optimizedReprotectPeriod),
      summary:
        "How long after a planned migration its state files let a reprotect do without a comparison, from release 8.0 on.",
      source:
        "VMware, Site Recovery Manager 8.6, \"Optimized reprotect\", on by default; the default of the period is unverified."
    ),
    Parameter(
      key: "routeConvergence", place: .duration(\.routeConvergence),
      summary:
        "From the failure of a link until its replications are routed over another one of the two sites.",
      source:
        "Microsoft, BFD over ExpressRoute: BGP's hold time of 180 s notices a failure after up to 3 min, BFD in under 1 s."
    ),
    Parameter(
      key: "routeReturn", place: .duration(\.routeReturn),
      summary: "From the return of a better link until its replications are routed over it again.",
      source: "An assumption: a hold-down that keeps an unsteady link from drawing traffic."),
  ]
}
