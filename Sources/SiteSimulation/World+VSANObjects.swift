import ClusterModels
package import Inventory
import Measurements
package import Quantities
import ReplicationCore
import ResourceModels
import Scenarios

/// What machines and replicas are on vSAN datastores: objects, and the room they have.
extension World {
  /// Sets up the vSAN datastores as they are at instant zero.
  mutating func buildVSAN() {
    for (index, description) in scenario.inventory.datastores.enumerated() {
      guard let vsan = description.vsan else { continue }
      datastores[index].vsan = VSANState(vsan, in: &sharing)
    }
    placeMachines()
  }

  /// Places the disks of all machines that stand on vSAN datastores.
  mutating func placeMachines() {
    for datastore in datastores.indices where datastores[datastore].vsan != nil {
      for (index, machine) in scenario.inventory.virtualMachines.enumerated() {
        var objects: [VSANCluster.ObjectID] = []
        if machine.datastore.index == datastore, let policy = scenario.virtualMachines[index].storagePolicy {
          for disk in machine.disks {
            let object = datastores[datastore].vsan?.cluster.create(
              policy, size: disk.size, content: disk.used, expected: disk.used, at: now)
            if let object { objects.append(object) }
          }
        }
        datastores[datastore].vsan?.machineObjects.append(objects)
        if !objects.isEmpty, let place = machineIndex[index] {
          let disks = scenario.replications[machines[place].replication].disks
          machines[place].objects = disks.map { objects[$0] }
        }
      }
      noteUse(of: datastore)
    }
  }

  /// Takes over what a vSAN datastore's devices have used.
  mutating func noteUse(of datastore: Int) {
    guard let cluster = datastores[datastore].vsan?.cluster else { return }
    let used = cluster.usedSize
    datastores[datastore].used = used
    datastores[datastore].usedPeak = max(datastores[datastore].usedPeak, used)
    if let share = DatastoreRecord.share(used, of: cluster.capacity) {
      datastores[datastore].usedShare = max(datastores[datastore].usedShare ?? .zero, share)
    }
  }

  /// Makes the objects of a replica what its files are: each file is one.
  mutating func placeFiles(_ index: Int) {
    let datastore = replications[index].datastore.index
    guard let vsan = datastores[datastore].vsan,
      let policy = replications[index].storagePolicy
    else { return }
    let files = replications[index].replica.files
    let old = replications[index].placedFiles
    var placed: [PlacedFile] = []
    placed.reserveCapacity(files.count)
    var position = 0
    var created: [ReplicaFile] = []
    var grown: [(object: VSANCluster.ObjectID, size: ByteCount)] = []
    for file in files {
      while position < old.count, old[position].name < file.name {
        vsan.cluster.remove(old[position].object)
        position += 1
      }
      if position < old.count, old[position].name == file.name {
        placed.append(old[position])
        vsan.cluster.setSize(file.nominalSize, of: old[position].object, at: now)
        grown.append((old[position].object, file.size))
        position += 1
      } else {
        created.append(file)
      }
    }
    for gone in old[position...] { vsan.cluster.remove(gone.object) }
    // What is given back comes first, so that what is taken finds it.
    for (object, size) in grown { vsan.cluster.setContent(size, of: object, at: now) }
    for file in created {
      let object = vsan.cluster.create(
        policy, size: file.nominalSize, content: file.size,
        expected: expectedSize(of: file, among: files, index),
        at: now)
      if !vsan.cluster.isAccessible(object) { vsan.isLookDue = true }
      placed.append(PlacedFile(name: file.name, object: object))
    }
    if !created.isEmpty { placed.sort { $0.name < $1.name } }
    let isLookNew = vsan.isLookDue
    vsan.isLookDue = false
    replications[index].placedFiles = placed
    if isLookNew { lookAgain(at: datastore) }
    if !created.isEmpty { refreshForwardRoute(index) }
    followCommands(of: datastore)
  }

  /// What a file of a replica is expected to hold once it is filled; `nil` if there is nothing to tell it from.
  ///
  /// A base disk what its disk takes at the source, a redo log as much as the last one of its disk, and configuration files
  /// what they are.
  private func expectedSize(of file: ReplicaFile, among files: [ReplicaFile], _ index: Int) -> ByteCount? {
    switch file.name.kind {
    case .base:
      let machine = machines[replications[index].machineIndex]
      guard machine.disks.indices.contains(file.name.disk) else { return nil }
      let disk = machine.disks[file.name.disk]
      let used = scenario.inventory[machine.id].disks.first { $0.name == disk.name }?.used ?? .zero
      return min(max(used, disk.space), file.nominalSize)
    case .redoLog:
      return files.last {
        $0.name.kind == .redoLog && $0.name.disk == file.name.disk && $0.name.number < file.name.number
      }?.size
    case .preservedBase, .configuration: return file.size
    case .testImage: return nil
    }
  }

  /// The disk of a machine has grown, and what it stands on with it.
  mutating func noteResize(of machine: Int, disk: Int, to size: ByteCount) throws(SimulationFailure) {
    guard machines[machine].objects.indices.contains(disk) else { return }
    let datastore = machines[machine].datastore.index
    datastores[datastore].vsan?.cluster.setSize(size, of: machines[machine].objects[disk], at: now)
    try vsanChanged(datastore)
  }

  /// The object of one of a replica's files; `nil` where it is on no vSAN datastore.
  func object(of name: ReplicaFile.Name, _ index: Int) -> VSANCluster.ObjectID? {
    let files = replications[index].placedFiles
    var (low, high) = (0, files.count)
    while low < high {
      let middle = (low + high) / 2
      if files[middle].name < name { low = middle + 1 } else { high = middle }
    }
    return low < files.count && files[low].name == name ? files[low].object : nil
  }

  /// The object of one of a replication's disks at the source; `nil` where it is on no vSAN datastore.
  ///
  /// Disks that were added since are counted on no device.
  func sourceObject(ofDisk disk: Int, _ index: Int) -> VSANCluster.ObjectID? {
    let machine = machines[replications[index].machineIndex]
    return machine.objects.indices.contains(disk) ? machine.objects[disk] : nil
  }

  /// What the replica of a replication may grow by, or `nil` where that is no matter.
  func freeSpace(for index: Int) -> ByteCount? {
    let datastore = replications[index].datastore
    guard let vsan = datastores[datastore.index].vsan, datastores[datastore.index].outages.isEmpty else {
      return freeSpace(of: datastore)
    }
    return vsan.cluster.room(for: replications[index].placedFiles.map(\.object))
  }

  /// What is wrong with the books of the datastores, or `nil`: what is used must be the sum of what exists.
  ///
  /// - Complexity: O(objects).
  package func spaceMismatch() -> String? {
    for (number, datastore) in datastores.enumerated() {
      let name = scenario.inventory.datastores[number].name
      guard let vsan = datastore.vsan else { continue }
      if let mismatch = vsan.cluster.spaceMismatch() { return "\(name): \(mismatch)" }
      if datastore.used != vsan.cluster.usedSize {
        return "\(name): \(datastore.used) are recorded, \(vsan.cluster.usedSize) used"
      }
      let objects =
        vsan.machineObjects.reduce(0) { $0 + $1.count }
        + replications.reduce(0) { $0 + ($1.datastore.index == number ? $1.placedFiles.count : 0) }
      if objects != vsan.cluster.health.objects {
        return "\(name): \(vsan.cluster.health.objects) objects, but \(objects) files"
      }
      for machine in machines where machine.datastore.index == number && machine.role != .gone {
        for (disk, object) in zip(machine.disks, machine.objects)
        where disk.allocation != nil && vsan.cluster.content(of: object) != disk.space {
          return "\(name): a disk of \(disk.space) has an object of \(vsan.cluster.content(of: object))"
        }
      }
      for replication in replications where replication.datastore.index == number {
        let files = replication.replica.files
        let total = files.reduce(ByteCount.zero) { $0 + $1.size }
        if files.map(\.name) != replication.placedFiles.map(\.name)
          || total != replication.replica.spaceUse.total
        {
          return "\(name): the files of a replica are not its objects"
        }
        // The files of a recovered machine grow with what its guest writes.
        for (file, placed) in zip(files, replication.placedFiles)
        where vsan.cluster.content(of: placed.object) != file.size && file.name.kind != .testImage
          && replication.life != .recovered
        {
          return "\(name): a file of \(file.size) has an object of \(vsan.cluster.content(of: placed.object))"
        }
      }
    }
    return nil
  }

  /// What is used of each device of a vSAN datastore, as counted, with its size; none of another datastore.
  package func deviceUses(on datastore: DatastoreID) -> [(used: ByteCount, capacity: ByteCount)] {
    guard let cluster = datastores[datastore.index].vsan?.cluster else { return [] }
    return (0..<cluster.deviceCount).map { cluster.use(ofDevice: $0) }
  }
}
