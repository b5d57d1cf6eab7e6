import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Tests of plans on arrays and virtual volumes, beside twin runs without them.
@Suite struct StorageTwinTests {
  /// Recovered machines stay off, so that what they hold is what was recovered.
  private static func world(_ group: String, _ timeline: [String]) -> StorageWorld {
    var world = StorageWorld(groups: [group])
    world.plan = #""vms": [{ "match": "*", "startup": "off" }]"#
    // All are off after two hours: from then on nothing changes any more.
    world.timeline = timeline + [#""at": "2h", "do": "vm.power-off", "vm": "*""#]
    return world
  }

  private static let machines = ["erp": ["erp-1", "erp-2"], "pay": ["pay"], "mail": ["mail"]]

  /// What each machine of a group has written to, where it runs now.
  private static func written(_ group: String, in world: inout World) -> [[[Int]]?] {
    var result: [[[Int]]?] = []
    for name in machines[group] ?? [] {
      result.append(world.contents(named: name).map(RecoveryWorld.written))
    }
    return result
  }

  @Test(arguments: ["erp", "pay", "mail"], [false, true])
  func `A test on storage that copies by itself disturbs neither the guests nor the copies`(
    group: String, synchronizes: Bool
  ) throws {
    let drill = [
      #""at": "45m15s", "do": "plan.test", "plan": "RP", "id": "drill", "syncData": \#(synchronizes)"#,
      #""after": "drill", "delay": "20m", "do": "plan.cleanup", "plan": "RP", "id": "cleanup""#,
    ]
    var tested = try Self.world(group, drill).world()
    var twin = try Self.world(group, []).world()
    let cleanup = try tested.run(untilEndOf: "cleanup")
    #expect(cleanup.ended < .minutes(120) && cleanup.result == "SUCCESS", "\(cleanup.errors)")
    try tested.run(until: .minutes(121))
    try twin.run(until: .minutes(121))
    let (source, twinSource) = (
      Self.written(group, in: &tested), Self.written(group, in: &twin)
    )
    #expect(source == twinSource)
    #expect(source.allSatisfy { $0?.allSatisfy { !$0.isEmpty } ?? false })

    let (one, other) = (try tested.complete(.plannedMigration), try twin.complete(.plannedMigration))
    #expect(one?.result == "SUCCESS" && other?.result == "SUCCESS", "\(one?.errors ?? [])")
    for run in [one, other] {
      #expect(run?.machines.allSatisfy { ($0.dataLoss ?? .zero) == .zero } ?? false)
    }
    let (replica, twinReplica) = (Self.written(group, in: &tested), Self.written(group, in: &twin))
    #expect(replica == twinReplica && replica == source)
    let places = (Self.machines[group] ?? []).map { name in
      tested.place(named: name).map { tested.machines[$0].site }
    }
    #expect(places.allSatisfy { $0 == SiteID(1) })
  }

  @Test func `While a test holds an image, the copies go on as in a twin run without it`() throws {
    let test = #""at": "45m15s", "do": "plan.test", "plan": "RP", "id": "drill", "syncData": false"#
    for group in ["erp", "mail"] {
      var tested = try Self.world(group, [test]).world()
      var twin = try Self.world(group, []).world()
      try tested.run(until: .minutes(95))
      try twin.run(until: .minutes(95))
      #expect(tested.planStatus == .testComplete)
      let unit = try #require(tested.storageUnits.firstIndex { $0.testedInstant != nil })
      let instants = (
        tested.storageUnits[unit].points.map(\.instant), twin.storageUnits[unit].points.map(\.instant)
      )
      #expect(instants.0.suffix(1) == instants.1.suffix(1) && instants.1.last == .minutes(90))
      // What the test began with is still there.
      let tests = tested.storageUnits[unit].testedInstant
      #expect(tests == .minutes(40))
    }
  }
}
