import Quantities
import Testing
import TraceFiles
import Workloads

@Suite struct CSVTests {
  @Test func `Lines become writes, whatever ends them`() throws {
    let text =
      "\u{feff}t_us,op,dev,offset,length\r\n5,R,3,0,512\r\n\n10,W,3,4096,100\r\n12,W,3,1,0\n20,W,3,7,9"
    let recording = try withFile(Array(text.utf8)) { try TraceFile.read(path: $0) }
    #expect(recording.trace.records == [record(5, 4_096, 100), record(15, 7, 9)])
    #expect(recording.summary.format == .csv)
    #expect(recording.summary.device == 3)
    #expect(recording.summary.recordCount == 4)
    #expect(recording.summary.devices[0].emptyWriteCount == 1)
    #expect(recording.summary.otherCommands.isEmpty)
  }

  @Test func `One device of several is chosen, in step with the others`() throws {
    let content = csv("0,W,7,0,512", "10,W,2,0,100", "30,W,7,512,512", "40,R,5,0,1")
    let recording = try TraceFile.decode([content], format: .csv, device: 2)
    #expect(recording.trace.records == [record(10, 0, 100)])
    #expect(recording.trace.duration == .microseconds(40))
    #expect(recording.summary.devices.map(\.device) == [2, 5, 7])
    #expect(recording.summary.devices.map(\.writeCount) == [1, 0, 2])
    #expect(try TraceFile.decode([content], format: .csv, device: 5).trace.records.isEmpty)

    #expect(throws: TraceProblem.deviceNeeded(devices: [2, 5, 7])) {
      try TraceFile.decode([content], format: .csv)
    }
    #expect(throws: TraceProblem.noSuchDevice(1, devices: [2, 5, 7])) {
      try TraceFile.decode([content], format: .csv, device: 1)
    }
  }

  @Test(arguments: 1...80)
  func `Chunks may cut lines anywhere`(chunkByteCount: Int) throws {
    let content = csv("0,W,0,0,512", "10,W,0,21981565440,100", "30,R,0,512,512\r", "", "40,W,0,1,1")
    let chunks = stride(from: 0, to: content.count, by: chunkByteCount).map {
      Array(content[$0..<min($0 + chunkByteCount, content.count)])
    }
    #expect(try TraceFile.decode(chunks, format: .csv) == TraceFile.decode([content], format: .csv))
  }

  static let refusals: [(line: String, description: String)] = [
    ("1,W,0,0", "line 3: 4 fields, expected 5: t_us,op,dev,offset,length"),
    ("1,W,0,0,1,", "line 3: 6 fields, expected 5: t_us,op,dev,offset,length"),
    ("x,W,0,0,1", "line 3: t_us is \"x\", expected a whole number up to 18446744073709551615"),
    ("-1,W,0,0,1", "line 3: t_us is \"-1\", expected a whole number up to 18446744073709551615"),
    ("1:,W,0,0,1", "line 3: t_us is \"1:\", expected a whole number up to 18446744073709551615"),
    ("1,w,0,0,1", "line 3: op is \"w\", expected R or W"),
    ("1,,0,0,1", "line 3: op is \"\", expected R or W"),
    ("1,W,,0,1", "line 3: dev is \"\", expected a whole number up to 4294967295"),
    (
      "1,W,0,18446744073709551616,1",
      "line 3: offset is \"18446744073709551616\", expected a whole number up to 18446744073709551615"
    ),
    ("1,W,0,0,1.5", "line 3: length is \"1.5\", expected a whole number up to 4294967295"),
    ("1,W,0,0,4294967296", "line 3: length is \"4294967296\", expected a whole number up to 4294967295"),
    ("1,W,0,9223372036854775807,1", "line 3: the command ends beyond 2^63 bytes"),
    ("9223372036854776,W,0,0,1", "line 3: the time of 9223372036854776 us is beyond 292 years"),
    (
      String(repeating: "1", count: 1_025),
      "line 3: longer than 1024 bytes, so this is hardly CSV; name its format"
    ),
  ]

  @Test(arguments: refusals.indices)
  func `A line that cannot be read is named with its cause`(index: Int) throws {
    let (line, description) = Self.refusals[index]
    for content in [csv("0,W,0,0,512", line), csv("0,W,0,0,512", line, "9,R,0,0,0")] {
      #expect(try problem(reading: content)?.description == description)
    }
  }

  @Test func `A file needs the header and a record`() throws {
    #expect(
      try problem(reading: Array("time,op\n1,W".utf8), format: .csv) == .badHeader(found: "time,op"))
    #expect(try problem(reading: csv()) == .noRecords)
    #expect(try problem(reading: [], format: .csv) == .noRecords)
  }
}
