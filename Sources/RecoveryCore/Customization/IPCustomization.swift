/// One network card of a virtual machine as it is.
package struct NICState: Sendable, Hashable {
  /// `nil` if it is not connected.
  package var network: MappableObjectID?
  /// The address that VMware Tools report; `nil` without them or while there is none.
  package var ipv4: IPv4Address?
  /// How the guest has set the card, as far as that is known.
  package var settings: IPSettings

  /// - Parameter ipv4: Left out, the fixed address of the settings.
  package init(network: MappableObjectID?, ipv4: IPv4Address? = nil, settings: IPSettings = IPSettings()) {
    self.network = network
    self.ipv4 = ipv4 ?? settings.ipv4?.address
    self.settings = settings
  }

  /// The settings were written into the guest.
  package mutating func apply(_ written: IPSettings) {
    settings = settings.applying(written)
    // What DHCP will say is not known.
    if let setting = written.ipv4 { ipv4 = setting.address }
  }
}

/// What a card is set to when a machine is recovered.
package struct NICCustomization: Sendable, Hashable {
  package let nicIndex: Int
  package let settings: IPSettings
  /// The name of the subnet rule that says so; `nil` if somebody set the card.
  package let rule: String?

  package init(nicIndex: Int, settings: IPSettings, rule: String? = nil) {
    self.nicIndex = nicIndex
    self.settings = settings
    self.rule = rule
  }
}

extension VMRecoverySettings {
  /// What the cards of a machine are set to when it is recovered to a side; empty if its guest is left alone.
  ///
  /// In mode `auto` the rules count if the site says so, in `networkMapping` always, in `manual` the settings of each card;
  /// cards for which nothing is said stay as they are. The rules of a protected network hold whether the machine is
  /// connected to its target or, in a test, to the target's test network.
  ///
  /// - Parameters:
  ///   - nics: The cards in their order, as they were at the protected site.
  ///   - side: Where the machine is recovered to.
  ///   - mappings: Hold the rules of the networks of the other side.
  ///   - defaults: Of the site where the machine is recovered.
  /// - Returns: In the order of the cards.
  package func customizations(
    of nics: [NICState], recoveredTo side: PairSide, mappings: InventoryMappings, defaults: RecoveryDefaults
  ) -> [NICCustomization] {
    switch ipCustomization {
    case .none: return []
    case .auto where !defaults.usesIPMapperAutomatically: return []
    case .auto, .networkMapping:
      return nics.enumerated().compactMap { index, nic in
        guard let network = nic.network, let address = nic.ipv4,
          let rules = mappings.ipMapping(for: network, from: side.other),
          let rule = rules.rule(for: address), let settings = rule.settings(for: address)
        else { return nil }
        return NICCustomization(nicIndex: index, settings: settings, rule: rule.name)
      }
    case .manual:
      return nics.indices.compactMap { index in
        guard let own = nicSettings.first(where: { $0.nicIndex == index }), let settings = own.settings[side],
          !settings.isEmpty
        else { return nil }
        return NICCustomization(nicIndex: index, settings: settings)
      }
    }
  }
}

/// Why the settings of a network card cannot be set in a guest.
package enum IPSettingsProblem: Error, Sendable, Hashable {
  case noSuchNIC(Int)
  /// The card has settings twice.
  case duplicateNIC(Int)
  case prefixLengthOutOfRange(Int)
  /// The gateway cannot be reached from the address with this prefix.
  case gatewayOutside(IPv4Address)
  /// The address is its subnet's own or its broadcast address.
  case notAHost(IPv4Address)
  /// It is empty, or holds a semicolon.
  case unusableSuffix(String)
  case tooManyNameServers(Int)
  case tooManyWINSServers(Int)
  /// Two cards of the machine have the same fixed address.
  case duplicateAddress(IPv4Address)
}

extension IPSettings {
  /// What is wrong with the settings by themselves; empty if nothing.
  package var problems: [IPSettingsProblem] {
    var problems: [IPSettingsProblem] = []
    switch ipv4 {
    case .fixed(let address, let prefixLength, let gateway, let alternate):
      guard (1...32).contains(prefixLength) else {
        problems.append(.prefixLengthOutOfRange(prefixLength))
        break
      }
      let mask = IPv4Address.mask(prefixLength: prefixLength).bits
      // A subnet of one or two addresses has no address of its own and no broadcast (RFC 3021).
      if prefixLength < 31, address.bits & ~mask == 0 || address.bits | mask == .max {
        problems.append(.notAHost(address))
      }
      for case let outside? in [gateway, alternate] where outside.bits & mask != address.bits & mask {
        problems.append(.gatewayOutside(outside))
      }
    case .dhcp, nil: break
    }
    if case .fixed(_, let prefixLength, _, _) = ipv6, !(1...128).contains(prefixLength) {
      problems.append(.prefixLengthOutOfRange(prefixLength))
    }
    for suffix in nameSuffixes where suffix.isEmpty || suffix.utf8.contains(0x3B) {
      problems.append(.unusableSuffix(suffix))
    }
    if nameServers.count > 2 { problems.append(.tooManyNameServers(nameServers.count)) }
    if winsServers.count > 2 { problems.append(.tooManyWINSServers(winsServers.count)) }
    return problems
  }
}

extension VMRecoverySettings {
  /// What is wrong with the settings of the machine's cards, in their order; empty if nothing.
  ///
  /// - Parameter nicCount: How many cards the machine has.
  package func nicProblems(nicCount: Int) -> [IPSettingsProblem] {
    var problems: [IPSettingsProblem] = []
    var seen: [Int] = []
    for nic in nicSettings {
      if !(0..<nicCount).contains(nic.nicIndex) { problems.append(.noSuchNIC(nic.nicIndex)) }
      if seen.contains(nic.nicIndex) { problems.append(.duplicateNIC(nic.nicIndex)) }
      seen.append(nic.nicIndex)
    }
    for side in PairSide.allCases {
      var addresses: [IPv4Address] = []
      for nic in nicSettings {
        guard let settings = nic.settings[side] else { continue }
        problems += settings.problems
        guard case .fixed(let address, _, _, _) = settings.ipv4 else { continue }
        if addresses.contains(address) { problems.append(.duplicateAddress(address)) }
        addresses.append(address)
      }
    }
    return problems
  }
}
