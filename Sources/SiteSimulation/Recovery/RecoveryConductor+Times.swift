import Inventory
import Quantities
import RecoveryCore
import Scenarios

/// Where an operation waits for its turn, and how long it takes from then.
extension RecoveryConductor {
  func lane(of action: RecoveryAction, in run: ConductedRun) -> RecoveryJob.Lane {
    switch action {
    case .restoreHosts, .synchronize, .reverseReplication, .customizeGuest, .waitForTools, .runOnServer,
      .runOnVM, .showPrompt:
      .none
    case .createTestImage, .makeStorageWritable, .discardTestImage, .configureStorage, .configureTestNetwork,
      .resetStorage, .configureReverseReplication:
      .operation(run.recoverySide)
    case .deactivateStorage, .cleanUpStorage, .shutDownGuest, .prepareForMigration,
      .configureReverseProtection:
      .operation(run.protectedSide)
    case .powerOn(_, let side): .powerOn(side)
    case .powerOff(_, let side), .suspend(_, let side), .resume(_, let side): .operation(side)
    }
  }

  /// What it takes until it is done or, where machines have to do something first, until they begin.
  func duration(of action: RecoveryAction, in run: ConductedRun) -> TimeSpan {
    let adapter = adapterTime(of: action)
    if adapter > .zero, adapterTimesOut { return adapter }
    return adapter + ownDuration(of: action, in: run)
  }

  private func ownDuration(of action: RecoveryAction, in run: ConductedRun) -> TimeSpan {
    switch action {
    case .restoreHosts(let side): standbyCounts[side] > 0 ? times.hostWake : .zero
    case .reverseReplication, .customizeGuest, .waitForTools, .showPrompt: .zero
    case .synchronize, .shutDownGuest: times.remoteCall
    case .createTestImage(_, let machines, _), .makeStorageWritable(_, let machines, _):
      times.groupStorage + times.machineStorage * Int64(machines.count)
    case .discardTestImage(let group):
      times.groupStorage + times.machineStorage * Int64(groups.group(group)?.members.count ?? 0)
    case .deactivateStorage, .cleanUpStorage: times.groupStorage
    case .configureStorage, .resetStorage: times.registration
    case .configureTestNetwork(let vm): times.networkChange + networkCreation(for: vm, in: run)
    case .powerOn: times.powerOn
    case .powerOff: times.powerOff
    case .prepareForMigration: times.migrationPreparation
    case .suspend: times.suspension
    case .resume: times.resumption
    case .configureReverseReplication: times.replicationReversal
    case .configureReverseProtection: times.placeholderCreation
    case .runOnServer(let callout), .runOnVM(_, let callout): command(callout).duration
    }
  }

  /// Nothing where the machine's test networks are there; otherwise they are made, on whatever host it will run.
  private func networkCreation(for vm: VirtualMachineID, in run: ConductedRun) -> TimeSpan {
    let made = isolatedNetworks.first { $0.plan == run.plan }?.networks.segments ?? []
    let needed = testNetworks(of: vm, in: run).contains { network in
      guard case .isolated(let replaced) = network else { return false }
      return !made.contains { $0.network == replaced }
    }
    return needed ? times.networkCreation : .zero
  }

  /// What a custom command does when it runs.
  func command(_ callout: Callout) -> Scenario.RecoveryPair.Command {
    description.commands.first { $0.name == callout.name }
      ?? Scenario.RecoveryPair.Command(
        name: callout.name, duration: Scenario.RecoveryPair.commandDuration, exitCode: 0)
  }

  // MARK: - Test networks

  /// The networks of a machine's cards in a test, those that are connected.
  func testNetworks(of vm: VirtualMachineID, in run: ConductedRun) -> [TestNetwork] {
    guard let placeholder = groups.protectedVM(vm)?.placeholder else { return [] }
    return placeholder.location.networks.compactMap { network in
      network.map { testNetwork(insteadOf: $0, in: run) }
    }
  }

  /// What a test uses in place of a network of the recovery site.
  func testNetwork(insteadOf network: MappableObjectID, in run: ConductedRun) -> TestNetwork {
    let side = run.recoverySide
    let entries = book.plan(run.plan, seenFrom: side).testNetworks.compactMap { entry in
      self.network(entry.recoveryNetwork, at: side).flatMap { network in
        self.network(entry.testNetwork, at: side).map { (network: network, test: $0) }
      }
    }
    return mappings.testNetwork(insteadOf: network, at: side, planEntries: entries)
  }

  func network(_ name: String, at side: PairSide) -> MappableObjectID? {
    mappings.objects[side].identifiers(of: .network).first { mappings.objects[side][$0].name == name }
  }

  /// A test machine runs on this host: its isolated networks are there.
  ///
  /// An isolated network does not span hosts: where it is on another one already, machines of one test do not reach each
  /// other, which the run is to tell.
  mutating func connect(_ vm: VirtualMachineID, on host: HostID, in run: ConductedRun) {
    let isolated = testNetworks(of: vm, in: run).compactMap { network in
      if case .isolated(let replaced) = network { replaced } else { nil }
    }
    guard !isolated.isEmpty else { return }
    if !isolatedNetworks.contains(where: { $0.plan == run.plan }) {
      isolatedNetworks.append((run.plan, IsolatedNetworks()))
      isolatedNetworks.sort { $0.plan < $1.plan }
    }
    for index in isolatedNetworks.indices where isolatedNetworks[index].plan == run.plan {
      for network in isolated
      where isolatedNetworks[index].networks.connect(network, on: host)
        && isolatedNetworks[index].networks.segments.count(where: { $0.network == network }) == 2
      {
        guard let position = runs.firstIndex(where: { $0.key == run.key }) else { continue }
        runs[position].apartNetworks.append(mappings.objects[run.recoverySide][network].name)
      }
    }
  }
}
