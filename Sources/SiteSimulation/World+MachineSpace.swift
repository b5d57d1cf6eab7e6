import BlockStorage
import Inventory
import Quantities

/// The room that guests' writes take on datastores with a capacity, vSAN and plain.
///
/// An extent takes room from its first write on, and keeps it: what a guest frees or reverts gives nothing back (*inferred*: vSAN's
/// original architecture has UNMAP switched off as it comes, VMFS gives back later). A guest that writes where nothing was written
/// before, and finds no room, stands still until there is some (*inferred* from how ESXi pauses a machine whose thin disk
/// cannot grow). Since guests' writes are drawn when someone looks, so is what they take.
extension World {
  /// Counts the extents in ``writtenRuns`` that are written for the first time; where they find no room, the runs from the
  /// first that does not fit on are not written, and the guest stands still.
  mutating func takeRoom(_ machine: Int, _ disk: Int) {
    guard let old = machines[machine].disks[disk].allocation, old.count < old.geometry.extentCount else {
      return
    }
    let free = freeSpace(ofDisk: disk, machine)
    let extentSize = old.geometry.extentSize
    var taken = 0
    if extentSize * UInt64(writtenRuns.reduce(0) { $0 + $1.count }) <= free {
      for run in writtenRuns { taken += machines[machine].disks[disk].allocation?.mark(run) ?? 0 }
    } else {
      var allocation = old
      for (position, run) in writtenRuns.enumerated() {
        let count = run.count - allocation.count(in: run)
        let needed = extentSize * UInt64(taken + count)
        guard count == 0 || needed <= free else {
          writtenRuns.removeSubrange(position...)
          outOfRoom(machine, needed: extentSize * UInt64(count))
          break
        }
        taken += allocation.mark(run)
      }
      machines[machine].disks[disk].allocation = allocation
    }
    guard taken > 0 else { return }
    grow(machine, disk, by: extentSize * UInt64(taken))
  }

  private func freeSpace(ofDisk disk: Int, _ machine: Int) -> ByteCount {
    let datastore = machines[machine].datastore
    let objects = machines[machine].objects
    guard let vsan = datastores[datastore.index].vsan, objects.indices.contains(disk) else {
      return freeSpace(of: datastore) ?? ByteCount(bytes: UInt64(Int64.max))
    }
    return datastores[datastore.index].outages.isEmpty ? vsan.cluster.room(for: [objects[disk]]) : .zero
  }

  private mutating func grow(_ machine: Int, _ disk: Int, by size: ByteCount) {
    let old = machines[machine].disks[disk].space
    let space = min(machines[machine].disks[disk].size, old + size)
    machines[machine].disks[disk].space = space
    machines[machine].space += space - old
    machines[machine].growth += space - old
    let datastore = machines[machine].datastore.index
    if datastores[datastore].vsan != nil {
      guard machines[machine].objects.indices.contains(disk) else { return }
      datastores[datastore].vsan?.cluster.setContent(space, of: machines[machine].objects[disk], at: now)
      followCommands(of: datastore)
    } else {
      datastores[datastore].used += space - old
      datastores[datastore].usedPeak = max(datastores[datastore].usedPeak, datastores[datastore].used)
    }
  }

  private mutating func outOfRoom(_ machine: Int, needed: ByteCount) {
    guard machines[machine].awaitedRoom == nil else { return }
    machines[machine].awaitedRoom = needed
    pauseGuest(machine)
    note(
      "vm.out-of-space", of: machine,
      detail: "datastore \(scenario.inventory[machines[machine].datastore].name)")
  }

  /// Brings up to now what guests write where it may find no room from now on, or find some again.
  mutating func drawGrowth(on datastore: DatastoreID) {
    for machine in machines.indices
    where machines[machine].datastore == datastore
      && machines[machine].disks.contains(where: { disk in
        disk.allocation.map { $0.count < $0.geometry.extentCount } ?? false
      })
    { drawWrites(of: machine) }
  }

  /// A datastore may have room again: guests that stood still for want of it go on.
  mutating func serveGuests(on datastore: DatastoreID) {
    for machine in machines.indices where machines[machine].datastore == datastore {
      guard let needed = machines[machine].awaitedRoom,
        machines[machine].disks.indices.allSatisfy({ freeSpace(ofDisk: $0, machine) >= needed })
      else { continue }
      machines[machine].awaitedRoom = nil
      guestChanged(machine)
      note("vm.room-again", of: machine)
    }
  }

  /// A disk has grown: what was written to before stays where it is, in extents that may be larger now.
  mutating func resizeAllocation(of machine: Int, disk: Int, to geometry: ExtentGeometry) {
    guard let old = machines[machine].disks[disk].allocation else { return }
    let doublings =
      geometry.extentSize.bytes.trailingZeroBitCount - old.geometry.extentSize.bytes.trailingZeroBitCount
    var allocation = DirtyBitmap(geometry: geometry)
    old.forEachRun { run in
      allocation.mark(run.lowerBound >> doublings..<((run.upperBound - 1) >> doublings) + 1)
    }
    machines[machine].disks[disk].allocation = allocation
  }

  /// What disks on a datastore have grown by since the beginning.
  package func grownSpace(on datastore: DatastoreID) -> ByteCount {
    machines.reduce(.zero) { $1.datastore == datastore && $1.role != .gone ? $0 + $1.growth : $0 }
  }
}
