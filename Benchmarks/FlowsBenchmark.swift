import Quantities
import RandomStreams
import ResourceModels
import Foundation

/// The cost of a completion on the scenario DES-FLOWS-1: one WAN of 125 MB/s, access links of the same
/// speed, flows of 1 to 100 MB that start again as soon as they finish.
///
/// The sum of all completion times must equal that of the reference program, which shares by virtual time
/// and is written for this one topology.
enum FlowsBenchmark: Benchmark {
  static let name = "flows"
  static let summary =
    "Completions of 1,000 to 100,000 concurrent flows, beside a C++ program for this topology."
  static let options = "[--repetitions 5]"

  private struct Line: Decodable {
    let cpu_us_per_completion: Double
    let sum_completion_s: Double
  }

  static func run(_ options: inout BenchmarkOptions) throws {
    let repetitions = try options.takeNumber("--repetitions", default: 5)
    try options.checkAllTaken()
    let opponent = try Opponent(named: "flows", flags: ["-ffp-contract=off"])
    if opponent == nil { print("no g++: measured without the C++ program") }
    for flows in [1_000, 10_000, 100_000] {
      for hosts in [flows, 1] {
        try measure(flows: flows, hosts: hosts, repetitions: repetitions, opponent: opponent)
      }
    }
    for flows in [100, 10_000] { measureMilestones(flows: flows) }
  }

  /// Measures both programs in turn and prints the least of each.
  private static func measure(flows: Int, hosts: Int, repetitions: Int, opponent: Opponent?) throws {
    var best = Double.infinity
    var bestOfOpponent = Double.infinity
    var sums: (ours: Double, theirs: Double?) = (0, nil)
    for _ in 0..<repetitions {
      var scenario = FlowsScenario(flows: flows, hosts: hosts)
      let begin = cpuSeconds()
      scenario.run(completions: flows)
      best = min(best, (cpuSeconds() - begin) * 1e6 / Double(flows))
      sums.ours = scenario.sumSeconds
      let arguments = ["--flows", "\(flows)", "--hosts", "\(hosts)"]
      for line in try opponent?.measure(arguments, as: Line.self) ?? [] {
        bestOfOpponent = min(bestOfOpponent, line.cpu_us_per_completion)
        sums.theirs = line.sum_completion_s
      }
    }
    var text = String(format: "%6d flows, %6d routes: %.2f us per completion", flows, hosts, best)
    if let theirs = sums.theirs {
      guard abs(sums.ours - theirs) <= 1e-9 * theirs else {
        throw BenchmarkFailure("the sums of completion times differ: \(sums.ours) s and \(theirs) s")
      }
      text += String(
        format: ", C++ %.2f us, ratio %.1f, equal sums of times", bestOfOpponent, best / bestOfOpponent)
    }
    print(text)
  }
}

/// DES-FLOWS-1 through the interface of ``SharingSystem``.
private struct FlowsScenario {
  var system = SharingSystem()
  var sumSeconds = 0.0
  var lastSeconds = 0.0
  private var routes: [RouteID] = []
  private var generator = SplitMix64(state: 1)
  private let flows: Int
  private var startSeconds: [Double]
  /// Starts are a constant latency after completions, so a plain queue holds them in order.
  private var pending: [(start: Instant, slot: Int)] = []
  private var nextPending = 0
  private let latency = TimeSpan.microseconds(10_200)

  init(flows: Int, hosts: Int) {
    self.flows = flows
    startSeconds = Array(repeating: 0, count: flows)
    let wan = system.addResource(capacity: 125e6)
    for _ in 0..<hosts {
      let access = system.addResource(capacity: 125e6)
      routes.append(system.addRoute([ResourceUse(wan), ResourceUse(access)]))
    }
  }

  private mutating func nextSize() -> Double {
    Double(Int64(1e6 + 99e6 * (Double(generator.next() >> 11) * 0x1p-53)))
  }

  mutating func run(completions: Int) {
    var events: [FlowEvent] = []
    var sizes: [Double] = Array(repeating: 0, count: flows)
    for slot in 0..<flows {
      sizes[slot] = nextSize()
      pending.append((Instant.zero + latency, slot))
    }
    var done = 0
    while done < completions {
      let start = nextPending < pending.count ? pending[nextPending].start : .distantFuture
      if let next = system.nextEvent, next <= start {
        events.removeAll(keepingCapacity: true)
        system.advance(to: next, into: &events)
        for event in events {
          let slot = Int(event.tag)
          lastSeconds = event.time.inSeconds
          sumSeconds += lastSeconds - startSeconds[slot]
          startSeconds[slot] = lastSeconds
          sizes[slot] = nextSize()
          pending.append((event.time.instant + latency, slot))
          done += 1
        }
      } else {
        let slot = pending[nextPending].slot
        nextPending += 1
        _ = system.start(
          on: routes[slot % routes.count], size: sizes[slot], tag: UInt64(slot), at: start)
      }
    }
  }
}

/// One long flow per host, told of each 64 KiB served.
private func measureMilestones(flows: Int) {
  var system = SharingSystem()
  let wan = system.addResource(capacity: 1.25e9)
  for flow in 0..<flows {
    let access = system.addResource(capacity: 1.25e8)
    let route = system.addRoute([ResourceUse(wan), ResourceUse(access)])
    _ = system.start(on: route, size: 1e15, milestone: 65_536, tag: UInt64(flow), at: .zero)
  }
  var reached = Array(repeating: 65_536.0, count: flows)
  var events: [FlowEvent] = []
  let count = 1_000_000
  var done = 0
  let begin = cpuSeconds()
  while done < count, let next = system.nextEvent {
    events.removeAll(keepingCapacity: true)
    system.advance(to: next, into: &events)
    for event in events {
      reached[Int(event.tag)] += 65_536
      system.setMilestone(reached[Int(event.tag)], of: event.flow, at: next)
    }
    done += events.count
  }
  let elapsed = (cpuSeconds() - begin) * 1e6
  print(
    String(format: "%6d flows, a milestone each 64 KiB: %.2f us per milestone", flows, elapsed / Double(done))
  )
}
