import BlockStorage
package import Inventory
package import Quantities
import RecoveryCore
import Scenarios

/// What storage copies as one, as seen from outside, at one moment.
package struct StorageSight: Sendable, Hashable {
  /// The moments of the images that a recovery could use, oldest first.
  package var points: [Instant] = []
  /// When the copy under way began; `nil` without one.
  package var copyBegan: Instant?
  /// Whether the target follows each write.
  package var isInSync = false
  /// Whether the copies are machines of their own.
  package var isFailedOver = false

  package init() {}
}

/// What a checker may ask of storage that copies by itself; nothing of it changes anything.
extension World {
  package func storageSight(of unit: Int) -> StorageSight {
    var sight = StorageSight()
    sight.points = storageUnits[unit].points.map(\.instant)
    sight.copyBegan = storageUnits[unit].copy?.began
    sight.isInSync = storageUnits[unit].isInSync
    sight.isFailedOver = storageUnits[unit].isFailedOver
    return sight
  }

  /// What the image of a moment holds, by member and disk, payload after payload; `nil` if there is none.
  ///
  /// In the synchronous mode that is what the devices had when they were last looked at.
  package func storedContents(of unit: Int, at instant: Instant) -> [[[UInt8]]]? {
    guard let point = storageUnits[unit].points.first(where: { $0.instant == instant }) else { return nil }
    return point.contents.map { disks in
      disks.map { disk in
        var payloads: [UInt8] = []
        disk.read(0..<disk.geometry.extentCount, appendingTo: &payloads)
        return payloads
      }
    }
  }

  /// The sites that a unit is copied from and to now.
  package func storageSites(of unit: Int) -> (source: SiteID, target: SiteID) {
    (storageUnits[unit].source, storageUnits[unit].target)
  }

  package func isUp(_ host: HostID) -> Bool { hosts[host.index].isUp }

  /// The numbers of the disks of a copy: what it writes begins with them, in the upper 24 bits of each tag.
  package func diskNumbers(ofCopy copy: Int) -> [UInt64] { machines[copy].disks.map { $0.tag >> 40 } }

  /// The isolated networks that tests of a plan have left, by the plan's position in the description of its pair.
  package func isolatedNetworkCount(ofPlan plan: Int, in pair: Int) -> Int {
    let id = conductors[pair].planIDs[plan]
    return conductors[pair].isolatedNetworks.filter { $0.plan == id }.reduce(0) {
      $0 + $1.networks.segments.count
    }
  }
}
