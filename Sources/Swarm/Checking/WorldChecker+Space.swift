import Inventory
import Quantities
import Scenarios
import SiteSimulation

/// What a datastore has used must be the sum of what exists.
extension WorldChecker {
  /// Follows machines that change places with their replicas.
  mutating func followRooms(_ world: borrowing World) {
    for index in rooms.indices {
      let isRecovered = world.recoveredInstance(of: index) != nil
      guard isRecovered || rooms[index].isRecovered else { continue }
      let space = world.replicaSpace(of: index)
      let configuration = world.partialSpace(of: index).configuration
      rooms[index].saw(isRecovered: isRecovered, disks: space, configuration)
    }
  }

  func checkSpace(_ datastore: DatastoreID, _ world: borrowing World) throws(Violation) {
    var expected = ByteCount.zero
    var written = ByteCount.zero
    for machine in scenario.inventory.virtualMachines where machine.datastore == datastore {
      for disk in machine.disks { expected += disk.used }
    }
    for (index, room) in rooms.enumerated() {
      // What is replicated may have left the datastore where it began.
      if room.origin == datastore { expected = expected - room.original }
      if room.machine.datastore == datastore {
        // Somebody may have deleted the machine that a recovery left behind.
        if !isOriginalGone(index, world) { expected += room.machine.size }
        expected += world.demandLogSpace(of: index)
      }
      if room.replica == datastore {
        expected += world.replicaSpace(of: index)
        written += world.partialSpace(of: index).testImage
      }
    }
    expected += world.grownSpace(on: datastore)
    let used = world.usedSpace(on: datastore)
    guard used == expected else {
      throw Violation(
        .space, at: world.time, subject: scenario.inventory[datastore].name,
        detail: "\(used) are counted as used, and what exists takes \(expected)")
    }
    // What a test machine writes is not refused, and disks that become a replica have grown uncounted before.
    if let capacity = scenario.inventory[datastore].capacity, used > capacity + written, !hasGrowingDisks,
      startedFull[datastore.index] == false, !rooms.contains(where: \.hasMoved)
    {
      throw Violation(
        .capacity, at: world.time, subject: scenario.inventory[datastore].name,
        detail: "it holds \(used) of at most \(capacity)")
    }
  }

  /// Compares the room that disks take with what they hold.
  func checkGrowth(_ world: borrowing World) throws(Violation) {
    guard let mismatch = world.growthMismatch() else { return }
    throw Violation(.space, at: world.time, subject: "disks", detail: mismatch)
  }

  private func isOriginalGone(_ index: Int, _ world: borrowing World) -> Bool {
    rooms[index].isRecovered && world.copies(of: index).former == nil
      && scenario.replications[index].storageUnit == nil
  }

  /// Compares what vSAN datastores count as resynced with what flows have brought.
  mutating func checkResyncs(_ world: borrowing World) throws(Violation) {
    for index in resyncs.indices {
      let datastore = resyncs[index].datastore
      let tolerance = ledger.tolerance(of: 0) + 64
      let now = world.runningResyncs(on: datastore)
      var books = resyncs[index].books
      books.saw(now, tolerance: tolerance) { ledger.takeResynced($0) }
      resyncs[index].books = books
      guard let defect = books.defect(counted: world.resyncedSize(on: datastore)) else { continue }
      throw Violation(
        .bytes, at: world.time, subject: scenario.inventory[datastore].name, detail: defect)
    }
  }

  /// Compares what is used on vSAN datastores with what exists, whenever it is another amount.
  mutating func checkVSAN(_ world: borrowing World) throws(Violation) {
    var isOther = false
    for (position, datastore) in limited.enumerated() {
      let used = world.usedSpace(on: datastore)
      isOther = isOther || used != usedSizes[position]
      usedSizes[position] = used
    }
    guard isOther else { return }
    for datastore in limited {
      for (device, use) in world.deviceUses(on: datastore).enumerated() where use.used > use.capacity {
        throw Violation(
          .capacity, at: world.time, subject: scenario.inventory[datastore].name,
          detail: "device \(device) holds \(use.used) of at most \(use.capacity)")
      }
    }
    guard let mismatch = world.spaceMismatch() else { return }
    throw Violation(.space, at: world.time, subject: "vSAN", detail: mismatch)
  }
}
