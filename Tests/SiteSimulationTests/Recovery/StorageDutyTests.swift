import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// What plans may ask of storage that copies by itself, and what a record says of its machines.
@Suite struct StorageDutyTests {
  private func machine(_ name: String, of run: PlanRunRecord) throws -> PlanRunRecord.Machine {
    try #require(run.machines.first { $0.name == name })
  }

  @Test func `A planned migration fails for a machine that somebody has switched on again`() throws {
    var world = try StorageWorld(groups: ["erp"]).world()
    try world.run(until: .minutes(12))
    try world.begin(.plannedMigration, prompts: .dismissed(after: .zero))
    let place = world.place(named: "erp-1")
    let original = try #require(place)
    // The guest takes ten seconds to shut down; nothing else switches it off.
    var isOn = true
    while isOn {
      try world.run(for: .milliseconds(100))
      isOn = world.machines[original].isOn
    }
    try world.powerOn(machine: original)
    try world.run(for: .minutes(30))
    let run = try #require(world.planRuns.last)
    #expect(run.result != "SUCCESS" && run.errors.contains { $0.contains("the virtual machine is on") })
    let (isStillThere, site) = (world.machines[original].role == .current, world.machines[original].site)
    #expect(isStillThere && site == SiteID(0))

    // The plan goes on from there: the machine is shut down, and nothing is lost.
    let again = try #require(try world.complete(.plannedMigration))
    #expect(again.result == "SUCCESS", "\(again.errors)")
    #expect(again.machines.allSatisfy { ($0.dataLoss ?? .zero) == .zero })
    _ = try world.finish(version: "test")
  }

  @Test func `A device without machines goes there and back with the others of its group`() throws {
    var text = StorageWorld(groups: ["erp", "pay"]).text
    for (found, instead) in [
      (#"{ "name": "lun-pay" },"#, #"{ "name": "lun-pay" }, { "name": "empty-1" }, { "name": "empty-2" },"#),
      (
        #"{ "name": "copy-pay" },"#,
        #"{ "name": "copy-pay" }, { "name": "empty-3" }, { "name": "empty-4" },"#
      ),
      (
        #""copy": "copy-pay" }"#,
        #""copy": "copy-pay" }, { "name": "e-1", "datastore": "empty-1", "copy": "empty-3" }"#
      ),
      (
        #""copy": "copy-2", "consistencyGroup": "erp" }"#,
        #""copy": "copy-2", "consistencyGroup": "erp" }, { "name": "e-2", "datastore": "empty-2", "copy": "empty-4" }"#
      ), (#""datastores": ["lun-pay"]"#, #""datastores": ["lun-pay", "empty-1"]"#),
      (#""datastores": ["lun-1", "lun-2"]"#, #""datastores": ["lun-1", "lun-2", "empty-2"]"#),
    ] {
      #expect(text.contains(found))
      text.replace(found, with: instead)
    }
    var world = try World(Scenario.read(text))
    try world.run(until: .minutes(12))
    let test = try #require(try world.complete(.test(synchronizesData: true)))
    #expect(test.result == "SUCCESS", "\(test.errors)")
    let cleanup = try #require(try world.complete(.cleanup(isForced: false)))
    #expect(cleanup.result == "SUCCESS", "\(cleanup.errors)")
    for turn in 0..<2 {
      let move = try #require(try world.complete(.plannedMigration))
      #expect(move.result == "SUCCESS", "turn \(turn): \(move.errors)")
      let reprotect = try #require(try world.complete(.reprotect(isForced: false)))
      #expect(reprotect.result == "SUCCESS", "turn \(turn): \(reprotect.errors)")
      #expect(world.planStatus == .ready)
    }
    _ = try world.finish(version: "test")
  }

  @Test func `Two copies of one instant leave one image`() throws {
    var world = try StorageWorld(groups: ["mail"]).world()
    // Before the first write there is nothing to send, so that a copy ends as it begins.
    try world.run(until: .seconds(20))
    let unit = try #require(world.storageUnits.firstIndex { $0.description.name == "rg-mail" })
    for _ in 0..<3 { try world.beginStorageCopy(unit) }
    let instants = world.storageUnits[unit].points.map(\.instant)
    #expect(instants == [Instant.zero, .seconds(20)])

    // The image of the next interval is one more.
    try world.run(until: .minutes(11))
    let later = world.storageUnits[unit].points.map(\.instant)
    #expect(later == [Instant.zero, .seconds(20), .minutes(10)])
    let run = try #require(try world.complete(.plannedMigration))
    #expect(run.result == "SUCCESS", "\(run.errors)")
    _ = try world.finish(version: "test")
  }

  @Test func `A request for a copy that is too old is refused in these words`() throws {
    var world = try StorageWorld(groups: ["mail"]).world()
    try world.run(until: .minutes(45))
    let options = Scenario.PlanRunOptions(
      workflow: .disasterRecovery(synchronizesData: false),
      pointsInTime: [.init(vm: VirtualMachineID(3), instant: .minutes(5))])
    try world.perform(.run(.only, .first, options))
    try world.run(for: .minutes(20))
    let run = try #require(world.planRuns.last)
    // Copies of 20, 30 and 40 minutes are kept.
    #expect(run.errors.contains { $0.contains("no complete copy is old enough, or there is none") })
  }

  // MARK: What is measured

  @Test
  func `The lag of a machine on periodic devices is that of its copies, and synchronous ones have none`()
    throws
  {
    var world = try StorageWorld().world()
    try world.run(until: .minutes(45))
    let record = try world.finish(version: "test")
    let summary = RunSummary(record)
    func line(_ name: String) throws -> VMSummary { try #require(summary.vms.first { $0.name == name }) }
    let erp = try #require(record.vms.first { $0.name == "erp-1" })
    let instants: [Instant] = [.zero, .minutes(10), .minutes(20), .minutes(30), .minutes(40)]
    #expect(erp.lag.completions.map(\.pointInTime) == instants)
    // Just before the copy of 20 minutes is complete, the newest image is that of 10 minutes; a copy takes 2.01 s at most.
    let maximum = try #require(try line("erp-1").lag.lagMaximum)
    #expect(maximum > .minutes(10) && maximum < .minutes(10) + .seconds(3))
    #expect(try line("erp-1").lag.complianceShare == .one && line("erp-1").rpo == .minutes(20))
    #expect(try line("mail").lag.complianceShare == .one)
    #expect(try line("pay").lag.observedTime == .zero && line("pay").rpo == .zero)
    #expect(try line("pay").lag.complianceShare == nil)
    #expect(summary.unprotectedTime == .zero && summary.observedTime == .minutes(4 * 45))
    #expect(summary.worstVM?.name != "pay")
  }

  @Test func `After a failover a machine is without an image until the way back has copied one`() throws {
    var world = try StorageWorld(groups: ["erp"]).world()
    try world.run(until: .minutes(12))
    _ = try world.complete(.plannedMigration)
    let moved = world.time
    try world.run(for: .minutes(7))
    _ = try world.complete(.reprotect(isForced: false))
    try world.run(for: .minutes(25))
    let record = try world.finish(version: "test")
    let erp = try #require(record.vms.first { $0.name == "erp-2" })
    let window = Instant.zero..<Instant.zero + record.duration
    let gaps = erp.lag.notReplicated(in: window)
    #expect(gaps.count == 1)
    #expect(erp.lag.unprotected(in: window).map(\.lowerBound) == gaps.map(\.upperBound))
    let gap = try #require(gaps.first)
    #expect(gap.lowerBound <= moved && gap.upperBound >= moved + .minutes(7))
  }
}
