import BlockStorage
import Inventory
import Quantities
import ReplicationCore
import Scenarios

/// What the world does wrong where a defect is planted.
extension World {
  /// Lets the guest's writes in ``writtenRuns`` pass the replication's filter wrongly.
  ///
  /// - Returns: Whether a defect took the writes over.
  mutating func writesWrongly(_ machine: Int, _ disk: Int) -> Bool {
    let content = machines[machine].contents[disk]
    let replication = machines[machine].replication
    let tag = machines[machine].disks[disk].tag + 1
    if planted.contains(.dirtyBitDropped) {
      for (position, run) in writtenRuns.enumerated() where (tag &+ UInt64(position)) % 7 > 0 {
        _ = replications[replication].source.guestWillWrite(run, disk: disk, reading: content)
      }
      content.fill(writtenRuns, tag: machines[machine].disks[disk].nextTag())
      return true
    }
    if planted.contains(.copyBeforeWriteMissed) {
      content.fill(writtenRuns, tag: machines[machine].disks[disk].nextTag())
      for run in writtenRuns {
        _ = replications[replication].source.guestWillWrite(run, disk: disk, reading: content)
      }
      return true
    }
    return false
  }

  /// Keeps the first data of a delta that a session leaves undelivered.
  mutating func keepUndelivered(_ index: Int) {
    for message in replications[index].toTarget {
      guard case .deltaData = message else { continue }
      replications[index].stale = message
      return
    }
  }

  /// Delivers what an earlier session left, as part of the instance that `message` ends.
  mutating func deliverStale(before message: SourceMessage, _ index: Int) {
    guard case .deltaEnded(let summary) = message,
      case .deltaData(_, let disk, let batch) = replications[index].stale,
      batch.geometry == machines[replications[index].machineIndex].contents[disk].geometry
    else { return }
    replications[index].stale = nil
    do {
      _ = try replications[index].replica.offer(
        .deltaData(sequence: summary.sequence, disk: disk, batch: batch), at: now)
    } catch {
      preconditionFailure("data is not compared before its instance ends: \(error)")
    }
  }
}
