import Quantities
import Testing

@testable import Scenarios

@Suite struct NamePatternTests {
  @Test func `Numbers keep their leading zeros`() {
    #expect(NamePattern.names(of: "web-{08..11}") == ["web-08", "web-09", "web-10", "web-11"])
    #expect(NamePattern.names(of: "web-{8..11}") == ["web-8", "web-9", "web-10", "web-11"])
    #expect(NamePattern.names(of: "web-{9..011}") == ["web-009", "web-010", "web-011"])
    #expect(NamePattern.names(of: "{1..2}-{0..1}x") == ["1-0x", "1-1x", "2-0x", "2-1x"])
    #expect(NamePattern.names(of: "plain") == ["plain"])
  }

  @Test(arguments: [
    "{", "}", "a{1..2", "a}1..2{", "{}", "{1}", "{1..}", "{a..b}", "{2..1}", "{1..100001}", "{-1..2}",
    "{1..1000}{1..1000}", "{1..9999999999}", "{{1..2}}", "{1..²}",
  ])
  func `What is no pattern has a problem`(pattern: String) {
    #expect(NamePattern.problem(of: pattern) != nil)
  }

  @Test func `A selector is the name itself or has stars for any characters`() {
    #expect(NamePattern.selects("web-*", "web-01") && NamePattern.selects("web-*", "web-"))
    #expect(!NamePattern.selects("web-*", "db-web-1") && NamePattern.selects("*web*", "db-web-1"))
    #expect(NamePattern.selects("a*b*a", "abba") && !NamePattern.selects("ab*ba", "aba"))
    #expect(NamePattern.selects("*", "anything") && NamePattern.selects("x", "x"))
    #expect(!NamePattern.selects("x", "xx") && !NamePattern.selects("a*b*c", "acb"))
  }
}

@Suite struct SuggestionTests {
  @Test func `A slip costs one`() {
    func slips(_ one: String, _ other: String) -> Int { slipCount(Array(one), Array(other)) }
    #expect(slips("rpo", "rpo") == 0)
    #expect(slips("rpoo", "rpo") == 1 && slips("rp", "rpo") == 1)
    #expect(slips("rpu", "rpo") == 1 && slips("rop", "rpo") == 1)
    #expect(slips("unifrom", "uniform") == 1)
    #expect(slips("ab", "ba") == 1 && slips("", "") == 0)
    #expect(slips("kitten", "sitting") == 3)
    #expect(slips("", "abc") == 3)
  }

  @Test func `The nearest is proposed, and nothing that is far`() {
    #expect(closest(to: "latncy", among: ["loss", "latency"]) == "latency")
    #expect(closest(to: "RPO", among: ["rpo"]) == "rpo")
    #expect(closest(to: "haRestart", among: ["mergeRate", "haRestartDelay"]) == "haRestartDelay")
    #expect(closest(to: "compression", among: ["policy", "datastore", "differing"]) == nil)
    #expect(closest(to: "db-07", among: ["db-01", "db-06"]) == "db-01")
    #expect(closest(to: "x", among: [String]()) == nil)
  }
}

@Suite struct UTCTimeTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2000-02-29T12:34:56Z", 951_827_696),
    ("2025-03-03T00:00:00Z", 1_740_960_000),
    ("1969-12-31T23:59:59Z", -1), ("0001-01-01T00:00:00Z", -62_135_596_800),
    ("9999-12-31T23:59:59Z", 253_402_300_799),
  ])
  func `A time is its seconds since 1970, both ways`(text: String, seconds: Int64) {
    #expect(UTCTime(text)?.secondsSince1970 == seconds)
    #expect(UTCTime(secondsSince1970: seconds).description == text)
  }

  /// 146 097 days are the 400 years after which the calendar repeats; 61 is prime to it.
  @Test func `A day of any month and year reads back`() {
    for day in stride(from: Int64(-73_000), to: 73_097, by: 61) {
      let time = UTCTime(secondsSince1970: day * 86_400)
      #expect(UTCTime(time.description) == time)
    }
  }

  @Test func `The day after a leap year's 28 February is the 29th`() {
    let day = UTCTime("2024-02-28T00:00:00Z").map { UTCTime(secondsSince1970: $0.secondsSince1970 + 86_400) }
    #expect(day?.description == "2024-02-29T00:00:00Z")
    let next = UTCTime("2023-02-28T00:00:00Z").map { UTCTime(secondsSince1970: $0.secondsSince1970 + 86_400) }
    #expect(next?.description == "2023-03-01T00:00:00Z")
  }

  @Test(arguments: [
    "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2025-04-31T00:00:00Z", "2025-13-01T00:00:00Z",
    "2025-00-01T00:00:00Z", "2025-01-00T00:00:00Z", "2025-01-01T24:00:00Z", "2025-01-01T00:60:00Z",
    "2025-01-01T00:00:60Z", "2025-01-01", "2025-01-01T00:00:00", "2025-01-01 00:00:00Z", "",
    "0000-01-01T00:00:00Z",
    "2025-01-01T00:00:00+01:00", "２025-01-01T00:00:00Z",
  ])
  func `A day or a form that does not exist is refused`(text: String) {
    #expect(UTCTime(text) == nil)
  }
}

@Suite struct ProfileTests {
  @Test func `The printed defaults are the values`() throws {
    let texts = Profile.parameters.map { "\($0.key) \($0.defaultText)" }
    #expect(
      texts == [
        "product 8.0U3", "blocksInFlight that of the product", "windowBlock extent",
        "regionRequestsInFlight that of the product", "hostContexts that of the product",
        "earlyStartShare 25%",
        "fullSyncLimit that of the product", "configurationSize 12599B", "targetHostDetection 30s",
        "rebalanceInterval 30m",
        "serverRate no limit", "serverDecompressionRate 13.92Gbps", "hostRate no limit",
        "migrationDuration 30s",
        "quiescingDuration 30s", "copyReadLatency 1ms", "copyWriteLatency 1ms", "haRestartDelay 3m",
        "connectionTimeout 1m",
        "reconnectDelayStep 10s", "reconnectDelayMaximum 1m30s",
        "estimateHistory 15", "transferChunk 4MiB", "checksumRate 100MiB/s", "mergeRate 3.2Gbps",
        "demandLogCapacity no limit", "diskReadLatency 0s", "collidingUnmap preserve",
        "unmapOptimization false", "serverTakeover 0s", "configurationDuration 0s",
        "optimizedReprotectPeriod 1d",
        "routeConvergence 3m",
        "routeReturn 1m",
      ])
  }
}
