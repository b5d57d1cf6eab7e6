import Quantities
import Testing

@testable import ResourceModels

@Suite struct NetworkModelTests {
  private func path(
    _ bandwidth: DataRate, latency: TimeSpan, usable: Ratio = .one, loss: Ratio = .zero
  ) -> NetworkPath {
    NetworkPath([NetworkHop(bandwidth: bandwidth, latency: latency, usable: usable, loss: loss)])
  }

  @Test func `SimGrid's worked example takes 0.996079 s`() {
    // 100 kB over a shared link of 1 Mbit/s and 10 ms: 0.01 × 13.01 s until it begins, then
    // 800,000 bit / (0.97 × 10^6 / 1.05 bit/s), since its acknowledgements use the same link.
    let path = path(.megabitsPerSecond(1), latency: .milliseconds(10))
    var system = SharingSystem()
    let link = system.addResource(capacity: NetworkModel.LV08.capacity(of: path.hops[0]))
    let route = system.addRoute(NetworkModel.LV08.uses(forward: [link], backward: [link]))
    let start = NetworkModel.LV08.begin(on: path, windowMaximum: .mebibytes(4))
    #expect(start.delay == .microseconds(130_100))

    _ = system.start(
      on: route, weight: start.weight, bound: start.slowStart.phase.bound,
      size: NetworkModel.LV08.flowSize(of: 100_000), tag: 0, at: .zero + start.delay)
    var events: [FlowEvent] = []
    system.advance(to: .zero + .seconds(2), into: &events)

    let expected = 0.1301 + 800_000 / (0.97e6 / 1.05)
    #expect(events.count == 1)
    #expect(abs((events.first?.time.inSeconds ?? 0) - expected) < 1e-12)
  }

  @Test func `Headers and the usable share come off the bandwidth`() {
    let hop = path(.megabitsPerSecond(100), latency: .zero, usable: .percent(70)).hops[0]

    // 12.5 MB/s × 0.7 × 1448 / 1538
    #expect(abs(NetworkModel.fluid.capacity(of: hop) - 12_500_000 * 0.7 * 1448 / 1538) < 1e-6)
    #expect(NetworkModel.bare.capacity(of: hop, connections: 2) == 8_750_000)
  }

  @Test func `What competition takes comes out of the unusable share first`() {
    func together(_ usable: Ratio) -> Double {
      let hop = path(.megabitsPerSecond(100), latency: .zero, usable: usable).hops[0]
      return NetworkModel.fluid.capacity(of: hop, connections: 2)
    }

    // Of the whole link several get 90 %; the lesser share counts: 70, 90 and 90 %.
    #expect(abs(together(.percent(70)) - 12_500_000 * 0.7 * 1448 / 1538) < 1e-6)
    #expect(abs(together(.percent(95)) - 12_500_000 * 0.9 * 1448 / 1538) < 1e-6)
    #expect(abs(together(.one) - 12_500_000 * 0.9 * 1448 / 1538) < 1e-6)
  }

  @Test func `A window of 4 MiB over 200 ms carries 21 MB per second`() {
    let path = path(.gigabitsPerSecond(10), latency: .milliseconds(100))
    let start = NetworkModel.fluid.begin(
      on: path, windowMaximum: .mebibytes(4), state: .idle(.zero))

    // 4,194,304 bytes / 0.2 s; an open connection needs one latency until the first byte arrives.
    #expect(start.slowStart.phase.bound == 20_971_520)
    #expect(start.slowStart.isOver)
    #expect(start.delay == .milliseconds(100))

    let four = NetworkModel.fluid.begin(
      on: path, windowMaximum: .mebibytes(4), connections: 4, state: .idle(.zero))
    #expect(four.slowStart.phase.bound == 83_886_080)
    #expect(four.weight == 4)
  }

  @Test func `A connection idle for longer than the time-out starts anew`() {
    let path = path(.megabitsPerSecond(100), latency: .milliseconds(10))
    func start(_ state: ConnectionState) -> TransferStart {
      NetworkModel.fluid.begin(on: path, windowMaximum: .mebibytes(4), state: state)
    }

    #expect(start(.idle(.seconds(1))).slowStart.isOver)
    #expect(!start(.idle(.milliseconds(1001))).slowStart.isOver)
    #expect(start(.idle(.milliseconds(1001))).delay == .milliseconds(10))
    // A new one takes a round trip more.
    #expect(!start(.new).slowStart.isOver)
    #expect(start(.new).delay == .milliseconds(30))
  }

  @Test func `Losses of the hops add up and bound each connection`() {
    let hop = NetworkHop(
      bandwidth: .gigabitsPerSecond(1), latency: .milliseconds(5), loss: .percent(1))
    let path = NetworkPath([hop, hop])
    // 1 − 0.99²
    #expect(abs(path.loss - 0.0199) < 1e-12)

    var settings = TransmissionSettings()
    settings.congestionControl = .reno
    let one = NetworkModel.explicitSlowStart(settings).begin(
      on: path, windowMaximum: .mebibytes(4), state: .idle(.zero))
    // 1448 bytes / 20 ms × √(1.5 / 0.0199) = 72,400 × 8.682
    #expect(abs(one.slowStart.phase.bound - 628_576) < 100)
    let three = NetworkModel.explicitSlowStart(settings).begin(
      on: path, windowMaximum: .mebibytes(4), connections: 3, state: .idle(.zero))
    #expect(three.slowStart.phase.bound == 3 * one.slowStart.phase.bound)
  }

  @Test func `A limit from outside holds for all connections together`() {
    let path = path(.gigabitsPerSecond(1), latency: .milliseconds(1))
    let start = NetworkModel.fluid.begin(
      on: path, windowMaximum: .mebibytes(4), rateLimit: 1e6, connections: 4, state: .idle(.zero))
    #expect(start.slowStart.phase.bound == 1e6)
  }

  @Test func `A path without latency has neither window nor slow start`() {
    let path = path(.gigabitsPerSecond(1), latency: .zero)
    let start = NetworkModel.fluid.begin(on: path, windowMaximum: .mebibytes(4))
    #expect(start.slowStart.isOver)
    #expect(start.slowStart.phase.bound == .infinity)
    #expect(NetworkModel.LV08.begin(on: path, windowMaximum: .zero).slowStart.phase.bound == .infinity)
    #expect(NetworkModel.bare.weight(on: path) == 1)
  }
}

@Suite struct SlowStartTests {
  /// 1 MB/s over 100 ms: the path holds 100 kB.
  private func slowStart(window: Double = .infinity, steady: Double = .infinity) -> SlowStart {
    SlowStart(
      initialWindow: 14_480, windowMaximum: window, roundTrip: .milliseconds(100), pathRate: 1e6,
      steadyBound: steady)
  }

  @Test func `The window doubles until it fills the path`() {
    var start = slowStart()
    var budgets: [Double] = []
    while let budget = start.phase.budget {
      #expect(start.phase.bound == .infinity)
      #expect(start.phase.length == .milliseconds(100))
      budgets.append(budget)
      start.windowSent()
      #expect(start.phase.bound == 0)
      start.roundEnded(served: budget)
    }

    // Windows of 14,480, 28,960 and 57,920 bytes; the next, 115,840, fills 100,000.
    #expect(budgets == [14_480, 43_440, 101_360])
    #expect(start.isOver)
  }

  @Test func `A window that others do not let out ends the slow start`() {
    var start = slowStart(steady: 5e5)
    start.roundEnded(served: 9_000)
    #expect(start.isOver)
    #expect(start.phase.bound == 5e5)
  }

  @Test func `The last window of a small socket is sent at once`() {
    var start = slowStart(window: 20_000, steady: 2e5)
    start.windowSent()
    start.roundEnded(served: 14_480)
    #expect(start.phase.budget == 34_480)
    start.windowSent()
    start.roundEnded(served: 34_480)
    // 20 kB / 100 ms
    #expect(start.isOver)
    #expect(start.phase.bound == 2e5)
  }

  @Test func `Random loss that keeps the window small leaves nothing to open`() {
    let start = slowStart(steady: 1e5)
    // 10 kB per round trip is less than the first window.
    #expect(start.isOver)
    #expect(start.phase.bound == 1e5)
  }

  @Test func `A limit from outside holds while a window is sent`() {
    let start = SlowStart(
      initialWindow: 14_480, windowMaximum: .infinity, roundTrip: .milliseconds(100), pathRate: 1e6,
      rateLimit: 2e5, steadyBound: .infinity)
    #expect(start.phase.bound == 2e5)
    #expect(start.phase.budget == 14_480)
  }

  @Test func `Calls that come late change nothing`() {
    var start = slowStart()
    start.windowSent()
    start.windowSent()
    #expect(start.phase.bound == 0)
    var over = SlowStart(steadyBound: 7)
    over.windowSent()
    over.roundEnded(served: 1)
    #expect(over.phase.bound == 7)
  }
}
