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
        for (key, value) in object { check(value, key: key) }
      } else if let array = value as? [Any] {
        for element in array { check(element, key: key) }
      } else if value is NSNumber {
        let isUnit = ["Seconds", "Bytes", "BitsPerSecond", "Share", "Count"].contains { key.hasSuffix($0) }
        #expect(isUnit || ["format", "seed", "isOpen"].contains(key), "\(key)")
      }
    }
    check(try parsed(sampleRun()), key: "")
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
