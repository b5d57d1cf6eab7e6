import Inventory
import Quantities
import RecoveryCore

/// Builds what was read of Site Recovery Manager.
extension Resolver {
  func buildRecoveryPairs() -> [Scenario.RecoveryPair] { recovery.pairs.indices.map(buildRecoveryPair) }

  private func buildRecoveryPair(_ index: Int) -> Scenario.RecoveryPair {
    let pair = recovery.pairs[index]
    func both<Value>(_ value: (PairSide) -> Value) -> BothSides<Value> {
      BothSides(first: value(.first), second: value(.second))
    }
    let names = both { siteName(pair.sites[$0]) }
    let later = recovery.later
    let members = recovery.groups.filter { $0.pair == index }.flatMap(\.members).sorted()
    return Scenario.RecoveryPair(
      sites: both { SiteID(pair.sites[$0]) },
      installed: both { side in
        AddOn.allCases.filter { addOn in
          !later.installs.contains { $0.site == names[side] && $0.addOn == addOn }
        }
      },
      isPaired: !later.pairings.contains { Set($0) == [names.first, names.second] },
      objects: both { siteObjects(pair.sites[$0]) },
      mappings: pair.mappings.map { mapping in
        Scenario.RecoveryPair.Mapping(
          from: mapping.from, source: MappableObjectID(mapping.source),
          target: MappableObjectID(mapping.target),
          isReversed: mapping.isReversed,
          isMadeLater: isMadeLater(mapping.word, from: mapping.from, of: pair),
          addressRules: mapping.addressRules)
      },
      testNetworks: pair.testNetworks.map { test in
        Scenario.RecoveryPair.TestNetworkMapping(
          side: test.side, network: MappableObjectID(test.network), test: MappableObjectID(test.test),
          isMadeLater: isMadeLater(.networks, from: test.side.other, of: pair))
      },
      placeholderDatastores: both { pair.placeholders[$0].map { DatastoreID($0) } },
      namesPlaceholdersLater: both { later.placeholders.contains(names[$0]) },
      groups: recovery.groups.filter { $0.pair == index }.map { buildGroup($0, in: pair) },
      plans: recovery.plans.filter { $0.pair == index }.map { buildPlan($0, in: pair) },
      virtualMachines: members.map { buildProtected($0, in: pair) },
      commands: recovery.commands.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }.map {
        Scenario.RecoveryPair.Command(name: $0.name, duration: $0.duration, exitCode: $0.exitCode)
      },
      defaults: both { recoveryDefaults(ofSite: pair.sites[$0]) }, parameters: recoveryParameters,
      times: draft.recovery.known?.times.known?.times ?? RecoveryTimes(), limits: recoveryLimits,
      offering: offering(ofPair: index))
  }

  private var recoveryParameters: RunParameters {
    var parameters = RunParameters()
    if let limit = draft.recovery.known?.synchronizationTimeout.known {
      parameters.synchronizationTimeLimit = limit
    }
    if let count = draft.recovery.known?.runningPlans.known { parameters.runningPlanCountMaximum = count }
    return parameters
  }

  func isMadeLater(_ word: MappingWord, from side: PairSide, of pair: PlannedRecovery.Pair) -> Bool {
    recovery.later.maps.contains { map in
      map.word == word && map.from == siteName(pair.sites[side])
        && (map.to.map { $0 == siteName(pair.sites[side.other]) } ?? true)
    }
  }

  /// What can be mapped at a site, in the order of ``objectOffset(_:at:)``.
  private func siteObjects(_ site: Int) -> SiteObjects {
    var objects = SiteObjects()
    let description = checked(draft.sites.known?[site]).value
    let datacenter = objects.add(Datacenter(name: checked(description.datacenter.known)))
    let further = furtherDatacenters(of: description).map(\.value)
    let furtherIDs = further.map { objects.add(Datacenter(name: $0)) }
    for name in objectNames(.networks, at: site) {
      _ = objects.add(MappableObject(.network, name: name, datacenter: datacenter))
    }
    var topmost: MappableObjectID?
    for name in objectNames(.folders, at: site).dropLast(further.count) {
      let folder = objects.add(MappableObject(.folder, name: name, datacenter: datacenter, parent: topmost))
      if topmost == nil { topmost = folder }
    }
    for (name, id) in zip(further, furtherIDs) {
      _ = objects.add(MappableObject(.folder, name: name, datacenter: id))
    }
    let ofSite = clusters.filter { $0.site == site }
    for (name, cluster) in zip(objectNames(.resources, at: site), ofSite) {
      // A vSAN datastore belongs to the hosts that hold it.
      let visible = datastores.indices.filter { index in
        datastores[index].site == site && vsans[index].map { $0.hosts.overlaps(cluster.hosts) } ?? true
      }
      _ = objects.add(
        MappableObject(
          .resource, name: name,
          datacenter: cluster.draft?.datacenter.known.flatMap { name in
            further.firstIndex(of: name).map { furtherIDs[$0] }
          } ?? datacenter, datastores: visible.map { DatastoreID($0) }))
    }
    for name in objectNames(.storagePolicies, at: site) {
      _ = objects.add(MappableObject(.storagePolicy, name: name))
    }
    return objects
  }

  private func buildGroup(
    _ group: PlannedRecovery.Group, in pair: PlannedRecovery.Pair
  ) -> Scenario.RecoveryPair.Group {
    let name = checked(group.draft.name.known)
    return Scenario.RecoveryPair.Group(
      description: ProtectionGroup(
        name: name, description: group.draft.description.known ?? "",
        replicationType: (group.draft.type.known ?? .vSphereReplication).type,
        protectedSide: checked(pair.side(of: checked(group.direction).from))),
      members: group.members.map { VirtualMachineID($0) }, isMadeLater: recovery.later.groups.contains(name),
      storageUnits: group.units.map { StorageUnitID($0) })
  }

  private func buildPlan(
    _ plan: PlannedRecovery.Plan, in pair: PlannedRecovery.Pair
  ) -> Scenario.RecoveryPair.Plan {
    let name = checked(plan.draft.name.known)
    return Scenario.RecoveryPair.Plan(
      description: RecoveryPlan(
        name: name, text: plan.draft.description.known ?? "",
        protectedSide: checked(pair.side(of: checked(plan.direction).from)),
        groups: plan.groups.map { ProtectionGroupID(recovery.groups[$0].position) },
        vmsToSuspend: plan.suspended.map { suspended in
          RecoveryPlan.SuspendedVM(
            vm: VirtualMachineID(suspended.machine), name: machines[suspended.machine].name,
            side: suspended.side)
        },
        testNetworks: (plan.draft.testNetworks.known ?? []).map { network, test in
          RecoveryPlan.TestNetwork(recoveryNetwork: network.value, testNetwork: test.value)
        }, callouts: plan.callouts), isMadeLater: recovery.later.plans.contains(name))
  }

  private func buildProtected(
    _ machine: Int, in pair: PlannedRecovery.Pair
  ) -> Scenario.RecoveryPair.VirtualMachine {
    let group = recovery.groups[checked(recovery.groupOfMachine[machine])]
    let planned = recovery.settings[machine]
    let byDefault = VMRecoverySettings(defaults: recoveryDefaults(ofSite: checked(group.direction).to))
    let location = checked(location(of: machine))
    return Scenario.RecoveryPair.VirtualMachine(
      id: VirtualMachineID(machine), location: location,
      overrides: planned?.overrides ?? BothSides(VMLocationOverrides.none),
      settings: planned?.settings ?? byDefault,
      hasOwnSettings: planned != nil, joinsLater: group.joining.contains(machine),
      cards: zip(machines[machine].cards, location.networks).map { card, network in
        guestCard(card, on: network, hasTools: machines[machine].draft.tools.value)
      })
  }

  /// A card as Site Recovery Manager sees it, which knows the address from VMware Tools.
  private func guestCard(_ card: PlannedCard, on network: MappableObjectID?, hasTools: Bool) -> NICState {
    var state = NICState(network: network, ipv4: card.ipv4, settings: card.settings)
    if !hasTools { state.ipv4 = nil }
    return state
  }
}
