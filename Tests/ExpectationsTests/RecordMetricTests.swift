import Inventory
import Measurements
import Quantities
import RandomStreams
import SampleRuns
import Testing

@testable import Expectations

/// Each metric against the sample run, whose arithmetic is short.
///
/// From minute 5 to 60 the lag of `db01` goes from 5 to 15 minutes, from 5 to 30 (minutes 15 to 40), and twice more from 5
/// to 15; its RPO is 15 minutes. `web01` has no instance.
@Suite struct RecordMetricTests {
  private func read(
    _ text: String, windows: [Range<Instant>]? = nil, of record: RunRecord = sampleRecovery()
  ) throws -> Reading {
    let expression = try Expression(parsing: text)
    return expression.judge(Evidence(record, windows: windows ?? [record.measured]))
  }

  private func read(_ text: String, at moment: Instant) throws -> Reading {
    try Expression(parsing: text).judge(Evidence(sampleRecovery(), at: moment))
  }

  @Test func `The lag of a window has its exact extremes and mean`() throws {
    let most = try read("max(rpo_lag{vm=db01}) <= 30m")
    #expect(most.holds && most.finding == .duration(.minutes(30)))
    #expect(most.owner == "db01" && most.at == minute(40))
    #expect(try !read("max(rpo_lag{vm=db01}) < 30m").holds)
    #expect(try read("min(rpo_lag) == 5m").holds)
    // (10 · 10 + 25 · 17.5 + 10 · 10 + 10 · 10) / 55 minutes, rounded down.
    #expect(
      try read("avg(rpo_lag) < 1h").finding == .duration(TimeSpan(nanoseconds: 804_545_454_545)))
    #expect(try read("p50(rpo_lag) < 1h").finding == .duration(.milliseconds(712_500)))
    // 95 % of 55 minutes: all but the last 2 min 45 s of the way to 30 minutes.
    #expect(try read("p95(rpo_lag) < 1h").finding == .duration(.seconds(1_635)))
  }

  @Test func `A lag alone must hold throughout, and comes up to its highest value without reaching it`()
    throws
  {
    #expect(try read("rpo_lag{vm=db01} <= 30m").holds)
    #expect(try read("rpo_lag{vm=db01} < 30m").holds)
    #expect(try !read("rpo_lag{vm=db01} <= 29m").holds)
    #expect(try read("rpo_lag{vm=db01} >= 5m").holds && !read("rpo_lag{vm=db01} > 5m").holds)
    #expect(try read("rpo_lag{vm=db01} != 31m").holds && !read("rpo_lag{vm=db01} != 20m").holds)
    #expect(
      try read("rpo_lag{vm=db01} <= 15m", windows: [minute(5)..<minute(25), minute(40)..<minute(60)]).holds)
  }

  @Test func `At a moment the lag is that of the moment, and a machine without instance breaks a claim`()
    throws
  {
    let reading = try read("rpo_lag{vm=db01} <= 19m", at: minute(30))
    #expect(!reading.holds && reading.finding == .duration(.minutes(20)))
    // At a completion it is what the completion leaves.
    #expect(try read("rpo_lag{vm=db01} == 5m", at: minute(40)).holds)
    #expect(try read("rpo_lag <= 1h", at: minute(30)).finding == .never)
    #expect(try read("count(rpo_lag <= 1h) == 1", at: minute(30)).holds)
    #expect(try read("argmax(rpo_ratio) == db01", at: minute(30)).holds)
  }

  @Test func `The ratio is in each machine's own RPO`() throws {
    #expect(try read("max(rpo_ratio{vm=db01}) == 2").holds)
    #expect(try read("p50(rpo_ratio) < 1").finding == .factor(Ratio(partsPerBillion: 791_666_667)))
    #expect(try read("share(rpo_ratio <= 1) >= 70%").finding == .share(Ratio(partsPerBillion: 727_272_727)))
  }

  @Test func `Violations are intervals, and of none the sum is zero`() throws {
    #expect(try read("sum(rpo_violation{vm=db01}) == 15m").holds)
    #expect(try read("max(rpo_violation) <= 15m").at == minute(25))
    #expect(try read("count(rpo_violation > 10m) == 1").holds)
    let calm = [minute(5)..<minute(20)]
    #expect(try read("sum(rpo_violation) == 0s", windows: calm).holds)
    #expect(try read("count(rpo_violation > 0s) == 0", windows: calm).holds)
  }

  @Test func `Compliance is a share of VM-time, of all machines or of each`() throws {
    // 40 of 55 minutes, and 40 of 110.
    #expect(
      try read("rpo_compliance{vm=db01} > 72%").finding == .share(Ratio(partsPerBillion: 727_272_727)))
    #expect(try read("rpo_compliance > 30%").finding == .share(Ratio(partsPerBillion: 363_636_363)))
    let least = try read("min(rpo_compliance) == 0%")
    #expect(least.holds && least.owner == "web01")
  }

  @Test func `Runs of plans have a recovery time and losses`() throws {
    let drill = try read("rto{run=drill} <= 3m")
    #expect(!drill.holds && drill.finding == .duration(.minutes(4)))
    #expect(drill.remark == "critical path: Synchronize storage 3m > Power on db01 1m")
    #expect(try read("max(rto{plan=RP-*}) == 8m").holds && read("rto <= 8m").holds)
    let loss = try read("max(data_loss) <= 10m")
    #expect(loss.holds && loss.owner == "db01" && loss.finding == .duration(.minutes(10)))
    #expect(try read("data_loss{group=PG-Tier1} <= 10m").holds)
    // No machine of that group was recovered: nothing to judge is no success.
    let none = try read("data_loss{group=PG-Web} <= 10m")
    #expect(!none.holds && none.remark == "no value of data_loss to judge")
  }

  @Test func `Recovery counts from the end of the event to the first moment with all in RPO`() throws {
    // The outage ends at minute 30; the lag of db01 is back at minute 40.
    #expect(try read("recovery_to_rpo{event=outage, vm=db01} == 10m").holds)
    // It was in RPO when the blip ended.
    #expect(try read("recovery_to_rpo{event=blip, vm=db01} == 0s").holds)
    let never = try read("recovery_to_rpo{event=outage} <= 1h")
    #expect(!never.holds && never.finding == .never)
    #expect(try read("recovery_to_rpo{event=drill, vm=db01} == 0s").holds)
  }

  @Test func `Syncs are counted by their end, full syncs by their beginning`() throws {
    // Four deltas of 200 MB ended at minutes 5, 15, 40 and 50.
    #expect(try read("sum(sync_bytes{vm=db01}) == 800MB").holds)
    #expect(try read("count(sync_duration <= 5m) == 4").holds)
    #expect(try read("count(sync_duration <= 5m) == 1", windows: [minute(20)..<minute(45)]).holds)
    #expect(try read("full_syncs == 0").holds)
    #expect(try read("full_syncs{vm=web01} == 1", windows: [minute(0)..<minute(60)]).holds)
    #expect(try read("sum(full_syncs) == 1", at: minute(60)).finding == .count(0))
  }

  /// A link of four bins of a minute: 100 % and 50 % used, without capacity, and half a bin.
  private func linked() -> RunRecord {
    func use(_ bins: [(UInt64, UInt64)]) -> LinkUse {
      LinkUse(
        start: minute(0), end: .zero + .seconds(210), binWidth: .minutes(1),
        bins: bins.map { .init(bytes: $0.0, capacityBytes: $0.1, saturatedTime: .zero) })
    }
    let forward = use([(600, 600), (100, 600), (0, 0), (300, 300)])
    let backward = use([(60, 600), (300, 600), (0, 0), (0, 300)])
    return RunRecord(
      scenarioName: "s", scenarioHash: "", seed: 1, version: "0.1.0", duration: .seconds(210), warmUp: .zero,
      digest: 0, eventCount: 1, vms: [],
      links: [
        LinkRecord(
          id: LinkID(0), direction: .forward, name: "wan", source: "paris", target: "lyon", use: forward),
        LinkRecord(
          id: LinkID(0), direction: .backward, name: "wan", source: "lyon", target: "paris", use: backward),
      ], cycles: [], faults: [], events: [])
  }

  @Test func `A link is as full as its fuller direction, bin by bin`() throws {
    let record = linked()
    #expect(try read("max(link_use{link=wan}) == 100%", of: record).holds)
    // 100 % and 50 %; the bin without capacity and the shorter last one are left out.
    #expect(try read("avg(link_use) == 75%", of: record).holds)
    #expect(
      try read("p50(link_use) == 50%", of: record).holds && read("p51(link_use) == 100%", of: record).holds)
    #expect(try read("max(link_use{from=lyon}) == 50%", of: record).holds)
    #expect(try read("share(link_use > 80%) == 50%", of: record).holds)
    #expect(try read("link_bytes == 1360B", of: record).holds)
    #expect(try read("link_bytes{from=paris} == 700B", windows: [minute(0)..<minute(2)], of: record).holds)
  }

  /// Quantiles and shares of several machines against a count of every second.
  @Test(arguments: 0..<50 as Range<UInt64>)
  func `Quantiles agree with a count of every second`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "quantiles")
    let length: Int64 = 60
    var lags: [Int64] = []
    let vms = (0..<3).map { index in
      var track = LagTrack(rpo: .seconds(Int64(5 + index)))
      var taken: Int64 = -1
      var done: Int64 = 0
      var completions: [(taken: Int64, done: Int64)] = []
      while done < length {
        completions.append((taken, done))
        track.instanceCompleted(pointInTime: .zero + .seconds(max(taken, 0)), at: .zero + .seconds(done))
        taken = done + Int64(random.next(below: 3))
        done = taken + 1 + Int64(random.next(below: 9))
      }
      track.end(at: .zero + .seconds(length))
      for second in 0..<length {
        guard let lag = track.lag(at: .zero + .seconds(second)) else { continue }
        lags.append(lag.nanoseconds)
      }
      return VMRecord(
        id: VirtualMachineID(index), name: "vm\(index)", disks: [], finalStatus: "OK", lag: track,
        writtenSize: .zero, verifiedInstanceCount: 0)
    }
    let record = RunRecord(
      scenarioName: "s", scenarioHash: "", seed: 1, version: "0.1.0", duration: .seconds(length),
      warmUp: .zero, digest: 0, eventCount: 1, vms: vms, links: [], cycles: [], faults: [], events: [])

    for percent in [10, 50, 90] {
      guard case .duration(let found)? = try read("p\(percent)(rpo_lag) < 1h", of: record).finding else {
        Issue.record("no quantile")
        return
      }
      // Of each second the lag goes from its whole value to the next one.
      let below = lags.reduce(0) { $0 + max(0, min(1_000_000_000, found.nanoseconds - $1)) }
      let share = Int128(below) * 100 / Int128(lags.count * 1_000_000_000)
      #expect(share >= percent - 1 && share <= percent)
    }
  }
}
