import Inventory
import RecoveryCore
import Testing

@Suite struct InventoryMappingsTests {
  private let sites = TwoSites()

  @Test func `A mapping may be made with its reverse`() throws {
    var mappings = InventoryMappings(objects: sites.objects)
    try mappings.map(sites.first.network, to: sites.second.network, from: .first, reverse: true)
    try mappings.map(sites.first.folder, to: sites.second.folder, from: .first)

    #expect(mappings.target(of: sites.second.network, from: .second) == sites.first.network)
    #expect(mappings.reverse(of: sites.first.network, from: .first) == .yes)
    #expect(mappings.reverse(of: sites.first.folder, from: .first) == .no)
    #expect(mappings.mappings(.network, from: .first).map(\.source) == [sites.first.network])
  }

  @Test func `A target mapped elsewhere makes the reverse different`() throws {
    var mappings = InventoryMappings(objects: sites.objects)
    try mappings.map(sites.second.network, to: sites.first.otherNetwork, from: .second)
    try mappings.map(sites.first.network, to: sites.second.network, from: .first)
    #expect(mappings.reverse(of: sites.first.network, from: .first) == .different(sites.first.otherNetwork))
    #expect(ReverseMapping.different(sites.first.network).word == "DIFFERENT")
    try mappings.unmap(sites.first.network, from: .first)
    #expect(throws: MappingRefusal.reverseAlreadyMapped) {
      try mappings.map(sites.first.network, to: sites.second.network, from: .first, reverse: true)
    }
    #expect(mappings.target(of: sites.first.network, from: .first) == nil)
  }

  @Test func `What cannot be mapped is refused`() throws {
    var mappings = sites.mapped()
    #expect(throws: MappingRefusal.differentKinds) {
      try mappings.map(sites.first.folder, to: sites.second.network, from: .first)
    }
    #expect(throws: MappingRefusal.noSuchObject) {
      try mappings.map(MappableObjectID(99), to: sites.second.network, from: .first)
    }
    #expect(throws: MappingRefusal.alreadyMapped) {
      try mappings.map(sites.first.network, to: sites.second.otherNetwork, from: .first)
    }
    try mappings.unmap(sites.first.network, from: .first)
    #expect(throws: MappingRefusal.notMapped) { try mappings.unmap(sites.first.network, from: .first) }
    // The reverse is a mapping of the other site and stays.
    #expect(mappings.target(of: sites.second.network, from: .second) == sites.first.network)
  }

  @Test func `By name everything with a single partner is mapped`() throws {
    var sites = sites
    _ = sites.first.objects.add(MappableObject(.network, name: "lonely", datacenter: sites.first.datacenter))
    let tests = sites.first.objects.add(
      MappableObject(.folder, name: "Tests", datacenter: sites.first.datacenter, parent: sites.first.folder))
    // Two folders "Tests" at the other site; only one is on the same path.
    _ = sites.second.objects.add(MappableObject(.folder, name: "Tests", datacenter: sites.second.datacenter))
    let sameLevel = sites.second.objects.add(
      MappableObject(.folder, name: "Tests", datacenter: sites.second.datacenter, parent: sites.second.folder)
    )
    var mappings = InventoryMappings(objects: sites.objects)

    #expect(mappings.mapByName(.network, from: .first).count == 2)
    #expect(mappings.mapByName(.folder, from: .first, reverse: true) == [sites.first.folder, tests])

    #expect(mappings.target(of: tests, from: .first) == sameLevel)
    #expect(mappings.reverse(of: tests, from: .first) == .yes)
    #expect(mappings.reverse(of: sites.first.network, from: .first) == .no)
    #expect(mappings.mapByName(.folder, from: .first) == [])
    #expect(sites.first.objects.path(of: tests) == ["SDDC-Datacenter", "Workloads", "Tests"])
  }

  @Test func `A machine goes where the mappings say, unless something was said for it alone`() throws {
    let mappings = sites.mapped()
    #expect(try mappings.place(sites.first.location, from: .first) == sites.second.location)
    let overrides = VMLocationOverrides(networks: [sites.second.otherNetwork])
    #expect(
      try mappings.place(sites.first.location, overrides: overrides, from: .first).networks
        == [sites.second.otherNetwork])
  }

  @Test func `Missing mappings are named, each once`() throws {
    var mappings = sites.mapped()
    try mappings.unmap(sites.first.folder, from: .first)
    try mappings.unmap(sites.first.network, from: .first)
    try mappings.unmap(sites.first.policy, from: .first)
    var location = sites.first.location
    location.networks = [sites.first.network, nil, sites.first.network]
    #expect(throws: MappingProblem.missing([sites.first.folder, sites.first.network])) {
      try mappings.place(location, from: .first)
    }
    // A machine may be mapped by itself without any mapping of the site.
    let overrides = VMLocationOverrides(
      folder: sites.second.folder, networks: [sites.second.network, nil, sites.second.network])
    #expect(
      try mappings.place(location, overrides: overrides, from: .first)
        == VMLocation(
          folder: sites.second.folder, resource: sites.second.cluster,
          networks: [sites.second.network, nil, sites.second.network], storagePolicy: nil))
  }

  @Test func `A pool and a folder in different datacenters are in conflict`() throws {
    var sites = sites
    let other = sites.second.objects.add(Datacenter(name: "Other"))
    let folder = sites.second.objects.add(MappableObject(.folder, name: "Elsewhere", datacenter: other))
    let mappings = sites.mapped()
    #expect(throws: MappingProblem.conflict(resource: sites.second.datacenter, folder: other)) {
      try mappings.place(sites.first.location, overrides: VMLocationOverrides(folder: folder), from: .first)
    }
  }

  @Test func `Placeholder datastores must be visible to a resource of the site`() throws {
    var mappings = InventoryMappings(objects: sites.objects)
    #expect(mappings.suitablePlaceholderDatastores(at: .second) == [sites.second.datastore])
    #expect(throws: MappingRefusal.datastoreNotVisible) {
      try mappings.addPlaceholderDatastore(sites.first.datastore, at: .second)
    }
    try mappings.addPlaceholderDatastore(sites.second.datastore, at: .second)
    #expect(mappings.suitablePlaceholderDatastores(at: .second) == [])
    #expect(
      mappings.placeholderDatastore(visibleFrom: sites.second.cluster, at: .second) == sites.second.datastore)
    try mappings.removePlaceholderDatastore(sites.second.datastore, at: .second)
    #expect(mappings.placeholderDatastore(visibleFrom: sites.second.cluster, at: .second) == nil)
  }

  @Test func `Objects added later can be mapped`() throws {
    var sites = sites
    var mappings = sites.mapped()
    let network = sites.first.objects.add(
      MappableObject(.network, name: "new", datacenter: sites.first.datacenter))
    mappings.replaceObjects(sites.first.objects, at: .first)
    #expect(mappings.target(of: network, from: .first) == nil)
    try mappings.map(network, to: sites.second.network, from: .first)
    #expect(mappings.reverse(of: network, from: .first) == .different(sites.first.network))
  }
}
