package import Quantities

/// Everything that stands at the sites, before anything happens.
///
/// - Invariant: The element at position *i* of each list has the identifier *i*.
package struct Inventory: Sendable, Hashable {
  package var sites: [Site] = []
  package var hosts: [Host] = []
  package var datastores: [Datastore] = []
  package var links: [Link] = []
  package var virtualMachines: [VirtualMachine] = []

  package init() {}

  package subscript(id: SiteID) -> Site { sites[id.index] }
  package subscript(id: HostID) -> Host { hosts[id.index] }
  package subscript(id: DatastoreID) -> Datastore { datastores[id.index] }
  package subscript(id: LinkID) -> Link { links[id.index] }
  package subscript(id: VirtualMachineID) -> VirtualMachine { virtualMachines[id.index] }

  /// The hosts of one site, in their order.
  package func hosts(at site: SiteID) -> [Host] { hosts.filter { $0.site == site } }
}

/// A place with hosts and datastores that a disaster may take as a whole.
package struct Site: Sendable, Hashable {
  package let name: String

  package init(name: String) { self.name = name }
}

/// An ESXi host.
package struct Host: Sendable, Hashable {
  package let name: String
  package let site: SiteID

  package init(name: String, site: SiteID) {
    self.name = name
    self.site = site
  }
}

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

/// A wide-area connection of two sites, full duplex.
package struct Link: Sendable, Hashable {
  /// A direction of a link.
  package enum Direction: Int, Sendable, Hashable, CaseIterable {
    /// From the first end to the second.
    case forward
    case backward

    package var reversed: Direction { self == .forward ? .backward : .forward }
  }

  package let name: String
  package let ends: [SiteID]
  /// Raw bandwidth, indexed by ``Direction``.
  package let bandwidth: [DataRate]
  /// One way.
  package let latency: TimeSpan
  /// The share of the bandwidth that replication may use.
  ///
  /// - Source: VMware's worked example of 100 GB over T1, 10 and 100 Mbit/s implies 70 %.
  package let usable: Ratio
  /// The probability that a packet is lost.
  package let loss: Ratio
  /// The most one TCP connection keeps in flight.
  package let windowMaximum: ByteCount

  /// - Precondition: Two different ends, two bandwidths.
  package init(
    name: String, ends: [SiteID], bandwidth: [DataRate], latency: TimeSpan, usable: Ratio, loss: Ratio,
    windowMaximum: ByteCount
  ) {
    precondition(ends.count == 2 && ends[0] != ends[1], "a link joins two different sites")
    precondition(bandwidth.count == Direction.allCases.count, "a link has a bandwidth per direction")
    self.name = name
    self.ends = ends
    self.bandwidth = bandwidth
    self.latency = latency
    self.usable = usable
    self.loss = loss
    self.windowMaximum = windowMaximum
  }

  /// The direction that leads from `source` to `target`, or `nil` if the link does not join them.
  package func direction(from source: SiteID, to target: SiteID) -> Direction? {
    if ends == [source, target] { return .forward }
    if ends == [target, source] { return .backward }
    return nil
  }
}

/// A virtual machine and its disks.
package struct VirtualMachine: Sendable, Hashable {
  package let name: String
  package let site: SiteID
  package let datastore: DatastoreID
  /// Where it runs first.
  package let host: HostID
  package let disks: [VirtualDisk]

  package init(name: String, site: SiteID, datastore: DatastoreID, host: HostID, disks: [VirtualDisk]) {
    self.name = name
    self.site = site
    self.datastore = datastore
    self.host = host
    self.disks = disks
  }
}

/// A virtual disk of a machine.
package struct VirtualDisk: Sendable, Hashable {
  package let name: String
  package let size: ByteCount
  /// How much of it holds data at the start, counted from its beginning; the rest is unallocated.
  package let used: ByteCount

  package init(name: String, size: ByteCount, used: ByteCount) {
    self.name = name
    self.size = size
    self.used = used
  }
}
