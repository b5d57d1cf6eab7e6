import Foundation
import Quantities
import RandomStreams
import SimulationKernel

/// The hold model under delays that are hard on bucketed queues, ladder against heap.
///
/// There is no digest to compare with other programs, but both queues must agree.
enum LawsBenchmark: Benchmark {
  static let name = "laws"
  static let summary = "ladder against heap under other laws of delay, and with cancellation"
  static let options = "[--events N (1e6)] [--repetitions N (3)]"

  private enum Law: String, CaseIterable {
    case uniform = "uniform"
    case exponential = "exponential"
    case bimodal = "1 in 16 a second later"
    case pareto = "any power of two to 2^40"
    case fewDelays = "16 different delays"
    case constant = "one delay, all in step"
    case timers = "uniform, a timer re-armed"

    func nextNanoseconds(_ random: inout RandomStream) -> Int64 {
      switch self {
      case .uniform, .timers: Int64(1 + random.next(below: 2_000_000))
      case .exponential: 1 + Int64(1_000_000 * random.nextExponential())
      case .bimodal:
        Int64(1 + random.next(below: 1_000)) + (random.next(below: 16) == 0 ? 1_000_000_000 : 0)
      case .pareto: Int64(1 + random.next(below: 1 << (1 + random.next(below: 40))))
      case .fewDelays: Int64(1 + random.next(below: 16)) * 100_000
      case .constant: 1_000_000
      }
    }
  }

  private struct Sample {
    let cpuSeconds: Double
    let digest: StateDigest
  }

  static func run(_ options: inout BenchmarkOptions) throws {
    let events = try options.takeNumber("--events", default: 1_000_000)
    let repetitions = try options.takeNumber("--repetitions", default: 3)
    try options.checkAllTaken()

    let sizes = [1_000, 100_000, 1_000_000]
    print("ns of CPU time an event, ladder / heap; least of \(repetitions), \(events) events")
    print(String(repeating: " ", count: 26) + sizes.map { "\($0) pending" }.joined(separator: "    "))
    for law in Law.allCases {
      var line = law.rawValue.padding(toLength: 26, withPad: " ", startingAt: 0)
      for pending in sizes {
        var ladder = Double.infinity
        var heap = Double.infinity
        for _ in 0..<repetitions {
          let one = hold(EventQueue<UInt64>(), law, pending: pending, events: events)
          let other = hold(HeapEventQueue<UInt64>(), law, pending: pending, events: events)
          guard one.digest == other.digest else {
            throw BenchmarkFailure("ladder and heap pop in different orders (\(law.rawValue))")
          }
          ladder = min(ladder, one.cpuSeconds)
          heap = min(heap, other.cpuSeconds)
        }
        let scale = 1e9 / Double(events)
        line += String(format: "%6.1f /%6.1f   ", ladder * scale, heap * scale)
      }
      print(line)
    }
  }

  private static func hold<Queue: EventScheduling & ~Copyable>(
    _ queue: consuming Queue, _ law: Law, pending: Int, events: Int
  ) -> Sample where Queue.Payload == UInt64 {
    var random = RandomStream(seed: 1, name: "laws")
    for number in 0..<UInt64(pending) {
      queue.schedule(number, at: Instant(nanoseconds: law.nextNanoseconds(&random)))
    }
    var timer = queue.schedule(.max, at: .distantFuture)
    let started = cpuSeconds()
    var digest = StateDigest()
    for _ in 0..<events {
      guard let event = queue.popNext() else { preconditionFailure("the hold model never runs dry") }
      digest.combine(event.due.nanoseconds)
      digest.combine(event.payload)
      let due = event.due.nanoseconds + law.nextNanoseconds(&random)
      queue.schedule(event.payload, at: Instant(nanoseconds: due))
      if law == .timers {
        queue.cancel(timer)
        timer = queue.schedule(.max, at: event.due + .milliseconds(3))
      }
    }
    return Sample(cpuSeconds: cpuSeconds() - started, digest: digest)
  }
}
