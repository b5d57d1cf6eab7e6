import Inventory
import Quantities
import RecoveryCore

/// Port groups: their addresses, and those that the timeline makes.
extension Resolver {
  /// Checks the address ranges of a site's port groups.
  mutating func checkAddressing(of site: SiteDraft) {
    for entry in site.networks.known ?? [] {
      guard case .second(let network) = entry.value, let range = network.dhcp.located else { continue }
      guard let subnet = network.subnet.located else {
        if !network.subnet.isGiven {
          log.report(
            .missingKey, "port group with \"dhcp\" has no \"subnet\"", at: range.span.start,
            help: "write \"subnet\": \"10.20.0.0/24\" beside it")
        }
        continue
      }
      for address in range.value where !subnet.value.contains(address.value) {
        log.report(
          .invalidAddress, "the address \(address.value) is not inside the subnet \(subnet.value)",
          at: address.span)
      }
      if range.value.count == 2, range.value[1].value < range.value[0].value {
        log.report(
          .invalidAddress, "the last address \(range.value[1].value) is before the first",
          at: range.value[1].span)
      }
    }
  }

  func buildAddressing(of site: SiteDraft) -> [Scenario.SiteSettings.Addressing?] {
    (site.networks.known ?? []).map { entry in
      guard case .second(let network) = entry.value, let subnet = network.subnet.known else { return nil }
      let range = network.dhcp.known.map { $0[0].value...$0[1].value }
      return Scenario.SiteSettings.Addressing(subnet: subnet, dhcp: range)
    }
  }

  /// Reports what is on a port group, or mapped to or from one, before the timeline makes it.
  mutating func checkCreatedNetworks() {
    for entry in entries {
      guard case .recovery(.createNetwork(let site, let network))? = entry.action,
        let reference = entry.draft.network.located
      else { continue }
      let early = machines.indices.first { index in
        machines[index].site == site.index && machines[index].cards.contains(where: { $0.network == network })
          && !isDeployed(index)
      }
      let help = "the timeline makes it then; remove that entry if it is there from the beginning"
      if let early {
        log.report(
          .notMadeYet,
          "the network \(quoted(reference.value)) is not there in the beginning, but virtual machine \(quoted(machines[early].name)) is on it",
          at: reference.span, help: "deploy the machine with vm.deploy, or remove this entry")
      } else if isMappedEarly(network, at: site.index) {
        log.report(
          .notMadeYet,
          "the network \(quoted(reference.value)) is not there in the beginning, but mapped then",
          at: reference.span, help: "make the mapping with mapping.add; \(help)")
      }
    }
  }

  private func isDeployed(_ machine: Int) -> Bool {
    entries.contains { entry in
      guard case .recovery(.deploy(let ids))? = entry.action else { return false }
      return ids.contains(VirtualMachineID(machine))
    }
  }

  private func isMappedEarly(_ network: Int, at site: Int) -> Bool {
    recovery.pairs.contains { pair in
      guard let side = pair.side(of: site) else { return false }
      let isMapped = pair.mappings.contains { mapping in
        mapping.word == .networks && !isMadeLater(.networks, from: mapping.from, of: pair)
          && (mapping.from == side ? mapping.source : mapping.target) == network
      }
      return isMapped
        || pair.testNetworks.contains { test in
          test.side == side && [test.network, test.test].contains(network)
            && !isMadeLater(.networks, from: side.other, of: pair)
        }
    }
  }
}
