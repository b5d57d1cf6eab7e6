import BlockStorage
import Quantities

/// The base disks and redo logs of a replica as its files show them, verified: what a target goes on from.
package struct ReplicaChain {
  let bases: [ExtentStore]
  /// The logs above the base disks, oldest first.
  let levels: [ReplicationTarget.Level]
  let baseRecord: ReplicationTarget.InstanceRecord?
  let isBaseRetained: Bool
  /// Per disk what full syncs brought that no instance stands on yet.
  let fullSync: [RedoLog?]
  let lastGeneration: UInt64
}

extension ReplicationTarget {
  /// The target that wrote the files, after its server or the datastore stopped at any moment.
  ///
  /// Complete instances, and what a full sync brought that was accepted, are there; what was being received is
  /// not. Messages are refused until the driver has ended the source's session (``connectionLost()``), since
  /// the source cannot know what was lost.
  package init(restoring chain: ReplicaChain, parameters: TargetParameters = TargetParameters()) {
    self.init(bases: chain.bases, parameters: parameters)
    levels = chain.levels
    baseRecord = chain.baseRecord
    isBaseRetained = chain.isBaseRetained
    lastGeneration = chain.lastGeneration
    for index in disks.indices { disks[index].fullSync = chain.fullSync[index] }
    isSessionLost = true
    noteSpaceUse()
  }

  /// Per disk the digest of the instance at a position of the chain, relative to no image.
  func digests(at position: Int) -> [UInt64] {
    disks.indices.map { index in
      levels[..<position].reduce(disks[index].base.digest(relativeTo: .empty)) {
        $0 + $1.changes[index]
      }.change.sum
    }
  }
}
