package import Inventory

package typealias DatacenterID = Identifier<Datacenter>
/// The position of an object in the list of its site.
package typealias MappableObjectID = Identifier<MappableObject>

/// A datacenter of a vCenter Server: folders and resource pools are inside one.
package struct Datacenter: Sendable, Hashable {
  package let name: String

  package init(name: String) { self.name = name }
}

/// What can be mapped from one site to the other.
package enum MappingKind: Int, Sendable, Hashable, CaseIterable {
  case network
  case folder
  /// A cluster, a resource pool or a host.
  case resource
  case storagePolicy
}

/// A network, a folder, a place to run or a storage policy, as the vCenter Server of its site knows it.
package struct MappableObject: Sendable, Hashable {
  package let kind: MappingKind
  package let name: String
  /// `nil` for a storage policy, which belongs to the whole vCenter Server.
  package let datacenter: DatacenterID?
  /// What it is inside of, of the same kind; `nil` at the top of its datacenter.
  package let parent: MappableObjectID?
  /// The datastores that are visible there, in their order; only a ``MappingKind/resource`` has any.
  package let datastores: [DatastoreID]

  package init(
    _ kind: MappingKind, name: String, datacenter: DatacenterID? = nil, parent: MappableObjectID? = nil,
    datastores: [DatastoreID] = []
  ) {
    self.kind = kind
    self.name = name
    self.datacenter = datacenter
    self.parent = parent
    self.datastores = datastores
  }
}

/// The inventory of one site, as far as mappings need it.
///
/// Objects are added and never renumbered, so that identifiers stay good.
package struct SiteObjects: Sendable, Hashable {
  package private(set) var datacenters: [Datacenter] = []
  package private(set) var objects: [MappableObject] = []

  package init() {}

  package subscript(id: MappableObjectID) -> MappableObject { objects[id.index] }
  package subscript(id: DatacenterID) -> Datacenter { datacenters[id.index] }

  package mutating func add(_ datacenter: Datacenter) -> DatacenterID {
    datacenters.append(datacenter)
    return DatacenterID(datacenters.count - 1)
  }

  /// - Precondition: The parent is known and of the same kind; everything but a storage policy is in a known datacenter.
  package mutating func add(_ object: MappableObject) -> MappableObjectID {
    if let parent = object.parent {
      precondition(
        contains(parent) && self[parent].kind == object.kind, "a parent is known and of the same kind")
    }
    if let datacenter = object.datacenter {
      precondition(datacenters.indices.contains(datacenter.index), "a datacenter is known")
    }
    precondition(
      (object.datacenter == nil) == (object.kind == .storagePolicy),
      "everything but a storage policy is in a datacenter")
    objects.append(object)
    return MappableObjectID(objects.count - 1)
  }

  package func contains(_ id: MappableObjectID) -> Bool { objects.indices.contains(id.index) }

  /// The objects of one kind, in their order.
  package func identifiers(of kind: MappingKind) -> [MappableObjectID] {
    objects.indices.filter { objects[$0].kind == kind }.map { MappableObjectID($0) }
  }

  /// The names from the datacenter down to the object.
  package func path(of id: MappableObjectID) -> [String] {
    var names: [String] = []
    var next: MappableObjectID? = id
    while let current = next {
      names.append(self[current].name)
      next = self[current].parent
    }
    if let datacenter = self[id].datacenter { names.append(self[datacenter].name) }
    return names.reversed()
  }
}
