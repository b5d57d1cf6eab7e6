/// How well a virtual machine of a protection group is protected.
package enum MemberStatus: String, Sendable, Hashable, CaseIterable {
  /// What is needed to tell is still on its way.
  case loading = "LOADING"
  /// It has just joined the group.
  case notConfigured = "NOT_CONFIGURED"
  case configuringProtection = "CONFIGURING_PROTECTION"
  case removingProtection = "REMOVING_PROTECTION"
  case restoringPlaceholder = "RESTORING_PLACEHOLDER"
  /// A disk or another device is not replicated.
  case deviceNotFound = "DEVICE_NOT_FOUND"
  case placeholderDeleted = "PLACEHOLDER_VM_DELETED"
  case arrayConfigurationError = "ABR_CONFIGURATION_ERROR"
  case placeholderCreationError = "PLACEHOLDER_CREATION_ERROR"
  case ok = "OK"
  /// The machine is gone, or its home datastore is not replicated.
  case invalid = "INVALID"
  case missingMapping = "MISSING_MAPPING"
  case replicationError = "REPLICATION_ERROR"
  case replicationWarning = "REPLICATION_WARNING"
  /// Resource pool and folder are in different datacenters.
  case mappingConflict = "MAPPING_CONFLICT"
  /// The storage says that the machine belongs to the group, but it was never protected and is gone.
  case missingUnprotectedVM = "MISSING_UNPROTECTED_VM"
  case vVolConfigurationError = "VVOL_CONFIGURATION_ERROR"
  case vVolConfigurationWarning = "VVOL_CONFIGURATION_WARNING"

  /// Whether a plan recovers the machine: everything is well, or only a warning stands.
  ///
  /// That warnings do not stop a recovery is inferred.
  package var isRecoverable: Bool {
    switch self {
    case .ok, .replicationWarning, .vVolConfigurationWarning: true
    default: false
    }
  }
}

/// How well something works that a machine's protection rests on.
package enum ProviderHealth: Sendable, Hashable {
  case ok
  case warning(String)
  case error(String)

  package var text: String? {
    switch self {
    case .ok: nil
    case .warning(let text), .error(let text): text
    }
  }
}
