/// The network settings of one card at one site.
///
/// One IPv4 and one IPv6 address per card at most.
package struct IPSettings: Sendable, Hashable {
  /// How a card gets its IPv4 address.
  package enum IPv4: Sendable, Hashable {
    case dhcp
    /// - Parameters:
    ///   - prefixLength: Of the subnet mask, from 1 to 32.
    ///   - alternateGateway: A second way out, tried after the default.
    case fixed(
      IPv4Address, prefixLength: Int, defaultGateway: IPv4Address? = nil, alternateGateway: IPv4Address? = nil
    )
  }

  /// How a card gets its IPv6 address.
  package enum IPv6: Sendable, Hashable {
    case dhcp
    /// - Parameter prefixLength: Of the subnet, from 1 to 128.
    case fixed(
      IPv6Address, prefixLength: Int, defaultGateway: IPv6Address? = nil, alternateGateway: IPv6Address? = nil
    )
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

  package init(
    ipv4: IPv4? = nil, ipv6: IPv6? = nil, nameServers: [IPAddress] = [], nameSuffixes: [String] = [],
    winsServers: [IPv4Address] = []
  ) {
    self.ipv4 = ipv4
    self.ipv6 = ipv6
    self.nameServers = nameServers
    self.nameSuffixes = nameSuffixes
    self.winsServers = winsServers
  }
}
