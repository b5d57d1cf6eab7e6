import Quantities
import RandomStreams
import Workloads

extension WriteStream {
  /// The runs of the next interval, as they come.
  mutating func runs(until end: Instant) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    draw(until: end, appendingTo: &runs)
    return runs
  }

  /// The extents of the next interval.
  mutating func extents(until end: Instant) -> Set<Int> {
    runs(until: end).reduce(into: []) { $0.formUnion($1) }
  }
}

/// A stream of one writer on a disk of 1 MiB with extents of 8 KiB.
func smallStream(_ models: WriteModel..., seed: UInt64 = 1, start: Instant = .zero) throws -> WriteStream {
  try WriteStream(
    of: models, diskSize: .mebibytes(1), extentSize: .kibibytes(8),
    random: RandomStream(seed: seed, name: "disk"), startingAt: start)
}

func seconds(_ count: Int64) -> Instant { nanoseconds(count * 1_000_000_000) }
func milliseconds(_ count: Int64) -> Instant { nanoseconds(count * 1_000_000) }
func nanoseconds(_ count: Int64) -> Instant { Instant(nanoseconds: count) }
