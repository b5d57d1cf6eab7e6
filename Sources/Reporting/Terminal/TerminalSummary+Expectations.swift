import Measurements
import Quantities

/// What was expected of the run.
extension TerminalSummary {
  /// A line for each expectation, failures with their place and what explains them, and a line that counts them.
  ///
  ///     ASSERTIONS
  ///     ok    rpo-db-steady   max rpo_lag db01 = 13m40s   (<= 15m)
  ///     FAIL  rto             rto failover = 23m5s        (<= 20m)   two-site-dr.json:104
  var expectationSection: [String] {
    var table = TerminalTable([
      .init(title: "", isRightAligned: false), .init(title: "", isRightAligned: false),
      .init(title: "", isRightAligned: false), .init(title: "", isRightAligned: false),
      .init(title: "", isRightAligned: false),
    ])
    for expectation in record.expectations {
      let (word, role) = Self.verdict(on: expectation)
      let isTold = expectation.outcome == .failed
      table.rows.append([
        .init(word, role),
        .init(shortened(expectation.id ?? Self.name(of: expectation), to: 28)), .init(found(by: expectation)),
        .init("(\(expectation.limit))"), .init(isTold ? place(of: expectation) : ""),
      ])
    }
    // The first line is the titles, which are empty.
    let lines = zip(table.lines(style: style).dropFirst(), record.expectations).flatMap { line, expectation in
      [line] + remark(on: expectation).map { "        " + $0 }
    }
    return [style.paint("ASSERTIONS", .strong)] + lines + [expectationCounts]
  }

  private static func verdict(on expectation: ExpectationRecord) -> (String, TerminalStyle.Role) {
    switch (expectation.outcome, expectation.severity) {
    case (.met, _): ("ok", .good)
    case (.failed, .error): ("FAIL", .bad)
    case (.failed, .warning): ("warn", .warning)
    case (.skipped, _): ("skip", .faint)
    }
  }

  private static func name(of expectation: ExpectationRecord) -> String {
    expectation.kind == .steadyState ? "steady state" : ""
  }

  /// What was found, as `max rpo_lag db01 = 13m40s`, or why nothing was.
  private func found(by expectation: ExpectationRecord) -> String {
    if expectation.outcome == .skipped {
      return "not judged" + (expectation.remark.map { " (\($0))" } ?? "")
    }
    guard let finding = expectation.finding else { return expectation.remark ?? expectation.subject }
    let owner = expectation.owner.map { " " + shortened($0, to: 24) } ?? ""
    var text = "\(expectation.subject)\(owner) = \(Self.text(of: finding))"
    if case .word = finding, let at = expectation.at { text += " at \(Readable.instant(at))" }
    return text
  }

  static func text(of finding: ExpectationRecord.Finding) -> String {
    switch finding {
    case .duration(let span): Readable.duration(span)
    case .never: "never"
    case .share(let share): Readable.share(share)
    case .factor(let factor):
      Readable.decimal(UInt64(factor.partsPerBillion / 10_000_000), digits: 2, keepsZeros: true)
    case .size(let size): Readable.size(size)
    case .count(let count): Readable.count(count)
    case .word(let word): word
    }
  }

  private func place(of expectation: ExpectationRecord) -> String {
    guard let line = expectation.line, !scenarioFile.isEmpty else { return "" }
    return "\(scenarioFile):\(line)"
  }

  /// What explains a failure where its line does not say it already.
  private func remark(on expectation: ExpectationRecord) -> [String] {
    guard expectation.outcome == .failed else { return [] }
    let remark = expectation.finding == nil ? nil : expectation.remark
    let abort = expectation.isAbort || expectation.kind == .steadyState ? "the run was stopped for it" : nil
    return [remark, abort].compactMap { $0 }
  }

  private var expectationCounts: String {
    let records = record.expectations
    let failed = records.count { $0.outcome == .failed && $0.severity == .error }
    let warned = records.count { $0.outcome == .failed && $0.severity == .warning }
    let skipped = records.count { $0.outcome == .skipped }
    let parts = [
      failed > 0 ? style.paint("\(Readable.count(failed)) failed", .bad) : nil,
      "\(Readable.count(records.count { $0.outcome == .met })) passed",
      warned > 0 ? style.paint(Readable.count(warned, "warning"), .warning) : nil,
      skipped > 0 ? "\(Readable.count(skipped)) not judged" : nil,
    ]
    return "  " + parts.compactMap { $0 }.joined(separator: ", ")
  }
}
