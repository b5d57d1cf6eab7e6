import Foundation
import Measurements
import Quantities
import SampleRuns
import Testing

@testable import Reporting

@Suite struct JSONDocumentTests {
  private func parsed(_ record: RunRecord) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(JSONDocument(record).text.utf8)) as? [String: Any])
  }

  @Test func `The document is JSON that says what the summary says`() throws {
    let document = try parsed(sampleRun())

    #expect(document["format"] as? Int == 1)
    #expect(document["scenario"] as? String == "two-site \"dr\"")
    #expect(document["seed"] as? Int == 42)
    #expect(document["digest"] as? String == "0c1e550000000001")
    #expect(document["violationSeconds"] as? Int == 900)
    let machines = try #require(document["vms"] as? [[String: Any]])
    #expect(machines.map { $0["name"] as? String } == ["db01", "web01"])
    #expect(machines[0]["lagMaximumSeconds"] as? Int == 1_800)
    #expect(machines[0]["lagMedianSeconds"] as? Double == 712.5)
    #expect(machines[1]["lagMaximumSeconds"] is NSNull)
    let links = try #require(document["links"] as? [[String: Any]])
    #expect(links[0]["meanBitsPerSecond"] as? Int == 888_888)
    let violations = try #require(document["violations"] as? [[String: Any]])
    #expect(violations[0]["vm"] as? String == "db01")
    #expect(violations[0]["faultsDuring"] as? [String] == ["outage"])
  }

  @Test func `A machine's fields of the contract keep their names and units`() throws {
    let machines = try #require(try parsed(sampleRun())["vms"] as? [[String: Any]])
    let infos = try machines.map { try #require($0["replicationInfo"] as? [String: Any]) }

    // 2025-03-03T00:00:00Z and 45 minutes.
    #expect(infos[0]["last_sync_time"] as? Int == 1_740_962_700_000)
    #expect(infos[0]["rpo"] as? Int == 15 && infos[0]["last_sync_duration"] as? Int == 300)
    #expect(infos[0]["last_sync_size"] as? Int == 200_000_000)
    #expect(infos[0]["sync_progress"] is NSNull)
    #expect(infos[0]["mpit_enabled"] as? Bool == true)
    #expect(infos[0]["mpit_instances"] as? Int == 24 && infos[0]["mpit_days"] as? Int == 1)
    #expect(infos[0]["quiescing_enabled"] as? Bool == true && infos[0]["encryption_enabled"] as? Bool == true)
    #expect(infos[0]["network_compression_enabled"] as? Bool == false)
    #expect(infos[1]["last_sync_time"] is NSNull && infos[1]["mpit_instances"] is NSNull)
    #expect(infos[1]["current_rpo_violation"] as? Int == 3)
    #expect(infos[1]["enhanced_replication"] as? Bool == true)
    let progress = try #require(infos[1]["sync_progress"] as? [String: Any])
    #expect(progress["progress"] as? Int == 25)
    #expect(progress["checksum_current"] as? Int == 12_000_000_000)
    #expect(progress["checksum_total"] as? Int == 48_000_000_000)
    #expect(progress["transferred_current"] as? Int == 300_000_000)
    #expect(progress["transferred_total"] as? Int == 1_200_000_000)
  }

  @Test func `Space, waits of guests and the title are told`() throws {
    let document = try parsed(sampleRun())
    #expect(document["title"] as? String == "An hour with the line down")
    let machine = try #require((document["vms"] as? [[String: Any]])?.first)
    #expect(machine["guestDelayCount"] as? Int == 40)
    #expect(machine["guestDelaySeconds"] as? Double == 0.18)
    #expect(machine["guestDelayMaximumSeconds"] as? Double == 0.009)
    #expect(machine["replicaPeakBytes"] as? Int == 366_000_000_000)
    #expect(machine["pointInTimeCount"] as? Int == 5)
    // 28 extents of 8 KiB with their 512 bytes; five deltas with their configuration.
    #expect(machine["demandLogPeakBytes"] as? Int == 28 * 8_704)
    #expect(machine["configurationBytes"] as? Int == 5 * 12_143)
    let datastores = try #require(document["datastores"] as? [[String: Any]])
    #expect(datastores.map { $0["name"] as? String } == ["ds-paris", "ds-lyon"])
    #expect(datastores[0]["capacityBytes"] is NSNull)
    #expect(datastores[1]["capacityBytes"] as? Int == 500_000_000_000)
    #expect(datastores[1]["usedBytes"] as? Int == 365_000_000_000)
    #expect(datastores[1]["usedPeakBytes"] as? Int == 375_000_000_000)
  }

  @Test func `Runs of plans come with their steps, machines and critical path`() throws {
    let document = try parsed(sampleRecovery())
    let runs = try #require(document["planRuns"] as? [[String: Any]])
    #expect(runs.map { $0["workflow"] as? String } == ["test", "disaster-recovery"])
    #expect(
      runs[0]["id"] as? String == "drill" && runs[1]["id"] is NSNull && runs[1]["key"] as? String == "2")
    #expect(runs[1]["recoverySeconds"] as? Int == 480 && runs[1]["dataLossMaximumSeconds"] as? Int == 600)
    #expect(runs[1]["doneVMCount"] as? Int == 1)
    let path = try #require(runs[1]["criticalPath"] as? [[String: Any]])
    #expect(path.map { $0["durationSeconds"] as? Int } == [120, 330, 20, 10])
    #expect(path[1]["queuedSeconds"] as? Int == 60)
    let steps = try #require(runs[1]["steps"] as? [[String: Any]])
    #expect(steps.map { $0["number"] as? String } == ["1", "2", "3", "3.1", "3.2", "4"])
    #expect(steps[4]["errors"] as? [String] == ["no host of lyon has room for web01"])
    let machines = try #require(runs[1]["vms"] as? [[String: Any]])
    #expect(machines[0]["readyAtSeconds"] as? Int == 2_280 && machines[1]["dataLossSeconds"] is NSNull)
    #expect(machines[0]["ipCustomization"] as? String == "AUTO" && machines[1]["ipCustomization"] is NSNull)
    let cards = try #require(machines[0]["nics"] as? [[String: Any]])
    #expect(cards.map { $0["address"] as? String } == ["192.168.5.34/24", "dhcp"])
    #expect(cards.map { $0["origin"] as? String } == ["SUBNET_RULE", "UNCHANGED"])
    #expect(cards[0]["dns"] as? [String] == ["192.168.5.2", "fd00::2"] && cards[1]["network"] is NSNull)
  }

  @Test func `Failures, vSAN and what links carried for others are told`() throws {
    let document = try parsed(sampleRecovery())
    let machine = try #require((document["vms"] as? [[String: Any]])?.first)
    #expect(machine["restartCount"] as? Int == 2 && machine["resetCount"] as? Int == 1)
    #expect(machine["withoutHostSeconds"] as? Int == 200)
    let link = try #require((document["links"] as? [[String: Any]])?.first)
    #expect(link["backgroundBytes"] as? Int == 17_000_000 && link["damagedFrameCount"] as? Int == 3)
    #expect(link["wastedBytes"] as? Int == 2_000_000)
    let datastores = try #require(document["datastores"] as? [[String: Any]])
    #expect(datastores[0]["vsan"] is NSNull)
    let vsan = try #require(datastores[1]["vsan"] as? [String: Any])
    #expect(vsan["rebuiltCount"] as? Int == 12 && vsan["resyncedBytes"] as? Int == 34_000_000_000)
    #expect(vsan["reducedObjectPeakCount"] as? Int == 7 && vsan["reducedSeconds"] as? Int == 5_400)
    #expect(vsan["alertPeakCount"] as? Int == 4 && vsan["alertCount"] as? Int == 6)
  }

  @Test func `What was expected comes with its outcome and what was found`() throws {
    let document = try parsed(sampleRecovery())
    let expectations = try #require(document["expectations"] as? [[String: Any]])
    #expect(
      expectations.map { $0["outcome"] as? String } == [
        "met", "failed", "failed", "met", "failed", "met", "met", "skipped",
      ])
    #expect(expectations[1]["expect"] as? String == "rto{plan=RP-Prod} <= 5m")
    let found = expectations.map { ($0["found"] as? [String: Any])?.first }
    #expect(
      found.map { $0?.key } == [
        "valueCount", "durationSeconds", "valueShare", "word", "durationSeconds", "factorShare", "valueBytes",
        nil,
      ])
    #expect(found[1]?.value as? Int == 480)
    #expect(found[4]?.value is NSNull)
  }

  @Test func `Events of vCenter are counted, each once`() throws {
    let document = try parsed(sampleRun())
    let counts = try #require(document["vcenterEvents"] as? [[String: Any]])
    #expect(
      counts.map { "\($0["vcenterEvent"] ?? "") \($0["postedCount"] ?? "")" } == [
        "hbr.primary.AppQuiescedDeltaCompletedEvent 1", "hbr.primary.DeltaAbortedEvent 1",
        "hbr.primary.DeltaStartedEvent 5", "hbr.primary.FSQuiescedDeltaCompletedEvent 3",
      ])
    // Four completed syncs at 3,800 bytes.
    #expect(document["vcenterEventBytes"] as? Int == 15_200)
    let events = try #require(document["events"] as? [[String: Any]])
    #expect(events.map { $0["vcenterEvent"] as? String } == [nil, "hbr.primary.DeltaAbortedEvent", nil])
    #expect(events[1]["atSeconds"] as? Int == 1_260 && events[1]["subject"] as? String == "db01")
  }

  @Test func `Numbers are exact decimals`() {
    let text = JSONDocument(sampleRun()).text

    // 13 min 24.545454545 s, 400 of 1,100 parts rounded down: as the record has them, with no noise of binary fractions.
    #expect(text.contains("\n      \"lagMeanSeconds\": 804.545454545,\n"))
    #expect(text.contains("\n  \"complianceShare\": 0.363636363,\n"))
    #expect(JSONValue.billionths(-1).text == "-0.000000001")
    #expect(JSONValue.billionths(.max).text == "9223372036.854775807")
    #expect(JSONValue.billionths(0).text == "0")
    #expect(JSONValue.count(UInt64.max).text == "18446744073709551615")
  }

  @Test func `Every number's key ends in its unit`() throws {
    func check(_ value: Any, key: String) {
      if let object = value as? [String: Any] {
        // In the words and units of the product's contract.
        for (key, value) in object where key != "replicationInfo" { check(value, key: key) }
      } else if let array = value as? [Any] {
        for element in array { check(element, key: key) }
      } else if value is NSNumber {
        let isUnit = ["Seconds", "Bytes", "BitsPerSecond", "Share", "Count"].contains { key.hasSuffix($0) }
        #expect(isUnit || ["format", "seed", "isOpen", "isAbort"].contains(key), "\(key)")
      }
    }
    check(try parsed(sampleRecovery()), key: "")
  }

  @Test func `Keys keep their order and bytes repeat`() {
    let text = JSONDocument(sampleRun()).text

    #expect(text.hasPrefix("{\n  \"format\": 1,\n  \"scenario\": \"two-site \\\"dr\\\"\",\n"))
    #expect(text.hasSuffix("\n}\n"))
    #expect(JSONDocument(sampleRun()).text == text)
  }

  @Test func `Text is escaped as JSON wants it`() {
    #expect(JSONValue.string("a\"b\\c\n\u{1}é").text == #""a\"b\\c\n\u0001é""#)
    #expect(JSONValue.array([]).text == "[]")
    #expect(
      JSONValue.object([("a", .null), ("b", .boolean(true))]).text == "{\n  \"a\": null,\n  \"b\": true\n}")
  }
}
