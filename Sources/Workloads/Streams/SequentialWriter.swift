/// The writing head of ``WriteModel/sequential(rate:blockSize:region:)``, in integers.
struct SequentialWriter: Sendable {
  /// When the next write happens, on the writer's clock; `Int64.max` for never.
  private(set) var next: Int64
  /// How many writes have happened.
  private(set) var writeCount: UInt64 = 0
  let blockSizeBytes: UInt64
  private let firstByte: UInt64
  private let blockCount: UInt64
  /// Write *k* happens at *k · gapNumerator / gapDenominator* nanoseconds.
  private let gapNumerator: UInt64
  private let gapDenominator: UInt64

  /// - Precondition: At least one block, of 1 byte to 1 GiB.
  init(rateBitsPerSecond: UInt64, blockSizeBytes: UInt64, firstByte: UInt64, blockCount: UInt64) {
    self.blockSizeBytes = blockSizeBytes
    self.firstByte = firstByte
    self.blockCount = blockCount
    // 8e9 · 2³⁰ is below 2⁶³, so the gap of any supported block fits.
    gapNumerator = 8_000_000_000 * blockSizeBytes
    gapDenominator = rateBitsPerSecond
    next = rateBitsPerSecond > 0 ? 0 : .max
  }

  /// Appends the extents written from the last look until `end`, exclusive: at most two runs.
  ///
  /// - Precondition: `next < end`.
  mutating func draw(before end: Int64, cover: ExtentCover, appendingTo runs: inout [Range<Int>]) {
    let first = writeCount
    // Writes with ⌈k·n/d⌉ < end are those with k·n ≤ (end − 1)·d. Their number fits 64 bits for any rate
    // that a disk can serve.
    let product = UInt64(end - 1).multipliedFullWidth(by: gapDenominator)
    writeCount = gapNumerator.dividingFullWidth(product).quotient + 1
    next = time(ofWrite: writeCount)
    guard writeCount - first < blockCount else {
      append(blocks: 0, to: blockCount, cover: cover, to: &runs)
      return
    }
    let lower = first % blockCount
    let upper = (writeCount - 1) % blockCount + 1
    if lower < upper {
      append(blocks: lower, to: upper, cover: cover, to: &runs)
    } else {
      append(blocks: lower, to: blockCount, cover: cover, to: &runs)
      append(blocks: 0, to: upper, cover: cover, to: &runs)
    }
  }

  private func time(ofWrite index: UInt64) -> Int64 {
    let product = index.multipliedFullWidth(by: gapNumerator)
    guard product.high < gapDenominator else { return .max }
    let (quotient, remainder) = gapDenominator.dividingFullWidth(product)
    let roundedDown = Int64(clamping: quotient)
    return remainder > 0 && roundedDown < .max ? roundedDown + 1 : roundedDown
  }

  private func append(
    blocks lower: UInt64, to upper: UInt64, cover: ExtentCover, to runs: inout [Range<Int>]
  ) {
    runs.append(
      cover.extents(
        fromByte: firstByte + lower * blockSizeBytes, to: firstByte + upper * blockSizeBytes))
  }
}
