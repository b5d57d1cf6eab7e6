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
  var steadyState = Field<[Located<SteadyStateDraft>]>()
  var assertions = Field<[Located<AssertionDraft>]>()

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
      "steadyState", \.steadyState, .list(of: .object()), default: .list([]),
      "What must have been true for the run to be worth judging."),
    .optional(
      "assertions", \.assertions, .list(of: .object()), default: .list([]), "What is expected of the run."),
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
  var networks = Field<[Located<String>]>()
  var region = Field<String>()
  var circuit = Field<CircuitDraft>()
  var hostType = Field<HostTypeDraft>()
  var clusters = Field<[Located<ClusterDraft>]>()
  var appliances = Field<AppliancesDraft>()
  var fateGroup = Field<String>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "What other parts of the scenario call the site."),
    .optional(
      "hosts", \.hosts, .hosts,
      "The ESXi hosts, as one cluster named SITE-cluster: how many (named SITE-esx-01 and so on), or a list of them; one if left out."
    ),
    .optional(
      "replicationServers", \.replicationServers, .count(1...1_000), default: 1,
      "The number of vSphere Replication servers."),
    .optional("datastores", \.datastores, .list(of: .object()), default: .list([]), "The datastores."),
    .optional("networks", \.networks, .list(of: .name), default: .list([]), "The names of the port groups."),
    .optional(
      "region", \.region, .name, "The region of Azure, as \"westeurope\", for latencies; none if left out."),
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
  ]
}

struct HostDraft: Draft {
  static let noun = "host"

  var span: SourceSpan?
  var name = Field<String>()

  static let keys: [Key<Self>] = [.required("name", \.name, .name, "What other parts call the host.")]
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
      "What it is: vmfs, or nfs, which cannot tell what of a disk is allocated; vmfs if left out."),
    .optional(
      "vsan", \.vsan, .object(),
      "The devices of a cluster's hosts, instead of capacity, throughput and type; no vSAN if left out."),
  ]
}

/// The raw bandwidth of a link: one for both directions, or one for each.
typealias BandwidthDraft = Either<DataRate, DirectedBandwidthDraft>

struct DirectedBandwidthDraft: Draft {
  static let noun = "bandwidth"

  var span: SourceSpan?
  var forward = Field<DataRate>()
  var backward = Field<DataRate>()

  static let keys: [Key<Self>] = [
    .required("forward", \.forward, .positiveRate(), "From the first site of \"between\" to the second."),
    .required("backward", \.backward, .positiveRate(), "From the second site to the first."),
  ]
}

extension ValueType where Value == BandwidthDraft {
  static var bandwidth: ValueType {
    .either(.namedRate, or: .object()) { if case .object = $0 { false } else { true } }
  }
}

struct LinkDraft: Draft {
  static let noun = "link"

  var span: SourceSpan?
  var name = Field<String>()
  var between = Field<[Located<String>]>()
  var bandwidth = Field<BandwidthDraft>()
  var latency = Field<LatencyDraft>()
  var loss = Field<Ratio>()
  var usable = Field<Ratio>()
  var window = Field<ByteCount>()
  var jitter = Field<TimeSpan>()
  var preference = Field<Int>()
  var schedule = Field<[Located<LinkRuleDraft>]>()
  var background = Field<BackgroundDraft>()
  var over = Field<LinkCarrier>()

  static let latencySummary =
    "The time a packet needs, one way; \"azure\", or nothing where both sites have a region, takes half of the published round trip."
  static let bandwidthSummary =
    "The raw bandwidth, or an object with forward and backward; over circuits their least if left out."

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "What other parts of the scenario call the link."),
    .required("between", \.between, .list(of: .name, count: 2...2), "The two sites it joins."),
    .optional("bandwidth", \.bandwidth, .bandwidth, bandwidthSummary),
    .optional("latency", \.latency, .latency, latencySummary),
    .optional(
      "loss", \.loss, .properShare, default: "0%", "The probability that a packet is lost."),
    .optional(
      "usable", \.usable, .positiveShare, default: "70%",
      "The share of the raw bandwidth that replication gets as data, headers and other traffic counted in the rest; never more than the framing leaves. VMware's worked example of 100 GB over T1, 10 and 100 Mbit/s implies 70 %."
    ),
    .optional(
      "window", \.window, .positiveSize, default: "4MiB", "The most that one connection keeps in flight."),
    .optional(
      "jitter", \.jitter, .duration(unit: "ms"), default: "0s",
      "What a packet waits beyond the latency, on average, one way: all of it counts in round trips, and a message without content waits between nothing and twice as long."
    ),
    .optional(
      "preference", \.preference, .count(1...1_000), default: 1,
      "Of several links of two sites that are up, the one with the least number is used; of equal ones the first."
    ),
    .optional(
      "schedule", \.schedule, .list(of: .object()), default: .list([]),
      "Other bandwidths at times of the week; of several that hold, the one with the least time a week, then the last."
    ),
    .optional("background", \.background, .object(), "What else is sent over the link; nothing if left out."),
    .optional(
      "over", \.over, .word,
      "Whether it shares the circuits of its sites with other links; it has a way of its own if left out."),
  ]
}

struct NetworkDraft: Draft {
  static let noun = "network"

  var span: SourceSpan?
  var model = Field<Scenario.NetworkSettings.Model>()
  var framing = Field<Scenario.NetworkSettings.Framing>()

  static let keys: [Key<Self>] = [
    .optional("model", \.model, .word, default: "fluid", "The model of the transport."),
    .optional(
      "framing", \.framing, .word, default: "ethernet", "What packet headers take from the bandwidth."),
  ]
}

struct WorkloadDraft: Draft {
  static let noun = "workload"
  static let discriminator: String? = "model"

  /// The word that chooses the law of the writes.
  enum Model: String, CaseIterable {
    case uniform
    case hotspot
    case sequential
    case periodic
    case trace
    case ransomware
  }

  var span: SourceSpan?
  var model = Field<Model>()
  var write = Field<DataRate>()
  var blockSize = Field<ByteCount>()
  var workingSet = Field<ByteCount>()
  var offset = Field<ByteCount>()
  var skew = Field<Scenario.Workload.Skew>()
  var every = Field<TimeSpan>()
  var size = Field<ByteCount>()
  var first = Field<TimeSpan>()
  var compressed = Field<Ratio>()
  var file = Field<String>()
  var format = Field<Scenario.Workload.Trace.Format>()
  var device = Field<Int>()
  var isRepeated = Field<Bool>()
  var hours = Field<HoursDraft>()
  var growth = Field<Ratio>()
  var ramp = Field<RampDraft>()
  var start = Field<TimeSpan>()
  var order = Field<Scenario.Workload.Ransomware.Order>()
  var over = Field<String>()

  private static let steady = ["uniform", "hotspot", "sequential", "ransomware"]
  private static let lasting = ["uniform", "hotspot", "sequential", "periodic", "trace"]

  static let keys: [Key<Self>] = [
    .required("model", \.model, .word, "The law of the writes."),
    .optional(
      "compressed", \.compressed, .positiveShare, default: "49%",
      "What compression leaves of the disk's content: FastLZ shrinks 8 KiB of binaries and text to 49%."),
    .required(
      "write", \.write, .positiveRate(unit: "kB/s"), for: steady, "The bytes written per time, on average."),
    .required("blockSize", \.blockSize, .positiveSize, for: steady, "The size of one write."),
    .optional(
      "workingSet", \.workingSet, .positiveSize, for: steady,
      "The size of the part of the disk that is written; the rest of the disk if left out, for ransomware of its used part."
    ),
    .optional(
      "offset", \.offset, .size, default: "0B", for: steady + ["periodic"],
      "Where on the disk the written part begins."),
    .optional(
      "skew", \.skew, .skew, default: "80/20", for: ["hotspot"],
      "The percentage of the writes that go to a percentage of the space."),
    .required(
      "every", \.every, .positiveDuration(), for: ["periodic"], "The time from one writing to the next."),
    .required("size", \.size, .positiveSize, for: ["periodic"], "How much is written each time."),
    .optional(
      "first", \.first, .duration(), for: ["periodic"],
      "The time of the first writing; the first multiple of \"every\" if left out."),
    .required(
      "file", \.file, .text, for: ["trace"], "The trace, relative to the folder of the scenario."),
    .optional(
      "format", \.format, .word, default: "auto", for: ["trace"], "The format of the trace."),
    .optional(
      "device", \.device, .count(0...(.max)), for: ["trace"],
      "The device of the trace; its only one if left out."),
    .optional(
      "repeat", \.isRepeated, .flag, default: false, for: ["trace"],
      "Whether the trace starts over at its end."),
    .optional(
      "daily", \.hours, .hours, for: lasting,
      "How the work falls on the hours: \"office-hours\", or 24 weights of the hours of a day; evenly if left out."
    ),
    .optional(
      "growth", \.growth, .growth, for: lasting,
      "What the work grows by, in a straight line; not at all if left out."
    ),
    .optional(
      "ramp", \.ramp, .object(), for: lasting,
      "A time of more work, such as a storm of logins; none if left out."),
    .required("from", \.start, .duration(unit: "h"), for: ["ransomware"], "When it begins to encrypt."),
    .optional(
      "order", \.order, .word, default: "sequential", for: ["ransomware"],
      "Whether it goes from the front to the back, or at random."),
    .optional(
      "over", \.over, .name, for: ["ransomware"], "The workload that the guest has anyway; none if left out."),
  ]
}

struct VirtualMachineDraft: Draft {
  static let noun = "virtual machine"

  var span: SourceSpan?
  var name = Field<String>()
  var site = Field<String>()
  var datastore = Field<String>()
  var host = Field<String>()
  var network = Field<String>()
  var disks = Field<[Located<DiskDraft>]>()
  var cpuCount = Field<Int>()
  var memory = Field<ByteCount>()
  var storagePolicy = Field<PolicyName>()
  var boot = Field<TimeSpan>()
  var shutdown = Field<TimeSpan>()
  var tools = Field<Bool>()
  var restartPriority = Field<RestartPriority>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .pattern, "The name; web-{01..08} creates eight."),
    .required("site", \.site, .name, "The site where it runs."),
    .required("datastore", \.datastore, .name, "The datastore of its disks."),
    .optional(
      "host", \.host, .name, "The host where it runs first; the hosts of the site in turn if left out."),
    .optional("network", \.network, .name, "The port group it is attached to; none if left out."),
    .required("disks", \.disks, .list(of: .object(), count: 1...(.max)), "Its virtual disks."),
    .optional("cpu", \.cpuCount, .count(1...768), default: 2, "Its virtual processors."),
    .optional("memory", \.memory, .positiveSize, default: "8GiB", "Its memory."),
    .optional(
      "storagePolicy", \.storagePolicy, .word,
      "How a vSAN datastore stores its disks; as the datastore says if left out."),
    .optional(
      "boot", \.boot, .duration(unit: "s"), default: "0s",
      "From power-on until its guest works and VMware Tools give a heartbeat."),
    .optional(
      "shutdown", \.shutdown, .duration(unit: "s"), default: "0s", "What a clean shutdown of its guest takes."
    ),
    .optional("tools", \.tools, .flag, default: true, "Whether VMware Tools run in its guest."),
    .optional(
      "restartPriority", \.restartPriority, .word, default: "medium",
      "When vSphere HA starts it after a failure."),
  ]
}

struct DiskDraft: Draft {
  static let noun = "disk"

  var span: SourceSpan?
  var name = Field<String>()
  var size = Field<ByteCount>()
  var used = Field<ByteCount>()
  var workload = Field<String>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "The name of the disk within its virtual machine."),
    .required("size", \.size, .positiveSize, "The size of the disk."),
    .optional(
      "used", \.used, .size, "How much of it holds data at the start; all of it if left out."),
    .optional("workload", \.workload, .name, "What is written to it; nothing if left out."),
  ]
}

struct ReplicationDraft: Draft {
  static let noun = "replication"
  static let discriminator: String? = "initialSync"

  /// What the target holds at the start.
  enum InitialSync: String, CaseIterable {
    case done
    case seeded
    case full
  }

  var span: SourceSpan?
  var virtualMachine = Field<String>()
  var target = Field<String>()
  var datastore = Field<String>()
  var rpo = Field<TimeSpan>()
  var policy = Field<Scenario.Replication.Policy>()
  var safetyFactor = Field<Ratio>()
  var firstSync = Field<TimeSpan>()
  var exclude = Field<[Located<String>]>()
  var initialSync = Field<InitialSync>()
  var differing = Field<Ratio>()
  var via = Field<String>()
  var compression = Field<Bool>()
  var encryption = Field<Bool>()
  var quiescing = Field<Scenario.Replication.Quiescing>()
  var pointsInTime = Field<PointsInTimeDraft>()
  var storagePolicy = Field<PolicyName>()

  static let keys: [Key<Self>] = [
    .required("vm", \.virtualMachine, .selector, "The virtual machines; web-* selects by name."),
    .required("to", \.target, .name, "The site of the replica."),
    .required("datastore", \.datastore, .name, "The datastore of the replica."),
    .required("rpo", \.rpo, .positiveDuration(), "The recovery point objective."),
    .optional(
      "policy", \.policy, .word, default: "vsphere",
      "Who decides when a sync starts: the product's rule, or the clock, once every RPO."),
    .optional(
      "safetyFactor", \.safetyFactor, .positiveFactor, default: "120%",
      "What the estimate of the next transfer is multiplied with. VMware (2014): 1.2."),
    .optional(
      "firstSync", \.firstSync, .duration(), "The time of the first sync; left to the policy if left out."),
    .optional(
      "exclude", \.exclude, .list(of: .name), default: .list([]), "The disks that are not replicated."),
    .optional(
      "initialSync", \.initialSync, .word, default: "full", "What the target holds at the start."),
    .optional(
      "differing", \.differing, .share, default: "1%", for: ["seeded"],
      "The share of the extents of a seed that is not current."),
    .optional("via", \.via, .name, "The link; the only one that joins the sites if left out."),
    .optional(
      "compression", \.compression, .flag, default: false, "Whether data is compressed at the source host."),
    .optional(
      "encryption", \.encryption, .flag, default: false, "Whether data is encrypted on its way."),
    .optional(
      "quiescing", \.quiescing, .word, default: "none",
      "What is brought to rest in the guest before an instance begins."),
    .optional(
      "pointsInTime", \.pointsInTime, .object(),
      "How many older instances are kept; only the latest if left out."),
    .optional(
      "storagePolicy", \.storagePolicy, .word,
      "How a vSAN datastore stores the replica; as the datastore says if left out."),
  ]
}

struct PointsInTimeDraft: Draft {
  static let noun = "points in time"

  var span: SourceSpan?
  var perDay = Field<Int>()
  var days = Field<Int>()

  static let keys: [Key<Self>] = [
    .required("perDay", \.perDay, .count(1...24), "How many are kept of a day."),
    .required("days", \.days, .count(1...24), "For how many days."),
  ]
}

struct TimelineEntryDraft: Draft {
  static let noun = "timeline entry"
  static let discriminator: String? = "do"

  typealias Verb = Scenario.TimelineEntry.Verb

  var span: SourceSpan?
  var at = Field<TimeSpan>()
  var after = Field<String>()
  var delay = Field<TimeSpan>()
  var verb = Field<Verb>()
  var id = Field<String>()
  var duration = Field<TimeSpan>()
  var why = Field<String>()
  var link = Field<String>()
  var bandwidth = Field<BandwidthDraft>()
  var host = Field<String>()
  var server = Field<String>()
  var datastore = Field<String>()
  var virtualMachine = Field<String>()
  var disk = Field<String>()
  var offset = Field<ByteCount>()
  var size = Field<ByteCount>()
  var factor = Field<Ratio>()
  var latency = Field<TimeSpan>()
  var jitter = Field<TimeSpan>()
  var loss = Field<Ratio>()
  var share = Field<Ratio>()
  var downTime = Field<TimeSpan>()
  var upTime = Field<TimeSpan>()
  var background = Field<BackgroundDraft>()
  var circuit = Field<String>()
  var group = Field<Int>()
  var site = Field<String>()
  var appliance = Field<String>()

  private static func words(_ verbs: Verb...) -> [String] { verbs.map(\.rawValue) }

  static let keys: [Key<Self>] = [
    .optional("at", \.at, .duration(unit: "h"), "When it happens, from the start of the run."),
    .optional(
      "after", \.after, .text, "Instead of \"at\": the id of another entry, with .start or .end behind it."),
    .optional("delay", \.delay, .duration(), "How long after it; at once if left out."),
    .required("do", \.verb, .word, "What happens."),
    .optional("id", \.id, .name, "The name by which other entries and reports refer to it."),
    .optional(
      "for", \.duration, .positiveDuration(), for: Verb.lasting.map(\.rawValue),
      "How long it lasts; until something undoes it if left out."),
    .optional("why", \.why, .text, "The reason, shown in reports."),
    .required(
      "link", \.link, .name,
      for: words(
        .linkDown, .linkLimit, .linkRestore, .linkLatency, .linkLoss, .linkFlap, .linkBrownout,
        .linkBackground, .linkCorrupt), "The link."),
    .required(
      "bandwidth", \.bandwidth, .bandwidth,
      for: words(.linkLimit, .circuitLimit),
      "The raw bandwidth for that time; of a circuit \"forward\" leads away from its site."),
    .required(
      "circuit", \.circuit, .name, for: words(.circuitDown, .circuitLimit, .circuitRestore), "The circuit."),
    .required(
      "host", \.host, .name,
      for: words(
        .hostFail, .hostRestore, .migrate, .diskGroupFail, .diskGroupRestore, .hostIsolate, .hostDisconnect,
        .hostMaintenance, .applianceMove), "The host."),
    .required(
      "server", \.server, .name, for: words(.serverFail, .serverRestore, .moveReplication),
      "The replication server, as SITE-vrs-01."),
    .required(
      "datastore", \.datastore, .name, for: words(.datastoreFull, .datastoreSlow, .datastoreRestore),
      "The datastore."),
    .required(
      "vm", \.virtualMachine, .selector,
      for: words(
        .powerOff, .powerOn, .migrate, .trim, .snapshot, .revert, .addDisk, .resizeDisk, .pauseReplication,
        .resumeReplication, .syncReplication, .fullSyncReplication, .reconfigureReplication, .testImage,
        .moveReplication, .scaleWorkload, .corruptReplica, .machineCrash, .machineHang),
      "The virtual machines; web-* selects by name."),
    .required(
      "disk", \.disk, .name,
      for: words(.trim, .addDisk, .resizeDisk, .corruptReplica), "The name of the disk."),
    .optional(
      "offset", \.offset, .size, default: "0B", for: words(.trim, .corruptReplica),
      "Where on the disk the freed part begins, or the damaged extent lies."),
    .required(
      "size", \.size, .positiveSize, for: words(.trim, .addDisk, .resizeDisk),
      "The size of the freed part, or of the disk from now on."),
    .required(
      "factor", \.factor, .factor, for: words(.scaleWorkload, .datastoreSlow),
      "What the rates of the writes, or the throughput of the datastore, are multiplied with."),
    .required(
      "latency", \.latency, .duration(unit: "ms"), for: words(.linkLatency),
      "The one-way latency for that time."),
    .optional(
      "jitter", \.jitter, .duration(unit: "ms"), for: words(.linkLatency),
      "The mean jitter for that time; the link's own if left out."),
    .optional(
      "loss", \.loss, .properShare, for: words(.linkLoss, .linkBrownout),
      "The probability that a packet is lost, beyond the link's own; none with link.brownout if left out."),
    .required(
      "share", \.share, .properShare, for: words(.linkBrownout, .linkCorrupt),
      "The share of the bandwidth that is left, or of the frames that arrive damaged."),
    .required(
      "down", \.downTime, .positiveDuration(unit: "s"), for: words(.linkFlap),
      "How long the link is down each time; it begins so."),
    .required(
      "up", \.upTime, .positiveDuration(unit: "s"), for: words(.linkFlap), "How long it is up in between."),
    .required(
      "background", \.background, .object(), for: words(.linkBackground),
      "What else is sent over the link for that time, instead of the link's own background."),
    .optional(
      "group", \.group, .count(1...5), default: 1, for: words(.diskGroupFail, .diskGroupRestore),
      "Which disk group of the host, counted from 1."),
    .required("site", \.site, .name, for: words(.siteFail, .siteRestore, .siteIsolate), "The site."),
    .required(
      "appliance", \.appliance, .name,
      for: words(.applianceFail, .applianceHang, .applianceRestore, .applianceMove),
      "The appliance, as SITE-vrms or SITE-vrs-01."),
  ]
}

struct ProfileDraft: Draft {
  static let noun = "profile"

  var span: SourceSpan?
  var profile = Profile()

  static let keys: [Key<Self>] = Profile.parameters.map { parameter in
    switch parameter.place {
    case .duration(let path):
      .override(parameter.key, .positiveDuration(unit: "s"), parameter.summary) {
        $0.profile[keyPath: path] = $1
      }
    case .size(let path):
      .override(parameter.key, .positiveSize, parameter.summary) { $0.profile[keyPath: path] = $1 }
    case .sizeOrNone(let path):
      .override(parameter.key, .size, parameter.summary) { $0.profile[keyPath: path] = $1 }
    case .rate(let path):
      .override(parameter.key, .positiveRate(unit: "MB/s"), parameter.summary) {
        $0.profile[keyPath: path] = $1
      }
    case .count(let path):
      .override(parameter.key, .count(1...1_000), parameter.summary) { $0.profile[keyPath: path] = $1 }
    case .optionalCount(let path):
      .override(parameter.key, .count(1...65_536), parameter.summary) { $0.profile[keyPath: path] = $1 }
    case .share(let path):
      .override(parameter.key, .share, parameter.summary) { $0.profile[keyPath: path] = $1 }
    case .optionalRate(let path):
      .override(parameter.key, .positiveRate(unit: "MB/s"), parameter.summary) {
        $0.profile[keyPath: path] = $1
      }
    case .product(let path):
      .override(parameter.key, .word, parameter.summary) { $0.profile[keyPath: path] = $1 }
    case .windowBlock(let path):
      .override(parameter.key, .word, parameter.summary) { $0.profile[keyPath: path] = $1 }
    }
  }
}
