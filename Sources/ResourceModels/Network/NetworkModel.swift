package import Quantities

/// How the time of a transfer follows from its path: the constants that turn links and connections
/// into capacities and flows of a ``SharingSystem``.
///
/// | model | start of a flow | bound | share | capacity |
/// |---|---|---|---|---|
/// | ``fluid`` | set-up round trip, slow start | window / RTT, loss | by connections | headers, competition |
/// | ``bare`` | latency | none | 1 / latency | raw |
/// | ``CM02`` | latency | window / RTT | 1 / latency | raw, acknowledgements |
/// | ``LV08`` | 13.01 × latency | window / RTT | 1 / (latency + Σ 20537 / bandwidth) | 0.97, acknowledgements |
///
/// The last three reproduce SimGrid 4.1 and are there for comparison.
package enum NetworkModel: Sendable, Hashable {
  case explicitSlowStart(TransmissionSettings)
  case simGrid(SimGridSettings)

  /// The default, with the framing of Ethernet.
  package static let fluid = NetworkModel.explicitSlowStart(TransmissionSettings())
  /// Plain max-min sharing after one latency.
  package static let bare = NetworkModel.simGrid(
    SimGridSettings(
      latencyFactor: 1, bandwidthFactor: 1, weightConstant: 0, window: 0, acknowledgements: 0))
  /// - Source: Casanova and Marchal, 2002; SimGrid's `network/model:CM02`.
  package static let CM02 = NetworkModel.simGrid(
    SimGridSettings(
      latencyFactor: 1, bandwidthFactor: 1, weightConstant: 0, window: 4_194_304,
      acknowledgements: 0.05))
  /// - Source: Velho and Legrand, 2009; SimGrid's `network/model:LV08`.
  package static let LV08 = NetworkModel.simGrid(
    SimGridSettings(
      latencyFactor: 13.01, bandwidthFactor: 0.97, weightConstant: 20_537, window: 4_194_304,
      acknowledgements: 0.05))
  /// ``LV08`` with `network/crosstraffic:0`.
  package static let LV08WithoutAcknowledgements = NetworkModel.simGrid(
    SimGridSettings(
      latencyFactor: 13.01, bandwidthFactor: 0.97, weightConstant: 20_537, window: 4_194_304,
      acknowledgements: 0))
}

/// The constants of the model with explicit slow start.
package struct TransmissionSettings: Sendable, Hashable {
  package var framing = Framing.ethernet
  package var congestionControl = CongestionControl.cubic
  /// Segments a connection sends before the first acknowledgement.
  ///
  /// - Source: RFC 6928.
  package var initialWindowSegments = 10
  /// The least retransmission time-out, after which an idle connection starts anew; T0 of the loss model.
  ///
  /// - Source: RFC 6298 and ns-3: one second.
  package var retransmissionTimeout = TimeSpan.seconds(1)
  /// The part of a whole link that several connections get out of it together, while they saturate it.
  ///
  /// Late-comers lose bursts in a full drop-tail queue, and those who stay take seconds to fill what
  /// others leave. A connection alone fills the link.
  ///
  /// - Source: Fitted, as the only fitted number of the model, to the ends of the five runs of several
  ///   transfers under CUBIC in `wan-packets.json`: anything from 0.84 to 0.92 keeps their mean error
  ///   below 5 %, 0.86 has the least (2.1 %), 1 has 9.4 %. What is lost is lost mostly near the end of
  ///   a run, so the value for runs of half a minute is taken from the upper part.
  package var competitionEfficiency = 0.9

  package init() {}
}

/// The constants of SimGrid's flow-level models.
package struct SimGridSettings: Sendable, Hashable {
  /// Latencies before a flow begins to load its links.
  package let latencyFactor: Double
  /// Data per byte of rate.
  package let bandwidthFactor: Double
  /// What each link adds to the penalty: this / bandwidth.
  package let weightConstant: Double
  /// Bytes in flight at most; 0 for no limit.
  package let window: Double
  /// Consumed on the way back per byte.
  package let acknowledgements: Double
}

extension NetworkModel {
  /// Bytes/s to give to the resource of a link in one direction.
  ///
  /// What headers and competition take comes out of what the transfers of the model may not use, if there is such a part: a usable
  /// share of 70 % is 70 % for one transfer and for many, and a whole link carries what headers and competition leave.
  ///
  /// - Parameter connections: How many transfer over it now; only whether it is more than one matters.
  package func capacity(of hop: NetworkHop, connections: Int = 1) -> Double {
    switch self {
    case .simGrid: return hop.usableBytesPerSecond
    case .explicitSlowStart(let settings):
      let usable = hop.usableBytesPerSecond * settings.framing.goodput
      guard connections > 1 else { return usable }
      return min(
        usable, hop.bandwidth.bytesPerSecond * settings.framing.goodput * settings.competitionEfficiency)
    }
  }

  /// What a route consumes.
  ///
  /// - Parameters:
  ///   - forward: The resources of the hops in the direction of the data.
  ///   - backward: Those in the other direction; the same ones where a link is not full duplex.
  package func uses(forward: [ResourceID], backward: [ResourceID]) -> [ResourceUse] {
    let data = forward.map { ResourceUse($0) }
    guard case .simGrid(let settings) = self, settings.acknowledgements > 0 else { return data }
    return data + backward.map { ResourceUse($0, factor: settings.acknowledgements) }
  }

  /// The weight of one connection on a path; it changes when a bandwidth of the path does.
  ///
  /// Equal for all connections in the model with explicit slow start: in the packet-level run with
  /// round trips of 20 and 200 ms under CUBIC, the times of single transfers are off by a mean |ln| of
  /// 0.34 with equal weights and of 0.43 with weights of 1/RTT.
  package func weight(on path: NetworkPath) -> Double {
    guard case .simGrid(let settings) = self else { return 1 }
    var penalty = path.latency.inSeconds
    for hop in path.hops { penalty += settings.weightConstant / hop.usableBytesPerSecond }
    // SimGrid leaves flows without any latency out of the sharing; here they share like one second.
    guard penalty > 0, penalty < .infinity else { return 1 }
    // Within what a sharing system takes: latencies of 100 ns to 1,000 s.
    return min(max(1 / penalty, 1e-3), 1e7)
  }

  /// The bytes of a ``SharingSystem`` that stand for `bytes` of data.
  package func flowSize(of bytes: Double) -> Double {
    guard case .simGrid(let settings) = self else { return bytes }
    return bytes / settings.bandwidthFactor
  }

  /// How a transfer begins.
  ///
  /// - Parameters:
  ///   - windowMaximum: What one connection keeps in flight at most. SimGrid's models have their own.
  ///   - rateLimit: Bytes/s of data imposed by somebody else.
  ///   - connections: Parallel connections that carry the transfer together.
  ///   - state: Of these connections before the transfer.
  package func begin(
    on path: NetworkPath, windowMaximum: ByteCount, rateLimit: Double = .infinity,
    connections: Int = 1, state: ConnectionState = .new
  ) -> TransferStart {
    precondition(connections > 0, "a transfer needs a connection")
    let latency = path.latency
    switch self {
    case .simGrid(let settings):
      // The links bound the rate as resources, whose capacity may change while the flow runs.
      var bound = rateLimit / settings.bandwidthFactor
      if settings.window > 0, latency > .zero {
        bound = min(bound, settings.window / (2 * latency.inSeconds))
      }
      return TransferStart(
        delay: TimeSpan(nanoseconds: Int64(settings.latencyFactor * Double(latency.nanoseconds) + 0.5)),
        weight: weight(on: path), slowStart: SlowStart(steadyBound: bound))
    case .explicitSlowStart(let settings):
      let count = Double(connections)
      let roundTrip = path.roundTrip
      let segment = Double(settings.framing.segmentPayload)
      let window = Double(windowMaximum.bytes)
      let loss = settings.congestionControl.lossBound(
        roundTripSeconds: roundTrip.inSeconds, loss: path.loss,
        timeout: settings.retransmissionTimeout.inSeconds, segment: segment)
      let windowBound = roundTrip > .zero ? window / roundTrip.inSeconds : .infinity
      let bound = min(min(loss, windowBound) * count, rateLimit)
      let pathRate = path.bottleneckBytesPerSecond * settings.framing.goodput
      let delay = state == .new ? roundTrip + latency : latency
      let initialWindow = state.window(
        initialWindow: Double(settings.initialWindowSegments) * segment * count, roundTrip: roundTrip,
        settings: settings)
      guard initialWindow < .infinity, roundTrip > .zero, pathRate > 0 else {
        return TransferStart(
          delay: delay, weight: count, slowStart: SlowStart(steadyBound: bound))
      }
      // The first acknowledgement leaves when the first segment is whole.
      let serialization = Int64(segment / pathRate * 1e9)
      return TransferStart(
        delay: delay, weight: count,
        slowStart: SlowStart(
          initialWindow: initialWindow,
          windowMaximum: window * count, roundTrip: roundTrip + .nanoseconds(serialization),
          pathRate: pathRate, rateLimit: rateLimit, steadyBound: bound))
    }
  }
}

/// What connections were doing before a transfer.
package enum ConnectionState: Sendable, Hashable {
  /// They have to be set up, which takes a round trip.
  case new
  /// They are there and have been silent for so long. Beyond the retransmission time-out the window
  /// starts anew; before, it is as open as it was.
  ///
  /// - Parameter window: Bytes that the window had grown to; infinite once it had filled the path.
  case idle(TimeSpan, window: Double = .infinity)

  /// - Source: RFC 5681, section 4.1; the time-out after one round trip is measured: RFC 6298.
  ///
  /// - Parameter initialWindow: Of a new connection, in bytes.
  /// - Returns: The window that a transfer begins with, in bytes.
  func window(initialWindow: Double, roundTrip: TimeSpan, settings: TransmissionSettings) -> Double {
    guard case .idle(let span, let window) = self, span <= max(settings.retransmissionTimeout, roundTrip)
    else { return initialWindow }
    return max(window, initialWindow)
  }
}

/// What the driver needs to start the flow of a transfer.
package struct TransferStart: Sendable, Hashable {
  /// From the decision to transfer until the first byte arrives.
  ///
  /// The flow starts then, so what it has served has arrived.
  package let delay: TimeSpan
  package let weight: Double
  /// Holds the first bound and those that follow.
  package let slowStart: SlowStart
}
