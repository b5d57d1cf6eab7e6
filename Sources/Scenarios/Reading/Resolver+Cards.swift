import Inventory
import RecoveryCore

/// A network card of a virtual machine, with what the scenario says of it.
struct PlannedCard {
  /// The port group: a position among those of the machine's site; `nil` if it is not connected.
  let network: Int?
  let ipv4: IPv4Address?
  let settings: IPSettings

  init(network: Int?, ipv4: IPv4Address? = nil, settings: IPSettings = IPSettings()) {
    self.network = network
    self.ipv4 = ipv4
    self.settings = settings
  }

  /// The same card of a later machine of a pattern: fixed addresses go on counting.
  func following(_ position: Int) -> PlannedCard {
    var settings = settings
    if case .fixed(let address, let length, let gateway, let alternate)? = settings.ipv4 {
      settings.ipv4 = .fixed(
        address.following(position), prefixLength: length, defaultGateway: gateway,
        alternateGateway: alternate)
    }
    if case .fixed(let address, let length, let gateway, let alternate)? = settings.ipv6 {
      settings.ipv6 = .fixed(
        address.following(position), prefixLength: length, defaultGateway: gateway,
        alternateGateway: alternate)
    }
    return PlannedCard(network: network, ipv4: ipv4?.following(position), settings: settings)
  }
}

/// The network cards of virtual machines.
extension Resolver {
  /// Resolves the cards of a machine, which are those of the first one of a pattern.
  ///
  /// - Returns: Those of `nics`; without it one, if the machine has a network or an address.
  mutating func resolveCards(of machine: VirtualMachineDraft, at site: Int?) -> [PlannedCard] {
    let network = resolveNetwork(machine.network.located, of: machine, at: site)
    guard machine.nics.isGiven else {
      guard machine.network.isGiven || machine.address.isGiven else { return [] }
      return [PlannedCard(network: network, ipv4: machine.address.known)]
    }
    for (key, span) in [
      ("network", machine.network.located?.span), ("address", machine.address.located?.span),
    ] {
      guard let span else { continue }
      log.report(
        .conflictingKeys, "\(quoted(key)) and \"nics\" exclude each other", at: span,
        help: "write it in the first of \"nics\"")
    }
    return (machine.nics.known ?? []).map { located in
      let draft = located.value
      let network = resolveNetwork(draft.network.located, of: machine, at: site)
      checkGateways(
        address: draft.address, address6: draft.address6, ipv4: [("gateway", draft.gateway)],
        ipv6: ("gateway6", draft.gateway6))
      let settings = IPSettings(
        ipv4: draft.address.known?.with(gateway: draft.gateway.known),
        ipv6: draft.address6.known?.with(gateway: draft.gateway6.known),
        nameServers: draft.nameServers.known?.map(\.value) ?? [])
      for problem in settings.problems {
        report(problem, at: draft.address.located?.span ?? located.span.start)
      }
      return PlannedCard(network: network, ipv4: settings.ipv4?.address, settings: settings)
    }
  }

  private mutating func resolveNetwork(
    _ reference: Located<String>?, of machine: VirtualMachineDraft, at site: Int?
  ) -> Int? {
    guard let site else { return nil }
    return networkNames[site].resolve(
      reference, context: " at site \(quoted(machine.site.value))", log: &log)
  }

  /// Reports gateways that stand beside no fixed address and would be left out.
  mutating func checkGateways(
    address: Field<IPSettings.IPv4>, address6: Field<IPSettings.IPv6>,
    ipv4: [(key: String, field: Field<IPv4Address>)], ipv6: (key: String, field: Field<IPv6Address>)
  ) {
    func text(_ key: String, isDHCP: Bool, beside address: String) -> String {
      isDHCP
        ? "\(quoted(key)) has no meaning beside DHCP, which gives it"
        : "\(quoted(key)) has no meaning without \(quoted(address))"
    }
    for (key, field) in ipv4 {
      guard let span = field.located?.span, address.known?.address == nil,
        address.known != nil || !address.isGiven
      else { continue }
      log.report(
        .settingWithoutAddress, text(key, isDHCP: address.isGiven, beside: "address"), at: span,
        help: "leave it out, or write an address as \"10.20.0.5/24\"")
    }
    guard let span = ipv6.field.located?.span, address6.known?.address == nil,
      address6.known != nil || !address6.isGiven
    else { return }
    log.report(
      .settingWithoutAddress, text(ipv6.key, isDHCP: address6.isGiven, beside: "address6"), at: span,
      help: "leave it out, or write an address as \"fd00::5/64\"")
  }
}

extension IPSettings.Addressing {
  /// The same with ways out; with DHCP there are none to say.
  func with(gateway: Address?, alternate: Address? = nil) -> Self {
    guard case .fixed(let address, let length, _, _) = self else { return self }
    return .fixed(
      address, prefixLength: length, defaultGateway: gateway, alternateGateway: alternate)
  }
}
