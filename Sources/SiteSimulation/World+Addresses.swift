import Expectations
package import Inventory
import Quantities
package import RecoveryCore
import Scenarios

/// On which networks machines are, and the addresses they have there.
extension World {
  /// Attaches every machine that is there in the beginning, in the order of the inventory.
  mutating func attachMachines() {
    for index in scenario.inventory.virtualMachines.indices {
      let isThere =
        machineIndex[index].map { machines[$0].isRegistered } ?? (unreplicatedPowers[index] != .off)
      if isThere { attach(VirtualMachineID(index)) }
    }
  }

  /// A machine is on the network that the scenario gives it.
  mutating func attach(_ vm: VirtualMachineID) {
    attach(
      vm, at: scenario.inventory[vm].site, network: scenario.virtualMachines[vm.index].networks.first ?? nil,
      isTest: false, hasOwnAddress: hasOwnAddress(vm))
  }

  /// A recovered machine, or the copy of it that a test uses, was powered on: it is on the network that its placeholder or the
  /// test networks say.
  mutating func attachRecovered(_ vm: VirtualMachineID, isTest: Bool, in run: ConductedRun, pair: Int) {
    let site = conductors[pair].description.sites[run.recoverySide]
    let hasOwnAddress = conductors[pair].firstAddress(of: vm, in: run) != nil
    guard isTest else {
      let network = conductors[pair].groups.protectedVM(vm)?.location.networks.first.flatMap { $0 }
      return attach(
        vm, at: site, network: network?.index, isTest: false, hasOwnAddress: hasOwnAddress)
    }
    switch conductors[pair].testNetworks(of: vm, in: run).first {
    case .mapped(let network):
      attach(vm, at: site, network: network.index, isTest: true, hasOwnAddress: hasOwnAddress)
    case .isolated:
      attachments.attach(
        .init(machine: vm, isTest: true), to: .init(site: site, network: nil), dhcp: nil)
    case nil: break
    }
  }

  /// A machine, or its test copy, is on a network now and on no other one.
  ///
  /// Where the network has a DHCP server and the machine no address of its own, it gets the lowest free one, which an event
  /// tells; that all are taken is told too.
  private mutating func attach(
    _ vm: VirtualMachineID, at site: SiteID, network: Int?, isTest: Bool, hasOwnAddress: Bool
  ) {
    let holder = NetworkAttachments.Holder(machine: vm, isTest: isTest)
    guard let network else { return attachments.detach(holder) }
    let range = hasOwnAddress ? nil : scenario.sites[site.index].addressing[network]?.dhcp
    let isNew = attachments.attach(holder, to: .init(site: site, network: network), dhcp: range)
    guard range != nil else { return }
    let place = "on \(scenario.sites[site.index].networks[network])\(isTest ? ", in a test" : "")"
    let name = scenario.inventory[vm].name
    if let address = attachments.place(of: holder)?.address {
      if isNew { record.note("vm.address", subject: name, detail: "\(address) \(place)", at: now) }
    } else {
      record.note("vm.address-refused", subject: name, detail: "no address is free \(place)", at: now)
    }
  }

  /// The copies of tests are thrown away.
  mutating func detachTests(of vms: [VirtualMachineID]) {
    for vm in vms { attachments.detach(.init(machine: vm, isTest: true)) }
  }

  /// Whether an address is written into a machine's guest, so that its first card asks no DHCP server.
  private func hasOwnAddress(_ vm: VirtualMachineID) -> Bool {
    guard let conductor = conductors.firstIndex(where: { $0.positions[vm] != nil }) else {
      return scenario.virtualMachines[vm.index].hasOwnAddress
    }
    return conductors[conductor].firstAddress(of: vm) != nil
  }

  /// The IPv4 address of a machine's first card, or of its test copy's, as far as it is known.
  package func address(of vm: VirtualMachineID, isTest: Bool = false) -> IPv4Address? {
    let place = attachments.place(of: .init(machine: vm, isTest: isTest))
    if let address = place?.address { return address }
    guard !isTest else { return nil }
    return conductors.first { $0.positions[vm] != nil }?.firstAddress(of: vm)
  }

  /// What a DHCP server has given to the copy of a machine that a run has brought up.
  func lease(of vm: VirtualMachineID, in run: ConductedRun) -> IPv4Address? {
    attachments.place(of: .init(machine: vm, isTest: run.workflow.isTest))?.address
  }

  // MARK: - What expectations ask

  /// The network of each machine and of each test copy that is on one.
  var networkStates: [StateSample] {
    attachedStates { place, _, _ in
      place.network.map { scenario.sites[place.site.index].networks[$0] } ?? Metric.isolatedNetwork
    }
  }

  /// The address of each machine and of each test copy that is known to have one.
  var addressStates: [StateSample] {
    attachedStates { _, vm, isTest in address(of: vm, isTest: isTest)?.description }
  }

  /// How well each machine of a protection group is protected.
  var protectionStates: [StateSample] {
    scenario.inventory.virtualMachines.indices.compactMap { index in
      protectionStatus(of: VirtualMachineID(index)).map {
        StateSample(name: scenario.inventory.virtualMachines[index].name, word: $0.rawValue)
      }
    }
  }

  private func attachedStates(
    _ word: (NetworkAttachments.Place, VirtualMachineID, Bool) -> String?
  ) -> [StateSample] {
    scenario.inventory.virtualMachines.indices.flatMap { index in
      [false, true].compactMap { isTest -> StateSample? in
        let vm = VirtualMachineID(index)
        guard let place = attachments.place(of: .init(machine: vm, isTest: isTest)),
          let word = word(place, vm, isTest)
        else { return nil }
        return StateSample(
          name: scenario.inventory.virtualMachines[index].name, site: scenario.inventory[place.site].name,
          word: word)
      }
    }
  }
}
