import Quantities
import ResourceModels
import Testing

/// Slow start on a path whose round trip and loss change under it.
@Suite struct PathChangeTests {
  private static func start(roundTrip: TimeSpan, steadyBound: Double) -> SlowStart {
    SlowStart(
      initialWindow: 1_000, windowMaximum: .infinity, roundTrip: roundTrip, pathRate: 1_000_000,
      steadyBound: steadyBound)
  }

  @Test func `A round ends as it was begun, and the next one goes by the new path`() {
    var slowStart = Self.start(roundTrip: .seconds(1), steadyBound: .infinity)

    slowStart.pathChanged(to: Self.start(roundTrip: .seconds(2), steadyBound: .infinity))
    #expect(slowStart.phase.length == .seconds(1))

    // 1,000 bytes were acknowledged, so that 2,000 more may be under way.
    slowStart.windowSent()
    slowStart.roundEnded(served: 1_000)
    #expect(slowStart.phase.length == .seconds(2))
    #expect(slowStart.phase.budget == 3_000)
  }

  @Test func `An open window is bounded by the new path at once`() {
    var slowStart = SlowStart(steadyBound: 5_000)
    slowStart.pathChanged(to: Self.start(roundTrip: .seconds(2), steadyBound: 300))
    #expect(slowStart.isOver && slowStart.phase.bound == 300)
  }
}
