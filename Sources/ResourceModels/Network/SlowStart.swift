package import Quantities

/// How a connection's window opens: what its flow may do, round trip by round trip.
///
/// A round sends one window as fast as the path allows, then waits for its acknowledgements; the next
/// window is larger by what was sent. It is over when a window fills the path, or the socket, or when
/// others leave so little of the path that a round cannot send its window: then sharing decides.
///
/// The driver applies ``phase`` when the flow starts. It calls ``windowSent()`` when the flow has served
/// ``Phase/budget`` (a milestone), and ``roundEnded(served:)`` when ``Phase/length`` has passed since the
/// last time it was called, or since the start; each time it applies the new phase.
///
/// - Source: RFC 5681; an initial window of ten segments, RFC 6928.
package struct SlowStart: Sendable, Hashable {
  package struct Phase: Sendable, Hashable {
    /// For the flow, in bytes/s; while a window is being sent only what others impose.
    package let bound: Double
    /// Bytes served since the start of the flow at which the window is sent, while it is being sent.
    package let budget: Double?
    /// From the beginning of the round to its end; `nil` when the phase lasts.
    package let length: TimeSpan?
  }

  package private(set) var phase: Phase

  /// Bytes.
  private var window: Double
  private var roundBegin = 0.0
  private let windowMaximum: Double
  private var roundTrip: TimeSpan
  /// Bytes that the path carries during a round trip.
  private var pathContent: Double
  private var sendingBound: Double
  private var steadyBound: Double

  /// - Parameters:
  ///   - initialWindow: Bytes.
  ///   - windowMaximum: Bytes; may be infinite.
  ///   - roundTrip: From one round to the next.
  ///   - pathRate: Bytes/s of data that the path carries at most.
  ///   - rateLimit: Bytes/s imposed by somebody else.
  ///   - steadyBound: Bytes/s allowed afterwards.
  package init(
    initialWindow: Double, windowMaximum: Double, roundTrip: TimeSpan, pathRate: Double,
    rateLimit: Double = .infinity, steadyBound: Double
  ) {
    window = min(initialWindow, windowMaximum)
    self.windowMaximum = windowMaximum
    self.roundTrip = roundTrip
    pathContent = min(pathRate, rateLimit) * roundTrip.inSeconds
    sendingBound = rateLimit
    self.steadyBound = min(steadyBound, rateLimit)
    phase = Phase(bound: steadyBound, budget: nil, length: nil)
    phase = nextRound()
  }

  /// The flow that begins at once with what sharing gives it, up to `bound` bytes/s.
  package init(steadyBound bound: Double) {
    window = .infinity
    windowMaximum = .infinity
    roundTrip = .zero
    pathContent = 0
    sendingBound = bound
    steadyBound = bound
    phase = Phase(bound: bound, budget: nil, length: nil)
  }

  /// Whether the phase lasts until the end of the flow.
  package var isOver: Bool { phase.length == nil }

  /// The window as far as it has opened, in bytes; infinite when sharing decides.
  package var openWindow: Double { isOver ? .infinity : window }

  /// The window is on its way: nothing more until its acknowledgements come.
  package mutating func windowSent() {
    guard phase.budget != nil else { return }
    phase = Phase(bound: 0, budget: nil, length: phase.length)
  }

  /// A round trip has passed.
  ///
  /// - Parameter served: Bytes since the start of the flow.
  package mutating func roundEnded(served: Double) {
    guard !isOver else { return }
    let isSent = phase.budget == nil
    // Grown by what was acknowledged; a window not sent in time is limited by others from now on.
    guard isSent, window < windowMaximum else {
      phase = Phase(bound: steadyBound, budget: nil, length: nil)
      return
    }
    window = min(window + (served - roundBegin), windowMaximum)
    roundBegin = served
    phase = nextRound()
  }

  /// The path has another latency or loss from now on.
  ///
  /// A connection whose window has opened follows at once. One that is in slow start ends its round as it was begun,
  /// and its next round goes by the new path.
  ///
  /// - Parameter start: How a connection would begin on the path as it is now.
  package mutating func pathChanged(to start: SlowStart) {
    roundTrip = start.roundTrip
    pathContent = start.pathContent
    sendingBound = start.sendingBound
    steadyBound = start.steadyBound
    if isOver { phase = Phase(bound: steadyBound, budget: nil, length: nil) }
  }

  private func nextRound() -> Phase {
    // A window that fills the path never waits. Nor does one that random loss will not let open.
    let isHeldByLoss = window < windowMaximum && window >= steadyBound * roundTrip.inSeconds
    if window >= pathContent || isHeldByLoss {
      return Phase(bound: steadyBound, budget: nil, length: nil)
    }
    return Phase(bound: sendingBound, budget: roundBegin + window, length: roundTrip)
  }
}
