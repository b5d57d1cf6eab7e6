import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios

/// What is lost with a site.
extension World {
  /// Takes down what the replicated machines of sites that fail now would lose.
  mutating func noteLosses(with sites: [SiteID], entry: Int) {
    let losses = replications.indices.compactMap { index -> SiteLossRecord.Machine? in
      let machine = machines[replications[index].machineIndex]
      guard sites.contains(machine.site),
        replications[index].life == .replicating || replications[index].life == .byStorage
      else { return nil }
      let newest = sites.contains(replications[index].target) ? nil : newestPoint(index)
      let ran = machine.isOn ? now : machine.stoppedAt ?? machine.writtenUntil
      return .init(
        vm: replications[index].machine, loss: newest.map { ran > $0 ? ran - $0 : .zero })
    }
    guard !losses.isEmpty else { return }
    record.append(
      SiteLossRecord(
        fault: faultName(of: entry),
        sites: sites.map { scenario.inventory[$0].name }.joined(separator: " and "), at: now,
        machines: losses.sorted { $0.vm < $1.vm }))
  }

  /// The point in time of the newest instance of a replication that can be recovered.
  private func newestPoint(_ index: Int) -> Instant? {
    guard let unit = replications[index].storageUnit else {
      return replications[index].replica.newestInstance?.pointInTime
    }
    return storageUnits[unit].isInSync ? now : storageUnits[unit].points.last?.instant
  }
}
