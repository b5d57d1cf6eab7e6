package import Quantities

/// Where the product runs, which decides what of it may be used.
package enum Offering: Sendable, Hashable, CaseIterable {
  case onPremises
  /// Without arrays, virtual volumes and storage-policy groups, the command-line tool for addresses, shared sites and
  /// custom extension identifiers.
  ///
  /// - Source: Microsoft, "Deploy disaster recovery with VMware Site Recovery Manager" on Azure VMware Solution.
  case azureVMwareSolution

  /// Whether protection groups of this type can be made.
  package func supports(_ type: ReplicationType) -> Bool {
    switch type {
    case .vSphereReplication: true
    case .arrayBased, .virtualVolumes: self == .onPremises
    case .unknown: false
    }
  }

  /// Whether addresses can be imported and exported as a table.
  package var hasIPCustomizationTool: Bool { self == .onPremises }

  /// How many protected sites may share a recovery site.
  package func sharedRecoverySitesMaximum(_ limits: RecoveryLimits) -> Int {
    self == .onPremises ? limits[.sharedRecoverySites] : 1
  }

  /// Whether a pair may use another extension identifier than `com.vmware.vcDr`.
  package var allowsCustomExtension: Bool { self == .onPremises }
}

/// The recovery point objectives that vSphere Replication accepts: from 5 minutes to 24 hours.
///
/// - Source: vSphere Replication REST API 2.0, 5 to 1,440 minutes; Azure VMware Solution limits.
package let recoveryPointObjectives: ClosedRange<TimeSpan> = .minutes(5)...(.minutes(1_440))
