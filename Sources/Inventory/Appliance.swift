package import Quantities

/// A machine that runs the replication or the recovery of a site, on one of its hosts.
package struct Appliance: Sendable, Hashable {
  package enum Role: Sendable, Hashable {
    /// Site Recovery Manager.
    case siteRecovery
    /// The management server of vSphere Replication (VRMS).
    case management
    /// A vSphere Replication server.
    case replicationServer(ReplicationServerID)
  }

  package let name: String
  package let role: Role
  package let site: SiteID
  /// Where it runs first.
  package let host: HostID
  package let cpuCount: Int
  package let memory: ByteCount
  /// From power-on until it serves.
  package let boot: TimeSpan

  package init(
    name: String, role: Role, site: SiteID, host: HostID, cpuCount: Int, memory: ByteCount, boot: TimeSpan
  ) {
    self.name = name
    self.role = role
    self.site = site
    self.host = host
    self.cpuCount = cpuCount
    self.memory = memory
    self.boot = boot
  }
}
