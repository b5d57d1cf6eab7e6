import BlockStorage
import ClusterModels
import Inventory
import Quantities
import ReplicationCore
import Scenarios
import SimulationKernel

/// Disks that machines get, lose and grow, and the configuration of their replications after it.
extension World {
  /// The machine gets a disk that the replication does not know: it is in error until it is configured again.
  ///
  /// Refused while its disks are out of reach.
  mutating func addDisk(machine: Int, name: String, size: ByteCount) throws(SimulationFailure) {
    if let obstacle = diskObstacle(machine) {
      return note("vm.add-disk-refused", of: machine, detail: obstacle)
    }
    drawWrites(of: machine)
    let geometry = ExtentGeometry(diskSize: size)
    machines[machine].addedDisks.append((name, geometry))
    guard let replication = trackedReplication(of: machine) else { return }
    replications[replication].source.diskAdded(geometry, at: now)
    try sourceChanged(replication)
  }

  /// An administrator configures the replication again, which takes its time: `CONFIGURING` until then.
  mutating func beginConfiguration(_ index: Int) throws(SimulationFailure) {
    replications[index].configurationStamp += 1
    let duration = scenario.profile.configurationDuration
    guard duration > .zero else { return try reconfigure(index) }
    replications[index].isConfiguring = true
    queue.schedule(
      WorldEvent(.configured, index, stamp: replications[index].configurationStamp), at: now + duration)
  }

  /// The new configuration is in force.
  mutating func configured(_ index: Int, stamp: UInt64) throws(SimulationFailure) {
    guard replications[index].configurationStamp == stamp else { return }
    replications[index].isConfiguring = false
    try reconfigure(index)
  }

  /// The replication is configured again: disks that were added are taken in.
  ///
  /// Refused where the target can take no disk now: its server is down, or an image of it is being tested.
  mutating func reconfigure(_ index: Int) throws(SimulationFailure) {
    let machine = replications[index].machineIndex
    let added = machines[machine].addedDisks
    let removed = machines[machine].disks.indices.filter { machines[machine].disks[$0].isRemoved }
    if removed.count == machines[machine].disks.count, added.isEmpty {
      return note("replication.reconfigure-refused", of: machine, detail: "the machine has no disk")
    }
    if !added.isEmpty || !removed.isEmpty, let obstacle = replications[index].replica.obstacle {
      return note("replication.reconfigure-refused", of: machine, detail: "\(obstacle)")
    }
    drawWrites(of: machine)
    let kept = machines[machine].disks.indices.filter { !machines[machine].disks[$0].isRemoved }
      .map { ConfiguredDisk.kept($0) }
    replications[index].source.reconfigured(kept + added.map { .added($0.geometry) }, at: now)
    let unsent = endSession(index) ?? .zero
    for (name, geometry) in added {
      do {
        try replications[index].replica.addDisk(base: ExtentStore(geometry: geometry))
      } catch {
        preconditionFailure("a target without an obstacle takes a disk: \(error)")
      }
      machines[machine].disks.append(
        Machine.Disk(name: name, size: geometry.diskSize, writes: nil, tag: nextDiskTag()))
      machines[machine].contents.append(ExtentStore(geometry: geometry))
      replications[index].extentSizes.append(geometry.extentSize)
    }
    machines[machine].addedDisks.removeAll()
    for disk in removed.reversed() { dropDisk(disk, index) }
    noteSpace(index)
    note(
      "replication.reconfigured", of: machine,
      vcenterEvent: PrimaryEvent.Kind.configurationChanged.rawValue)
    try sourceChanged(index, unsent: unsent)
  }

  /// The machine loses a disk: its replication is in error until it is configured again without it.
  ///
  /// Refused for the last one.
  mutating func removeDisk(machine: Int, name: String) throws(SimulationFailure) {
    guard let disk = machines[machine].disks.firstIndex(where: { $0.name == name && !$0.isRemoved }) else {
      return
    }
    guard machines[machine].disks.contains(where: { $0.name != name && !$0.isRemoved }) else {
      return note("vm.remove-disk-refused", of: machine, detail: "the last disk")
    }
    drawWrites(of: machine)
    machines[machine].disks[disk].isRemoved = true
    machines[machine].disks[disk].writes = nil
    machines[machine].disks[disk].attack = nil
    guard let replication = trackedReplication(of: machine) else { return }
    replications[replication].source.configurationFailed(.diskRemoved, at: now)
    try sourceChanged(replication)
  }

  /// Takes a disk out of replica and machine, for which the source is configured already.
  private mutating func dropDisk(_ disk: Int, _ index: Int) {
    let machine = replications[index].machineIndex
    cancelMerges(index)
    do {
      _ = try replications[index].replica.removeDisk(disk)
    } catch {
      preconditionFailure("a target without an obstacle lets a disk go: \(error)")
    }
    machines[machine].disks.remove(at: disk)
    machines[machine].contents.remove(at: disk)
    // It is still where it was, as a disk that nobody replicates.
    if machines[machine].objects.indices.contains(disk) { machines[machine].objects.remove(at: disk) }
    machines[machine].snapshot?.remove(at: disk)
    // Instances from before it was added do not know it.
    for instance in replications[index].certificates.indices
    where replications[index].certificates[instance].digests.indices.contains(disk) {
      replications[index].certificates[instance].digests.remove(at: disk)
    }
    replications[index].extentSizes.remove(at: disk)
    replications[index].sendingDisks.removeAll()
    replications[index].carried = .nothing
  }

  /// A disk grows; its new part holds zeros.
  ///
  /// Beyond a break of ESXi's table its extents become larger, for which the disk is compared in full (*inferred*: the
  /// tracking of the smaller ones is not taken over).
  ///
  /// Refused where the target cannot follow now, and where the disk is larger already.
  mutating func resizeDisk(machine: Int, name: String, size: ByteCount) throws(SimulationFailure) {
    guard let disk = machines[machine].disks.firstIndex(where: { $0.name == name }) else { return }
    guard let index = trackedReplication(of: machine) else {
      return note("vm.resize-refused", of: machine, detail: "not replicated")
    }
    if let obstacle = diskObstacle(machine) {
      return note("vm.resize-refused", of: machine, detail: obstacle)
    }
    if let obstacle = replications[index].replica.obstacle {
      return note("vm.resize-refused", of: machine, detail: "\(obstacle)")
    }
    guard size >= machines[machine].disks[disk].size else {
      return note("vm.resize-refused", of: machine, detail: "a disk does not shrink")
    }
    drawWrites(of: machine)
    let old = machines[machine].contents[disk].geometry
    let geometry = ExtentGeometry(diskSize: size)
    let isCoarser = geometry.extentSize > old.extentSize
    replications[index].source.diskGrown(disk, to: geometry, at: now)
    let unsent = endSession(index) ?? .zero
    let content = machines[machine].contents[disk]
    machines[machine].contents[disk] =
      isCoarser ? content.coarsened(to: geometry) : content.grown(to: geometry)
    machines[machine].disks[disk].size = size
    machines[machine].disks[disk].extentDoublings +=
      geometry.extentSize.bytes.trailingZeroBitCount - old.extentSize.bytes.trailingZeroBitCount
    replications[index].extentSizes[disk] = geometry.extentSize
    resizeAllocation(of: machine, disk: disk, to: geometry)
    try noteResize(of: machine, disk: disk, to: size)
    cancelMerges(index)
    let work: ByteCount
    do {
      work = try replications[index].replica.growDisk(disk, to: geometry)
    } catch {
      preconditionFailure("a target without an obstacle grows a disk: \(error)")
    }
    noteSpace(index)
    let seconds = Double(work.bytes) / scenario.profile.mergeRate.bytesPerSecond
    let duration = TimeSpan(nanoseconds: Int64((seconds * 1e9).rounded(.up)))
    replications[index].resizeStamp += 1
    queue.schedule(
      WorldEvent(.replicaResized, index, stamp: replications[index].resizeStamp), at: now + duration)
    try sourceChanged(index, unsent: unsent)
  }

  /// The replica has the new size.
  mutating func replicaResized(_ index: Int, stamp: UInt64) throws(SimulationFailure) {
    guard replications[index].resizeStamp == stamp else { return }
    replications[index].source.replicaResized()
    try sourceChanged(index)
  }
}
