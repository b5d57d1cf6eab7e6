package import Inventory
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
  /// The replicated machines that it can touch, ascending; `nil` for all.
  ///
  /// It is about them, or about what their replication goes through.
  package let reach: [VirtualMachineID]?

  /// - Precondition: `from` is not after `to`, and `reach` is ascending.
  package init(
    name: String, kind: String, subject: String, from: Instant, to: Instant, reach: [VirtualMachineID]? = nil
  ) {
    precondition(from <= to, "a fault ends after it begins")
    precondition(
      reach.map { zip($0, $0.dropFirst()).allSatisfy { $0 < $1 } } ?? true,
      "the machines of a fault are ascending")
    self.name = name
    self.kind = kind
    self.subject = subject
    self.from = from
    self.to = to
    self.reach = reach
  }

  /// Whether it can disturb the replication of `machine`.
  ///
  /// - Complexity: O(log *n*) in the machines of its reach.
  package func canTouch(_ machine: VirtualMachineID) -> Bool {
    guard let reach else { return true }
    var (low, high) = (0, reach.count)
    while low < high {
      let middle = (low + high) / 2
      if reach[middle] < machine { low = middle + 1 } else { high = middle }
    }
    return low < reach.count && reach[low] == machine
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
