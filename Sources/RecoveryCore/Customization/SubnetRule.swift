/// An IPv4 subnet, as `10.20.0.0/16`.
package struct IPv4Subnet: Sendable, Hashable, CustomStringConvertible {
  /// Its host bits are zero.
  package let address: IPv4Address
  /// From 0 to 32.
  package let prefixLength: Int

  /// - Precondition: A prefix from 0 to 32 bits, and no bit of `address` beyond it.
  package init(_ address: IPv4Address, prefixLength: Int) {
    precondition(
      address.bits & ~IPv4Address.mask(prefixLength: prefixLength).bits == 0, "a subnet has no host bits")
    self.address = address
    self.prefixLength = prefixLength
  }

  /// Reads the notation with a slash; `nil` if it is not one or names a host inside the subnet.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPv4Address(parts[0]), (1...2).contains(parts[1].utf8.count),
      parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(parts[1]), length <= 32,
      address.bits & ~IPv4Address.mask(prefixLength: length).bits == 0
    else { return nil }
    self.address = address
    prefixLength = length
  }

  package func contains(_ other: IPv4Address) -> Bool {
    other.bits & IPv4Address.mask(prefixLength: prefixLength).bits == address.bits
  }

  package var description: String { "\(address)/\(prefixLength)" }
}

/// How addresses of one subnet of the protected site become addresses of the recovery site.
///
/// The bits behind the prefix, which number the host, are kept. IPv4 only.
///
/// From 10.1.0.0/16 to 10.2.0.0/16 the address 10.1.7.9 becomes 10.2.7.9.
///
/// - Source: Site Recovery Manager REST API 2.0, subnet rules. That the host part is kept is inferred, and so is that both
///   subnets must have the same size.
package struct SubnetRule: Sendable, Hashable {
  package let name: String
  /// At the protected site.
  package let local: IPv4Subnet
  /// At the recovery site.
  package let remote: IPv4Subnet
  package var defaultGateway: IPv4Address?
  package var alternateGateway: IPv4Address?
  package var nameServers: [IPAddress]
  package var nameSuffixes: [String]
  package var winsServers: [IPv4Address]

  package init(
    name: String, local: IPv4Subnet, remote: IPv4Subnet, defaultGateway: IPv4Address? = nil,
    alternateGateway: IPv4Address? = nil, nameServers: [IPAddress] = [], nameSuffixes: [String] = [],
    winsServers: [IPv4Address] = []
  ) throws(SubnetRuleProblem) {
    guard !name.isEmpty else { throw .unnamed }
    guard local.prefixLength == remote.prefixLength else {
      throw .differentSizes(local: local, remote: remote)
    }
    for gateway in [defaultGateway, alternateGateway] {
      if let gateway, !remote.contains(gateway) { throw .gatewayOutside(gateway, remote) }
    }
    guard nameServers.count <= 2 else { throw .tooManyNameServers(nameServers.count) }
    guard winsServers.count <= 2 else { throw .tooManyWINSServers(winsServers.count) }
    self.name = name
    self.local = local
    self.remote = remote
    self.defaultGateway = defaultGateway
    self.alternateGateway = alternateGateway
    self.nameServers = nameServers
    self.nameSuffixes = nameSuffixes
    self.winsServers = winsServers
  }

  /// What an address becomes, or `nil` if it is not in the rule's subnet.
  package func address(of address: IPv4Address) -> IPv4Address? {
    guard local.contains(address) else { return nil }
    let host = address.bits & ~IPv4Address.mask(prefixLength: local.prefixLength).bits
    return IPv4Address(bits: remote.address.bits | host)
  }

  /// The settings of a card that had `address`, or `nil` if it is not in the rule's subnet.
  package func settings(for address: IPv4Address) -> IPSettings? {
    guard let mapped = self.address(of: address) else { return nil }
    return IPSettings(
      ipv4: .fixed(
        mapped, prefixLength: remote.prefixLength, defaultGateway: defaultGateway,
        alternateGateway: alternateGateway),
      nameServers: nameServers, nameSuffixes: nameSuffixes, winsServers: winsServers)
  }
}

/// Why a subnet rule is refused.
package enum SubnetRuleProblem: Error, Sendable, Hashable {
  case unnamed
  case differentSizes(local: IPv4Subnet, remote: IPv4Subnet)
  /// The gateway is not in the recovery site's subnet.
  case gatewayOutside(IPv4Address, IPv4Subnet)
  case tooManyNameServers(Int)
  case tooManyWINSServers(Int)
}

/// The subnet rules of one protected network, in the order in which they are tried.
package struct IPMapping: Sendable, Hashable {
  package let name: String
  package let rules: [SubnetRule]

  package init(name: String, rules: [SubnetRule]) {
    self.name = name
    self.rules = rules
  }

  /// The first rule whose subnet holds `address`; `nil` if none does.
  package func rule(for address: IPv4Address) -> SubnetRule? { rules.first { $0.local.contains(address) } }

  /// The settings of a card that had `address`, by the first rule whose subnet holds it.
  package func settings(for address: IPv4Address) -> IPSettings? {
    rule(for: address)?.settings(for: address)
  }
}
