package import Quantities

/// A site's connection to a provider, shared by every link of the site that goes over it; full duplex.
///
/// An ExpressRoute circuit of Azure is one: two private clouds joined by Global Reach get no more than the smaller of
/// their two circuits, and share it with all else that goes over them.
package struct Circuit: Sendable, Hashable {
  package let name: String
  package let site: SiteID
  /// Raw, in each direction.
  package let bandwidth: DataRate
  /// The share of it that replication gets as data, as ``Link/usable``.
  package let usable: Ratio

  package init(name: String, site: SiteID, bandwidth: DataRate, usable: Ratio) {
    self.name = name
    self.site = site
    self.bandwidth = bandwidth
    self.usable = usable
  }
}
