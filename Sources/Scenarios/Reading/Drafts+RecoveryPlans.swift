import Inventory
import Quantities
import RecoveryCore

/// What replicates the machines of a protection group.
enum GroupTypeWord: String, CaseIterable {
  case vSphereReplication = "vsphere-replication"
  case arrayBased = "array-based"
  case virtualVolumes = "virtual-volumes"
}

struct ProtectionGroupDraft: Draft {
  static let noun = "protection group"

  var span: SourceSpan?
  var name = Field<String>()
  var description = Field<String>()
  var type = Field<GroupTypeWord>()
  var virtualMachines = Field<[Located<String>]>()
  var from = Field<String>()
  var to = Field<String>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "What plans and reports call the group."),
    .optional("description", \.description, .text, "What it is for; nothing if left out."),
    .optional(
      "type", \.type, .word, default: "vsphere-replication",
      "What replicates its machines; only vSphere Replication is simulated."),
    .optional(
      "vms", \.virtualMachines, .list(of: .selector), default: .list([]),
      "Its virtual machines; web-* selects by name. Those that a group.add of the timeline names join later."),
    .optional(
      "from", \.from, .name, "The protected site; where its machines run if left out, else as its plans go."),
    .optional("to", \.to, .name, "The recovery site; where its machines replicate to if left out."),
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
  var network = Field<String>()
  var storagePolicy = Field<String>()

  static let keys: [Key<Self>] = [
    .optional("folder", \.folder, .name, "Its folder; as mapped if left out."),
    .optional("resource", \.resource, .name, "Its cluster; as mapped if left out."),
    .optional("network", \.network, .name, "The network of its card; as mapped if left out."),
    .optional("storagePolicy", \.storagePolicy, .name, "Its storage policy; as mapped if left out."),
  ]
}

/// What prompts and commands have in common, wherever they stand.
protocol StepDraft: Draft {
  var type: Field<Callout.Kind> { get set }
  var name: Field<String> { get set }
  var text: Field<String> { get set }
  var command: Field<String> { get set }
  var timeout: Field<TimeSpan> { get set }
  var takes: Field<TimeSpan> { get set }
  var exitCode: Field<Int> { get set }
}

extension StepDraft {
  static var discriminator: String? { "type" }

  /// The keys of every prompt and command.
  static var stepKeys: [Key<Self>] {
    let commands = [Callout.Kind.runOnVM, .runOnServer].map(\.rawValue)
    return [
      .required("type", \.type, .word, "What it does: show a message, or run a command."),
      .required("name", \.name, .text, "What reports call the step."),
      .required("text", \.text, .text, for: [Callout.Kind.prompt.rawValue], "The message."),
      .required("command", \.command, .text, for: commands, "The command with its arguments."),
      .optional(
        "timeout", \.timeout, .duration(unit: "s"), default: "5m", for: commands,
        "How long it may run before it counts as failed."),
      .optional(
        "takes", \.takes, .duration(unit: "s"), default: "10s", for: commands,
        "How long it runs; the same for every command of the name. An assumption."),
      .optional(
        "exitCode", \.exitCode, .count(0...255), default: 0, for: commands,
        "What it ends with; anything but 0 is a failure, the same for every command of the name."),
    ]
  }
}

struct MachineStepDraft: StepDraft {
  static let noun = "step of a virtual machine"

  var span: SourceSpan?
  var type = Field<Callout.Kind>()
  var name = Field<String>()
  var text = Field<String>()
  var command = Field<String>()
  var timeout = Field<TimeSpan>()
  var takes = Field<TimeSpan>()
  var exitCode = Field<Int>()

  static let keys: [Key<Self>] = stepKeys
}

struct PlanStepDraft: StepDraft {
  static let noun = "step of a plan"

  var span: SourceSpan?
  var at = Field<PlanCalloutPosition>()
  var before = Field<PowerOnStep>()
  var after = Field<PowerOnStep>()
  var type = Field<Callout.Kind>()
  var name = Field<String>()
  var text = Field<String>()
  var command = Field<String>()
  var timeout = Field<TimeSpan>()
  var takes = Field<TimeSpan>()
  var exitCode = Field<Int>()

  /// The step of a plan that powers on the machines of a priority.
  enum PowerOnStep: String, CaseIterable {
    case p1 = "power-on:P1"
    case p2 = "power-on:P2"
    case p3 = "power-on:P3"
    case p4 = "power-on:P4"
    case p5 = "power-on:P5"

    /// The place in front of it.
    var before: PlanCalloutPosition {
      switch self {
      case .p1: .beforeRecoverPriority1VMs
      case .p2: .beforeRecoverPriority2VMs
      case .p3: .beforeRecoverPriority3VMs
      case .p4: .beforeRecoverPriority4VMs
      case .p5: .beforeRecoverPriority5VMs
      }
    }

    /// The place behind it.
    var after: PlanCalloutPosition {
      switch self {
      case .p1: .beforeRecoverPriority2VMs
      case .p2: .beforeRecoverPriority3VMs
      case .p3: .beforeRecoverPriority4VMs
      case .p4: .beforeRecoverPriority5VMs
      case .p5: .atEnd
      }
    }
  }

  static let keys: [Key<Self>] =
    [
      .optional(
        "at", \.at, .position,
        "Where it stands, by the word of the interface; a place that a workflow does not have is left out."),
      .optional("before", \.before, .word, "Instead of \"at\": the step before which it stands."),
      .optional("after", \.after, .word, "Instead of \"at\": the step after which it stands."),
    ] + stepKeys
}

extension ValueType where Value == PlanCalloutPosition {
  /// A place by the word of the interface, in small letters and with hyphens, as `before-sync-storage`.
  static let position: ValueType = {
    @Sendable func word(_ position: PlanCalloutPosition) -> String {
      position.rawValue.lowercased().replacing("_", with: "-")
    }
    let words = PlanCalloutPosition.allCases.map(word)
    let shape = Shape.word(words)
    return ValueType(shape: shape) { node, subject, log in
      guard case .string(let text) = node.value else {
        log.reportWrongType(
          node, subject: subject, expected: "the place of a step such as \"before-sync-storage\"")
        return nil
      }
      guard let position = PlanCalloutPosition.allCases.first(where: { word($0) == text }) else {
        let suggestion = closest(to: text, among: words)
        log.report(
          .unknownWord, "\(subject) knows no \(quoted(text))", at: node.span,
          suggestion: suggestion.map { quoted($0) }, help: "known: \(words.joined(separator: ", "))")
        return nil
      }
      return position
    }
  }()
}

struct IPCustomizationDraft: Draft {
  static let noun = "IP customization"

  /// Where addresses come from.
  enum Mode: String, CaseIterable {
    case auto
    case networkMapping = "network-mapping"
    case manual
    case none

    var mode: IPCustomizationMode {
      switch self {
      case .auto: .auto
      case .networkMapping: .networkMapping
      case .manual: .manual
      case .none: .none
      }
    }
  }

  var span: SourceSpan?
  var mode = Field<Mode>()
  var nics = Field<[Located<NICDraft>]>()

  static let keys: [Key<Self>] = [
    .optional(
      "mode", \.mode, .word,
      "Where the addresses come from: the rules of the network mapping, or \"nics\"; manual if there are any, else auto."
    ),
    .optional(
      "nics", \.nics, .list(of: .object()), default: .list([]),
      "What its cards are set to when it is recovered to a site."),
  ]
}

struct NICDraft: Draft {
  static let noun = "network card"

  var span: SourceSpan?
  var nic = Field<Int>()
  var site = Field<String>()
  var address = Field<IPSettings.IPv4>()
  var gateway = Field<IPv4Address>()
  var alternateGateway = Field<IPv4Address>()
  var address6 = Field<IPSettings.IPv6>()
  var gateway6 = Field<IPv6Address>()
  var nameServers = Field<[Located<IPAddress>]>()
  var suffixes = Field<[Located<String>]>()
  var winsServers = Field<[Located<IPv4Address>]>()

  static let keys: [Key<Self>] = [
    .optional("nic", \.nic, .count(0...9), default: 0, "The number of the card, from 0."),
    .optional(
      "site", \.site, .name, "The site where it gets these settings; the plan's recovery site if left out."),
    .optional(
      "address", \.address, .ipv4, "Its IPv4 address with the prefix, or \"dhcp\"; as it is if left out."),
    .optional("gateway", \.gateway, .ipv4Address, "Its default gateway; none if left out."),
    .optional(
      "alternateGateway", \.alternateGateway, .ipv4Address,
      "A second way out, tried after the default; none if left out."),
    .optional(
      "address6", \.address6, .ipv6, "Its IPv6 address with the prefix, or \"dhcp\"; as it is if left out."),
    .optional("gateway6", \.gateway6, .ipv6Address, "Its IPv6 gateway; none if left out."),
    .optional(
      "dns", \.nameServers, .list(of: .ipAddress), default: .list([]), "Its name servers, at most two."),
    .optional(
      "suffixes", \.suffixes, .list(of: .text), default: .list([]),
      "The suffixes for names without a dot, in their order."),
    .optional(
      "wins", \.winsServers, .list(of: .ipv4Address), default: .list([]),
      "Its Windows name servers, at most two."),
  ]
}
