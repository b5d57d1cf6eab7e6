package import Quantities

/// Which points in time a replica keeps beside its latest instance.
///
/// Time is cut into slots that are anchored at midnight. Of each slot that is young enough one instance is
/// kept; the latest instance is always kept extra. Three per day for five days keep up to 15 + 1:
///
///     let policy = try RetentionPolicy(instancesPerDay: 3, days: 5)
///     policy.slotLimit                      // 15
///     policy.warnings(objective: .hours(9)) // one instance in 8 h needs an RPO of 8 h or less
///
/// - Source: VMware, "Using vSphere Replication" 6.5, "Recover to points in time": up to 24 instances,
///   and the algorithm by slots; vCloud Availability API `RetentionPolicyTierType` for tiers.
package struct RetentionPolicy: Sendable, Hashable {
  /// Some slots of one length.
  package struct Tier: Sendable, Hashable {
    /// How long a slot is.
    package enum Granularity: Sendable, Hashable {
      /// 24 h in so many equal slots.
      case perDay(Int)
      /// Slots of so many minutes from the midnight of the first day on; 0 keeps the latest instance only.
      case minutes(Int)
    }

    package let granularity: Granularity
    /// Slots back from the one of the latest instance, which is the first of them.
    package let slotCount: Int

    package init(granularity: Granularity, slotCount: Int) {
      self.granularity = granularity
      self.slotCount = slotCount
    }

    /// The length of a slot, rounded down to whole nanoseconds; zero for "latest only".
    package var slotLength: TimeSpan {
      switch granularity {
      case .perDay(let count): .days(1) / Int64(count)
      case .minutes(let count): .minutes(Int64(count))
      }
    }

    /// The number of the slot of an instant, `nil` for "latest only".
    func slot(ofNanosecondsSinceMidnight nanoseconds: Int64) -> Int64? {
      let day = TimeSpan.days(1).nanoseconds
      switch granularity {
      case .minutes(0): return nil
      case .minutes(let count):
        return floorQuotient(nanoseconds, TimeSpan.minutes(Int64(count)).nanoseconds)
      case .perDay(let count):
        // Exact also where 24 h are not a whole number of nanoseconds times `count`.
        let days = floorQuotient(nanoseconds, day)
        return days * Int64(count) + (nanoseconds - days * day) * Int64(count) / day
      }
    }
  }

  /// Which instance of a slot is kept.
  package enum Choice: Sendable, Hashable {
    /// The first at or after the beginning of the slot.
    case earliest
    case latest
  }

  package let tiers: [Tier]
  package let choice: Choice

  /// The most instances kept beside the latest.
  ///
  /// - Source: VMware Configuration Maximums, vSphere Replication: 24 points in time.
  package static let slotLimitMaximum = 24

  /// The policy as an administrator sets it.
  ///
  /// - Parameters:
  ///   - choice: Unverified; the product is thought to keep the earliest newer than the slot time.
  ///   - maximum: The most instances kept beside the latest; more than the product's to explore what it does not do.
  /// - Throws: ``RetentionPolicyError``.
  package init(
    instancesPerDay: Int, days: Int, choice: Choice = .earliest, maximum: Int = Self.slotLimitMaximum
  ) throws(RetentionPolicyError) {
    guard instancesPerDay > 0, days > 0 else { throw .notPositive }
    let (slotCount, overflow) = instancesPerDay.multipliedReportingOverflow(by: days)
    guard !overflow else { throw .tooManyInstances(.max, maximum: maximum) }
    try self.init(
      tiers: [Tier(granularity: .perDay(instancesPerDay), slotCount: slotCount)], choice: choice,
      maximum: maximum)
  }

  /// The policy as programs set it.
  ///
  /// - Throws: ``RetentionPolicyError``.
  package init(
    tiers: [Tier], choice: Choice = .earliest, maximum: Int = Self.slotLimitMaximum
  ) throws(RetentionPolicyError) {
    self.tiers = tiers
    self.choice = choice
    for tier in tiers {
      guard tier.slotCount > 0 else { throw .notPositive }
      switch tier.granularity {
      case .perDay(let count): if count <= 0 { throw .notPositive }
      case .minutes(let count): if count < 0 { throw .notPositive }
      }
      guard tier.slotCount <= maximum else {
        throw .tooManyInstances(tier.slotCount, maximum: maximum)
      }
    }
    guard slotLimit <= maximum else {
      throw .tooManyInstances(slotLimit, maximum: maximum)
    }
  }

  /// The most instances kept beside the latest one.
  package var slotLimit: Int {
    tiers.reduce(0) { $1.granularity == .minutes(0) ? $0 : $0 + $1.slotCount }
  }

  /// Which of the instances are kept for their slots once the last of them is complete.
  ///
  /// An instance is kept if any tier keeps it. The latest may or may not be among them: that it stays is not
  /// for its slot's sake.
  ///
  /// - Parameters:
  ///   - pointsInTime: Of all instances there are, ascending.
  ///   - timeOfDayAtStart: The time of day of instant zero, below 24 h.
  package func kept(of pointsInTime: [Instant], timeOfDayAtStart: TimeSpan) -> [Bool] {
    var isKept = [Bool](repeating: false, count: pointsInTime.count)
    for tier in tiers {
      let slots = pointsInTime.map {
        tier.slot(ofNanosecondsSinceMidnight: $0.nanoseconds + timeOfDayAtStart.nanoseconds)
      }
      guard let latest = slots.last ?? nil else { continue }
      for (index, slot) in slots.enumerated() {
        guard let slot, latest - slot < Int64(tier.slotCount) else { continue }
        let neighbour = choice == .earliest ? index - 1 : index + 1
        // Ascending points lie in ascending slots, so the first or last of a slot is next to another one.
        if !slots.indices.contains(neighbour) || slots[neighbour] != slot { isKept[index] = true }
      }
    }
    return isKept
  }

  /// What a recovery point objective keeps the policy from doing; empty if nothing.
  ///
  /// The product does not check this.
  package func warnings(objective: TimeSpan) -> [RetentionWarning] {
    tiers.compactMap { tier in
      tier.slotLength > .zero && objective > tier.slotLength
        ? .objectiveTooLong(slotLength: tier.slotLength, objective: objective) : nil
    }
  }
}

/// Why a retention policy cannot be.
package enum RetentionPolicyError: Error, Sendable, Hashable {
  /// More instances than the product keeps.
  case tooManyInstances(Int, maximum: Int)
  /// A count is zero or negative.
  case notPositive
}

/// A retention policy that can be, but will not keep what it promises.
package enum RetentionWarning: Sendable, Hashable {
  /// Instances are further apart than slots, so that slots stay empty: 6 per day need an objective of 4 h.
  case objectiveTooLong(slotLength: TimeSpan, objective: TimeSpan)
}

/// The quotient rounded down, also of negative numbers.
private func floorQuotient(_ dividend: Int64, _ divisor: Int64) -> Int64 {
  let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
  return remainder < 0 ? quotient - 1 : quotient
}
