import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Machines on networks of which the mappings say nothing.
@Suite struct UnmappedTests {
  /// A machine on `prod`, which the mappings of ``PlannedWorld`` map to one of two networks.
  private func world(_ mappings: String) throws -> World {
    let text = PlannedWorld(machines: 1, machinesPerGroup: 1).text
    let usual =
      #""mappings": { "from": "paris", "to": "lyon", "networks": { "prod": "dr" }, "reverse": true },"#
    #expect(text.contains(usual))
    return try World(Scenario.read(text.replacing(usual, with: mappings)))
  }

  /// The product maps nothing by itself; a scenario that says nothing has what everybody would map.
  @Test(arguments: [
    #""mappings": [],"#, #""mappings": { "networks": {} },"#, "",
  ])
  func `A machine without a mapping of its network is Mapping Missing and not recovered`(mappings: String)
    throws
  {
    var world = try world(mappings)
    try world.run(until: .minutes(30))
    let status = world.protectionStatus(of: VirtualMachineID(0))
    #expect(status == .missingMapping)
    let run = try #require(try world.complete(.plannedMigration))
    #expect(run.result == "ERRORS" && run.errors.contains { $0.contains("Mapping Missing") }, "\(run.errors)")
    #expect(run.machines.allSatisfy { $0.ready == nil })
  }

  @Test func `Of two sites with one network each nobody need say that they belong together`() throws {
    let text = PlannedWorld(machines: 1, machinesPerGroup: 1).text
      .replacing(
        #""mappings": { "from": "paris", "to": "lyon", "networks": { "prod": "dr" }, "reverse": true },"#,
        with: ""
      ).replacing(#""networks": ["dr", "bubble"]"#, with: #""networks": ["dr"]"#)
    var world = try World(Scenario.read(text))
    try world.run(until: .minutes(30))
    #expect(try #require(try world.complete(.plannedMigration)).result == "SUCCESS")
  }
}
