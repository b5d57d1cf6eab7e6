import Quantities
import RandomStreams
import Testing
import Workloads

@Suite struct SequentialWriterTests {
  @Test func `The head writes each block at its exact time and wraps`() throws {
    // Blocks of 3 bytes at 7 bit/s: 24/7 s = 3 428 571 428.57… ns. Region of 7 bytes: 2 blocks.
    var stream = try WriteStream(
      of: [
        .sequential(
          rate: .bitsPerSecond(7), blockSize: .bytes(3),
          region: DiskRegion(offset: .bytes(1), size: .bytes(7)))
      ],
      diskSize: .bytes(10), extentSize: .bytes(1), random: RandomStream(seed: 1, name: "disk"))

    #expect(stream.runs(until: nanoseconds(0)) == [])
    #expect(stream.runs(until: nanoseconds(1)) == [1..<4])
    #expect(stream.runs(until: nanoseconds(3_428_571_429)) == [])
    #expect(stream.runs(until: nanoseconds(3_428_571_430)) == [4..<7])
    // Write 2 at 6 857 142 857.14 ns, rounded up; it is back at the first block.
    #expect(stream.runs(until: nanoseconds(6_857_142_858)) == [])
    #expect(stream.runs(until: nanoseconds(6_857_142_859)) == [1..<4])
    // Write 7 at exactly 24 s.
    _ = stream.runs(until: seconds(24))
    #expect(stream.writtenBytes == .bytes(7 * 3))
    #expect(stream.runs(until: nanoseconds(24_000_000_001)) == [4..<7])
    #expect(stream.writtenBytes == .bytes(8 * 3))
  }

  @Test func `A window of whole blocks has exactly rate times time`() throws {
    var stream = try smallStream(
      .sequential(rate: .bitsPerSecond(8 * 65_536), blockSize: .kibibytes(16)))
    for second in 1...100 as ClosedRange<Int64> {
      _ = stream.runs(until: seconds(second))
      #expect(stream.writtenBytes == .kibibytes(64 * UInt64(second)))
    }
  }

  @Test func `A head that passes its whole region yields it once`() throws {
    var stream = try smallStream(.sequential(rate: .megabytesPerSecond(100), blockSize: .kibibytes(64)))
    #expect(stream.runs(until: seconds(1)) == [0..<128])
  }

  /// Against a loop over all writes, with times in 128 bits.
  @Test(arguments: 0..<100 as Range<UInt64>)
  func `Any head agrees with its writes one by one`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "sequential")
    let block = 1 + random.next(below: 40)
    let rate = 1 + random.next(below: 2_000)
    let offset = random.next(below: 50)
    let region = block + random.next(below: 200)
    let extent = 1 + random.next(below: 20)
    var stream = try WriteStream(
      of: [
        .sequential(
          rate: .bitsPerSecond(rate), blockSize: .bytes(block),
          region: DiskRegion(offset: .bytes(offset), size: .bytes(region)))
      ],
      diskSize: .bytes(offset + region), extentSize: .bytes(extent), random: random)

    var write: UInt64 = 0
    var now: Int64 = 0
    for _ in 0..<30 {
      func due(_ write: UInt64) -> UInt128 {
        (UInt128(write) * UInt128(8_000_000_000 * block) + UInt128(rate) - 1) / UInt128(rate)
      }
      // Half of the looks are at a write's own time, where mistakes live.
      let target = write + random.next(below: 12)
      now = max(
        now, Int64(due(target)) + (random.next(below: 2) == 0 ? 0 : Int64(random.next(below: 1 << 33))))
      var expected: Set<Int> = []
      while due(write) < UInt128(now) {
        let start = offset + write % (region / block) * block
        expected.formUnion(Int(start / extent)...Int((start + block - 1) / extent))
        write += 1
      }
      #expect(stream.extents(until: nanoseconds(now)) == expected)
      #expect(stream.writtenBytes == .bytes(write * block))
    }
  }

  @Test func `A head without a rate writes nothing`() throws {
    var stream = try smallStream(.sequential(rate: .zero, blockSize: .kibibytes(8)))
    #expect(stream.runs(until: seconds(1_000)).isEmpty)
  }
}
