import Foundation
import Quantities
import Swarm

/// Finds out more about a schedule that failed: its shortest prefix, and a smaller world that fails alike.
final class FuzzInvestigation {
  private let worker: FuzzWorkerProcess

  init(worker: FuzzWorkerProcess) { self.worker = worker }

  /// The invariant that a scenario breaks, or `nil`.
  func broken(_ text: String, folder: String = ".", until: Int64? = nil) -> FuzzFinding? {
    do {
      let request = FuzzRequest.scenario(text: text, folder: folder, untilNanoseconds: until)
      switch try worker.run(request) {
      case .done(_, let findings): return findings.first
      case .stopped(_, let signal): return FuzzFinding(seed: nil, stoppedBy: signal)
      }
    } catch {
      return FuzzFinding(seed: nil, stoppedBy: 0)
    }
  }

  /// The shortest prefix of a run, in milliseconds, that breaks the same invariant; `nil` if only the whole run does.
  ///
  /// Bisected, so it is the shortest where a run that fails also fails when it goes on for longer.
  func shortestPrefix(of text: String, folder: String = ".", finding: FuzzFinding) -> Int64? {
    let end = finding.atNanoseconds.map { ($0 + 999_999) / 1_000_000 } ?? 400_000_000
    func fails(_ milliseconds: Int64) -> Bool {
      broken(text, folder: folder, until: milliseconds * 1_000_000)?.invariant == finding.invariant
    }
    guard fails(end) else { return nil }
    var (passing, failing) = (Int64(0), end)
    while failing - passing > 1 {
      let middle = passing + (failing - passing) / 2
      if fails(middle) { failing = middle } else { passing = middle }
    }
    return failing
  }

  /// A smaller world that breaks the same invariant.
  func minimized(_ draft: WorldDraft, finding: FuzzFinding) -> WorldDraft {
    guard let invariant = Invariant(rawValue: finding.invariant) else { return draft }
    var minimizer = Minimizer(draft, breaking: invariant) { [self] in
      broken($0.text).flatMap { Invariant(rawValue: $0.invariant) }
    }
    minimizer.run()
    return minimizer.draft
  }
}
