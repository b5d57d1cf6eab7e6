package import Quantities

/// The lag of one replication, from what could be recovered at each moment and nothing else.
package struct LagOracle: Sendable {
  private let rpo: TimeSpan
  /// The newest instance's moment, and since when it is the newest.
  private var newest: (pointInTime: Instant, since: Instant)?
  /// Since when nothing could be recovered, as far as it is counted; `nil` while there is no replication.
  private var unprotectedSince: Instant? = .zero
  package private(set) var violationTime = TimeSpan.zero
  package private(set) var unprotectedTime = TimeSpan.zero
  package private(set) var lagMaximum: TimeSpan?
  /// From when to when the lag was above the objective; those that touch are one.
  package private(set) var violations: [Range<Instant>] = []
  /// The lag at the beginning and at the end of each stretch of time in which it grew, in nanoseconds.
  var stretches: [(begin: Int64, end: Int64)] = []

  package init(rpo: TimeSpan) { self.rpo = rpo }

  /// What would be lost by a disaster now, or `nil` if everything would.
  package func lag(at now: Instant) -> TimeSpan? { newest.map { now - $0.pointInTime } }

  /// Looks at the instance that can be recovered now.
  ///
  /// - Parameter mayBeLost: Whether something has damaged the replica, so that nothing may be recoverable until it has been
  ///   brought back; the lag goes on from the last instance meanwhile.
  /// - Returns: What is wrong with it, compared with the one before.
  package mutating func saw(_ instance: Instant?, mayBeLost: Bool = false, at now: Instant) -> String? {
    guard instance != newest?.pointInTime else { return nil }
    if let last = newest?.pointInTime {
      guard let instance else {
        return mayBeLost ? nil : "nothing can be recovered any more, after the instance of \(last)"
      }
      if instance < last { return "the newest instance shows \(instance), after one of \(last)" }
    }
    if let instance, instance > now { return "the newest instance shows \(instance), which is yet to come" }
    account(until: now)
    newest = instance.map { ($0, now) }
    return nil
  }

  /// The replica became a machine of its own, or was removed: nothing is counted until another replication begins.
  package mutating func ended(at now: Instant) {
    account(until: now)
    newest = nil
    unprotectedSince = nil
  }

  /// A replication begins after another has ended: nothing can be recovered until its first instance.
  package mutating func begun(at now: Instant) { unprotectedSince = now }

  /// Adds the time since the newest instance came.
  package mutating func account(until now: Instant) {
    guard let (pointInTime, since) = newest else {
      guard let since = unprotectedSince else { return }
      unprotectedTime += now - since
      unprotectedSince = now
      return
    }
    let (begin, end) = (since - pointInTime, now - pointInTime)
    if end > rpo, now > since {
      violationTime += end - max(rpo, begin)
      // The difference of spans is never negative.
      let from = since + (rpo - begin)
      if let last = violations.last, last.upperBound == from {
        violations[violations.count - 1] = last.lowerBound..<now
      } else {
        violations.append(from..<now)
      }
    }
    if now > since {
      lagMaximum = max(lagMaximum ?? .zero, end)
      stretches.append((begin.nanoseconds, end.nanoseconds))
    }
    newest?.since = now
  }
}
