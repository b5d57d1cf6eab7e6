/// Hosts of one site among which vSphere places machines and restarts them.
package struct Cluster: Sendable, Hashable {
  package let name: String
  package let site: SiteID
  /// Ascending; never empty.
  package let hosts: [HostID]
  /// What each of its hosts has for machines; `nil` where that is never the limit.
  package let hostCapacity: HostCapacity?

  /// How its machines are guarded and where its limits are; `nil` where the cluster is not looked at in detail.
  package let availability: HighAvailability?

  package init(
    name: String, site: SiteID, hosts: [HostID], hostCapacity: HostCapacity? = nil,
    availability: HighAvailability? = nil
  ) {
    self.name = name
    self.site = site
    self.hosts = hosts
    self.hostCapacity = hostCapacity
    self.availability = availability
  }
}
