/// The network settings of one card at one site.
///
/// One IPv4 and one IPv6 address per card at most.
package struct IPSettings: Sendable, Hashable {
  /// How a card gets its address of one family.
  package enum Addressing<Address: Sendable & Hashable>: Sendable, Hashable {
    case dhcp
    /// - Parameters:
    ///   - prefixLength: Of the subnet, from 1 to the length of an address.
    ///   - alternateGateway: A second way out, tried after the default.
    case fixed(
      Address, prefixLength: Int, defaultGateway: Address? = nil, alternateGateway: Address? = nil)
  }

  package typealias IPv4 = Addressing<IPv4Address>
  package typealias IPv6 = Addressing<IPv6Address>

  /// What Windows does about NetBIOS over TCP/IP, in the product's words.
  package enum NetBIOS: String, Sendable, Hashable, CaseIterable {
    case disabled = "disableNetBIOS"
    case enabled = "enableNetBIOS"
    case asDHCPSays = "enableNetBIOSViaDhcp"
  }

  /// `nil` leaves the card's IPv4 settings as they are.
  package var ipv4: IPv4?
  /// `nil` leaves the card's IPv6 settings as they are.
  package var ipv6: IPv6?
  /// Name servers in the order they are asked, at most two; empty: as they are, or as DHCP says.
  package var nameServers: [IPAddress]
  /// Suffixes for names without a dot, in the order they are tried.
  package var nameSuffixes: [String]
  /// Windows name servers, at most two.
  package var winsServers: [IPv4Address]
  /// The DNS domain of the connection; `nil` leaves it as it is.
  package var dnsDomain: String?
  /// `nil` leaves it as it is.
  package var netBIOS: NetBIOS?

  package init(
    ipv4: IPv4? = nil, ipv6: IPv6? = nil, nameServers: [IPAddress] = [], nameSuffixes: [String] = [],
    winsServers: [IPv4Address] = [], dnsDomain: String? = nil, netBIOS: NetBIOS? = nil
  ) {
    self.ipv4 = ipv4
    self.ipv6 = ipv6
    self.nameServers = nameServers
    self.nameSuffixes = nameSuffixes
    self.winsServers = winsServers
    self.dnsDomain = dnsDomain
    self.netBIOS = netBIOS
  }

  /// Whether they leave everything as it is.
  package var isEmpty: Bool { self == IPSettings() }

  /// These settings after others were written over them: what the others do not say stays.
  package func applying(_ other: IPSettings) -> IPSettings {
    var result = self
    if let ipv4 = other.ipv4 { result.ipv4 = ipv4 }
    if let ipv6 = other.ipv6 { result.ipv6 = ipv6 }
    if !other.nameServers.isEmpty { result.nameServers = other.nameServers }
    if !other.nameSuffixes.isEmpty { result.nameSuffixes = other.nameSuffixes }
    if !other.winsServers.isEmpty { result.winsServers = other.winsServers }
    if let dnsDomain = other.dnsDomain { result.dnsDomain = dnsDomain }
    if let netBIOS = other.netBIOS { result.netBIOS = netBIOS }
    return result
  }
}

extension IPSettings.Addressing {
  /// The fixed address; `nil` with DHCP.
  package var address: Address? {
    if case .fixed(let address, _, _, _) = self { address } else { nil }
  }

  /// `nil` with DHCP.
  package var prefixLength: Int? {
    if case .fixed(_, let prefixLength, _, _) = self { prefixLength } else { nil }
  }

  /// The ways out in the order they are tried; none with DHCP.
  package var gateways: [Address] {
    guard case .fixed(_, _, let gateway, let alternate) = self else { return [] }
    return [gateway, alternate].compactMap(\.self)
  }
}

extension IPSettings.Addressing: CustomStringConvertible where Address: CustomStringConvertible {
  /// As `10.2.7.9/16`, or `dhcp`.
  package var description: String {
    switch self {
    case .dhcp: "dhcp"
    case .fixed(let address, let prefixLength, _, _): "\(address)/\(prefixLength)"
    }
  }
}
