import Inventory
import Quantities

/// A storage policy of vSAN by its name.
enum PolicyName: String, CaseIterable {
  case mirror1 = "RAID-1 FTT1"
  case mirror2 = "RAID-1 FTT2"
  case mirror3 = "RAID-1 FTT3"
  case parity1 = "RAID-5"
  case parity2 = "RAID-6"

  func policy(_ architecture: StoragePolicy.Architecture) -> StoragePolicy {
    let layout: StoragePolicy.Layout =
      switch self {
      case .mirror1: .mirroring(failures: 1)
      case .mirror2: .mirroring(failures: 2)
      case .mirror3: .mirroring(failures: 3)
      case .parity1: .singleParity
      case .parity2: .doubleParity
      }
    return StoragePolicy(layout, architecture: architecture)
  }
}

struct VSANDraft: Draft {
  /// What a host holds of which nothing is said.
  ///
  /// - Source: As of an AV36 of Azure VMware Solution.
  static let usualDevice = ByteCount.gigabytes(15_400)

  static let noun = "vSAN datastore"

  var span: SourceSpan?
  var cluster = Field<String>()
  var architecture = Field<StoragePolicy.Architecture>()
  var policy = Field<PolicyName>()
  var device = Field<ByteCount>()
  var diskGroups = Field<Int>()
  var faultDomains = Field<Int>()
  var read = Field<DataRate>()
  var write = Field<DataRate>()
  var throughput = Field<DataRate>()
  var repairDelay = Field<TimeSpan>()
  var resyncRate = Field<DataRate>()
  var resyncWeight = Field<Ratio>()
  var resyncsPerHost = Field<Int>()
  var scrubInterval = Field<TimeSpan>()

  static let keys: [Key<Self>] = [
    .optional(
      "cluster", \.cluster, .name,
      "The cluster whose hosts hold it; to be given where the site lists several."),
    .optional(
      "architecture", \.architecture, .word, default: "original",
      "Disk groups (original), or a storage pool per host (express)."),
    .optional(
      "policy", \.policy, .word, default: "RAID-1 FTT1",
      "How objects are stored that name no policy. Azure VMware Solution: RAID-1 FTT1, thin."),
    .optional(
      "device", \.device, .positiveSize,
      "The raw capacity of one host; if left out that of the \"hostType\" (av36: 15.4TB, av36p and av48: 19.2TB, av52: 38.4TB, av64: 15.36TB; to be given with i3 and i4i), and 15.4TB where none is named."
    ),
    .optional(
      "diskGroups", \.diskGroups, .count(1...5), default: 2,
      "The disk groups of a host, which share its capacity evenly; the express architecture has one pool. Two is an assumption."
    ),
    .optional(
      "faultDomains", \.faultDomains, .count(1...64),
      "The number of fault domains, over which the hosts are dealt in turn; one per host if left out."),
    .optional(
      "read", \.read, .positiveRate(unit: "MB/s"),
      "What the devices of one host read; never the bottleneck if left out."),
    .optional(
      "write", \.write, .positiveRate(unit: "MB/s"),
      "What the devices of one host write; never the bottleneck if left out."),
    .optional(
      "throughput", \.throughput, .positiveRate(unit: "MB/s"),
      "What the devices of one host read and write together; the greater of \"read\" and \"write\" if left out. An assumption."
    ),
    .optional(
      "repairDelay", \.repairDelay, .duration(), default: "60m",
      "How long a component may be absent before it is rebuilt elsewhere. vSAN: 60 minutes."),
    .optional(
      "resyncRate", \.resyncRate, .positiveRate(unit: "MB/s"), default: "400MB/s",
      "The most that one component is copied with. An assumption."),
    .optional(
      "resyncWeight", \.resyncWeight, .positiveFactor, default: "100%",
      "The weight of a copied component against a replication at the same devices. An assumption."),
    .optional(
      "resyncsPerHost", \.resyncsPerHost, .count(1...1_000), default: 8,
      "How many components are copied onto one host at a time. An assumption."),
    .optional(
      "scrubInterval", \.scrubInterval, .positiveDuration(unit: "h"),
      "How often everything is read with its checksums; never if left out."),
  ]
}
