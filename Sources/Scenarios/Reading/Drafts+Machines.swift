import Inventory
import Quantities
import RecoveryCore

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
  var memoryReservation = Field<ByteCount>()
  var storagePolicy = Field<PolicyName>()
  var boot = Field<TimeSpan>()
  var shutdown = Field<TimeSpan>()
  var tools = Field<Bool>()
  var restartPriority = Field<RestartPriority>()
  var folder = Field<String>()
  var address = Field<IPv4Address>()
  var nics = Field<[Located<MachineCardDraft>]>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .pattern, "The name; web-{01..08} creates eight."),
    .required("site", \.site, .name, "The site where it runs."),
    .required("datastore", \.datastore, .name, "The datastore of its disks."),
    .optional(
      "host", \.host, .name, "The host where it runs first; the hosts of the site in turn if left out."),
    .optional(
      "network", \.network, .name, "The port group its only card is attached to; none if left out."),
    .required("disks", \.disks, .list(of: .object(), count: 1...(.max)), "Its virtual disks."),
    .optional("cpu", \.cpuCount, .count(1...768), default: 2, "Its virtual processors."),
    .optional("memory", \.memory, .memorySize, default: "8GiB", "Its memory."),
    .optional(
      "memoryReservation", \.memoryReservation, .memorySize,
      "The part of its memory that a host must set aside before it runs, which vSphere HA's admission control counts; none if left out. Recoveries do not keep it."
    ),
    .optional(
      "storagePolicy", \.storagePolicy, .word,
      "How a vSAN datastore stores its disks; as the datastore says if left out."),
    .optional(
      "boot", \.boot, .duration(unit: "s"),
      "From power-on until its guest works and VMware Tools give a heartbeat; 0s if left out."),
    .optional(
      "shutdown", \.shutdown, .duration(unit: "s"),
      "What a clean shutdown of its guest takes; 0s if left out."
    ),
    .optional("tools", \.tools, .flag, default: true, "Whether VMware Tools run in its guest."),
    .optional(
      "restartPriority", \.restartPriority, .word, default: "medium",
      "When vSphere HA starts it after a failure."),
    .optional("folder", \.folder, .name, "Its folder; the topmost one of the site if left out."),
    .optional(
      "address", \.address, .ipv4Address,
      "The IPv4 address of its card; of a pattern that of the first, the next ones follow; unknown if left out."
    ),
    .optional(
      "nics", \.nics, .list(of: .object(), count: 1...VirtualMachineDraft.cardCountMaximum),
      "Its network cards in their order, in place of \"network\" and \"address\"; one, if those say something, if left out."
    ),
  ]
}

extension VirtualMachineDraft {
  /// The most network cards of a machine.
  ///
  /// - Source: VMware, "Configuration Maximums": 10 virtual network cards of a virtual machine.
  static let cardCountMaximum = 10
}

/// A network card of a machine and how its guest has set it.
struct MachineCardDraft: Draft {
  static let noun = "virtual network card"

  var span: SourceSpan?
  var network = Field<String>()
  var address = Field<IPSettings.IPv4>()
  var gateway = Field<IPv4Address>()
  var address6 = Field<IPSettings.IPv6>()
  var gateway6 = Field<IPv6Address>()
  var nameServers = Field<[Located<IPAddress>]>()

  static let keys: [Key<Self>] = [
    .optional("network", \.network, .name, "The port group it is attached to; none if left out."),
    .optional(
      "address", \.address, .ipv4,
      "Its IPv4 address with the prefix, or \"dhcp\"; of a pattern of machines that of the first, the next ones follow; unknown if left out."
    ),
    .optional("gateway", \.gateway, .ipv4Address, "Its default gateway; unknown if left out."),
    .optional(
      "address6", \.address6, .ipv6,
      "Its IPv6 address with the prefix, or \"dhcp\"; of a pattern as with \"address\"; unknown if left out."
    ),
    .optional("gateway6", \.gateway6, .ipv6Address, "Its IPv6 gateway; unknown if left out."),
    .optional(
      "dns", \.nameServers, .list(of: .ipAddress), default: .list([]), "Its name servers, at most two."),
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
  var seed = Field<Scenario.Replication.Seed>()
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
    .optional(
      "seed", \.seed, .word, default: "fitting", for: ["seeded"],
      "Whether the seed is one: another disk's, by its UUID, or a file that nobody chose, are errors until the replication is configured again."
    ),
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
  static let isUncountable = true

  var span: SourceSpan?
  var perDay = Field<Int>()
  var days = Field<Int>()

  static let keys: [Key<Self>] = [
    .required("perDay", \.perDay, .count(1...24), "How many are kept of a day."),
    .required("days", \.days, .count(1...24), "For how many days."),
  ]
}
