package import Quantities

/// A disturbance of the timeline, with the time it lasted.
package struct FaultRecord: Sendable, Hashable {
  /// Its `id` in the scenario, or ``kind`` and ``subject`` with a blank between them.
  package let name: String
  /// The verb of the timeline, such as `link.down`.
  package let kind: String
  /// The name of what it happened to.
  package let subject: String
  package let from: Instant
  /// When it was over, or the end of the run; equal to `from` for a fault without duration.
  package let to: Instant

  /// - Precondition: `from` is not after `to`.
  package init(name: String, kind: String, subject: String, from: Instant, to: Instant) {
    precondition(from <= to, "a fault ends after it begins")
    self.name = name
    self.kind = kind
    self.subject = subject
    self.from = from
    self.to = to
  }

  /// Whether it has a name of its own, which tells more than ``kind`` and ``subject``.
  package var isNamed: Bool { name != "\(kind) \(subject)" }

  /// Whether it is going on at `now`; a fault without duration does so at its one moment, another not at its end.
  package func lasts(at now: Instant) -> Bool { from <= now && (to > now || (from == to && to == now)) }

  /// Whether some moment of `interval` lies in the fault; a fault without duration lies at its one moment.
  package func overlaps(_ interval: Range<Instant>) -> Bool {
    from < interval.upperBound && (to > interval.lowerBound || (from == to && from >= interval.lowerBound))
  }
}
