package import Quantities

/// Rules of thumb of the vendor about objectives, for the sizing of a design.
package enum SchedulingArithmetic {
  /// Replications with the same recovery point objective.
  package struct ObjectiveGroup: Sendable, Hashable {
    package let count: UInt64
    package let objective: TimeSpan

    package init(count: UInt64, objective: TimeSpan) {
      self.count = count
      self.objective = objective
    }
  }

  /// The one objective that stands for mixed ones where cycles per time count: their harmonic mean, *Σ n / Σ (n / R)*.
  ///
  /// Rounded down to nanoseconds; `nil` if there is no replication.
  /// - Precondition: Every objective is above zero, and there are fewer than 10^14 replications.
  /// - Source: vSphere Replication 5.8 documentation, for virtual machines on one shared VMFS datastore.
  package static func harmonicMeanObjective(of groups: [ObjectiveGroup]) -> TimeSpan? {
    // n / R in units of 10⁻²⁴ per nanosecond: with R below 2⁶³ ns the mean is exact to some 10⁻⁵ of itself
    // at worst, and to a nanosecond for objectives up to a day.
    let unit: UInt128 = 1_000_000_000_000_000_000_000_000
    var count: UInt128 = 0
    var cyclesPerNanosecond: UInt128 = 0
    for group in groups {
      precondition(group.objective > .zero, "an objective is a time")
      count += UInt128(group.count)
      cyclesPerNanosecond += UInt128(group.count) * unit / UInt128(group.objective.nanoseconds)
    }
    guard count > 0 else { return nil }
    return TimeSpan(nanoseconds: Int64(count * unit / cyclesPerNanosecond))
  }

  /// What one sync adds to the events that vCenter keeps.
  ///
  /// - Source: vSphere Replication 5.5 to 8.x documentation, "Configure replication": about 3,800 bytes.
  package static let eventSizePerSync = ByteCount.bytes(3_800)

  /// What the syncs of one virtual machine add to vCenter's events in a day, one per objective.
  ///
  /// - Source: As ``eventSizePerSync``; a day of 5-minute syncs is 288 of them.
  package static func dailyEventSize(objective: TimeSpan) -> ByteCount {
    precondition(objective > .zero, "an objective is a time")
    return eventSizePerSync * UInt64(TimeSpan.days(1).nanoseconds / objective.nanoseconds)
  }
}
