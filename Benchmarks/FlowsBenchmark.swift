import Glibc
import Quantities
import RandomStreams
import ResourceModels

/// Completions per second of ``SharingSystem`` on the scenario DES-FLOWS-1: one WAN of 125 MB/s, access
/// links of the same speed, flows of 1 to 100 MB that start again as soon as they finish.
///
/// Each line gives the processor time per completion and the sum of all completion times, which must
/// equal that of the reference program (`opponents/flows.cpp`, where it has been built, is run beside by
/// the caller).
///
/// - Parameter arguments: Counts of flows, by default 1000, 10000 and 100000; `milestones` adds the cost
///   of one milestone.
func runFlowsBenchmark(arguments: [String]) throws {
  let counts = arguments.compactMap { Int($0) }
  for count in counts.isEmpty ? [1_000, 10_000, 100_000] : counts {
    for hosts in [count, 1] {
      var scenario = FlowsScenario(flows: count, hosts: hosts)
      // The least of several runs; the number of completions follows the reference program.
      var best = Double.infinity
      for _ in 0..<5 {
        scenario = FlowsScenario(flows: count, hosts: hosts)
        let begin = processorMicroseconds()
        scenario.run(completions: count)
        best = min(best, (processorMicroseconds() - begin) / Double(count))
      }
      print(
        "flows \(count) hosts \(hosts): \(best) us per completion,",
        "sum of times \(scenario.sumSeconds) s, end \(scenario.lastSeconds) s,",
        "\(Double(scenario.system.rebalanceCount) / Double(count)) rebalances per completion")
    }
  }
  if counts.isEmpty || arguments.contains("milestones") {
    for count in [100, 10_000] { measureMilestones(flows: count) }
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
  let begin = processorMicroseconds()
  while done < count, let next = system.nextEvent {
    events.removeAll(keepingCapacity: true)
    system.advance(to: next, into: &events)
    for event in events {
      reached[Int(event.tag)] += 65_536
      system.setMilestone(reached[Int(event.tag)], of: event.flow, at: next)
    }
    done += events.count
  }
  let elapsed = processorMicroseconds() - begin
  print("milestones of \(flows) flows: \(elapsed / Double(done)) us each")
}

/// The processor time of this process; other programs on the machine do not count.
private func processorMicroseconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
}
