import RecoveryCore

struct IPCustomizationDraft: Draft {
  static let noun = "IP customization"

  /// Where addresses come from.
  enum Mode: String, CaseIterable {
    case auto
    case networkMapping = "network-mapping"
    case manual
    case none

    var mode: IPCustomizationMode {
      switch self {
      case .auto: .auto
      case .networkMapping: .networkMapping
      case .manual: .manual
      case .none: .none
      }
    }
  }

  var span: SourceSpan?
  var mode = Field<Mode>()
  var nics = Field<[Located<NICDraft>]>()

  static let keys: [Key<Self>] = [
    .optional(
      "mode", \.mode, .word,
      "Where the addresses come from: the rules of the network mapping, or \"nics\"; manual if there are any, else auto."
    ),
    .optional(
      "nics", \.nics, .list(of: .object()), default: .list([]),
      "What its cards are set to when it is recovered to a site."),
  ]
}

struct NICDraft: Draft {
  static let noun = "network card"

  var span: SourceSpan?
  var nic = Field<Int>()
  var site = Field<String>()
  var address = Field<IPSettings.IPv4>()
  var gateway = Field<IPv4Address>()
  var alternateGateway = Field<IPv4Address>()
  var address6 = Field<IPSettings.IPv6>()
  var gateway6 = Field<IPv6Address>()
  var nameServers = Field<[Located<IPAddress>]>()
  var suffixes = Field<[Located<String>]>()
  var winsServers = Field<[Located<IPv4Address>]>()
  var dnsDomain = Field<String>()
  var netBIOS = Field<IPSettings.NetBIOS>()

  static let keys: [Key<Self>] = [
    .optional("nic", \.nic, .count(0...9), default: 0, "The number of the card, from 0."),
    .optional(
      "site", \.site, .name, "The site where it gets these settings; the plan's recovery site if left out."),
    .optional(
      "address", \.address, .ipv4, "Its IPv4 address with the prefix, or \"dhcp\"; as it is if left out."),
    .optional("gateway", \.gateway, .ipv4Address, "Its default gateway; none if left out."),
    .optional(
      "alternateGateway", \.alternateGateway, .ipv4Address,
      "A second way out, tried after the default; none if left out."),
    .optional(
      "address6", \.address6, .ipv6, "Its IPv6 address with the prefix, or \"dhcp\"; as it is if left out."),
    .optional("gateway6", \.gateway6, .ipv6Address, "Its IPv6 gateway; none if left out."),
    .optional(
      "dns", \.nameServers, .list(of: .ipAddress), default: .list([]), "Its name servers, at most two."),
    .optional(
      "suffixes", \.suffixes, .list(of: .text(like: "example.org")), default: .list([]),
      "The suffixes for names without a dot, in their order."),
    .optional(
      "wins", \.winsServers, .list(of: .ipv4Address), default: .list([]),
      "Its Windows name servers, at most two."),
    .optional(
      "domain", \.dnsDomain, .text(like: "example.org"),
      "The DNS domain of the connection; as it is if left out."),
    .optional(
      "netBIOS", \.netBIOS, .word,
      "What Windows does about NetBIOS over TCP/IP; as it is if left out."),
  ]
}
