package import Inventory
package import Measurements
import Quantities
package import RecoveryCore
package import Scenarios

/// What may be asked of Site Recovery Manager between two steps; nothing of it changes anything but what
/// ``perform(_:)`` is asked to do.
extension World {
  package var recoveryPairCount: Int { conductors.count }

  /// Does what a timeline could do, at the current instant.
  ///
  /// What is refused is recorded as an event.
  package mutating func perform(
    _ action: Scenario.RecoveryAction, by actor: Scenario.Actor = .administrator
  ) throws(SimulationFailure) {
    try begin(action, entry: nil, by: actor)
  }

  /// The status of a plan, by its position in the description of the pair; `nil` before it is created.
  package func status(of plan: RecoveryPlanID, in pair: RecoveryPairID) -> RecoveryPlanStatus? {
    conductors[pair.index].status(ofPlan: plan.index)
  }

  /// The status as one of the sites shows it.
  package func status(
    of plan: RecoveryPlanID, in pair: RecoveryPairID, seenFrom side: PairSide
  ) -> RecoveryPlanStatus? {
    conductors[pair.index].planIDs[plan.index].map {
      conductors[pair.index].book.status(of: $0, seenFrom: side)
    }
  }

  /// The status of a group, by its position in the description of the pair; `nil` before it is created.
  package func status(of group: ProtectionGroupID, in pair: RecoveryPairID) -> ProtectionGroupStatus? {
    conductors[pair.index].status(ofGroup: group.index)
  }

  package func recoveryStatus(of group: ProtectionGroupID, in pair: RecoveryPairID) -> GroupRecoveryStatus? {
    conductors[pair.index].groupIDs[group.index].map { conductors[pair.index].groups.recoveryStatus(of: $0) }
  }

  /// Where a group's machines are protected now.
  package func protectedSite(of group: ProtectionGroupID, in pair: RecoveryPairID) -> SiteID? {
    conductors[pair.index].groupIDs[group.index].flatMap {
      conductors[pair.index].book.protectedSide(of: $0)
    }.map { conductors[pair.index].description.sites[$0] }
  }

  /// How well a machine is protected; `nil` if it is in no group.
  package func protectionStatus(of vm: VirtualMachineID) -> MemberStatus? {
    for conductor in conductors { if let status = conductor.groups.status(of: vm) { return status } }
    return nil
  }

  /// How a machine fared in the last run of a plan.
  package func recoveryStatus(
    of vm: VirtualMachineID, plan: RecoveryPlanID, in pair: RecoveryPairID
  ) -> VMRecoveryStatus? {
    let conductor = conductors[pair.index]
    guard let plan = conductor.planIDs[plan.index], let group = conductor.groups.protectedVM(vm)?.group else {
      return nil
    }
    return conductor.book.status(of: vm, in: group, of: plan)
  }

  /// The steps of a plan's last run, each before its children; empty if it has none.
  package func steps(of plan: RecoveryPlanID, in pair: RecoveryPairID) -> [RecoveryStep] {
    conductors[pair.index].planIDs[plan.index].flatMap {
      conductors[pair.index].book.run(of: $0)?.allSteps
    } ?? []
  }

  /// The prompts that a plan shows.
  package func prompts(of plan: RecoveryPlanID, in pair: RecoveryPairID) -> [RecoveryStep] {
    guard let id = conductors[pair.index].planIDs[plan.index],
      let run = conductors[pair.index].book.run(of: id)
    else { return [] }
    return run.openPrompts.map { run.step($0.step) }
  }

  /// The isolated networks that tests have made, as network and host.
  package func isolatedNetworks(of pair: RecoveryPairID) -> [(network: String, host: HostID)] {
    let conductor = conductors[pair.index]
    return conductor.isolatedNetworks.flatMap { item in
      let side = conductor.book.protectedSide(of: item.plan).other
      return item.networks.segments.map {
        (network: conductor.description.objects[side][$0.network].name, host: $0.host)
      }
    }
  }

  /// The mappings of a pair as they are now.
  package func mappings(of pair: RecoveryPairID) -> InventoryMappings { conductors[pair.index].mappings }

  /// The servers of a pair, its pairing and the sessions.
  package func servers(of pair: RecoveryPairID) -> SitePair { conductors[pair.index].servers }

  /// The placeholder of a machine, if it is in a group.
  package func placeholder(of vm: VirtualMachineID) -> Placeholder? {
    for conductor in conductors {
      if let member = conductor.groups.protectedVM(vm) { return member.placeholder }
    }
    return nil
  }

  /// What a machine does at a site: `ON`, `OFF` or `SUSPENDED`, `PLACEHOLDER` where it only has one, `nil` where it is not known.
  ///
  /// A machine whose host or site has failed is off.
  package func power(of vm: VirtualMachineID, atSite site: SiteID) -> String? {
    // A machine that a plan took out of the inventory is still there, until reprotect.
    let former = copy(of: vm, at: site).flatMap { machines[$0].role == .former ? machines[$0].power : nil }
    if let power = former ?? power(of: vm, at: site) {
      return switch power {
      case .on: "ON"
      case .suspended: "SUSPENDED"
      case .off, .failed, .waitingForHost: "OFF"
      }
    }
    for conductor in conductors {
      guard let placeholder = conductor.groups.protectedVM(vm)?.placeholder, placeholder.state == .present,
        conductor.description.sites[placeholder.side] == site
      else { continue }
      return "PLACEHOLDER"
    }
    return nil
  }

  /// The network of a protected machine's first card where it runs; `nil` if it has none or is in no group.
  package func network(of vm: VirtualMachineID) -> String? {
    for conductor in conductors {
      guard let member = conductor.groups.protectedVM(vm), let group = conductor.groups.group(member.group)
      else {
        continue
      }
      let side = member.isRecovered ? group.protectedSide.other : group.protectedSide
      return member.location.networks.first.flatMap { $0 }.map {
        conductor.description.objects[side][$0].name
      }
    }
    return nil
  }

  /// The runs that ended, in the order of their end.
  package var planRuns: [PlanRunRecord] { record.planRuns }
}
