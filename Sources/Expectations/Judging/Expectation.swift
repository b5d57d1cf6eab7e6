package import Measurements
package import Quantities

/// Something a scenario expects of its run.
package struct Expectation: Sendable, Hashable {
  /// A moment of a run.
  package enum Moment: Sendable, Hashable {
    case time(Instant)
    /// When the timeline entry of that `id` begins, or ends; only the run may know.
    case event(id: String, isEnd: Bool)
    case end
  }

  /// A stretch of a run.
  package struct Window: Sendable, Hashable {
    package let from: Moment
    package let to: Moment

    package init(from: Moment, to: Moment) {
      self.from = from
      self.to = to
    }
  }

  /// When it must hold.
  package enum When: Sendable, Hashable {
    case at(Moment)
    /// In the window, but for others; without one, from the end of the warm-up to the end of the run.
    case during(Window?, except: [Window])
    /// Once, up to that moment.
    case by(Moment)
  }

  /// Where it stands in its file, for messages.
  ///
  /// It takes no part in comparisons: a scenario is the same whatever its layout.
  package struct Line: Sendable, Hashable {
    package let number: Int?

    package init(_ number: Int?) { self.number = number }

    package static func == (left: Line, right: Line) -> Bool { true }
    package func hash(into hasher: inout Hasher) {}
  }

  package let kind: ExpectationRecord.Kind
  package let id: String?
  package let expression: Expression
  package let when: When
  /// ``when`` as it is written.
  package let whenText: String
  package let severity: ExpectationRecord.Severity
  /// Whether the run stops where it fails.
  package let abortsOnFailure: Bool
  /// For how long after its moment it may still become true.
  package let grace: TimeSpan
  package let line: Line

  package init(
    kind: ExpectationRecord.Kind = .assertion, id: String? = nil, expression: Expression,
    when: When = .during(nil, except: []), whenText: String = "",
    severity: ExpectationRecord.Severity = .error, abortsOnFailure: Bool = false, grace: TimeSpan = .zero,
    line: Line = Line(nil)
  ) {
    self.kind = kind
    self.id = id
    self.expression = expression
    self.when = when
    self.whenText = whenText
    self.severity = severity
    self.abortsOnFailure = abortsOnFailure
    self.grace = grace
    self.line = line
  }

  func record(
    _ outcome: ExpectationRecord.Outcome, _ reading: Reading? = nil, at: Instant? = nil,
    remark: String? = nil, isAbort: Bool = false
  ) -> ExpectationRecord {
    ExpectationRecord(
      kind: kind, id: id, expectation: expression.text, subject: expression.title,
      limit: expression.comparison.text, when: whenText, severity: severity, outcome: outcome,
      finding: reading?.finding, owner: reading?.owner, at: at ?? reading?.at,
      remark: remark ?? reading?.remark, isAbort: isAbort, line: line.number)
  }
}
