import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// The scenarios of `scenarios/world`, each with what it teaches.
@Suite struct WorldScenarioTests {
  @Test func `A lost vSAN host costs the objective an hour later`() throws {
    let record = try run(.shipped("world/vsan-host-loss.json"))
    let vsan = try #require(record.datastores.compactMap(\.vsan).first)
    #expect(vsan.rebuiltCount > 0 && vsan.absentCount == 0 && vsan.inaccessibleObjectCount == 0)
    let began = try #require(record.events.first { $0.kind == "vsan.resync-began" })
    #expect(began.at == .minutes(120))
    let end = Instant.minutes(210)
    let before = record.vms.reduce(0) { $0 + $1.lag.violations(in: .zero..<began.at).count }
    let after = record.vms.reduce(0) { $0 + $1.lag.violations(in: began.at..<end).count }
    #expect(after > before, "\(before) violations before the rebuild, \(after) from then on")
    print("DIGEST vsan-host-loss", record.digest, before, after, vsan)
  }

  @Test func `A resync storm without slack is not repaired until there is room`() throws {
    let record = try run(.shipped("world/vsan-resync-storm.json"))
    let vsan = try #require(record.datastores.compactMap(\.vsan).first)
    #expect(record.events.first { $0.kind == "vsan.resync-began" }?.at == .minutes(60))
    #expect(record.events.contains { $0.kind == "vsan.alert" && $0.detail.contains("95%") })
    #expect(vsan.degradedCount == 0 && vsan.inaccessibleObjectCount == 0 && vsan.resyncedSize > .zero)
    print("DIGEST vsan-resync-storm", record.digest, vsan, record.events.count)
  }
}
