extension DiagnosticCode {
  /// The texts of the codes about what is expected of a run.
  var textOfExpectations: (title: String, explanation: String) {
    switch self {
    case .invalidExpression:
      (
        "Malformed expression",
        """
        What is expected is written as a term, an operator and a value: max(rpo_lag{vm=db01}) <= 15m. A term is \
        a metric with selectors in braces, or a function of one: min, max, avg, sum, argmax, a percentile such as p95; \
        count(...) and share(...) hold a condition: count(replication.status != OK) == 0. Operators are ==, !=, <, <=, \
        >, >= and in, which takes a list: [OK, SYNC].
        """
      )
    case .unknownInExpression:
      (
        "Unknown word in an expression",
        """
        There is no metric, function, key or status of that name. "drsim explain metrics" lists the metrics with their \
        keys and exact meanings, "drsim explain status" the words of replications.
        """
      )
    case .unfittingExpression:
      (
        "Expression that does not fit together",
        """
        Durations are compared with durations, shares with shares, words only by ==, != and in. Percentiles lie between \
        0 and 100. Functions need numbers, and a sum of lags or shares means nothing.
        """
      )
    default: preconditionFailure("\(rawValue) is not about expectations")
    }
  }
}
