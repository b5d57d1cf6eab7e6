import Foundation
import Quantities
import Scenarios
import Swarm

/// One call of `drsim fuzz`: runs, investigates what failed, and tells.
struct FuzzSession {
  let console: Console
  let switches: WorldDraw.Switches
  /// Where each schedule stops, if before its end.
  let until: TimeSpan?
  let isMinimizing: Bool
  let folder: String?
  let isQuiet: Bool

  private var workerArguments: [String] { ["fuzz", "--worker"] + switches.arguments }

  // MARK: - Drawn worlds

  func run(
    seeds: ClosedRange<UInt64>, jobs: Int, limit: TimeSpan?, statePath: String?, asJSON: Bool
  ) throws {
    if let folder { try makeFolder(folder) }
    var state =
      try statePath.map { try FuzzState.read($0, switches: switches) } ?? FuzzState(switches: switches)
    let begin = ContinuousClock.now
    let before = state.counts.schedules
    if until != nil {
      for seed in seeds { try runAlone(seed, &state) }
    } else {
      var pool = FuzzPool(jobs: jobs, arguments: workerArguments, seeds: state.missing(of: seeds))
      var saved = begin
      try pool.run(until: limit.map { begin + .nanoseconds($0.nanoseconds) }) { seeds, counts, findings in
        state.took(seeds, counts, findings)
        for finding in findings {
          console.writeDiagnostic("seed \(finding.seed ?? 0) breaks \(finding.invariant)\n")
        }
        showProgress(state, begin)
        if let statePath, ContinuousClock.now - saved > .seconds(2) {
          saved = ContinuousClock.now
          try state.write(to: statePath)
        }
      }
    }
    clearProgress()
    try investigate(&state)
    if let statePath { try state.write(to: statePath) }
    if let folder {
      try state.write(to: folder + "/swarm.json")
      try write(report(state), to: folder + "/swarm.md")
    }
    if asJSON {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      try console.write(String(decoding: try encoder.encode(state), as: UTF8.self) + "\n")
    } else {
      let seconds = (ContinuousClock.now - begin) / .seconds(1)
      let speed = Double(state.counts.schedules - before) / max(seconds, 0.001)
      try console.write(summary(state) + "  speed      \(Int(speed)) schedules/s\n")
    }
    try end(with: state.findings)
  }

  /// Runs the world of a seed up to ``until``.
  private func runAlone(_ seed: UInt64, _ state: inout FuzzState) throws {
    let draft = WorldDraw(seed: seed, switches: switches).draft
    let worker = FuzzWorkerProcess(arguments: workerArguments)
    defer { worker.stop() }
    let investigation = FuzzInvestigation(worker: worker)
    var counts = SwarmCounts()
    counts.schedules = 1
    var finding = investigation.broken(draft.text, until: until?.nanoseconds)
    finding?.seed = seed
    if let finding { counts.violations = [finding.invariant: 1] }
    state.took(seed...seed, counts, finding.map { [$0] } ?? [])
  }

  /// Finds the shortest prefix and, if wanted, the smallest world of each failure that has none yet.
  private func investigate(_ state: inout FuzzState) throws {
    let worker = FuzzWorkerProcess(arguments: workerArguments)
    defer { worker.stop() }
    let investigation = FuzzInvestigation(worker: worker)
    for index in state.findings.indices where state.findings[index].untilMilliseconds == nil {
      let finding = state.findings[index]
      guard let seed = finding.seed else { continue }
      var draft = WorldDraw(seed: seed, switches: switches).draft
      state.findings[index].untilMilliseconds = investigation.shortestPrefix(of: draft.text, finding: finding)
      if isMinimizing { draft = investigation.minimized(draft, finding: finding) }
      if let folder {
        let path = folder + "/seed-\(seed).json"
        try write(draft.text, to: path)
        state.findings[index].file = path
      } else if isMinimizing {
        console.writeDiagnostic(draft.text)
      }
    }
  }

  // MARK: - A file

  /// Checks one scenario.
  func check(file: String) throws {
    let source = ScenarioFile(path: file)
    guard let scenario = try source.read(overrides: [], console: console, isQuiet: isQuiet) else {
      throw ExitStatus.invalid
    }
    let worker = FuzzWorkerProcess(arguments: workerArguments)
    defer { worker.stop() }
    let investigation = FuzzInvestigation(worker: worker)
    let text = scenario.canonicalText
    guard var finding = investigation.broken(text, folder: source.folder, until: until?.nanoseconds) else {
      return try console.write("\(file): every invariant held\n")
    }
    finding.untilMilliseconds = investigation.shortestPrefix(
      of: text, folder: source.folder, finding: finding)
    finding.file = file
    try console.write(self.text(of: finding))
    try end(with: [finding])
  }

  // MARK: - Telling

  private func showProgress(_ state: FuzzState, _ begin: ContinuousClock.Instant) {
    guard console.isErrorTerminal, !isQuiet else { return }
    let seconds = Int((ContinuousClock.now - begin) / .seconds(1))
    console.writeDiagnostic(
      "\r\u{1b}[K\(state.counts.schedules) schedules, \(state.findings.count) failed, \(seconds) s")
  }

  private func clearProgress() {
    if console.isErrorTerminal, !isQuiet { console.writeDiagnostic("\r\u{1b}[K") }
  }

  private func summary(_ state: FuzzState) -> String {
    let counts = state.counts
    var text = """
      swarm  \(counts.schedules) schedules, \(state.findings.isEmpty ? "every invariant held" : "\(state.findings.count) failed")
        seeds      \(state.done.map { "\($0.lowerBound)..\($0.upperBound)" }.joined(separator: ", "))
        checked    \(counts.steps) steps, \(counts.comparedImages) past images, \(counts.repeatedRuns) repeated runs
        reached    \(counts.instances) instances, \(counts.statuses.count) statuses, \
      \(counts.transitions.count) changes of status, \(counts.pairs.count) pairs of features

      """
    for finding in state.findings { text += self.text(of: finding) }
    return text
  }

  private func text(of finding: FuzzFinding) -> String {
    let name = finding.seed.map { "seed \($0)" } ?? finding.file ?? "scenario"
    let until = finding.untilMilliseconds.map { " --until \($0)ms" } ?? ""
    let sentence = Invariant(rawValue: finding.invariant)?.sentence ?? finding.invariant
    var text = """
      \(name) breaks \(finding.invariant): \(sentence)
        \(finding.subject): \(finding.detail)

      """
    if let seed = finding.seed {
      text += "  reproduce  drsim fuzz --seeds \(seed)..\(seed)\(switches.commandText)\(until)\n"
    }
    // The file of a seed may be another, smaller world, with a shortest prefix of its own.
    if let file = finding.file {
      text += "  reproduce  drsim fuzz \(file)\(finding.seed == nil ? until : "")\n"
    }
    return text
  }

  /// The page for people.
  private func report(_ state: FuzzState) -> String {
    return """
      # Swarm

      `drsim fuzz --seeds \(state.done.map { "\($0.lowerBound)..\($0.upperBound)" }.joined(separator: " "))\(switches.commandText)`, \
      drsim \(Version.text).

      \(state.findings.isEmpty ? "Every invariant held." : state.findings.map(text(of:)).joined())

      \(state.counts.markdown)
      """
  }

  private func end(with findings: [FuzzFinding]) throws {
    guard !findings.isEmpty else { return }
    throw findings.allSatisfy { $0.invariant == Invariant.digest.rawValue }
      ? ExitStatus.notRepeatable : .failed
  }

  private func makeFolder(_ path: String) throws(CommandFailure) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure(status: .inputOutput, message: "cannot make \(path): \(reason(of: error))")
    }
  }

  private func write(_ text: String, to path: String) throws(CommandFailure) {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandFailure(status: .inputOutput, message: "cannot write \(path): \(reason(of: error))")
    }
  }
}
