import Quantities
import Testing
import Workloads

@Suite struct PeriodicWriterTests {
  @Test func `A write at the end of a look belongs to the next one`() throws {
    var stream = try smallStream(.periodic(size: .mebibytes(1), every: .hours(1)))
    #expect(stream.runs(until: seconds(3_600)).isEmpty)
    #expect(stream.writtenBytes == .zero)
    #expect(stream.runs(until: nanoseconds(3_600_000_000_001)) == [0..<128])
    #expect(stream.writtenBytes == .mebibytes(1))
    #expect(stream.runs(until: seconds(7_200)).isEmpty)
  }

  @Test func `A day of hourly rewrites yields its extents once and 24 MiB of writes less one`() throws {
    var stream = try smallStream(.periodic(size: .mebibytes(1), every: .hours(1)))
    #expect(stream.runs(until: seconds(86_400)) == [0..<128])
    // At 1 h, 2 h … 23 h; the 24th write is at the very end.
    #expect(stream.writtenBytes == .mebibytes(23))
  }

  @Test func `The first write can come at once or later, and lies where it is put`() throws {
    var stream = try smallStream(
      .periodic(size: .bytes(2), offset: .bytes(8_191), every: .seconds(10), first: .zero),
      .periodic(size: .bytes(1), offset: .kibibytes(64), every: .seconds(10), first: .seconds(3)))
    #expect(stream.runs(until: seconds(1)) == [0..<2])
    #expect(stream.runs(until: seconds(4)) == [8..<9])
    #expect(stream.runs(until: seconds(10)) == [])
    #expect(stream.runs(until: seconds(11)) == [0..<2])
  }
}
