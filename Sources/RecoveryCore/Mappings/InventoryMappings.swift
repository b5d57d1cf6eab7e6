package import Inventory

/// Where things of one site are to be found at the other after a recovery: networks, folders, resources and storage
/// policies, test networks, and the datastores for placeholders.
///
/// Each site has mappings of its own, which count while it is the protected one. Mappings are looked up when a virtual
/// machine is configured; those made later count for machines that are configured after that.
package struct InventoryMappings: Sendable, Hashable {
  /// What is known of the two sites; see ``replaceObjects(_:at:)``.
  package private(set) var objects: BothSides<SiteObjects>
  /// By source, the object at the other site.
  private var targets: BothSides<[MappableObjectID?]>
  /// By network of the site, the network that a test uses instead.
  private var testNetworks: BothSides<[MappableObjectID?]>
  /// By protected network, the rules for addresses.
  private var ipMappings: BothSides<[IPMapping?]>
  /// Where placeholders are put, in the order in which they are tried.
  package private(set) var placeholderDatastores: BothSides<[DatastoreID]>

  package init(objects: BothSides<SiteObjects>) {
    self.objects = objects
    targets = BothSides(
      first: Self.empty(for: objects.first), second: Self.empty(for: objects.second))
    testNetworks = targets
    ipMappings = BothSides(
      first: objects.first.objects.map { _ in nil }, second: objects.second.objects.map { _ in nil })
    placeholderDatastores = BothSides([])
  }

  private static func empty(for objects: SiteObjects) -> [MappableObjectID?] {
    objects.objects.map { _ in nil }
  }

  /// Takes a site's inventory after objects were added to it.
  ///
  /// - Precondition: What was known has kept its identifiers.
  package mutating func replaceObjects(_ objects: SiteObjects, at side: PairSide) {
    precondition(
      objects.objects.starts(with: self.objects[side].objects), "known objects keep their identifiers")
    let added = objects.objects.count - self.objects[side].objects.count
    self.objects[side] = objects
    for _ in 0..<added {
      targets[side].append(nil)
      testNetworks[side].append(nil)
      ipMappings[side].append(nil)
    }
  }

  // MARK: Mappings of objects

  /// The object at the other site that stands for `source` after a recovery, or `nil` if nobody has said.
  package func target(of source: MappableObjectID, from side: PairSide) -> MappableObjectID? {
    targets[side][source.index]
  }

  /// What is mapped back from the target of a mapping.
  package func reverse(of source: MappableObjectID, from side: PairSide) -> ReverseMapping {
    guard let target = target(of: source, from: side),
      let back = self.target(of: target, from: side.other)
    else { return .no }
    return back == source ? .yes : .different(back)
  }

  /// Maps an object of one site to one of the other.
  ///
  /// - Parameter reverse: Whether the target is mapped back to the source as well; it must not be mapped yet, except to
  ///   the source.
  package mutating func map(
    _ source: MappableObjectID, to target: MappableObjectID, from side: PairSide, reverse: Bool = false
  ) throws(MappingRefusal) {
    guard objects[side].contains(source), objects[side.other].contains(target) else { throw .noSuchObject }
    guard objects[side][source].kind == objects[side.other][target].kind else { throw .differentKinds }
    guard targets[side][source.index] == nil else { throw .alreadyMapped }
    if reverse, let back = self.target(of: target, from: side.other), back != source {
      throw .reverseAlreadyMapped
    }
    targets[side][source.index] = target
    if reverse { targets[side.other][target.index] = source }
  }

  /// Takes a mapping away; the one in the other direction stays, and so do machines that are configured already.
  package mutating func unmap(_ source: MappableObjectID, from side: PairSide) throws(MappingRefusal) {
    guard objects[side].contains(source) else { throw .noSuchObject }
    guard targets[side][source.index] != nil else { throw .notMapped }
    targets[side][source.index] = nil
    ipMappings[side][source.index] = nil
  }

  /// Maps all objects of one kind that are not mapped yet to those of the same name.
  ///
  /// Where several objects at the other site have the name, the one on the same path is taken; if there is none, nothing is
  /// mapped. Two objects may be mapped to the same one. Which of several the product would take is inferred.
  ///
  /// - Parameter reverse: Whether each is mapped back as well, where the target is free.
  /// - Returns: The sources mapped now, in their order.
  package mutating func mapByName(
    _ kind: MappingKind, from side: PairSide, reverse: Bool = false
  ) -> [MappableObjectID] {
    let candidates = objects[side.other].identifiers(of: kind)
    var mapped: [MappableObjectID] = []
    for source in objects[side].identifiers(of: kind) where targets[side][source.index] == nil {
      let name = objects[side][source].name
      var matches = candidates.filter { objects[side.other][$0].name == name }
      if matches.count > 1 {
        let path = objects[side].path(of: source)
        matches = matches.filter { objects[side.other].path(of: $0) == path }
      }
      guard matches.count == 1 else { continue }
      let target = matches[0]
      targets[side][source.index] = target
      if reverse && targets[side.other][target.index] == nil { targets[side.other][target.index] = source }
      mapped.append(source)
    }
    return mapped
  }

  /// The mappings of one kind from one site, in the order of their sources.
  package func mappings(
    _ kind: MappingKind, from side: PairSide
  ) -> [(source: MappableObjectID, target: MappableObjectID)] {
    objects[side].identifiers(of: kind).compactMap { source in
      target(of: source, from: side).map { (source, $0) }
    }
  }

  // MARK: Test networks and addresses

  /// Names the network of a site that tests use in place of `network` there.
  ///
  /// Without one a test makes an isolated network.
  ///
  /// - Parameter test: `nil` takes the mapping away.
  package mutating func setTestNetwork(
    _ test: MappableObjectID?, for network: MappableObjectID, at side: PairSide
  ) throws(MappingRefusal) {
    for object in [network, test ?? network] {
      guard objects[side].contains(object) else { throw .noSuchObject }
      guard objects[side][object].kind == .network else { throw .differentKinds }
    }
    testNetworks[side][network.index] = test
  }

  package func testNetwork(for network: MappableObjectID, at side: PairSide) -> MappableObjectID? {
    testNetworks[side][network.index]
  }

  /// Sets the address rules of a mapped network; `nil` takes them away.
  package mutating func setIPMapping(
    _ mapping: IPMapping?, for network: MappableObjectID, from side: PairSide
  ) throws(MappingRefusal) {
    guard objects[side].contains(network) else { throw .noSuchObject }
    guard objects[side][network].kind == .network else { throw .differentKinds }
    guard targets[side][network.index] != nil else { throw .notMapped }
    ipMappings[side][network.index] = mapping
  }

  package func ipMapping(for network: MappableObjectID, from side: PairSide) -> IPMapping? {
    ipMappings[side][network.index]
  }

  // MARK: Placeholder datastores

  /// The datastores of a site that its resources see and that hold no placeholders yet, in ascending order.
  package func suitablePlaceholderDatastores(at side: PairSide) -> [DatastoreID] {
    var visible: [DatastoreID] = []
    for resource in objects[side].identifiers(of: .resource) { visible += objects[side][resource].datastores }
    var suitable: [DatastoreID] = []
    for datastore in visible.sorted()
    where suitable.last != datastore && !placeholderDatastores[side].contains(datastore) {
      suitable.append(datastore)
    }
    return suitable
  }

  package mutating func addPlaceholderDatastore(
    _ datastore: DatastoreID, at side: PairSide
  ) throws(MappingRefusal) {
    guard !placeholderDatastores[side].contains(datastore) else { throw .alreadyMapped }
    guard suitablePlaceholderDatastores(at: side).contains(datastore) else { throw .datastoreNotVisible }
    placeholderDatastores[side].append(datastore)
  }

  /// Placeholders on the datastore stay where they are; new ones go elsewhere.
  package mutating func removePlaceholderDatastore(
    _ datastore: DatastoreID, at side: PairSide
  ) throws(MappingRefusal) {
    guard let index = placeholderDatastores[side].firstIndex(of: datastore) else { throw .notMapped }
    placeholderDatastores[side].remove(at: index)
  }

  /// Where the placeholder of a machine goes that is to run on `resource`: the first listed datastore visible there.
  package func placeholderDatastore(visibleFrom resource: MappableObjectID, at side: PairSide) -> DatastoreID?
  {
    let visible = objects[side][resource].datastores
    return placeholderDatastores[side].first(where: visible.contains)
  }
}
