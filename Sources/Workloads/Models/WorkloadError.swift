package import Quantities

/// Why a writer cannot run on a disk.
package enum WorkloadError: Error, Hashable, Sendable {
  /// The writer reaches up to byte `needed`.
  case beyondDisk(needed: ByteCount, diskSize: ByteCount)
  /// Blocks are 1 byte to 1 GiB.
  case unsupportedBlockSize(ByteCount)
  /// The working set, or tier number `tier` of it, holds no whole block.
  case noWholeBlock(blockSize: ByteCount, workingSet: ByteCount, tier: Int)
  /// The shares of the tiers sum to these instead of 100 % each.
  case sharesNotWhole(writes: Ratio, space: Ratio)
  /// A periodic writer's period or size is zero.
  case emptyPeriodicWrite(size: ByteCount, every: TimeSpan)
  /// The passes of a repeated recording would overlap.
  case periodTooShort(period: TimeSpan, shortest: TimeSpan)
  /// A recording without duration repeats without a period.
  case periodNeeded
}

extension WorkloadError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .beyondDisk(let needed, let diskSize):
      "the writes need a disk of \(needed), but it has \(diskSize); enlarge the disk or choose a smaller region"
    case .unsupportedBlockSize(let size):
      "a block size of \(size) is not supported; choose one from 1B to 1GiB"
    case .noWholeBlock(let blockSize, let workingSet, let tier):
      "tier \(tier + 1) of the working set of \(workingSet) holds no whole block of \(blockSize); "
        + "enlarge the working set or choose smaller blocks"
    case .sharesNotWhole(let writes, let space):
      "the tiers have \(writes) of the writes and \(space) of the space; each must sum to 100%"
    case .emptyPeriodicWrite(let size, let every):
      "a periodic write of \(size) every \(every) needs a size and a period above zero"
    case .periodTooShort(let period, let shortest):
      "the recording cannot repeat every \(period), since one pass takes \(shortest); choose at least that"
    case .periodNeeded:
      "the recording has no duration, so it cannot tell when to repeat; give a period"
    }
  }
}
