import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Mappings that are made after the machines that need them were put into a group.
@Suite struct GroupConfigurationTests {
  private static let first = VirtualMachineID(0)

  /// - Parameter test: When a test begins that has the group in its hands for a while.
  private func world(testing: String, _ timeline: [String] = []) throws -> World {
    var text = PlannedWorld(
      machines: 1,
      timeline: [
        #""at": "\#(testing)", "do": "plan.test", "plan": "RP", "id": "drill""#,
        #""after": "drill", "delay": "30m", "do": "plan.cleanup", "plan": "RP", "id": "tidy""#,
        #""at": "30m", "do": "mapping.add", "kind": "networks", "from": "paris""#,
      ] + timeline)
    text.duration = "4h"
    return try text.world()
  }

  @Test func `A mapping made later is applied at once to a group that nobody works on`() throws {
    var world = try world(testing: "3h")
    try world.run(until: .minutes(29))
    #expect(world.protectionStatus(of: Self.first) == .missingMapping)
    try world.run(until: .minutes(31))
    #expect(world.protectionStatus(of: Self.first) == .ok)
  }

  @Test func `A group that a plan had in its hands is configured when somebody asks for it`() throws {
    var world = try world(
      testing: "20m",
      [
        #""at": "31m", "do": "group.configure", "group": "PG-1""#,
        #""at": "2h", "do": "group.configure", "group": "PG-1""#,
      ])
    try world.run(until: .minutes(119))
    #expect(world.planStatus == .ready && world.protectionStatus(of: Self.first) == .missingMapping)
    let refused = world.details(of: "group.configure-refused")
    #expect(refused.count == 1 && refused[0].contains("TEST_COMPLETE"), "\(refused)")
    try world.run(until: .minutes(121))
    #expect(world.protectionStatus(of: Self.first) == .ok)
    #expect(world.placeholder(of: Self.first)?.state == .present)
    #expect(try world.complete(.test(synchronizesData: false))?.result == "SUCCESS")
  }

  @Test func `Who may not edit protection groups may not configure them`() {
    #expect(RecoveryOperation.configureAll.privileges == [.protectionGroupEdit])
  }
}
