import BlockStorage
import ClusterModels
package import Inventory
import Measurements
package import Quantities
import ReplicationCore
import Scenarios

/// The room that guests' writes take on datastores with a capacity, vSAN and plain.
///
/// An extent takes room from its first write on, and keeps it: what a guest frees or reverts gives nothing back (*inferred*: vSAN's
/// original architecture has UNMAP switched off as it comes, VMFS gives back later). Disks of a thick storage policy have taken
/// their size from the beginning; all others are thin. A guest that writes where nothing was written before, and finds no room,
/// stands still until there is some: ESXi pauses a machine whose thin disk cannot grow and asks whether to retry (*unverified*; that
/// somebody says yes as soon as there is room is *inferred*). Since guests' writes are drawn when someone looks, so is what they
/// take.
extension World {
  /// Counts the extents in ``writtenRuns`` that are written for the first time; from the first on that finds no room, nothing is
  /// written, and the guest stands still.
  mutating func takeRoom(_ machine: Int, _ disk: Int) {
    // Taken out while it changes, so that nothing is copied.
    guard var allocation = machines[machine].disks[disk].allocation.take() else { return }
    guard allocation.count < allocation.geometry.extentCount else {
      machines[machine].disks[disk].allocation = allocation
      return
    }
    let free = freeSpace(ofDisk: disk, machine)
    let extentSize = allocation.geometry.extentSize
    var taken = 0
    var cut: (position: Int, end: Int)?
    for (position, run) in writtenRuns.enumerated() {
      // Looked at more closely only near the end of the room: marking tells as well.
      if extentSize * UInt64(taken + run.count) > free,
        let end = allocation.end(of: run, taking: Int(free.bytes / extentSize.bytes) - taken)
      {
        taken += allocation.mark(run.lowerBound..<end)
        cut = (position, end)
        break
      }
      taken += allocation.mark(run)
    }
    machines[machine].disks[disk].allocation = allocation
    if taken > 0 { grow(machine, disk, by: extentSize * UInt64(taken)) }
    guard let cut else { return }
    let last = writtenRuns[cut.position].lowerBound..<cut.end
    writtenRuns.removeSubrange(cut.position...)
    if !last.isEmpty { writtenRuns.append(last) }
    outOfRoom(machine, needed: extentSize)
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
    // The last extent of a disk, and the last that was in use, may be whole in one count only.
    let space = max(old, min(machines[machine].disks[disk].size, old + size))
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
      EventRecord.machineOutOfSpaceKind, of: machine,
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

  /// The disks of a recovered machine grow on from what the replica, or the copy of its storage, takes.
  ///
  /// That itself goes on being counted with the replication, until it is reversed.
  mutating func beginGrowth(ofRecovered machine: Int, _ index: Int) {
    guard hasCapacity(machines[machine].datastore),
      replications[index].storagePolicy?.isThick != true
    else { return }
    for disk in machines[machine].disks.indices {
      let allocation =
        replications[index].storageUnit == nil
        ? replications[index].replica.allocation(ofDisk: disk) : storageAllocation(index, disk: disk)
      guard let allocation else { continue }
      machines[machine].disks[disk].allocation = allocation
      machines[machine].disks[disk].space = allocation.geometry.nominalBytes(ofExtents: allocation.count)
    }
  }

  /// What disks on a datastore have grown by since they are those of machines: since the beginning or a recovery.
  package func grownSpace(on datastore: DatastoreID) -> ByteCount {
    machines.reduce(.zero) { $1.datastore == datastore && $1.role != .gone ? $0 + $1.growth : $0 }
  }

  /// A disk that holds something where it takes no room, or takes another amount than its extents do; `nil` if there is none.
  ///
  /// - Complexity: O(extents that hold something).
  package func growthMismatch() -> String? {
    for machine in machines where machine.role == .current || machine.role == .former {
      for (disk, content) in zip(machine.disks, machine.contents) {
        guard let allocation = disk.allocation, content.geometry == allocation.geometry else { continue }
        // What was in use at first need not end with an extent; extents that were coarsened cover more than was written.
        let taken = allocation.geometry.nominalBytes(ofExtents: allocation.count)
        let extentSize = allocation.geometry.extentSize
        guard disk.extentDoublings > 0 || disk.space < taken + extentSize && taken < disk.space + extentSize
        else {
          return
            "\(scenario.inventory[machine.id].name): disk \(disk.name) takes \(disk.space), its extents \(taken)"
        }
        var rest = 0..<content.geometry.extentCount
        while let run = content.nextAllocatedRun(in: rest) {
          guard allocation.count(in: run) == run.count else {
            return
              "\(scenario.inventory[machine.id].name): disk \(disk.name) holds extents \(run) that take no room"
          }
          rest = run.upperBound..<rest.upperBound
        }
      }
    }
    return nil
  }
}

extension DirtyBitmap {
  /// Where a run ends if no more than so many of its extents are new; `nil` if all of it may be marked.
  fileprivate func end(of run: Range<Int>, taking limit: Int) -> Int? {
    var rest = limit
    var position = run.lowerBound
    while let clear = nextClearRun(in: position..<run.upperBound) {
      guard clear.count <= rest else { return clear.lowerBound + rest }
      rest -= clear.count
      position = clear.upperBound
    }
    return nil
  }

  /// The extents of a disk that hold something.
  init(allocatedIn disk: ExtentStore) {
    self.init(geometry: disk.geometry)
    var rest = 0..<disk.geometry.extentCount
    while let run = disk.nextAllocatedRun(in: rest) {
      mark(run)
      rest = run.upperBound..<rest.upperBound
    }
  }
}
