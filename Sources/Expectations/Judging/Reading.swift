import Measurements
import Quantities

/// What an expression found, and whether that is as expected.
struct Reading: Hashable {
  let holds: Bool
  var finding: ExpectationRecord.Finding?
  /// What the finding belongs to.
  var owner: String?
  var at: Instant?
  var remark: String?

  init(
    holds: Bool, finding: ExpectationRecord.Finding? = nil, owner: String? = nil, at: Instant? = nil,
    remark: String? = nil
  ) {
    self.holds = holds
    self.finding = finding
    self.owner = owner
    self.at = at
    self.remark = remark
  }
}

/// One value of a metric.
struct Sample: Hashable {
  /// Longer than anything: what never happened.
  static let never = Int64.max

  let owner: String
  let value: StateSample.Value
  var at: Instant?
  /// What explains the value, such as what a recovery time is made of.
  var remark: String?

  init(_ owner: String, _ amount: Int64, at: Instant? = nil, remark: String? = nil) {
    self.owner = owner
    value = .amount(amount)
    self.at = at
    self.remark = remark
  }

  init(_ owner: String, _ value: StateSample.Value) {
    self.owner = owner
    self.value = value
  }

  func satisfies(_ comparison: Expression.Comparison) -> Bool {
    switch value {
    case .amount(let amount): comparison.holds(amount)
    case .word(let word): comparison.holds(word)
    }
  }
}

extension Expression {
  /// Judges values that came one by one.
  ///
  /// A claim about every value decides by the worst of those that break it, or where none does, by the one nearest to
  /// that. Of no values a count is zero, and a claim about each of none fails, since a name that selects nothing is
  /// more likely a mistake than meant.
  func judge(_ samples: [Sample]) -> Reading {
    switch term {
    case .each(let series):
      guard let decisive = decisive(of: samples) else { return nothing(of: series.metric) }
      return reading(decisive, kind: series.metric.kind)
    case .count(_, let condition):
      let count = samples.count { $0.satisfies(condition) }
      return Reading(holds: comparison.holds(Int64(count)), finding: .count(count))
    case .share(let series, let condition):
      let part = samples.count { $0.satisfies(condition) }
      guard let share = share(Int128(part), of: Int128(samples.count)) else {
        return nothing(of: series.metric)
      }
      return Reading(
        holds: comparison.holds(share), finding: .share(Ratio(partsPerBillion: share)))
    case .function(let function, let series):
      return judge(samples, by: function, series.metric)
    }
  }

  private func judge(_ samples: [Sample], by function: Function, _ metric: Metric) -> Reading {
    let amounts = samples.map(\.amount)
    guard let first = samples.first else {
      // The sum of no violations, and the longest of none, is nothing.
      guard metric == .rpoViolation, function != .argmax else { return nothing(of: metric) }
      return Reading(holds: comparison.holds(0), finding: finding(0, kind: metric.kind))
    }
    switch function {
    case .min:
      let least = samples.dropFirst().reduce(first) { $1.amount < $0.amount ? $1 : $0 }
      return reading(least, kind: metric.kind)
    case .max:
      let most = samples.dropFirst().reduce(first) { $1.amount > $0.amount ? $1 : $0 }
      return reading(most, kind: metric.kind)
    case .argmax:
      let most = samples.dropFirst().reduce(first) { $1.amount > $0.amount ? $1 : $0 }
      return Reading(holds: comparison.holds(most.owner), finding: .word(most.owner), at: most.at)
    case .sum:
      return reading(Int64(clamping: amounts.reduce(Int128(0)) { $0 + Int128($1) }), kind: metric.kind)
    case .avg:
      let sum = amounts.reduce(Int128(0)) { $0 + Int128($1) }
      return reading(Int64(clamping: sum / Int128(amounts.count)), kind: metric.kind)
    case .percentile(let parts):
      // Nearest rank: the least value that the share of the values does not exceed.
      let rank = (Int128(amounts.count) * Int128(parts) + 999_999_999) / 1_000_000_000
      return reading(amounts.sorted()[Int(max(rank, 1)) - 1], kind: metric.kind)
    }
  }

  /// The value that decides about all of them.
  private func decisive(of samples: [Sample]) -> Sample? {
    guard let first = samples.first else { return nil }
    guard first.isNumber else {
      return samples.first { !$0.satisfies(comparison) } ?? first
    }
    switch comparison.operator {
    case .less, .atMost: return samples.dropFirst().reduce(first) { $1.amount > $0.amount ? $1 : $0 }
    case .greater, .atLeast: return samples.dropFirst().reduce(first) { $1.amount < $0.amount ? $1 : $0 }
    case .equal, .unequal, .isIn: return samples.first { !$0.satisfies(comparison) } ?? first
    }
  }

  func nothing(of metric: Metric) -> Reading {
    Reading(holds: false, remark: "no value of \(metric.rawValue) to judge")
  }

  private func reading(_ sample: Sample, kind: ValueKind) -> Reading {
    let finding: ExpectationRecord.Finding =
      switch sample.value {
      case .word(let word): .word(word)
      case .amount(let amount): self.finding(amount, kind: kind)
      }
    return Reading(
      holds: sample.satisfies(comparison), finding: finding, owner: sample.owner, at: sample.at,
      remark: sample.remark)
  }

  func reading(_ amount: Int64, kind: ValueKind, owner: String? = nil, at: Instant? = nil) -> Reading {
    Reading(
      holds: comparison.holds(amount), finding: finding(amount, kind: kind), owner: owner, at: at)
  }

  func finding(_ amount: Int64, kind: ValueKind) -> ExpectationRecord.Finding {
    guard amount != Sample.never else { return .never }
    return switch kind {
    case .duration: .duration(TimeSpan(nanoseconds: amount))
    case .share: .share(Ratio(partsPerBillion: amount))
    case .factor: .factor(Ratio(partsPerBillion: amount))
    case .size: .size(ByteCount(bytes: UInt64(amount)))
    case .count: .count(Int(amount))
    case .word, .name: preconditionFailure("a word is no amount")
    }
  }

  /// `part / whole` in parts per billion, rounded down.
  func share(_ part: Int128, of whole: Int128) -> Int64? {
    whole > 0 ? Int64(part * 1_000_000_000 / whole) : nil
  }
}

extension Sample {
  var isNumber: Bool { if case .amount = value { true } else { false } }

  /// - Precondition: It is a number.
  var amount: Int64 {
    guard case .amount(let amount) = value else { preconditionFailure("a word has no amount") }
    return amount
  }
}
