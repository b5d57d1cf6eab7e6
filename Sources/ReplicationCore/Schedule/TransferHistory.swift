import Quantities

/// The latest transfers of one replication, from which the length of the next one is estimated.
struct TransferHistory: Sendable, Hashable {
  /// One completed transfer.
  private struct Transfer: Sendable, Hashable {
    let nanoseconds: Int64
    /// How much time its changes had to accumulate.
    let coveredNanoseconds: Int64
  }

  /// A transfer whose changes had less than this part of the objective to accumulate tells too little.
  ///
  /// - Source: Inferred. The first cycle of a replica brought in before the run, or one asked for by hand right
  ///   after another, is nearly empty; an estimate made of it would let the next cycle start too late.
  private static let coveredPartMinimum: Int64 = 4

  /// The least time of changes from which a transfer tells something.
  static func coveredMinimum(of objective: TimeSpan) -> TimeSpan { objective / coveredPartMinimum }

  /// How many transfers are kept.
  let capacity: Int
  /// Oldest first.
  private var transfers: [Transfer] = []

  init(capacity: Int) {
    precondition(capacity > 0, "an estimate needs at least one transfer")
    self.capacity = capacity
  }

  var isEmpty: Bool { transfers.isEmpty }

  /// Records that the changes of `covered` took `duration` to transfer.
  ///
  /// It is left out if `covered` is less than a quarter of `objective`, unless the `estimate` up to now lets no
  /// cycle cover as much: after a transfer of many objectives, cycles follow each other without a pause, and only
  /// they can tell that it was an exception.
  mutating func append(
    _ duration: TimeSpan, covered: TimeSpan, objective: TimeSpan, estimate: TimeSpan
  ) {
    let part = Self.coveredMinimum(of: objective)
    guard covered >= part || (!isEmpty && estimate > objective - part) else { return }
    transfers.append(
      Transfer(nanoseconds: duration.nanoseconds, coveredNanoseconds: covered.nanoseconds))
    if transfers.count > capacity { transfers.removeFirst() }
  }

  /// The mean of the transfers times `factor`, or `nil` without any; rounded down to nanoseconds.
  ///
  /// A transfer *d* that covered a shorter time *c* than a cycle as late as possible would cover, which is the
  /// objective *R* − `margin` · *d*, counts as *d · R / (c + margin · d)*: its changes per time, carried on
  /// until the objective is reached. Changes of distinct extents grow at most in proportion to time, so this
  /// errs towards starting early. A transfer that covered the whole time counts as it is.
  /// - Source: VMware blog 2014, "Understanding vSphere Replication scheduling and RPO violations": the mean and the
  ///   factor. That a shorter time is carried on is inferred: the plan starts cycles early, and the published
  ///   rule alone would then be late on a steady load.
  func estimate(objective: TimeSpan, margin: Ratio, factor: Ratio) -> TimeSpan? {
    guard !transfers.isEmpty else { return nil }
    let objective = UInt64(objective.nanoseconds)
    var sum: UInt64 = 0
    for transfer in transfers {
      let nanoseconds = UInt64(transfer.nanoseconds)
      let reached =
        UInt64(transfer.coveredNanoseconds)
        + scaled(nanoseconds, by: UInt64(margin.partsPerBillion), over: 1_000_000_000)
      // Nothing that took no time and covered none: it says nothing about more.
      guard reached > 0 else { continue }
      sum += reached < objective ? scaled(nanoseconds, by: objective, over: reached) : nanoseconds
    }
    // mean × factor in one division.
    let divisor = UInt64(transfers.count) * 1_000_000_000
    return TimeSpan(nanoseconds: Int64(scaled(sum, by: UInt64(factor.partsPerBillion), over: divisor)))
  }

  private func scaled(_ value: UInt64, by factor: UInt64, over divisor: UInt64) -> UInt64 {
    divisor.dividingFullWidth(value.multipliedFullWidth(by: factor)).quotient
  }
}
