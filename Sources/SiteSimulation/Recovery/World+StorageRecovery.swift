import BlockStorage
import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios

/// What plans have done to storage that copies by itself: all machines of a unit at once.
extension World {
  /// Brings the target up to date: ends when a copy that began now or later has arrived.
  mutating func beginStorageSync(_ unit: Int, for ticket: RecoveryTicket) throws(SimulationFailure) {
    if storageUnits[unit].isInSync, try catchUp(unit) { return end(ticket) }
    storageUnits[unit].waits.append((ticket, now))
    try beginStorageCopy(unit)
  }

  /// The newest image that a recovery may use.
  func choosePoint(_ unit: Int, notAfter: Instant?) -> Int? {
    storageUnits[unit].points.indices.last { point in
      notAfter.map { storageUnits[unit].points[point].instant <= $0 } ?? true
    }
  }

  private static let noImage = RecoveryFailure("no complete copy is old enough")

  // MARK: - Tests

  /// Presents writable copies of an image to the hosts of the target, with machines on them that are off; copying goes on.
  mutating func startStorageTest(_ unit: Int, notAfter: Instant?) throws(SimulationFailure)
    -> RecoveryFailure?
  {
    if storageUnits[unit].isInSync { try catchUp(unit) }
    guard let point = choosePoint(unit, notAfter: notAfter) else { return Self.noImage }
    for (member, index) in storageUnits[unit].members.enumerated()
    where replications[index].testCopy == nil {
      let original = replications[index].machineIndex
      drawWrites(of: original)
      let contents = storageUnits[unit].points[point].contents[member].map { $0.copy() }
      try check(contents, against: storageUnits[unit].points[point], member: member, unit)
      replications[index].testCount += 1
      replications[index].testCopy = addCopy(
        of: original, role: .test, contents: contents, luck: "test-\(replications[index].testCount)")
      if let copy = replications[index].testCopy { countTestWrites(of: copy) }
    }
    // The images are snapshots, which need what copying writes over.
    if storageUnits[unit].testedInstant == nil {
      storageUnits[unit].testedInstant = storageUnits[unit].points[point].instant
    }
    return nil
  }

  mutating func stopStorageTest(_ unit: Int) throws(SimulationFailure) {
    for index in storageUnits[unit].members { try removeTestCopy(index) }
    storageUnits[unit].testedInstant = nil
    letGoOfPoints(unit)
  }

  // MARK: - Failover

  /// Ends the copying: an image becomes the disks of recovered machines.
  ///
  /// - Returns: The instant of the image, and of each member the last moment in which it could write before.
  mutating func failStorageOver(
    _ unit: Int, notAfter: Instant?
  ) throws(SimulationFailure) -> Result<(instant: Instant, lastWrites: [Instant]), RecoveryFailure> {
    if storageUnits[unit].isInSync { try catchUp(unit) }
    guard let chosen = choosePoint(unit, notAfter: notAfter) else { return .failure(Self.noImage) }
    cancelStorageCopy(unit, reason: .replicationEnded)
    let point = storageUnits[unit].points[chosen]
    var lastWrites: [Instant] = []
    for (member, index) in storageUnits[unit].members.enumerated() {
      let former = replications[index].machineIndex
      drawWrites(of: former)
      // What was copied after the chosen image is to be undone by the way back.
      for later in storageUnits[unit].points[(chosen + 1)...] {
        for (disk, bitmap) in later.changes[member].enumerated() {
          machines[former].keptChanges[disk].formUnion(bitmap)
        }
      }
      try check(point.contents[member], against: point, member: member, unit)
      lastWrites.append(
        machines[former].isOn ? now : machines[former].stoppedAt ?? machines[former].writtenUntil)
      becomeRecovered(index, point.contents[member], instance: point.instant, former: former)
      if replications[index].lag.end == nil { replications[index].lag.interrupted(at: now) }
      let copy = replications[index].machineIndex
      machines[copy].keptChanges = machines[copy].contents.map { DirtyBitmap(geometry: $0.geometry) }
    }
    storageUnits[unit].isFailedOver = true
    storageUnits[unit].isInSync = false
    storageUnits[unit].recoveredInstant = point.instant
    storageUnits[unit].points.removeAll()
    storageUnits[unit].devices.removeAll()
    storageUnits[unit].allocations.removeAll()
    endShortage(unit)
    return .success((point.instant, lastWrites))
  }

  /// Compares disks that are taken into use, read anew, with what the source held at the instant of their image.
  private func check(
    _ contents: [ExtentStore], against point: StorageUnit.Point, member: Int, _ unit: Int
  ) throws(SimulationFailure) {
    for (disk, content) in contents.enumerated() {
      let expected = point.certificates[member][disk]
      guard content.fullDigest() != content.digest || content.digest(relativeTo: expected.image) != expected
      else { continue }
      let machine = machines[replications[storageUnits[unit].members[member]].machineIndex]
      throw .recoveredDiffers(
        machine: scenario.inventory[machine.id].name, disk: machine.disks[disk].name,
        pointInTime: point.instant, at: now)
    }
  }

  // MARK: - The way back

  /// Copies from the recovered machines to the disks of those that were left behind: first what either has written since.
  ///
  /// - Returns: Why it cannot be done: an original machine is gone or runs.
  mutating func reverseStorage(_ unit: Int) throws(SimulationFailure) -> RecoveryFailure? {
    for index in storageUnits[unit].members {
      guard let former = replications[index].formerCopy else {
        return RecoveryFailure("an original virtual machine was not found")
      }
      guard !machines[former].isOn else {
        return RecoveryFailure(
          "the original of \(scenario.inventory[machines[former].id].name) is on at site \(scenario.inventory[machines[former].site].name)"
        )
      }
    }
    for index in storageUnits[unit].members { try reverseMember(index, of: unit) }
    (storageUnits[unit].source, storageUnits[unit].target) = (
      storageUnits[unit].target, storageUnits[unit].source
    )
    storageUnits[unit].isFailedOver = false
    storageUnits[unit].recoveredInstant = nil
    record.note("storage.reversed", subject: storageUnits[unit].description.name, at: now)
    try beginStorageCopy(unit)
    return nil
  }

  private mutating func reverseMember(_ index: Int, of unit: Int) throws(SimulationFailure) {
    guard let former = replications[index].formerCopy else { return }
    try switchOff(former)
    drawWrites(of: former)
    let current = replications[index].machineIndex
    drawWrites(of: current)
    for disk in machines[current].keptChanges.indices where !planted.contains(.strayWritesKept) {
      machines[current].keptChanges[disk].formUnion(machines[former].keptChanges[disk])
    }
    storageUnits[unit].devices.append(machines[former].contents)
    let isLimited = hasCapacity(machines[former].datastore)
    storageUnits[unit].allocations.append(
      zip(machines[former].disks, machines[former].contents).map { disk, content in
        isLimited ? disk.allocation ?? DirtyBitmap(allocatedIn: content) : nil
      })
    let bases = machines[former].contents.map { $0.copy() }
    moveSpace(index, former: former)
    let (site, datastore) = (machines[former].site, machines[former].datastore)
    try removeCopy(former)
    machines[former].keptChanges.removeAll()
    replications[index].formerCopy = nil
    replications[index].target = site
    replications[index].datastore = datastore
    replications[index].replica = ReplicationBuilder(scenario: scenario, seed: seed, transport: transport)
      .replica(of: scenario.replications[index], bases: bases, instance: nil, on: datastore)
    replications[index].life = .byStorage
    if !replications[index].lag.isReplicated { replications[index].lag.resumed(at: now) }
    replications[index].recoveredInstance = nil
    noteSpace(index)
  }
}
