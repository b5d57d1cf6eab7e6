import Foundation
import Inventory
import Measurements
import Quantities
import Scenarios
import Testing
import TraceFiles
import Workloads

@testable import SiteSimulation

/// The recording that is shipped, and the scenario that replays it.
@Suite struct SampleTraceTests {
  private static let path: String = Scenario.shippedFolder + "/traces/oltp-burst.vscsi"
  private static let isRegenerating = ProcessInfo.processInfo.environment["DRSIM_REGENERATE"] != nil

  @Test(.enabled(if: isRegenerating, "set DRSIM_REGENERATE to write the shipped recording anew"))
  func `The shipped recording is written anew`() throws {
    try TraceFile.write(SampleTrace.trace, path: Self.path, isCompressed: false)
  }

  @Test(.enabled(if: !isRegenerating, "the shipped recording is being written"))
  func `The shipped recording is what its generator makes`() throws {
    let copy = FileManager.default.temporaryDirectory.appending(path: "oltp-burst-\(UUID()).vscsi")
    defer { try? FileManager.default.removeItem(at: copy) }
    try TraceFile.write(SampleTrace.trace, path: copy.path(), isCompressed: false)

    let shipped = try Data(contentsOf: URL(filePath: Self.path))

    #expect(try shipped == Data(contentsOf: copy))
    // 5,248 records of 32 bytes.
    #expect(shipped.count == 5_248 * 32)
    let trace = try TraceFile.read(path: Self.path).trace
    #expect(trace.writtenBytes == .kibibytes(8 * 3_200) + .mebibytes(512))
  }

  @Test func `The burst violates the short RPO in every hour, and the long one never`() throws {
    let scenario = try Scenario.shipped("trace-replay.json")

    let record = try run(scenario)

    // 563 MB of writes an hour are 1.25 Mbit/s. At 70 % of 4 Mbit/s, headers not counted, the 512 MiB of the burst
    // alone take 8 × 537 MB / 2.8 Mbit/s = 1,534 s, and it begins in minute 20.
    let short = try record.vm("db-01").lag.violations(in: record.measured)
    for hour in Int64(0)..<8 {
      let (burst, next) = (Instant.minutes(60 * hour + 20), Instant.minutes(60 * hour + 80))
      let violations = short.filter { burst <= $0.lowerBound && $0.lowerBound < next }
      #expect(!violations.isEmpty && violations.allSatisfy { $0.upperBound <= burst + .minutes(45) })
    }
    #expect(short.allSatisfy { $0.lowerBound > .minutes(20) })
    #expect(try record.vm("db-02").lag.violations(in: record.measured).isEmpty)
    // Both machines replay the same; the longer RPO folds more rewrites.
    #expect(try record.vm("db-01").writtenSize == record.vm("db-02").writtenSize)
    let shipped = ["db-01", "db-02"].map { name in
      record.cycles(of: name).reduce(ByteCount.zero) { $0 + $1.payloadSize }
    }
    #expect(shipped[1] < shipped[0])
  }
}
