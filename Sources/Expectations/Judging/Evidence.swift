import Measurements
import Quantities

/// A run's record and the windows of it that count.
struct Evidence {
  let record: RunRecord
  /// In order of time, without overlaps.
  let windows: [Range<Instant>]
  /// Whether only a moment is looked at: the end of the last window.
  let isMoment: Bool

  init(_ record: RunRecord, windows: [Range<Instant>]) {
    self.record = record
    self.windows = windows
    isMoment = false
  }

  /// What had been the case up to `moment`, from the end of the warm-up on where the metric is one of things that happen.
  init(_ record: RunRecord, at moment: Instant) {
    self.record = record
    windows = [min(record.measured.lowerBound, moment)..<moment]
    isMoment = true
  }

  var moment: Instant { windows.last?.upperBound ?? .zero }

  /// Whether something that happened at `instant` counts; the end of a moment and of the run does.
  func holds(_ instant: Instant) -> Bool {
    let end = Instant.zero + record.duration
    return windows.contains {
      $0.contains(instant) || instant == $0.upperBound && (isMoment || instant == end)
    }
  }
}

extension Expression {
  /// Judges the expression by what a run has left behind.
  ///
  /// - Precondition: It is not one of states.
  func judge(_ evidence: Evidence) -> Reading {
    switch series.metric.form {
    case .line: return evidence.isMoment ? judge(linesAtMoment(evidence)) : judgeLines(evidence)
    case .samples: return judge(samples(evidence))
    case .totals: return judgeTotals(evidence)
    case .states: preconditionFailure("a state is judged while the run goes on")
    }
  }

  /// The machines that are selected.
  private func machines(_ evidence: Evidence) -> [VMRecord] {
    guard let selector = series.selector(.vm) else { return evidence.record.vms }
    return evidence.record.vms.filter { selector.selects($0.name) }
  }

  // MARK: - Lines

  /// A lag as a value of the metric: itself, or the multiple of the RPO, rounded up.
  private func amount(_ lag: TimeSpan, of machine: VMRecord) -> Int64 {
    guard series.metric == .rpoRatio else { return lag.nanoseconds }
    let scaled = Int128(lag.nanoseconds) * 1_000_000_000
    let rpo = Int128(max(machine.rpo.nanoseconds, 1))
    return Int64(clamping: (scaled + rpo - 1) / rpo)
  }

  /// The longest lag with at most that value.
  private func lag(_ amount: Int64, of machine: VMRecord) -> TimeSpan {
    guard series.metric == .rpoRatio else { return TimeSpan(nanoseconds: amount) }
    return TimeSpan(
      nanoseconds: Int64(clamping: Int128(amount) * Int128(machine.rpo.nanoseconds) / 1_000_000_000))
  }

  /// A machine without an instance has no value, and a claim about each machine does not hold of it.
  private func linesAtMoment(_ evidence: Evidence) -> [Sample] {
    let now = evidence.moment
    return machines(evidence).compactMap { machine in
      guard machine.lag.start <= now, now <= machine.lag.end ?? now else { return nil }
      if let lag = machine.lag.lag(at: now) { return Sample(machine.name, amount(lag, of: machine), at: now) }
      if case .each = term {
        let isReplicated = machine.lag.notReplicated(in: now..<(now + .nanoseconds(1))).isEmpty
        return Sample(
          machine.name, Sample.never, at: now, remark: isReplicated ? "no instance yet" : "not replicated")
      }
      return nil
    }
  }

  private func judgeLines(_ evidence: Evidence) -> Reading {
    let lines = machines(evidence).map { machine in
      (machine: machine, segments: evidence.windows.flatMap { machine.lag.segments(in: $0) })
    }
    let pieces = lines.flatMap { line in line.segments.map { (machine: line.machine, segment: $0) } }
    guard !pieces.isEmpty else { return nothing(of: series.metric) }
    func extreme(isHighest: Bool) -> Sample {
      let samples = pieces.map { piece in
        isHighest
          ? Sample(
            piece.machine.name, amount(piece.segment.lagAtEnd, of: piece.machine), at: piece.segment.to)
          : Sample(
            piece.machine.name, amount(piece.segment.lagAtStart, of: piece.machine), at: piece.segment.from)
      }
      return samples.dropFirst().reduce(samples[0]) {
        (isHighest ? $1.amount > $0.amount : $1.amount < $0.amount) ? $1 : $0
      }
    }
    func told(_ sample: Sample, holds: Bool? = nil) -> Reading {
      Reading(
        holds: holds ?? comparison.holds(sample.amount),
        finding: finding(sample.amount, kind: series.metric.kind), owner: sample.owner, at: sample.at)
    }
    let owner = lines.count == 1 ? lines.first?.machine.name : nil
    switch term {
    case .each:
      let (lowest, highest) = (extreme(isHighest: false), extreme(isHighest: true))
      // A line comes up to its highest value without reaching it.
      switch comparison.operator {
      case .less, .atMost: return told(highest, holds: highest.amount <= comparison.amount)
      case .greater, .atLeast: return told(lowest)
      case .equal, .isIn: return told(highest, holds: false)
      case .unequal:
        let isPassed = comparison.values.contains { value in
          guard case .amount(let amount) = value.content else { return false }
          return lowest.amount <= amount && amount < highest.amount
        }
        return told(highest, holds: !isPassed)
      }
    case .function(.min, _): return told(extreme(isHighest: false))
    case .function(.max, _): return told(extreme(isHighest: true))
    case .function(.argmax, _):
      let highest = extreme(isHighest: true)
      return Reading(
        holds: comparison.holds(highest.owner), finding: .word(highest.owner), at: highest.at)
    case .function(.avg, _):
      return reading(mean(pieces), kind: series.metric.kind, owner: owner)
    case .function(.percentile(let parts), _):
      return reading(quantile(parts, lines), kind: series.metric.kind, owner: owner)
    case .function(.sum, _): preconditionFailure("a sum of a line was refused when it was read")
    case .share(_, let condition):
      let total = lines.flatMap(\.segments).reduce(Int128(0)) { $0 + Int128($1.length.nanoseconds) }
      guard let share = share(time(lines, condition, total: total), of: total) else {
        return nothing(of: series.metric)
      }
      return Reading(
        holds: comparison.holds(share), finding: .share(Ratio(partsPerBillion: share)), owner: owner)
    case .count(_, let condition):
      let kept = lines.count { line in
        !line.segments.isEmpty
          && Expression(text: text, term: .each(series), comparison: condition)
            .judge(Evidence(evidence.record, windows: evidence.windows), only: line.machine)
      }
      return Reading(holds: comparison.holds(Int64(kept)), finding: .count(kept))
    }
  }

  /// Whether it holds of one machine throughout.
  private func judge(_ evidence: Evidence, only machine: VMRecord) -> Bool {
    let selector = Selector(key: .vm, pattern: machine.name, range: series.range)
    let narrowed = Series(metric: series.metric, selectors: [selector], range: series.range)
    return Expression(text: text, term: .each(narrowed), comparison: comparison).judge(evidence).holds
  }

  /// The mean over time of all lines together, rounded down.
  private func mean(_ pieces: [(machine: VMRecord, segment: LagSegment)]) -> Int64 {
    var sum: Int128 = 0
    var length: Int128 = 0
    for (machine, segment) in pieces {
      let part = Int128(segment.length.nanoseconds)
      length += part
      // Twice the mean of the segment is the sum of its ends.
      let doubled =
        Int128(amount(segment.lagAtStart, of: machine)) + Int128(amount(segment.lagAtEnd, of: machine))
      sum += doubled * part
    }
    return Int64(clamping: sum / (2 * length))
  }

  /// For how long the lines satisfied a condition; single moments take no time.
  private func time(
    _ lines: [(machine: VMRecord, segments: [LagSegment])], _ condition: Comparison, total: Int128
  ) -> Int128 {
    switch condition.operator {
    case .equal, .isIn: return 0
    case .unequal: return total
    case .less, .atMost, .greater, .atLeast:
      let below = lines.reduce(Int128(0)) { sum, line in
        sum
          + Int128(
            LagDistribution(line.segments).time(atMost: lag(condition.amount, of: line.machine)).nanoseconds)
      }
      let isBelow = condition.operator == .less || condition.operator == .atMost
      return isBelow ? below : total - below
    }
  }

  /// The least value that the lines do not exceed for that share of their time.
  private func quantile(_ parts: Int64, _ lines: [(machine: VMRecord, segments: [LagSegment])]) -> Int64 {
    let distributions = lines.map { (machine: $0.machine, distribution: LagDistribution($0.segments)) }
    let total = lines.flatMap(\.segments).reduce(Int128(0)) { $0 + Int128($1.length.nanoseconds) }
    let highest =
      lines.map { line in
        line.segments.map { amount($0.lagAtEnd, of: line.machine) }.max() ?? 0
      }.max() ?? 0
    var (low, high) = (Int64(0), highest)
    while low < high {
      let middle = low + (high - low) / 2
      let below = distributions.reduce(Int128(0)) {
        $0 + Int128($1.distribution.time(atMost: lag(middle, of: $1.machine)).nanoseconds)
      }
      if below * 1_000_000_000 >= total * Int128(parts) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  // MARK: - Totals

  private func judgeTotals(_ evidence: Evidence) -> Reading {
    if series.metric == .rpoCompliance, case .each = term {
      let machines = machines(evidence)
      guard let share = compliance(machines, evidence) else { return nothing(of: series.metric) }
      return reading(
        share, kind: .share, owner: machines.count == 1 ? machines.first?.name : nil)
    }
    return judge(totals(evidence))
  }

  private func totals(_ evidence: Evidence) -> [Sample] {
    switch series.metric {
    case .rpoCompliance:
      return machines(evidence).compactMap { machine in
        compliance([machine], evidence).map { Sample(machine.name, $0) }
      }
    case .fullSyncs:
      return machines(evidence).map { machine in
        let count = evidence.record.cycles.count {
          $0.vm == machine.id && $0.kind == .fullSync && evidence.holds($0.startedAt)
        }
        return Sample(machine.name, Int64(count))
      }
    default:
      return linkNames(evidence).map { name in
        let bytes = directions(ofLink: name, evidence).reduce(Int128(0)) { sum, link in
          sum
            + link.use.bins.indices.reduce(Int128(0)) {
              counts(bin: $1, of: link, evidence) ? $0 + Int128(link.use.bins[$1].bytes) : $0
            }
        }
        return Sample(name, Int64(clamping: bytes))
      }
    }
  }

  private func compliance(_ machines: [VMRecord], _ evidence: Evidence) -> Int64? {
    var observed: Int128 = 0
    var compliant: Int128 = 0
    for machine in machines {
      for window in evidence.windows {
        let statistics = machine.lag.statistics(in: window)
        observed += Int128(statistics.observedTime.nanoseconds)
        compliant += Int128(statistics.compliantTime.nanoseconds)
      }
    }
    return share(compliant, of: observed)
  }

  // MARK: - Links

  private func linkNames(_ evidence: Evidence) -> [String] {
    var names: [String] = []
    for link in evidence.record.links where names.last != link.name {
      if series.selector(.link)?.selects(link.name) ?? true { names.append(link.name) }
    }
    return names
  }

  private func directions(ofLink name: String, _ evidence: Evidence) -> [LinkRecord] {
    evidence.record.links.filter { link in
      link.name == name && series.selector(.from)?.selects(link.source) ?? true
    }
  }

  /// Whether a bin lies in one of the windows.
  private func counts(bin: Int, of link: LinkRecord, _ evidence: Evidence) -> Bool {
    let interval = link.use.interval(ofBin: bin)
    return evidence.windows.contains {
      $0.lowerBound <= interval.lowerBound && interval.upperBound <= $0.upperBound
    }
  }

  private func linkSamples(_ evidence: Evidence) -> [Sample] {
    linkNames(evidence).flatMap { name -> [Sample] in
      let links = directions(ofLink: name, evidence)
      guard let first = links.first else { return [] }
      return first.use.bins.indices.compactMap { bin in
        let interval = first.use.interval(ofBin: bin)
        let isWhole = interval.upperBound - interval.lowerBound == first.use.binWidth
        guard isWhole || first.use.bins.count == 1, counts(bin: bin, of: first, evidence) else { return nil }
        let shares = links.compactMap { link in
          share(Int128(link.use.bins[bin].bytes), of: Int128(link.use.bins[bin].capacityBytes))
        }
        return shares.max().map { Sample(name, $0, at: interval.lowerBound) }
      }
    }
  }

  // MARK: - Samples

  private func samples(_ evidence: Evidence) -> [Sample] {
    switch series.metric {
    case .linkUse: return linkSamples(evidence)
    case .rpoViolation:
      return machines(evidence).flatMap { machine in
        evidence.windows.flatMap { machine.lag.violations(in: $0) }.map {
          Sample(machine.name, ($0.upperBound - $0.lowerBound).nanoseconds, at: $0.lowerBound)
        }
      }
    case .syncBytes, .syncDuration:
      return machines(evidence).flatMap { machine in
        evidence.record.cycles.filter { $0.vm == machine.id && $0.isCompleted && evidence.holds($0.endedAt) }
          .map { cycle in
            Sample(
              machine.name,
              series.metric == .syncBytes ? Int64(cycle.wireSize.bytes) : cycle.duration.nanoseconds,
              at: cycle.endedAt)
          }
      }
    case .dataLoss:
      return planRuns(evidence).flatMap { run in
        run.machines.compactMap { machine in
          guard let loss = machine.dataLoss, series.selector(.vm)?.selects(machine.name) ?? true,
            series.selector(.group)?.selects(machine.group) ?? true
          else { return nil }
          return Sample(machine.name, loss.nanoseconds, at: machine.instance)
        }
      }
    case .rto:
      return planRuns(evidence).compactMap { run in
        run.recoveryTime.map {
          Sample(run.id ?? run.plan, $0.nanoseconds, at: run.started, remark: Self.criticalPath(of: run))
        }
      }
    default: return recoveries(evidence)
    }
  }

  /// The runs of plans that are selected and ended in the windows.
  private func planRuns(_ evidence: Evidence) -> [PlanRunRecord] {
    evidence.record.planRuns.filter { run in
      evidence.holds(run.ended) && series.selector(.plan)?.selects(run.plan) ?? true
        && series.selector(.run).map { selector in run.id.map(selector.selects) ?? false } ?? true
    }
  }

  private static func criticalPath(of run: PlanRunRecord) -> String? {
    guard !run.criticalPath.isEmpty else { return nil }
    return "critical path: "
      + run.criticalPath.map { "\($0.title) \($0.duration.rounded)" }.joined(separator: " > ")
  }

  /// From the end of each selected event to the first instant with all selected machines within their RPO.
  private func recoveries(_ evidence: Evidence) -> [Sample] {
    let record = evidence.record
    let end = Instant.zero + record.duration
    let events: [(name: String, end: Instant)] =
      record.faults.filter(\.isNamed).map { ($0.name, $0.to) }
      + record.planRuns.compactMap { run in run.id.map { ($0, run.ended) } }
    return events.filter { series.selector(.event)?.selects($0.name) ?? true }.map { event in
      // When some machine was out of its RPO, in order of time.
      let behind = machines(evidence).flatMap { machine -> [Range<Instant>] in
        let window = event.end..<max(event.end, end)
        return machine.lag.violations(in: window) + machine.lag.withoutInstance(in: window)
      }.sorted { $0.lowerBound < $1.lowerBound }
      var free = event.end
      for interval in behind where interval.lowerBound <= free { free = max(free, interval.upperBound) }
      let isNever = free >= end && (event.end < end)
      return Sample(event.name, isNever ? Sample.never : (free - event.end).nanoseconds, at: free)
    }
  }
}
