import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// What the shipped scenarios about recoveries show, beside their own assertions.
@Suite struct RecoveryScenarioTests {
  @Test func `One disaster costs each kind of protection what its copies lack`() throws {
    let record = try run(Scenario.shipped("recovery/mixed-protection.json"))
    func planRun(_ id: String) throws -> PlanRunRecord { try #require(record.planRuns.first { $0.id == id }) }
    for id in ["drill", "tidy", "old-mail", "old-tidy", "move", "turn", "back", "turn-back", "turn-again"] {
      let run = try planRun(id)
      #expect(run.result == "SUCCESS", "\(id): \(run.errors) \(run.warnings)")
    }
    let save = try planRun("save")
    #expect(save.errors.isEmpty, "\(save.errors)")
    func loss(_ name: String) -> TimeSpan? { save.machines.first { $0.name == name }?.dataLoss }
    func instance(_ name: String) -> Instant? { save.machines.first { $0.name == name }?.instance }
    // The fire is at 6 h 8 min: arrays copied at 6 h, volumes too, and payments follow every write.
    #expect(loss("pay-db") == .zero)
    #expect(loss("erp-db") == .minutes(8) && loss("erp-app") == .minutes(8))
    #expect(instance("erp-db") == .minutes(360) && instance("erp-app") == .minutes(360))
    #expect(loss("mail") == .minutes(8))
    let web = try #require(loss("web-1"))
    #expect(web > .zero && web <= .minutes(15))
  }

  @Test func `What failed is done by the next run, and an older point in time is what it was`() throws {
    let record = try run(Scenario.shipped("recovery/failed-steps.json"))
    func planRun(_ id: String) throws -> PlanRunRecord { try #require(record.planRuns.first { $0.id == id }) }
    let stopped = try planRun("stopped")
    #expect(stopped.errors.contains { $0.contains("the array refuses") })
    #expect(!stopped.machines.contains { $0.status == "RECOVERY_SUCCEEDED" })
    let second = try planRun("two-of-three")
    #expect(second.machines.map(\.status) == ["RECOVERY_SUCCEEDED", "RECOVERY_ERROR", "RECOVERY_SUCCEEDED"])
    #expect(second.steps.contains { $0.status == "ALREADY_DONE" })
    #expect(try planRun("all").result == "SUCCESS")
    let spoilt = try planRun("spoilt")
    let limit = Instant.minutes(250)
    #expect(spoilt.machines.allSatisfy { $0.instance.map { $0 <= limit } ?? false })
    #expect(try planRun("home").result == "SUCCESS")
  }

  @Test func `Without mappings of the way back a reprotect fails where the original is gone`() throws {
    let record = try run(Scenario.shipped("recovery/one-way-reprotect.json"))
    func planRun(_ id: String) throws -> PlanRunRecord { try #require(record.planRuns.first { $0.id == id }) }
    let first = try planRun("A30-reprotect")
    #expect(
      first.errors.contains { $0.hasPrefix("Mapping Missing: ") && $0.contains("cloud-servers") },
      "\(first.errors)")
    let missing = record.events.filter { $0.kind == "group.status" && $0.subject == "PG-Lab" }.map(\.detail)
    #expect(missing.last == "RECOVERED", "it failed back in the end")
    #expect(try planRun("A30-again").errors.isEmpty)
    for id in ["A30-reprotect-lost", "A30-again-lost"] {
      #expect(try planRun(id).errors.contains { $0.contains("Original protected VM not found") }, "\(id)")
    }
  }

  @Test func `Without the failures the first attempt moves all three`() throws {
    let record = try run(
      .thinned(
        "failed-steps", in: "recovery",
        [(#""at": "59m""#, #""at": "7h59m""#), (#""at": "1h29m""#, #""at": "7h59m""#)]),
      until: .minutes(75))
    #expect(record.planRuns.map(\.id) == ["stopped"] && record.planRuns[0].result == "SUCCESS")
    #expect(record.planRuns[0].machines.allSatisfy { $0.ready != nil && $0.dataLoss == .zero })
  }

  @Test func `With a mapping for each network both machines are tested`() throws {
    let record = try run(
      .thinned(
        "one-way-mappings", in: "recovery",
        [(#""servers": "cloud-servers""#, #""servers": "cloud-servers", "backup": "cloud-other""#)]),
      until: .minutes(75))
    let test = try #require(record.planRuns.first)
    #expect(
      test.result == "SUCCESS" && test.machines.count == 2 && test.machines.allSatisfy { $0.ready != nil })
  }

  @Test(arguments: ["avs-workshop", "failed-steps", "mixed-protection", "one-way-mappings"])
  func `Every scenario says what it teaches`(name: String) throws {
    #expect(try #require(Scenario.shipped("recovery/\(name).json").description).contains("What it teaches:"))
  }
}
