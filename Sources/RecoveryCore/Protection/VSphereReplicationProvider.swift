import Inventory
package import Quantities

/// vSphere Replication behind the seam: every machine is a unit by itself.
///
/// The copying is done elsewhere; this keeps what plans need to know of it.
package struct VSphereReplicationProvider: ReplicationProvider {
  package static let type = ReplicationType.vSphereReplication

  package let capabilities: ReplicationCapabilities = [.choosesInstance]
  package var units: [ReplicationUnit] = []
  /// The complete instances of each unit at its target, by when their content was taken, in ascending order.
  private var instances: [[Instant]] = []

  package init() {}

  package mutating func add(_ unit: ReplicationUnit) -> ReplicationUnitID {
    units.append(unit)
    instances.append([])
    return ReplicationUnitID(units.count - 1)
  }

  /// The target holds exactly these complete instances now.
  ///
  /// - Precondition: In ascending order.
  package mutating func instancesChanged(_ times: [Instant], of unit: ReplicationUnitID) {
    precondition(zip(times, times.dropFirst()).allSatisfy(<), "instances are in ascending order")
    instances[unit.index] = times
  }

  package mutating func directionTurned(of unit: ReplicationUnitID) { instances[unit.index] = [] }

  package func recoveryPoint(
    of unit: ReplicationUnitID, choice: InstanceChoice, at now: Instant
  ) -> Instant? {
    switch choice {
    case .newest: instances[unit.index].last
    case .notLater(let time): instances[unit.index].last { $0 <= time }
    }
  }

  package func commands(
    for request: ReplicationRequest, units: [ReplicationUnitID], sourceSide: PairSide
  ) -> [ProviderCommand] {
    func command(
      _ action: ReplicationAction, _ side: PairSide, _ choice: InstanceChoice? = nil
    ) -> [ProviderCommand] {
      [ProviderCommand(side: side, operation: .replication(action), units: units, choice: choice)]
    }
    let target = sourceSide.other
    return switch request {
    case .synchronize: command(.synchronize, sourceSide)
    case .startTest(let choice): command(.createTestImage, target, choice)
    case .stopTest: command(.removeTestImage, target)
    case .prepare: command(.stopSource, sourceSide)
    case .undoPrepare: command(.resumeSource, sourceSide)
    case .failOver(let choice, _): command(.failOver, target, choice)
    case .reverse: command(.reverse, target)
    }
  }
}
