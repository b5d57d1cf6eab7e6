import Inventory
import Measurements
import Quantities
import RecoveryCore
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

/// What runs of plans leave behind at their edges.
@Suite struct RecoveryRemainderTests {
  @Test func `A run that the clock cuts off leaves a record that says so`() throws {
    var world = try PlannedWorld(
      timeline: [#""at": "10m", "do": "plan.recover", "plan": "RP", "id": "move""#]
    ).world()
    try world.run(until: .minutes(10) + .seconds(20))
    let record = try world.finish(version: "test")
    let run = try #require(record.planRuns.last)
    #expect(run.id == "move" && run.result == "RUNNING" && run.planStatus == "RECOVERY_IN_PROGRESS")
    #expect(run.duration == .seconds(20) && run.recoveryTime == nil)
    #expect(run.steps.contains { $0.status == "RUNNING" })
    #expect(run.machines.map(\.status) == Array(repeating: "RECOVERY_IN_PROGRESS", count: 3))
    #expect(record.events.contains { $0.kind == "plan.run-unfinished" && $0.subject == "RP" })
  }

  /// - Parameter next: What is run afterwards; it must not meet the image that was left.
  @Test(arguments: [PlanWorkflow.test(synchronizesData: true), .plannedMigration])
  func `A forced clean-up says what it leaves, and the next run takes nothing of it`(next: PlanWorkflow)
    throws
  {
    var world = try PlannedWorld().world()
    try world.run(until: .minutes(10))
    let first = try #require(try world.complete(.test(synchronizesData: true)))
    try world.perform(
      .failOperation(.only, Scenario.OperationFault(kind: .discardTestImage, text: "out of order")))
    let cleanup = try #require(try world.complete(.cleanup(isForced: true)))
    #expect(world.planStatus == .ready, "\(cleanup.errors)")
    #expect(world.details(of: "test-image.left").count == 3)
    world.conductors[0].faults.removeAll()
    try world.run(for: .minutes(30))

    let second = try #require(try world.complete(next))

    #expect(second.result == "SUCCESS", "\(second.errors) \(second.warnings)")
    #expect(world.details(of: "test-image.discarded").count == 3)
    #expect(second.started > first.ended + .minutes(30))
    if case .plannedMigration = next {
      #expect(second.machines.allSatisfy { $0.dataLoss == .zero })
    } else {
      // The image is of the synchronization of the second test.
      for index in 0..<3 {
        let tested = world.replications[index].replica.testedInstance?.pointInTime
        #expect(try #require(tested) >= second.started)
      }
    }
    _ = try world.finish(version: "test")
  }

  @Test func `What a test machine writes is refused while its datastore is full, and an event says so`()
    throws
  {
    var world = try PlannedWorld(
      timeline: [
        #""at": "10m", "do": "plan.test", "plan": "RP", "id": "drill""#,
        #""at": "30m", "do": "datastore.full", "datastore": "ds-lyon", "for": "30m""#,
      ]
    ).world()
    try world.run(until: .minutes(40))
    for index in 0..<3 {
      let copy = world.replications[index].testCopy
      world.drawWrites(of: try #require(copy))
    }
    #expect(world.details(of: "vm.writes-refused").count == 3)
    let test = world.replications[0].testCopy
    let before = world.testContents()
    try world.run(until: .minutes(50))
    #expect(world.testContents() == before)
    try world.run(until: .minutes(70))
    #expect(world.testContents() != before)
    #expect(test != nil)
  }

  @Test func `A guest that does not shut down after its addresses were set is switched off in time`() throws {
    func time(_ limit: String) throws -> TimeSpan {
      var world = try PlannedWorld(
        machines: 1, guest: #""boot": "30s", "shutdown": "10m""#,
        plan:
          #""vms": [{ "match": "vm-01", "ip": { "mode": "manual", "nics": [{ "nic": 0, "site": "lyon", "address": "dhcp" }] } }]"#,
        recovery:
          #""defaults": { "customizationTimeout": "30m", "customizationShutdownTimeout": "\#(limit)" }"#
      ).world()
      try world.run(until: .minutes(10))
      let run = try #require(try world.complete(.test(synchronizesData: false)))
      #expect(run.errors.isEmpty, "\(run.errors)")
      return try #require(run.recoveryTime)
    }
    // It would take ten minutes; so it takes as long as it may.
    #expect(try time("5m") - (try time("2m")) == .minutes(3))
    #expect(try time("20m") - (try time("5m")) == .minutes(5))
  }
}
