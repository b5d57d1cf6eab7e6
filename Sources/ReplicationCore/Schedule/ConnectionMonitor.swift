package import Quantities

/// Follows the connection of one replication: when a loss is noticed and when reconnecting is tried.
///
/// The driver tells whether the path carries data; the monitor tells when the product would act.
/// A gap shorter than the time-out only stalls transfers.
package struct ConnectionMonitor: Sendable {
  private enum State {
    /// The path carries data.
    case connected
    /// The path is broken; the loss is noticed at `noticedAt`.
    case stalled(noticedAt: Instant)
    /// The loss was noticed; attempt number `failures + 1` follows at `attemptAt`.
    case lost(attemptAt: Instant, failures: Int64)
  }

  /// What a passed deadline means.
  package enum Outcome: Sendable, Hashable {
    /// The connection counts as lost from now on.
    case lost
    /// An attempt to reconnect failed.
    case stillLost
    case reconnected
  }

  private let parameters: ReplicationParameters
  private var state = State.connected
  /// What the next attempt to reconnect will find.
  private var isPathUp = true

  package init(parameters: ReplicationParameters) { self.parameters = parameters }

  /// Whether messages can be sent and syncs can start.
  ///
  /// While it is false and the loss is not yet noticed, a sync in flight waits.
  package var isConnected: Bool {
    if case .connected = state { true } else { false }
  }

  /// Whether the loss was noticed.
  package var isLost: Bool {
    if case .lost = state { true } else { false }
  }

  /// When ``deadlinePassed(at:)`` is due, or `nil` while all is well.
  package var deadline: Instant? {
    switch state {
    case .connected: nil
    case .stalled(let noticedAt): noticedAt
    case .lost(let attemptAt, _): attemptAt
    }
  }

  package mutating func pathBroke(at now: Instant) {
    isPathUp = false
    if case .connected = state { state = .stalled(noticedAt: now + parameters.connectionTimeout) }
  }

  /// The path carries data again: a gap that went unnoticed is over, a loss ends with the next attempt.
  package mutating func pathReturned() {
    isPathUp = true
    if case .stalled = state { state = .connected }
  }

  /// Notices the loss or tries to reconnect.
  ///
  /// - Precondition: ``deadline`` is at or before `now`.
  package mutating func deadlinePassed(at now: Instant) -> Outcome {
    switch state {
    case .connected: preconditionFailure("a sound connection has no deadline")
    case .stalled:
      state = .lost(attemptAt: now + delay(afterFailures: 1), failures: 1)
      return .lost
    case .lost(_, let failures):
      guard !isPathUp else {
        state = .connected
        return .reconnected
      }
      state = .lost(attemptAt: now + delay(afterFailures: failures + 1), failures: failures + 1)
      return .stillLost
    }
  }

  private func delay(afterFailures failures: Int64) -> TimeSpan {
    min(parameters.reconnectDelayStep * failures, parameters.reconnectDelayMaximum)
  }
}
