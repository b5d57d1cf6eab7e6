import Foundation
import Testing

/// The line is down from 1 h to 1 h 30 min, and the RPO is 15 minutes.
@Suite struct ExpectationTests {
  let tool: CommandLineTool

  init() throws { tool = try CommandLineTool() }

  private func run(
    _ assertions: String, steadyState: String = "", _ options: String...
  ) throws -> CommandLineTool.Result {
    try tool.write(Samples.expecting(assertions, steadyState: steadyState), to: "claims.json")
    return switch options.count {
    case 0: try tool.run("run", "claims.json")
    case 1: try tool.run("run", "claims.json", options[0])
    default: try tool.run("run", "claims.json", options[0], options[1])
    }
  }

  @Test func `Claims that hold end with 0 and are told with what was found`() throws {
    let result = try run(
      """
      { "id": "calm", "expect": "max(rpo_lag) <= 15m", "during": "15m..1h" },
      { "id": "seen", "expect": "count(replication.status == NOT_ACTIVE_RPO_VIOLATION) == 2", "at": "80m" },
      { "id": "back", "expect": "recovery_to_rpo{event=digger} <= 15m" },
      { "id": "power", "expect": "count(vm{site=paris}.power == ON) == 2", "at": "digger.end" },
      { "id": "target", "expect": "replication{vm=web-1}.target == lyon", "at": "end" }
      """)
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.contains("\nASSERTIONS\n  ok  "))
    #expect(result.output.contains("  5 passed\n"))
    #expect(result.output.contains("replication.target web-1 = lyon at 2h"))
  }

  @Test func `A claim that fails ends with 1 and is told with its line`() throws {
    let result = try run(
      """
      { "id": "always", "expect": "max(rpo_lag) <= 15m" },
      { "id": "hoped", "expect": "rpo_compliance >= 99%", "severity": "warning" }
      """)
    #expect(result.status == 1)
    let lines = result.output.split(separator: "\n").map(String.init)
    let failure = try #require(lines.first { $0.contains("FAIL  always") })
    #expect(failure.contains("(<= 15m)") && failure.hasSuffix("claims.json:11"))
    #expect(lines.contains { $0.hasPrefix("  warn  hoped") && $0.contains("rpo_compliance = ") })
    #expect(lines.contains("  1 failed, 0 passed, 1 warning"))
  }

  @Test func `What comes after the end of a run that is cut off is not judged`() throws {
    // The line is down from 1 h on.
    let result = try run(
      """
      { "id": "moment", "expect": "rpo_lag <= 1m", "at": "100m" },
      { "id": "window", "expect": "max(rpo_lag) <= 1m", "during": "80m..110m" },
      { "id": "entry", "expect": "replication.status == OK", "at": "digger.end" },
      { "id": "recovery", "expect": "recovery_to_rpo{event=digger} <= 15m" },
      { "id": "plans", "expect": "rto <= 15m" }
      """, "--until", "70m")
    #expect(result.status == 0)
    #expect(result.output.contains("  0 passed, 5 not judged\n"))
    #expect(result.output.contains("  skip  moment    not judged (the run ended at 1h10m)  "))
    #expect(result.output.contains("  skip  entry     not judged (digger has not ended)"))
  }

  @Test func `A warning alone ends with 0`() throws {
    let claim = #"{ "expect": "rpo_compliance >= 99%", "severity": "warning" }"#
    #expect(try run(claim).status == 0)
  }

  @Test func `A claim that aborts stops the run and ends with 3`() throws {
    let result = try run(
      """
      { "id": "up", "expect": "replication.status in [OK, SYNC]", "at": "70m", "abortOnFail": true },
      { "id": "later", "expect": "replication.status == OK", "at": "end" }
      """, "--json")
    #expect(result.status == 3)
    let document = try result.json()
    #expect(document["durationSeconds"] as? Double == 4_200)
    let verdicts = try #require(document["expectations"] as? [[String: Any]])
    #expect(verdicts.map { $0["outcome"] as? String } == ["failed", "skipped"])
    #expect(verdicts[0]["isAbort"] as? Bool == true)
  }

  @Test func `A steady state that does not come ends with 3`() throws {
    let result = try run(
      "", steadyState: #"{ "expect": "count(replication.status == ERROR) == 2", "by": "30m" }"#)
    #expect(result.status == 3)
    #expect(result.output.contains("30m simulated") && result.output.contains("FAIL  steady state"))
    let met = try run("", steadyState: #"{ "expect": "count(replication.status != OK) == 0", "by": "1h" }"#)
    #expect(met.status == 0)
  }

  @Test func `Claims change nothing of the run, and one cut off leaves some without verdict`() throws {
    try tool.write(Samples.small, to: "small.json")
    let plain = try tool.run("run", "small.json", "--json").json()
    let claims =
      #"{ "expect": "replication.status == OK", "at": "100m", "severity": "warning", "grace": "5m" }"#
    let judged = try run(claims, steadyState: "", "--json").json()
    #expect(plain["digest"] as? String == judged["digest"] as? String)
    #expect(plain["eventCount"] as? Int == judged["eventCount"] as? Int)
    let cut = try run(claims, steadyState: "", "--until", "90m")
    #expect(cut.status == 0 && cut.output.contains("  0 passed, 1 not judged\n"))
  }

  @Test func `A mistake in a claim ends with 2 and is marked`() throws {
    let result = try run(#"{ "expect": "max(rpo_lagg) <= 15m" }"#)
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.contains("^^^^^^^^ did you mean rpo_lag?"))
  }

  @Test func `Explain knows the metrics`() throws {
    let all = try tool.run("explain", "metrics")
    #expect(all.status == 0)
    for name in ["rpo_lag{vm}", "rto{run, plan}", "replication{vm}.status", "vm{vm, name, site}.power"] {
      #expect(all.output.contains("\n\(name)  (") || all.output.hasPrefix(name))
    }
    #expect(try tool.run("explain", "link_use").output.contains("fuller direction"))
    #expect(try tool.run("explain", "rpo_lgg").errors.contains("did you mean \"rpo_lag\"?"))
  }
}
