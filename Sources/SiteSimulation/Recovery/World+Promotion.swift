import BlockStorage
import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios

/// Replicas become machines.
extension World {
  /// Ends the replication of a machine: the instance of the replica that was chosen is the disks of its recovered copy from now on.
  ///
  /// That copy is the machine from now on: what the timeline says of the machine, it says of this copy. The other one stays as it is,
  /// also running, until it is shut down or becomes the seed of the reverse replication; see ``MachineCopy/protected``. The lag
  /// ends here: until a reversed replication begins the machine is not replicated, and nothing is observed.
  ///
  /// Done already, it is answered with the same instance.
  ///
  /// - Parameters:
  ///   - machine: Any copy of the virtual machine.
  ///   - notAfter: The newest instance that is no later is taken; `nil`: the newest.
  ///   - isPlanned: Whether it is a planned migration, after which a reprotect may need no comparison.
  /// - Returns: The point in time that the recovered machine begins with.
  /// - Throws: ``SimulationFailure/recoveredDiffers(machine:disk:pointInTime:at:)`` if that is not what the source held then.
  mutating func makeWritable(
    _ machine: Int, notAfter: Instant?, isPlanned: Bool = false
  ) throws(SimulationFailure) -> Result<Instant, RecoveryFailure> {
    let index = machines[machine].replication
    if replications[index].life == .recovered, let instance = replications[index].recoveredInstance {
      return .success(instance)
    }
    guard replications[index].isActive else {
      return .failure(RecoveryFailure("the virtual machine is not replicated"))
    }
    precondition(replications[index].files == nil, "replicas kept in files are not recovered")
    if let obstacle = replications[index].replica.obstacle {
      return .failure(RecoveryFailure(obstacle, datastore(index)))
    }
    let instance: ReplicationTarget.Instance
    switch chooseInstance(index, notAfter: notAfter) {
    case .success(let chosen): instance = chosen
    case .failure(let failure): return .failure(failure)
    }
    let former = replications[index].machineIndex
    drawWrites(of: former)
    let isComplete =
      isPlanned && notAfter == nil && !machines[former].isOn && replications[index].source.isInSync
    try endReplication(index)
    let promotion: Promotion
    do {
      promotion = try replications[index].replica.promote(
        pointInTime: notAfter == nil ? nil : instance.pointInTime)
    } catch {
      preconditionFailure("a replica without an obstacle is promoted: \(error)")
    }
    try checkRecovered(promotion, index)
    becomeRecovered(index, promotion.disks, instance: instance.pointInTime, former: former)
    if isComplete { prepareReprotect(index) }
    return .success(instance.pointInTime)
  }

  /// The disks at the target are a machine from now on, beside the one they were copied from.
  mutating func becomeRecovered(
    _ index: Int, _ disks: [ExtentStore], instance: Instant, former: Int
  ) {
    replications[index].life = .recovered
    replications[index].recoveredInstance = instance
    replications[index].recoveryCount += 1
    replications[index].isOriginalDeleted = false
    replications[index].certificates.removeAll()
    let copy = addCopy(
      of: former, role: .current, contents: disks,
      luck: "recovered-\(replications[index].recoveryCount)")
    machines[copy].delays = machines[former].delays
    machines[copy].availability = machines[former].availability
    machines[former].role = .former
    replications[index].formerCopy = former
    replications[index].machineIndex = copy
    machineIndex[machines[copy].id.index] = copy
    beginGrowth(ofRecovered: copy, index)
    noteSpace(index)
    followStaleCopy(index)
    machines[copy].objects = machines[copy].disks.indices.compactMap {
      object(of: .init(.base, disk: $0), index)
    }
    machines[copy].isMissed = isMissed(copy)
    note(
      "replication.recovered", of: copy,
      detail: "instance of \(instance.inMilliseconds) on datastore \(datastore(index))")
  }

  /// Puts the recovered machine into the inventory of its site in place of its placeholder; no effect if it is there.
  mutating func registerRecovered(_ machine: Int) -> RecoveryFailure? {
    guard let copy = place(of: .recovered, of: machine) else {
      return RecoveryFailure("the replica is not writable")
    }
    machines[copy].isRegistered = true
    return nil
  }

  func datastore(_ index: Int) -> String { scenario.inventory[replications[index].datastore].name }

  // MARK: - Ending a replication

  /// Nothing is tracked, sent, merged or planned any more; the replica stays as it is.
  mutating func endReplication(_ index: Int) throws(SimulationFailure) {
    let failure = RecoveryFailure("replication has ended")
    failSyncWaits(index, failure)
    replications[index].source.ended(at: now)
    try sourceChanged(index)
    dropSession(index)
    cancelMerges(index)
    if let host = replications[index].scheduledHost {
      hosts[host.index].schedule.left(replications[index].machine)
    }
    replications[index].scheduledHost = nil
    replications[index].toldActivity = .stopped
    let ended = replications[index].pauses.endAll()
    lift(ended.filter { entry in !replications.contains { $0.pauses.contains(entry) } })
    replications[index].host = nil
    replications[index].nextHost = nil
    replications[index].server = nil
    replications[index].isHostWanted = false
    replications[index].hostStamp += 1
    replications[index].nextLink = nil
    replications[index].linkStamp += 1
    replications[index].resizeStamp += 1
    replications[index].hasLostContent = false
    replications[index].lag.interrupted(at: now)
  }
}

extension RecoveryFailure {
  /// What stands against a test or a recovery, as its step tells it.
  init(_ error: TargetRequestError, _ datastore: String) {
    switch error {
    case .nothingRecoverable: self.init("no complete instance of the replica exists")
    case .unknownPointInTime(let instant): self.init("no instance of \(instant.inMilliseconds) is kept")
    case .testImageInUse: self.init("a test image lies over the replica")
    case .unavailable: self.init("no replication server and host reach datastore \(datastore)")
    case .notReplicating: self.init("the virtual machine is not replicated")
    case .noTestImage, .unfitGeometry, .lastDisk, .pointsInTimePreserved: self.init("\(error)")
    }
  }
}
