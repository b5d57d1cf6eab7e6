package import Quantities

/// What was expected of a run, and whether it was so.
package struct ExpectationRecord: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case assertion
    /// What must be the case for the run to be worth judging.
    case steadyState
  }

  package enum Severity: String, Sendable, Hashable, CaseIterable {
    case error, warning
  }

  package enum Outcome: String, Sendable, Hashable, CaseIterable {
    case met, failed
    /// The run ended before it could be judged.
    case skipped
  }

  /// What was found in place of what was expected.
  package enum Finding: Sendable, Hashable {
    case duration(TimeSpan)
    /// Longer than the run.
    case never
    /// A part of a whole.
    case share(Ratio)
    /// A multiple.
    case factor(Ratio)
    case size(ByteCount)
    case count(Int)
    /// A status or a name.
    case word(String)
  }

  package let kind: Kind
  package let id: String?
  /// As it is written: `max(rpo_lag{vm=db01}) <= 15m`.
  package let expectation: String
  /// What was looked at: `max rpo_lag`.
  package let subject: String
  /// What it must be: `<= 15m`.
  package let limit: String
  /// When it must hold, as written; empty for the whole run.
  package let when: String
  package let severity: Severity
  package let outcome: Outcome
  /// Of several values the one that decided: the worst where one failed.
  package let finding: Finding?
  /// What the finding belongs to, such as a machine.
  package let owner: String?
  /// The moment that decided; `nil` where no single one did.
  package let at: Instant?
  /// Why there is nothing to judge, or what else explains the outcome.
  package let remark: String?
  /// Whether its failure stopped the run.
  package let isAbort: Bool
  /// The line of the scenario's file, from 1.
  package let line: Int?

  package init(
    kind: Kind = .assertion, id: String?, expectation: String, subject: String, limit: String,
    when: String = "", severity: Severity = .error, outcome: Outcome, finding: Finding? = nil,
    owner: String? = nil, at: Instant? = nil, remark: String? = nil, isAbort: Bool = false, line: Int? = nil
  ) {
    self.kind = kind
    self.id = id
    self.expectation = expectation
    self.subject = subject
    self.limit = limit
    self.when = when
    self.severity = severity
    self.outcome = outcome
    self.finding = finding
    self.owner = owner
    self.at = at
    self.remark = remark
    self.isAbort = isAbort
    self.line = line
  }
}

extension RunRecord {
  /// Whether an assertion of severity error failed.
  package var hasFailedAssertion: Bool {
    expectations.contains { $0.kind == .assertion && $0.outcome == .failed && $0.severity == .error }
  }

  /// Whether the run was stopped or is not to be judged: the steady state was not reached, or an assertion that aborts
  /// failed.
  package var isAborted: Bool {
    expectations.contains { $0.isAbort || $0.kind == .steadyState && $0.outcome == .failed }
  }
}
