import Foundation
import Quantities
import RandomStreams
import SimulationKernel

/// The hold model DES-HOLD-1: how fast a queue with N pending events pops one and schedules the next.
///
/// N events are scheduled first, untimed. Then, E times: pop the earliest, fold its time and then its
/// number into the digest, schedule the same number after a fresh delay, uniform in 1 … 2 · 10⁹ ns.
enum HoldBenchmark: Benchmark {
  static let name = "hold"
  static let summary = "events per CPU second of the event queues, against C++"
  static let options =
    "[--events N (1e6)] [--repetitions N (5)] [--pending N (1e3, 1e5 and 1e6)] [--only NAME]"

  /// The digests for a million events and seed 1, by the number of pending events.
  private static let publishedDigests: [Int: UInt64] = [
    1_000: 0xfae1_0bc8_d786_058c, 100_000: 0x31f5_74ff_b3f4_23a1, 1_000_000: 0x10a2_07dd_2ffb_b31f,
  ]

  /// One measured run.
  private struct Sample {
    var cpuSeconds: Double
    var digest: UInt64
  }

  private struct Contender {
    let label: String
    let measure: (_ pending: Int, _ events: Int) throws -> Sample
  }

  private protocol HoldPayload: BitwiseCopyable, Sendable {
    init(number: UInt64)
    var number: UInt64 { get }
  }

  /// The number alone, as in the C++ programs.
  private struct Narrow: HoldPayload {
    let number: UInt64
  }

  /// A payload of 16 bytes, as a simulation's events have.
  private struct Wide: HoldPayload {
    let number: UInt64
    let kind: UInt64

    init(number: UInt64) {
      self.number = number
      kind = number
    }
  }

  static func run(_ options: inout BenchmarkOptions) throws {
    let events = try options.takeNumber("--events", default: 1_000_000)
    let repetitions = try options.takeNumber("--repetitions", default: 5)
    let pending = try options.takeNumber("--pending", default: 0)
    let only = try options.takeText("--only")
    try options.checkAllTaken()

    var contenders = [
      Contender(label: "ladder") { hold(EventQueue<Narrow>(), pending: $0, events: $1) },
      Contender(label: "ladder, 16-byte payload") {
        hold(EventQueue<Wide>(), pending: $0, events: $1)
      },
      Contender(label: "heap") { hold(HeapEventQueue<Narrow>(), pending: $0, events: $1) },
    ]
    if let opponent = try Opponent(named: "hold") {
      contenders += [("C++ ladder", "ladder"), ("C++ heap", "heap4")].map { label, implementation in
        Contender(label: label) { try measure(opponent, implementation, pending: $0, events: $1) }
      }
    } else {
      print("There is no g++ here: the C++ opponents are left out.")
    }
    if let only { contenders.removeAll { $0.label != only } }
    guard !contenders.isEmpty else { throw BenchmarkFailure("nothing here is called \"\(only ?? "")\"") }

    print(
      "DES-HOLD-1, \(events) events, seed 1; least CPU time of \(repetitions) interleaved repetitions;"
        + " millions of events per CPU second")
    for pending in pending > 0 ? [pending] : publishedDigests.keys.sorted() {
      try compare(contenders, pending: pending, events: events, repetitions: repetitions)
    }
  }

  private static func compare(
    _ contenders: [Contender], pending: Int, events: Int, repetitions: Int
  ) throws {
    var best = [Double](repeating: .infinity, count: contenders.count)
    var digests: [UInt64] = events == 1_000_000 ? [publishedDigests[pending]].compactMap(\.self) : []
    for _ in 0..<repetitions {
      for (index, contender) in contenders.enumerated() {
        let sample = try contender.measure(pending, events)
        best[index] = min(best[index], sample.cpuSeconds)
        digests.append(sample.digest)
        guard sample.digest == digests[0] else {
          throw BenchmarkFailure("\(contender.label) pops in another order: its digest differs")
        }
      }
    }
    print("\n\(pending) pending, digest \(StateDigest(start: digests[0]))")
    let reference = contenders.firstIndex { $0.label == "C++ ladder" }
    for (index, contender) in contenders.enumerated() {
      let rate = Double(events) / best[index] / 1e6
      let nanoseconds = best[index] / Double(events) * 1e9
      let ratio = reference.map { String(format: "  %5.2f of the C++ ladder", best[$0] / best[index]) }
      let label = contender.label.padding(toLength: 24, withPad: " ", startingAt: 0)
      print("  \(label)" + String(format: "%7.1f M/s %7.1f ns", rate, nanoseconds) + (ratio ?? ""))
    }
  }

  private static func hold<Queue: EventScheduling & ~Copyable>(
    _ queue: consuming Queue, pending: Int, events: Int
  ) -> Sample where Queue.Payload: HoldPayload {
    var random = SplitMix64(state: 1)
    for number in 0..<UInt64(pending) {
      queue.schedule(
        Queue.Payload(number: number), at: Instant(nanoseconds: delayNanoseconds(&random)))
    }
    let started = cpuSeconds()
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    for _ in 0..<events {
      guard let event = queue.popNext() else { preconditionFailure("the hold model never runs dry") }
      digest = (digest ^ UInt64(bitPattern: event.due.nanoseconds)) &* 0x100_0000_01b3
      digest = (digest ^ event.payload.number) &* 0x100_0000_01b3
      queue.schedule(
        event.payload, at: Instant(nanoseconds: event.due.nanoseconds &+ delayNanoseconds(&random)))
    }
    return Sample(cpuSeconds: cpuSeconds() - started, digest: digest)
  }

  private static func delayNanoseconds(_ random: inout SplitMix64) -> Int64 {
    1 + Int64(random.next().multipliedFullWidth(by: 2_000_000_000).high)
  }

  private static func measure(
    _ opponent: Opponent, _ implementation: String, pending: Int, events: Int
  ) throws -> Sample {
    struct Line: Decodable {
      let cpu_s: Double
      let digest: String
    }
    let lines = try opponent.measure(
      ["--impl", implementation, "--queue", "\(pending)", "--events", "\(events)", "--seed", "1"],
      as: Line.self)
    guard let line = lines.first, let digest = UInt64(line.digest, radix: 16) else {
      throw BenchmarkFailure("the opponent printed no digest")
    }
    return Sample(cpuSeconds: line.cpu_s, digest: digest)
  }
}
