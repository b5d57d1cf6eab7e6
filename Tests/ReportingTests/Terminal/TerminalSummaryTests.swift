import Measurements
import Quantities
import Reporting
import SampleRuns
import Testing

@Suite struct TerminalSummaryTests {
  @Test func `A small run reads as it always did`() {
    let text = TerminalSummary(
      sampleRun(), reproduction: "drsim run 'two site.json' --seed 42", style: TerminalStyle(width: 120),
      wallTime: .milliseconds(1_800)
    ).text

    #expect(
      text == """
        two-site "dr"   seed 42   1h simulated in 1.8s (2,000x)   first 5m not measured   2,100,000 events

        RPO   36.36% of VM-time in RPO   1 violation, 15m in all   55m without any instance
              worst web01: no instance in all its 55m

          VM     RPO  status             lag mean     p95  max    █mean ▒p95 ░max    cycles  shipped  violated  unprotected
          db01   15m  OK                   13m25s  27m15s  30m    ████████│▒▒▒▒▒▒▒░       4  1.50 GB       15m            -
          web01   4h  INITIAL_FULL_SYNC         -       -    -            │               0   300 MB         -          55m

          link                mean   p95  peak  usable Mbit/s   used  full  carried
          wan   paris → lyon  0.89  2.00  2.00           90.0  1.26%     -   900 MB
          wan   lyon → paris  0.00  0.00  0.00           90.0     0%     -      0 B
          0 │▁  ▁▁▁│ 1h

          fault   what           from   to  lasted
          blip    link.loss wan   16m  17m      1m
          outage  link.down wan   20m  30m     10m

          cycles     4 completed, 1 aborted, 1 full sync; guests wrote 2.01 GB, shipped 1.80 GB, on the wire 1.20 GB
          oracle     verified 4 instances, 0 mismatches
          reproduce  drsim run 'two site.json' --seed 42   digest 0c1e550000000001

        """)
  }

  @Test func `A narrow terminal without Unicode keeps the essential columns in ASCII`() {
    let text = TerminalSummary(
      sampleRun(), reproduction: "drsim run dr.json --seed 1", style: TerminalStyle(unicode: false, width: 80)
    ).text

    #expect(text.allSatisfy { $0.isASCII })
    let table = text.split(separator: "\n").filter { $0.hasPrefix("  db01") || $0.hasPrefix("  VM") }
    #expect(
      table == [
        "  VM     RPO  status             lag mean     p95  max  violated  unprotected",
        "  db01   15m  OK                   13m25s  27m15s  30m       15m            -",
      ])
    #expect(text.split(separator: "\n").filter { $0.hasPrefix("  ") && $0.count > 110 }.isEmpty)
  }

  @Test func `The worst machine is told with the fault it suffered from`() {
    let text = TerminalSummary(
      sampleFleet(), reproduction: "drsim run dr.json --seed 1", style: TerminalStyle()
    ).text

    #expect(
      text.contains(
        "worst db01: 1h24s behind with an RPO of 15m, too late from 9h8m to 9h56m, during outage\n"))
  }

  @Test func `Of a large fleet the ten worst are shown`() {
    let text = TerminalSummary(
      sampleFleet(count: 1_000), reproduction: "drsim run dr.json --seed 1", style: TerminalStyle(width: 120)
    ).text

    #expect(text.contains("\n  and 990 more, less far behind\n"))
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count < 35)
  }

  @Test func `Ten machines take about thirty lines of at most the given width`() {
    let style = TerminalStyle(width: 110)
    let lines = TerminalSummary(sampleFleet(), reproduction: "drsim run dr.json --seed 1", style: style).text
      .split(separator: "\n", omittingEmptySubsequences: false)

    #expect(lines.count <= 30)
    #expect(lines.allSatisfy { $0.count <= style.width })
  }

  @Test func `Colours change no letter`() {
    let plain = TerminalSummary(
      sampleRun(), reproduction: "drsim run dr.json --seed 1", style: TerminalStyle()
    ).text
    let colored = TerminalSummary(
      sampleRun(), reproduction: "drsim run dr.json --seed 1", style: TerminalStyle(color: true)
    )
    .text

    #expect(colored != plain)
    #expect(colored.replacing(/\u{1b}\[[0-9]+m/, with: "") == plain)
  }

  @Test func `A mismatch is told`() {
    let sample = sampleRun()
    let run = RunRecord(
      scenarioName: sample.scenarioName, scenarioHash: "", seed: 1, version: "0.1.0",
      duration: sample.duration,
      warmUp: .zero, digest: 0, eventCount: 1, mismatchedInstanceCount: 1, vms: [], links: [], cycles: [],
      faults: [], events: [])

    let text = TerminalSummary(run, reproduction: "drsim run dr.json --seed 1", style: TerminalStyle()).text

    #expect(text.contains("oracle     verified 0 instances, 1 mismatch\n"))
    #expect(text.contains("RPO   nothing was measured\n"))
  }
}
