package import Quantities

/// What a site installs from its add-ons page: Site Recovery Manager, and vSphere Replication with its servers.
package enum AddOn: Int, Sendable, Hashable, CaseIterable {
  case siteRecoveryManager
  case vSphereReplication

  /// The server that the add-on brings.
  package var role: ServerRole {
    switch self {
    case .siteRecoveryManager: .siteRecoveryManager
    case .vSphereReplication: .replicationManagement
    }
  }
}

/// How long installing takes and what it allows.
package struct AddOnParameters: Sendable, Hashable {
  /// 15 minutes, the middle of what is told.
  ///
  /// - Source: Azure VMware Solution workshop, module 3: 10 to 20 minutes.
  package var siteRecoveryManagerTime = TimeSpan.minutes(15)
  /// 15 minutes, the middle of what is told, whatever the number of servers.
  ///
  /// - Source: Azure VMware Solution workshop, module 3: 10 to 20 minutes. That servers do not add to it is inferred.
  package var vSphereReplicationTime = TimeSpan.minutes(15)
  /// How long removing an add-on takes; the value is unverified.
  package var removalTime = TimeSpan.minutes(5)
  /// The most replication servers of a site, the one inside the appliance among them: ten.
  ///
  /// - Source: VMware, "vSphere Replication 8.3" operational limits: nine beside the appliance.
  package var replicationServersMaximum = 10

  package init() {}

  package func installationTime(_ addOn: AddOn) -> TimeSpan {
    switch addOn {
    case .siteRecoveryManager: siteRecoveryManagerTime
    case .vSphereReplication: vSphereReplicationTime
    }
  }
}

/// How far the installation of an add-on is.
package enum AddOnState: Sendable, Hashable {
  case notInstalled
  /// The button of the page is grey until `end`.
  case installing(replicationServers: Int, end: Instant)
  case installed(replicationServers: Int)
  case removing(end: Instant)
}

/// Why an add-on cannot be installed, removed or changed now.
package enum AddOnRefusal: Error, Sendable, Hashable {
  /// Somebody has begun already: one person per site does this.
  case alreadyBegun
  case alreadyInstalled
  case notInstalled
  /// vSphere Replication needs from one to `maximum` servers.
  case replicationServerCount(Int, maximum: Int)
  /// The sites are paired; the pairing must be deleted first. Unverified.
  case stillPaired
}
