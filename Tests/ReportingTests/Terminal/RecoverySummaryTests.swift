import Inventory
import Measurements
import Quantities
import SampleRuns
import Testing

@testable import Reporting

@Suite struct RecoverySummaryTests {
  private func text(_ record: RunRecord, style: TerminalStyle = TerminalStyle(width: 120)) -> String {
    TerminalSummary(record, reproduction: "drsim run dr.json --seed 1", style: style).text
  }

  @Test func `Each run of a plan has a line, and below it what took the time and what went wrong`() {
    // db01 lost from minute 10, its instance, to minute 20, when the line was cut.
    #expect(
      text(sampleRecovery()).contains(
        """

          recovery  run                id     from  lasted  result   RTO     VMs  worst loss
          RP-Prod   test               drill   12m      5m  SUCCESS   4m  2 of 2  -
            critical path: Synchronize storage 3m > Power on db01 1m
          RP-Prod   disaster-recovery          30m      9m  ERRORS    8m  1 of 2  10m (db01)
            critical path: Change storage to writable 2m > Power on db01 5m30s (1m queued) > rest 30s
            addresses: db01 card 0 192.168.5.34/24, fd00::5/64 on dr (rule web)
            error 3.2 Power on web01: no host of lyon has room for web01
            error: the run is not complete
            warning 1 Pre-synchronize storage: paris does not answer

        """))
  }

  @Test func `What failures and vSAN did is told where something happened`() {
    let told = text(sampleRecovery())
    #expect(
      told.contains(
        "\n  failures   2 restarts, 1 reset for want of a heartbeat, 3m20s without a host in all, 3m20s at most (db01)\n"
      ))
    #expect(
      told.contains(
        "\n  vsan       ds-lyon: 12 components rebuilt, 34.0 GB resynced, 5 damaged extents repaired, "
          + "1 object out of reach at the end, 4 objects without full redundancy at the end, at worst 2 objects out of reach "
          + "(40s), 7 objects without full redundancy (1h30m), 3 components without a place (5m), 4 alerts of use together (2h, 6 in all)\n"
      ))
    let quiet = text(sampleRun())
    for word in ["recovery", "failures", "vsan", "critical path"] { #expect(!quiet.contains("  \(word)")) }
  }

  @Test func `Of many runs those that went wrong are shown`() throws {
    let sample = sampleRecovery()
    let runs = Array(repeating: sample.planRuns[0], count: 9) + [sample.planRuns[1]]
    let record = RunRecord(
      scenarioName: "s", scenarioHash: "", seed: 1, version: "0.1.0", duration: .hours(1), warmUp: .zero,
      digest: 0, eventCount: 1, vms: [], links: [], cycles: [], faults: [], events: [], planRuns: runs)

    let told = text(record)

    #expect(
      told.contains("disaster-recovery")
        && told.contains(
          "\n  and 2 more; with --out DIR all are in v_plan_summary of DIR/results.db\n")
    )
    #expect(told.split(separator: "\n").count { $0.hasPrefix("  RP-Prod   test") } == 7)
  }

  @Test func `In a narrow terminal without Unicode the essential columns stay`() {
    let told = text(sampleRecovery(), style: TerminalStyle(unicode: false, width: 66))
    #expect(told.allSatisfy { $0.isASCII })
    #expect(told.contains("\n  recovery  run                from  result   RTO  worst loss\n"))
  }

  @Test func `What was expected is told with what was found, failures with their place`() {
    let told = TerminalSummary(
      sampleRecovery(), reproduction: "drsim run dr.json --seed 1", style: TerminalStyle(width: 120),
      scenarioFile: "dr.json"
    ).text
    #expect(
      told.contains(
        """

        ASSERTIONS
          ok    steady state  count replication.status != OK = 0           (== 0)
          FAIL  rto           rto RP-Prod = 8m                             (<= 5m)          dr.json:104
                critical path: Change storage to writable 2m > Power on db01 5m30s
          warn  headroom      p95 link_use = 2.22%                         (< 2%)           dr.json:105
          ok    visible       replication.status db01 = NOT_ACTIVE at 25m  (== NOT_ACTIVE)
          FAIL  back          recovery_to_rpo outage = never               (<= 1h)          dr.json:107
                the run was stopped for it
          ok    ratio         max rpo_ratio db01 = 2.00                    (<= 2)
          ok    bytes         sum sync_bytes = 800 MB                      (< 1GB)
          skip  later         not judged (drill has not ended)             (<= 15m)
          2 failed, 4 passed, 1 warning, 1 not judged

        """))
    #expect(!text(sampleRun()).contains("ASSERTIONS"))
  }
}
