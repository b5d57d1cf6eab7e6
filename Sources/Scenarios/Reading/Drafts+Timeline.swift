import Quantities
import RecoveryCore

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
  var group = Field<GroupReference>()
  var site = Field<String>()
  var appliance = Field<String>()
  var pointInTime = Field<TimeSpan>()
  var plan = Field<String>()
  var synchronizesData = Field<Bool>()
  var prompts = Field<PromptsDraft>()
  var from = Field<String>()
  var to = Field<String>()
  var user = Field<String>()
  var isForced = Field<Bool>()
  var mode = Field<RecoveryMode>()
  var pointsInTime = Field<[Located<PointInTimeDraft>]>()
  var operation = Field<RecoveryAction.Kind>()
  var text = Field<String>()
  var addOn = Field<AddOnWord>()
  var network = Field<String>()
  var sites = Field<[Located<String>]>()
  var kind = Field<MappingWord>()
  var place = Field<PlaceDraft>()
  var changes = Field<PlanChangesDraft>()
  var settings = Field<SettingsChangesDraft>()
  var role = Field<String>()

  private static func words(_ verbs: Verb...) -> [String] { verbs.map(\.rawValue) }

  static let keys: [Key<Self>] = [
    .optional("at", \.at, .duration(unit: "h"), "When it happens, from the start of the run."),
    .optional(
      "after", \.after, .text(like: "ID.end"),
      "Instead of \"at\": the id of another entry, with .start or .end behind it."),
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
        .powerOff, .powerOn, .migrate, .trim, .snapshot, .revert, .addDisk, .resizeDisk, .removeDisk,
        .pauseReplication,
        .resumeReplication, .syncReplication, .fullSyncReplication, .reconfigureReplication, .testImage,
        .moveReplication, .scaleWorkload, .corruptReplica, .machineCrash, .machineHang, .deploy, .protect,
        .configureReplication, .stopReplication, .deletePlaceholder, .movePlaceholder, .deleteMachine,
        .saveSettings), optionalFor: words(.failOperation),
      "The virtual machines; web-* selects by name."),
    .required(
      "disk", \.disk, .name,
      for: words(.trim, .addDisk, .resizeDisk, .removeDisk, .corruptReplica), "The name of the disk."),
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
    .required(
      "group", \.group, .groupReference,
      for: words(.createGroup, .protect, .restorePlaceholders, .configureGroup),
      optionalFor: words(.failOperation, .diskGroupFail, .diskGroupRestore),
      "The protection group; or which disk group of the host, counted from 1, the first if left out."),
    .required(
      "site", \.site, .name,
      for: words(
        .siteFail, .siteRestore, .siteIsolate, .installAddOn, .removeAddOn, .renewCertificate, .createNetwork,
        .logIn, .logOut, .placePlaceholders, .deleteMachine), optionalFor: words(.movePlaceholder),
      "The site; of a login the one where the operator is, of a placeholder its recovery site if left out."),
    .required(
      "appliance", \.appliance, .name,
      for: words(.applianceFail, .applianceHang, .applianceRestore, .applianceMove),
      "The appliance, as SITE-vrms or SITE-vrs-01."),
    .optional(
      "pointInTime", \.pointInTime, .duration(unit: "h"), for: words(.testImage),
      "The time of the run that the tested instance must not be younger than; the newest instance if left out."
    ),
    .required(
      "plan", \.plan, .name,
      for: words(
        .createPlan, .testPlan, .cleanUpPlan, .recoverPlan, .reprotectPlan, .cancelPlan, .dismissPrompt,
        .editPlan, .deletePlan, .damagePlan),
      optionalFor: words(.failOperation), "The recovery plan."),
    .optional(
      "mode", \.mode, .word, default: "planned-migration", for: words(.recoverPlan),
      "Whether an error at the protected site stops the run, or is reported and ignored."),
    .optional(
      "syncData", \.synchronizesData, .flag, default: true, for: words(.testPlan, .recoverPlan),
      "Whether recent changes are replicated first; a planned migration always does, a forced recovery never."
    ),
    .optional(
      "forced", \.isForced, .flag, default: false, for: words(.cleanUpPlan, .recoverPlan, .reprotectPlan),
      "Whether errors are ignored; of a recovery, whether nothing is asked of the protected site."),
    .optional(
      "pointsInTime", \.pointsInTime, .list(of: .object()), default: .list([]),
      for: words(.testPlan, .recoverPlan),
      "The machines that are recovered to an older instance; to the newest if left out."),
    .optional(
      "prompts", \.prompts, .prompts, default: "wait",
      for: words(.testPlan, .cleanUpPlan, .recoverPlan, .reprotectPlan),
      "Who answers prompts: an operator at once (dismiss) or some time \"after\" each, or plan.dismiss-prompt (wait)."
    ),
    .required(
      "from", \.from, .name, for: words(.map),
      optionalFor: words(
        .testPlan, .cleanUpPlan, .recoverPlan, .reprotectPlan, .editPlan, .deletePlan, .saveSettings)
        + Verb.allCases.filter(\.managesReplication).map(\.rawValue),
      "The site that is mapped; or where the operator is: who runs or changes a plan at the recovery site if left out, who manages a replication at the protected one."
    ),
    .optional(
      "to", \.to, .name, for: words(.logIn, .logOut, .map, .placePlaceholders),
      "The other site; the one with which \"site\" or \"from\" is paired if left out."),
    .optional(
      "user", \.user, .text, for: words(.testPlan, .cleanUpPlan, .recoverPlan, .reprotectPlan),
      "Who runs the plan, for its history; the role in \"as\" or else administrator if left out."),
    .required(
      "operation", \.operation, .word, for: words(.failOperation), "Which operations of plans fail."),
    .optional(
      "text", \.text, .text, default: "the operation failed", for: words(.failOperation),
      "What their steps report."),
    .required(
      "addon", \.addOn, .word, for: words(.installAddOn, .removeAddOn, .renewCertificate), "The add-on."),
    .required(
      "network", \.network, .name, for: words(.createNetwork), "The port group, which the site lists."),
    .required(
      "sites", \.sites, .list(of: .name, count: 2...2), for: words(.pairSites, .reconnectSites, .unpairSites),
      "The two sites; the pair is made from the first."),
    .required("kind", \.kind, .word, for: words(.map), "Which mappings are made."),
    .required(
      "place", \.place, .object(), for: words(.movePlaceholder),
      "Where the placeholders are from now on; where they were for what is left out."),
    .required("changes", \.changes, .object(), for: words(.editPlan), "What is changed of the plan."),
    .required(
      "settings", \.settings, .object(), for: words(.saveSettings),
      "What is changed of how the machines are recovered, in every plan; at the other site too if it can be reached."
    ),
    .optional(
      "as", \.role, .name,
      for: words(
        .pairSites, .reconnectSites, .unpairSites, .map, .placePlaceholders, .createGroup, .protect,
        .createPlan, .testPlan, .cleanUpPlan, .recoverPlan, .reprotectPlan, .cancelPlan, .dismissPrompt)
        + Verb.allCases.filter(\.managesReplication).map(\.rawValue),
      "The role of who does it, one of \"roles\" in \"recovery\"; an administrator's if left out."),
  ]
}

/// A disk group by its number, or a protection group by its name.
typealias GroupReference = Either<Int, String>

extension ValueType where Value == GroupReference {
  static var groupReference: ValueType {
    .either(.count(1...5), or: .name) { if case .string = $0 { false } else { true } }
  }
}

/// Who answers prompts.
enum PromptsWord: String, CaseIterable {
  case dismiss
  case wait
}

typealias PromptsDraft = Either<PromptsWord, DismissalDraft>

extension ValueType where Value == PromptsDraft {
  static var prompts: ValueType {
    .either(.word, or: .object()) { if case .object = $0 { false } else { true } }
  }
}

struct DismissalDraft: Draft {
  static let noun = "dismissal of prompts"

  var span: SourceSpan?
  var after = Field<TimeSpan>()

  static let keys: [Key<Self>] = [
    .required("after", \.after, .duration(), "How long after it is shown an operator dismisses a prompt.")
  ]
}

struct PointInTimeDraft: Draft {
  static let noun = "point in time"

  var span: SourceSpan?
  var virtualMachine = Field<String>()
  var at = Field<TimeSpan>()
  var before = Field<String>()

  static let keys: [Key<Self>] = [
    .required("vm", \.virtualMachine, .selector, "The virtual machines; web-* selects by name."),
    .optional(
      "at", \.at, .duration(unit: "h"),
      "They are recovered to the newest instance no later than this, from the start of the run."),
    .optional(
      "before", \.before, .name,
      "Instead of \"at\": the id of another entry, for the newest instance no later than its start."),
  ]
}

/// How a plan is recovered.
enum RecoveryMode: String, CaseIterable {
  case plannedMigration = "planned-migration"
  case disasterRecovery = "disaster-recovery"
}

/// An add-on by the word of the timeline.
enum AddOnWord: String, CaseIterable {
  case siteRecoveryManager = "srm"
  case vSphereReplication = "vsphere-replication"

  var addOn: AddOn {
    switch self {
    case .siteRecoveryManager: .siteRecoveryManager
    case .vSphereReplication: .vSphereReplication
    }
  }
}
