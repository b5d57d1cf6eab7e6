/// An ESXi host.
package struct Host: Sendable, Hashable {
  package let name: String
  package let site: SiteID

  package init(name: String, site: SiteID) {
    self.name = name
    self.site = site
  }
}
