import Foundation
import Swarm

/// Several workers that share the seeds to run.
struct FuzzPool {
  private let workers: [FuzzWorkerProcess]
  /// Seeds still to run, the next at the end.
  private var batches: [ClosedRange<UInt64>]

  private static let batchSize: UInt64 = 32

  init(jobs: Int, arguments: [String], seeds: [ClosedRange<UInt64>]) {
    workers = (0..<jobs).map { _ in FuzzWorkerProcess(arguments: arguments) }
    batches = []
    for range in seeds {
      var first = range.lowerBound
      while true {
        let last = range.upperBound - first < Self.batchSize ? range.upperBound : first + Self.batchSize - 1
        batches.append(first...last)
        if last == range.upperBound { break }
        first = last + 1
      }
    }
    batches.reverse()
  }

  /// Runs everything, or as much as begins before `deadline`.
  ///
  /// - Parameter took: Called with seeds that are done, what they did and what was found.
  mutating func run(
    until deadline: ContinuousClock.Instant?,
    took: (ClosedRange<UInt64>, SwarmCounts, [FuzzFinding]) throws -> Void
  ) throws {
    defer { for worker in workers { worker.stop() } }
    while true {
      for worker in workers where worker.request == nil {
        guard deadline.map({ ContinuousClock.now < $0 }) ?? true, let batch = batches.popLast() else { break }
        try worker.begin(.seeds(batch))
      }
      let busy = workers.filter { $0.request != nil }
      guard !busy.isEmpty else { return }
      var files = busy.compactMap { $0.descriptor.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) } }
      guard poll(&files, UInt(files.count), 1_000) > 0 else { continue }
      for (worker, file) in zip(busy, files) where file.revents != 0 {
        guard case .seeds(let batch) = worker.request, let outcome = try worker.receive() else { continue }
        switch outcome {
        case .done(let counts, let findings): try took(batch, counts, findings)
        case .stopped(let seed, let signal):
          try stopped(at: seed ?? batch.lowerBound, of: batch, signal: signal, took)
        }
      }
    }
  }

  /// The seed at which a worker stopped is done; the others of its batch are run again.
  private mutating func stopped(
    at seed: UInt64, of batch: ClosedRange<UInt64>, signal: Int32,
    _ took: (ClosedRange<UInt64>, SwarmCounts, [FuzzFinding]) throws -> Void
  ) throws {
    if seed < batch.upperBound { batches.append(seed + 1...batch.upperBound) }
    if seed > batch.lowerBound { batches.append(batch.lowerBound...seed - 1) }
    var counts = SwarmCounts()
    counts.schedules = 1
    counts.violations = [Invariant.soundness.rawValue: 1]
    try took(seed...seed, counts, [FuzzFinding(seed: seed, stoppedBy: signal)])
  }
}
