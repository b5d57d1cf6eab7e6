package import Quantities

/// Decides when the next sync of one virtual machine must start to keep its recovery point objective.
///
/// Its driver passes every event with the time it happened, then asks for the next deadline.
package struct SyncSchedule: Sendable {
  /// How cycles follow each other.
  package enum Policy: Sendable, Hashable {
    /// As late as the objective allows: instance time + RPO − estimated transfer time.
    ///
    /// The estimate is the mean of the last `history` transfers times `safetyFactor`.
    /// - Source: VMware blog 2014, "Understanding vSphere Replication scheduling and RPO
    ///   violations": the last 15 transfers, plus 20 %.
    case latestStart(history: Int, safetyFactor: Ratio)
    /// At every whole multiple of the objective since the start of the run; a multiple that passes
    /// while a sync is running is skipped.
    case fixedInterval
  }

  private enum State {
    /// No sync is running; the next one starts at `deadline`.
    case idle(deadline: Instant)
    /// A sync of the image as it was at `imageTime` is running.
    case syncing(imageTime: Instant)
  }

  package let objective: TimeSpan
  private let policy: Policy
  private var state: State
  /// The durations of the latest transfers in nanoseconds, oldest first.
  private var transferNanoseconds: [Int64] = []

  /// - Parameters:
  ///   - objective: The recovery point objective.
  ///   - imageTime: The point in time of the replica that exists when the schedule begins.
  ///   - firstSync: When the first sync starts, or `nil` to let the policy decide.
  package init(
    objective: TimeSpan, policy: Policy, imageTime: Instant, firstSync: Instant? = nil
  ) {
    self.objective = objective
    self.policy = policy
    self.state = .idle(deadline: imageTime)
    self.state = .idle(deadline: firstSync ?? nextStart(after: imageTime, now: imageTime))
  }

  /// When the driver must start a sync, or `nil` while one is running.
  package var deadline: Instant? {
    switch state {
    case .idle(let deadline): deadline
    case .syncing: nil
    }
  }

  /// How long the next transfer is expected to take, the safety margin included.
  ///
  /// Without any history it is half the objective, the longest transfer that can keep it.
  /// - Source: The mean and factor as in ``Policy``; the half is inferred from the same source's
  ///   "a cycle should take less than half the RPO".
  package var estimate: TimeSpan {
    guard case .latestStart(_, let safetyFactor) = policy, !transferNanoseconds.isEmpty else {
      return objective / 2
    }
    let sum = transferNanoseconds.reduce(0, +)
    // mean × factor in one division, rounded down: n × 10⁹ stays far below 2⁶³.
    let scaled = UInt64(sum).multipliedFullWidth(by: UInt64(safetyFactor.partsPerBillion))
    let divisor = UInt64(transferNanoseconds.count) * 1_000_000_000
    return TimeSpan(nanoseconds: Int64(divisor.dividingFullWidth(scaled).quotient))
  }

  package mutating func syncStarted(at now: Instant) {
    switch state {
    case .idle: state = .syncing(imageTime: now)
    case .syncing: preconditionFailure("a virtual machine has at most one sync in flight")
    }
  }

  /// The image that the running sync will complete was taken later than it started: a full sync ends
  /// with a delta, and only that one is a point in time.
  package mutating func imageTaken(at now: Instant) {
    guard case .syncing = state else { preconditionFailure("only a running sync takes an image") }
    state = .syncing(imageTime: now)
  }

  /// The instance that began at the image time of the sync is complete.
  package mutating func syncCompleted(at now: Instant) {
    guard case .syncing(let imageTime) = state else {
      preconditionFailure("only a running sync completes")
    }
    if case .latestStart(let history, _) = policy {
      transferNanoseconds.append((now - imageTime).nanoseconds)
      if transferNanoseconds.count > history { transferNanoseconds.removeFirst() }
    }
    state = .idle(deadline: nextStart(after: imageTime, now: now))
  }

  /// The running sync was given up; the next one starts as soon as it can.
  package mutating func syncAborted(at now: Instant) {
    guard case .syncing = state else { preconditionFailure("only a running sync is aborted") }
    state = .idle(deadline: now)
  }

  /// Brings the next sync forward to `now`, as "Sync now" does; no effect while one is running.
  package mutating func syncRequested(at now: Instant) {
    if case .idle(let deadline) = state { state = .idle(deadline: min(deadline, now)) }
  }

  private func nextStart(after imageTime: Instant, now: Instant) -> Instant {
    switch policy {
    case .latestStart:
      return max(now, imageTime + (objective - estimate))
    case .fixedInterval:
      let interval = objective.nanoseconds
      let elapsed = max(0, now.nanoseconds)
      // A sync that ends exactly on a multiple may start the next one there, unless it began there.
      let multiple = (elapsed + interval - 1) / interval * interval
      let isOwnStart = multiple == imageTime.nanoseconds || multiple == 0
      return Instant(nanoseconds: isOwnStart ? multiple + interval : multiple)
    }
  }
}
