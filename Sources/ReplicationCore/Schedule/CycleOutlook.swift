package import Quantities

/// What one replication expects of its next cycle: all that the plan of a host needs to know of it.
package struct CycleOutlook: Sendable, Hashable {
  /// When the next cycle starts.
  package enum Start: Sendable, Hashable {
    /// At this instant to keep the objective, or earlier where the host has room.
    case latest(Instant)
    /// At this instant: a multiple of the interval, or what was asked for or given up.
    case exactly(Instant)
    /// It runs already and brings the image as it was at `imageTime`.
    case running(imageTime: Instant)
  }

  /// The recovery point objective.
  package let objective: TimeSpan
  /// Whether cycles start at whole multiples of the objective and are never moved.
  package let isFixedInterval: Bool
  /// How long the next cycle may take: bringing the guest to rest and the transfer, the safety margin included.
  package let estimate: TimeSpan
  /// How long the next transfer is expected to take, without margin, or `nil` without any history.
  package let expectedDuration: TimeSpan?
  /// Before this the plan does not bring the next cycle forward; `nil` where it may.
  ///
  /// After the first cycle what changed since must be able to tell how long transfers take (*inferred*): or else a
  /// host with room would start empty cycles one after the other, and learn nothing.
  package let earliestStart: Instant?
  package var start: Start

  /// When a cycle starts after one that brought the image of `imageTime` and completed at `now`.
  package func start(after imageTime: Instant, completedAt now: Instant) -> Start {
    guard isFixedInterval else { return .latest(max(now, imageTime + (objective - estimate))) }
    let interval = objective.nanoseconds
    let elapsed = max(0, now.nanoseconds)
    // A sync that ends exactly on a multiple may start the next one there, unless it began there.
    let multiple = (elapsed + interval - 1) / interval * interval
    let isOwnStart = multiple == imageTime.nanoseconds || multiple == 0
    return .exactly(Instant(nanoseconds: isOwnStart ? multiple + interval : multiple))
  }
}
