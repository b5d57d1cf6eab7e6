import Inventory
import Quantities

// The objects of a scenario, one key per line. This is the only description of the format: the
// reader, its messages, the defaults and the schema follow from it.

struct ScenarioDraft: Draft {
  static let noun = "scenario"

  var span: SourceSpan?
  var schema = Field<String>()
  var format = Field<Int>()
  var name = Field<String>()
  var title = Field<String>()
  var description = Field<String>()
  var tags = Field<[Located<String>]>()
  var seed = Field<Int>()
  var limits = Field<Limits>()
  var storage = Field<Scenario.Storage>()
  var clock = Field<ClockDraft>()
  var sites = Field<[Located<SiteDraft>]>()
  var links = Field<[Located<LinkDraft>]>()
  var network = Field<NetworkDraft>()
  var workloads = Field<[(name: Located<String>, value: WorkloadDraft)]>()
  var virtualMachines = Field<[Located<VirtualMachineDraft>]>()
  var replications = Field<[Located<ReplicationDraft>]>()
  var timeline = Field<[Located<TimelineEntryDraft>]>()
  var profile = Field<ProfileDraft>()
  var platform = Field<Platform>()
  var mappings = Field<[Located<MappingsDraft>]>()
  var protectionGroups = Field<[Located<ProtectionGroupDraft>]>()
  var recoveryPlans = Field<[Located<RecoveryPlanDraft>]>()
  var recovery = Field<RecoveryDraft>()
  var steadyState = Field<[Located<SteadyStateDraft>]>()
  var assertions = Field<[Located<AssertionDraft>]>()
  var arrayPairs = Field<[Located<ArrayPairDraft>]>()
  var faultDomains = Field<[Located<FaultDomainDraft>]>()

  /// Whose bounds apply.
  enum Limits: String, CaseIterable {
    /// Those of vSphere Replication.
    case product
    /// Those of the simulator.
    case relaxed
  }

  static let keys: [Key<Self>] = [
    .optional("$schema", \.schema, .text, "Where editors find the schema; ignored."),
    .required("format", \.format, .count(1...1), "The version of the file format: 1."),
    .required("name", \.name, .name, "What reports and run folders call the scenario."),
    .optional("title", \.title, .text, "A headline for reports; none if left out."),
    .optional("description", \.description, .text, "What the scenario shows; nothing if left out."),
    .optional("tags", \.tags, .list(of: .text), default: .list([]), "Words to select scenarios by."),
    .optional("seed", \.seed, .count(0...(.max)), default: 1, "The seed of all random draws."),
    .optional(
      "limits", \.limits, .word, default: "product",
      "Whether the bounds of the product apply, or only those of the simulator."),
    .optional(
      "storage", \.storage, .word, default: "memory",
      "Where replicas and tracking are kept: in memory, or also as the product's files on a storage that crashes; slower, for small disks."
    ),
    .required("clock", \.clock, .object(), "When the run begins and ends."),
    .required(
      "sites", \.sites, .list(of: .object(), count: 1...(.max)), "The sites, with what stands there."),
    .optional("links", \.links, .list(of: .object()), default: .list([]), "The connections of the sites."),
    .optional("network", \.network, .object(), default: .object([]), "How flows share the links."),
    .optional(
      "workloads", \.workloads, .named(.object()), default: .object([]), "What guests write, by name."),
    .optional("vms", \.virtualMachines, .list(of: .object()), default: .list([]), "The virtual machines."),
    .optional(
      "replications", \.replications, .list(of: .object()), default: .list([]),
      "Which virtual machines are replicated, and how."),
    .optional(
      "timeline", \.timeline, .list(of: .object()), default: .list([]), "Faults and actions at their times."),
    .optional(
      "profile", \.profile, .object(), default: .object([]), "Constants of the product to override."),
    .optional(
      "platform", \.platform, .word,
      "Whose limits sites with a \"region\" have beside the product's, as \"avs\"; nobody's if left out."),
    .optional(
      "mappings", \.mappings, .mappings,
      "Where things of one site are at the other after a recovery: \"same-names\", the mappings of two sites, or a list of such; as each key of the mappings says if left out, none with []."
    ),
    .optional(
      "protectionGroups", \.protectionGroups, .list(of: .object()), default: .list([]),
      "The virtual machines that are recovered together."),
    .optional(
      "recoveryPlans", \.recoveryPlans, .list(of: .object()), default: .list([]),
      "How protection groups are recovered."),
    .optional(
      "recovery", \.recovery, .object(), default: .object([]),
      "What Site Recovery Manager is set to, and how long its operations take."),
    .optional(
      "steadyState", \.steadyState, .list(of: .object()), default: .list([]),
      "What must have been true for the run to be worth judging."),
    .optional(
      "assertions", \.assertions, .list(of: .object()), default: .list([]), "What is expected of the run."),
    .optional(
      "arrayPairs", \.arrayPairs, .list(of: .object()), default: .list([]),
      "Arrays that copy devices to each other, for protection groups of type array-based."),
    .optional(
      "faultDomains", \.faultDomains, .list(of: .object()), default: .list([]),
      "Fault domains that copy virtual volumes to each other, for protection groups of type virtual-volumes."
    ),
  ]
}

struct ClockDraft: Draft {
  static let noun = "clock"

  var span: SourceSpan?
  var start = Field<UTCTime>()
  var duration = Field<TimeSpan>()
  var warmup = Field<TimeSpan>()

  static let keys: [Key<Self>] = [
    .optional(
      "start", \.start, .date, default: "2025-03-03T00:00:00Z", "The time of day at which the run begins."),
    .required("duration", \.duration, .positiveDuration(unit: "h"), "How long the run lasts."),
    .optional(
      "warmup", \.warmup, .duration(unit: "h"), default: "0s", "How long statistics wait at the beginning."),
  ]
}

struct SiteDraft: Draft {
  static let noun = "site"

  var span: SourceSpan?
  var name = Field<String>()
  var hosts = Field<HostsDraft>()
  var replicationServers = Field<Int>()
  var datastores = Field<[Located<DatastoreDraft>]>()
  var networks = Field<[Located<PortGroupEntry>]>()
  var region = Field<String>()
  var circuit = Field<CircuitDraft>()
  var hostType = Field<HostTypeDraft>()
  var clusters = Field<[Located<ClusterDraft>]>()
  var appliances = Field<AppliancesDraft>()
  var fateGroup = Field<String>()
  var datacenter = Field<String>()
  var folders = Field<[Located<String>]>()
  var storagePolicies = Field<[Located<String>]>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "What other parts of the scenario call the site."),
    .optional(
      "hosts", \.hosts, .hosts,
      "The ESXi hosts, as one cluster named SITE-cluster: how many (named SITE-esx-01 and so on), or a list of them; one if left out. For vSphere HA's settings and all faults of hosts list them in \"clusters\", with \"ha\"."
    ),
    .optional(
      "replicationServers", \.replicationServers, .count(1...1_000), default: 1,
      "The number of vSphere Replication servers."),
    .optional("datastores", \.datastores, .list(of: .object()), default: .list([]), "The datastores."),
    .optional(
      "networks", \.networks, .list(of: .portGroup), default: .list([]),
      "The port groups: the name of each, or an object with its addresses."),
    .optional(
      "region", \.region, .text(like: "westeurope"),
      "The region of Azure, as \"westeurope\", for latencies; none if left out."),
    .optional(
      "circuit", \.circuit, .object(),
      "What all links of the site share that go \"over\" it; none if left out."),
    .optional(
      "hostType", \.hostType, .hostType,
      "What each host has for machines: a type such as \"av36\", or its cores and memory; no limit if left out."
    ),
    .optional(
      "clusters", \.clusters, .list(of: .object(), count: 1...(.max)),
      "The clusters of hosts, instead of \"hosts\" and \"hostType\"."),
    .optional(
      "appliances", \.appliances, .object(),
      "The appliances that run on the site's hosts; outside of them if left out."),
    .optional(
      "fateGroup", \.fateGroup, .name,
      "Sites of one group fail together, as on a campus; the site alone if left out."),
    .optional(
      "datacenter", \.datacenter, .name, default: "Datacenter",
      "The datacenter of its vCenter Server, after which its topmost folder is named."),
    .optional(
      "folders", \.folders, .list(of: .name), default: .list([]), "The folders inside the topmost one."),
    .optional(
      "storagePolicies", \.storagePolicies, .list(of: .name), default: .list([]),
      "Storage policies beside those of vSAN datastores, for mappings."),
  ]
}

struct HostDraft: Draft {
  static let noun = "host"

  var span: SourceSpan?
  var name = Field<String>()
  var standby = Field<Bool>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "What other parts call the host."),
    .optional(
      "standby", \.standby, .flag, default: false,
      "Whether vSphere DPM has switched it off: it takes no machines until a recovery plan wakes it, and runs from then on."
    ),
  ]
}

struct DatastoreDraft: Draft {
  static let noun = "datastore"

  var span: SourceSpan?
  var name = Field<String>()
  var capacity = Field<ByteCount>()
  var read = Field<DataRate>()
  var write = Field<DataRate>()
  var kind = Field<Datastore.Kind>()
  var vsan = Field<VSANDraft>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "What other parts of the scenario call the datastore."),
    .optional("capacity", \.capacity, .positiveSize, "How much it holds; unlimited if left out."),
    .optional(
      "read", \.read, .positiveRate(unit: "MB/s"), "All reads together; never the bottleneck if left out."),
    .optional(
      "write", \.write, .positiveRate(unit: "MB/s"), "All writes together; never the bottleneck if left out."),
    .optional(
      "type", \.kind, .word,
      "What it is: vmfs, vvol, or nfs, which cannot tell what of a disk is allocated; vmfs if left out."),
    .optional(
      "vsan", \.vsan, .object(),
      "The devices of a cluster's hosts, instead of capacity, throughput and type; no vSAN if left out."),
  ]
}
