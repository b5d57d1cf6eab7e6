import Foundation
import Quantities
import RandomStreams
import Testing
import Workloads

/// The dirty set of a Poisson writer against its law and against a simulation write by write.
///
/// Most tests use 8 blocks of 16 KiB, 2 extents each, and 8 writes a second (1 048 576 bit/s), so that a window of
/// *h* seconds has *h* expected writes per block. Below 0.3 the stream draws writes, up to ln 2 the written
/// blocks, above it the unwritten ones. Windows follow one another, so each is a sample of its own.
@Suite struct PoissonLawTests {
  static let model = WriteModel.uniform(
    rate: .bitsPerSecond(1_048_576), blockSize: .kibibytes(16),
    region: DiskRegion(size: .kibibytes(128)))

  /// The extents of `count` windows of `hits` seconds, each drawn in `pieces`.
  static func windows(
    of stream: WriteStream, count: Int, hits: Double, pieces: Int64 = 1
  ) -> [Set<Int>] {
    var stream = stream
    let window = Int64(hits * 1e9)
    return (0..<Int64(count)).map { index in
      (1...pieces).reduce(into: []) { extents, piece in
        extents.formUnion(stream.extents(until: nanoseconds(index * window + piece * window / pieces)))
      }
    }
  }

  @Test(arguments: [0.05, 0.25, 0.4, 0.6, 1, 3], [1, 7, 100] as [Int64])
  func `Dirty blocks follow the binomial law however the window is cut`(hits: Double, pieces: Int64) throws {
    let count = pieces == 100 ? 500 : 2_000
    let windows = Self.windows(
      of: try smallStream(Self.model, seed: 11), count: count, hits: hits, pieces: pieces)

    #expect(
      windows.allSatisfy { window in
        window.allSatisfy { (0..<16).contains($0) && window.contains($0 ^ 1) }
      })
    let result = chiSquare(
      observed: histogram(windows.map { $0.count / 2 }, maximum: 8),
      expected: binomial(count: 8, probability: -expm1(-hits)).map { $0 * Double(count) })
    #expect(result.statistic < result.bound)
  }

  @Test(arguments: [0.25, 0.5, 1, 3])
  func `Each block and each pair of neighbours is as dirty as any other`(hits: Double) throws {
    let count = 3_000
    let windows = Self.windows(of: try smallStream(Self.model, seed: 12), count: count, hits: hits)
    let probability = -expm1(-hits)

    func deviations(_ observed: Int, _ probability: Double) -> Double {
      (Double(observed) - Double(count) * probability)
        / (Double(count) * probability * (1 - probability)).squareRoot()
    }
    for block in 0..<8 {
      #expect(abs(deviations(windows.count { $0.contains(2 * block) }, probability)) < 4.5)
    }
    for block in 0..<7 {
      let both = windows.count { $0.contains(2 * block) && $0.contains(2 * block + 2) }
      #expect(abs(deviations(both, probability * probability)) < 4.5)
    }
  }

  @Test(arguments: [0.25, 0.5, 1, 3])
  func `Windows that follow one another are independent`(hits: Double) throws {
    let count = 3_000
    let counts = Self.windows(of: try smallStream(Self.model, seed: 13), count: count, hits: hits)
      .map { Double($0.count / 2) }
    let mean = 8 * -expm1(-hits)
    let variance = 8 * -expm1(-hits) * exp(-hits)
    let covariance =
      zip(counts, counts.dropFirst()).reduce(0.0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
      / Double(count - 1)
    // The correlation of independent windows has a standard error of 1/√3000.
    #expect(abs(covariance / variance) < 4.5 / Double(count).squareRoot())
  }

  /// Windows of changing length end each way of drawing in front of each other.
  @Test func `Short windows after long ones keep their law`() throws {
    var stream = try smallStream(Self.model, seed: 14)
    let lengths = [3.0, 0.05, 0.5, 0.1, 1, 0.2]
    var dirty = [Int](repeating: 0, count: lengths.count)
    var now = Instant.zero
    let rounds = 3_000
    for _ in 0..<rounds {
      for (index, length) in lengths.enumerated() {
        now = now + .nanoseconds(Int64(length * 1e9))
        dirty[index] += stream.extents(until: now).count / 2
      }
    }
    for (count, length) in zip(dirty, lengths) {
      let probability = -expm1(-length)
      let blocks = 8 * Double(rounds)
      let deviation =
        (Double(count) - blocks * probability)
        / (blocks * probability * (1 - probability)).squareRoot()
      #expect(abs(deviation) < 4.5)
    }
  }

  struct Layout: CustomTestStringConvertible, Sendable {
    let block: UInt64
    let extent: UInt64
    let offset: UInt64
    let blocks: UInt64
    var testDescription: String { "\(blocks) × \(block) B at \(offset) over \(extent) B" }
  }

  /// Blocks that fill extents, divide them, straddle them, and lie beside their boundaries.
  static let layouts = [
    Layout(block: 8, extent: 8, offset: 16, blocks: 6),
    Layout(block: 2, extent: 8, offset: 8, blocks: 16),
    Layout(block: 2, extent: 8, offset: 8, blocks: 15),
    Layout(block: 4, extent: 8, offset: 4, blocks: 9),
    Layout(block: 3, extent: 8, offset: 0, blocks: 10),
    Layout(block: 12, extent: 8, offset: 0, blocks: 6),
    Layout(block: 16, extent: 8, offset: 7, blocks: 6),
    Layout(block: 24, extent: 8, offset: 24, blocks: 5),
  ]

  @Test(arguments: layouts, [0.1, 0.5, 1.2])
  func `Dirty extents follow a simulation write by write`(layout: Layout, hits: Double) throws {
    let count = 1_200
    // One expected write per block and second.
    let stream = try WriteStream(
      of: [
        .uniform(
          rate: .bitsPerSecond(8 * layout.block * layout.blocks), blockSize: .bytes(layout.block),
          region: DiskRegion(
            offset: .bytes(layout.offset), size: .bytes(layout.block * layout.blocks)))
      ],
      diskSize: .bytes(200), extentSize: .bytes(layout.extent),
      random: RandomStream(seed: 15, name: layout.testDescription))
    let drawn = Self.windows(of: stream, count: count, hits: hits)

    var random = RandomStream(seed: 16, name: layout.testDescription)
    let simulated = (0..<count).map { _ in
      var extents: Set<Int> = []
      var time = -log(1 - random.nextUnit()) / Double(layout.blocks)
      while time < hits {
        let start = layout.offset + random.next(below: layout.blocks) * layout.block
        for byte in start..<start + layout.block { extents.insert(Int(byte / layout.extent)) }
        time -= log(1 - random.nextUnit()) / Double(layout.blocks)
      }
      return extents
    }

    let counts = chiSquare(
      histogram(drawn.map(\.count), maximum: 40), histogram(simulated.map(\.count), maximum: 40))
    #expect(counts.statistic < counts.bound)
    let places = chiSquare(
      (0..<25).map { extent in drawn.count { $0.contains(extent) } },
      (0..<25).map { extent in simulated.count { $0.contains(extent) } })
    #expect(places.statistic < places.bound)
  }

  /// 20 000 blocks: 39.3 % of them are written at h = 0.5, 99.995 % at h = 10.
  @Test(arguments: [0.35, 0.5, 0.69, 0.7, 2, 10])
  func `A large working set has the mean and the spread of its law`(hits: Double) throws {
    let blocks = 20_000.0
    var stream = try WriteStream(
      of: [.uniform(rate: .bitsPerSecond(8 * 8192 * 20_000), blockSize: .kibibytes(8))],
      diskSize: .bytes(8192 * 20_000), extentSize: .kibibytes(8),
      random: RandomStream(seed: 17, name: "large"))
    let probability = -expm1(-hits)
    let spread = (blocks * probability * (1 - probability)).squareRoot()
    var squares = 0.0
    let windows = 12
    for window in 1...Int64(windows) {
      let runs = stream.runs(until: nanoseconds(window * Int64(hits * 1e9)))
      // The write that opened the window comes first; what follows ascends without a gap of nothing.
      #expect(zip(runs.dropFirst(), runs.dropFirst(2)).allSatisfy { $0.upperBound < $1.lowerBound })
      var count = runs.dropFirst().reduce(0) { $0 + $1.count }
      if !runs.dropFirst().contains(where: { $0.overlaps(runs[0]) }) { count += 1 }
      let deviation = (Double(count) - blocks * probability) / spread
      #expect(abs(deviation) < 4.5)
      squares += deviation * deviation
    }
    // Chi-square with 12 degrees of freedom: 39.1 is exceeded once in 10 000, as is being below 1.9.
    #expect(squares > 1.9 && squares < 39.1)
  }

  @Test func `Where all blocks are written many times over, one run covers them`() throws {
    var stream = try smallStream(Self.model)
    #expect(stream.runs(until: seconds(1_000)).last == 0..<16)
  }

  @Test func `A disk of 62 TB costs only what is written`() throws {
    // 62 TB in blocks of 4 KiB, 10 writes a second: about 36 000 runs in an hour.
    var stream = try WriteStream(
      of: [.uniform(rate: .bitsPerSecond(10 * 8 * 4096), blockSize: .kibibytes(4))],
      diskSize: .gigabytes(62_000), extentSize: .kibibytes(64),
      random: RandomStream(seed: 18, name: "huge"))
    // Standard deviation √36 000 = 190.
    #expect(abs(stream.runs(until: seconds(3_600)).count - 36_000) < 855)
  }

  @Test func `While writes are drawn, looking more often changes nothing`() throws {
    var once = try smallStream(Self.model, seed: 19)
    var often = once
    // Two writes are expected on the 8 blocks in each window of 250 ms.
    for window in 0..<50 as Range<Int64> {
      let pieces = (1...25).flatMap { often.runs(until: milliseconds(250 * window + 10 * $0)) }
      #expect(once.runs(until: milliseconds(250 * (window + 1))) == pieces)
    }
  }

  /// A write every 3 ns on average, so that many lie exactly where a look ends.
  @Test func `A Poisson write at the end of a look belongs to the next one`() throws {
    var once = try smallStream(
      .uniform(rate: .bitsPerSecond(8 * 8192 * 1_000_000_000 / 3), blockSize: .kibibytes(8)), seed: 23)
    var often = once
    for window in 0..<1_000 as Range<Int64> {
      let pieces = (1...10).flatMap { often.runs(until: nanoseconds(10 * window + $0)) }
      #expect(once.runs(until: nanoseconds(10 * (window + 1))) == pieces)
    }
  }

  /// 60 % of the writes on 10 % of 20 blocks, 30 % on 40 %, 10 % on the rest, 20 writes a second.
  @Test(arguments: [0.02, 0.2, 0.5, 2])
  func `Each tier has the law of its own rate`(windowSeconds: Double) throws {
    let tiers = [
      WriteTier(writes: .percent(60), space: .percent(10)),
      WriteTier(writes: .percent(30), space: .percent(40)),
      WriteTier(writes: .percent(10), space: .percent(50)),
    ]
    let stream = try smallStream(
      .hotspot(
        rate: .bitsPerSecond(20 * 8 * 8192), blockSize: .kibibytes(8),
        region: DiskRegion(offset: .kibibytes(16), size: .kibibytes(160)), tiers: tiers), seed: 20)
    let count = 3_000
    let windows = Self.windows(of: stream, count: count, hits: windowSeconds)
    // Blocks and writes per block and second: 12 / 2, 6 / 8, 2 / 10. The region starts at extent 2.
    for (extents, rate) in [(2..<4, 6.0), (4..<12, 0.75), (12..<22, 0.2)] {
      let result = chiSquare(
        observed: histogram(windows.map { $0.count(where: extents.contains) }, maximum: extents.count),
        expected: binomial(count: extents.count, probability: -expm1(-rate * windowSeconds))
          .map { $0 * Double(count) })
      #expect(result.statistic < result.bound)
    }
    #expect(windows.allSatisfy { $0.allSatisfy { (2..<22).contains($0) } })
  }

  @Test func `Of an 80-20 skew, four in five writes go to the first fifth`() throws {
    var stream = try smallStream(
      .hotspot(
        rate: .bitsPerSecond(80 * 8192), blockSize: .kibibytes(8), region: .wholeDisk,
        tiers: WriteTier.skew(writes: .percent(80), space: .percent(20))), seed: 21)
    // 10 writes a second, drawn one by one: 128 blocks, of which the first 25.
    var hot = 0
    var all = 0
    for second in 1...1_000 as ClosedRange<Int64> {
      for piece in 1...4 as ClosedRange<Int64> {
        let runs = stream.runs(until: seconds(second - 1) + .milliseconds(250 * piece))
        all += runs.count
        hot += runs.count { $0.lowerBound < 25 }
      }
    }
    // 10 000 ± 100 writes, of which 80 % ± 0.4 %.
    #expect(abs(all - 10_000) < 450)
    #expect(abs(Double(hot) / Double(all) - 0.8) < 0.018)
  }

  @Test func `Written bytes of a Poisson writer are rate times time`() throws {
    var stream = try smallStream(Self.model)
    #expect(stream.writtenBytes == .zero)
    _ = stream.runs(until: seconds(3))
    // 3 s at 128 KiB a second.
    #expect(stream.writtenBytes == .kibibytes(384))
  }

  @Test func `A rate of zero writes nothing`() throws {
    var stream = try smallStream(.uniform(rate: .zero, blockSize: .kibibytes(8)))
    #expect(stream.runs(until: seconds(1_000_000)).isEmpty)
  }

  @Test func `A very small rate stays silent for its time`() throws {
    // One write of 1 GiB at 1 bit/s is expected every 272 years.
    var stream = try WriteStream(
      of: [.uniform(rate: .bitsPerSecond(1), blockSize: .gibibytes(1))], diskSize: .gibibytes(4),
      extentSize: .kibibytes(8), random: RandomStream(seed: 22, name: "slow"))
    #expect(stream.runs(until: seconds(86_400)).isEmpty)
  }
}
