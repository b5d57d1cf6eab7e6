import Quantities
import RandomStreams
import Testing
import Workloads

@Suite struct TraceReplayTests {
  /// At 0 s, 10 s and 20 s, of a recording that ends at 25 s.
  static let trace = WriteTrace(
    [
      WriteRecord(time: seconds(0), byteOffset: 0, byteLength: 1),
      WriteRecord(time: seconds(10), byteOffset: 16_383, byteLength: 2),
      WriteRecord(time: seconds(20), byteOffset: 65_536, byteLength: 512),
    ], duration: .seconds(25))

  @Test func `A recording is replayed once, at its times`() throws {
    var stream = try smallStream(.trace(Self.trace))
    #expect(stream.runs(until: seconds(10)) == [0..<1])
    #expect(stream.runs(until: seconds(20)) == [1..<3])
    #expect(stream.writtenBytes == .bytes(3))
    #expect(stream.runs(until: seconds(1_000)) == [8..<9])
    #expect(stream.runs(until: seconds(2_000)) == [])
    #expect(stream.writtenBytes == .bytes(515))
  }

  @Test func `A delay moves the recording`() throws {
    var stream = try smallStream(.trace(Self.trace, delay: .seconds(5)))
    #expect(stream.runs(until: seconds(5)) == [])
    #expect(stream.runs(until: seconds(15)) == [0..<1])
    #expect(stream.runs(until: seconds(16)) == [1..<3])
  }

  @Test func `A recording repeats after its duration or after a period`() throws {
    var natural = try smallStream(.trace(Self.trace, repetition: .endless(period: nil)))
    var hourly = try smallStream(.trace(Self.trace, repetition: .endless(period: .hours(1))))
    for _ in 0..<2 { #expect(natural.runs(until: seconds(25)) == hourly.runs(until: seconds(25))) }
    #expect(natural.runs(until: seconds(26)) == [0..<1])
    #expect(hourly.runs(until: seconds(3_600)) == [])
    #expect(hourly.runs(until: seconds(3_601)) == [0..<1])
    // Passes begin at 0, 25, 50 and 75 s; the last has written twice at 90 s.
    _ = natural.runs(until: seconds(90))
    #expect(natural.writtenBytes == .bytes(3 * 515 + 3))
  }

  @Test func `A write at the very end makes a recording one nanosecond longer`() {
    let trace = WriteTrace([WriteRecord(time: seconds(20), byteOffset: 0, byteLength: 1)])
    #expect(trace.duration == .seconds(20))
    #expect(trace.shortestPeriod == .nanoseconds(20_000_000_001))
    #expect(Self.trace.shortestPeriod == .seconds(25))
  }

  @Test func `Passes that would overlap and writes beyond the disk are refused`() {
    #expect(throws: WorkloadError.periodTooShort(period: .seconds(24), shortest: .seconds(25))) {
      try smallStream(.trace(Self.trace, repetition: .endless(period: .seconds(24))))
    }
    let beyond = WriteTrace([WriteRecord(time: .zero, byteOffset: 1_048_570, byteLength: 7)])
    #expect(throws: WorkloadError.beyondDisk(needed: .bytes(1_048_577), diskSize: .mebibytes(1))) {
      try smallStream(.trace(beyond))
    }
    let moment = WriteTrace([WriteRecord(time: .zero, byteOffset: 0, byteLength: 7)])
    #expect(throws: WorkloadError.periodNeeded) {
      try smallStream(.trace(moment, repetition: .endless(period: nil)))
    }
  }

  @Test func `An empty recording writes nothing, repeated or not`() throws {
    let empty = WriteTrace([], duration: .seconds(1))
    var stream = try smallStream(.trace(empty, repetition: .endless(period: nil)), .trace(empty))
    #expect(stream.runs(until: seconds(100)).isEmpty)
  }

  /// Against a loop over all records of all passes, with looks at and beside the times of writes.
  @Test(arguments: 0..<100 as Range<UInt64>)
  func `Any replay agrees with its records one by one`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "trace")
    let records = (0..<(1 + random.next(below: 40))).map { _ in
      WriteRecord(
        time: nanoseconds(Int64(random.next(below: 60))), byteOffset: random.next(below: 900),
        byteLength: UInt32(1 + random.next(below: 100)))
    }
    let trace = WriteTrace(records)
    let period = trace.shortestPeriod + .nanoseconds(Int64(random.next(below: 5)))
    var stream = try WriteStream(
      of: [.trace(trace, delay: .nanoseconds(7), repetition: .endless(period: period))],
      diskSize: .bytes(1_000), extentSize: .bytes(16), random: random)
    var last: Int64 = 0
    for _ in 0..<30 {
      let now = last + Int64(random.next(below: 25))
      var expected: Set<Int> = []
      for pass in 0...now / period.nanoseconds {
        for record in records {
          let time = 7 + pass * period.nanoseconds + record.time.nanoseconds
          guard (last..<now).contains(time) else { continue }
          expected.formUnion(Int(record.byteOffset / 16)...Int((record.byteEnd - 1) / 16))
        }
      }
      #expect(stream.extents(until: nanoseconds(now)) == expected)
      last = now
    }
  }
}
