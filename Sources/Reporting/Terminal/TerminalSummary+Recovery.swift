import Measurements
import Quantities

/// The runs of recovery plans.
extension TerminalSummary {
  static let planRunsShown = 8
  static let findingsShown = 4
  /// The least share of the recovery time that a step of the critical path is told for.
  static let criticalShareShown = Ratio.percent(5)

  /// Those without success first where there are too many to show, then in the order of the record.
  var planRunsTold: [PlanRunRecord] {
    guard record.planRuns.count > Self.planRunsShown else { return record.planRuns }
    let indices = record.planRuns.indices
    let failed = indices.filter { record.planRuns[$0].result != "SUCCESS" }
    let others = indices.filter { record.planRuns[$0].result == "SUCCESS" }
    return (failed + others).prefix(Self.planRunsShown).sorted().map { record.planRuns[$0] }
  }

  /// A line for each run, and below it what determined its recovery time and what went wrong.
  ///
  ///     recovery  run                id        from    lasted  result   RTO    VMs       worst loss
  ///     RP-Prod   disaster-recovery  failover  16h10m  24m     SUCCESS  23m5s  10 of 10  41m12s (db01)
  ///       critical path: Prepare storage 2m20s > Power on db01 20m > rest 45s
  var recoverySection: [String] {
    let told = planRunsTold
    let hasIDs = told.contains { $0.id != nil }
    var table = TerminalTable(
      [.init(title: "recovery", isRightAligned: false), .init(title: "run", isRightAligned: false)]
        + (hasIDs ? [.init(title: "id", isRightAligned: false, dispensability: 1)] : [])
        + [
          .init(title: "from"), .init(title: "lasted", dispensability: 3),
          .init(title: "result", isRightAligned: false), .init(title: "RTO"),
          .init(title: "VMs", dispensability: 2), .init(title: "worst loss", isRightAligned: false),
        ])
    for run in told {
      let isWhole = run.doneMachineCount == run.machines.count
      table.rows.append(
        [.init(shortened(run.plan, to: 24)), .init(run.workflow)]
          + (hasIDs ? [.init(shortened(run.id ?? "", to: 20))] : [])
          + [
            .init(Readable.instant(run.started)), .init(Readable.duration(run.duration)),
            .init(run.result, Self.role(ofResult: run.result)),
            .init(run.recoveryTime.map(Readable.duration) ?? "-"),
            .init(
              "\(Readable.count(run.doneMachineCount)) of \(Readable.count(run.machines.count))",
              isWhole ? nil : .bad),
            .init(lossText(of: run)),
          ])
    }
    let lines = table.lines(style: style)
    let rest = record.planRuns.count - told.count
    return [lines[0]] + zip(lines.dropFirst(), told).flatMap { [$0] + remarks(on: $1) }
      + (rest > 0 ? ["  " + Self.more(rest, in: "v_plan_summary")] : [])
  }

  private static func role(ofResult result: String) -> TerminalStyle.Role {
    switch result {
    case "SUCCESS": .good
    case "ERRORS": .bad
    default: .warning
    }
  }

  private func lossText(of run: PlanRunRecord) -> String {
    guard let worst = run.worstLoss else { return "-" }
    guard worst.loss > .zero else { return "none" }
    return "\(Readable.duration(worst.loss)) (\(shortened(worst.machine.name, to: 24)))"
  }

  /// The critical path of a run, its errors and its warnings.
  private func remarks(on run: PlanRunRecord) -> [String] {
    var lines: [String] = []
    if let path = Self.criticalPath(of: run) { lines.append("    critical path: \(path)") }
    lines += addresses(in: run)
    for finding in run.findings.prefix(Self.findingsShown) {
      let place = finding.step.map { " \($0.number) \($0.title)" } ?? ""
      lines.append(
        "    "
          + style.paint(
            "\(finding.isError ? "error" : "warning")\(place): \(finding.text)",
            finding.isError ? .bad : .warning))
    }
    let rest = run.findings.count - Self.findingsShown
    if rest > 0 { lines.append("    " + Self.more(rest, in: "v_plan_findings")) }
    return lines
  }

  static let addressesShown = 4

  /// The cards whose addresses a run has set, one a line, and what is shown nowhere else of the rest.
  ///
  ///     addresses: db01 10.2.7.9/16 on dr-100 (rule 10.1.0.0/16)
  ///                db01 card 1 dhcp on dr-200 (manual)
  private func addresses(in run: PlanRunRecord) -> [String] {
    let set = run.machines.flatMap { machine in
      machine.cards.filter { $0.origin != .unchanged }.map { (machine, $0) }
    }
    let title = "    addresses: "
    var lines = set.prefix(Self.addressesShown).enumerated().map { position, item in
      (position == 0 ? title : String(repeating: " ", count: title.count))
        + Self.addressText(of: item.1, machine: shortened(item.0.name, to: 24), of: item.0.cards.count)
    }
    let rest = set.count - lines.count
    if rest > 0 { lines.append("    " + Self.more(rest, in: "v_plan_addresses")) }
    return lines
  }

  private static func addressText(of card: PlanRunRecord.Card, machine: String, of count: Int) -> String {
    let known = [card.ipv4, card.ipv6].compactMap(\.self)
    let origin =
      switch card.origin {
      case .subnetRule: "rule \(card.rule ?? "")"
      case .manual: "manual"
      case .unchanged: "unchanged"
      }
    return "\(machine)\(count > 1 ? " card \(card.index)" : "") "
      + (known.isEmpty ? "address unchanged" : known.joined(separator: ", "))
      + " on \(card.network ?? "no network") (\(origin))"
  }

  /// The steps that took 5 % of the recovery time or more, in their order, and what the others took together.
  static func criticalPath(of run: PlanRunRecord) -> String? {
    guard let recoveryTime = run.recoveryTime, !run.criticalPath.isEmpty else { return nil }
    let told = run.criticalPath.filter { step in
      Ratio(rounding: step.duration, outOf: recoveryTime).map { $0 >= criticalShareShown } ?? true
    }
    let others =
      run.criticalPath.reduce(TimeSpan.zero) { $0 + $1.duration }
      - told.reduce(TimeSpan.zero) { $0 + $1.duration }
    let parts = told.map { step in
      "\(step.title) \(Readable.duration(step.duration))"
        + (step.queued > .zero ? " (\(Readable.duration(step.queued)) queued)" : "")
    }
    return (parts + (others > .zero ? ["rest \(Readable.duration(others))"] : [])).joined(separator: " > ")
  }
}
