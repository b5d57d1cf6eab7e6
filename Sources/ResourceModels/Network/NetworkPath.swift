package import Quantities

/// A link in the direction in which a transfer crosses it.
package struct NetworkHop: Sendable, Hashable {
  /// Raw, in this direction.
  package var bandwidth: DataRate
  /// One way.
  package var latency: TimeSpan
  /// The share of the bandwidth that the transfers of the model may use.
  package var usable: Ratio
  /// The probability that a packet is lost.
  package var loss: Ratio

  package init(
    bandwidth: DataRate, latency: TimeSpan, usable: Ratio = .one, loss: Ratio = .zero
  ) {
    self.bandwidth = bandwidth
    self.latency = latency
    self.usable = usable
    self.loss = loss
  }

  /// Bytes/s, headers included.
  package var usableBytesPerSecond: Double { bandwidth.bytesPerSecond * usable.value }
}

/// What one end sees of the way to the other: the hops of a transfer, in order.
package struct NetworkPath: Sendable, Hashable {
  package var hops: [NetworkHop]

  package init(_ hops: [NetworkHop]) { self.hops = hops }

  /// One way.
  package var latency: TimeSpan { hops.reduce(.zero) { $0 + $1.latency } }

  /// Without queues; the way back is taken to be as long.
  package var roundTrip: TimeSpan { latency * 2 }

  /// Bytes/s of the slowest hop, headers included; infinite for a path without hops.
  package var bottleneckBytesPerSecond: Double {
    hops.reduce(.infinity) { min($0, $1.usableBytesPerSecond) }
  }

  /// The probability that a packet is lost on any of the hops.
  package var loss: Double { 1 - hops.reduce(1) { $0 * (1 - $1.loss.value) } }
}
