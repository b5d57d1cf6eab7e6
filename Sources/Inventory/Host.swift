/// An ESXi host.
package struct Host: Sendable, Hashable {
  package let name: String
  package let site: SiteID
  /// Whether it is switched off when the run begins, until a recovery plan needs it.
  package let isInStandby: Bool

  package init(name: String, site: SiteID, isInStandby: Bool = false) {
    self.name = name
    self.site = site
    self.isInStandby = isInStandby
  }
}
