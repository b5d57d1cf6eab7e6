package import Quantities

/// A place for virtual disks, with the throughput that all transfers on it share.
package struct Datastore: Sendable, Hashable {
  /// What the datastore is, where it is no vSAN.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case vmfs
    /// Cannot tell which parts of a disk are allocated.
    case nfs
    /// Virtual volumes of an array, on which fewer machines may have a short RPO.
    case vvol
  }

  package let name: String
  package let site: SiteID
  package let kind: Kind
  /// The raw capacity of all devices where it is a vSAN datastore; `nil` where room is no limit.
  package let capacity: ByteCount?
  /// All reads together; `nil` where reads are never the bottleneck.
  package let readRate: DataRate?
  /// All writes together; `nil` where writes are never the bottleneck.
  package let writeRate: DataRate?
  /// `nil` for a plain datastore; else throughput and capacity are those of its hosts' devices.
  package let vsan: VSANDescription?

  package init(
    name: String, site: SiteID, capacity: ByteCount? = nil, readRate: DataRate? = nil,
    writeRate: DataRate? = nil, kind: Kind = .vmfs, vsan: VSANDescription? = nil
  ) {
    self.name = name
    self.site = site
    self.kind = kind
    self.vsan = vsan
    self.capacity = vsan?.rawCapacity ?? capacity
    self.readRate = readRate
    self.writeRate = writeRate
  }
}
