import BlockStorage
import Inventory
import Quantities
import RecoveryCore
import ReplicationCore
import Scenarios

/// What storage that copies by itself takes at its target, where that has a capacity.
///
/// | What                     | Takes                                                                             |
/// |--------------------------|-----------------------------------------------------------------------------------|
/// | the device               | every extent that was ever written to it                                          |
/// | an older image           | what of it was written over by the image that followed                            |
/// | a copy on its way        | what it sends, from its beginning: the target holds the image before beside it     |
/// | a test                   | what its machine has written; the tested image stays for as long                  |
/// | a recovered machine      | what its device took, and what it has written to for the first time since         |
///
/// A copy that finds no room does not begin: the unit stops with an error, which plans are told when they ask it to synchronise,
/// keeps the images it has, and goes on by itself as soon as there is room. In the synchronous mode only what was never written
/// before needs room; without it the target falls out of synchrony. All of this is *inferred* from how arrays and their thin
/// pools are described in general.
extension World {
  /// How often a synchronous unit is looked at where room matters: as late as that it is noticed that there is none.
  static let synchronousLook = TimeSpan.minutes(1)

  /// What a machine's storage takes at the target: in all, and the writes of a test of it.
  func storageSpace(of index: Int) -> (total: ByteCount, test: ByteCount) {
    guard let unit = replications[index].storageUnit,
      hasCapacity(replications[index].datastore)
    else { return (.zero, .zero) }
    if case .recovered = replications[index].life {
      let machine = machines[replications[index].machineIndex]
      return (machine.disks.reduce(.zero) { $0 + $1.space } - machine.growth, .zero)
    }
    guard let member = storageUnits[unit].members.firstIndex(of: index),
      storageUnits[unit].allocations.indices.contains(member)
    else { return (.zero, .zero) }
    let allocations = storageUnits[unit].allocations[member]
    var total = ByteCount.zero
    for allocation in allocations { total += allocation.map { size($0.count, of: $0) } ?? .zero }
    for point in storageUnits[unit].points.dropFirst() {
      for (changes, added) in zip(point.changes[member], point.additions[member]) {
        total += size(changes.count - added, of: changes)
      }
    }
    total += storageUnits[unit].copy?.sizes[member] ?? .zero
    var test = ByteCount.zero
    if let copy = replications[index].testCopy {
      for disk in machines[copy].disks { test += disk.allocation.map { size($0.count, of: $0) } ?? .zero }
    }
    return (total + test, test)
  }

  /// How many images of a unit a test or a run needs, so that they may stay beyond the number to keep.
  package func heldImageCount(ofUnit unit: Int) -> Int {
    storageUnits[unit].points.count { storageUnits[unit].isHeld($0.instant) }
  }

  /// Whether a unit's target lacks room for what is to be copied.
  package func lacksRoom(unit: Int) -> Bool { storageUnits[unit].shortage != nil }

  private func size(_ extentCount: Int, of disk: DirtyBitmap) -> ByteCount {
    disk.geometry.extentSize * UInt64(extentCount)
  }

  /// The extents of a device that take room; `nil` where that is no matter.
  func storageAllocation(_ index: Int, disk: Int) -> DirtyBitmap? {
    guard let unit = replications[index].storageUnit,
      let member = storageUnits[unit].members.firstIndex(of: index)
    else { return nil }
    return storageUnits[unit].allocations[member][disk]
  }

  /// Counts what a unit takes now.
  mutating func noteStorageSpace(_ unit: Int) {
    for index in storageUnits[unit].members { noteSpace(index) }
  }

  /// Takes room for what was written to a device.
  ///
  /// - Returns: How many of its extents had not been written before.
  mutating func allocate(_ written: DirtyBitmap, _ unit: Int, member: Int, disk: Int) -> Int {
    guard var allocation = storageUnits[unit].allocations[member][disk] else { return 0 }
    // The only owner, so that nothing is copied.
    storageUnits[unit].allocations[member][disk] = nil
    var added = 0
    written.forEachRun { run in added += allocation.mark(run) }
    storageUnits[unit].allocations[member][disk] = allocation
    return added
  }

  /// A test machine on a copy of an image takes what it writes.
  mutating func countTestWrites(of copy: Int) {
    guard hasCapacity(machines[copy].datastore) else { return }
    for (disk, content) in machines[copy].contents.enumerated() {
      machines[copy].disks[disk].allocation = DirtyBitmap(geometry: content.geometry)
    }
  }

  /// Lets go the images that are older than the number to keep, but for those that are being used or are to be.
  mutating func letGoOfPoints(_ unit: Int) {
    let excess = storageUnits[unit].points.count - storageUnits[unit].pointInTimeCount
    for position in (0..<max(0, excess)).reversed()
    where !storageUnits[unit].isHeld(storageUnits[unit].points[position].instant) {
      let gone = storageUnits[unit].points.remove(at: position)
      guard position > 0 else { continue }
      // The image that followed differs from the one before by the changes of both.
      for (member, bitmaps) in gone.changes.enumerated() {
        for (disk, bitmap) in bitmaps.enumerated() {
          storageUnits[unit].points[position].changes[member][disk].formUnion(bitmap)
          storageUnits[unit].points[position].additions[member][disk] += gone.additions[member][disk]
        }
      }
    }
    noteStorageSpace(unit)
  }

  // MARK: - Room

  /// By member: what its guests have written in the synchronous mode that needs room at the target.
  func storageAdditions(_ unit: Int) -> [ByteCount] {
    storageUnits[unit].members.enumerated().map { member, index in
      let changes = machines[replications[index].machineIndex].keptChanges
      var added = ByteCount.zero
      for (disk, bitmap) in changes.enumerated() where !bitmap.isEmpty {
        guard let allocation = storageUnits[unit].allocations[member][disk] else { continue }
        var missing = 0
        bitmap.forEachRun { run in missing += run.count - allocation.count(in: run) }
        added += size(missing, of: bitmap)
      }
      return added
    }
  }

  /// Whether the target has room for what is to be copied, by member; if not, the unit stops with an error.
  mutating func hasStorageRoom(_ unit: Int, for sizes: [ByteCount]) -> Bool {
    var needs: [(datastore: DatastoreID, size: ByteCount)] = []
    for (index, size) in zip(storageUnits[unit].members, sizes) where size > .zero {
      let datastore = replications[index].datastore
      if let position = needs.firstIndex(where: { $0.datastore == datastore }) {
        needs[position].size += size
      } else {
        needs.append((datastore, size))
      }
    }
    let full = needs.first { need in freeSpace(of: need.datastore).map { $0 < need.size } ?? false }
    guard let full else {
      endShortage(unit)
      return true
    }
    if storageUnits[unit].isInSync { synchronyEnded(unit) }
    let name = scenario.inventory[full.datastore].name
    let failure = RecoveryFailure("datastore \(name) has no room for the copy")
    for wait in storageUnits[unit].waits { end(wait.ticket, failure) }
    storageUnits[unit].waits.removeAll()
    guard storageUnits[unit].shortage == nil else { return false }
    storageUnits[unit].shortage = full.datastore
    tellStorageFault(unit)
    record.note(
      "storage.out-of-space", subject: storageUnits[unit].description.name, detail: "datastore \(name)",
      at: now)
    return false
  }

  /// There is room again, or nothing to copy any more.
  mutating func endShortage(_ unit: Int) {
    guard storageUnits[unit].shortage != nil else { return }
    storageUnits[unit].shortage = nil
    tellStorageFault(unit)
    record.note("storage.room-again", subject: storageUnits[unit].description.name, at: now)
  }

  /// What keeps a unit from being copied may have begun or ended.
  mutating func tellStorageFault(_ unit: Int) {
    let fault = storageFault(unit)
    let description = storageUnits[unit].description
    for member in storageUnits[unit].members { memberChanged(member) }
    for pair in conductors.indices {
      for provider in conductors[pair].storage.indices
      where conductors[pair].storage[provider].system == description.system.index {
        conductors[pair].storage[provider].faultChanged(fault, of: ReplicationUnitID(description.position))
      }
    }
  }

  /// What keeps a unit from being copied.
  func storageFault(_ unit: Int) -> String? {
    if let removed = storageUnits[unit].removedDevices.first {
      return "device \(removed.device) is not replicated"
    }
    return storageUnits[unit].shortage.map {
      "datastore \(scenario.inventory[$0].name) has no room for the copy"
    }
  }

  /// The target of a synchronous unit follows no more.
  mutating func synchronyEnded(_ unit: Int) {
    storageUnits[unit].isInSync = false
    tellStorageProvider(ofUnit: unit)
    record.note("storage.out-of-sync", subject: storageUnits[unit].description.name, at: now)
  }

  /// A datastore may have room again: units that stopped for want of it go on.
  mutating func serveStorage(on datastore: DatastoreID) throws(SimulationFailure) {
    for unit in storageUnits.indices where storageUnits[unit].shortage == datastore {
      try beginStorageCopy(unit)
    }
  }

  /// Brings synchronous units up to now whose target may have no room from now on.
  mutating func catchUpStorage(on datastore: DatastoreID) throws(SimulationFailure) {
    for unit in storageUnits.indices where storageUnits[unit].isInSync {
      guard storageUnits[unit].members.contains(where: { replications[$0].datastore == datastore }) else {
        continue
      }
      try catchUp(unit)
    }
  }
}
