import BlockStorage
import Inventory
import Quantities
import ReplicationCore
import Scenarios

/// What a plan asks of a replication that goes on: its instances, and a new one.
extension World {
  /// The points in time of a machine's replica that can be recovered now, ascending; none where nothing is replicated.
  func recoveryInstances(of machine: Int) -> [Instant] {
    let replication = replications[machines[machine].replication]
    guard replication.isActive else { return [] }
    var instants: [Instant] = []
    // Two instances can show the same moment; the younger one is recovered.
    for instance in replication.replica.instances where instance.pointInTime != instants.last {
      instants.append(instance.pointInTime)
    }
    return instants
  }

  /// The newest instance that a recovery may use, or why there is none.
  func chooseInstance(_ index: Int, notAfter: Instant?) -> Result<ReplicationTarget.Instance, RecoveryFailure>
  {
    let instances = replications[index].replica.instances
    guard let newest = instances.last else {
      return .failure(RecoveryFailure("no complete instance of the replica exists"))
    }
    guard let notAfter else { return .success(newest) }
    guard let chosen = instances.last(where: { $0.pointInTime <= notAfter }) else {
      return .failure(RecoveryFailure("no point in time up to \(notAfter) is kept"))
    }
    return .success(chosen)
  }

  // MARK: - Synchronising

  /// Brings a replica up to date: ends when an instance that was taken now or later is complete and the source knows of it.
  ///
  /// A machine that is off is synchronised by an offline instance, which locks it meanwhile. A sync under way that began before
  /// is waited for, and another one follows. While the line is cut, the machine restarts, or the target has no room, it goes on
  /// waiting until ``abandon(_:)``; it fails at once where only a person could help: a replication that is paused, in error or over, a
  /// machine that is off without a host that could read its disks.
  mutating func beginSync(of machine: Int, for ticket: RecoveryTicket) throws(SimulationFailure) {
    let index = machines[machine].replication
    replications[index].syncWaits.append((ticket, now))
    try askForSync(index)
  }

  /// Lets the instance that somebody waits for begin as soon as it can.
  mutating func askForSync(_ index: Int) throws(SimulationFailure) {
    if let failure = syncObstacle(index) { return failSyncWaits(index, failure) }
    let machine = replications[index].machineIndex
    switch machines[machine].power {
    case .off, .suspended:
      guard !replications[index].source.isLocked else { return }
      do {
        try replications[index].source.offlineInstanceRequested(at: now)
      } catch {
        return failSyncWaits(index, RecoveryFailure("synchronization refused: \(error)"))
      }
    case .on, .failed, .waitingForHost:
      guard !replications[index].source.isSyncing else { return }
      replications[index].source.syncRequested(at: now)
    }
    takeMoves(of: tellSchedule(index))
    armTimer(index)
  }

  private func syncObstacle(_ index: Int) -> RecoveryFailure? {
    let replication = replications[index]
    guard replication.isActive else { return RecoveryFailure("the virtual machine is not replicated") }
    guard replication.pauses.isEmpty else { return RecoveryFailure("replication is paused") }
    if let problem = replication.source.configurationProblem {
      return RecoveryFailure("replication is in error: \(problem.rawValue)")
    }
    let machine = machines[replication.machineIndex]
    guard machine.power == .off || machine.power == .suspended else { return nil }
    return hostForStart(of: replication.machineIndex) == nil
      ? RecoveryFailure("no host of site \(scenario.inventory[machine.site].name) runs") : nil
  }

  /// The source knows that an instance is complete.
  mutating func serveSyncWaits(_ index: Int, pointInTime: Instant) {
    for wait in replications[index].syncWaits where wait.since <= pointInTime { end(wait.ticket) }
    replications[index].syncWaits.removeAll { $0.since <= pointInTime }
  }

  mutating func failSyncWaits(_ index: Int, _ failure: RecoveryFailure) {
    for wait in replications[index].syncWaits { end(wait.ticket, failure) }
    replications[index].syncWaits.removeAll()
  }

  /// Nobody waits any more for what a ticket stands for: it is not reported.
  ///
  /// The offline instance of a machine is given up with the last who waited for it, and the machine unlocked. A guest that boots or shuts
  /// down goes on doing so.
  mutating func abandon(_ ticket: RecoveryTicket) throws(SimulationFailure) {
    guard let current = machineIndex[ticket.machine.index] else { return }
    let index = machines[current].replication
    let copies = [current, replications[index].formerCopy, replications[index].testCopy].compactMap { $0 }
    for machine in copies {
      machines[machine].toolsWaits.removeAll { $0 == ticket }
      machines[machine].stopWaits.removeAll { $0 == ticket }
      if machines[machine].customization?.ticket == ticket { machines[machine].customization = nil }
    }
    if let unit = replications[index].storageUnit {
      storageUnits[unit].waits.removeAll { $0.ticket == ticket }
    }
    let count = replications[index].syncWaits.count
    replications[index].syncWaits.removeAll { $0.ticket == ticket }
    guard count > 0, replications[index].syncWaits.isEmpty, isLocked(current) else { return }
    replications[index].source.offlineInstanceStopped(at: now)
    try sourceChanged(index)
  }

  // MARK: - What instances must hold

  /// Remembers what an instance that is complete must hold, for as long as it can be recovered.
  mutating func keepCertificate(of summary: InstanceSummary, _ index: Int) {
    replications[index].certificates.append(
      InstanceCertificate(sequence: summary.sequence, digests: summary.certificates))
    let kept = replications[index].replica.instances
    replications[index].certificates.removeAll { old in !kept.contains { $0.sequence == old.sequence } }
  }

  /// Compares the disks of a recovered machine, read anew, with what its source held when the instance was taken.
  func checkRecovered(_ promotion: Promotion, _ index: Int) throws(SimulationFailure) {
    // The swarm has to find it by itself.
    if planted.contains(.lastMergeSkipped) { return }
    guard
      let certificate = replications[index].certificates.first(where: {
        $0.sequence == promotion.instance.sequence
      })
    else { preconditionFailure("an instance that can be recovered has a certificate") }
    for (disk, content) in promotion.disks.enumerated() where promotion.isDiskInInstance[disk] {
      let expected = certificate.digests[disk]
      guard content.fullDigest() != content.digest || content.digest(relativeTo: expected.image) != expected
      else { continue }
      let machine = replications[index].machineIndex
      throw .recoveredDiffers(
        machine: scenario.inventory[machines[machine].id].name, disk: machines[machine].disks[disk].name,
        pointInTime: promotion.instance.pointInTime, at: now)
    }
  }
}
