import Inventory
import Quantities
import RecoveryCore
import Testing

@Suite struct IPCustomizationTests {
  private let site = TwoSites()

  private func address(_ text: String) throws -> IPv4Address { try #require(IPv4Address(text)) }
  private func subnet(_ text: String) throws -> IPv4Subnet { try #require(IPv4Subnet(text)) }

  /// Mapped networks, with the rule 10.1/16 → 10.2/16 on the first.
  private func mappings() throws -> InventoryMappings {
    var mappings = site.mapped()
    let rule = try SubnetRule(name: "web", local: subnet("10.1.0.0/16"), remote: subnet("10.2.0.0/16"))
    try mappings.setIPMapping(IPMapping(name: "web", rules: [rule]), for: site.first.network, from: .first)
    return mappings
  }

  private func result(
    _ settings: VMRecoverySettings, to side: PairSide = .second, automatically: Bool = true
  ) throws -> [NICCustomization] {
    var defaults = RecoveryDefaults()
    defaults.usesIPMapperAutomatically = automatically
    let nics = [
      NICState(network: site.first.network, ipv4: try address("10.1.7.9")),
      NICState(network: site.first.otherNetwork, ipv4: try address("10.1.7.10")),
    ]
    return settings.customizations(of: nics, recoveredTo: side, mappings: try mappings(), defaults: defaults)
  }

  @Test func `In automatic mode the rules count if the site says so`() throws {
    let settings = VMRecoverySettings()
    // The second card's network has no rules.
    let expected = [
      NICCustomization(
        nicIndex: 0, settings: IPSettings(ipv4: .fixed(try address("10.2.7.9"), prefixLength: 16)),
        rule: "web")
    ]
    #expect(try result(settings) == expected)
    #expect(try result(settings, automatically: false) == [])
  }

  @Test func `On the level of the network mapping the rules always count`() throws {
    var settings = VMRecoverySettings()
    settings.ipCustomization = .networkMapping
    #expect(try result(settings, automatically: false).map(\.nicIndex) == [0])
  }

  @Test func `Without customization addresses stay`() throws {
    var settings = VMRecoverySettings()
    settings.ipCustomization = .none
    #expect(try result(settings) == [])
  }

  @Test func `By hand each card has settings for either site`() throws {
    var settings = VMRecoverySettings()
    settings.ipCustomization = .manual
    settings.nicSettings = [
      NICSettings(
        nicIndex: 1,
        settings: BothSides(
          first: IPSettings(ipv4: .dhcp),
          second: IPSettings(ipv4: .fixed(try address("10.9.0.5"), prefixLength: 24))))
    ]
    #expect(
      try result(settings) == [
        NICCustomization(
          nicIndex: 1, settings: IPSettings(ipv4: .fixed(try address("10.9.0.5"), prefixLength: 24)))
      ])
    #expect(try result(settings, to: .first).map(\.settings) == [IPSettings(ipv4: .dhcp)])
  }

  @Test func `A machine without VMware Tools or network keeps its addresses`() throws {
    let nics = [
      NICState(network: site.first.network, ipv4: nil), NICState(network: nil, ipv4: try address("10.1.0.1")),
    ]
    let settings = VMRecoverySettings()
    #expect(
      settings.customizations(
        of: nics, recoveredTo: .second, mappings: try mappings(), defaults: RecoveryDefaults()) == [])
  }

  @Test func `Settings by hand are checked`() throws {
    let gateway = try address("10.9.1.1")
    #expect(
      IPSettings(ipv4: .fixed(try address("10.9.0.5"), prefixLength: 24, defaultGateway: gateway)).problems
        == [.gatewayOutside(gateway)])
    #expect(IPSettings(ipv4: .fixed(gateway, prefixLength: 0)).problems == [.prefixLengthOutOfRange(0)])
    let broadcast = try address("10.9.0.255")
    #expect(IPSettings(ipv4: .fixed(broadcast, prefixLength: 24)).problems == [.notAHost(broadcast)])
    #expect(IPSettings(ipv4: .fixed(broadcast, prefixLength: 31)).problems == [])

    var settings = VMRecoverySettings()
    let fixed = IPSettings(ipv4: .fixed(gateway, prefixLength: 24))
    settings.nicSettings = [
      NICSettings(nicIndex: 0, settings: BothSides(first: nil, second: fixed)),
      NICSettings(nicIndex: 0, settings: BothSides(first: nil, second: fixed)),
      NICSettings(nicIndex: 2, settings: BothSides(nil)),
    ]
    #expect(
      settings.nicProblems(nicCount: 2) == [.duplicateNIC(0), .noSuchNIC(2), .duplicateAddress(gateway)])
  }
}
