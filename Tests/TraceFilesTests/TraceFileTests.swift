import Foundation
import Quantities
import Testing
import TraceFiles
import Workloads

func bytes(of path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

@Suite struct TraceFileTests {
  /// Several chunks of 256 KiB: 40 000 records of 32 bytes.
  static let long = (0..<40_000 as Range<UInt64>).flatMap {
    vscsi(sector: $0 * 31 % 10_007, microseconds: $0)
  }

  @Test func `A file that is not there is named with the system's reason`() {
    let error = #expect(throws: TraceFileError.self) { try TraceFile.read(path: "/nowhere/db01.vscsi") }
    #expect(error?.description == "/nowhere/db01.vscsi: cannot be read: No such file or directory")
  }

  @Test func `A folder is no trace`() throws {
    let error = #expect(throws: TraceFileError.self) { try TraceFile.read(path: "/") }
    #expect(error?.problem == .unreadable(reason: "Is a directory"))
  }

  @Test func `Content of no known format is refused`() throws {
    #expect(try problem(reading: Array("hello, world\n".utf8)) == .unknownFormat)
    #expect(try problem(reading: vscsi(version: [0, 2])) == .unknownFormat)
    #expect(try problem(reading: []) == .noRecords)
  }

  @Test func `A format that is named is believed`() throws {
    #expect(
      try problem(reading: csv("0,W,0,0,512"), format: .vscsi)
        == .unsupportedVersion(.record(1, byteOffset: 0), version: 0x7366))
    #expect(
      try problem(reading: vscsi(), format: .csv)
        == .badHeader(found: String(decoding: vscsi(), as: UTF8.self)))
  }

  @Test func `Compressed content reads as its plain form, in one member or several`() throws {
    let plain = try withFile(Self.long) { try TraceFile.read(path: $0) }
    let cut = 100_001
    let files = [
      gzipped(Self.long),
      gzipped(Array(Self.long[..<cut])) + gzipped(Array(Self.long[cut...])),
      gzipped([]) + gzipped(Self.long) + gzipped([]),
      gzipped(Self.long) + [UInt8](repeating: 0, count: 1_000),
    ]
    for file in files {
      let recording = try withFile(file) { try TraceFile.read(path: $0) }
      #expect(recording.trace == plain.trace)
      #expect(recording.summary.isCompressed)
    }
    #expect(plain.trace.records.count == 40_000)
    #expect(
      try withFile(gzipped(csv("0,W,0,0,512"))) { try TraceFile.read(path: $0) }.summary.format == .csv)
  }

  @Test func `Compressed content that breaks off is refused wherever it does`() throws {
    let file = gzipped(Array(Self.long.prefix(3_200)))
    for count in [3, 9, 10, 11, file.count / 2, file.count - 9, file.count - 8, file.count - 1] {
      #expect(
        try problem(reading: Array(file.prefix(count))) == .truncatedGzip(byteOffset: UInt64(count)))
    }
  }

  @Test func `Damaged compressed content is refused`() throws {
    var file = gzipped(Self.long)
    // The last eight bytes are the checksum and the length.
    file[file.count - 8] ^= 1
    let found = try problem(reading: file)
    guard case .corruptGzip(_, reason: "incorrect data check") = found else {
      Issue.record("\(String(describing: found))")
      return
    }
    let trailed = try problem(reading: gzipped(vscsi()) + Array("rubbish".utf8))
    guard case .corruptGzip(_, reason: "incorrect header check") = trailed else {
      Issue.record("\(String(describing: trailed))")
      return
    }
  }
}
