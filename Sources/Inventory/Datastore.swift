package import Quantities

/// A place for virtual disks, with the throughput that all transfers on it share.
package struct Datastore: Sendable, Hashable {
  package let name: String
  package let site: SiteID
  package let capacity: ByteCount?
  /// All reads together; `nil` where reads are never the bottleneck.
  package let readRate: DataRate?
  /// All writes together; `nil` where writes are never the bottleneck.
  package let writeRate: DataRate?

  package init(
    name: String, site: SiteID, capacity: ByteCount? = nil, readRate: DataRate? = nil,
    writeRate: DataRate? = nil
  ) {
    self.name = name
    self.site = site
    self.capacity = capacity
    self.readRate = readRate
    self.writeRate = writeRate
  }
}
