/// Everything that stands at the sites, before anything happens.
///
/// - Invariant: The element at position *i* of each list has the identifier *i*.
package struct Inventory: Sendable, Hashable {
  package var sites: [Site] = []
  package var clusters: [Cluster] = []
  package var hosts: [Host] = []
  package var datastores: [Datastore] = []
  package var links: [Link] = []
  package var replicationServers: [ReplicationServer] = []
  package var virtualMachines: [VirtualMachine] = []
  package var circuits: [Circuit] = []
  package var appliances: [Appliance] = []

  package init() {}

  package subscript(id: SiteID) -> Site { sites[id.index] }
  package subscript(id: ClusterID) -> Cluster { clusters[id.index] }
  package subscript(id: HostID) -> Host { hosts[id.index] }
  package subscript(id: DatastoreID) -> Datastore { datastores[id.index] }
  package subscript(id: LinkID) -> Link { links[id.index] }
  package subscript(id: ReplicationServerID) -> ReplicationServer { replicationServers[id.index] }
  package subscript(id: ApplianceID) -> Appliance { appliances[id.index] }
  package subscript(id: VirtualMachineID) -> VirtualMachine { virtualMachines[id.index] }
  package subscript(id: CircuitID) -> Circuit { circuits[id.index] }

  /// The hosts of one site, in their order.
  package func hosts(at site: SiteID) -> [Host] { hosts.filter { $0.site == site } }

  /// The cluster that a host belongs to; `nil` only in an inventory made without clusters.
  ///
  /// - Complexity: O(*n*) in the number of hosts.
  package func cluster(of host: HostID) -> ClusterID? {
    clusters.firstIndex { $0.hosts.contains(host) }.map { ClusterID($0) }
  }
}
