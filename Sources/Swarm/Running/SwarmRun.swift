import Measurements
package import Quantities
package import ReplicationCore
import Scenarios
import SiteSimulation

/// One schedule, run under all checks.
package struct SwarmRun {
  /// The first invariant that did not hold, or `nil`.
  package let violation: Violation?
  package let counts: SwarmCounts
  /// Of the whole run; `nil` if it did not end.
  package let digest: UInt64?

  /// Draws and runs the world of a seed.
  ///
  /// Every eighth seed runs twice, to see its digest repeat.
  package init(
    seed: UInt64, switches: WorldDraw.Switches = .any, until: Instant? = nil, planted: PlantedDefects = []
  ) {
    let draft = WorldDraw(seed: seed, switches: switches).draft
    self.init(draft, until: until, planted: planted, isRepeated: seed % 8 == 0)
  }

  package init(
    _ draft: WorldDraft, until: Instant? = nil, planted: PlantedDefects = [], isRepeated: Bool = false
  ) {
    self.init(
      text: draft.text, features: draft.features, until: until, planted: planted, isRepeated: isRepeated)
  }

  /// Runs the scenario of a text.
  ///
  /// - Parameters:
  ///   - traceFolder: Where the trace files of the scenario lie.
  ///   - until: Where to stop, if before the end of the scenario.
  package init(
    text: String, features: [String] = [], traceFolder: String = ".", until: Instant? = nil,
    planted: PlantedDefects = [],
    isRepeated: Bool = false
  ) {
    let (scenario, diagnostics) = ScenarioReader.read(text: text, file: "swarm")
    guard let scenario else {
      violation = Violation(
        .validity, at: .zero, subject: "scenario",
        detail: diagnostics.first.map { "\($0.code.rawValue): \($0.message)" } ?? "invalid")
      counts = SwarmCounts()
      digest = nil
      return
    }
    let end = min(until ?? scenario.clock.end, scenario.clock.end)
    var outcome = Self.checked(scenario, traceFolder, until: end, planted: planted)
    if isRepeated, outcome.violation == nil, let record = outcome.record {
      outcome.counts.repeatedRuns += 1
      outcome.violation = Self.repeated(
        scenario, traceFolder, until: end, planted: planted, expecting: record)
    }
    outcome.counts.schedules = 1
    outcome.counts.note(features: features)
    if let record = outcome.record { outcome.counts.note(record, of: scenario) }
    if let violation = outcome.violation { outcome.counts.violations[violation.invariant.rawValue] = 1 }
    violation = outcome.violation
    counts = outcome.counts
    digest = outcome.record?.digest
  }

  private struct Outcome {
    var violation: Violation?
    var counts: SwarmCounts
    var record: RunRecord?
  }

  private static func checked(
    _ scenario: Scenario, _ traceFolder: String, until end: Instant, planted: PlantedDefects
  ) -> Outcome {
    var counts = SwarmCounts()
    do {
      var world = try World(scenario, traceFolder: traceFolder, planted: planted)
      var checker = WorldChecker(scenario, world)
      do {
        try checker.stepped(world)
        while try world.step(until: end) { try checker.stepped(world) }
        try checker.ended(world)
        let record = try world.finish(version: "swarm")
        try checker.reported(record)
        return Outcome(violation: nil, counts: checker.counts, record: record)
      } catch {
        counts = checker.counts
        throw error
      }
    } catch let violation as Violation {
      return Outcome(violation: violation, counts: counts, record: nil)
    } catch {
      return Outcome(violation: Self.violation(error, scenario), counts: counts, record: nil)
    }
  }

  /// What the run itself found wrong.
  private static func violation(_ error: any Error, _ scenario: Scenario) -> Violation {
    switch error as? SimulationFailure {
    case .replicaDiffers(let machine, _, _, let at, _), .replicaDamaged(let machine, _, let at),
      .recoveredDiffers(let machine, _, _, let at):
      Violation(.certificate, at: at, subject: machine, detail: "\(error)")
    default: Violation(.soundness, at: scenario.clock.end, subject: scenario.name, detail: "\(error)")
    }
  }

  /// Runs again, in one go and without any check, and compares the records.
  private static func repeated(
    _ scenario: Scenario, _ traceFolder: String, until end: Instant, planted: PlantedDefects,
    expecting record: RunRecord
  ) -> Violation? {
    do {
      var world = try World(scenario, traceFolder: traceFolder, planted: planted)
      try world.run(until: end)
      let other = try world.finish(version: "swarm")
      guard other != record else { return nil }
      return Violation(
        .digest, at: end, subject: scenario.name,
        detail: "the digests are \(record.digestText) and \(other.digestText)")
    } catch {
      return violation(error, scenario)
    }
  }
}
