package import Quantities

extension HostSchedule {
  /// What the plan of a host may do.
  package struct Parameters: Sendable, Hashable {
    /// How much earlier than its latest start a cycle may start, as a share of its objective.
    ///
    /// More room spreads a crowd in fewer cycles; every bit of it that is used makes a cycle cover less
    /// time, so that cycles, and rewritten extents with them, are sent more often: at a quarter, at worst
    /// a third more cycles than the latest start needs. Cycles use it only while they would collide.
    /// - Source: VMware blog 2014: a cycle "may start early" to smooth bandwidth. The bound is inferred.
    package var earlyStartShare = Ratio.percent(25)

    /// Full syncs that may run on the host at a time, or `nil` for any number.
    ///
    /// - Source: No such limit is documented for the product, so there is none by default; "many initial full
    ///   syncs at once run very slowly on vSAN" (vSphere Replication 5.5 documentation) is why one may want it.
    package var fullSyncLimit: Int?

    /// How far ahead the plan is told.
    ///
    /// - Source: VMware blog 2014: a 48-hour schedule.
    package var horizon = TimeSpan.hours(48)

    package init(earlyStartShare: Ratio = .percent(25), fullSyncLimit: Int? = nil) {
      self.earlyStartShare = earlyStartShare
      self.fullSyncLimit = fullSyncLimit
    }

    func validate() {
      precondition(
        earlyStartShare.partsPerBillion < 500_000_000, "a cycle starts less than half an objective early")
      if let fullSyncLimit { precondition(fullSyncLimit > 0, "at least one full sync may run") }
      precondition(horizon > .zero, "a plan reaches into the future")
    }

    func earlyStart(of objective: TimeSpan) -> TimeSpan {
      let billionth: UInt64 = 1_000_000_000
      let product = UInt64(objective.nanoseconds).multipliedFullWidth(
        by: UInt64(earlyStartShare.partsPerBillion))
      return TimeSpan(nanoseconds: Int64(billionth.dividingFullWidth(product).quotient))
    }
  }
}
