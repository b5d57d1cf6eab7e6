import Inventory
import RecoveryCore

/// What the settings of network cards ask of the machines that get them.
extension Resolver {
  /// Reports settings of cards that a machine does not have, and addresses that two cards would share.
  mutating func checkCards() {
    var reported: Set<SourceSpan> = []
    for index in recovery.settings.keys.sorted() {
      guard let planned = recovery.settings[index] else { continue }
      for problem in planned.settings.nicProblems(nicCount: machines[index].cards.count) {
        switch problem {
        case .noSuchNIC(let nic):
          let spans = PairSide.allCases.compactMap { planned.cardSpans[.init(nicIndex: nic, side: $0)] }
          for span in spans where reported.insert(span).inserted {
            reportMissingCard(nic, of: machines[index], at: span)
          }
        case .duplicateAddress(let address):
          let places = sharedPlaces(of: address, planned)
          guard let last = places.last, reported.insert(last).inserted else { continue }
          report(.duplicateAddress(address), at: last)
        // The others are reported where the settings are read.
        case .duplicateNIC, .prefixLengthOutOfRange, .gatewayOutside, .notAHost, .unusableSuffix,
          .tooManyNameServers, .tooManyWINSServers:
          break
        }
      }
    }
  }

  private mutating func reportMissingCard(_ nic: Int, of machine: Machine, at span: SourceSpan) {
    let count = machine.cards.count
    let name = "virtual machine \(quoted(machine.name))"
    log.report(
      .noSuchCard,
      count == 0
        ? "\(name) has no network card"
        : "\(name) has no card \(nic), only \(count == 1 ? "card 0" : "cards 0 to \(count - 1)")", at: span,
      notes: ["the machine is on \(log.location(of: machine.nameSpan))"],
      help: count == 0
        ? "give it one by \"network\", or several by \"nics\"" : "give it more cards by \"nics\"")
  }

  /// Where the settings with an address stand, at the side at which several cards have it.
  private func sharedPlaces(of address: IPv4Address, _ planned: PlannedRecovery.Settings) -> [SourceSpan] {
    for side in PairSide.allCases {
      let cards = planned.settings.nicSettings.filter { $0.settings[side]?.ipv4?.address == address }
      guard cards.count > 1 else { continue }
      return cards.compactMap { planned.cardSpans[.init(nicIndex: $0.nicIndex, side: side)] }
    }
    return []
  }

  /// Warns about settings that cannot reach a guest, and about an address that several machines would have.
  mutating func warnAboutCustomization() {
    guard !log.hasErrors else { return }
    var owners: [Owned: Int] = [:]
    var reported: Set<SourceSpan> = []
    for index in recovery.settings.keys.sorted() {
      guard let planned = recovery.settings[index], planned.settings.ipCustomization == .manual else {
        continue
      }
      for nic in planned.settings.nicSettings {
        for side in PairSide.allCases {
          guard let settings = nic.settings[side], !settings.isEmpty,
            let span = planned.cardSpans[.init(nicIndex: nic.nicIndex, side: side)]
          else { continue }
          if machines[index].draft.tools.known == false, reported.insert(span).inserted {
            log.report(
              .customizationWithoutTools,
              "virtual machine \(quoted(machines[index].name)) gets addresses, but has no VMware Tools to set them",
              at: span,
              help:
                "its recovery fails at \"Guest customization\"; write \"tools\": true, or \"mode\": \"none\"")
          }
          guard let address = settings.ipv4?.address, let group = recovery.groupOfMachine[index],
            let pair = recovery.groups[group].pair
          else { continue }
          let owned = Owned(site: recovery.pairs[pair].sites[side], address: address)
          guard let first = owners[owned] else {
            owners[owned] = index
            continue
          }
          guard first != index, reported.insert(span).inserted else { continue }
          log.report(
            .addressOfSeveral,
            "the virtual machines \(quoted(machines[first].name)) and \(quoted(machines[index].name)) both get the address \(address) at site \(quoted(siteName(owned.site)))",
            at: span, help: "give each machine an entry of its own, or use the rules of the network mapping")
        }
      }
    }
  }

  /// An address at a site.
  private struct Owned: Hashable {
    let site: Int
    let address: IPv4Address
  }
}
