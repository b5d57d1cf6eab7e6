package import BlockStorage
package import Quantities

/// What a replica takes on its datastore, in nominal bytes.
///
/// Descriptors of disks and of the group, a few hundred bytes each, are not counted; the listing has them.
package struct SpaceUse: Sendable, Hashable {
  /// The base disks, those left behind for points in time included.
  package var bases = ByteCount.zero
  /// Every redo log with its fixed part; one that is being merged counts until that is done.
  package var redoLogs = ByteCount.zero
  /// What merges under way add to their destinations.
  package var mergeGrowth = ByteCount.zero
  /// The configuration files of every instance.
  package var configuration = ByteCount.zero
  /// The logs of a test image's disks.
  package var testImage = ByteCount.zero

  package var total: ByteCount { bases + redoLogs + mergeGrowth + configuration + testImage }
}

extension ReplicationTarget {
  /// What the replica takes on its datastore now.
  package var spaceUse: SpaceUse {
    guard lifecycle != .removed else { return SpaceUse() }
    var use = SpaceUse()
    for index in disks.indices {
      use.bases += baseSize(ofDisk: index)
      if hasTopLog { use.redoLogs += topLogSize(ofDisk: index) }
    }
    for level in levels {
      for log in level.logs { use.redoLogs += parameters.redoLogSize(content: log.nominalBytes) }
    }
    for chain in preserved {
      use.bases += chain.baseSize
      for level in chain.levels {
        for log in level.logs { use.redoLogs += parameters.redoLogSize(content: log.nominalBytes) }
      }
    }
    for running in runningMerges { use.mergeGrowth += running.growth }
    use.configuration = parameters.configurationSize * UInt64(configurationCount)
    for image in testImage?.disks ?? [] {
      use.testImage += parameters.redoLogSize(content: image.writtenSize)
    }
    return use
  }

  /// The bytes of redo logs with content, complete or not, their fixed parts aside.
  package var redoSize: ByteCount {
    var size = ByteCount.zero
    for level in levels { for log in level.logs { size += log.nominalBytes } }
    for index in disks.indices { size += contentSize(ofTopLog: index) }
    return size
  }

  /// How much more space the replica takes at most when it takes the message.
  package func spaceNeeded(for message: SourceMessage) -> ByteCount {
    switch message {
    case .fullSyncBegan, .regionChecksums, .fullSyncEnded: return .zero
    case .fullSyncData(_, let index, let batch) where newestInstance == nil:
      guard let allocation = disks[index].allocation else { return .zero }
      let missing = batch.runs.reduce(0) { $0 + $1.count - allocation.count(in: $1) }
      return batch.geometry.nominalBytes(ofExtents: missing)
    case .fullSyncData(_, let index, let batch), .deltaData(_, let index, let batch):
      let content = contentSize(ofTopLog: index)
      let now = hasTopLog ? parameters.redoLogSize(content: content) : .zero
      return growth(from: now, to: parameters.redoLogSize(content: content + batch.nominalBytes))
    case .deltaEnded:
      // A new empty log per disk, and the files of the instance.
      return parameters.emptyRedoLogSize * UInt64(disks.count) + parameters.configurationSize
    }
  }

  /// How much the destination of a merge grows by; its source gives its space back at the end.
  ///
  /// - Precondition: The merge is ``nextMerge`` or under way.
  package func spaceNeeded(for merge: Merge) -> ByteCount {
    guard let upper = levels.firstIndex(where: { $0.number == merge.source }) else {
      preconditionFailure("a merge reads logs that exist")
    }
    return levels[upper].logs.indices.reduce(.zero) { $0 + mergeGrowth(ofDisk: $1, level: upper) }
  }

  /// How much one disk's destination grows by when the logs of a level are merged into what lies below.
  func mergeGrowth(ofDisk index: Int, level upper: Int) -> ByteCount {
    let log = levels[upper].logs[index]
    if upper > 0 {
      let lower = levels[upper - 1].logs[index]
      let size = lower.nominalBytes
      let added = log.geometry.nominalBytes(ofExtents: log.extentCount(missingIn: lower))
      return growth(
        from: parameters.redoLogSize(content: size), to: parameters.redoLogSize(content: size + added))
    }
    guard let allocation = disks[index].allocation else { return .zero }
    let missing = log.runs.reduce(0) { $0 + $1.count - allocation.count(in: $1) }
    return log.geometry.nominalBytes(ofExtents: missing)
  }

  /// The extents of a thin base disk that take space, or `nil` for a thick one.
  package func allocation(ofDisk index: Int) -> DirtyBitmap? { disks[index].allocation }

  /// A base disk on the datastore.
  func baseSize(ofDisk index: Int) -> ByteCount {
    let geometry = disks[index].base.geometry
    return disks[index].allocation.map { geometry.nominalBytes(ofExtents: $0.count) } ?? geometry.diskSize
  }

  /// Whether an empty or growing log waits on top of each disk: from the end of the first full sync on.
  var hasTopLog: Bool {
    guard lifecycle == .replicating else { return false }
    if case .delta = sync { return true }
    return newestInstance != nil
  }

  func topLogSize(ofDisk index: Int) -> ByteCount {
    parameters.redoLogSize(content: contentSize(ofTopLog: index))
  }

  /// What a full sync and the delta after it have brought to one log; what both brought counts twice.
  private func contentSize(ofTopLog index: Int) -> ByteCount {
    (disks[index].fullSync?.nominalBytes ?? .zero) + (disks[index].incoming?.nominalBytes ?? .zero)
  }

  /// The number of ``recordsWithFiles``, without making a list for every message.
  var configurationCount: Int {
    var count = preserved.reduce(0) { $0 + $1.retainedRecords.count }
    for position in 0...levels.count where isListed(at: position) { count += 1 }
    guard let testImage else { return count }
    let isTestedListed =
      testImage.position <= levels.count && isListed(at: testImage.position)
      && record(at: testImage.position) == testImage.record
    return isTestedListed ? count : count + 1
  }

  /// Whether an instance at a position of the chain can be recovered.
  private func isListed(at position: Int) -> Bool {
    (position == levels.count || isRetained(at: position)) && (position > 0 || baseRecord != nil)
  }

  /// The instances whose configuration files exist: those that can be recovered or lie below a test image.
  var recordsWithFiles: [InstanceRecord] {
    let tested = testImage?.record
    let records = instanceRecords
    guard let tested, !records.contains(tested) else { return records }
    return [tested] + records
  }

  /// The most that the replica ever took in total.
  package var spaceUsePeak: ByteCount { max(notedSpaceUse, spaceUse.total) }

  /// To be called after what takes space and before what gives space back, since a test image grows unseen.
  mutating func noteSpaceUse() { notedSpaceUse = max(notedSpaceUse, spaceUse.total) }

  private func growth(from old: ByteCount, to new: ByteCount) -> ByteCount { new > old ? new - old : .zero }
}

extension RedoLog {
  /// How many extents of this complete log another one does not hold.
  fileprivate func extentCount(missingIn other: RedoLog) -> Int {
    var missing = extentCount
    let (mine, theirs) = (runs, other.runs)
    var index = 0
    for run in mine {
      while index < theirs.count, theirs[index].upperBound <= run.lowerBound { index += 1 }
      var candidate = index
      while candidate < theirs.count, theirs[candidate].lowerBound < run.upperBound {
        missing -= theirs[candidate].clamped(to: run).count
        candidate += 1
      }
    }
    return missing
  }
}
