import Quantities
import RecoveryCore

struct RecoveryDraft: Draft {
  static let noun = "recovery"

  var span: SourceSpan?
  var times = Field<RecoveryTimesDraft>()
  var defaults = Field<RecoveryDefaultsDraft>()
  var siteDefaults = Field<[(name: Located<String>, value: RecoveryDefaultsDraft)]>()
  var synchronizationTimeout = Field<TimeSpan>()
  var runningPlans = Field<Int>()
  var roles = Field<RolesDraft>()
  var addressTable = Field<AddressTableDraft>()

  static let keys: [Key<Self>] = [
    .optional("times", \.times, .object(), default: .object([]), "How long the operations of a plan take."),
    .optional(
      "defaults", \.defaults, .object(), default: .object([]),
      "How machines are recovered of which no plan says more, at every site."),
    .optional(
      "siteDefaults", \.siteDefaults, .named(.object()), default: .object([]),
      "The same by site, beyond \"defaults\"; what counts is said by the site where a machine is recovered."),
    .optional(
      "synchronizationTimeout", \.synchronizationTimeout, .positiveDuration(), default: "2h",
      "How long one synchronization of a group may take. Unverified."),
    .optional(
      "runningPlans", \.runningPlans, .count(1...1_000), default: 10,
      "How many plans of two sites may run at a time. Unverified."),
    .optional(
      "roles", \.roles, .roles, default: .object([]),
      "Privileges by the name of a role, for entries of the timeline that people do \"as\" somebody who may not do everything."
    ),
    .optional(
      "ipSettings", \.addressTable, .addressTable,
      "A CSV file with the addresses of network cards, as \"drsim ip-settings export\" writes it, or its lines; none if left out."
    ),
  ]
}

struct RecoveryTimesDraft: Draft {
  static let noun = "recovery times"
  static let isUncountable = true

  var span: SourceSpan?
  var times = RecoveryTimes()

  private static func time(
    _ name: String, _ path: any WritableKeyPath<RecoveryTimes, TimeSpan> & Sendable, _ summary: String,
    origin: String = "An assumption."
  ) -> Key<Self> {
    .override(
      name, .duration(unit: "s"), default: .string("\(RecoveryTimes()[keyPath: path])"),
      "\(summary) \(origin)"
    ) { $0.times[keyPath: path] = $1 }
  }

  private static func count(
    _ name: String, _ path: any WritableKeyPath<RecoveryTimes, Int> & Sendable, _ summary: String
  ) -> Key<Self> {
    .override(
      name, .count(1...10_000), default: .number("\(RecoveryTimes()[keyPath: path])"),
      "\(summary) An assumption."
    ) { $0.times[keyPath: path] = $1 }
  }

  static let keys: [Key<Self>] = [
    time("hostWake", \.hostWake, "From the command until a host in standby runs."),
    time("groupStorage", \.groupStorage, "Preparing the storage of a group, before its machines."),
    time("machineStorage", \.machineStorage, "The same for each machine."),
    time(
      "registration", \.registration, "Registering a machine in place of its placeholder, or the reverse."),
    time("networkChange", \.networkChange, "Connecting a machine to a network."),
    time("networkCreation", \.networkCreation, "Making an isolated network on a host."),
    time("powerOn", \.powerOn, "What vCenter Server needs to power a machine on, before its guest boots."),
    time("powerOff", \.powerOff, "Powering a machine off."),
    time("suspension", \.suspension, "Suspending a machine."),
    time("resumption", \.resumption, "Resuming a suspended machine."),
    time("guestCustomization", \.guestCustomization, "Writing the addresses into a guest."),
    time(
      "migrationPreparation", \.migrationPreparation, "Taking a machine of the protected site out of use."),
    time("replicationReversal", \.replicationReversal, "Configuring a replication in the other direction."),
    time("placeholderCreation", \.placeholderCreation, "Making a placeholder."),
    time("remoteCall", \.remoteCall, "What the servers of two sites need to agree on a step."),
    time("adapterCommand", \.adapterCommand, "One call of a storage adapter."),
    time(
      "storageCommandTimeout", \.storageCommandTimeout,
      "How long such a call may take before it fails (storage.commandTimeout).", origin: "Unverified."),
    .override(
      "deviceDiscovery", .positiveDuration(unit: "s"),
      default: .string("\(RecoveryTimes().deviceDiscovery)"),
      "How often the devices of arrays are looked at, from the start of the run. Unverified."
    ) { $0.times.deviceDiscovery = $1 },
    count("powerOnsPerHost", \.powerOnsPerHost, "Machines that a host powers on at a time."),
    count(
      "operationsPerVCenter", \.operationsPerVCenter,
      "Operations that a vCenter Server carries out at a time."),
  ]
}

struct RecoveryDefaultsDraft: Draft {
  static let noun = "recovery defaults"
  static let isUncountable = true

  var span: SourceSpan?
  var priority = Field<Int>()
  var shutdownTimeout = Field<TimeSpan>()
  var toolsTimeout = Field<TimeSpan>()
  var delay = Field<TimeSpan>()
  var usesIPRules = Field<Bool>()
  var allowsForced = Field<Bool>()
  var customizationTimeout = Field<TimeSpan>()
  var customizationShutdownTimeout = Field<TimeSpan>()

  static let keys: [Key<Self>] = [
    .optional(
      "priority", \.priority, .count(1...5),
      "When a machine starts; 3 if left out (recovery.defaultPriority)."),
    .optional(
      "shutdownTimeout", \.shutdownTimeout, .duration(unit: "s"),
      "How long a guest may take to shut down; 5m if left out (recovery.powerOffTimeout)."),
    .optional(
      "toolsTimeout", \.toolsTimeout, .duration(unit: "s"),
      "How long the first heartbeat may take; 5m if left out (recovery.powerOnTimeout), unverified."),
    .optional(
      "delay", \.delay, .duration(unit: "s"),
      "How long is waited after the heartbeat; 0s if left out (recovery.powerOnDelay), unverified."),
    .optional(
      "ipRules", \.usesIPRules, .flag,
      "Whether mode auto uses the subnet rules; true if left out (recovery.useIpMapperAutomatically), unverified."
    ),
    .optional(
      "allowForced", \.allowsForced, .flag,
      "Whether a forced recovery may be run; false if left out (recovery.forceRecovery)."),
    .optional(
      "customizationTimeout", \.customizationTimeout, .duration(unit: "s"),
      "How long setting addresses may take; 10m if left out (recovery.customizationTimeout), unverified."),
    .optional(
      "customizationShutdownTimeout", \.customizationShutdownTimeout, .duration(unit: "s"),
      "How long the shutdown after that may take; 5m if left out (recovery.customizationShutdownTimeout), unverified."
    ),
  ]

  /// Replaces what is given here.
  func apply(to defaults: inout RecoveryDefaults) {
    if let level = priority.known { defaults.priority = RecoveryPriority.allCases[level - 1] }
    if let span = shutdownTimeout.known { defaults.guestShutdownTimeout = span }
    if let span = toolsTimeout.known { defaults.toolsTimeout = span }
    if let span = delay.known { defaults.delayAfterPowerOn = span }
    if let flag = usesIPRules.known { defaults.usesIPMapperAutomatically = flag }
    if let flag = allowsForced.known { defaults.allowsForcedRecovery = flag }
    if let span = customizationTimeout.known { defaults.customizationTimeout = span }
    if let span = customizationShutdownTimeout.known { defaults.customizationShutdownTimeout = span }
  }
}
