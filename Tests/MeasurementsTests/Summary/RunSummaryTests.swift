import Inventory
import Measurements
import Quantities
import Testing

@Suite struct RunSummaryTests {
  /// A machine with an RPO of 15 minutes whose instances complete a minute after their points in time.
  private func machine(
    _ index: Int, name: String, rpo: TimeSpan = .minutes(15), pointsInTime: [Int64], until end: Int64 = 60
  ) -> VMRecord {
    var track = LagTrack(rpo: rpo)
    for point in pointsInTime { track.instanceCompleted(pointInTime: minute(point), at: minute(point + 1)) }
    track.end(at: minute(end))
    return VMRecord(
      id: VirtualMachineID(index), name: name, disks: [.init(name: "data", size: .gibibytes(10))],
      finalStatus: "OK", lag: track, writtenSize: .gigabytes(1), verifiedInstanceCount: pointsInTime.count)
  }

  private func run(
    _ vms: [VMRecord], warmUp: TimeSpan = .zero, cycles: [CycleRecord] = [], faults: [FaultRecord] = []
  ) -> RunRecord {
    RunRecord(
      scenarioName: "small", scenarioHash: "51d2", seed: 42, version: "0.1.0", duration: .minutes(60),
      warmUp: warmUp, digest: 0x7c1e, eventCount: 100, vms: vms, links: [], cycles: cycles, faults: faults,
      events: [])
  }

  private func fault(_ name: String, _ from: Int64, _ to: Int64) -> FaultRecord {
    FaultRecord(name: name, kind: "link.down", subject: "wan", from: minute(from), to: minute(to))
  }

  @Test func `Compliance is the share of machine-time within the RPO`() {
    let summary = RunSummary(
      run([
        machine(0, name: "good", pointsInTime: [-1, 13, 27, 41, 55]),
        // Unprotected to 6, complete from 6 (of 5), behind from 20 to 41.
        machine(1, name: "bad", pointsInTime: [5, 40, 50]),
      ]))

    #expect(summary.observedTime == .minutes(120))
    #expect(summary.unprotectedTime == .minutes(6))
    #expect(summary.violationTime == .minutes(21))
    // 120 − 6 − 21 = 93 of 120.
    #expect(summary.complianceShare == Ratio(partsPerBillion: 775_000_000))
    #expect(summary.worstVM?.name == "bad")
    #expect(summary.violations.map(\.vm) == [VirtualMachineID(1)])
  }

  @Test func `A violation names the faults going on when it began and those of the two RPOs before`() {
    // The instance of minute 25 is too old from minute 40 to 51; two RPOs before begin at minute 10.
    let faults = [
      fault("long ago", 0, 10), fault("just in", 9, 11), fault("before", 26, 35), fault("until then", 30, 40),
      fault("across", 38, 42), fault("from then", 40, 41), fault("moment", 40, 40), fault("too late", 41, 41),
      fault("within", 42, 50), fault("after", 51, 55),
    ]
    let summary = RunSummary(
      run([machine(0, name: "vm", pointsInTime: [-1, 11, 25, 50])], faults: faults))

    #expect(summary.violations.count == 1)
    #expect(summary.violations.first?.from == minute(40))
    #expect(summary.violations.first?.to == minute(51))
    #expect(summary.violations.first?.lagMaximum == .minutes(26))
    #expect(summary.violations.first?.faultsDuring.map(\.name) == ["across", "from then", "moment"])
    #expect(summary.violations.first?.faultsBefore.map(\.name) == ["just in", "before", "until then"])
    #expect(summary.violations.first?.hasFault == true)
  }

  @Test func `A fault that cannot touch a machine's replication is no cause of its violations`() {
    func fault(_ name: String, reach: [Int]?) -> FaultRecord {
      FaultRecord(
        name: name, kind: "host.fail", subject: "esx", from: minute(15), to: minute(25),
        reach: reach.map { $0.map { VirtualMachineID($0) } })
    }
    // Both are late from minute 20 to 41.
    let summary = RunSummary(
      run(
        [
          machine(0, name: "one", pointsInTime: [5, 40, 50]),
          machine(3, name: "other", pointsInTime: [5, 40, 50]),
        ],
        faults: [
          fault("mine", reach: [0, 1]), fault("theirs", reach: [1, 3, 4]), fault("nobody's", reach: []),
          fault("everybody's", reach: nil),
        ]))

    #expect(
      summary.violations.map { $0.faultsDuring.map(\.name) } == [
        ["mine", "everybody's"], ["theirs", "everybody's"],
      ])
  }

  @Test func `A machine that was recovered counts for the time in which it was replicated`() {
    var track = LagTrack(rpo: .minutes(15))
    track.instanceCompleted(pointInTime: minute(-1), at: minute(0))
    track.interrupted(at: minute(10))
    track.end(at: minute(60))
    let recovered = VMRecord(
      id: VirtualMachineID(1), name: "recovered", disks: [], finalStatus: "RECOVERED", lag: track,
      writtenSize: .zero, verifiedInstanceCount: 1)

    let summary = RunSummary(run([machine(0, name: "good", pointsInTime: [-1, 13, 27, 41, 55]), recovered]))

    #expect(summary.complianceShare == .one && summary.observedTime == .minutes(70))
    #expect(summary.unprotectedTime == .zero && summary.notReplicatedTime == .minutes(50))
  }

  @Test func `A fault that begins after the machine is late is no cause`() {
    let summary = RunSummary(
      run([machine(0, name: "vm", pointsInTime: [5, 40, 50])], faults: [fault("digger", 21, 30)]))

    // Late from minute 20 to 41.
    #expect(summary.violations.map(\.from) == [minute(20)])
    #expect(summary.violations.map(\.hasFault) == [false])
  }

  @Test func `A violation cut off by the warm-up has the faults of its true beginning`() {
    // Late from minute 20 on, measured from minute 30 on.
    let summary = RunSummary(
      run(
        [machine(0, name: "vm", pointsInTime: [5, 40, 50])], warmUp: .minutes(30),
        faults: [fault("cause", 19, 21), fault("too late", 25, 35)]))

    #expect(summary.violations.map(\.from) == [minute(30)])
    #expect(summary.violations.first?.faultsDuring.map(\.name) == ["cause"])
    #expect(summary.violations.first?.faultsBefore == [])
  }

  @Test func `A violation that the run cuts off is open`() {
    let summary = RunSummary(
      run([
        machine(0, name: "late", pointsInTime: [-1, 13]),
        machine(1, name: "in time", pointsInTime: [-1, 13, 27, 41, 55]),
      ]))

    // The instance of minute 13 is 15 minutes old at minute 28.
    #expect(summary.violations.map(\.from) == [minute(28)])
    #expect(summary.violations.map(\.to) == [minute(60)])
    #expect(summary.violations.map(\.isOpen) == [true])
  }

  @Test func `A violation over several completions tells the highest lag of all`() {
    var track = LagTrack(rpo: .minutes(5))
    for (point, at) in [(0, 0), (2, 10), (4, 40), (44, 45)] as [(Int64, Int64)] {
      track.instanceCompleted(pointInTime: minute(point), at: minute(at))
    }
    track.end(at: minute(47))
    let vm = VMRecord(
      id: VirtualMachineID(0), name: "vm", disks: [], finalStatus: "OK", lag: track, writtenSize: .zero,
      verifiedInstanceCount: 4)

    let violations = RunSummary(run([vm])).violations

    // Late from minute 5 on; 10, then 38, then 41 minutes are reached just before the completions.
    #expect(violations.map(\.from) == [minute(5)])
    #expect(violations.map(\.to) == [minute(45)])
    #expect(violations.map(\.lagMaximum) == [.minutes(41)])
  }

  @Test func `A violation that begins in the warm-up counts from its end`() {
    let summary = RunSummary(
      run([machine(0, name: "vm", pointsInTime: [5, 40, 50])], warmUp: .minutes(30)))

    #expect(summary.violations.map(\.from) == [minute(30)])
    #expect(summary.violationTime == .minutes(11))
    #expect(summary.unprotectedTime == .zero)
  }

  @Test func `The worst machine is the one furthest behind in its own RPO`() {
    let summary = RunSummary(
      run([
        // Up to 31 of 60 minutes.
        machine(0, name: "slow", rpo: .hours(1), pointsInTime: [-1, 29, 59]),
        // Up to 11 of 10 minutes.
        machine(1, name: "fast", rpo: .minutes(10), pointsInTime: [-1, 9, 19, 29, 39, 49, 59]),
        machine(2, name: "never", pointsInTime: []),
      ]))

    #expect(summary.vmsFromWorst.map(\.name) == ["never", "fast", "slow"])
  }

  @Test func `Cycles and sizes are summed for each machine`() {
    func cycle(_ vm: Int, _ sequence: Int, _ kind: CycleRecord.Kind, _ outcome: CycleRecord.Outcome)
      -> CycleRecord
    {
      CycleRecord(
        vm: VirtualMachineID(vm), sequence: sequence, kind: kind, startedAt: minute(0), endedAt: minute(1),
        outcome: outcome, payloadSize: .megabytes(3), wireSize: .megabytes(2))
    }
    let summary = RunSummary(
      run(
        [machine(0, name: "a", pointsInTime: [0]), machine(1, name: "b", pointsInTime: [0])],
        cycles: [
          cycle(0, 0, .fullSync, .completed), cycle(1, 0, .delta, .aborted(reason: "link down")),
          cycle(0, 1, .delta, .inFlight),
        ]))

    #expect(summary.vms.map(\.completedCycleCount) == [1, 0])
    #expect(summary.vms.map(\.abortedCycleCount) == [0, 1])
    #expect(summary.vms.map(\.fullSyncCount) == [1, 0])
    #expect(summary.vms.map(\.payloadSize) == [.megabytes(6), .megabytes(3)])
    #expect(summary.wireSize == .megabytes(6))
    #expect(summary.completedCycleCount == 1)
  }

  @Test func `A digest is printed with its leading zeros`() {
    #expect(run([]).digestText == "0000000000007c1e")
    #expect(RunSummary(run([])).complianceShare == nil)
  }
}
