import BlockStorage
package import Inventory
package import Measurements
package import Quantities
import ReplicationCore
package import ResourceModels
import Scenarios

/// A replication as seen from outside, at one moment.
package struct ReplicationSight: Sendable, Hashable {
  /// A recoverable instance.
  package struct Instance: Sendable, Hashable {
    package let sequence: UInt64
    package let pointInTime: Instant

    package init(sequence: UInt64, pointInTime: Instant) {
      self.sequence = sequence
      self.pointInTime = pointInTime
    }
  }

  /// The delta under way, by the moment of its bitmap switch.
  package var delta: Instance?
  /// What a recovery would use.
  package var newest: Instance?
  /// Changes when what was under way is thrown away.
  package var session: UInt64 = 0
  /// Logs above the base disks, merges under way and whether a test runs: what changes when the chain does.
  package var levelCount = 0
  package var mergeCount = 0
  package var isTested = false
  /// As the product's interface shows it.
  package var status = ""
  /// As the run reports it.
  package var lag: TimeSpan?
  /// Whether changes are tracked and sent; not once the replica is a machine of its own.
  package var isReplicating = true

  package init() {}
}

/// Where a copy of a machine is at one moment.
package struct MachineSight: Sendable, Hashable {
  /// Which of the copies of a virtual machine it is; see `Machine.Role`.
  package enum Role: Sendable, Hashable {
    case current, former, test
  }

  package let machine: VirtualMachineID
  /// Its number among all copies of the run, which no other one ever has.
  package let copy: Int
  package let role: Role
  package let site: SiteID
  package let isRunning: Bool
  package let host: HostID
  package let isHostUp: Bool
  /// The hosts that plan cycles for it.
  package let plannedBy: [HostID]
  /// Whether there are cycles to plan; a host learns of a machine only then.
  package let hasCycles: Bool

  package init(
    machine: VirtualMachineID, copy: Int = 0, role: Role = .current, site: SiteID, isRunning: Bool,
    host: HostID, isHostUp: Bool, plannedBy: [HostID], hasCycles: Bool
  ) {
    self.machine = machine
    self.copy = copy
    self.role = role
    self.site = site
    self.isRunning = isRunning
    self.host = host
    self.isHostUp = isHostUp
    self.plannedBy = plannedBy
    self.hasCycles = hasCycles
  }
}

/// What a checker may ask of a world between two steps; nothing of it changes anything.
extension World {
  package var replicationCount: Int { replications.count }

  package func sight(of index: Int) -> ReplicationSight {
    var sight = ReplicationSight()
    if let account = replications[index].source.currentAccount, account.kind == .delta {
      sight.delta = .init(sequence: account.sequence, pointInTime: account.startedAt)
    }
    sight.isReplicating = replications[index].isActive
    if sight.isReplicating {
      sight.newest = replications[index].replica.newestInstance.map {
        .init(sequence: $0.sequence, pointInTime: $0.pointInTime)
      }
    }
    sight.session = replications[index].source.session
    sight.levelCount = replications[index].replica.levelCount
    sight.mergeCount = replications[index].merges.count
    sight.isTested = replications[index].test != nil
    sight.lag = replications[index].lag.lag(at: now)
    sight.status = status(of: index).rawValue
    return sight
  }

  /// The instances that can be recovered, oldest first; none of a replica that is a machine of its own.
  package func instances(of index: Int) -> [ReplicationSight.Instance] {
    guard replications[index].isActive else { return [] }
    return replications[index].replica.instances.map {
      .init(sequence: $0.sequence, pointInTime: $0.pointInTime)
    }
  }

  /// What the source's disks hold now, payload after payload.
  package func sourceContents(of index: Int) -> [[UInt8]] {
    machines[replications[index].machineIndex].contents.map { disk in
      var payloads: [UInt8] = []
      disk.read(0..<disk.geometry.extentCount, appendingTo: &payloads)
      return payloads
    }
  }

  /// What a recovery of a point in time would find on each disk, or `nil` if none is kept.
  package func recoverableContents(of index: Int, at pointInTime: Instant) -> [[UInt8]]? {
    replications[index].replica.recoverableDisks(at: pointInTime)?.map { disk in
      var payloads: [UInt8] = []
      disk.read(0..<disk.geometry.extentCount, appendingTo: &payloads)
      return payloads
    }
  }

  /// Every copy of the machines that are or were replicated.
  package var machineSights: [MachineSight] {
    machines.indices.compactMap { copy in
      let machine = machines[copy]
      let role: MachineSight.Role
      switch machine.role {
      case .current: role = .current
      case .former: role = .former
      case .test: role = .test
      case .gone: return nil
      }
      return MachineSight(
        machine: machine.id, copy: copy, role: role, site: machine.site, isRunning: machine.isOn,
        host: machine.host, isHostUp: hosts[machine.host.index].isUp,
        plannedBy: role != .current
          ? []
          : hosts.indices.filter { hosts[$0].schedule.virtualMachines.contains(machine.id) }
            .map { HostID($0) },
        hasCycles: role == .current && replications[machine.replication].toldActivity != .stopped)
    }
  }

  /// What is counted as used on a datastore.
  package func usedSpace(on datastore: DatastoreID) -> ByteCount { datastores[datastore.index].used }

  /// What a replica takes on its datastore, counted anew.
  package func replicaSpace(of index: Int) -> ByteCount {
    replications[index].storageUnit == nil
      ? replications[index].replica.spaceUse.total : storageSpace(of: index).total
  }

  /// What the demand log of a replication takes on the datastore of its machine, as counted.
  package func demandLogSpace(of index: Int) -> ByteCount { replications[index].demandLogSpace }

  /// The flows that run, with the rates they have.
  package func inspectSharing(into snapshot: inout SharingSnapshot) { sharing.inspect(into: &snapshot) }

  /// The place of a link's direction among the resources of a snapshot.
  package func resource(of link: LinkID, _ direction: Link.Direction) -> Int {
    links[link.index].resources[direction.rawValue].index
  }

  /// The place of a circuit among the resources of a snapshot: away from its site, or towards it.
  package func resource(of circuit: CircuitID, _ direction: Link.Direction) -> Int {
    circuits[circuit.index].resources[direction.rawValue].index
  }

  /// The bytes of replications that all links carried for nothing, since connections were closed.
  package var wastedBytes: Double { links.reduce(0) { $0 + $1.wastedBytes.reduce(0, +) } }

  /// The bytes that a link's own counter has seen.
  package func carriedBytes(on link: LinkID, _ direction: Link.Direction) -> Double {
    sharing.carriedBytes(of: links[link.index].resources[direction.rawValue], at: now)
  }

  /// The syncs that ended so far, and the number of events recorded so far.
  package var cycles: [CycleRecord] { record.cycles }
  package var cycleCount: Int { record.cycles.count }
  package var recordedEventCount: Int { record.events.count }

  /// Whether a sync that is under way has handed anything over; its bytes are in no cycle yet.
  package func wireSizeUnderWay(of index: Int) -> ByteCount {
    guard replications[index].storageUnit == nil else { return storageSizeUnderWay(of: index) }
    guard let account = replications[index].source.currentAccount else { return .zero }
    return account.wireSize - unsentSize(index)
  }
}
