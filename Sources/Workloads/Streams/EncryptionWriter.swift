import RandomStreams

/// The writer of ``WriteModel/encryption(rate:blockSize:region:start:order:)``, in integers.
struct EncryptionWriter: Sendable {
  /// When the next write happens, on the writer's clock; `Int64.max` for never.
  private(set) var next: Int64
  /// How many blocks are encrypted.
  private var writeCount: UInt64 = 0
  /// Whether the last block of the region, which may be short, is among them.
  private var hasWrittenLast = false
  private let startNanoseconds: Int64
  private let bytes: Range<UInt64>
  private let blockSizeBytes: UInt64
  private let blockCount: UInt64
  /// `nil` from the front to the back.
  private let permutation: BlockPermutation?
  /// Block *k* is written at *start + k · gapNumerator / gapDenominator* nanoseconds, rounded up.
  private let gapNumerator: UInt64
  private let gapDenominator: UInt64

  /// - Precondition: `bytes` is not empty; a block has 1 byte to 1 GiB.
  init(
    rateBitsPerSecond: UInt64, blockSizeBytes: UInt64, bytes: Range<UInt64>, startNanoseconds: Int64,
    order: EncryptionOrder, random: RandomStream
  ) {
    self.bytes = bytes
    self.blockSizeBytes = blockSizeBytes
    self.startNanoseconds = startNanoseconds
    blockCount = (bytes.upperBound - bytes.lowerBound + blockSizeBytes - 1) / blockSizeBytes
    var random = random
    permutation = order == .random ? BlockPermutation(count: blockCount, random: &random) : nil
    gapNumerator = 8_000_000_000 * blockSizeBytes
    gapDenominator = rateBitsPerSecond
    next = rateBitsPerSecond > 0 ? startNanoseconds : .max
  }

  /// What has been encrypted.
  var writtenBytes: UInt64 {
    let missing = blockCount * blockSizeBytes - (bytes.upperBound - bytes.lowerBound)
    return writeCount * blockSizeBytes - (hasWrittenLast ? missing : 0)
  }

  /// Appends the extents written from the last look until `end`, exclusive.
  ///
  /// - Precondition: `next < end`.
  mutating func draw(before end: Int64, cover: ExtentCover, appendingTo runs: inout [Range<Int>]) {
    let first = writeCount
    let product = UInt64(end - 1 - startNanoseconds).multipliedFullWidth(by: gapDenominator)
    // Writes with ⌈k·n/d⌉ < end are those with k·n ≤ (end − 1)·d.
    let passed =
      product.high < gapNumerator ? gapNumerator.dividingFullWidth(product).quotient : blockCount - 1
    writeCount = min(blockCount - 1, passed) + 1
    next = writeCount < blockCount ? time(ofWrite: writeCount) : .max
    guard let permutation else {
      hasWrittenLast = writeCount == blockCount
      runs.append(extents(ofBlocks: first, to: writeCount, cover: cover))
      return
    }
    for position in first..<writeCount {
      let block = permutation[position]
      if block == blockCount - 1 { hasWrittenLast = true }
      runs.append(extents(ofBlocks: block, to: block + 1, cover: cover))
    }
  }

  private func extents(ofBlocks lower: UInt64, to upper: UInt64, cover: ExtentCover) -> Range<Int> {
    cover.extents(
      fromByte: bytes.lowerBound + lower * blockSizeBytes,
      to: min(bytes.upperBound, bytes.lowerBound + upper * blockSizeBytes))
  }

  private func time(ofWrite index: UInt64) -> Int64 {
    let product = index.multipliedFullWidth(by: gapNumerator)
    guard product.high < gapDenominator else { return .max }
    let (quotient, remainder) = gapDenominator.dividingFullWidth(product)
    let (rounded, overflow) = Int64(clamping: quotient).addingReportingOverflow(remainder > 0 ? 1 : 0)
    let (time, overflows) = startNanoseconds.addingReportingOverflow(rounded)
    return overflow || overflows ? .max : time
  }
}
