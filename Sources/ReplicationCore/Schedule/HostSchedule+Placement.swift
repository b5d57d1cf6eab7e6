import Quantities

extension HostSchedule {
  /// The share of time that the cycles of a replication run, in parts per billion, at most all of it.
  static func load(of outlook: CycleOutlook) -> Int64 {
    guard let expected = outlook.expectedDuration else { return 0 }
    let period = max(outlook.objective - outlook.estimate, expected).nanoseconds
    guard period > 0 else { return 0 }
    let billionth: UInt64 = 1_000_000_000
    return Int64(
      UInt64(period).dividingFullWidth(
        UInt64(expected.nanoseconds).multipliedFullWidth(by: billionth)
      ).quotient)
  }

  /// How much earlier than its latest start the next cycle of a replication may start.
  ///
  /// A first cycle of unknown length may start anywhere in the half objective in which it would still keep it.
  func earlyStart(of outlook: CycleOutlook) -> TimeSpan {
    outlook.expectedDuration == nil
      ? outlook.objective / 2 : parameters.earlyStart(of: outlook.objective)
  }

  /// How long the next cycle of a replication is counted for, at least a nanosecond.
  ///
  /// It is what is expected, without the margin of the estimate: a host that is nearly full has more gaps that
  /// are long enough that way. Cycles of unknown length share the room they may start in, so that
  /// they are spread evenly over it.
  func reservedDuration(of outlook: CycleOutlook) -> TimeSpan {
    let duration = outlook.expectedDuration ?? earlyStart(of: outlook) / Int64(max(1, unknownCount))
    return max(duration, .nanoseconds(1))
  }

  /// The start of a cycle that runs the least time in excess of the fair number; of equal ones, the latest.
  ///
  /// The excess of a moment is how many cycles beyond the fair number it would have; the fair number is the mean number
  /// of cycles running, rounded up. To keep the integral of the excess least is to keep the sum of its
  /// squares over the whole plan least, so a crowd is laid out flat.
  func quietestStart(in window: ClosedRange<Instant>, lasting duration: TimeSpan) -> Instant {
    let billion: Int64 = 1_000_000_000
    var sweep = Sweep(
      start: window.upperBound.nanoseconds, duration: duration.nanoseconds, starts: reservationStarts,
      ends: reservationEnds, fair: Int(max(1, (load + billion - 1) / billion)))
    var best = (start: window.upperBound.nanoseconds, excess: sweep.excess)
    while best.excess > 0, sweep.start > window.lowerBound.nanoseconds {
      sweep.stepBack(to: window.lowerBound.nanoseconds)
      if sweep.excess < best.excess { best = (sweep.start, sweep.excess) }
    }
    return Instant(nanoseconds: best.start)
  }

  /// A cycle that is moved backwards over the reservations, with its excess kept up to date.
  ///
  /// The excess changes linearly while neither its start nor its end crosses the start or end of a
  /// reservation, so it is least at one of these steps.
  private struct Sweep {
    /// A moment before which so many reservations have started and so many have ended.
    struct Cursor {
      let starts: [Int64]
      let ends: [Int64]
      var startCount: Int
      var endCount: Int

      /// The reservations just before.
      var running: Int { startCount - endCount }

      /// Where the number changes next, going backwards.
      var next: Int64 {
        max(startCount > 0 ? starts[startCount - 1] : .min, endCount > 0 ? ends[endCount - 1] : .min)
      }

      mutating func moveBack(to instant: Int64) {
        while startCount > 0, starts[startCount - 1] >= instant { startCount -= 1 }
        while endCount > 0, ends[endCount - 1] >= instant { endCount -= 1 }
      }
    }

    let duration: Int64
    let fair: Int
    private(set) var start: Int64
    /// Nanoseconds times cycles beyond the fair number, from `start` for `duration`.
    private(set) var excess: Int64 = 0
    private var first: Cursor
    private var last: Cursor

    init(start: Int64, duration: Int64, starts: SortedInstants, ends: SortedInstants, fair: Int) {
      self.start = start
      self.duration = duration
      self.fair = fair
      let end = start + duration
      last = Cursor(
        starts: starts.nanoseconds, ends: ends.nanoseconds, startCount: starts.count(before: end),
        endCount: ends.count(before: end))
      first = last
      var high = end
      while high > start {
        let low = max(start, first.next)
        excess += (high - low) * beyondFair(first.running)
        first.moveBack(to: low)
        high = low
      }
    }

    private func beyondFair(_ others: Int) -> Int64 { Int64(max(0, others + 1 - fair)) }

    /// Moves to the next step, or to `bound` if that comes first.
    mutating func stepBack(to bound: Int64) {
      // The least number stands for "none", and must not be made smaller.
      let stepOfEnd = last.next == .min ? .min : last.next - duration
      let target = max(bound, first.next, stepOfEnd)
      excess += (start - target) * (beyondFair(first.running) - beyondFair(last.running))
      first.moveBack(to: target)
      last.moveBack(to: target + duration)
      start = target
    }
  }
}
