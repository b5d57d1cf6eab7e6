import Inventory
import RecoveryCore
import Scenarios
import Testing

/// Network cards of machines, and what is set on them.
@Suite struct CardKeyTests {
  private static let nics =
    #"[{ "network": "prod-100", "address": "10.1.0.254/16", "gateway": "10.1.0.1", "address6": "fd00::fffe/64" }, { "network": "prod-200", "address": "dhcp" }, {}]"#

  /// The scenario with three cards for each web server.
  private func text(_ plan: String = #"{ "match": "web-*", "priority": 2 }"#, nics: String = nics) -> String {
    RecoveryExamples.twoSites
      .replacing(#""network": "prod-200","#, with: #""nics": \#(nics),"#)
      .replacing(#""address": "10.1.0.11", "#, with: "")
      .replacing(#"{ "match": "web-*", "priority": 2 }"#, with: plan)
  }

  private func read(_ text: String) -> (scenario: Scenario?, diagnostics: [Diagnostic]) {
    ScenarioReader.read(text: text, file: "cards.json")
  }

  @Test func `Each card has its network and addresses, which go on counting in a pattern`() throws {
    let (scenario, diagnostics) = read(text())
    let pair = try #require(scenario?.recoveryPairs.first, "\(diagnostics)")
    // 10.1.0.254 is of web-01; the one behind 10.1.0.255 is 10.1.1.0, and fd00::1:0 follows fd00::ffff.
    let third = pair.virtualMachines[4]
    #expect(third.location.networks == [MappableObjectID(0), MappableObjectID(1), nil])
    #expect(third.cards.map(\.network) == third.location.networks)
    #expect(third.cards[0].settings.ipv4?.description == "10.1.1.0/16")
    #expect(third.cards[0].settings.ipv4?.gateways.map(\.description) == ["10.1.0.1"])
    #expect(third.cards[0].settings.ipv6?.description == "fd00::1:0/64")
    #expect(third.cards[0].ipv4 == IPv4Address("10.1.1.0"))
    #expect(third.cards[1].settings.ipv4 == .dhcp && third.cards[1].ipv4 == nil)
    #expect(third.cards[2] == NICState(network: nil))
  }

  @Test func `Each card may have a place of its own`() throws {
    let (scenario, diagnostics) = read(
      text(#"{ "match": "web-*", "priority": 2, "place": { "network": ["dr-200", "dr-100"] } }"#))
    let pair = try #require(scenario?.recoveryPairs.first, "\(diagnostics)")
    #expect(
      pair.virtualMachines[2].overrides.first
        == VMLocationOverrides(networks: [MappableObjectID(1), MappableObjectID(0)]))
  }

  @Test(arguments: [(0, false), (2, false), (3, true)])
  func `Settings of a card that a machine does not have are refused where they stand`(
    nic: Int, isRefused: Bool
  ) {
    let (scenario, diagnostics) = read(
      text(#"{ "match": "web-*", "ip": { "nics": [{ "nic": \#(nic), "address": "dhcp" }] } }"#))
    #expect((scenario == nil) == isRefused)
    #expect(
      diagnostics.filter { $0.code == .noSuchCard }.map(\.message)
        == (isRefused ? [#"virtual machine "web-01" has no card 3, only cards 0 to 2"#] : []))
  }

  @Test func `Settings of a machine without cards are refused`() {
    let text = RecoveryExamples.twoSites
      .replacing(#""network": "prod-200","#, with: "").replacing(#""address": "10.1.0.11", "#, with: "")
      .replacing(
        #"{ "match": "web-*", "priority": 2 }"#,
        with: #"{ "match": "web-*", "ip": { "nics": [{ "address": "dhcp" }] } }"#)
    #expect(
      read(text).diagnostics.filter { $0.code == .noSuchCard }.map(\.message)
        == [#"virtual machine "web-01" has no network card"#])
  }
}
