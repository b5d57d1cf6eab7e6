import RecoveryCore
import Scenarios
import Testing

/// The table of addresses that a scenario names.
@Suite struct AddressTableTests {
  private static let text = RecoveryExamples.twoSites.replacing(
    #""protectionGroups""#, with: #""recovery": { "ipSettings": "addresses.csv" }, "protectionGroups""#)

  private func read(_ table: String) -> (scenario: Scenario?, diagnostics: [Diagnostic]) {
    ScenarioReader.read(text: Self.text, file: "two-site-dr.json") { name in
      name == "addresses.csv" ? .bytes(Array(table.utf8)) : .unreadable(reason: "not there")
    }
  }

  private func exported() throws -> String {
    let (scenario, _) = ScenarioReader.read(text: RecoveryExamples.twoSites, file: "two-site-dr.json")
    return try #require(scenario).addressTable().text
  }

  @Test func `A table that nobody edited changes nothing`() throws {
    let (plain, _) = ScenarioReader.read(text: RecoveryExamples.twoSites, file: "two-site-dr.json")
    let (scenario, diagnostics) = read(try exported())
    #expect(try #require(scenario, "\(diagnostics)").recoveryPairs == plain?.recoveryPairs)
    // Ten machines of one card, two sites, adapters 0 and 1, and the titles.
    #expect(try exported().split(separator: "\n").count == 10 * 2 * 2 + 1)
  }

  @Test func `Edited rows set addresses of cards, and the export of that is the table again`() throws {
    let edited = try exported()
      .replacing("db01,lisbon,1,,,,,,,,", with: "db01,lisbon,1,,,,,10.2.0.5,255.255.255.0,10.2.0.1,")
      .replacing("web-08,lisbon,1,,,,,", with: "web-08,lisbon,1,,,,,dhcp")
    // Windows ends lines in CRLF, and spreadsheets put a byte order mark in front.
    let (scenario, diagnostics) = read("\u{FEFF}" + edited.replacing("\n", with: "\r\n"))
    let machines = try #require(scenario, "\(diagnostics)").recoveryPairs[0].virtualMachines
    let fixed = IPSettings(
      ipv4: .fixed(
        try #require(IPv4Address("10.2.0.5")), prefixLength: 24, defaultGateway: IPv4Address("10.2.0.1")))
    #expect(machines[0].settings.ipCustomization == .manual)
    #expect(
      machines[0].settings.nicSettings == [
        NICSettings(nicIndex: 0, settings: BothSides(first: nil, second: fixed))
      ])
    #expect(machines[0].settings.priority == .p1, "what the plan says of it stays")
    #expect(machines[1].settings.ipCustomization == .auto)
    #expect(machines[9].settings.nicSettings.map { $0.settings.second?.ipv4 } == [.dhcp])
    #expect(try scenario?.addressTable().text == edited)
    #expect(
      scenario?.cardSettingsLines == [
        "db01 card 0 at lisbon: 10.2.0.5/24, gateway 10.2.0.1", "web-08 card 0 at lisbon: dhcp",
      ])
  }

  @Test func `A scenario with its table inside reads without the file`() throws {
    let edited = try exported().replacing("web-08,lisbon,1,,,,,", with: "web-08,lisbon,1,,,,,dhcp")
    let first = try #require(read(edited).scenario)
    let (second, diagnostics) = ScenarioReader.read(text: first.canonicalText, file: "two-site-dr.json")
    #expect(second == first, "\(diagnostics)")
    #expect(read(try exported()).scenario?.hash != first.hash)
  }

  @Test func `A mistake is shown with the line and column of the table`() throws {
    let edited = try exported().replacing(
      "db01,lisbon,1,,,,,,", with: "db01,lisbon,1,,,,,10.2.0,255.255.255.0")
    let (scenario, diagnostics) = read(edited)
    #expect(scenario == nil)
    let first = try #require(diagnostics.first)
    // Rows: titles, db01 madrid 0 and 1, lisbon 0 and 1.
    #expect(first.place.file == "addresses.csv" && first.place.line == 5)
    #expect(
      first.code == .invalidTable
        && first.message == #""IP Address" needs an IPv4 address, or dhcp, not "10.2.0""#)
    let line = edited.split(separator: "\n")[4]
    #expect(line.dropFirst(first.place.column - 1).hasPrefix("10.2.0,"))
  }

  @Test func `A scenario can be made to name another table`() throws {
    func named(_ text: String) throws -> String {
      let bytes = try #require(ScenarioReader.text(Array(text.utf8), namingTable: "a \"b\".csv"))
      return String(decoding: bytes, as: UTF8.self)
    }
    #expect(
      try named(#"{ "format": 1 }"#)
        == "{\n  \"recovery\": { \"ipSettings\": \"a \\\"b\\\".csv\" }, \"format\": 1 }")
    #expect(try named(#"{"recovery":{}}"#) == #"{"recovery":{ "ipSettings": "a \"b\".csv" }}"#)
    #expect(
      try named(#"{"recovery":{"times":{}}}"#) == #"{"recovery":{ "ipSettings": "a \"b\".csv","times":{}}}"#)
    #expect(
      try named(#"{"recovery":{"ipSettings": ["x"], "times":{}}}"#)
        == #"{"recovery":{"ipSettings": "a \"b\".csv", "times":{}}}"#)
    #expect(ScenarioReader.text(Array("[]".utf8), namingTable: "a.csv") == nil)
  }
}
