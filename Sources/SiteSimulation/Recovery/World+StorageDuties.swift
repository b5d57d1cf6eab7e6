import Inventory
import Quantities
import RecoveryCore
import Scenarios

/// What plans ask of arrays and virtual volumes, through the storage adapter or the storage provider of a site.
extension World {
  /// Carries out what concerns storage that copies by itself.
  ///
  /// - Returns: `nil` if the action is not about such storage, or no different for it.
  mutating func carryOutOnStorage(
    _ action: RecoveryAction, _ id: CommandID, run: ConductedRun, pair: Int
  ) throws(SimulationFailure) -> DutyResult? {
    guard !conductors[pair].storage.isEmpty else { return nil }
    switch action {
    case .synchronize(let group, _, let vms):
      return try request(of: group, vms, [], id, run: run, pair: pair) { _ in .synchronize }
    case .createTestImage(let group, let vms, let points):
      return try request(of: group, vms, points, id, run: run, pair: pair) { .startTest($0) }
    case .makeStorageWritable(let group, let vms, let points):
      let isPlanned = run.workflow == .plannedMigration
      return try request(of: group, vms, points, id, run: run, pair: pair) {
        .failOver($0, isPlanned: isPlanned)
      }
    case .discardTestImage(let group):
      guard !conductors[pair].storageUnits(of: group).isEmpty else { return nil }
      conductors[pair].isolatedNetworks.removeAll { $0.plan == run.plan }
      detachTests(of: conductors[pair].groups.group(group)?.members ?? [])
      return try request(of: group, nil, [], id, run: run, pair: pair) { _ in .stopTest }
    case .deactivateStorage(let group):
      return try request(of: group, nil, [], id, run: run, pair: pair) { _ in .prepare }
    case .reverseReplication(let group):
      return try request(of: group, nil, [], id, run: run, pair: pair) { _ in .reverse }
    case .prepareForMigration(let vm):
      guard let machine = machineIndex[vm.index], isOnCopyingStorage(machine) else { return nil }
      // Its storage is made read-only with all of its group.
      return DutyResult(prepareForMigration(machine))
    case .configureReverseReplication(let vm):
      guard let machine = machineIndex[vm.index], isOnCopyingStorage(machine) else { return nil }
      return .done
    default: return nil
    }
  }

  private func isOnCopyingStorage(_ machine: Int) -> Bool {
    replications[machines[machine].replication].storageUnit != nil
  }

  /// Asks for something for the units of a group, those of some machines or all.
  ///
  /// - Returns: `nil` for a group that vSphere Replication replicates.
  private mutating func request(
    of group: ProtectionGroupID, _ vms: [VirtualMachineID]?, _ points: [RecoveryAction.PointInTime],
    _ id: CommandID, run: ConductedRun, pair: Int, _ make: (InstanceChoice) -> ReplicationRequest
  ) throws(SimulationFailure) -> DutyResult? {
    let units = conductors[pair].storageUnits(of: group)
    guard !units.isEmpty else { return nil }
    if conductors[pair].adapterTimesOut,
      units.contains(where: { conductors[pair].arrays.hasDevices(ofUnit: $0) })
    {
      return .failed(conductors[pair].adapterTimeoutText)
    }
    var waiting: [VirtualMachineID] = []
    var failures: [String] = []
    for unit in units {
      let members = scenario.storageUnits[unit.index].members.map {
        scenario.replications[$0.index].virtualMachine
      }
      // A device without machines goes with the others of its group, whatever is asked for.
      if let vms, !members.isEmpty, !members.contains(where: { vms.contains($0) }) { continue }
      // What fails over as one has one point in time: the earliest that was chosen for a machine of it.
      let chosen = points.filter { members.contains($0.vm) }.map(\.instant).min()
      let result = try request(
        make(chosen.map { InstanceChoice.notLater(than: $0) } ?? .newest), of: unit, members, id, run: run,
        pair: pair)
      switch result {
      case .success(let isPending): if isPending, let first = members.first { waiting.append(first) }
      case .failure(let failure):
        failures.append("\(scenario.storageUnits[unit.index].name): \(failure.text)")
      }
    }
    guard failures.isEmpty else {
      for vm in waiting {
        try abandon(RecoveryTicket(pair: RecoveryPairID(pair), command: id, machine: vm))
      }
      return .failed(failures.joined(separator: "; "))
    }
    return waiting.isEmpty ? .done : .pending(waiting)
  }

  /// - Returns: Whether it ends later, with the ticket of the first member.
  private mutating func request(
    _ request: ReplicationRequest, of unit: StorageUnitID, _ members: [VirtualMachineID], _ id: CommandID,
    run: ConductedRun, pair: Int
  ) throws(SimulationFailure) -> Result<Bool, RecoveryFailure> {
    let description = scenario.storageUnits[unit.index]
    guard
      let provider = conductors[pair].storage.firstIndex(where: { $0.system == description.system.index })
    else { preconditionFailure("a group's storage is between the sites of its pair") }
    let local = ReplicationUnitID(description.position)
    let commands: [ProviderCommand]
    do throws(ReplicationRefusal) {
      commands = try conductors[pair].storage[provider].commands(
        for: request, of: local, answering: storageAnswers(run, provider, pair: pair), at: now)
    } catch {
      if case .siteDown(let side) = error, let text = conductors[pair].text(ofAdapterAt: side, provider) {
        return .failure(RecoveryFailure(text))
      }
      return .failure(RecoveryFailure(conductors[pair].text(error)))
    }
    var isPending = false
    for command in commands {
      note(command, unit: description.name, pair: pair)
      let ticket = members.first.map {
        RecoveryTicket(pair: RecoveryPairID(pair), command: id, machine: $0)
      }
      if let failure = try carryOut(command, unit.index, ticket: ticket, run: run, pair: pair) {
        return .failure(failure)
      }
      if case .synchronize = request, ticket != nil { isPending = true }
    }
    if !commands.isEmpty { conductors[pair].storage[provider].completed(request, of: local) }
    // What was copied for nothing was complete before the direction was known to have turned.
    if case .reverse = request { tellStorageProvider(ofUnit: unit.index) }
    return .success(isPending)
  }

  private mutating func note(_ command: ProviderCommand, unit: String, pair: Int) {
    let name: String? =
      switch command.operation {
      case .adapter(let command): command.rawValue
      case .virtualVolumes(let operation): operation.rawValue
      case .replication: nil
      }
    guard let name else { return }
    let site = conductors[pair].siteNames[command.side]
    record.note("storage.command", subject: unit, detail: "\(name) at \(site)", at: now)
  }

  /// Which sites' storage can be told something by the server that conducts a run: its server answers, and the array runs.
  private func storageAnswers(_ run: ConductedRun, _ provider: Int, pair: Int) -> BothSides<Bool> {
    func answers(_ side: PairSide) -> Bool {
      let site = conductors[pair].description.sites[side]
      return conductors[pair].answers(side, toRun: run)
        && conductors[pair].text(ofAdapterAt: side, provider) == nil
        && hosts.indices.contains { hosts[$0].isUp && scenario.inventory.hosts[$0].site == site }
    }
    return BothSides(first: answers(.first), second: answers(.second))
  }

  /// Does what a command asks for; what only asks or checks has no effect.
  private mutating func carryOut(
    _ command: ProviderCommand, _ unit: Int, ticket: RecoveryTicket?, run: ConductedRun, pair: Int
  ) throws(SimulationFailure) -> RecoveryFailure? {
    let limit: Instant? = if case .notLater(let instant)? = command.choice { instant } else { nil }
    switch command.operation {
    case .adapter(.syncOnce), .virtualVolumes(.sync):
      if let ticket { try beginStorageSync(unit, for: ticket) }
      return nil
    case .adapter(.testFailoverStart), .virtualVolumes(.testFailoverStart):
      return try startStorageTest(unit, notAfter: limit)
    case .adapter(.testFailoverStop), .virtualVolumes(.testFailoverStop):
      try stopStorageTest(unit)
      return nil
    case .adapter(.failover), .virtualVolumes(.failover), .virtualVolumes(.unplannedFailover):
      return try failOver(unit, notAfter: limit, run: run, pair: pair)
    case .adapter(.reverseReplication), .virtualVolumes(.reverse): return try reverseStorage(unit)
    case .adapter, .virtualVolumes, .replication: return nil
    }
  }

  private mutating func failOver(
    _ unit: Int, notAfter limit: Instant?, run: ConductedRun, pair: Int
  ) throws(SimulationFailure) -> RecoveryFailure? {
    switch try failStorageOver(unit, notAfter: limit) {
    case .failure(let failure): return failure
    case .success(let recovered):
      for (member, index) in storageUnits[unit].members.enumerated() {
        conductors[pair].recovered(
          .init(
            vm: replications[index].machine, instance: recovered.instant,
            lastWrite: recovered.lastWrites[member]), key: run.key)
      }
      return nil
    }
  }

  /// Tells the storage of a unit what its target holds.
  mutating func tellStorageProvider(ofUnit unit: Int) {
    let description = storageUnits[unit].description
    for pair in conductors.indices {
      guard
        let provider = conductors[pair].storage.firstIndex(where: { $0.system == description.system.index })
      else { continue }
      conductors[pair].storage[provider].imagesChanged(
        storageUnits[unit].points.map(\.instant), isInSync: storageUnits[unit].isInSync,
        of: ReplicationUnitID(description.position), at: now)
    }
  }
}
