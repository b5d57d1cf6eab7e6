package import Quantities
package import RandomStreams

/// The writes of one disk, drawn when someone looks.
///
/// A guest's writes need no event each: the stream says for any interval which extents were written in
/// it. Intervals follow one another and are half-open, so a write at exactly the end of one belongs to the
/// next. A write that touches one byte of an extent yields the whole extent.
///
///     var stream = try WriteStream(
///       of: [.periodic(size: .mebibytes(1), every: .hours(1))],
///       diskSize: .gibibytes(10), extentSize: .kibibytes(8), random: random)
///     var runs: [Range<Int>] = []
///     stream.draw(until: .zero + .hours(1), appendingTo: &runs)     // nothing
///     stream.draw(until: .zero + .minutes(61), appendingTo: &runs)  // 0..<128
///
/// The law of what is yielded is exact however time is cut into intervals. For sequential, periodic and
/// recorded writes that holds to the letter. For Poisson writers it holds in law; a look at another
/// moment may lead to another outcome of the same law, but does not while fewer than
/// 0.3 writes per block are expected in each interval.
///
/// All writers share the stream's own clock, which stands still while the stream is paused and runs
/// faster or slower when it is scaled. So a Poisson writer writes nothing while its guest is off; a sequential
/// writer goes on from its head; a periodic writer's remaining time and a recording's remaining writes
/// wait until the guest is back.
///
/// Calls come in the order of time. A stream is a value: a copy continues on its own with the same luck.
package struct WriteStream: Sendable {
  /// Every write before this has been yielded.
  package private(set) var drawnUntil: Instant
  private var clock: WriterClock
  /// ``drawnUntil`` on the writers' clock.
  private var drawnNanoseconds: Int64 = 0
  /// The earliest write of any writer, on their clock.
  private var earliestNext: Int64 = .max

  private let cover: ExtentCover
  private var poissonBitsPerSecond: UInt64 = 0
  private var poissonWriters: [PoissonWriter] = []
  private var sequentialWriters: [SequentialWriter] = []
  private var periodicWriters: [PeriodicWriter] = []
  private var traceReplays: [TraceReplay] = []
  private var encryptionWriters: [EncryptionWriter] = []

  /// - Parameters:
  ///   - models: Writers that work beside each other; none make an idle disk.
  ///   - extentSize: What a dirty bit stands for; not zero.
  ///   - random: The disk's own. Each Poisson writer draws from a stream derived from it by its place in
  ///     `models`.
  ///   - start: When the writers' clock begins.
  /// - Throws: ``WorkloadError`` for a writer that does not fit the disk.
  package init(
    of models: [WriteModel], diskSize: ByteCount, extentSize: ByteCount, random: RandomStream,
    startingAt start: Instant = .zero
  ) throws(WorkloadError) {
    precondition(extentSize.bytes > 0, "an extent has a size")
    cover = ExtentCover(extentSizeBytes: extentSize.bytes)
    clock = WriterClock(startingAt: start)
    drawnUntil = start
    var random = random
    let seed = random.next()
    for (index, model) in models.enumerated() {
      try add(model, diskSize: diskSize, seed: seed, name: "writer \(index)")
    }
    findEarliestNext()
  }

  /// Appends the extents written from the last look until `end`, exclusive.
  ///
  /// Runs come in no particular order, may overlap, and are not one for each write.
  ///
  /// - Complexity: Constant where nothing was written. Otherwise proportional to the runs yielded, but for
  ///   recordings to the writes, and for Poisson writers to the lesser of the writes and the runs,
  ///   about.
  /// - Precondition: `end` is not before ``drawnUntil`` or the last change of pace.
  package mutating func draw(until end: Instant, appendingTo runs: inout [Range<Int>]) {
    // `>=` of another module's type is a call through a table; `<` is inlined.
    precondition(!(end < drawnUntil), "a stream is drawn in the order of time")
    drawnUntil = end
    drawnNanoseconds = clock.nanoseconds(at: end)
    if earliestNext < drawnNanoseconds { drawWriters(appendingTo: &runs) }
  }

  /// Lets the writers' clock run at `factor` of its usual pace from `now` on, as the scenario's
  /// `workload.scale` asks.
  ///
  /// At 200 %, rates double, and so does the pace of periodic writers and recordings. Writes before `now` need not
  /// have been drawn.
  ///
  /// - Precondition: `now` is not before ``drawnUntil`` or the last change of pace.
  package mutating func scale(by factor: Ratio, at now: Instant) {
    precondition(now >= drawnUntil, "a stream changes in the order of time")
    clock.setFactor(factor, at: now)
  }

  /// Stops the writers' clock at `now`, as when the guest is powered off; writes before it can still be drawn.
  ///
  /// - Precondition: As for ``scale(by:at:)``. A stream that is paused stays so.
  package mutating func pause(at now: Instant) {
    precondition(now >= drawnUntil, "a stream changes in the order of time")
    clock.setPaused(true, at: now)
  }

  /// Lets the writers' clock go on at `now`.
  ///
  /// - Precondition: As for ``scale(by:at:)``. A stream that runs goes on running.
  package mutating func resume(at now: Instant) {
    precondition(now >= drawnUntil, "a stream changes in the order of time")
    clock.setPaused(false, at: now)
  }

  package var isPaused: Bool { clock.isPaused }

  /// Gives the stream luck of its own: what Poisson writers draw from now on comes from `random`.
  ///
  /// For the copy of a machine that goes on by itself. When their next write happens is known already; heads of sequential
  /// writers, remaining times and recordings stay as they are.
  package mutating func diverge(to random: RandomStream) {
    var random = random
    let seed = random.next()
    for index in poissonWriters.indices {
      poissonWriters[index].random = RandomStream(seed: seed, name: "writer \(index)")
    }
  }

  /// The pace of the writers' clock while it is not paused.
  package var factor: Ratio { clock.factor }

  /// What the guest has written until ``drawnUntil``, overwrites counted again.
  ///
  /// Exact for sequential, periodic and recorded writes. For Poisson writers it is the expectation, rate × time,
  /// because the number of writes is never drawn where only the written extents are.
  package var writtenBytes: ByteCount {
    // Rates below 2⁶³ over times below 2⁶³ ns stay below 8e9 · 2⁶⁴ for any that a disk can serve.
    let bitNanoseconds = poissonBitsPerSecond.multipliedFullWidth(by: UInt64(drawnNanoseconds))
    var bytes = UInt64(8_000_000_000).dividingFullWidth(bitNanoseconds).quotient
    for writer in sequentialWriters { bytes += writer.writeCount * writer.blockSizeBytes }
    for writer in periodicWriters { bytes += writer.writeCount * writer.sizeBytes }
    for replay in traceReplays { bytes += replay.writtenBytes }
    for writer in encryptionWriters { bytes += writer.writtenBytes }
    return ByteCount(bytes: bytes)
  }

  @inline(never)
  private mutating func drawWriters(appendingTo runs: inout [Range<Int>]) {
    let end = drawnNanoseconds
    for index in poissonWriters.indices where poissonWriters[index].next < end {
      poissonWriters[index].draw(before: end, appendingTo: &runs)
    }
    for index in sequentialWriters.indices where sequentialWriters[index].next < end {
      sequentialWriters[index].draw(before: end, cover: cover, appendingTo: &runs)
    }
    for index in periodicWriters.indices where periodicWriters[index].next < end {
      periodicWriters[index].draw(before: end, appendingTo: &runs)
    }
    for index in traceReplays.indices where traceReplays[index].next < end {
      traceReplays[index].draw(before: end, cover: cover, appendingTo: &runs)
    }
    for index in encryptionWriters.indices where encryptionWriters[index].next < end {
      encryptionWriters[index].draw(before: end, cover: cover, appendingTo: &runs)
    }
    findEarliestNext()
  }

  private mutating func findEarliestNext() {
    var earliest = Int64.max
    for writer in poissonWriters { earliest = min(earliest, writer.next) }
    for writer in sequentialWriters { earliest = min(earliest, writer.next) }
    for writer in periodicWriters { earliest = min(earliest, writer.next) }
    for index in traceReplays.indices { earliest = min(earliest, traceReplays[index].next) }
    for writer in encryptionWriters { earliest = min(earliest, writer.next) }
    earliestNext = earliest
  }
}

extension WriteStream {
  fileprivate mutating func add(
    _ model: WriteModel, diskSize: ByteCount, seed: UInt64, name: String
  ) throws(WorkloadError) {
    switch model {
    case .uniform(let rate, let blockSize, let region):
      let blocks = try Blocks(of: blockSize, in: region, diskSize: diskSize)
      try addPoissonWriters(rate: rate, blocks: blocks, tiers: WriteTier.uniform, seed: seed, name: name)
    case .hotspot(let rate, let blockSize, let region, let tiers):
      let blocks = try Blocks(of: blockSize, in: region, diskSize: diskSize)
      try addPoissonWriters(rate: rate, blocks: blocks, tiers: tiers, seed: seed, name: name)
    case .sequential(let rate, let blockSize, let region):
      let blocks = try Blocks(of: blockSize, in: region, diskSize: diskSize)
      sequentialWriters.append(
        SequentialWriter(
          rateBitsPerSecond: rate.bitsPerSecond, blockSizeBytes: blockSize.bytes,
          firstByte: blocks.firstByte, blockCount: blocks.count))
    case .periodic(let size, let offset, let every, let first):
      guard size > .zero, every > .zero else { throw .emptyPeriodicWrite(size: size, every: every) }
      let bytes = try DiskRegion(offset: offset, size: size).byteRange(onDiskOf: diskSize)
      periodicWriters.append(
        PeriodicWriter(
          firstNanoseconds: (first ?? every).nanoseconds, periodNanoseconds: every.nanoseconds,
          sizeBytes: size.bytes,
          extents: cover.extents(fromByte: bytes.lowerBound, to: bytes.upperBound)))
    case .trace(let trace, let delay, let repetition):
      guard trace.neededDiskSize <= diskSize else {
        throw .beyondDisk(needed: trace.neededDiskSize, diskSize: diskSize)
      }
      traceReplays.append(
        TraceReplay(
          trace, delayNanoseconds: delay.nanoseconds,
          periodNanoseconds: try repetition.period(of: trace)?.nanoseconds))
    case .encryption(let rate, let blockSize, let region, let start, let order):
      guard blockSize > .zero, blockSize <= .gibibytes(1) else { throw .unsupportedBlockSize(blockSize) }
      let bytes = try region.byteRange(onDiskOf: diskSize)
      guard !bytes.isEmpty else {
        throw .noWholeBlock(blockSize: blockSize, workingSet: .zero, tier: 0)
      }
      encryptionWriters.append(
        EncryptionWriter(
          rateBitsPerSecond: rate.bitsPerSecond, blockSizeBytes: blockSize.bytes, bytes: bytes,
          startNanoseconds: start.nanoseconds, order: order, random: RandomStream(seed: seed, name: name)))
    }
  }

  private mutating func addPoissonWriters(
    rate: DataRate, blocks: Blocks, tiers: [WriteTier], seed: UInt64, name: String
  ) throws(WorkloadError) {
    var shares = (writes: Int64(0), space: Int64(0))
    for tier in tiers {
      shares.writes += tier.writes.partsPerBillion
      shares.space += tier.space.partsPerBillion
    }
    let whole = Ratio.one.partsPerBillion
    guard shares == (whole, whole) else {
      throw .sharesNotWhole(
        writes: Ratio(partsPerBillion: shares.writes), space: Ratio(partsPerBillion: shares.space))
    }
    poissonBitsPerSecond += rate.bitsPerSecond
    var spaceBefore: UInt64 = 0
    for (index, tier) in tiers.enumerated() {
      let first = blocks.index(atPartsPerBillion: spaceBefore)
      spaceBefore += UInt64(tier.space.partsPerBillion)
      let end = blocks.index(atPartsPerBillion: spaceBefore)
      guard tier.writes > .zero, rate > .zero else { continue }
      guard end > first else {
        throw .noWholeBlock(
          blockSize: ByteCount(bytes: blocks.sizeBytes),
          workingSet: ByteCount(bytes: blocks.regionBytes), tier: index)
      }
      poissonWriters.append(
        PoissonWriter(
          gapMeanNanoseconds: 8e9 * Double(blocks.sizeBytes)
            / (Double(rate.bitsPerSecond) * tier.writes.value),
          blockCount: end - first, blockSizeBytes: blocks.sizeBytes,
          firstByte: blocks.firstByte + first * blocks.sizeBytes, cover: cover,
          random: RandomStream(seed: seed, name: "\(name), tier \(index)")))
    }
  }
}

/// The whole blocks of a region.
private struct Blocks {
  let firstByte: UInt64
  let sizeBytes: UInt64
  let regionBytes: UInt64
  /// At least one.
  let count: UInt64

  init(of size: ByteCount, in region: DiskRegion, diskSize: ByteCount) throws(WorkloadError) {
    guard size > .zero, size <= .gibibytes(1) else { throw .unsupportedBlockSize(size) }
    let bytes = try region.byteRange(onDiskOf: diskSize)
    firstByte = bytes.lowerBound
    sizeBytes = size.bytes
    regionBytes = bytes.upperBound - bytes.lowerBound
    count = regionBytes / sizeBytes
    guard count > 0 else {
      throw .noWholeBlock(blockSize: size, workingSet: ByteCount(bytes: regionBytes), tier: 0)
    }
  }

  /// The block at a share of the region, rounded down.
  func index(atPartsPerBillion share: UInt64) -> UInt64 {
    UInt64(1_000_000_000).dividingFullWidth(count.multipliedFullWidth(by: share)).quotient
  }
}

extension TraceRepetition {
  fileprivate func period(of trace: WriteTrace) throws(WorkloadError) -> TimeSpan? {
    switch self {
    case .once: return nil
    case .endless(let period):
      guard let period else {
        guard trace.duration > .zero else { throw .periodNeeded }
        return trace.shortestPeriod
      }
      guard period >= trace.shortestPeriod else {
        throw .periodTooShort(period: period, shortest: trace.shortestPeriod)
      }
      return period
    }
  }
}
