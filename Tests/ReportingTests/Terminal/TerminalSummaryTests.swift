import Inventory
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
        An hour with the line down

        RPO   36.36% of VM-time in RPO   1 violation, 15m in all   55m without any instance
              with a fault all; otherwise none
              worst web01: no instance in all its 55m

          VM     RPO  status             lag mean     p95  max    █mean ▒p95 ░max    cycles  shipped  violated  unprotected
          db01   15m  OK                   13m25s  27m15s  30m    ████████│▒▒▒▒▒▒▒░       4  1.50 GB       15m            -
          web01   4h  INITIAL_FULL_SYNC         -       -    -            │               0   300 MB         -          55m

          link, Mbit/s                mean  mean usable   used  p95 10m  busiest 10m  full  measured
          wan           paris → lyon  0.89         70.0  1.26%     2.00         2.00     -    300 MB
          wan           lyon → paris  0.00         90.0  0.00%     0.00         0.00     -       0 B
          0 │▁  ▁▁▁│ 1h

          datastore  site  capacity  at the end    peak  peak share
          ds-lyon    lyon    500 GB      365 GB  375 GB      75.00%

          timeline       id      from   to  lasted
          link.loss wan  blip     16m  17m      1m
          link.down wan  outage   20m  30m     10m

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

  @Test func `Violations with a fault are told apart from those without`() {
    let sample = sampleRun()
    func text(_ faults: [FaultRecord]) -> String {
      let vms = [0, 1].map { index in
        var lag = LagTrack(rpo: .minutes(15), start: minute(5))
        lag.instanceCompleted(pointInTime: minute(Int64(index) * 10), at: minute(Int64(index) * 10 + 5))
        lag.end(at: minute(40))
        return VMRecord(
          id: VirtualMachineID(index), name: "vm\(index)", disks: [], finalStatus: "OK", lag: lag,
          writtenSize: .zero, verifiedInstanceCount: 1)
      }
      let run = RunRecord(
        scenarioName: "s", scenarioHash: "", seed: 1, version: "0.1.0", duration: .minutes(40), warmUp: .zero,
        digest: 0, eventCount: 1, vms: vms, links: sample.links, cycles: [], faults: faults, events: [])
      return TerminalSummary(run, reproduction: "drsim run dr.json --seed 1", style: TerminalStyle()).text
    }
    func fault(_ name: String, from: Int64, to: Int64) -> FaultRecord {
      FaultRecord(name: name, kind: "link.down", subject: "wan", from: minute(from), to: minute(to))
    }

    // vm0 is late from minute 15 to 40, vm1 from minute 25 to 40.
    #expect(
      text([fault("dig", from: 20, to: 22)]).contains(
        "\n      with a fault 1 violation, 15m; otherwise 1, 25m\n"))
    #expect(
      text([fault("dig", from: 10, to: 11)]).contains("\n      with a fault all; otherwise none\n"))
    #expect(
      text([fault("dig", from: 30, to: 31)]).contains("\n      with a fault none; otherwise all\n"))
    #expect(!text([]).contains("with a fault"))
  }

  @Test func `An entry without an id is told once`() {
    let sample = sampleRun()
    func timeline(_ faults: [FaultRecord]) -> String {
      let run = RunRecord(
        scenarioName: "s", scenarioHash: "", seed: 1, version: "0.1.0", duration: sample.duration,
        warmUp: .zero, digest: 0, eventCount: 1, vms: [], links: [], cycles: [], faults: faults, events: [])
      return TerminalSummary(run, reproduction: "drsim run dr.json --seed 1", style: TerminalStyle()).text
    }
    let unnamed = FaultRecord(
      name: "vm.power-off db01", kind: "vm.power-off", subject: "db01", from: minute(1), to: minute(2))
    let named = FaultRecord(
      name: "cut", kind: "link.down", subject: "wan", from: minute(3), to: minute(3))

    #expect(
      timeline([unnamed]).contains(
        """

          timeline           from  to  lasted
          vm.power-off db01    1m  2m      1m

        """))
    #expect(
      timeline([unnamed, named]).contains(
        """

          timeline           id   from  to  lasted
          vm.power-off db01         1m  2m      1m
          link.down wan      cut    3m  3m       -

        """))
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

  /// A run of ten machines of which some are not well, on `count` datastores.
  private func troubled(
    datastores count: Int = 0, status: String = "OK", delay: TimeSpan = .zero, events: [EventRecord] = []
  ) -> String {
    let vms = (0..<10).map { index in
      var lag = LagTrack(rpo: .minutes(15))
      lag.instanceCompleted(pointInTime: minute(0), at: minute(0))
      lag.end(at: minute(10))
      return VMRecord(
        id: VirtualMachineID(index), name: "vm\(index)", disks: [], finalStatus: index < 4 ? status : "OK",
        lag: lag, writtenSize: .zero, verifiedInstanceCount: 1,
        guestDelay: .init(count: 2, total: delay + delay, longest: index == 3 ? delay : .zero))
    }
    let datastores = (0..<count).map {
      DatastoreRecord(
        id: DatastoreID($0), name: "ds\($0)", site: "lyon", capacity: .gigabytes(10),
        usedSize: .zero, usedPeak: .gigabytes(UInt64($0)))
    }
    let run = RunRecord(
      scenarioName: "s", scenarioHash: "", seed: 1, version: "0.1.0", duration: .minutes(10), warmUp: .zero,
      digest: 0, eventCount: 1, vms: vms, links: [], datastores: Array(datastores.dropFirst()), cycles: [],
      faults: [], events: events)
    return TerminalSummary(run, reproduction: "drsim run dr.json --seed 1", style: TerminalStyle()).text
  }

  @Test func `Machines in error are named, whatever their lag`() {
    #expect(troubled(status: "ERROR").contains("\n      4 in error at the end: vm0, vm1, vm2 and 1 more\n"))
    #expect(troubled(status: "ERROR_RPO_VIOLATION").contains("4 in error"))
    #expect(!troubled().contains("in error"))
  }

  @Test func `What was refused is told with its reason, the first six of many`() {
    func refusal(_ at: Int64) -> EventRecord {
      EventRecord(
        at: minute(at), kind: "plan.reprotect-refused", subject: "RP-1", detail: "the plan is READY_STATE")
    }
    let one = troubled(events: [refusal(3)])
    #expect(one.contains("  plan.reprotect RP-1  3m    the plan is READY_STATE\n"))
    #expect(!one.contains("more"))
    #expect(
      troubled(events: (1...8).map(refusal)).contains(
        "\n  and 2 more; with --out DIR all are in events of DIR/results.db\n"))
    #expect(!troubled().contains("refused"))
  }

  @Test func `A target without room is told with the first to suffer`() {
    func shortage(_ at: Int64) -> EventRecord {
      EventRecord(
        at: minute(at), kind: "replication.insufficient-space", subject: "db01", detail: "datastore ds-lyon")
    }
    #expect(
      troubled(events: [shortage(3)]).contains(
        "\n      no room at the target once, first at 3m for db01: datastore ds-lyon\n"))
    #expect(
      troubled(events: [shortage(3), shortage(9)]).contains("no room at the target 2 times, first at 3m"))
    #expect(!troubled().contains("no room"))
  }

  @Test func `Guests that waited are told from ten milliseconds on`() {
    #expect(
      troubled(delay: .milliseconds(10)).contains(
        "\n  guests     waited 20 times for the demand log, 200ms in all, 10ms at most (vm3)\n"))
    #expect(!troubled(delay: .microseconds(9_999)).contains("guests     waited"))
  }

  @Test func `Of many datastores the fullest six are shown`() {
    // ds1 to ds8, at their peaks full to 10, 20 … 80 per cent.
    let lines = troubled(datastores: 9).split(separator: "\n")
    #expect(
      lines.filter { $0.hasPrefix("  ds") && !$0.contains("share") }.map { $0.split(separator: " ")[0] }
        == ["ds8", "ds7", "ds6", "ds5", "ds4", "ds3"])
    #expect(lines.contains("  and 2 more, less full"))
    #expect(!troubled().contains("datastore"))
  }

  /// Links that are all used alike, both directions of each.
  private func links(_ count: Int) -> RunRecord {
    let sample = sampleRun()
    let links = (0..<count).map { index in
      LinkRecord(
        id: LinkID(index), direction: .forward, name: "wan\(index)", source: "a", target: "b",
        use: sample.links[0].use)
    }
    return RunRecord(
      scenarioName: "s", scenarioHash: "", seed: 1, version: "0.1.0", duration: sample.duration,
      warmUp: .zero,
      digest: 0, eventCount: 1, vms: [], links: links, cycles: [], faults: [], events: [])
  }

  @Test func `Links whose course is not drawn are counted`() {
    func text(_ count: Int) -> String {
      TerminalSummary(links(count), reproduction: "drsim run", style: TerminalStyle(width: 110)).text
    }
    #expect(
      text(5).contains(
        "\n  and 1 more link over time; with --out DIR all are in link_use of DIR/results.db\n"))
    #expect(text(6).contains("  and 2 more links over time;") && !text(4).contains("more link"))
    #expect(LagFigure(links(8)).text.contains("2 more links not shown"))
    #expect(!LagFigure(links(6)).text.contains("not shown"))
  }

  @Test func `Time without a replication is told and not counted`() {
    var lag = LagTrack(rpo: .minutes(15))
    lag.instanceCompleted(pointInTime: minute(0), at: minute(0))
    lag.interrupted(at: minute(10))
    lag.end(at: minute(60))
    let vm = VMRecord(
      id: VirtualMachineID(0), name: "vm", disks: [], finalStatus: "RECOVERED", lag: lag, writtenSize: .zero,
      verifiedInstanceCount: 1)
    let run = RunRecord(
      scenarioName: "s", scenarioHash: "", seed: 1, version: "0.1.0", duration: .minutes(60), warmUp: .zero,
      digest: 0, eventCount: 1, vms: [vm], links: [], cycles: [], faults: [], events: [])
    let text = TerminalSummary(run, reproduction: "drsim run", style: TerminalStyle(width: 110)).text
    #expect(
      text.contains("RPO   100.00% of VM-time in RPO   no violation   50m not replicated, not counted\n"))
    #expect(!text.contains("unprotected"))
    #expect(LagFigure(run).text.contains("50m not replicated"))
  }

  @Test func `A long title is cut at the width of the terminal`() {
    let title = String(repeating: "long ", count: 40)
    let run = RunRecord(
      scenarioName: "s", scenarioTitle: title, scenarioHash: "", seed: 1, version: "0.1.0",
      duration: .minutes(1), warmUp: .zero, digest: 0, eventCount: 1, vms: [], links: [], cycles: [],
      faults: [], events: [])
    let text = TerminalSummary(run, reproduction: "drsim run", style: TerminalStyle(width: 80)).text
    #expect(text.split(separator: "\n")[1].count == 80)
  }
}
