import BlockStorage
import ClusterModels
import Inventory
import Quantities
import ReplicationCore
import Scenarios

/// Objects of vSAN datastores of which nothing is left to be reached again.
extension World {
  /// Reports, once each, the disks of machines that are lost; their machines stay as they are, which is stalled.
  mutating func reportLosses(ofMachinesOn datastore: Int) {
    for machine in machines.indices where machines[machine].datastore.index == datastore {
      for (disk, object) in machines[machine].objects.enumerated() {
        reportLoss(of: object, on: datastore, machines[machine].id, disk: machines[machine].disks[disk].name)
      }
    }
    // Disks that are not replicated lie where the machine began.
    guard let vsan = datastores[datastore].vsan else { return }
    for (index, description) in scenario.inventory.virtualMachines.enumerated() {
      let objects = vsan.machineObjects[index]
      guard objects.count == description.disks.count else { continue }
      for (disk, object) in objects.enumerated() {
        reportLoss(of: object, on: datastore, VirtualMachineID(index), disk: description.disks[disk].name)
      }
    }
  }

  private mutating func reportLoss(
    of object: VSANCluster.ObjectID, on datastore: Int, _ machine: VirtualMachineID, disk: String
  ) {
    guard let vsan = datastores[datastore].vsan, !vsan.cluster.isAccessible(object),
      vsan.cluster.isLost(object), !vsan.reportedLosses.contains(object)
    else { return }
    datastores[datastore].vsan?.reportedLosses.append(object)
    record.note(
      "vsan.object-lost", subject: scenario.inventory[machine].name, detail: "disk \(disk)", at: now)
  }

  /// Makes the files of a replica anew that are lost, and with them its content: a full sync brings it back.
  ///
  /// - Source: *Inferred*; the product leaves it to the administrator to configure the replication again.
  mutating func replaceLost(_ index: Int) throws(SimulationFailure) {
    guard replications[index].isActive, let vsan = datastores[replications[index].datastore.index].vsan else {
      return
    }
    let files = replications[index].placedFiles
    let lost = files.filter { !vsan.cluster.isAccessible($0.object) && vsan.cluster.isLost($0.object) }
    guard !lost.isEmpty else { return }
    note(
      "vsan.object-lost", of: replications[index].machineIndex,
      detail: "\(lost.count) of \(files.count) files of the replica")
    // Replicas stay on their hosts' devices until their objects are removed: then what is created anew finds room.
    for file in lost { datastores[replications[index].datastore.index].vsan?.cluster.remove(file.object) }
    replications[index].placedFiles = files.filter { file in !lost.contains { $0.object == file.object } }
    let bases = replications[index].replica.baseDisks
    try contentLost(
      index,
      bases.indices.map { disk in
        let isLost = lost.contains { $0.name.kind != .configuration && $0.name.disk == disk }
        return (disk, 0..<(isLost ? bases[disk].geometry.extentCount : 0))
      })
  }
}
