import Inventory
import Quantities

/// The settings of vSphere HA; their defaults are those of ``HighAvailability``.
struct HighAvailabilityDraft: Draft {
  static let noun = "vSphere HA"
  static let isUncountable = true

  var span: SourceSpan?
  var settings = HighAvailability()
  /// What the failures that are reserved for are said with.
  var admissionSpan: SourceSpan?

  static let keys: [Key<Self>] = [
    .override("enabled", .flag, "Whether machines of failed hosts are started again; true if left out.") {
      $0.settings.isEnabled = $1
    },
    .override(
      "detection", .positiveDuration(unit: "s"),
      "From the failure of a host until its machines are started elsewhere; 18s if left out."
    ) { $0.settings.failureDetection = $1 },
    .override(
      "isolationDelay", .positiveDuration(unit: "s"),
      "From the isolation of a host until it responds; 60s if left out."
    ) { $0.settings.isolationDelay = $1 },
    .override(
      "isolationResponse", .word, "What an isolated host does with its machines; \"leave\" if left out."
    ) {
      $0.settings.isolationResponse = $1
    },
    .override(
      "powerOn", .positiveDuration(unit: "s"), "What one power-on takes of its host's slot; 10s if left out."
    ) { $0.settings.powerOnDuration = $1 },
    .override(
      "powerOnsPerHost", .count(1...1_024), "How many machines start on a host at a time; 32 if left out."
    ) {
      $0.settings.powerOnsPerHost = $1
    },
    .override(
      "powerOnsPerCluster", .count(1...65_536), "How many machines start at a time; any number if left out."
    ) {
      $0.settings.powerOnsPerCluster = $1
    },
    .override(
      "migrationsPerHost", .count(1...64),
      "How many machines move from or to a host at a time; 8 if left out."
    ) {
      $0.settings.migrationsPerHost = $1
    },
    .override("cpuOvercommitment", .positiveFactor, "Virtual processors per core; 400% if left out.") {
      $0.settings.cpuOvercommitment = $1
    },
    .override(
      "memoryOvercommitment", .positiveFactor,
      "The memory of a host's machines per memory of the host, at most; unbounded if left out, as in vSphere, where only reservations and overhead keep a machine from being powered on."
    ) { $0.settings.memoryOvercommitment = $1 },
    .override(
      "admission", .object(),
      "What power-ons leave free of reservations for failures; nothing if left out."
    ) {
      (owner: inout Self, draft: AdmissionDraft) in
      owner.settings.failuresReserved = draft.failures.known ?? 0
      owner.admissionSpan = draft.failures.located?.span
    },
    .override("monitoring", .object(), "How guests without a heartbeat are reset; not at all if left out.") {
      (owner: inout Self, draft: MonitoringDraft) in owner.settings.monitoring = draft.settings
    },
  ]
}

struct AdmissionDraft: Draft {
  static let noun = "admission control"
  static let isUncountable = true

  var span: SourceSpan?
  var failures = Field<Int>()

  static let keys: [Key<Self>] = [
    .required(
      "failures", \.failures, .count(0...64),
      "The failures of hosts that power-ons leave room for: that share of the hosts' memory is kept free of reservations and overhead. Memory that is not reserved does not count."
    )
  ]
}

struct MonitoringDraft: Draft {
  static let noun = "VM monitoring"
  static let isUncountable = true

  var span: SourceSpan?
  var settings = HighAvailability.MachineMonitoring()

  static let keys: [Key<Self>] = [
    .override(
      "failureInterval", .positiveDuration(unit: "s"),
      "How long a guest has no heartbeat before its machine is reset; 30s if left out."
    ) { $0.settings.failureInterval = $1 },
    .override(
      "ioInterval", .duration(unit: "s"),
      "How long it must have no disk or network activity as well, which ends with its heartbeat; 120s if left out, 0s to reset it without looking."
    ) { $0.settings.ioInterval = $1 },
    .override("resets", .count(1...100), "The most resets of a machine within the window; 3 if left out.") {
      $0.settings.resetMaximum = $1
    },
    .override("window", .positiveDuration(unit: "h"), "The time in which resets are counted; 1h if left out.")
    {
      $0.settings.resetWindow = $1
    },
  ]
}
