import RecoveryCore

/// A port group of a site: its name, or what else is said of it.
typealias PortGroupEntry = Either<String, PortGroupDraft>

extension ValueType where Value == PortGroupEntry {
  static var portGroup: ValueType {
    .either(.name, or: .object()) { if case .object = $0 { false } else { true } }
  }
}

struct PortGroupDraft: Draft {
  static let noun = "port group"

  var span: SourceSpan?
  var name = Field<String>()
  var subnet = Field<IPv4Subnet>()
  var dhcp = Field<[Located<IPv4Address>]>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "What other parts call the port group."),
    .optional("subnet", \.subnet, .subnet, "The IPv4 subnet of the segment; unknown if left out."),
    .optional(
      "dhcp", \.dhcp, .list(of: .ipv4Address, count: 2...2),
      "The first and the last address that its DHCP server hands out, inside the subnet: each card without an address of its own gets the lowest that is free; no server if left out."
    ),
  ]
}

extension SiteDraft {
  /// The names of its port groups in their order; `nil` where the list or one of the names could not be read.
  var networkNames: [Located<String>]? {
    guard let entries = networks.known else { return nil }
    let names = entries.compactMap { entry in
      switch entry.value {
      case .first(let name): Located(value: name, span: entry.span)
      case .second(let draft): draft.name.located
      }
    }
    return names.count == entries.count ? names : nil
  }
}
