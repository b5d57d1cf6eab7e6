import BlockStorage
import Inventory
import Measurements
import Quantities
import RandomStreams
import ReplicationCore
import ResourceModels
import Scenarios

/// Makes the parts of a replication: as the run begins, and when it is configured or reversed in its midst.
///
/// What people have configured stays the same in both directions; what depends on the two ends is told.
struct ReplicationBuilder {
  let scenario: Scenario
  let seed: UInt64
  let transport: TransportModel

  // MARK: - Cores

  /// - Parameters:
  ///   - ends: The datastores of the machine and of its replica.
  ///   - imageTime: From when on the objective counts.
  func source(
    of replication: Scenario.Replication, disks: [ExtentGeometry],
    ends: (source: DatastoreID, target: DatastoreID), hasReplica: Bool, imageTime: Instant = .zero,
    firstSync: Instant? = nil, firstSession: UInt64 = 0
  ) -> ReplicationSource {
    var parameters = transport.replicationParameters
    parameters.allocationKnowledge = allocationKnowledge(source: ends.source, target: ends.target)
    var options = options(of: replication)
    if let last = options.compressedShares?.last {
      // A disk that was added since is taken to hold what the last of those before holds.
      while options.compressedShares?.count ?? disks.count < disks.count {
        options.compressedShares?.append(last)
      }
    }
    return ReplicationSource(
      disks: disks, schedule: schedule(of: replication, imageTime: imageTime, firstSync: firstSync),
      hasReplica: hasReplica, parameters: parameters, options: options,
      firstSession: firstSession)
  }

  func replica(
    of replication: Scenario.Replication, bases: [ExtentStore], instance: ReplicationTarget.Instance?,
    on datastore: DatastoreID
  ) -> ReplicationTarget {
    ReplicationTarget(
      bases: bases, instance: instance, parameters: targetParameters(of: replication, on: datastore))
  }

  func lag(of replication: Scenario.Replication) -> LagTrack {
    var lag = LagTrack(rpo: replication.rpo)
    if replication.initialSync == .done { lag.instanceCompleted(pointInTime: .zero, at: .zero) }
    return lag
  }

  /// The base disks of the replica: equal to the source, an older copy of it, or empty.
  ///
  /// A seed is the source's own image; what differs was written at the source since the copy was made.
  func bases(of replication: Scenario.Replication, machine: Machine) -> [ExtentStore] {
    machine.contents.enumerated().map { index, content in
      switch replication.initialSync {
      case .full: return ExtentStore(geometry: content.geometry)
      case .done: return content.copy()
      case .seeded where replication.seed == .otherUUID: return ExtentStore(geometry: content.geometry)
      case .seeded(let differing):
        let base = content.copy()
        let name = scenario.inventory[replication.virtualMachine].name
        var random = RandomStream(seed: seed, name: "seed/\(name)/\(machine.disks[index].name)")
        for extent in 0..<content.image.usedExtentCount
        where random.next(below: 1_000_000_000) < UInt64(differing.partsPerBillion) {
          content.fill(extent..<extent + 1, tag: content.image.tag + 1)
        }
        return base
      }
    }
  }

  // MARK: - What was configured

  private func allocationKnowledge(source: DatastoreID, target: DatastoreID) -> AllocationKnowledge {
    func isKnown(_ datastore: DatastoreID) -> Bool { scenario.inventory[datastore].kind != .nfs }
    return switch (isKnown(source), isKnown(target)) {
    case (true, true): .both
    case (true, false): .sourceOnly
    case (false, true): .targetOnly
    case (false, false): .neither
    }
  }

  /// What compression leaves of each disk, or `nil` where nothing is compressed.
  private func compressedShares(of replication: Scenario.Replication) -> [Ratio]? {
    guard replication.isCompressed, transport.product.dataPath.hasCompression else { return nil }
    let settings = scenario.virtualMachines[replication.virtualMachine.index]
    return replication.disks.map { disk in
      guard var workload = settings.workloads[disk].map({ scenario.workloads[$0.index] }) else {
        return .percent(49)
      }
      // What was there before is as compressible as what the guest usually writes.
      if case .ransomware(let ransomware) = workload.model, let over = ransomware.over {
        workload = scenario.workloads[over.index]
      }
      return workload.compressedShare
    }
  }

  private func options(of replication: Scenario.Replication) -> ReplicationOptions {
    var options = ReplicationOptions()
    options.compressedShares = compressedShares(of: replication)
    let name = scenario.inventory[replication.virtualMachine].name
    var secret = RandomStream(seed: seed, name: "comparison/\(name)")
    options.comparisonSecret = UInt128(secret.next()) << 64 | UInt128(secret.next())
    let settings = scenario.virtualMachines[replication.virtualMachine.index]
    let isAttacked = settings.workloads.contains { id in
      if case .ransomware = id.map({ scenario.workloads[$0.index].model }) { true } else { false }
    }
    if options.compressedShares != nil, isAttacked {
      options.incompressibleTagBit = Machine.Disk.encryptedTagBit
    }
    let mode: Quiescing.Mode =
      switch replication.quiescing {
      case .none: .none
      case .fileSystem: .fileSystem
      case .application: .application
      }
    do {
      options.quiescing = try Quiescing(
        mode, prepareTime: scenario.profile.quiescingDuration, objective: replication.rpo, minimum: .zero)
    } catch {
      preconditionFailure("nothing is below no minimum: \(error)")
    }
    return options
  }

  private func targetParameters(
    of replication: Scenario.Replication, on datastore: DatastoreID
  ) -> TargetParameters {
    var parameters = TargetParameters()
    parameters.provisioning = .thin
    let secondsOfDay = scenario.clock.start.secondsSince1970 % 86_400
    parameters.timeOfDayAtStart = .seconds(secondsOfDay < 0 ? secondsOfDay + 86_400 : secondsOfDay)
    if let points = replication.pointsInTime {
      do {
        parameters.retention = try RetentionPolicy(
          instancesPerDay: points.perDay, days: points.days, maximum: .max)
      } catch {
        preconditionFailure("a scenario keeps a positive number of points in time: \(error)")
      }
    }
    return parameters
  }

  private func schedule(
    of replication: Scenario.Replication, imageTime: Instant, firstSync: Instant?
  ) -> SyncSchedule {
    let policy: SyncSchedule.Policy =
      switch replication.policy {
      case .vsphere:
        .latestStart(history: scenario.profile.estimateHistory, safetyFactor: replication.safetyFactor)
      case .fixed: .fixedInterval
      }
    return SyncSchedule(
      objective: replication.rpo, policy: policy, imageTime: imageTime, firstSync: firstSync)
  }
}

/// What the reads and writes of a datastore share, where they are limited.
struct DatastoreResources {
  let reads: ResourceID?
  let writes: ResourceID?

  var reading: [ResourceUse] { reads.map { [ResourceUse($0)] } ?? [] }
  var writing: [ResourceUse] { writes.map { [ResourceUse($0)] } ?? [] }
}
