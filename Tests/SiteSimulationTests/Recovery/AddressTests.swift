import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// The network cards and addresses of machines that were recovered.
@Suite struct AddressTests {
  /// `vm-01` with two cards in `prod`: 10.1.2.34/24 and DHCP.
  private static let cards =
    #""nics": [{ "network": "prod", "address": "10.1.2.34/24", "gateway": "10.1.2.1" }, { "network": "prod", "address": "dhcp" }],"#
  private static let rules =
    #""rules": [{ "from": "10.1.9.0/24", "to": "192.168.9.0/24" }, "#
    + #"{ "name": "web", "from": "10.1.2.0/24", "to": "192.168.5.0/24", "gateway": "192.168.5.1", "dns": ["192.168.5.2"] }, "#
    + #"{ "from": "10.1.0.0/16", "to": "192.168.0.0/16" }]"#
  private static let back = #"[{ "from": "192.168.5.0/24", "to": "10.1.2.0/24", "gateway": "10.1.2.1" }]"#

  /// A world of one machine.
  ///
  /// - Parameters:
  ///   - rules: The keys of the mapping of `prod` to `dr`.
  ///   - ip: How the machine is customized.
  private func world(
    rules: String? = AddressTests.rules, ip: String? = nil, guest: String = "", defaults: String = ""
  ) throws -> World {
    var planned = PlannedWorld(machines: 1)
    planned.guest += guest
    if let ip { planned.plan = #""vms": [{ "match": "vm-01", "ip": \#(ip) }]"# }
    planned.recovery = defaults
    var text = planned.text.replacing(#""network": "prod","#, with: Self.cards)
    if let rules {
      let there = #"{ "from": "paris", "to": "lyon", "networks": { "prod": { "to": "dr", \#(rules) } } }"#
      let back =
        #"{ "from": "lyon", "to": "paris", "networks": { "dr": { "to": "prod", "rules": \#(Self.back) } } }"#
      text = text.replacing(
        #"{ "from": "paris", "to": "lyon", "networks": { "prod": "dr" }, "reverse": true }"#,
        with: "[\(there), \(back)]")
    }
    return try World(Scenario.read(text))
  }

  private func run(_ world: inout World, _ workflow: PlanWorkflow) throws -> PlanRunRecord {
    let run = try #require(try world.complete(workflow))
    #expect(run.errors.isEmpty, "\(run.errors)")
    return run
  }

  @Test func `The first rule that holds an address sets it in a test, a recovery and on the way back`() throws
  {
    var world = try world()
    try world.run(until: .minutes(10))

    let test = try run(&world, .test(synchronizesData: true)).machines[0]
    // 10.1.2.34/24 keeps its host part 34 in 192.168.5.0/24; DHCP is left alone.
    #expect(
      test.cards == [
        .init(
          index: 0, network: "dr (isolated)", ipv4: "192.168.5.34/24", gateways: ["192.168.5.1"],
          nameServers: ["192.168.5.2"], origin: .subnetRule, rule: "web"),
        .init(index: 1, network: "dr (isolated)", ipv4: "dhcp"),
      ])
    #expect(test.ipCustomization == "AUTO")
    let cleanup = try run(&world, .cleanup(isForced: false)).machines[0]
    #expect(cleanup.cards.isEmpty && cleanup.ipCustomization == nil)

    let recovered = try run(&world, .plannedMigration).machines[0].cards
    #expect(
      recovered.map(\.ipv4) == ["192.168.5.34/24", "dhcp"] && recovered.map(\.network) == ["dr", "dr"])
    _ = try run(&world, .reprotect(isForced: false))
    let back = try run(&world, .plannedMigration).machines[0].cards
    // The name servers of the other site stay, since the rule of the way back names none.
    #expect(
      back[0]
        == .init(
          index: 0, network: "prod", ipv4: "10.1.2.34/24", gateways: ["10.1.2.1"],
          nameServers: ["192.168.5.2"], origin: .subnetRule, rule: "192.168.5.0/24"))
  }

  @Test func `Setting addresses takes a boot, the writing and a shutdown, and nothing where nothing is set`()
    throws
  {
    func time(_ ip: String?, rules: String? = AddressTests.rules) throws -> TimeSpan {
      var world = try world(rules: rules, ip: ip)
      try world.run(until: .minutes(10))
      let run = try run(&world, .test(synchronizesData: false))
      let isSet = run.machines[0].cards.contains { $0.origin != .unchanged }
      #expect(isSet == (run.steps.contains { $0.title.hasPrefix("Guest customization") }))
      return try #require(run.recoveryTime)
    }
    let nothing = try time(#"{ "mode": "none" }"#)
    // 30 s boot + 60 s writing + 10 s shutdown.
    #expect(try time(nil) - nothing == .seconds(100))
    #expect(try time(#"{ "nics": [{ "nic": 1, "address": "10.9.0.5/24" }] }"#) - nothing == .seconds(100))
    #expect(try time(#"{ "nics": [{ "nic": 1 }] }"#) == nothing)
    #expect(try time(#"{ "mode": "network-mapping" }"#, rules: nil) == nothing)
  }

  @Test func `By hand each card is set, and the others stay`() throws {
    var world = try world(
      ip:
        #"{ "nics": [{ "nic": 1, "address": "10.9.0.5/24", "gateway": "10.9.0.1", "address6": "fd00::5/64", "dns": ["10.9.0.2"] }] }"#
    )
    try world.run(until: .minutes(10))
    let machine = try run(&world, .plannedMigration).machines[0]
    #expect(machine.ipCustomization == "MANUAL")
    #expect(
      machine.cards == [
        .init(index: 0, network: "dr", ipv4: "10.1.2.34/24", gateways: ["10.1.2.1"]),
        .init(
          index: 1, network: "dr", ipv4: "10.9.0.5/24", gateways: ["10.9.0.1"], ipv6: "fd00::5/64",
          nameServers: ["10.9.0.2"], origin: .manual),
      ])
  }

  @Test func `Without VMware Tools settings fail, and rules have no address to work on`() throws {
    var byHand = try world(
      ip: #"{ "nics": [{ "nic": 1, "address": "10.9.0.5/24" }] }"#, guest: #", "tools": false"#)
    try byHand.run(until: .minutes(10))
    let failed = try #require(try byHand.complete(.plannedMigration))
    #expect(failed.errors.contains { $0.contains("VMware Tools do not run") }, "\(failed.errors)")
    #expect(failed.machines[0].cards.map(\.ipv4) == ["10.1.2.34/24", "dhcp"])
    #expect(failed.machines[0].cards.allSatisfy { $0.origin == .unchanged })

    var byRule = try world(guest: #", "tools": false"#, defaults: #""defaults": { "toolsTimeout": "0s" }"#)
    try byRule.run(until: .minutes(10))
    #expect(try run(&byRule, .plannedMigration).machines[0].cards.map(\.ipv4) == ["10.1.2.34/24", "dhcp"])
  }

  @Test func `A recovery whose customization failed sets the addresses when it is run again`() throws {
    var world = try world()
    try world.run(until: .minutes(10))
    try world.perform(
      .failOperation(.only, Scenario.OperationFault(kind: .customizeGuest, text: "out of order")))
    let failed = try #require(try world.complete(.plannedMigration))
    #expect(!failed.errors.isEmpty && failed.machines[0].cards[0].ipv4 == "10.1.2.34/24")
    world.conductors[0].faults.removeAll()
    let again = try run(&world, .plannedMigration)
    #expect(again.machines[0].cards[0].ipv4 == "192.168.5.34/24")
  }
}
