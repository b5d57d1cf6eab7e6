import BlockStorage
import Inventory
import Measurements
import Quantities
import ReplicationCore
import ResourceModels
import Scenarios
import SimulationKernel

/// Images of devices that storage copies by itself, as the target holds them.
extension World {
  /// In the synchronous mode: brings the target to what its machines have written up to now.
  ///
  /// - Returns: Whether there was room for it; if not, the target has stopped to follow.
  @discardableResult
  mutating func catchUp(_ unit: Int) throws(SimulationFailure) -> Bool {
    for index in storageUnits[unit].members { drawWrites(of: replications[index].machineIndex) }
    guard hasStorageRoom(unit, for: storageAdditions(unit)) else { return false }
    var changes: [[DirtyBitmap]] = []
    var contents: [[ExtentStore]] = []
    for index in storageUnits[unit].members {
      let machine = replications[index].machineIndex
      contents.append(machines[machine].contents)
      var taken: [DirtyBitmap] = []
      for disk in machines[machine].keptChanges.indices {
        taken.append(machines[machine].keptChanges[disk].take())
      }
      changes.append(taken)
    }
    try apply(
      changes, from: contents, certificates: contents.map { $0.map(\.digest) }, asOf: now, to: unit)
    return true
  }

  /// Writes changed extents to the devices of the target, and checks that they hold what the source held then.
  mutating func apply(
    _ changes: [[DirtyBitmap]], from contents: [[ExtentStore]], certificates: [[ContentDigest]],
    asOf instant: Instant, to unit: Int
  ) throws(SimulationFailure) {
    let limit = storageUnits[unit].pointInTimeCount
    var changesOfPoint = changes
    var additions = changes.map { $0.map { _ in 0 } }
    if let last = storageUnits[unit].points.last, last.instant == instant {
      // Two copies of one instant leave one image, which differs from the one before by the changes of both.
      for (member, bitmaps) in last.changes.enumerated() {
        for (disk, bitmap) in bitmaps.enumerated() { changesOfPoint[member][disk].formUnion(bitmap) }
      }
      additions = last.additions
      storageUnits[unit].points.removeLast()
    } else if let last = storageUnits[unit].points.indices.last,
      limit > 1 || storageUnits[unit].isHeld(storageUnits[unit].points[last].instant)
    {
      // The image before is kept beside what the devices become.
      storageUnits[unit].points[last].contents = storageUnits[unit].devices.map { $0.map { $0.copy() } }
    }
    var payloads: [UInt8] = []
    for (member, bitmaps) in changes.enumerated() {
      let replication = storageUnits[unit].members[member]
      for (disk, bitmap) in bitmaps.enumerated() {
        let (source, device) = (contents[member][disk], storageUnits[unit].devices[member][disk])
        bitmap.forEachRun { run in
          payloads.removeAll(keepingCapacity: true)
          source.read(run, appendingTo: &payloads)
          device.write(run, payloads: payloads.span.bytes)
        }
        additions[member][disk] += allocate(bitmap, unit, member: member, disk: disk)
        let expected = certificates[member][disk]
        guard device.digest(relativeTo: expected.image) == expected else {
          let machine = machines[replications[replication].machineIndex]
          throw .replicaDiffers(
            machine: scenario.inventory[machine.id].name, disk: machine.disks[disk].name,
            instance: UInt64(replications[replication].verifiedInstanceCount), at: now,
            found: "its storage copied something else")
        }
      }
      replications[replication].verifiedInstanceCount += 1
      if replications[replication].lag.end == nil {
        replications[replication].lag.instanceCompleted(pointInTime: instant, at: now)
      }
    }
    storageUnits[unit].points.append(
      StorageUnit.Point(
        instant: instant, contents: storageUnits[unit].devices, certificates: certificates,
        changes: changesOfPoint, additions: additions))
    letGoOfPoints(unit)
  }
}
