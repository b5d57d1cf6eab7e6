import Inventory
import RecoveryCore

/// Two small sites with the same names, for tests: a datacenter, two networks, a folder, a cluster and a policy each.
struct TwoSites {
  struct Site {
    var objects = SiteObjects()
    let datacenter: DatacenterID
    let network: MappableObjectID
    let otherNetwork: MappableObjectID
    let folder: MappableObjectID
    let cluster: MappableObjectID
    let policy: MappableObjectID
    let datastore: DatastoreID

    init(datastore: Int) {
      self.datastore = DatastoreID(datastore)
      datacenter = objects.add(Datacenter(name: "SDDC-Datacenter"))
      network = objects.add(MappableObject(.network, name: "web", datacenter: datacenter))
      otherNetwork = objects.add(MappableObject(.network, name: "db", datacenter: datacenter))
      folder = objects.add(MappableObject(.folder, name: "Workloads", datacenter: datacenter))
      cluster = objects.add(
        MappableObject(.resource, name: "Cluster-1", datacenter: datacenter, datastores: [self.datastore]))
      policy = objects.add(MappableObject(.storagePolicy, name: "vSAN Default Storage Policy"))
    }

    /// Where a machine with one card is.
    var location: VMLocation {
      VMLocation(folder: folder, resource: cluster, networks: [network], storagePolicy: policy)
    }
  }

  var first = Site(datastore: 0)
  var second = Site(datastore: 1)

  var objects: BothSides<SiteObjects> { BothSides(first: first.objects, second: second.objects) }

  /// Everything mapped by name in both directions, placeholder datastores at both sites.
  func mapped() -> InventoryMappings {
    var mappings = InventoryMappings(objects: objects)
    for kind in MappingKind.allCases { _ = mappings.mapByName(kind, from: .first, reverse: true) }
    do {
      try mappings.addPlaceholderDatastore(first.datastore, at: .first)
      try mappings.addPlaceholderDatastore(second.datastore, at: .second)
    } catch {
      preconditionFailure("the datastores are visible")
    }
    return mappings
  }
}
