import Quantities
import Testing
import Workloads

@Suite struct WriteTraceTests {
  @Test func `Records are put in order, and those of one time keep theirs`() {
    func record(_ second: Int64, _ offset: UInt64) -> WriteRecord {
      WriteRecord(time: seconds(second), byteOffset: offset, byteLength: 512)
    }
    let trace = WriteTrace([record(1, 10), record(3, 20), record(2, 30), record(3, 40), record(1, 50)])
    #expect(trace.records.map(\.byteOffset) == [10, 50, 30, 20, 40])
    // Those at 2 s and, last, at 1 s came after one at 3 s.
    #expect(trace.reorderedCount == 2)
    #expect(trace.duration == .seconds(3))
    #expect(trace.writtenBytes == .bytes(5 * 512))
    #expect(trace.neededDiskSize == .bytes(562))
  }

  @Test func `A record takes 24 bytes`() {
    #expect(MemoryLayout<WriteRecord>.stride == 24)
  }
}
