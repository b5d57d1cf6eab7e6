/// A prompt or command between the steps of a plan.
package struct PlanCallout: Sendable, Hashable {
  package var position: PlanCalloutPosition
  package var callout: Callout

  package init(_ callout: Callout, at position: PlanCalloutPosition) {
    self.callout = callout
    self.position = position
  }
}

/// The places between a plan's own steps where a ``PlanCallout`` may stand.
///
/// Not every place exists in every workflow: a callout runs in those that have its place.
///
/// - Source: Site Recovery Manager REST API 2.0, `position_spec_position`, without the values marked there as unused or
///   internal and those of stretched storage and rollback.
package enum PlanCalloutPosition: String, Sendable, Hashable, CaseIterable {
  case beforePresyncStorage = "BEFORE_PRESYNC_STORAGE"
  case beforeShutdownProtectedSiteVMs = "BEFORE_SHUTDOWN_PROTECTED_SITE_VMS"
  case beforeResumeProtectedSiteVMs = "BEFORE_RESUME_PROTECTED_SITE_VMS"
  case beforePowerOffRecoverySiteVMs = "BEFORE_POWER_OFF_RECOVERY_SITE_VMS"
  case beforeResumeRecoverySiteVMs = "BEFORE_RESUME_RECOVERY_SITE_VMS"
  case beforeBeginPreparePrimarySiteHosts = "BEFORE_BEGIN_PREPARE_PRIMARY_SITE_HOSTS"
  case beforeBeginPrepareStorage = "BEFORE_BEGIN_PREPARE_STORAGE"
  case beforeSyncStorage = "BEFORE_SYNC_STORAGE"
  case beforeRestoreHosts = "BEFORE_RESTORE_HOSTS"
  case beforePrepareStorage = "BEFORE_PREPARE_STORAGE"
  case beforeRestoreStorage = "BEFORE_RESTORE_STORAGE"
  case beforeSuspendRecoverySiteVMs = "BEFORE_SUSPEND_RECOVERY_SITE_VMS"
  case beforeConfigureStorage = "BEFORE_CONFIGURE_STORAGE"
  case beforeRecoverPriority1VMs = "BEFORE_RECOVER_PRIORITY_1_VMS"
  case beforeRecoverPriority2VMs = "BEFORE_RECOVER_PRIORITY_2_VMS"
  case beforeRecoverPriority3VMs = "BEFORE_RECOVER_PRIORITY_3_VMS"
  case beforeRecoverPriority4VMs = "BEFORE_RECOVER_PRIORITY_4_VMS"
  case beforeRecoverPriority5VMs = "BEFORE_RECOVER_PRIORITY_5_VMS"
  case beforeCreatePlaceholderVMs = "BEFORE_CREATE_PLACEHOLDER_VMS"
  case beforeFinalizeStorage = "BEFORE_FINALIZE_STORAGE"
  case beforeReverseReplication = "BEFORE_REVERSE_REPLICATION"
  case atEnd = "AT_END"

  package static func beforeRecovering(_ priority: RecoveryPriority) -> PlanCalloutPosition {
    switch priority {
    case .p1: .beforeRecoverPriority1VMs
    case .p2: .beforeRecoverPriority2VMs
    case .p3: .beforeRecoverPriority3VMs
    case .p4: .beforeRecoverPriority4VMs
    case .p5: .beforeRecoverPriority5VMs
    }
  }
}
