import Foundation
import Inventory
import Measurements
import Quantities
import Testing

@testable import Reporting

/// A machine whose storage follows each write has no objective and no lag.
@Suite struct SynchronousMachineTests {
  private var record: RunRecord {
    var lag = LagTrack(rpo: .zero)
    lag.end(at: .zero)
    let machine = VMRecord(
      id: VirtualMachineID(0), name: "pay", disks: [], finalStatus: "NOT_ACTIVE", lag: lag,
      writtenSize: .zero, verifiedInstanceCount: 1)
    return RunRecord(
      scenarioName: "s", scenarioHash: "", seed: 1, version: "0.1.0", duration: .hours(1), warmUp: .zero,
      digest: 0, eventCount: 1, vms: [machine], links: [], cycles: [], faults: [], events: [])
  }

  @Test func `The table has a dash for its objective`() throws {
    let text = TerminalSummary(record, reproduction: "drsim run s.json", style: TerminalStyle()).text
    let line = try #require(text.split(separator: "\n").first { $0.contains("pay") })
    #expect(line.split(separator: " ").prefix(3) == ["pay", "-", "NOT_ACTIVE"])
    #expect(!text.contains("0s"))
  }

  @Test func `The document has null for it`() throws {
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(JSONDocument(record).text.utf8)) as? [String: Any])
    let machine = try #require((document["vms"] as? [[String: Any]])?.first)
    #expect(machine["rpoSeconds"] is NSNull)
    #expect((machine["replicationInfo"] as? [String: Any])?["rpo"] is NSNull)
  }

  @Test func `The figure calls it synchronous`() {
    let text = LagFigure(record).text
    #expect(text.contains(">synchronous<") && !text.contains("RPO 0s"))
  }
}
