import Quantities
import ReplicationCore
import Testing

/// Against the published command outputs of virtuallyhyper.com, 2012.
@Suite struct SyncProgressTests {
  /// Tenths of a unit of 1024, as the samples print them.
  private static func tenths(_ count: UInt64, _ unit: ByteCount) -> ByteCount {
    ByteCount(bytes: count * unit.bytes / 10)
  }

  @Test func `18 percent of a full sync are 3224371200 of 17179869184 bytes compared`() {
    // 100 · 3,224,371,200 ÷ 17,179,869,184 = 18.77, rounded down.
    let progress = SyncProgress(
      checksummed: .bytes(3_224_371_200), total: .bytes(17_179_869_184), transferred: .zero, toTransfer: .zero
    )
    #expect(progress.percent == 18)
  }

  /// A printed size stands for everything within half a tenth, and the published percentage lies between the
  /// percentages of the ends.
  @Test(
    arguments: [
      // compared and its total, transferred and its total: tenths of GB and of MB.
      (0, 160, 0, 0), (26, 160, 0, 16), (22, 100, 2_405, 24), (20, 110, 7, 17), (11, 100, 19, 10),
    ] as [(UInt64, UInt64, UInt64, Int)])
  func `The percentage of a full sync counts what was compared and what was sent`(
    compared: UInt64, total: UInt64, sent: UInt64, published: Int
  ) {
    func percent(_ twentieths: UInt64) -> Int {
      let sent = Self.tenths(sent, .mebibytes(1))
      return SyncProgress(
        checksummed: Self.tenths(twentieths, .mebibytes(512)), total: Self.tenths(total, .gibibytes(1)),
        transferred: sent, toTransfer: sent
      ).percent
    }
    let low = percent(compared == 0 ? 0 : compared * 2 - 1)
    let high = percent(compared == 0 ? 0 : compared * 2 + 1)
    #expect((low...high).contains(published), "\(low) to \(high)")
  }

  @Test func `What was compared alone does not explain the 24 percent`() {
    // 2.25 of 10 GB are 22.5 %; with 240.5 MB sent, 2544.5 of 10,480.5 MB are 24.3 %.
    let compared = Self.tenths(45, .mebibytes(512))
    let alone = SyncProgress(
      checksummed: compared, total: .gibibytes(10), transferred: .zero, toTransfer: .zero)
    #expect(alone.percent == 22)
    let sent = Self.tenths(2_405, .mebibytes(1))
    let both = SyncProgress(checksummed: compared, total: .gibibytes(10), transferred: sent, toTransfer: sent)
    #expect(both.percent == 24)
  }

  @Test func `The percentage of a delta is the share of its instance that was sent`() {
    // 100.1 ÷ 146.3 = 68.4 %; 78.7 ÷ 336.6 = 23.4 %.
    #expect(
      SyncProgress(
        checksummed: .zero, total: .zero, transferred: Self.tenths(1_001, .mebibytes(1)),
        toTransfer: Self.tenths(1_463, .mebibytes(1))
      ).percent == 68)
    #expect(
      SyncProgress(
        checksummed: .zero, total: .zero, transferred: Self.tenths(787, .mebibytes(1)),
        toTransfer: Self.tenths(3_366, .mebibytes(1))
      ).percent == 23)
  }

  @Test func `A sync is at 100 percent when nothing is left, and not before`() {
    #expect(
      SyncProgress(checksummed: .zero, total: .zero, transferred: .zero, toTransfer: .zero).percent == 100)
    #expect(
      SyncProgress(checksummed: .zero, total: .zero, transferred: .bytes(999), toTransfer: .bytes(1_000))
        .percent == 99)
    #expect(
      SyncProgress(checksummed: .zero, total: .zero, transferred: .bytes(1_000), toTransfer: .bytes(1_000))
        .percent == 100)
    // What is compared and not yet sent is still to do: 10 + 0 of 10 + 10.
    let compared = SyncProgress(
      checksummed: .bytes(10), total: .bytes(10), transferred: .zero, toTransfer: .bytes(10))
    #expect(compared.percent == 50)
    let huge = SyncProgress(
      checksummed: .tebibytes(62), total: .tebibytes(62), transferred: .tebibytes(62),
      toTransfer: .tebibytes(62))
    #expect(huge.percent == 100)
  }
}
