import Testing

@testable import Expectations

@Suite struct ExpressionParserTests {
  @Test func `An expression has a term, an operator and a value`() throws {
    let expression = try Expression(parsing: "max(rpo_lag{vm=db01}) <= 15m")

    guard case .function(.max, let series) = expression.term else {
      Issue.record("not a maximum")
      return
    }
    #expect(series.metric == .rpoLag)
    #expect(series.selectors.map(\.pattern) == ["db01"])
    #expect(expression.comparison.operator == .atMost)
    #expect(expression.comparison.values.map(\.content) == [.amount(900_000_000_000)])
    #expect(expression.title == "max rpo_lag" && expression.comparison.text == "<= 15m")
  }

  @Test func `A field stands behind the selectors or behind the name`() throws {
    let selected = try Expression(
      parsing: "replication{vm=db01}.status in [NOT_ACTIVE_RPO_VIOLATION, RPO_VIOLATION]")
    #expect(selected.series.metric == .replicationStatus)
    #expect(
      selected.comparison.values.map(\.content) == [
        .word("NOT_ACTIVE_RPO_VIOLATION"), .word("RPO_VIOLATION"),
      ])
    let counted = try Expression(parsing: "count(replication.status != OK) == 0")
    guard case .count(let series, let condition) = counted.term else {
      Issue.record("not a count")
      return
    }
    #expect(series.metric == .replicationStatus && condition.operator == .unequal)
    #expect(counted.title == "count replication.status != OK" && counted.comparison.text == "== 0")
  }

  @Test(arguments: [
    ("rpo_ratio < 1.5", 1_500_000_000), ("rpo_ratio < 150%", 1_500_000_000), ("link_use < 85%", 850_000_000),
    ("rpo_compliance >= 99.9%", 999_000_000), ("link_bytes < 2GiB", 2 << 30), ("full_syncs == 0", 0),
    ("p99.9(sync_bytes) < 1MB", 1_000_000), ("share(rpo_lag < 5m) > 50%", 500_000_000),
  ])
  func `Values are in the unit of what they are compared with`(text: String, amount: Int64) throws {
    #expect(try Expression(parsing: text).comparison.values.map(\.content) == [.amount(amount)])
  }

  @Test func `Names are told with what they must be names of`() throws {
    let names = try Expression(parsing: "max(data_loss{run=failover, group=PG-Tier1}) <= 1h").names
    #expect(names.map(\.name) == ["failover", "PG-Tier1"] && names.map(\.reference) == [.run, .group])
    #expect(try Expression(parsing: "argmax(rpo_ratio) == db01").names.map(\.reference) == [.virtualMachine])
    let target = try Expression(parsing: "replication{vm=web-*}.target == madrid").names
    #expect(
      target.map(\.name) == ["web-*", "madrid"] && target.map(\.reference) == [.virtualMachine, .site])
    #expect(
      try Expression(parsing: "plan{name=RP Prod}.status == READY_STATE").names.map(\.name) == ["RP Prod"])
  }

  @Test func `Percentiles may have decimals`() throws {
    #expect(try Expression(parsing: "p99.9(rpo_lag) < 1h").title == "p99.9 rpo_lag")
    #expect(try Expression(parsing: "p5(rpo_lag) < 1h").title == "p5 rpo_lag")
  }

  /// Each with the part that the mark stands under.
  @Test(
    arguments: [
      ("", ""), ("max(rpo_lag) 15m", "15m"), ("max(rpo_lag <= 15m", ""), ("rpo_lag = 15m", "="),
      ("rpo_lagg <= 15m", "rpo_lagg"), ("mx(rpo_lag) <= 15m", "mx"), ("p0(rpo_lag) < 1m", "p0"),
      ("p100(rpo_lag) < 1m", "p100"), ("rpo_lag{wm=db01} < 1m", "wm"), ("rpo_lag{vm} < 1m", "vm"),
      ("rpo_lag{vm=} < 1m", ""), ("rpo_lag{vm=a, vm=b} < 1m", "vm"), ("rpo_lag{vm=a < 1m", ""),
      ("rpo_lag < 15", "15"), ("rpo_lag < 85%", "85%"), ("link_use < 15m", "15m"),
      ("replication.status == KO", "KO"), ("replication.status < OK", "<"), ("replication == OK", ""),
      ("replication.state == OK", "state"), ("max(replication.status) == OK", "max"),
      ("sum(rpo_lag) < 1h", "sum"), ("rpo_lag.max < 1h", "max"), ("plan.status in OK", ""),
      ("plan.status in [OK", "OK"), ("full_syncs == -1", "-1"), ("rpo_lag < ", ""),
      ("count(rpo_lag) < 1", ""),
    ] as [(String, String)])
  func `What is wrong is marked where it stands`(text: String, marked: String) {
    do throws(ExpressionError) {
      _ = try Expression(parsing: text)
      Issue.record("\(text) was read")
    } catch {
      #expect(String(decoding: Array(text.utf8)[error.range], as: UTF8.self) == marked, "\(error)")
    }
  }

  @Test func `Every metric says what it means and can be asked for`() throws {
    for metric in Metric.allCases {
      #expect(metric.summary.hasSuffix("."), "\(metric)")
      #expect(metric.explanation.hasPrefix(metric.name + "{"))
      let value =
        switch metric.kind {
        case .duration: "1m"
        case .share: "50%"
        case .factor: "2"
        case .size: "1GB"
        case .count: "3"
        case .word: metric.words[0]
        case .name: "paris"
        }
      let expression = try Expression(parsing: "\(metric.rawValue) == \(value)")
      #expect(expression.series.metric == metric)
    }
  }
}
