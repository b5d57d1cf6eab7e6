import Foundation
import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// Real traces replayed end to end, against figures that other programs computed from them.
@Suite(.enabled(if: referenceData != nil, "set DRSIM_REFERENCE_DATA to the reference data"))
struct ReferenceReplayTests {
  /// One disk that replays a trace and is replicated over a line without latency or overhead.
  static func scenario(
    trace: String, rpo: TimeSpan, bitsPerSecond: UInt64, policy: String, duration: TimeSpan,
    diskSize: String = "2TiB"
  ) throws -> Scenario {
    var world = SmallWorld()
    world.duration = "\(duration)"
    world.link = #""bandwidth": "\#(bitsPerSecond)bps", "latency": "0ms""#
    world.workloads = [
      "trace": #""model": "trace", "file": "\#(try #require(referenceData))/data/block/\#(trace)""#
    ]
    world.machines = [
      #""name": "app", "disks": [{ "name": "data", "size": "\#(diskSize)", "used": "0B", "workload": "trace" }]"#
    ]
    world.replications = [
      #""vm": "app", "rpo": "\#(rpo)", "firstSync": "\#(rpo)", "initialSync": "done", \#(policy)"#
    ]
    return try world.scenario()
  }

  /// A row of `curves.csv`: the distinct extents that a trace writes per window, over all windows.
  struct Curve: Sendable, CustomTestStringConvertible {
    let windowSeconds: Int64
    let windowCount: Int
    let uniqueBytes: UInt64
    var testDescription: String { "windows of \(windowSeconds) s" }
  }

  static let curves: [Curve] = {
    guard let referenceData,
      let text = try? String(contentsOfFile: "\(referenceData)/data/curves.csv", encoding: .utf8)
    else { return [] }
    return text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields[0] == "cloudphysics-vm-2h", fields[1] == "8192",
        ["300", "900", "3600"].contains(fields[2]),
        let window = Int64(fields[2]), let count = Int(fields[3]), let unique = UInt64(fields[6])
      else { return nil }
      return Curve(windowSeconds: window, windowCount: count, uniqueBytes: unique)
    }
  }()

  @Test func `There are rows to compare with`() {
    #expect(Self.curves.count == 3)
    #expect(Self.rows.count == 18)
  }

  /// The trace is 7,200.09 s long, so that its last 0.09 s are a window of their own.
  ///
  /// The cycle at the next whole RPO ships it. A write at exactly a switch belongs to the window that begins there.
  @Test(arguments: curves)
  func `A delta holds the distinct extents of its window`(curve: Curve) throws {
    let rpo = TimeSpan.seconds(curve.windowSeconds)
    let record = try run(
      Self.scenario(
        trace: "original/cloudPhysicsIO.vscsi.gz", rpo: rpo, bitsPerSecond: 10_000_000_000,
        policy: #""policy": "fixed""#, duration: .seconds(7_200) + rpo + .minutes(1)))

    #expect(record.payloadSize == .bytes(curve.uniqueBytes))
    #expect(record.deltas.count { $0.payloadSize > .zero } == curve.windowCount)
    #expect(record.deltas.allSatisfy { $0.isCompleted })
    #expect(record.carried == .bytes(curve.uniqueBytes))
  }

  /// A row of `reference-runs.json`: one run of another, small simulator of one link.
  struct Row: Sendable, Decodable, CustomTestStringConvertible {
    let schedule: String
    let rpo_s: Int64
    let link_bps: Double
    let block: UInt64
    let cycles: Int
    let sent_bytes: UInt64
    let worst_age_s: Double
    let mean_age_s: Double
    let violation_s: Double
    let trace_s: Double
    let trace: String
    var testDescription: String { "\(schedule), \(trace), RPO \(rpo_s) s, \(link_bps) bit/s, \(block) B" }

    /// Our run, long enough after the end of the trace that the cycle then under way completes.
    func run(policy: String) throws -> RunRecord {
      let scenario = try ReferenceReplayTests.scenario(
        trace: "\(trace).csv.gz", rpo: .seconds(rpo_s), bitsPerSecond: UInt64(link_bps), policy: policy,
        duration: .milliseconds(Int64(trace_s * 1_000)) + .seconds(rpo_s) * 6,
        // A disk above 32 TiB has extents of 64 KiB.
        diskSize: block == 65_536 ? "33TiB" : "2TiB")
      return try SiteSimulationTests.run(scenario)
    }

    var end: Instant { Instant(nanoseconds: Int64(trace_s * 1e9)) }
  }

  /// The rows of our two schedules.
  static let rows: [Row] = {
    guard let referenceData,
      let content = try? Data(contentsOf: URL(filePath: "\(referenceData)/data/reference-runs.json")),
      let rows = try? JSONDecoder().decode([Row].self, from: content)
    else { return [] }
    return rows.filter { $0.schedule != "back2back" }
  }()

  /// A multiple of the RPO that passes while a cycle runs is skipped in both programs; cycles count that begin
  /// at or before the end of the trace, those still under way then in full.
  @Test(arguments: rows.filter { $0.schedule == "fixed" })
  func `Cycles at fixed times ship the bytes of the reference, and the lag is the same`(row: Row) throws {
    let record = try row.run(policy: #""policy": "fixed""#)

    let counted = record.deltas.filter { $0.startedAt <= row.end }
    #expect(counted.reduce(ByteCount.zero) { $0 + $1.payloadSize } == .bytes(row.sent_bytes))
    #expect(counted.count == row.cycles)
    // The figures of age are rounded to milliseconds there.
    let lag = record.vms[0].lag.statistics(in: .zero..<row.end)
    let worst = try #require(lag.lagMaximum).inSeconds
    let mean = try #require(lag.lagMean).inSeconds
    #expect(abs(worst - row.worst_age_s) < 0.002)
    #expect(abs(mean - row.mean_age_s) < 0.002)
    #expect(abs(lag.violationTime.inSeconds - row.violation_s) < 0.002)
  }

  /// The reference expects the next transfer to take as long as the last one.
  ///
  /// The product expects the mean of the last fifteen and a fifth more, and weighs a transfer by what it covered. So
  /// cycles start at other times, and only the trend can agree. Over the nine rows the bytes are 0.882 to 1.100 of
  /// the reference's, the mean age 0.915 to 1.080.
  @Test(arguments: rows.filter { $0.schedule == "latest" })
  func `The product's schedule ships about what the reference's latest start does`(row: Row) throws {
    let record = try row.run(policy: #""policy": "vsphere""#)

    let counted = record.deltas.filter { $0.startedAt <= row.end }
    let bytes = counted.reduce(ByteCount.zero) { $0 + $1.payloadSize }.bytes
    let lag = record.vms[0].lag.statistics(in: .zero..<row.end)
    let mean = try #require(lag.lagMean).inSeconds
    #expect((0.85...1.15).contains(Double(bytes) / Double(row.sent_bytes)))
    #expect((0.9...1.1).contains(mean / row.mean_age_s))
  }
}
