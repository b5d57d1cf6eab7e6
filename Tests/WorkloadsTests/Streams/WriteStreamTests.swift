import Quantities
import RandomStreams
import Testing
import Workloads

@Suite struct WriteStreamTests {
  @Test func `A disk without writers is idle`() throws {
    var stream = try smallStream()
    #expect(stream.runs(until: seconds(1_000)).isEmpty)
    #expect(stream.drawnUntil == seconds(1_000))
  }

  @Test func `Writers of one disk add up`() throws {
    var stream = try smallStream(
      .periodic(size: .kibibytes(8), every: .seconds(10)),
      .sequential(
        rate: .bitsPerSecond(8 * 8192), blockSize: .kibibytes(8),
        region: DiskRegion(offset: .kibibytes(512))))
    // Blocks 0 to 10 of the head, and one periodic write.
    #expect(stream.extents(until: nanoseconds(10_000_000_001)) == Set([0] + (64...74)))
    #expect(stream.writtenBytes == .kibibytes(12 * 8))
  }

  @Test func `A writer that is added leaves the luck of those before it as it was`() throws {
    let poisson = WriteModel.uniform(
      rate: .bitsPerSecond(80 * 8192), blockSize: .kibibytes(8),
      region: DiskRegion(size: .kibibytes(512)))
    let other = WriteModel.uniform(
      rate: .bitsPerSecond(80 * 8192), blockSize: .kibibytes(8),
      region: DiskRegion(offset: .kibibytes(512)))
    var alone = try smallStream(poisson)
    var together = try smallStream(poisson, other)
    for second in 1...20 as ClosedRange<Int64> {
      #expect(
        alone.runs(until: seconds(second))
          == together.runs(until: seconds(second)).filter { $0.lowerBound < 64 })
    }
  }

  @Test func `Two equal Poisson writers of one disk have luck of their own`() throws {
    let model = WriteModel.uniform(rate: .bitsPerSecond(8 * 8192), blockSize: .kibibytes(8))
    var stream = try smallStream(model, model)
    let runs = (1...100).map { stream.runs(until: seconds($0)) }
    #expect(runs.contains { $0.count == 1 })
  }

  /// Guards the law that one version, seed and scenario give one result on any machine and in any build.
  @Test func `A seed gives the same writes for ever`() throws {
    var stream = try WriteStream(
      of: [
        .hotspot(
          rate: .megabitsPerSecond(8), blockSize: .kibibytes(4), region: DiskRegion(size: .mebibytes(64)),
          tiers: WriteTier.skew(writes: .percent(80), space: .percent(20))),
        .uniform(rate: .megabitsPerSecond(50), blockSize: .kibibytes(128)),
      ],
      diskSize: .gibibytes(1), extentSize: .kibibytes(8), random: RandomStream(seed: 42, name: "golden"))
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    for length in [1, 10, 100, 1_000, 5, 10_000, 100_000] as [Int64] {
      for run in stream.runs(until: stream.drawnUntil + .milliseconds(length)) {
        digest = (digest ^ UInt64(run.lowerBound)) &* 0x100_0000_01b3
        digest = (digest ^ UInt64(run.upperBound)) &* 0x100_0000_01b3
      }
    }
    #expect(digest == 15_460_083_745_238_542_019)
  }

  @Test func `A stream begins at its start`() throws {
    var stream = try smallStream(
      .sequential(rate: .bitsPerSecond(8 * 8192), blockSize: .kibibytes(8)), start: seconds(-5))
    #expect(stream.runs(until: seconds(0)) == [0..<5])
  }

  static let refusals: [(WriteModel, WorkloadError)] = [
    (
      .uniform(
        rate: .zero, blockSize: .kibibytes(8), region: DiskRegion(offset: .mebibytes(1), size: .bytes(1))),
      .beyondDisk(needed: .bytes(1_048_577), diskSize: .mebibytes(1))
    ),
    (
      .sequential(rate: .zero, blockSize: .kibibytes(8), region: DiskRegion(offset: .mebibytes(2))),
      .beyondDisk(needed: .mebibytes(2), diskSize: .mebibytes(1))
    ),
    (
      .periodic(size: .mebibytes(1), offset: .bytes(1), every: .seconds(1)),
      .beyondDisk(needed: .bytes(1_048_577), diskSize: .mebibytes(1))
    ),
    (.uniform(rate: .zero, blockSize: .zero), .unsupportedBlockSize(.zero)),
    (.uniform(rate: .zero, blockSize: .gibibytes(2)), .unsupportedBlockSize(.gibibytes(2))),
    (
      .uniform(rate: .zero, blockSize: .kibibytes(8), region: DiskRegion(size: .kibibytes(7))),
      .noWholeBlock(blockSize: .kibibytes(8), workingSet: .kibibytes(7), tier: 0)
    ),
    (
      .hotspot(
        rate: .megabitsPerSecond(1), blockSize: .kibibytes(8), region: DiskRegion(size: .kibibytes(32)),
        tiers: WriteTier.skew(writes: .percent(80), space: .percent(20))),
      // 20 % of 4 blocks is no block.
      .noWholeBlock(blockSize: .kibibytes(8), workingSet: .kibibytes(32), tier: 0)
    ),
    (
      .hotspot(
        rate: .megabitsPerSecond(1), blockSize: .kibibytes(8), region: .wholeDisk,
        tiers: [WriteTier(writes: .percent(80), space: .percent(100))]),
      .sharesNotWhole(writes: .percent(80), space: .percent(100))
    ),
    (
      .periodic(size: .zero, every: .seconds(1)), .emptyPeriodicWrite(size: .zero, every: .seconds(1))
    ),
    (
      .periodic(size: .bytes(1), every: .zero), .emptyPeriodicWrite(size: .bytes(1), every: .zero)
    ),
  ]

  @Test(arguments: refusals.indices)
  func `A writer that does not fit its disk is refused`(index: Int) {
    let (model, error) = Self.refusals[index]
    #expect(throws: error) { try smallStream(model) }
  }

  @Test func `A refusal names the numbers and the way out`() {
    let error = WorkloadError.beyondDisk(needed: .gibibytes(41), diskSize: .gibibytes(40))
    #expect(
      error.description
        == "the writes need a disk of 41GiB, but it has 40GiB; enlarge the disk or choose a smaller region")
  }
}
