import BlockStorage
import ClusterModels
import Inventory
import Quantities
import ReplicationCore
import Scenarios

/// Bit rot in replicas on vSAN datastores.
///
/// One copy of an extent of a base disk is no longer what was written. Its checksum tells whoever reads it: a comparison, a test
/// image, a copy made from it, a scrub. With another copy it is written anew and nobody else notices. Without one its content is lost:
/// the replication is in error, no instance can be recovered any more, and a full sync brings everything back. So damaged content is
/// never given to anyone. A merge overwrites whole extents, and damage with them.
extension World {
  /// - Source: The lost content as a full sync is *inferred*; vSAN returns an error to whoever reads.
  mutating func corruptReplica(_ index: Int, disk name: String, offset: ByteCount) {
    let machine = replications[index].machineIndex
    guard let disk = machines[machine].disks.firstIndex(where: { $0.name == name }),
      let object = object(of: .init(.base, disk: disk), index)
    else { return }
    let extent = Int(offset.bytes / replications[index].extentSizes[disk].bytes)
    let datastore = replications[index].datastore.index
    _ = datastores[datastore].vsan?.cluster.corrupt(extent: extent, of: object)
  }

  /// Extents of a replica's base disk are read with their checksums.
  mutating func readReplica(_ index: Int, disk: Int, where isRead: (Int) -> Bool) {
    guard let object = object(of: .init(.base, disk: disk), index) else { return }
    let datastore = replications[index].datastore.index
    datastores[datastore].vsan?.cluster.read(object, where: isRead)
    if datastores[datastore].vsan?.cluster.hasFindings == true { lookAgain(at: datastore) }
  }

  /// A merge into the base disks has overwritten whole extents, those that its logs hold.
  mutating func noteOverwritten(by merge: ReplicationTarget.Merge, _ index: Int) {
    let datastore = replications[index].datastore.index
    guard isOnVSAN(replications[index].datastore), merge.destination == nil else { return }
    for disk in replications[index].extentSizes.indices {
      guard let object = object(of: .init(.base, disk: disk), index),
        datastores[datastore].vsan?.cluster.isToldOfWrites(object) == true
      else { continue }
      let runs = replications[index].replica.runs(ofDisk: disk, inLevel: merge.source)
      datastores[datastore].vsan?.cluster.overwritten(object) { extent in
        runs.contains { $0.contains(extent) }
      }
      datastores[datastore].vsan?.cluster.written(runs, of: replications[index].extentSizes[disk], to: object)
    }
  }

  /// Acts on what checksums have found.
  mutating func handleFindings(on datastore: Int) throws(SimulationFailure) {
    let findings = datastores[datastore].vsan?.cluster.takeFindings() ?? []
    for finding in findings {
      for index in replications.indices where replications[index].datastore.index == datastore {
        guard let file = replications[index].placedFiles.first(where: { $0.object == finding.object }) else {
          continue
        }
        let machine = replications[index].machineIndex
        let detail = "extent \(finding.extent) of disk \(machines[machine].disks[file.name.disk].name)"
        if finding.isRepaired {
          note("vsan.extent-repaired", of: machine, detail: detail)
        } else {
          note("vsan.extent-lost", of: machine, detail: detail)
          // Disks of a recovered machine are the machine's own affair.
          guard replications[index].isActive else { break }
          try contentLost(index, disk: file.name.disk, extent: finding.extent)
        }
        break
      }
    }
  }

  /// An extent of a replica can be read nowhere any more.
  private mutating func contentLost(_ index: Int, disk: Int, extent: Int) throws(SimulationFailure) {
    try contentLost(index, [(disk, extent..<extent + 1)])
  }

  /// Extents of a replica can be read nowhere any more: it has no instance until a full sync has brought everything back.
  mutating func contentLost(
    _ index: Int, _ lost: [(disk: Int, extents: Range<Int>)]
  ) throws(SimulationFailure) {
    drawWrites(of: replications[index].machineIndex)
    cancelMerges(index)
    replications[index].test = nil
    try removeTestCopy(index)
    replications[index].hasLostContent = true
    replications[index].source.fullSyncRequested(at: now)
    let unsent = endSession(index) ?? .zero
    for (disk, extents) in lost { replications[index].replica.contentLost(extents: extents, ofDisk: disk) }
    replications[index].files?.replicaMadeAnew(
      bases: replications[index].replica.baseDisks,
      lastGeneration: replications[index].replica.lastGeneration)
    noteSpace(index)
    try sourceChanged(index, unsent: unsent)
  }
}
