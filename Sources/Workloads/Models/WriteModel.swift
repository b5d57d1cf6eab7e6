package import Quantities

/// How one writer of a disk behaves; a ``WriteStream`` runs any number of them on one disk.
///
/// Times and rates are those of the writer's own clock, which a stream can run faster, slower or not at all.
package enum WriteModel: Sendable, Equatable {
  /// A Poisson process of writes of `blockSize` bytes, with every block of the region equally likely.
  ///
  /// The region holds *region / blockSize* blocks, rounded down. A block is written at the rate
  /// λ = *rate / (8 · region)* per second, so after *t* seconds it has been written with probability
  /// 1 − e^(−λt), independently of all others.
  case uniform(rate: DataRate, blockSize: ByteCount, region: DiskRegion = .wholeDisk)

  /// As ``uniform(rate:blockSize:region:)``, with several tiers of different heat.
  ///
  /// The tiers lie behind one another, the first at the start of the region. Tier *j* begins at block
  /// *blocks · (sum of the space of the tiers before it)*, rounded down. Their shares of writes and of
  /// space each sum to 100 %.
  case hotspot(rate: DataRate, blockSize: ByteCount, region: DiskRegion = .wholeDisk, tiers: [WriteTier])

  /// A head that writes the region block after block and starts over at its end.
  ///
  /// Write *k*, from 0, happens at *k · 8 · blockSize / rate*, rounded up to whole nanoseconds and
  /// without drift; it goes to block *k* modulo the blocks of the region. A remainder of the region
  /// smaller than a block is never written.
  case sequential(rate: DataRate, blockSize: ByteCount, region: DiskRegion = .wholeDisk)

  /// The same `size` bytes from `offset`, rewritten at `first`, `first + every`, `first + 2 · every` …
  ///
  /// Without `first`, the first time is `every`.
  case periodic(size: ByteCount, offset: ByteCount = .zero, every: TimeSpan, first: TimeSpan? = nil)

  /// The writes of a recording, the first pass starting after `delay`.
  case trace(WriteTrace, delay: TimeSpan = .zero, repetition: TraceRepetition = .once)

  /// Ransomware: each block of the region is overwritten once, block *k*, from 0, at *start + k · 8 · blockSize / rate*, rounded
  /// up to whole nanoseconds; then it is silent.
  ///
  /// A remainder smaller than a block is encrypted too.
  case encryption(
    rate: DataRate, blockSize: ByteCount, region: DiskRegion = .wholeDisk, start: TimeSpan,
    order: EncryptionOrder)
}

/// What a replay does at the end of its recording.
package enum TraceRepetition: Sendable, Hashable {
  /// It falls silent.
  case once
  /// It starts a new pass every `period`; `nil` stands for ``WriteTrace/shortestPeriod``.
  ///
  /// A period below ``WriteTrace/shortestPeriod`` is an error, since passes would overlap.
  case endless(period: TimeSpan?)
}
