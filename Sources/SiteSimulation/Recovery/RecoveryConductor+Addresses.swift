import Inventory
import Measurements
import RecoveryCore
import Scenarios

/// The network cards of a protected machine and how its guest has set them.
struct MachineCards: Sendable {
  /// Where it is protected: after a recovery those of the machine left behind, until reprotect.
  var original: [NICState]
  /// Those of the recovered machine, which is the protected one from reprotect on; `nil` while there is none.
  var recovered: [NICState]?
  /// What was written into the guest of the recovered machine.
  var written: [NICCustomization] = []

  init(_ cards: [NICState]) { original = cards }
}

/// Addresses before and after recoveries.
extension RecoveryConductor {
  /// What is written into the guest of a machine when it is recovered to a side; empty if it is left alone.
  func customizations(of vm: VirtualMachineID, recoveredTo side: PairSide) -> [NICCustomization] {
    settings(of: vm, recoveredTo: side).customizations(
      of: protectedCards(of: vm), recoveredTo: side, mappings: mappings, defaults: description.defaults[side])
  }

  /// The cards of a member as they were before it was recovered; empty for others.
  private func protectedCards(of vm: VirtualMachineID) -> [NICState] {
    guard let position = positions[vm], let member = groups.protectedVM(vm) else { return [] }
    let isTurnedAround = member.originalLocation == nil
    let known = cards[position]
    return Self.cards(
      isTurnedAround ? known.recovered ?? known.original : known.original,
      on: (member.originalLocation ?? member.location).networks)
  }

  private static func cards(_ cards: [NICState], on networks: [MappableObjectID?]) -> [NICState] {
    zip(cards, networks).map { card, network in
      var card = card
      card.network = network
      return card
    }
  }

  /// A machine was recovered to the other side: its cards are on the networks there, its guest has set them as before.
  mutating func recovered(_ vm: VirtualMachineID) {
    guard let position = positions[vm], groups.protectedVM(vm)?.isRecovered == false else {
      return groups.recovered(vm)
    }
    let before = protectedCards(of: vm)
    groups.recovered(vm)
    cards[position].original = before
    cards[position].recovered = Self.cards(before, on: groups.protectedVM(vm)?.location.networks ?? [])
    cards[position].written = []
  }

  /// The settings of a run are in the guest of a machine.
  mutating func customized(_ vm: VirtualMachineID, byRun key: Int) {
    guard let position = positions[vm], let index = runs.firstIndex(where: { $0.key == key }) else { return }
    let run = runs[index]
    let written = customizations(of: vm, recoveredTo: run.recoverySide)
    guard run.workflow.isRecovery else {
      runs[index].customized.append((vm, written))
      return
    }
    cards[position].written = written
    guard var recovered = cards[position].recovered else { return }
    for card in written where recovered.indices.contains(card.nicIndex) {
      recovered[card.nicIndex].apply(card.settings)
    }
    cards[position].recovered = recovered
  }

  /// The fixed IPv4 address of a machine's first card where it runs now, as far as it is known.
  func firstAddress(of vm: VirtualMachineID) -> IPv4Address? {
    guard let position = positions[vm] else { return nil }
    return (cards[position].recovered ?? cards[position].original).first?.ipv4
  }

  /// The fixed IPv4 address that the first card of a machine has in a run once its guest is customized; `nil` where it asks a DHCP
  /// server, or nothing is known.
  func firstAddress(of vm: VirtualMachineID, in run: ConductedRun) -> IPv4Address? {
    let written = customizations(of: vm, recoveredTo: run.recoverySide).first { $0.nicIndex == 0 }
    return switch written?.settings.ipv4 {
    case .fixed(let address, _, _, _): address
    case .dhcp: nil
    case nil: protectedCards(of: vm).first?.ipv4
    }
  }

  // MARK: - For records

  /// The cards of the copy of a machine that a run has made; empty if it has made none.
  ///
  /// - Parameter lease: What a DHCP server has given its first card.
  func cardRecords(
    of vm: VirtualMachineID, in run: ConductedRun, lease: IPv4Address?
  ) -> [PlanRunRecord.Card] {
    guard let position = positions[vm], let member = groups.protectedVM(vm) else { return [] }
    let objects = mappings.objects[run.recoverySide]
    if run.workflow.isRecovery {
      guard member.isRecovered, let recovered = cards[position].recovered else { return [] }
      return recovered.enumerated().map { index, card in
        PlanRunRecord.Card(
          card, index: index, network: card.network.map { objects[$0].name },
          written: cards[position].written.first { $0.nicIndex == index }, lease: index == 0 ? lease : nil)
      }
    }
    guard case .test = run.workflow, let placeholder = member.placeholder,
      placeholder.state == .replacedByTest
    else { return [] }
    let written = run.customized.last { $0.vm == vm }?.cards ?? []
    return zip(protectedCards(of: vm), placeholder.location.networks).enumerated().map { index, item in
      var card = item.0
      let own = written.first { $0.nicIndex == index }
      if let own { card.apply(own.settings) }
      let network = item.1.map { replaced in
        switch testNetwork(insteadOf: replaced, in: run) {
        case .mapped(let test): objects[test].name
        case .isolated: "\(objects[replaced].name) (isolated)"
        }
      }
      return PlanRunRecord.Card(
        card, index: index, network: network, written: own, lease: index == 0 ? lease : nil)
    }
  }

  /// Where the addresses of a machine come from in a run; `nil` in one that brings up no machines.
  func customizationMode(of vm: VirtualMachineID, in run: ConductedRun) -> String? {
    switch run.workflow {
    case .test, .plannedMigration, .disasterRecovery, .forcedRecovery:
      settings(of: vm, recoveredTo: run.recoverySide).ipCustomization.rawValue
    case .cleanup, .reprotect: nil
    }
  }
}

extension PlanRunRecord.Card {
  init(
    _ card: NICState, index: Int, network: String?, written: NICCustomization?, lease: IPv4Address?
  ) {
    let known = card.settings.ipv4.map { "\($0)" } ?? card.ipv4.map { "\($0)" }
    self.init(
      index: index, network: network, ipv4: lease.map { "\($0)" } ?? known,
      gateways: card.settings.ipv4?.gateways.map { "\($0)" } ?? [],
      ipv6: card.settings.ipv6.map { "\($0)" },
      ipv6Gateways: card.settings.ipv6?.gateways.map { "\($0)" } ?? [],
      nameServers: card.settings.nameServers.map { "\($0)" }, nameSuffixes: card.settings.nameSuffixes,
      winsServers: card.settings.winsServers.map { "\($0)" },
      origin: written.map { $0.rule == nil ? .manual : .subnetRule } ?? .unchanged, rule: written?.rule)
  }
}
