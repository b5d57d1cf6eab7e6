package import BlockStorage
package import Quantities

/// What became of a replica at failover.
package struct Promotion {
  /// The instance that the disks hold.
  package let instance: ReplicationTarget.Instance
  /// The disks, independent of everything else; the recovered machine runs from them.
  package let disks: [ExtentStore]
  /// Per disk whether the instance holds it; a disk added later is empty.
  package let isDiskInInstance: [Bool]
  /// What the consolidation reads from logs, the same as it writes to base disks: the more points in
  /// time lie between base disk and instance, the longer it takes.
  package let consolidationSize: ByteCount
  /// The logs that were merged, counted once for all disks.
  package let consolidatedLevels: Int
  /// Complete instances that are younger and therefore lost, oldest first.
  package let droppedInstances: [ReplicationTarget.Instance]
}

extension ReplicationTarget {
  /// Turns the replica into the disks of a recovered machine.
  ///
  /// The chain up to the instance is merged into the base disks at once; the driver lets the time pass that
  /// ``Promotion/consolidationSize`` takes before it uses the disks. A sync being received is dropped, merges
  /// under way are overtaken. From then on every message is refused as ``TargetRefusal/recovered``.
  ///
  /// - Parameter pointInTime: Of the instance; the newest if `nil`.
  package mutating func promote(pointInTime: Instant? = nil) throws(TargetRequestError) -> Promotion {
    try checkRequest()
    if let pointInTime, position(of: pointInTime) == nil,
      let index = preserved.firstIndex(where: { $0.images(at: pointInTime) != nil })
    {
      return promotePreserved(index, pointInTime: pointInTime)
    }
    let position = try requestedPosition(pointInTime)
    guard let record = record(at: position) else { throw .nothingRecoverable }
    var size = ByteCount.zero
    for level in levels[..<mergedCount(upTo: position)] {
      for (index, log) in level.logs.enumerated() {
        size += log.nominalBytes
        mergeIntoBase(log, ofDisk: index)
      }
    }
    let promotion = Promotion(
      instance: record.instance, disks: disks.map(\.base),
      isDiskInInstance: disks.indices.map { hasDisk($0, in: record.instance) }, consolidationSize: size,
      consolidatedLevels: position,
      droppedInstances: recoverablePositions.filter { $0 > position }.compactMap {
        self.record(at: $0)?.instance
      })
    becomeRecovered(holding: record)
    return promotion
  }

  private mutating func promotePreserved(_ index: Int, pointInTime: Instant) -> Promotion {
    let chain = preserved[index]
    let (record, merged, size) = chain.consolidate(to: pointInTime)
    let dropped = instances.filter { $0.pointInTime > pointInTime }
    // A disk that was added later is not in the chain.
    for index in chain.bases.indices {
      disks[index].base = chain.bases[index]
      disks[index].allocation = chain.allocations[index]
    }
    let promotion = Promotion(
      instance: record.instance, disks: disks.map(\.base),
      isDiskInInstance: disks.indices.map { hasDisk($0, in: record.instance) }, consolidationSize: size,
      consolidatedLevels: merged, droppedInstances: dropped)
    becomeRecovered(holding: record)
    return promotion
  }

  private mutating func becomeRecovered(holding record: InstanceRecord) {
    dropReception()
    for index in disks.indices { disks[index].fullSync = nil }
    runningMerges.removeAll()
    levels.removeAll()
    preserved.removeAll()
    baseRecord = record
    isBaseRetained = false
    storageShortage = nil
    lifecycle = .recovered
  }

  /// Whether the replica was promoted, so that it takes no more messages.
  package var isRecovered: Bool { lifecycle == .recovered }

  /// Ends the replication: its files are removed.
  ///
  /// - Returns: The base disks, which a later replication can use as seeds if the driver keeps them. What
  ///   logs held is not in them.
  package mutating func remove() throws(TargetRequestError) -> [ExtentStore] {
    guard lifecycle != .removed else { throw .notReplicating }
    guard testImage == nil else { throw .testImageInUse }
    let bases = disks.map(\.base)
    dropReception()
    for index in disks.indices { disks[index].fullSync = nil }
    runningMerges.removeAll()
    levels.removeAll()
    preserved.removeAll()
    baseRecord = nil
    isBaseRetained = false
    storageShortage = nil
    lifecycle = .removed
    return bases
  }
}
