import Foundation
import Measurements
import Quantities
import SampleRuns
import Testing

@testable import Reporting

/// What reports tell of copies that ran on after a recovery.
@Suite struct StaleCopySummaryTests {
  private func record(_ staleCopies: [StaleCopyRecord]) -> RunRecord {
    var record = sampleRecovery()
    record.staleCopies = staleCopies
    return record
  }

  private func text(_ record: RunRecord) -> String {
    TerminalSummary(record, reproduction: "drsim run dr.json --seed 1", style: TerminalStyle(width: 120)).text
  }

  private func stale(_ name: String, _ from: Int64, _ to: Int64, isOpen: Bool = false) -> StaleCopyRecord {
    StaleCopyRecord(
      name: name, site: "paris", from: .zero + .minutes(from), to: .zero + .minutes(to), isOpen: isOpen,
      writtenSize: .kibibytes(1_000_000))
  }

  @Test func `Each time has a line below the runs of plans`() {
    let told = text(record([stale("db01", 30, 50), stale("web01", 30, 60, isOpen: true)]))
    #expect(
      told.contains(
        """

          stale copy  db01 at paris was on after its recovery from 30m to 50m: the 1.02 GB it wrote are given up
          stale copy  web01 at paris was on after its recovery from 30m to 1h (not over): the 1.02 GB it wrote are given up

        """))
    #expect(!text(sampleRecovery()).contains("stale copy"))
  }

  @Test func `Of many the longest are told`() {
    let many = (1...6).map { stale("vm-\($0)", 10, 10 + Int64($0)) }
    let told = text(record(many))
    #expect(told.contains("stale copy  vm-6") && !told.contains("stale copy  vm-2"))
    #expect(told.contains("\n  and 2 more; with --out DIR all are in events of DIR/results.db\n"))
  }

  @Test func `They are in the document with their bytes`() throws {
    let text = JSONDocument(record([stale("db01", 30, 50)])).text
    let document = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let copies = try #require(document["staleCopies"] as? [[String: Any]])
    #expect(copies.map { $0["vm"] as? String } == ["db01"] && copies[0]["site"] as? String == "paris")
    #expect(copies[0]["fromSeconds"] as? Int == 1_800 && copies[0]["toSeconds"] as? Int == 3_000)
    #expect(copies[0]["writtenBytes"] as? Int == 1_024_000_000 && copies[0]["isOpen"] as? Bool == false)
  }
}
