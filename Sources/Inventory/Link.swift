package import Quantities

/// A wide-area connection of two sites, full duplex.
package struct Link: Sendable, Hashable {
  /// A direction of a link.
  package enum Direction: Int, Sendable, Hashable, CaseIterable {
    /// From the first end to the second.
    case forward
    case backward

    package var reversed: Direction { self == .forward ? .backward : .forward }
  }

  package let name: String
  package let ends: [SiteID]
  /// Raw bandwidth, indexed by ``Direction``.
  package let bandwidth: [DataRate]
  /// One way.
  package let latency: TimeSpan
  /// The share of the bandwidth that replication gets as data, at most what the framing leaves.
  ///
  /// Headers and other traffic are in the rest.
  ///
  /// - Source: VMware's worked example of 100 GB over T1, 10 and 100 Mbit/s implies 70 %.
  package let usable: Ratio
  /// The probability that a packet is lost.
  package let loss: Ratio
  /// The most one TCP connection keeps in flight.
  package let windowMaximum: ByteCount
  /// What a packet waits beyond ``latency``, on average, one way.
  package let jitter: TimeSpan
  /// Which of several links of two sites is used: the one with the least number that is up.
  package let preference: Int
  /// The circuits it shares with other links, by its ends, `nil` where that has none; empty if it has a way of its own.
  package let circuits: [CircuitID?]

  /// - Precondition: Two different ends, two bandwidths.
  package init(
    name: String, ends: [SiteID], bandwidth: [DataRate], latency: TimeSpan, usable: Ratio, loss: Ratio,
    windowMaximum: ByteCount, jitter: TimeSpan = .zero, preference: Int = 1,
    circuits: [CircuitID?] = []
  ) {
    precondition(ends.count == 2 && ends[0] != ends[1], "a link joins two different sites")
    precondition(circuits.isEmpty || circuits.count == 2, "a link over circuits says which, at each end")
    precondition(bandwidth.count == Direction.allCases.count, "a link has a bandwidth per direction")
    self.name = name
    self.ends = ends
    self.bandwidth = bandwidth
    self.latency = latency
    self.usable = usable
    self.loss = loss
    self.windowMaximum = windowMaximum
    self.jitter = jitter
    self.preference = preference
    self.circuits = circuits
  }

  /// The direction that leads from `source` to `target`, or `nil` if the link does not join them.
  package func direction(from source: SiteID, to target: SiteID) -> Direction? {
    if ends == [source, target] { return .forward }
    if ends == [target, source] { return .backward }
    return nil
  }
}
