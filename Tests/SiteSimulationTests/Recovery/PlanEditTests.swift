import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// What is changed of a plan after it was made, and what its tests do not show.
@Suite struct PlanEditTests {
  private func world(_ timeline: [String], hosts: Int = 2) -> PlannedWorld {
    var world = PlannedWorld(
      duration: "4h", machines: 2, machinesPerGroup: 2, hosts: hosts, disk: "1MiB", write: "1kB/s",
      timeline: timeline)
    world.furtherMachines = [
      #"{ "name": "lab", "site": "lyon", "datastore": "ds-lyon", "disks": [{ "name": "os", "size": "1MiB" }] }"#
    ]
    return world
  }

  @Test func `A plan gets another name, machines that give way and steps of its own, which its runs use`()
    throws
  {
    var world = try world([
      #""at": "10m", "do": "plan.edit", "plan": "RP", "changes": { "name": "RP-Gold", "suspend": ["lab"], "steps": [{ "before": "power-on:P3", "type": "RUN_ON_SRM_SERVER", "name": "tell", "command": "tell", "takes": "7s" }] }"#,
      #""at": "11m", "do": "plan.recover", "plan": "RP", "id": "move""#,
      #""after": "move", "delay": "1m", "do": "plan.reprotect", "plan": "RP", "id": "turn""#,
      #""after": "turn", "do": "plan.edit", "plan": "RP", "changes": { "suspend": [], "steps": [] }, "id": "bare""#,
      #""after": "bare", "delay": "1m", "do": "plan.recover", "plan": "RP", "id": "back""#,
    ]).world()
    let move = try world.run(untilEndOf: "move")
    #expect(move.plan == "RP-Gold" && move.result == "SUCCESS", "\(move.errors)")
    #expect(move.steps.contains { $0.title.contains("lab") })
    let step = try #require(move.steps.first { $0.title.contains("tell") })
    let (began, ended) = (try #require(step.started), try #require(step.finished))
    #expect(ended - began == .seconds(7))
    #expect(world.power(of: VirtualMachineID(2), atSite: SiteID(1)) == "SUSPENDED")
    let back = try world.run(untilEndOf: "back")
    #expect(back.plan == "RP-Gold" && back.result == "SUCCESS", "\(back.errors)")
    #expect(!back.steps.contains { $0.title.contains("tell") })
    let named = world.record.events.filter { $0.kind == "plan.status" }.map(\.subject)
    #expect(!named.isEmpty && named.allSatisfy { $0 == "RP-Gold" })
  }

  @Test(arguments: [1, 2])
  func `A test tells that its isolated network does not span hosts`(hosts: Int) throws {
    var world = try world([#""at": "10m", "do": "plan.test", "plan": "RP", "id": "test""#], hosts: hosts)
      .world()
    let test = try world.run(untilEndOf: "test")
    // The product says nothing of it, and calls the test a success.
    #expect(test.result == "SUCCESS")
    guard hosts > 1 else {
      #expect(test.warnings.isEmpty)
      return
    }
    #expect(
      test.warnings == [
        "the isolated network for dr does not span hosts: test machines on different ones of lyon-esx-01, lyon-esx-02 do not reach each other"
      ])
    #expect(test.findings.count == 1 && test.findings.first?.step == nil)
  }

  @Test func `Machines on a test network of the site reach each other from any host`() throws {
    var text = world([#""at": "10m", "do": "plan.test", "plan": "RP", "id": "test""#])
    text.mappings = #""testNetworks": { "dr": "bubble" }, "reverse": true"#
    var world = try text.world()
    let test = try world.run(untilEndOf: "test")
    #expect(test.warnings.isEmpty)
  }
}
