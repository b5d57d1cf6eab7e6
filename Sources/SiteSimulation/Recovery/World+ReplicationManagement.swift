import Inventory
import Quantities
import RecoveryCore
import ReplicationCore
import Scenarios

/// What people may tell vSphere Replication to do.
extension World {
  /// Those of the replications that somebody may do something to now; of the others an event says why not.
  ///
  /// Where the scenario describes a pair of the sites that a replication joins, the pair decides: vSphere Replication must be
  /// installed at both, the sites be paired, somebody be logged in with the privileges. Otherwise all of that is taken as
  /// given.
  ///
  /// - Source: vSphere Replication REST API 2.0, privileges and connectivity contract of each operation.
  mutating func authorized(
    _ ids: [ReplicationID], _ verb: Scenario.TimelineEntry.Verb, by actor: Scenario.Actor
  ) -> [ReplicationID] {
    guard !conductors.isEmpty, let operation = verb.replicationOperation else { return ids }
    var authorized: [ReplicationID] = []
    for id in ids {
      do throws(RecoveryFailure) {
        try authorize(operation, id.index, by: actor)
        authorized.append(id)
      } catch {
        note("\(verb.rawValue)-refused", of: replications[id.index].machineIndex, detail: error.text)
      }
    }
    return authorized
  }

  private mutating func authorize(
    _ operation: ReplicationOperation, _ index: Int, by actor: Scenario.Actor
  ) throws(RecoveryFailure) {
    let (source, target) = (machines[replications[index].machineIndex].site, replications[index].target)
    for pair in conductors.indices {
      let description = conductors[pair].description
      guard let side = description.side(of: source), description.side(of: target) == side.other else {
        continue
      }
      guard let from = actor.site.map({ description.side(of: $0) }) ?? side else {
        throw RecoveryFailure("nobody at that site can manage it")
      }
      return try conductors[pair].authorize(operation, from: from, by: actor)
    }
  }

  /// Who does what an entry says; an administrator, if it is nobody's entry.
  func actor(ofEntry entry: Int?) -> Scenario.Actor {
    entry.map { scenario.timeline[$0].actor } ?? .administrator
  }
}

extension Scenario.TimelineEntry.Verb {
  /// What is asked of vSphere Replication; `nil` of verbs that ask nothing of it.
  ///
  /// That another server is chosen by reconfiguring, and that a forced full sync needs what a sync does, is inferred.
  fileprivate var replicationOperation: ReplicationOperation? {
    switch self {
    case .configureReplication: .configureReplication
    case .stopReplication: .unconfigureReplication
    case .pauseReplication: .pauseReplication
    case .resumeReplication: .resumeReplication
    case .syncReplication, .fullSyncReplication: .syncReplication
    case .reconfigureReplication, .moveReplication: .reconfigureReplication
    default: nil
    }
  }
}
