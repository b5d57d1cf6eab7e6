import Quantities
import RandomStreams
import Testing
import TraceFiles
import Workloads

@Suite struct VSCSITests {
  @Test func `Writes are taken, reads and other commands are counted`() throws {
    let content =
      vscsi(operationCode: 0x28, sector: 1, microseconds: 1_000)  // READ(10)
      + vscsi(length: 4_096, operationCode: 0x2a, sector: 63, microseconds: 1_500)  // WRITE(10)
      + vscsi(operationCode: 0x42, microseconds: 1_600)  // UNMAP
      + vscsi(operationCode: 0x8a, sector: 0x1_0000_0000, microseconds: 2_000)  // WRITE(16)
      + vscsi(length: 0, operationCode: 0x0a, microseconds: 2_100)  // WRITE(6) of nothing
      + vscsi(operationCode: 0xaa, sector: 2, microseconds: 2_200)  // WRITE(12)
      + vscsi(operationCode: 0x35, microseconds: 2_300)  // SYNCHRONIZE CACHE(10)
      + vscsi(operationCode: 0x42, microseconds: 3_000)

    let recording = try withFile(content) { try TraceFile.read(path: $0) }

    // Sector 63 begins at 32 256; times count from the read at 1 ms.
    #expect(
      recording.trace.records == [
        record(500, 32_256, 4_096), record(1_000, 2_199_023_255_552, 512), record(1_200, 1_024, 512),
      ])
    #expect(recording.trace.duration == .milliseconds(2))
    let summary = recording.summary
    #expect(summary.format == .vscsi && !summary.isCompressed)
    #expect(summary.recordCount == 8)
    #expect(summary.duration == .milliseconds(2))
    #expect(summary.devices.count == 1)
    #expect(summary.devices[0].readCount == 1 && summary.devices[0].readBytes == .bytes(512))
    #expect(summary.devices[0].writeCount == 3 && summary.devices[0].writtenBytes == .bytes(5_120))
    #expect(summary.devices[0].emptyWriteCount == 1)
    #expect(
      summary.otherCommands.map(\.description) == [
        "1 × SYNCHRONIZE CACHE(10) (0x35)", "2 × UNMAP (0x42)",
      ])
  }

  @Test func `Records out of order are put in order and counted`() throws {
    let recording = try TraceFile.decode(
      [
        vscsi(serial: 1, sector: 1, microseconds: 30) + vscsi(serial: 2, sector: 2, microseconds: 10)
          + vscsi(serial: 3, sector: 3, microseconds: 30)
      ], format: .vscsi)
    #expect(recording.trace.records == [record(0, 1_024, 512), record(20, 512, 512), record(20, 1_536, 512)])
    #expect(recording.summary.reorderedCount == 1)
  }

  @Test(arguments: 1...70)
  func `Chunks may cut records anywhere`(chunkByteCount: Int) throws {
    let content = (0..<40 as Range<UInt64>).flatMap { vscsi(sector: $0, microseconds: $0 * 7) }
    let chunks = stride(from: 0, to: content.count, by: chunkByteCount).map {
      Array(content[$0..<min($0 + chunkByteCount, content.count)])
    }
    #expect(
      try TraceFile.decode(chunks, format: .vscsi) == TraceFile.decode([content], format: .vscsi))
  }

  @Test func `Another version is refused with its place`() throws {
    let content = (1...16).flatMap { vscsi(serial: $0) } + vscsi(serial: 17, version: [0x00, 0x02])
    let found = try problem(reading: content)
    #expect(found == .unsupportedVersion(.record(17, byteOffset: 512), version: 0x0200))
    #expect(
      found?.description == "record 17 at byte 512: version 0x0200 is not supported, expected 0x0100")
  }

  @Test func `A file that ends within a record is refused`() throws {
    let found = try problem(reading: vscsi() + vscsi() + [1, 2, 3, 4, 5])
    #expect(found == .truncatedRecord(.record(3, byteOffset: 64), byteCount: 5))
    #expect(
      found?.description == "record 3 at byte 64: the file ends 5 bytes into a record of 32")
  }

  @Test func `Addresses and times out of range are refused`() throws {
    #expect(
      try problem(reading: vscsi(sector: 1 << 54)) == .addressOutOfRange(.record(1, byteOffset: 0)))
    #expect(
      try problem(reading: vscsi() + vscsi(sector: 1 << 55))
        == .addressOutOfRange(.record(2, byteOffset: 32)))
    #expect(
      try problem(reading: vscsi(microseconds: 1 << 62))
        == .timeOutOfRange(.record(1, byteOffset: 0), microseconds: 1 << 62))
  }

  @Test func `A device cannot be chosen`() throws {
    #expect(try problem(reading: vscsi(), device: 0) == .deviceNotApplicable(.vscsi))
  }

  @Test(arguments: [false, true], 0..<20 as Range<UInt64>)
  func `What is written is read again`(isCompressed: Bool, seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "round trip")
    // The first write at zero, since times of a file count from its first record.
    let records =
      [record(0, 0, 512)]
      + (0..<random.next(below: 300)).map { _ in
        record(
          Int64(random.next(below: 1 << 40)), random.next(below: 1 << 40) * 512,
          UInt32(1 + random.next(below: 1 << 20)) * 512)
      }
    let trace = WriteTrace(records)
    let read = try withFile([]) { path in
      try TraceFile.write(trace, path: path, isCompressed: isCompressed)
      return try TraceFile.read(path: path)
    }
    #expect(read.trace.records == trace.records)
    #expect(read.summary.isCompressed == isCompressed)
    #expect(read.summary.format == .vscsi)
  }

  @Test func `The first written record is the format's, byte by byte`() throws {
    let trace = WriteTrace([record(7, 32_256, 4_096)])
    let content = try withFile([]) { path in
      try TraceFile.write(trace, path: path, isCompressed: false)
      return try bytes(of: path)
    }
    #expect(
      content == [
        1, 0, 0, 0, 0, 0x10, 0, 0, 1, 0, 0, 0, 0x2a, 0, 0x00, 0x01,
        63, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,
      ])
  }

  @Test func `Writes beyond 2 TiB or above 65 535 sectors take the long form`() throws {
    let trace = WriteTrace([
      record(0, ((1 << 32) - 1) * 512, 65_535 * 512), record(1, (1 << 32) * 512, 512),
      record(2, 0, 65_536 * 512),
    ])
    let content = try withFile([]) { path in
      try TraceFile.write(trace, path: path, isCompressed: false)
      return try bytes(of: path)
    }
    // The operation code is at byte 12 of each record: WRITE(10), WRITE(16), WRITE(16).
    #expect([content[12], content[32 + 12], content[64 + 12]] == [0x2a, 0x8a, 0x8a])
  }

  @Test func `Writes that the format cannot express are refused`() throws {
    func problem(_ record: WriteRecord) throws -> TraceProblem? {
      try withFile([]) { path in
        do throws(TraceFileError) {
          try TraceFile.write(WriteTrace([record]), path: path, isCompressed: false)
          return nil
        } catch {
          return error.problem
        }
      }
    }
    #expect(
      try problem(record(0, 511, 512))
        == .notRepresentable(
          write: 1, reason: "512 bytes at byte 511 do not lie on sectors of 512 bytes"))
    #expect(
      try problem(WriteRecord(time: Instant(nanoseconds: 1_001), byteOffset: 0, byteLength: 512))
        == .notRepresentable(write: 1, reason: "its time of 1001 ns is not in whole microseconds"))
  }

  @Test func `A place that cannot be written is named`() {
    #expect(
      throws: TraceFileError(path: "/nowhere/x", problem: .unwritable(reason: "No such file or directory"))
    ) {
      try TraceFile.write(WriteTrace([]), path: "/nowhere/x", isCompressed: false)
    }
  }
}
