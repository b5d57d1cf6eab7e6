/// A virtual machine as a member of its protection group.
package struct ProtectedVM: Sendable, Hashable {
  /// What is being done to the machine's protection.
  package enum Operation: Sendable, Hashable, CaseIterable {
    case configuring
    case removing
    case restoringPlaceholder
  }

  package let group: ProtectionGroupID
  /// Where it is at the site where it runs: after a recovery, where the recovered machine is.
  package internal(set) var location: VMLocation
  /// Where the machine that ran before the recovery was left, until reprotect.
  package internal(set) var originalLocation: VMLocation?
  /// What was said for this machine alone, by protected side.
  package internal(set) var overrides = BothSides(VMLocationOverrides.none)
  package internal(set) var operation: Operation?
  /// Whether its protection has been configured once and not removed since.
  package internal(set) var isConfigured = false
  package internal(set) var placeholder: Placeholder?
  /// Why the last attempt to make a placeholder failed.
  package internal(set) var placeholderProblem: PlaceholderProblem?
  package internal(set) var facts = Facts()
  /// Whether the plan that recovered the group recovered this machine.
  package internal(set) var isRecovered = false

  /// What is known of the machine from outside its protection.
  package struct Facts: Sendable, Hashable {
    /// Whether everything below has been asked for and answered.
    package var isKnown = true
    /// Whether the machine exists at the protected site.
    package var exists = true
    package var isHomeReplicated = true
    /// Disks and devices that are not replicated and not detached from protection, by name.
    package var unreplicatedDevices: [String] = []
    package var replication = ProviderHealth.ok
    /// How the storage of an array-based or virtual volumes group is configured for the machine.
    package var configuration = ProviderHealth.ok

    package init() {}
  }

  init(group: ProtectionGroupID, location: VMLocation) {
    self.group = group
    self.location = location
  }

  /// How well the machine is protected; the gravest that holds.
  ///
  /// An operation under way hides everything else; what makes recovery impossible comes before what can be repaired, and
  /// errors before warnings. The order is inferred.
  package func status(in type: ReplicationType) -> MemberStatus {
    guard facts.isKnown else { return .loading }
    switch operation {
    case .configuring: return .configuringProtection
    case .removing: return .removingProtection
    case .restoringPlaceholder: return .restoringPlaceholder
    case nil: break
    }
    guard facts.exists else { return isConfigured ? .invalid : .missingUnprotectedVM }
    guard facts.isHomeReplicated else { return .invalid }
    switch placeholderProblem {
    case .mapping(.missing): return .missingMapping
    case .mapping(.conflict): return .mappingConflict
    case .originalNotFound: return .invalid
    case .noDatastore, .creationFailed: return .placeholderCreationError
    case nil: break
    }
    guard isConfigured else { return .notConfigured }
    guard facts.unreplicatedDevices.isEmpty else { return .deviceNotFound }
    if case .error = facts.configuration {
      return type == .virtualVolumes ? .vVolConfigurationError : .arrayConfigurationError
    }
    if placeholder?.state == .deleted { return .placeholderDeleted }
    if case .error = facts.replication { return .replicationError }
    if case .warning = facts.configuration, type == .virtualVolumes { return .vVolConfigurationWarning }
    if case .warning = facts.replication { return .replicationWarning }
    return .ok
  }

  /// The texts that explain the status; empty if all is well.
  package func errors(in type: ReplicationType) -> [String] {
    switch status(in: type) {
    case .deviceNotFound: facts.unreplicatedDevices.map { "device \"\($0)\" is not replicated" }
    case .replicationError, .replicationWarning: [facts.replication.text].compactMap { $0 }
    case .arrayConfigurationError, .vVolConfigurationError, .vVolConfigurationWarning:
      [facts.configuration.text].compactMap { $0 }
    case .placeholderCreationError:
      switch placeholderProblem {
      case .creationFailed(let text): [text]
      default: ["no placeholder datastore is visible where the virtual machine would run"]
      }
    case .placeholderDeleted: ["the placeholder virtual machine was deleted"]
    case .invalid:
      if placeholderProblem == .originalNotFound || facts.isHomeReplicated {
        ["Original protected VM not found"]
      } else {
        ["the home datastore is not replicated"]
      }
    case .missingUnprotectedVM: ["the virtual machine was deleted before it was protected"]
    case .missingMapping, .mappingConflict, .loading, .notConfigured, .configuringProtection,
      .removingProtection,
      .restoringPlaceholder, .ok:
      []
    }
  }
}
