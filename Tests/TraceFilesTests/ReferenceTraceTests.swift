import Foundation
import Quantities
import RandomStreams
import Testing
import TraceFiles
import Workloads

/// Real traces, read and replayed, against figures that another program computed from them.
@Suite(.enabled(if: referenceData != nil, "set DRSIM_REFERENCE_DATA to the reference data"))
struct ReferenceTraceTests {
  static func read(_ name: String, device: Int? = nil) throws -> TraceRecording {
    try TraceFile.read(path: "\(try #require(referenceData))/data/block/\(name)", device: device)
  }

  @Test func `The binary and the text form of one trace are the same, record by record`() throws {
    let binary = try Self.read("original/cloudPhysicsIO.vscsi.gz")
    let text = try Self.read("cloudphysics-vm-2h.csv.gz")

    #expect(binary.summary.format == .vscsi && text.summary.format == .csv)
    #expect(binary.summary.isCompressed)
    #expect(binary.summary.recordCount == 113_872)
    #expect(binary.trace.records.count == 66_898)
    #expect(binary.trace.writtenBytes == .bytes(2_408_565_760))
    #expect(binary.trace.records == text.trace.records)
    #expect(binary.trace.duration == text.trace.duration)
    #expect(binary.summary.devices[0].readCount == text.summary.devices[0].readCount)
    #expect(binary.summary.devices[0].readBytes == text.summary.devices[0].readBytes)
  }

  struct Curve: Sendable, CustomTestStringConvertible {
    let trace: String
    let windowSeconds: Int64
    let windowCount: Int
    let writtenBytes: UInt64
    let uniqueBytes: UInt64
    let uniqueBytesMaximum: UInt64
    var testDescription: String { "\(trace), \(windowSeconds) s" }
  }

  /// The rows for 8 KiB of the traces with one device.
  ///
  /// Columns: trace, block_bytes, window_s, windows, whole_windows, written_bytes_sum,
  /// unique_bytes_sum, fold, unique_mean, unique_p50, unique_p95, unique_max, and rates.
  static let curves: [Curve] = {
    guard let referenceData,
      let text = try? String(contentsOfFile: "\(referenceData)/data/curves.csv", encoding: .utf8)
    else { return [] }
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields[1] == "8192", fields[0] != "umass-fin1-10k", let window = Int64(fields[2]),
        let windows = Int(fields[3]), let written = UInt64(fields[5]), let unique = UInt64(fields[6]),
        let maximum = UInt64(fields[11])
      else { return nil }
      return Curve(
        trace: String(fields[0]), windowSeconds: window, windowCount: windows, writtenBytes: written,
        uniqueBytes: unique, uniqueBytesMaximum: maximum)
    }
  }()

  /// The traces of the curves, read once.
  static let traces: [String: WriteTrace] = Dictionary(
    uniqueKeysWithValues: Set(curves.map(\.trace)).compactMap { name in
      (try? read("\(name).csv.gz")).map { (name, $0.trace) }
    })

  @Test func `There are rows to compare with`() { #expect(Self.curves.count >= 15) }

  @Test(arguments: curves)
  func `Distinct extents of each window agree with the reference`(curve: Curve) throws {
    let trace = try #require(Self.traces[curve.trace])
    var stream = try WriteStream(
      of: [.trace(trace)], diskSize: trace.neededDiskSize, extentSize: .kibibytes(8),
      random: RandomStream(seed: 1, name: "replay"))
    let unique = (1...curve.windowCount).map { window in
      var runs: [Range<Int>] = []
      stream.draw(
        until: Instant(nanoseconds: Int64(window) * curve.windowSeconds * 1_000_000_000),
        appendingTo: &runs)
      // Runs sorted, then joined: counted without a set of extents.
      var count = 0
      var end = 0
      for run in runs.sorted(by: { $0.lowerBound < $1.lowerBound }) where run.upperBound > end {
        count += run.upperBound - max(end, run.lowerBound)
        end = run.upperBound
      }
      return UInt64(count) * 8_192
    }
    #expect(unique.reduce(0, +) == curve.uniqueBytes)
    #expect(unique.max() == curve.uniqueBytesMaximum)
    #expect(stream.writtenBytes == .bytes(curve.writtenBytes))
  }

  @Test func `A trace of many devices is read device by device`() throws {
    let error = #expect(throws: TraceFileError.self) { try Self.read("umass-fin1-10k.csv.gz") }
    guard case .deviceNeeded(let devices) = error?.problem else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(devices.count == 22)
    let traces = try devices.map { try Self.read("umass-fin1-10k.csv.gz", device: $0).trace }
    #expect(traces.reduce(0) { $0 + $1.records.count } == 5_923)
    // 29.8 MB written in all.
    #expect(traces.reduce(ByteCount.zero) { $0 + $1.writtenBytes } == .bytes(29_841_408))
  }
}
