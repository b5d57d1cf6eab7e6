import Inventory
import Quantities
import RecoveryCore
import ReplicationCore
import Scenarios

/// Points in time that runs of plans are to recover: they stay for as long as the run does.
///
/// A run that synchronises first brings instances of its own, for which the policy of the replication would let the chosen one go
/// before it is used. That the product keeps it is *inferred*.
extension World {
  /// Keeps what a run that has just been started was asked to recover, of each machine that has something old enough.
  mutating func holdPoints(
    _ points: [RecoveryAction.PointInTime], ofPlan plan: RecoveryPlanID, pair: Int
  ) {
    guard !points.isEmpty, let run = conductors[pair].runs.lastIndex(where: { $0.plan == plan }) else {
      return
    }
    var units: [Int] = []
    for point in points {
      guard let machine = machineIndex[point.vm.index] else { continue }
      let index = machines[machine].replication
      if let unit = replications[index].storageUnit {
        guard !units.contains(unit) else { continue }
        units.append(unit)
        // What fails over as one has one point in time: the earliest that was chosen for a machine of it.
        let members = storageUnits[unit].members.map { replications[$0].machine }
        let limit = points.filter { members.contains($0.vm) }.map(\.instant).min()
        guard let chosen = choosePoint(unit, notAfter: limit) else { continue }
        let instant = storageUnits[unit].points[chosen].instant
        storageUnits[unit].held.append(instant)
        conductors[pair].runs[run].held.append(.init(vm: point.vm, instant: instant))
      } else if case .success(let instance) = chooseInstance(index, notAfter: point.instant) {
        replications[index].replica.heldPointsInTime.append(instance.pointInTime)
        conductors[pair].runs[run].held.append(.init(vm: point.vm, instant: instance.pointInTime))
      }
    }
  }

  /// A run is over: what was kept for it goes as the policies say, with the next instance.
  mutating func releasePoints(of run: ConductedRun) {
    for point in run.held {
      guard let machine = machineIndex[point.vm.index] else { continue }
      let index = machines[machine].replication
      if let unit = replications[index].storageUnit {
        guard let position = storageUnits[unit].held.firstIndex(of: point.instant) else { continue }
        storageUnits[unit].held.remove(at: position)
        letGoOfPoints(unit)
        if !storageUnits[unit].isFailedOver { tellStorageProvider(ofUnit: unit) }
      } else if let position = replications[index].replica.heldPointsInTime.firstIndex(of: point.instant) {
        replications[index].replica.heldPointsInTime.remove(at: position)
      }
    }
  }
}
