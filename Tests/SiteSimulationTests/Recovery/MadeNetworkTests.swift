import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Port groups that the timeline makes.
@Suite struct MadeNetworkTests {
  private static let creation = #""at": "20m", "do": "network.create", "site": "lyon", "network": "dr""#
  private let vm = VirtualMachineID(0)

  @Test func `A network is mapped only once it exists`() throws {
    let mapping = #""do": "mapping.add", "kind": "networks", "from": "paris""#
    var world = try PlannedWorld(
      timeline: [#""at": "10m", \#(mapping)"#, Self.creation, #""at": "30m", \#(mapping)"#]
    ).world()
    try world.run(until: .minutes(25))
    #expect(world.details(of: "mapping.add-refused") == ["the network dr does not exist at site lyon"])
    #expect(world.protectionStatus(of: vm) == .missingMapping)
    #expect(world.placeholder(of: vm) == nil)

    try world.run(until: .minutes(31))

    #expect(world.details(of: "mapping.add-refused").count == 1)
    #expect(world.protectionStatus(of: vm) == .ok)
    #expect(world.power(of: vm, atSite: SiteID(1)) == "PLACEHOLDER")
  }

  @Test func `What can be mapped is mapped although another network is missing`() throws {
    var world = try PlannedWorld(
      mappings: #""testNetworks": { "dr": "bubble" }"#,
      timeline: [
        #""at": "10m", "do": "mapping.add", "kind": "networks", "from": "paris""#,
        #""at": "20m", "do": "network.create", "site": "lyon", "network": "bubble""#,
      ]
    ).world()

    try world.run(until: .minutes(15))

    #expect(world.details(of: "mapping.add-refused") == ["the network bubble does not exist at site lyon"])
    #expect(world.protectionStatus(of: vm) == .ok)
    #expect(world.mappings(of: .only).testNetwork(for: MappableObjectID(0), at: .second) == nil)
  }

  @Test func `A machine is deployed only on a network that exists`() throws {
    var world = try PlannedWorld(
      timeline: [
        #""at": "10m", "do": "vm.deploy", "vm": "vm-*""#,
        #""at": "11m", "do": "replication.configure", "vm": "vm-01""#,
        #""at": "12m", "do": "mapping.add", "kind": "networks", "from": "paris""#,
        #""at": "20m", "do": "network.create", "site": "paris", "network": "prod""#,
        #""at": "30m", "do": "vm.deploy", "vm": "vm-*""#,
        #""at": "31m", "do": "replication.configure", "vm": "vm-01""#,
      ]
    ).world()
    try world.run(until: .minutes(25))
    #expect(
      world.details(of: "vm.deploy-refused")
        == Array(repeating: "the network prod does not exist", count: 3))
    #expect(world.details(of: "replication.configure-refused") == ["not in the inventory"])
    #expect(world.details(of: "mapping.add-refused") == ["the network prod does not exist at site paris"])
    #expect(world.power(of: vm, atSite: SiteID(0)) == nil)

    try world.run(until: .minutes(32))

    #expect(world.details(of: "vm.deploy-refused").count == 3)
    #expect(world.power(of: vm, atSite: SiteID(0)) == "ON")
    #expect(world.details(of: "replication.configured").count == 1)
  }

  @Test func `A plan names only test networks that exist`() throws {
    var world = try PlannedWorld(
      plan: #""testNetworks": { "dr": "bubble" }"#,
      timeline: [
        #""at": "10m", "do": "plan.create", "plan": "RP""#,
        #""at": "20m", "do": "network.create", "site": "lyon", "network": "bubble""#,
        #""at": "30m", "do": "plan.create", "plan": "RP""#,
      ]
    ).world()
    try world.run(until: .minutes(25))
    #expect(world.details(of: "plan.create-refused") == ["the network bubble does not exist at site lyon"])
    #expect(world.planStatus == nil)
    try world.run(until: .minutes(31))
    #expect(world.planStatus == .ready)
  }

  @Test func `A machine of its own network is protected only once that exists`() throws {
    let join = #""do": "group.add", "group": "PG-1", "vm": "vm-01""#
    var world = try PlannedWorld(
      machines: 1, plan: #""vms": [{ "match": "vm-01", "place": { "network": "bubble" } }]"#,
      timeline: [
        #""at": "10m", \#(join)"#,
        #""at": "20m", "do": "network.create", "site": "lyon", "network": "bubble""#,
        #""at": "30m", \#(join)"#,
      ]
    ).world()
    try world.run(until: .minutes(25))
    #expect(world.details(of: "group.add-refused") == ["the network bubble does not exist at site lyon"])
    #expect(world.protectionStatus(of: vm) == nil)
    try world.run(until: .minutes(31))
    #expect(world.protectionStatus(of: vm) == .ok)
  }

  @Test func `A network is made once`() throws {
    var world = try PlannedWorld(
      timeline: [
        Self.creation, #""at": "25m", "do": "mapping.add", "kind": "networks", "from": "paris""#,
      ]
    ).world()
    try world.run(until: .minutes(21))
    try world.perform(.createNetwork(SiteID(1), network: 0))
    #expect(world.details(of: "network.create-refused") == ["it exists already"])
  }
}
