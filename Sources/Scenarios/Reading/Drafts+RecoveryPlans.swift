import Quantities
import RecoveryCore

/// What replicates the machines of a protection group.
enum GroupTypeWord: String, CaseIterable {
  case vSphereReplication = "vsphere-replication"
  case arrayBased = "array-based"
  case virtualVolumes = "virtual-volumes"

  var type: ReplicationType {
    switch self {
    case .vSphereReplication: .vSphereReplication
    case .arrayBased: .arrayBased
    case .virtualVolumes: .virtualVolumes
    }
  }
}

struct ProtectionGroupDraft: Draft {
  static let noun = "protection group"
  static let discriminator: String? = "type"

  var span: SourceSpan?
  var name = Field<String>()
  var description = Field<String>()
  var type = Field<GroupTypeWord>()
  var virtualMachines = Field<[Located<String>]>()
  var from = Field<String>()
  var to = Field<String>()
  var datastores = Field<[Located<String>]>()
  var replicationGroups = Field<[Located<String>]>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "What plans and reports call the group."),
    .optional("description", \.description, .text, "What it is for; nothing if left out."),
    .optional(
      "type", \.type, .word, default: "vsphere-replication",
      "What replicates its machines: vSphere Replication, an array pair or a fault domain."),
    .optional(
      "vms", \.virtualMachines, .list(of: .selector), default: .list([]),
      for: [GroupTypeWord.vSphereReplication.rawValue],
      "Its virtual machines; web-* selects by name. Those that a group.add of the timeline names join later, unless a group.remove that names them stands before it."
    ),
    .optional(
      "from", \.from, .name, "The protected site; where its machines run if left out, else as its plans go."),
    .optional("to", \.to, .name, "The recovery site; where its machines replicate to if left out."),
    .required(
      "datastores", \.datastores, .list(of: .name, count: 1...(.max)),
      for: [GroupTypeWord.arrayBased.rawValue],
      "The datastores on devices of an array pair, with all their machines; whole consistency groups."),
    .required(
      "replicationGroups", \.replicationGroups, .list(of: .name, count: 1...(.max)),
      for: [GroupTypeWord.virtualVolumes.rawValue],
      "The replication groups of a fault domain, with all their machines."),
  ]
}

struct RecoveryPlanDraft: Draft {
  static let noun = "recovery plan"

  var span: SourceSpan?
  var name = Field<String>()
  var description = Field<String>()
  var from = Field<String>()
  var to = Field<String>()
  var groups = Field<[Located<String>]>()
  var virtualMachines = Field<[Located<PlanMachineDraft>]>()
  var suspended = Field<[Located<String>]>()
  var testNetworks = Field<NamedNames>()
  var steps = Field<[Located<PlanStepDraft>]>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "What the timeline and reports call the plan."),
    .optional("description", \.description, .text, "What it is for; nothing if left out."),
    .optional("from", \.from, .name, "The protected site; that of its groups if left out."),
    .optional("to", \.to, .name, "The recovery site; that of its groups if left out."),
    .optional(
      "groups", \.groups, .list(of: .name), default: .list([]), "Its protection groups, all of one direction."
    ),
    .optional(
      "vms", \.virtualMachines, .list(of: .object()), default: .list([]),
      "How its machines are recovered; of several entries for a machine the later one counts, key by key. It holds in every plan with the machine."
    ),
    .optional(
      "suspend", \.suspended, .list(of: .selector), default: .list([]),
      "Machines of the recovery site that no group protects and that give way."),
    .optional(
      "testNetworks", \.testNetworks, .namedNames, default: .object([]),
      "The network that tests of this plan use in place of a network of the recovery site; that of the mappings if left out."
    ),
    .optional(
      "steps", \.steps, .list(of: .object()), default: .list([]),
      "Prompts and commands between its own steps."),
  ]
}

struct PlanMachineDraft: Draft {
  static let noun = "recovery of virtual machines"

  /// Whether a machine is started.
  enum Startup: String, CaseIterable {
    case powerOn = "power-on"
    case off
  }

  var span: SourceSpan?
  var match = Field<String>()
  var priority = Field<Int>()
  var dependencies = Field<[Located<String>]>()
  var startup = Field<Startup>()
  var shutdownTimeout = Field<TimeSpan>()
  var skipsGuestShutdown = Field<Bool>()
  var toolsTimeout = Field<TimeSpan>()
  var delay = Field<TimeSpan>()
  var prePowerOn = Field<[Located<MachineStepDraft>]>()
  var postPowerOn = Field<[Located<MachineStepDraft>]>()
  var customization = Field<IPCustomizationDraft>()
  var place = Field<PlaceDraft>()

  static let keys: [Key<Self>] = [
    .required("match", \.match, .selector, "The virtual machines; web-* selects by name."),
    .optional(
      "priority", \.priority, .count(1...5),
      "When it starts: all of one priority have recovered or failed before the next begins; as \"recovery\" says if left out."
    ),
    .optional(
      "dependsOn", \.dependencies, .list(of: .selector),
      "The machines that must be on before; only those of the same priority count."),
    .optional(
      "startup", \.startup, .word, "Whether it is started or stays off; power-on if left out."),
    .optional(
      "shutdownTimeout", \.shutdownTimeout, .duration(unit: "s"),
      "How long its guest may take to shut down before it is powered off; as \"recovery\" says if left out."),
    .optional(
      "skipGuestShutdown", \.skipsGuestShutdown, .flag,
      "Whether it is powered off at once; false if left out."),
    .optional(
      "toolsTimeout", \.toolsTimeout, .duration(unit: "s"),
      "How long the first heartbeat of VMware Tools may take; not waited for if 0s, as \"recovery\" says if left out."
    ),
    .optional(
      "delay", \.delay, .duration(unit: "s"),
      "How long steps after power-on and dependent machines wait after the heartbeat; as \"recovery\" says if left out."
    ),
    .optional(
      "prePowerOn", \.prePowerOn, .list(of: .object()), "Prompts and commands before its power-on."),
    .optional(
      "postPowerOn", \.postPowerOn, .list(of: .object()), "Prompts and commands after its power-on."),
    .optional("ip", \.customization, .object(), "Where its addresses come from; mode auto if left out."),
    .optional(
      "place", \.place, .object(),
      "Where it goes at the recovery site regardless of the mappings; as they say if left out."),
  ]
}

struct PlaceDraft: Draft {
  static let noun = "place"

  var span: SourceSpan?
  var folder = Field<String>()
  var resource = Field<String>()
  var networks = Field<NamesDraft>()
  var storagePolicy = Field<String>()

  static let keys: [Key<Self>] = [
    .optional("folder", \.folder, .name, "Its folder; as mapped if left out."),
    .optional("resource", \.resource, .name, "Its cluster; as mapped if left out."),
    .optional(
      "network", \.networks, .names,
      "The network of its first card, or a list for its cards in their order; as mapped if left out."),
    .optional("storagePolicy", \.storagePolicy, .name, "Its storage policy; as mapped if left out."),
  ]
}
