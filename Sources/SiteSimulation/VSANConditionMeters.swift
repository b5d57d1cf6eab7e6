import ClusterModels
import Measurements
import Quantities

/// Counts what is wrong with a vSAN datastore at the end of every instant that may have changed it.
struct VSANConditionMeters {
  private var reduced = Meter()
  private var inaccessible = Meter()
  private var unplaced = Meter()
  private var alerts = Meter()
  private var alertCount = 0

  /// - Parameter count: The thresholds that are passed now.
  mutating func take(_ new: [VSANCluster.Alert], inForce count: Int, at now: Instant) {
    alertCount += new.count(where: \.isAbove)
    alerts.set(count, at: now)
  }

  mutating func take(_ shortfall: VSANCluster.Shortfall, unplaced count: Int, at now: Instant) {
    reduced.set(shortfall.reducedObjects, at: now)
    inaccessible.set(shortfall.inaccessibleObjects, at: now)
    unplaced.set(count, at: now)
  }

  func conditions(at end: Instant) -> VSANConditions {
    VSANConditions(
      reducedObjects: reduced.condition(at: end), inaccessibleObjects: inaccessible.condition(at: end),
      unplacedComponents: unplaced.condition(at: end), alerts: alerts.condition(at: end),
      alertCount: alertCount)
  }

  /// The peak of a count, and how long it was above zero.
  private struct Meter {
    var peak = 0
    var duration = TimeSpan.zero
    /// Since when it is above zero; `nil` while it is zero.
    var since: Instant?

    mutating func set(_ count: Int, at now: Instant) {
      peak = max(peak, count)
      if let since, count == 0 {
        duration += now - since
        self.since = nil
      } else if since == nil, count > 0 {
        since = now
      }
    }

    func condition(at end: Instant) -> VSANConditions.Condition {
      .init(peak: peak, duration: duration + (since.map { end - $0 } ?? .zero))
    }
  }
}
