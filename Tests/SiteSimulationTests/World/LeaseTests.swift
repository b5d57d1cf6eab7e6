import Expectations
import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Networks with a DHCP server, and the machines on them.
@Suite struct LeaseTests {
  private static let range =
    IPv4Address(bits: 0x0A00_0005)...IPv4Address(bits: 0x0A00_0006)

  /// Machines `vm-01` and so on at paris, on a network with the addresses .100 and .101; lyon has .200 to .209.
  private func world(
    machines: Int = 2, own: String = "", mappings: String = #""reverse": true"#, timeline: [String] = []
  ) throws -> World {
    var parts = PlannedWorld(machines: machines, mappings: mappings, timeline: timeline)
    parts.guest += own
    let text = parts.text
      .replacing(
        #""networks": ["prod"]"#,
        with:
          #""networks": [{ "name": "prod", "subnet": "10.1.0.0/24", "dhcp": ["10.1.0.100", "10.1.0.101"] }]"#
      )
      .replacing(
        #""networks": ["dr", "bubble"]"#,
        with:
          #""networks": [{ "name": "dr", "subnet": "10.2.0.0/24", "dhcp": ["10.2.0.200", "10.2.0.209"] },"#
          + #"{ "name": "bubble", "subnet": "10.3.0.0/24", "dhcp": ["10.3.0.7", "10.3.0.9"] }]"#)
    return try World(Scenario.read(text))
  }

  @Test func `An address is free again when its machine has left the network`() {
    var attachments = NetworkAttachments()
    let holders = (0..<3).map {
      NetworkAttachments.Holder(machine: VirtualMachineID($0), isTest: false)
    }
    let place = NetworkAttachments.Place(site: SiteID(0), network: 0)
    func address(_ holder: Int) -> String? {
      attachments.place(of: holders[holder])?.address?.description
    }
    func attach(_ holder: Int, to place: NetworkAttachments.Place) -> Bool {
      attachments.attach(holders[holder], to: place, dhcp: Self.range)
    }
    let given = [attach(0, to: place), attach(1, to: place), attach(2, to: place)]
    #expect(given == [true, true, false])
    #expect(address(0) == "10.0.0.5" && address(1) == "10.0.0.6" && address(2) == nil)
    // Who is there already keeps what it has.
    let isNew = attach(1, to: place)
    #expect(!isNew)
    #expect(address(1) == "10.0.0.6")

    attachments.detach(holders[0])

    let isGiven = attach(2, to: place)
    #expect(isGiven)
    #expect(address(2) == "10.0.0.5" && address(0) == nil)
    // Another network knows nothing of it.
    let other = NetworkAttachments.Place(site: SiteID(1), network: 0)
    let isGivenThere = attach(0, to: other)
    #expect(isGivenThere)
    #expect(address(0) == "10.0.0.5")
  }

  @Test func `Machines get the lowest free addresses, and the last one none`() throws {
    let world = try world(machines: 3)
    #expect(world.address(of: VirtualMachineID(0))?.description == "10.1.0.100")
    #expect(world.address(of: VirtualMachineID(1))?.description == "10.1.0.101")
    #expect(world.address(of: VirtualMachineID(2)) == nil)
    #expect(world.details(of: "vm.address") == ["10.1.0.100 on prod", "10.1.0.101 on prod"])
    #expect(world.details(of: "vm.address-refused") == ["no address is free on prod"])
  }

  @Test func `A machine with an address of its own asks for none`() throws {
    let world = try world(own: #", "address": "10.1.0.7""#)
    #expect(world.details(of: "vm.address").isEmpty)
    #expect(world.address(of: VirtualMachineID(0))?.description == "10.1.0.7")
  }

  @Test func `A recovered machine gets an address there, and its first one again when it is back`() throws {
    let vm = VirtualMachineID(0)
    var world = try world()
    try world.run(until: .minutes(10))
    #expect(try #require(try world.complete(.plannedMigration)).errors.isEmpty)
    #expect(world.address(of: vm)?.description == "10.2.0.200")
    #expect(try #require(try world.complete(.reprotect(isForced: false))).errors.isEmpty)
    #expect(try #require(try world.complete(.plannedMigration)).errors.isEmpty)
    #expect(world.address(of: vm)?.description == "10.1.0.100")
  }

  @Test
  func
    `A tested machine is on the network for tests until the clean-up, and the other one keeps its address`()
    throws
  {
    let vm = VirtualMachineID(0)
    var world = try world(mappings: #""testNetworks": { "dr": "bubble" }"#)
    try world.run(until: .minutes(10))
    #expect(try #require(try world.complete(.test(synchronizesData: false))).errors.isEmpty)
    #expect(world.address(of: vm)?.description == "10.1.0.100")
    #expect(world.address(of: vm, isTest: true)?.description == "10.3.0.7")
    #expect(world.details(of: "vm.address").contains("10.3.0.7 on bubble, in a test"))
    let networks = world.networkStates.map(\.value)
    #expect(networks == ["prod", "bubble", "prod", "bubble"].map { .word($0) })
    #expect(try #require(try world.complete(.cleanup(isForced: false))).errors.isEmpty)
    #expect(world.address(of: vm, isTest: true) == nil)
  }
}
