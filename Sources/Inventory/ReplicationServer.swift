/// A vSphere Replication server: the appliance at the target site that receives what sources send and writes it
/// through one of the site's hosts.
package struct ReplicationServer: Sendable, Hashable {
  package let name: String
  package let site: SiteID

  package init(name: String, site: SiteID) {
    self.name = name
    self.site = site
  }
}
