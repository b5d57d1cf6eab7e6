import Expectations
import Measurements
import Quantities
import Scenarios
import Testing

@Suite struct ExpectationKeyTests {
  private static let text = """
    { "format": 1, "name": "expecting", "clock": { "duration": "10h", "warmup": "1h" },
      "sites": [{ "name": "paris", "datastores": [{ "name": "ds-paris" }] },
                { "name": "lyon", "datastores": [{ "name": "ds-lyon" }] }],
      "links": [{ "name": "wan", "between": ["paris", "lyon"], "bandwidth": "20Mbps", "latency": "5ms" }],
      "vms": [{ "name": "web-{1..2}", "site": "paris", "datastore": "ds-paris", "disks": [{ "name": "os", "size": "4GiB" }] }],
      "replications": [{ "vm": "web-*", "to": "lyon", "datastore": "ds-lyon", "rpo": "15m", "initialSync": "done" }],
      "timeline": [{ "at": "2h", "do": "link.down", "link": "wan", "for": "30m", "id": "outage" }],
      "assertions": [
        { "id": "steady", "expect": "max(rpo_lag{vm=web-*}) <= 15m", "during": "1h..outage.start", "except": ["90m..95m"] },
        { "expect": "replication{vm=web-1}.status == OK", "at": "outage.end", "grace": "20m", "severity": "warning" },
        { "expect": "recovery_to_rpo{event=outage} <= 1h", "abortOnFail": true, "why": "the contract says so" }],
      "steadyState": [{ "expect": "count(replication.status != OK) == 0", "by": "1h" }] }
    """

  private func read(_ text: String = text) throws -> Scenario {
    let (scenario, diagnostics) = ScenarioReader.read(text: text, file: "expecting.json")
    #expect(diagnostics.isEmpty)
    return try #require(scenario)
  }

  @Test func `Expectations come with their moments, the steady state first`() throws {
    let expectations = try read().expectations
    // The testing library has an `Expectation` of its own.
    typealias Moment = Expectations.Expectation.Moment
    let oneHour = Moment.time(.zero + .hours(1))
    let start = Moment.event(id: "outage", isEnd: false)
    let end = Moment.event(id: "outage", isEnd: true)

    #expect(expectations.map(\.kind) == [.steadyState, .assertion, .assertion, .assertion])
    #expect(expectations[0].when == .by(oneHour))
    #expect(
      expectations[1].when
        == .during(
          .init(from: oneHour, to: start),
          except: [.init(from: .time(.zero + .minutes(90)), to: .time(.zero + .minutes(95)))]))
    #expect(expectations[1].id == "steady" && expectations[1].whenText == "1h..outage.start except 90m..95m")
    #expect(expectations[2].when == .at(end) && expectations[2].grace == .minutes(20))
    #expect(expectations[2].severity == .warning && expectations[3].severity == .error)
    #expect(expectations[3].when == .during(nil, except: []) && expectations[3].abortsOnFailure)
    #expect(expectations.map(\.line.number) == [12, 9, 10, 11])
  }

  @Test func `What is expected changes nothing of what is simulated`() throws {
    let start = try #require(Self.text.firstRange(of: "\"assertions\"")).lowerBound
    let kept = Self.text[..<start].reversed().drop { $0.isWhitespace || $0 == "," }
    let bare = String(kept.reversed()) + " }"
    #expect(try read(bare).hash == read().hash)
    #expect(try read(bare).expectations.isEmpty)
  }

  @Test func `The canonical text reads back to the same expectations`() throws {
    let scenario = try read()
    #expect(try read(scenario.canonicalText) == scenario)
  }
}
