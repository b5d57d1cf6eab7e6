import Quantities
import RandomStreams
import StorageTesting
import Testing

@testable import BlockStorage

@Suite struct ComparisonKeyTests {
  /// RFC 8439, section 2.3.2.
  @Test func `The block function has the published vector`() {
    let state: ChaCha20.Words = [
      0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574, 0x0302_0100, 0x0706_0504, 0x0b0a_0908, 0x0f0e_0d0c,
      0x1312_1110, 0x1716_1514, 0x1b1a_1918, 0x1f1e_1d1c, 0x0000_0001, 0x0900_0000, 0x4a00_0000, 0x0000_0000,
    ]
    let expected: [UInt32] = [
      0xe4e7_f110, 0x1559_3bd1, 0x1fdd_0f50, 0xc471_20a3, 0xc7f4_d1c7, 0x0368_c033, 0x9aaa_2204, 0x4e6c_d4c3,
      0x4664_82d2, 0x09aa_9f07, 0x05d7_c214, 0xa202_8bd9, 0xd19c_12b5, 0xb94e_16de, 0xe883_d0cb, 0x4e3c_50a2,
    ]
    let words = ChaCha20.permuted(state)
    #expect(words.indices.map { words[$0] } == expected)
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `Products modulo the prime are sums of doubled values`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "mersenne-127")
    func element() -> UInt128 {
      switch random.next(below: 4) {
      case 0: Mersenne127.prime - 1 - UInt128(random.next(below: 3))
      case 1: UInt128(random.next(below: 3))
      default: Mersenne127.reduced(UInt128(random.next()) << 64 | UInt128(random.next()))
      }
    }
    for _ in 0..<20 {
      let (left, right) = (element(), element())
      var (expected, doubled): (UInt128, UInt128) = (0, left)
      for bit in 0..<127 {
        if right >> UInt128(bit) & 1 == 1 { expected = (expected + doubled) % Mersenne127.prime }
        doubled = doubled * 2 % Mersenne127.prime
      }
      #expect(Mersenne127.product(left, right) == expected)
      #expect(Mersenne127.sum(Mersenne127.difference(left, right), right) == left)
    }
  }

  /// The definition, term by term: *Σ h(extent)·r^(e+1)*.
  private func plainChecksum(
    _ payloads: [[UInt8]], from first: Int, key: ComparisonKey, width: Int
  ) -> UInt128 {
    let point = key.powers[0]
    var result: UInt128 = 0
    var power: UInt128 = 1
    for _ in 0..<first { power = Mersenne127.product(power, point) }
    for payload in payloads {
      power = Mersenne127.product(power, point)
      var words: [UInt64] = []
      for start in stride(from: 0, to: width, by: 8) {
        words.append((0..<8).reduce(0) { $0 | UInt64(payload[start + $1]) << UInt64(8 * $1) })
      }
      guard words.contains(where: { $0 != 0 }) else { continue }
      var hash = UInt128(words[0])
      if width > 8 {
        hash = key.folding[4]
        for pass in 0..<2 {
          var sum: UInt128 = 0
          for pair in stride(from: 0, to: words.count, by: 2) {
            let left = UInt128(words[pair] &+ key.words[pair + 2 * pass])
            sum = sum &+ left * UInt128(words[pair + 1] &+ key.words[pair + 1 + 2 * pass])
          }
          for (half, word) in [UInt64(truncatingIfNeeded: sum), UInt64(sum >> 64)].enumerated() {
            let factor = key.folding[2 * pass + half]
            hash = Mersenne127.sum(hash, Mersenne127.product(UInt128(word), factor))
          }
        }
      }
      result = Mersenne127.sum(result, Mersenne127.product(hash, power))
    }
    return result
  }

  /// Pages that are stored, filled at once and never written, and regions that begin and end anywhere.
  @Test(arguments: [8, 128, 1_024], 0..<(isExhaustive ? 200 : 8) as Range<UInt64>)
  func `The checksum of a region is the sum of its extents' terms`(width: Int, seed: UInt64) {
    var random = RandomStream(seed: seed, name: "comparison-key/\(width)")
    let extentCount = width > 128 ? 300 : 700
    let geometry = ExtentGeometry(
      diskSize: .kibibytes(UInt64(8 * extentCount)), payloadWidth: width)
    let disk = ExtentStore(
      geometry: geometry,
      image: BaseImage(usedExtentCount: 1 + Int(random.next(below: UInt64(extentCount))), tag: 77))
    func run() -> Range<Int> {
      let (one, other) = (
        Int(random.next(below: UInt64(extentCount + 1))), Int(random.next(below: UInt64(extentCount + 1)))
      )
      return min(one, other)..<max(one, other)
    }
    for _ in 0..<8 { disk.fill(run(), tag: random.next(below: 3)) }
    var log = RedoLog(geometry: geometry)
    var batch = ExtentBatch(geometry: geometry)
    let written = ExtentStore(geometry: geometry)
    for _ in 0..<3 { written.fill(run(), tag: 100 + random.next(below: 3)) }
    batch.append([run()], from: written)
    log.append(batch)
    log.seal()
    let key = ComparisonKey(seed: UInt128(seed) << 80 | 5, payloadWidth: width)

    for _ in 0..<3 {
      let region = run()
      #expect(
        disk.checksum(ofRegion: region, key: key).value
          == plainChecksum(
            region.map { disk.payload(of: $0) }, from: region.lowerBound, key: key, width: width))
      let image = ReplicaImage(base: disk, logs: [log])
      let content = disk.copy()
      log.merge(into: content)
      #expect(image.checksum(ofRegion: region, key: key) == content.checksum(ofRegion: region, key: key))
    }
  }

  @Test(arguments: [8, 128])
  func `Whatever differs in a region gives another checksum, and zeros none`(width: Int) {
    let geometry = ExtentGeometry(diskSize: .mebibytes(8), payloadWidth: width)
    let key = ComparisonKey(seed: 3, payloadWidth: width)
    func checksum(_ fills: [(extent: Int, tag: UInt64)], key: ComparisonKey) -> RegionChecksum {
      let disk = ExtentStore(geometry: geometry)
      for (extent, tag) in fills { disk.fill(extent..<extent + 1, tag: tag) }
      return disk.checksum(ofRegion: 0..<1_024, key: key)
    }
    let one = checksum([(20, 1), (21, 2)], key: key)
    #expect(one == checksum([(21, 2), (20, 1)], key: key))
    #expect(one != checksum([(20, 2), (21, 1)], key: key), "swapped")
    #expect(one != checksum([(276, 1), (277, 2)], key: key), "moved by a stretch")
    #expect(one != checksum([(20, 1)], key: key), "lost")
    #expect(one != checksum([(20, 1), (21, 3)], key: key), "of another generation")
    #expect(
      one != checksum([(20, 1), (21, 2)], key: ComparisonKey(seed: 4, payloadWidth: width)), "another key")
    #expect(checksum([(20, 0)], key: key).value == 0)
  }

  @Test(arguments: stride(from: 0, to: 8_192, by: isExhaustive ? 1 : 61).map { $0 })
  func `A flipped bit anywhere in 1 KiB is seen`(bit: Int) {
    let geometry = ExtentGeometry(diskSize: .kibibytes(16), payloadWidth: 1_024)
    let disk = ExtentStore(geometry: geometry, image: BaseImage(usedExtentCount: 2, tag: 9))
    let key = ComparisonKey(seed: UInt128(bit), payloadWidth: 1_024)
    let before = disk.checksum(ofRegion: 0..<2, key: key)
    disk.flipBit(extent: 1, bit: bit)
    #expect(disk.checksum(ofRegion: 0..<2, key: key) != before)
  }

  @Test func `Each full sync has a key of its own`() {
    var seeds: Set<UInt128> = []
    for secret in 0..<3 as Range<UInt128> {
      for session in 0..<3 as Range<UInt64> {
        for sequence in 0..<3 as Range<UInt64> {
          seeds.insert(ComparisonKey.seed(secret: secret, session: session, sequence: sequence))
        }
      }
    }
    #expect(seeds.count == 27)
  }
}
