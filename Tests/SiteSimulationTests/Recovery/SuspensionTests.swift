import Expectations
import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Machines at the recovery site that give way to a test or a recovery.
@Suite struct SuspensionTests {
  private static let batch = VirtualMachineID(1)
  private static let lyon = SiteID(1)

  private func text(_ timeline: [String] = []) -> PlannedWorld {
    PlannedWorld(
      machines: 1,
      furtherMachines: [
        #"{ "name": "batch", "site": "lyon", "datastore": "ds-lyon", "disks": [{ "name": "os", "size": "1MiB" }] }"#
      ], plan: #""suspend": ["batch"]"#, timeline: timeline)
  }

  @Test func `A machine that is not replicated is on, suspended during a test, and on again`() throws {
    var world = try text().world()
    try world.run(until: .minutes(10))
    let before = world.power(of: Self.batch, atSite: Self.lyon)
    _ = try world.complete(.test(synchronizesData: false))
    let during = world.power(of: Self.batch, atSite: Self.lyon)
    _ = try world.complete(.cleanup(isForced: false))
    let after = world.power(of: Self.batch, atSite: Self.lyon)
    #expect([before, during, after] == ["ON", "SUSPENDED", "ON"])
    let told = world.record.events.filter { $0.subject == "batch" }.map(\.kind)
    #expect(told == ["vm.suspended", "vm.resumed"])
    // At the other site nobody knows it.
    #expect(world.power(of: Self.batch, atSite: SiteID(0)) == nil)
  }

  @Test func `What expectations see of it is what it does`() throws {
    var scenario = text([
      #""id": "drill", "at": "10m", "do": "plan.test", "plan": "RP""#,
      #""id": "tidy", "at": "30m", "do": "plan.cleanup", "plan": "RP""#,
      #""at": "1h", "do": "vm.power-off", "vm": "batch""#,
      #""at": "2h", "do": "vm.power-on", "vm": "batch""#,
      #""at": "3h", "do": "site.fail", "site": "lyon", "for": "1h""#,
    ])
    scenario.duration = "5h"
    let expected: [(minute: Int64, word: String)] = [
      (9, "ON"), (29, "SUSPENDED"), (50, "ON"), (90, "OFF"), (150, "ON"), (210, "OFF"), (270, "ON"),
    ]
    var world = try scenario.world()
    for (minute, word) in expected {
      try world.run(until: .minutes(minute))
      let seen = world.states(of: .vmPower).first { $0.name == "batch" }
      #expect(seen?.value == .word(word) && seen?.site == "lyon", "after \(minute) minutes")
    }
  }
}
