import RandomStreams

/// How far ahead of now the events of a test are due.
enum DelayLaw: CaseIterable, Sendable {
  /// Anywhere in 0 … 1,000 ns, so that some are due together.
  case uniform
  /// One of five delays, so that nearly all are due together with others.
  case ties
  /// Mostly none at all: long runs at one instant.
  case zero
  /// Within a microsecond, or one in 16 about a second later.
  case bimodal
  /// Any power of two up to 2⁶⁰ ns, and something below it.
  case pareto
  /// Close behind each other within some groups that are hours apart.
  case clusters
  /// Uniform, and one in 16 never: at the latest instant there is.
  case never

  func nextDue(after now: Int64, _ random: inout RandomStream) -> Int64 {
    let delay: UInt64
    switch self {
    case .uniform: delay = random.next(below: 1_001)
    case .ties: delay = random.next(below: 5) * 100
    case .zero: delay = random.next(below: 16) == 0 ? random.next(below: 50) : 0
    case .bimodal:
      delay = random.next(below: 1_000) + (random.next(below: 16) == 0 ? 1_000_000_000 : 0)
    case .pareto: delay = random.next(below: 1 << random.next(below: 60) + 1)
    case .clusters: delay = random.next(below: 4) * 3_600_000_000_000 + random.next(below: 100)
    case .never:
      if random.next(below: 16) == 0 { return .max }
      delay = random.next(below: 1_001)
    }
    let (due, overflow) = now.addingReportingOverflow(Int64(delay))
    return overflow ? .max : due
  }
}
