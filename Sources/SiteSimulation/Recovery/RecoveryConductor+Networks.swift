import Inventory
import RecoveryCore
import Scenarios

/// Port groups that do not exist yet: nothing can be told of them.
extension RecoveryConductor {
  /// The first of some networks that does not exist, as a refusal.
  func absence(of networks: [MappableObjectID], at side: PairSide) -> RecoveryFailure? {
    guard let missing = networks.first(where: awaitedNetworks[side].contains) else { return nil }
    return RecoveryFailure(
      "the network \(mappings.objects[side][missing].name) does not exist at site \(siteNames[side])")
  }

  /// The same of both ends of a mapping; `nil` for what maps no networks.
  func absence(inMapping mapping: Scenario.RecoveryPair.Mapping) -> RecoveryFailure? {
    guard description.objects[mapping.from][mapping.source].kind == .network else { return nil }
    return absence(of: [mapping.source], at: mapping.from)
      ?? absence(of: [mapping.target], at: mapping.from.other)
  }

  private func requireNetworks(
    _ networks: [MappableObjectID], at side: PairSide
  ) throws(RecoveryFailure) {
    if let absence = absence(of: networks, at: side) { throw absence }
  }

  /// The networks that a plan names for its tests.
  func requireTestNetworks(ofPlan position: Int) throws(RecoveryFailure) {
    let plan = description.plans[position].description
    let side = plan.protectedSide.other
    let names = plan.testNetworks.flatMap { [$0.recoveryNetwork, $0.testNetwork] }
    try requireNetworks(names.compactMap { network($0, at: side) }, at: side)
  }

  /// The networks at the other site that were said for machines alone.
  func requireOwnNetworks(of vms: [VirtualMachineID]) throws(RecoveryFailure) {
    for vm in vms {
      guard let place = positions[vm] else { continue }
      for side in PairSide.allCases {
        let overrides = description.virtualMachines[place].overrides[side]
        try requireNetworks(overrides.networks.compactMap { $0 }, at: side.other)
      }
    }
  }
}
