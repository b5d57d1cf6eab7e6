import Expectations
import Measurements
import Quantities

struct AssertionDraft: Draft {
  static let noun = "assertion"

  var span: SourceSpan?
  var id = Field<String>()
  var expect = Field<String>()
  var at = Field<String>()
  var during = Field<String>()
  var except = Field<[Located<String>]>()
  var severity = Field<ExpectationRecord.Severity>()
  var abortOnFail = Field<Bool>()
  var grace = Field<TimeSpan>()

  static let keys: [Key<Self>] = [
    .optional("id", \.id, .name, "What reports call it; its expression if left out."),
    .required(
      "expect", \.expect, .text(like: "max(rpo_lag{vm=db01}) <= 15m"),
      "What must be true, as \"max(rpo_lag{vm=db01}) <= 15m\"; see drsim explain metrics."),
    .optional(
      "at", \.at, .text(like: "9h40m"),
      "The moment at which it must hold: a time, \"end\", or \"ID.start\" or \"ID.end\" of a timeline entry."),
    .optional(
      "during", \.during, .text(like: "6h..9h"),
      "The window in which it must hold, as \"6h..9h\" or \"outage.start..outage.end\"; from the end of the warm-up to the end if left out."
    ),
    .optional(
      "except", \.except, .list(of: .text(like: "6h..9h")), default: .list([]),
      "Windows that do not count, in the same form."
    ),
    .optional(
      "severity", \.severity, .word, default: "error",
      "Whether its failure fails the run, or is only told."),
    .optional(
      "abortOnFail", \.abortOnFail, .flag, default: false, "Whether its failure stops the run at once."),
    .optional(
      "grace", \.grace, .duration(unit: "m"), default: "0s",
      "For how long after \"at\" it may still become true."),
  ]
}

struct SteadyStateDraft: Draft {
  static let noun = "steady state"

  var span: SourceSpan?
  var expect = Field<String>()
  var by = Field<String>()

  static let keys: [Key<Self>] = [
    .required(
      "expect", \.expect, .text(like: "count(replication.status != OK) == 0"),
      "What must be true once, as \"count(replication.status != OK) == 0\"."),
    .required(
      "by", \.by, .text(like: "6h"),
      "The moment by which it must have been true: a time, or a moment of a timeline entry."),
  ]
}
