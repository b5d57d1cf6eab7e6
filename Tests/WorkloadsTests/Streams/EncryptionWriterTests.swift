import Quantities
import RandomStreams
import Testing

@testable import Workloads

@Suite struct EncryptionWriterTests {
  private func stream(
    _ order: EncryptionOrder, region: ByteCount, block: ByteCount, rate: DataRate, start: TimeSpan = .zero,
    seed: UInt64 = 1
  ) throws -> WriteStream {
    try WriteStream(
      of: [
        .encryption(
          rate: rate, blockSize: block, region: DiskRegion(size: region), start: start, order: order)
      ], diskSize: .mebibytes(1), extentSize: .bytes(1), random: RandomStream(seed: seed, name: "disk"))
  }

  @Test func `Ransomware goes from the front to the back once and is silent then`() throws {
    // 10 bytes in blocks of 4 at 32 bit/s: a block a second from 5 s on, the last one of 2 bytes.
    var stream = try stream(
      .sequential, region: .bytes(10), block: .bytes(4), rate: .bitsPerSecond(32), start: .seconds(5))

    #expect(stream.runs(until: seconds(5)) == [])
    #expect(stream.runs(until: nanoseconds(5_000_000_001)) == [0..<4])
    #expect(stream.runs(until: seconds(7)) == [4..<8])
    #expect(stream.writtenBytes == .bytes(8))
    #expect(stream.runs(until: seconds(100)) == [8..<10])
    #expect(stream.writtenBytes == .bytes(10))
    #expect(stream.runs(until: seconds(1_000)) == [])
  }

  /// Against the definition: block *k* of the order at *start + k · 8 · block / rate*, however time is cut.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `Each block is encrypted exactly once and at its time`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "encryption")
    let block = 1 + random.next(below: 30)
    let region = 1 + random.next(below: 3_000)
    let rate = 1 + random.next(below: 4_000)
    let start = Int64(random.next(below: 5_000_000_000))
    let order: EncryptionOrder = seed % 2 == 0 ? .random : .sequential
    var stream = try stream(
      order, region: .bytes(region), block: .bytes(block), rate: .bitsPerSecond(rate),
      start: .nanoseconds(start), seed: seed)
    let count = (region + block - 1) / block

    var written = [Int](repeating: 0, count: Int(region))
    var now: Int64 = 0
    for _ in 0..<200 {
      now += Int64(random.next(below: 40_000_000_000))
      for run in stream.runs(until: nanoseconds(now)) {
        for byte in run { written[byte] += 1 }
      }
      let passed = (0..<count).count { index in
        let product = UInt128(index) * UInt128(8_000_000_000 * block)
        return UInt128(start) + (product + UInt128(rate) - 1) / UInt128(rate) < UInt128(now)
      }
      let blocks = (0..<Int(count)).count { written[$0 * Int(block)] > 0 }
      #expect(blocks == passed)
      #expect(written.allSatisfy { $0 <= 1 })
      #expect(stream.writtenBytes == .bytes(UInt64(written.reduce(0, +))))
    }
  }

  /// The first tenth of the order falls on ten stretches of the disk evenly: 100 of 1,000 blocks, 10 expected in each, standard
  /// deviation √(100 · 0.1 · 0.9 · 0.9) = 2.85; summed over 50 keys 500 with 20.
  @Test func `A random order is spread over the whole disk`() {
    var hits = [Int](repeating: 0, count: 10)
    for seed in 0..<50 as Range<UInt64> {
      var random = RandomStream(seed: seed, name: "permutation")
      let permutation = BlockPermutation(count: 1_000, random: &random)
      for position in 0..<100 as Range<UInt64> { hits[Int(permutation[position] / 100)] += 1 }
    }
    #expect(hits.allSatisfy { abs($0 - 500) < 100 }, "\(hits)")
  }

  @Test(arguments: [1, 2, 3, 7, 64, 65, 1_000, 4_097] as [UInt64])
  func `A permutation holds each number once`(count: UInt64) {
    var random = RandomStream(seed: count, name: "permutation")
    let permutation = BlockPermutation(count: count, random: &random)
    #expect((0..<count).map { permutation[$0] }.sorted() == Array(0..<count))
  }
}
