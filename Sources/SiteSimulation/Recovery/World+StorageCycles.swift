import Inventory
import Measurements
import Quantities
import ResourceModels
import Scenarios
import SimulationKernel

/// What storage that copies by itself has sent: each copy is a cycle of each of its machines, so that every byte is counted once.
extension World {
  /// Records what a copy has sent for each member.
  ///
  /// - Parameter sent: Of its ``StorageUnit/Copy/total``.
  mutating func noteStorageCycle(
    _ copy: StorageUnit.Copy, _ unit: Int, _ outcome: CycleRecord.Outcome, sent: Double
  ) {
    for (member, index) in storageUnits[unit].members.enumerated() {
      let size = copy.part(ofMember: member, sent: sent)
      record.append(
        CycleRecord(
          vm: replications[index].machine, sequence: replications[index].cycleCount, kind: .delta,
          startedAt: copy.began, endedAt: now, outcome: outcome, payloadSize: size, wireSize: size,
          checksummedSize: .zero, preservedExtentCount: 0, configurationSize: .zero, demandLogPeak: .zero,
          consistency: .crash, vcenterEvents: CycleRecord.VCenterEvents()))
      replications[index].cycleCount += 1
    }
  }

  /// Records the copies that the end of the run cuts off.
  mutating func noteUnfinishedStorageCopies() {
    for unit in storageUnits.indices {
      guard let copy = storageUnits[unit].copy else { continue }
      noteStorageCycle(copy, unit, .inFlight, sent: sentSize(of: copy))
    }
  }

  /// What a copy has sent by now, of its ``StorageUnit/Copy/total``.
  private func sentSize(of copy: StorageUnit.Copy) -> Double {
    copy.total - copy.size + (copy.flow.map { sharing.servedBytes(of: $0, at: now) } ?? 0)
  }

  /// What of a copy under way was sent for a machine.
  func storageSizeUnderWay(of index: Int) -> ByteCount {
    guard let unit = replications[index].storageUnit, let copy = storageUnits[unit].copy,
      let member = storageUnits[unit].members.firstIndex(of: index)
    else { return .zero }
    return copy.part(ofMember: member, sent: sentSize(of: copy))
  }
}
