/// Where a virtual machine is in the inventory of one site.
package struct VMLocation: Sendable, Hashable {
  package var folder: MappableObjectID
  /// The cluster, resource pool or host it runs in.
  package var resource: MappableObjectID
  /// The network of each card, in the order of the cards; `nil` for a card that is not connected.
  package var networks: [MappableObjectID?]
  /// `nil` if none was chosen for it.
  package var storagePolicy: MappableObjectID?

  package init(
    folder: MappableObjectID, resource: MappableObjectID, networks: [MappableObjectID?] = [],
    storagePolicy: MappableObjectID? = nil
  ) {
    self.folder = folder
    self.resource = resource
    self.networks = networks
    self.storagePolicy = storagePolicy
  }
}

/// Where one virtual machine goes regardless of the site's mappings.
///
/// What is `nil` is looked up in the mappings.
package struct VMLocationOverrides: Sendable, Hashable {
  package var folder: MappableObjectID?
  package var resource: MappableObjectID?
  /// By card; cards beyond the end follow the mappings.
  package var networks: [MappableObjectID?]
  package var storagePolicy: MappableObjectID?

  package init(
    folder: MappableObjectID? = nil, resource: MappableObjectID? = nil, networks: [MappableObjectID?] = [],
    storagePolicy: MappableObjectID? = nil
  ) {
    self.folder = folder
    self.resource = resource
    self.networks = networks
    self.storagePolicy = storagePolicy
  }

  package static let none = VMLocationOverrides()
}

/// Why a virtual machine has no place at the other site.
package enum MappingProblem: Error, Sendable, Hashable {
  /// *Mapping Missing*: no mapping says where these go; in the order folder, resource, networks, storage policy, each
  /// once.
  case missing([MappableObjectID])
  /// *Mapping Conflict*: the resource pool and the folder are in different datacenters.
  case conflict(resource: DatacenterID, folder: DatacenterID)
}

extension InventoryMappings {
  /// Where a machine of one site is to be at the other.
  ///
  /// A storage policy without a mapping is none: the recovered machine gets the datastore's default.
  ///
  /// - Parameters:
  ///   - location: Where it is at `side`.
  ///   - overrides: What was said for this machine alone; it beats the mappings.
  package func place(
    _ location: VMLocation, overrides: VMLocationOverrides = .none, from side: PairSide
  ) throws(MappingProblem) -> VMLocation {
    var missing: [MappableObjectID] = []
    func resolve(_ source: MappableObjectID, _ override: MappableObjectID?) -> MappableObjectID? {
      if let target = override ?? target(of: source, from: side) { return target }
      if !missing.contains(source) { missing.append(source) }
      return nil
    }
    let folder = resolve(location.folder, overrides.folder)
    let resource = resolve(location.resource, overrides.resource)
    let networks = location.networks.enumerated().map { card, network -> MappableObjectID? in
      guard let network else { return nil }
      let override = overrides.networks.indices.contains(card) ? overrides.networks[card] : nil
      return resolve(network, override)
    }
    guard let folder, let resource, missing.isEmpty else { throw .missing(missing) }
    let there = objects[side.other]
    if let resourceCenter = there[resource].datacenter, let folderCenter = there[folder].datacenter,
      resourceCenter != folderCenter
    {
      throw .conflict(resource: resourceCenter, folder: folderCenter)
    }
    let policy =
      overrides.storagePolicy ?? location.storagePolicy.flatMap { target(of: $0, from: side) }
    return VMLocation(folder: folder, resource: resource, networks: networks, storagePolicy: policy)
  }
}
