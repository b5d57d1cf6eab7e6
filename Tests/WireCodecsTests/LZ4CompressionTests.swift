import RandomStreams
import ReplicationCore
import Testing
import WireCodecs

@Suite struct LZ4CompressionTests {
  private let codec = LZ4Compression()

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `What was compressed comes back`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "lz4")
    // Runs of equal bytes and bytes without any pattern, in turn.
    var plain: [UInt8] = []
    for _ in 0..<random.next(below: 12) {
      let count = random.next(below: 400)
      let byte = UInt8(random.next(below: 256))
      let isRun = random.next(below: 2) == 0
      plain += (0..<count).map { _ in isRun ? byte : UInt8(truncatingIfNeeded: random.next()) }
    }
    guard let block = codec.compress(plain) else { return }
    #expect(block.count < plain.count)
    #expect(try codec.decompress(block, plainSize: plain.count) == plain)
  }

  @Test func `What does not shrink is not compressed`() {
    var random = RandomStream(seed: 1, name: "incompressible")
    let noise = (0..<8192).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    #expect(codec.compress(noise) == nil)
    for count in 0...12 {
      let zeros = [UInt8](repeating: 0, count: count)
      #expect(codec.compress(zeros) == nil)
    }
  }

  @Test func `An extent of zeros becomes a few bytes`() throws {
    let zeros = [UInt8](repeating: 0, count: 8192)
    let block = try #require(codec.compress(zeros))
    // A byte for each 255 of 8,192, and a few more: 33 + 10.
    #expect(block.count < 50)
  }

  @Test func `A block of another size, cut or damaged is refused`() throws {
    let plain = [UInt8]("to be or not to be, to be or not to be, to be or not to be".utf8)
    let block = try #require(codec.compress(plain))
    for plainSize in [0, 1, plain.count - 1, plain.count + 1, 1 << 24] {
      #expect(throws: PayloadCodecError.malformedCompression(plainSize: plainSize)) {
        try codec.decompress(block, plainSize: plainSize)
      }
    }
    for length in block.indices {
      #expect(throws: PayloadCodecError.malformedCompression(plainSize: plain.count)) {
        try codec.decompress(Array(block[..<length]), plainSize: plain.count)
      }
    }
  }
}
