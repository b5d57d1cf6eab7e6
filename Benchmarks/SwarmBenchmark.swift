import Foundation
import ReplicationCore
import Swarm

/// How many random worlds a core runs and checks each second, and how soon they show planted defects.
enum SwarmBenchmark: Benchmark {
  static let name = "swarm"
  static let summary = "random worlds a second, and after how many each planted defect shows"
  static let options = "[--schedules N (500)] [--patience N (1000)]"

  static func run(_ options: inout BenchmarkOptions) throws {
    let schedules = try options.takeNumber("--schedules", default: 500)
    let patience = try options.takeNumber("--patience", default: 1_000)
    try options.checkAllTaken()

    var counts = SwarmCounts()
    var failed: [UInt64] = []
    let drawing = cpuSeconds { for seed in 0..<UInt64(schedules) { _ = WorldDraw(seed: seed) } }
    let running = cpuSeconds {
      for seed in 0..<UInt64(schedules) {
        let run = SwarmRun(seed: seed)
        if run.violation != nil { failed.append(seed) }
        counts.add(run.counts)
      }
    }
    let perSecond = Double(schedules) / running
    print(
      String(
        format: "%d schedules in %.2f s of CPU time, %.2f s of them drawing: %.0f a second; %.1f us a step",
        schedules, running, drawing, perSecond, running / Double(max(1, counts.steps)) * 1e6))
    if !failed.isEmpty { print("failed: \(failed)") }

    for (name, defect) in PlantedDefects.all {
      let found = (0..<UInt64(patience)).lazy
        .compactMap { seed in SwarmRun(seed: seed, planted: defect).violation.map { (seed, $0) } }.first
      let outcome =
        found.map { "seed \($0.0), after \($0.0 + 1) schedules: \($0.1.invariant.rawValue)" }
        ?? "not within \(patience) schedules"
      print(column(name, 30) + outcome)
    }
  }
}
