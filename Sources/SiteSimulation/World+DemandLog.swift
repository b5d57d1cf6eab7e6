import Inventory
import Quantities
import ReplicationCore
import Scenarios

/// The room that demand logs take on the datastores of their machines, where room is limited.
///
/// A log that finds none is tried 20 times, 10 ms apart; then the delta is given up and its extents are dirty again
/// (``DemandLogLimits``). On vSAN datastores the log's room is not counted, only that there is none while it is full.
extension World {
  /// Tells a source how much room its demand log has, before the guest writes: as much as it takes where room is unlimited.
  mutating func tellDemandLogRoom(_ index: Int) {
    let datastore = sourceDatastore(index)
    let room: ByteCount? =
      datastores[datastore.index].outages.isEmpty
      ? freeSpace(of: datastore).map { $0 + replications[index].demandLogSpace } : .zero
    replications[index].source.demandLogRoomChanged(to: room)
  }

  /// Counts what the demand log takes now.
  mutating func noteDemandLog(_ index: Int) {
    let datastore = sourceDatastore(index)
    guard hasCapacity(datastore), !isOnVSAN(datastore) else { return }
    let old = replications[index].demandLogSpace
    let size = min(replications[index].source.demandLogSize, old + (freeSpace(of: datastore) ?? .zero))
    guard size != old else { return }
    datastores[datastore.index].used = datastores[datastore.index].used - old + size
    datastores[datastore.index].usedPeak = max(
      datastores[datastore.index].usedPeak, datastores[datastore.index].used)
    replications[index].demandLogSpace = size
    if size < old, !roomReturned.contains(datastore) { roomReturned.append(datastore) }
  }
}
