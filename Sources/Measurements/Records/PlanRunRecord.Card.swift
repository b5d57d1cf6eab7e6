extension PlanRunRecord {
  /// A network card of a machine that a run has brought up, as its guest has set it when the run ended.
  package struct Card: Sendable, Hashable {
    /// Who has set its addresses last.
    package enum Origin: String, Sendable, Hashable, CaseIterable {
      /// They are those of the protected machine.
      case unchanged = "UNCHANGED"
      /// A subnet rule of the network mapping.
      case subnetRule = "SUBNET_RULE"
      /// The settings of the card itself, by hand or from a table.
      case manual = "MANUAL"
    }

    /// From 0.
    package let index: Int
    /// At the recovery site; with ` (isolated)` behind it where a test has made an isolated one in its place, `nil` if the card
    /// is not connected.
    package let network: String?
    /// Such as `10.2.7.9/16`, without a prefix where it is not known or a DHCP server has given it, or `dhcp`; `nil` if nothing is known.
    package let ipv4: String?
    /// In the order in which they are tried.
    package let gateways: [String]
    package let ipv6: String?
    package let ipv6Gateways: [String]
    package let nameServers: [String]
    package let nameSuffixes: [String]
    package let winsServers: [String]
    package let origin: Origin
    /// The name of the subnet rule, if one has set it.
    package let rule: String?

    package init(
      index: Int, network: String?, ipv4: String?, gateways: [String] = [], ipv6: String? = nil,
      ipv6Gateways: [String] = [], nameServers: [String] = [], nameSuffixes: [String] = [],
      winsServers: [String] = [], origin: Origin = .unchanged, rule: String? = nil
    ) {
      self.index = index
      self.network = network
      self.ipv4 = ipv4
      self.gateways = gateways
      self.ipv6 = ipv6
      self.ipv6Gateways = ipv6Gateways
      self.nameServers = nameServers
      self.nameSuffixes = nameSuffixes
      self.winsServers = winsServers
      self.origin = origin
      self.rule = rule
    }
  }
}
