import Inventory
package import Measurements
package import Quantities

/// What `drsim run` prints after a run: enough to see at a glance whether the design holds, and if not, where.
///
/// Everything but the time that the program itself took is a function of the record and the style.
package struct TerminalSummary: Sendable {
  /// How many machines are shown one by one; of more, the worst ten.
  static let machinesShown = 12
  static let machinesShownOfMany = 10
  static let faultsShown = 8
  /// How many directions of links are shown over time.
  static let linksDrawn = 4

  let record: RunRecord
  let summary: RunSummary
  private let reproduction: String
  let scenarioFile: String
  let style: TerminalStyle
  private let wallTime: TimeSpan?

  /// - Parameters:
  ///   - reproduction: The command that repeats the run.
  ///   - scenarioFile: What places in the scenario are told with; nothing if empty.
  ///   - wallTime: How long the program took, if that is to be told.
  package init(
    _ record: RunRecord, summary: RunSummary? = nil, reproduction: String, style: TerminalStyle,
    scenarioFile: String = "", wallTime: TimeSpan? = nil
  ) {
    self.record = record
    self.summary = summary ?? RunSummary(record)
    self.reproduction = reproduction
    self.scenarioFile = scenarioFile
    self.style = style
    self.wallTime = wallTime
  }

  /// The lines, each ended by a line feed.
  package var text: String {
    var sections = [headSection, rpoSection, machineSection, linkSection]
    if !limitedDatastores.isEmpty { sections.append(datastoreSection) }
    if !record.faults.isEmpty { sections.append(timelineSection) }
    if !record.siteLosses.isEmpty { sections.append(siteLossSection) }
    if !refusals.isEmpty { sections.append(refusalSection) }
    if !record.planRuns.isEmpty { sections.append(recoverySection + staleCopyLines) }
    if !record.expectations.isEmpty { sections.append(expectationSection) }
    sections.append(closingSection)
    return sections.map { $0.map { $0 + "\n" }.joined() }.joined(separator: "\n")
  }

  private var headSection: [String] {
    var parts = [style.paint(record.scenarioName, .strong), "seed \(record.seed)"]
    var time = "\(Readable.duration(record.duration)) simulated"
    if let wallTime {
      time += " in \(wallTime.rounded)"
      if wallTime > .zero {
        time += " (\(Readable.count(record.duration.nanoseconds / wallTime.nanoseconds))x)"
      }
    }
    parts.append(time)
    if record.warmUp > .zero { parts.append("first \(Readable.duration(record.warmUp)) not measured") }
    parts.append(Readable.count(record.eventCount, "event"))
    let title = record.scenarioTitle.map { style.paint(shortened($0, to: style.width), .faint) }
    return [parts.joined(separator: "   ")] + [title].compactMap { $0 }
  }

  private var rpoSection: [String] {
    let label = style.paint("RPO", .strong) + "   "
    guard let share = summary.complianceShare else { return [label + "nothing was measured"] }
    let kept = share == .one
    var line = label + style.paint("\(Readable.share(share)) of VM-time in RPO", kept ? .good : .bad)
    line +=
      summary.violations.isEmpty
      ? "   no violation"
      : "   \(Readable.count(summary.violations.count, "violation")), \(Readable.duration(summary.violationTime)) in all"
    if summary.unprotectedTime > .zero {
      line += "   \(Readable.duration(summary.unprotectedTime)) without any instance"
    }
    if summary.notReplicatedTime > .zero {
      line += "   \(Readable.duration(summary.notReplicatedTime)) not replicated, not counted"
    }
    return [line]
      + [causeLine, worstLine, errorLine, shortageLine, fullSourceLine].compactMap {
        $0.map { "      " + $0 }
      }
  }

  /// How much of the violations a fault may have caused.
  private var causeLine: String? {
    guard !record.faults.isEmpty, !summary.violations.isEmpty else { return nil }
    func time(_ violations: [ViolationRecord]) -> String {
      Readable.duration(violations.reduce(.zero) { $0 + $1.duration })
    }
    let caused = summary.violations.filter(\.hasFault)
    let others = summary.violations.filter { !$0.hasFault }
    if others.isEmpty { return "with a fault all; otherwise none" }
    if caused.isEmpty { return "with a fault none; otherwise all" }
    return "with a fault \(Readable.count(caused.count, "violation")), \(time(caused)); "
      + "otherwise \(Readable.count(others.count)), \(time(others))"
  }

  /// The worst machine, when, and what was going on then.
  private var worstLine: String? {
    guard let worst = summary.worstVM else { return nil }
    guard let maximum = worst.lag.lagMaximum else {
      return "worst \(worst.name): no instance in all its \(Readable.duration(worst.lag.observedTime))"
    }
    var line = "worst \(worst.name): \(Readable.duration(maximum)) behind with an RPO of \(worst.rpo)"
    guard let violation = summary.worstViolation(of: worst.id) else { return line }
    line += ", too late from \(Readable.instant(violation.from)) to \(Readable.instant(violation.to))"
    if violation.isOpen { line += " (not over)" }
    if !violation.faultsDuring.isEmpty {
      line += ", during \(Self.list(violation.faultsDuring.map(\.name)))"
    } else if !violation.faultsBefore.isEmpty {
      line += ", after \(Self.list(violation.faultsBefore.map(\.name)))"
    }
    return line
  }

  /// What stands for the rest of a list, and where to look it up.
  ///
  /// - Parameter table: A table or view of the results.
  static func more(_ count: Int, _ noun: String? = nil, in table: String) -> String {
    let rest = noun.map { "more \($0)\(count == 1 ? "" : "s") over time" } ?? "more"
    return "and \(Readable.count(count)) \(rest); with --out DIR all are in \(table) of DIR/results.db"
  }

  /// Up to three names.
  static func list(_ names: [String]) -> String {
    let shown = names.prefix(3).joined(separator: ", ")
    return names.count > 3 ? shown + " and \(names.count - 3) more" : shown
  }

  private var machineSection: [String] {
    let isMany = summary.vms.count > Self.machinesShown
    let machines = isMany ? Array(summary.vmsFromWorst.prefix(Self.machinesShownOfMany)) : summary.vms
    let hasUnprotected = summary.unprotectedTime > .zero
    let barTitle = style.unicode ? "█mean ▒p95 ░max" : "#mean =p95 -max"
    var table = TerminalTable(
      [
        .init(title: "VM", isRightAligned: false), .init(title: "RPO"),
        .init(title: "status", isRightAligned: false, dispensability: 1),
        .init(title: "lag mean", dispensability: 2), .init(title: "p95"), .init(title: "max"),
        .init(title: barTitle, isRightAligned: false, dispensability: 3, isSetOff: true),
        .init(title: "cycles", dispensability: 5), .init(title: "shipped", dispensability: 4),
        .init(title: "violated"),
      ] + (hasUnprotected ? [.init(title: "unprotected")] : []))
    for machine in machines {
      let lag = machine.lag
      let isLate = lag.violationTime > .zero
      let isKept = !isLate && lag.unprotectedTime == .zero
      var row: [TerminalTable.Cell] = [
        .init(shortened(machine.name, to: 24)), .init(machine.objective.map { "\($0)" } ?? "-"),
        .init(machine.finalStatus, machine.finalStatus == "OK" ? .good : .warning),
        .init(Self.orDash(lag.lagMean)), .init(Self.orDash(lag.lagPercentile95)),
        .init(Self.orDash(lag.lagMaximum), isLate ? .bad : nil),
        .init(LagBar.text(lag: lag, rpo: machine.rpo, style: style), isKept ? .good : .bad),
        .init(Readable.count(machine.completedCycleCount)), .init(Readable.size(machine.payloadSize)),
        .init(isLate ? Readable.duration(lag.violationTime) : "-", isLate ? .bad : nil),
      ]
      if hasUnprotected {
        row.append(
          .init(lag.unprotectedTime > .zero ? Readable.duration(lag.unprotectedTime) : "-", .warning))
      }
      table.rows.append(row)
    }
    let rest = summary.vms.count - machines.count
    return table.lines(style: style)
      + (rest > 0 ? ["  and \(Readable.count(rest)) more, less far behind"] : [])
  }

  private var linkSection: [String] {
    guard !record.links.isEmpty else { return ["  no link between sites"] }
    let bin = binTitle
    var table = TerminalTable([
      .init(
        title: record.circuits.isEmpty ? "link, Mbit/s" : "link or circuit, Mbit/s", isRightAligned: false),
      .init(title: "", isRightAligned: false),
      .init(title: "mean"), .init(title: "mean usable"), .init(title: "used"),
      .init(title: "p95 \(bin)", dispensability: 2), .init(title: "busiest \(bin)"),
      .init(title: "full", dispensability: 1), .init(title: "measured", dispensability: 3),
    ])
    for link in summary.links {
      table.rows.append(
        useRow(shortened(link.name, to: 20), "\(link.source) \(style.arrow) \(link.target)", link.statistics))
    }
    // Both ways of a circuit are told where anything went over it.
    let used = Set(record.circuits.filter { $0.use.bytes > .zero }.map(\.id))
    for circuit in record.circuits where used.contains(circuit.id) {
      table.rows.append(
        useRow(
          shortened(circuit.name, to: 20), circuit.way, circuit.statistics(from: record.measured.lowerBound)))
    }
    let columns = max(20, min(72, style.width - 32))
    let drawn = LinkSelection.worthLine(record.links)
    let isAlone = drawn.count == 1
    let sparklines: [String] = drawn.prefix(Self.linksDrawn).map { link in
      let label = isAlone ? "" : shortened("\(link.name) \(style.arrow) \(link.target) ", to: 24)
      let frame = style.unicode ? "│" : "|"
      return "  \(label)0 \(frame)"
        + style.paint(Sparkline.text(link.use, columns: columns, style: style), .good)
        + "\(frame) \(Readable.duration(record.duration))"
    }
    let rest = drawn.count - sparklines.count
    return table.lines(style: style) + sparklines
      + (rest > 0 ? ["  " + Self.more(rest, "link", in: "link_use")] : [])
  }

  private func useRow(_ name: String, _ way: String, _ figures: LinkStatistics) -> [TerminalTable.Cell] {
    [
      .init(name), .init(way),
      .init(Readable.megabits(figures.rateMean)), .init(Readable.megabits(figures.capacityMean)),
      .init(figures.useShare.map(Readable.share) ?? "-"),
      .init(Readable.megabits(figures.ratePercentile95)), .init(Readable.megabits(figures.rateMaximum)),
      .init(
        figures.saturatedTime > .zero ? Readable.duration(figures.saturatedTime) : "-",
        figures.saturatedTime > .zero ? .warning : nil),
      .init(Readable.size(figures.bytes)),
    ]
  }

  /// What one bin of the links is called: `minute`, or `10m`, or `bin` where the links differ.
  private var binTitle: String {
    guard let width = record.links.first?.use.binWidth,
      record.links.allSatisfy({ $0.use.binWidth == width })
    else { return "bin" }
    let words: [(TimeSpan, String)] = [(.seconds(1), "second"), (.minutes(1), "minute"), (.hours(1), "hour")]
    return words.first { $0.0 == width }?.1 ?? Readable.duration(width)
  }

  private var timelineSection: [String] {
    let shown = record.faults.prefix(Self.faultsShown)
    let hasNames = shown.contains(where: \.isNamed)
    var table = TerminalTable(
      [.init(title: "timeline", isRightAligned: false)]
        + (hasNames ? [.init(title: "id", isRightAligned: false)] : [])
        + [.init(title: "from"), .init(title: "to"), .init(title: "lasted")])
    for fault in shown {
      table.rows.append(
        [.init(shortened("\(fault.kind) \(fault.subject)", to: 48))]
          + (hasNames ? [.init(fault.isNamed ? shortened(fault.name, to: 24) : "")] : [])
          + [
            .init(Readable.instant(fault.from)), .init(Readable.instant(fault.to)),
            .init(fault.to > fault.from ? Readable.duration(fault.to - fault.from) : "-"),
          ])
    }
    let rest = record.faults.count - Self.faultsShown
    return table.lines(style: style) + (rest > 0 ? ["  " + Self.more(rest, in: "faults")] : [])
  }

  private var closingSection: [String] {
    let mismatches = record.mismatchedInstanceCount
    let verdict = style.paint(
      "\(Readable.count(mismatches)) \(mismatches == 1 ? "mismatch" : "mismatches")",
      mismatches == 0 ? .good : .bad)
    var counts = "\(Readable.count(summary.completedCycleCount)) completed"
    if summary.abortedCycleCount > 0 { counts += ", \(Readable.count(summary.abortedCycleCount)) aborted" }
    if summary.fullSyncCount > 0 { counts += ", \(Readable.count(summary.fullSyncCount, "full sync"))" }
    var lines = [
      "  cycles     \(counts); guests wrote \(Readable.size(summary.writtenSize)), "
        + "shipped \(Readable.size(summary.payloadSize)), on the wire \(Readable.size(summary.wireSize))",
      "  oracle     verified \(Readable.count(record.verifiedInstanceCount, "instance")), \(verdict)",
    ]
    lines.insert(contentsOf: [guestLine, availabilityLine].compactMap { $0 } + vsanLines, at: 1)
    lines.append("  reproduce  \(reproduction)   digest \(record.digestText)")
    return lines
  }

  private static func orDash(_ span: TimeSpan?) -> String { span.map(Readable.duration) ?? "-" }

  func shortened(_ text: String, to width: Int) -> String {
    text.count <= width ? text : text.prefix(width - 1) + style.ellipsis
  }
}
