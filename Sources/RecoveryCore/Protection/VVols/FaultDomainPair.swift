package import Inventory
package import Quantities

/// Two fault domains whose arrays replicate groups of virtual volumes to each other.
///
/// A unit of the seam is a replication group. A machine may have volumes in several, and then those are failed over with it.
package struct FaultDomainPair: ReplicationProvider {
  package static let type = ReplicationType.virtualVolumes

  package let names: BothSides<String>
  /// Whether the provider turns the direction by itself once a group has failed over.
  package let reversesItself: Bool
  package var units: [ReplicationUnit] = []
  /// By machine, its groups in ascending order; empty for a machine without volumes here.
  private var groupsOfVM: [[ReplicationUnitID]] = []
  /// By group, the points in time at its target, in ascending order.
  private var points: [[Instant]] = []

  package init(names: BothSides<String>, reversesItself: Bool = false) {
    self.names = names
    self.reversesItself = reversesItself
  }

  package var capabilities: ReplicationCapabilities {
    reversesItself
      ? [.choosesInstance, .checksFirst, .promotesTest, .reversesItself]
      : [.choosesInstance, .checksFirst, .promotesTest]
  }

  package mutating func add(_ group: ReplicationUnit) -> ReplicationUnitID {
    units.append(group)
    points.append([])
    return ReplicationUnitID(units.count - 1)
  }

  /// The machine has its volumes in these groups.
  package mutating func setGroups(_ groups: [ReplicationUnitID], of vm: VirtualMachineID) {
    while groupsOfVM.count <= vm.index { groupsOfVM.append([]) }
    groupsOfVM[vm.index] = []
    for group in groups.sorted() where groupsOfVM[vm.index].last != group {
      groupsOfVM[vm.index].append(group)
    }
  }

  package func groups(of vm: VirtualMachineID) -> [ReplicationUnitID] {
    groupsOfVM.indices.contains(vm.index) ? groupsOfVM[vm.index] : []
  }

  /// The machines that have volumes in a group, in ascending order.
  package func vms(in group: ReplicationUnitID) -> [VirtualMachineID] {
    groupsOfVM.indices.filter { groupsOfVM[$0].contains(group) }.map { VirtualMachineID($0) }
  }

  /// The replication groups that must be protected together, since machines have volumes in several of them: by their
  /// smallest group, each in ascending order.
  package var consistencySets: [[ReplicationUnitID]] {
    var union = UnionFind(count: units.count)
    for groups in groupsOfVM {
      for group in groups.dropFirst() { union.join(groups[0].index, group.index) }
    }
    var sets: [[ReplicationUnitID]] = []
    var setOfRoot: [Int?] = Array(repeating: nil, count: units.count)
    for index in units.indices {
      let root = union.root(of: index)
      let set = setOfRoot[root] ?? sets.count
      if set == sets.count {
        sets.append([])
        setOfRoot[root] = set
      }
      sets[set].append(ReplicationUnitID(index))
    }
    return sets
  }

  /// The state of a group as the storage provider of a side reports it.
  package func state(of group: ReplicationUnitID, seenFrom side: PairSide) -> VirtualVolumesState {
    let unit = units[group.index]
    let isSource = unit.sourceSide == side
    switch unit.state {
    case .replicating, .prepared: return isSource ? .source : .target
    case .inTest: return isSource ? .source : .inTest
    case .failedOver:
      // The former source hears nothing until the direction is turned, unless that happens by itself.
      if isSource { return reversesItself ? .target : .source }
      return reversesItself ? .source : .failedOver
    }
  }

  /// The target holds exactly these points in time now.
  ///
  /// - Precondition: In ascending order.
  package mutating func pointsChanged(_ times: [Instant], of group: ReplicationUnitID) {
    precondition(zip(times, times.dropFirst()).allSatisfy(<), "points in time are in ascending order")
    points[group.index] = times
  }

  package mutating func directionTurned(of unit: ReplicationUnitID) { points[unit.index] = [] }

  package func recoveryPoint(
    of unit: ReplicationUnitID, choice: InstanceChoice, at now: Instant
  ) -> Instant? {
    switch choice {
    case .newest: points[unit.index].last
    case .notLater(let time): points[unit.index].last { $0 <= time }
    }
  }

  package func commands(
    for request: ReplicationRequest, units: [ReplicationUnitID], sourceSide: PairSide
  ) -> [ProviderCommand] {
    func run(
      _ operations: [VirtualVolumesOperation], _ side: PairSide, _ choice: InstanceChoice? = nil
    ) -> [ProviderCommand] {
      operations.map {
        ProviderCommand(side: side, operation: .virtualVolumes($0), units: units, choice: choice)
      }
    }
    let target = sourceSide.other
    return switch request {
    case .synchronize: run([.sync], sourceSide)
    case .startTest(let choice): run([.testFailoverStart], target, choice)
    case .stopTest: run([.testFailoverStop], target)
    case .prepare: run([.prepareFailover], sourceSide)
    // The storage providers know no way back; asking the source again makes it write. Inferred.
    case .undoPrepare: run([.reverse], sourceSide)
    case .failOver(let choice, let isPlanned):
      run([.checkFailover, isPlanned ? .failover : .unplannedFailover], target, choice)
    case .reverse: reversesItself ? [] : run([.reverse], target)
    }
  }

  /// What makes machines in test the recovered ones; the groups are failed over once it is done.
  ///
  /// - Throws: The first group that is not in test.
  package func promotionCommands(
    of groups: [ReplicationUnitID]
  ) throws(ReplicationRefusal) -> [ProviderCommand] {
    for group in groups {
      guard units.indices.contains(group.index) else { throw .noSuchUnit(group) }
      guard units[group.index].state == .inTest else { throw .wrongState(group, units[group.index].state) }
    }
    guard let first = groups.first else { return [] }
    return [
      ProviderCommand(
        side: units[first.index].sourceSide.other, operation: .virtualVolumes(.promote), units: groups)
    ]
  }

  /// The groups in test are promoted.
  package mutating func promoted(_ groups: [ReplicationUnitID]) {
    for group in groups where units[group.index].state == .inTest { units[group.index].state = .failedOver }
  }
}
