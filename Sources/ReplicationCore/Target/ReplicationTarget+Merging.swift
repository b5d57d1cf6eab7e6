import BlockStorage
package import Quantities

extension ReplicationTarget {
  /// A merge of the logs of one level into what lies below, on all disks.
  package struct Merge: Sendable, Hashable {
    /// The logs that are read and then removed.
    package let source: UInt64
    /// The logs that are written, or `nil` for the base disks.
    package let destination: UInt64?
    /// What is read from the source, the same as is written to the destination.
    package let size: ByteCount
  }

  struct RunningMerge {
    let merge: Merge
    /// What the destination of each disk grows by; counted from the start.
    var growths: [ByteCount]

    var growth: ByteCount { growths.reduce(.zero, +) }
  }

  // MARK: - Choosing

  /// The merge to begin next, or `nil` if there is none or enough are running.
  ///
  /// An instance that is neither kept nor the latest is taken out of the chain by merging the logs above it
  /// into its own, or into the base disks if it is theirs; the oldest comes first. Of instances in a row the
  /// oldest takes in the others one after the other, so that nothing is copied upwards. What a
  /// test image lies over is not written.
  ///
  /// - Source: During a test failover each new log is merged into the first one above the base disk
  ///   (virtuallyhyper.com, 2012). That logs between points in time are merged the same way, upper into lower,
  ///   is inferred.
  package var nextMerge: Merge? {
    guard !levels.isEmpty, runningMerges.count < parameters.concurrentMerges, canAct else { return nil }
    let firstWritable = testImage.map { $0.position + 1 } ?? 0
    var isRowBelow = false
    for position in firstWritable..<max(firstWritable, levels.count) {
      // Only the first of a row is merged into.
      defer { isRowBelow = !isRetained(at: position) }
      guard !isRetained(at: position), !isRowBelow else { continue }
      let merge = merge(into: position)
      let isBusy = runningMerges.contains {
        $0.merge.source == merge.source || $0.merge.source == merge.destination
          || $0.merge.destination == merge.source || $0.merge.destination == merge.destination
      }
      if !isBusy { return merge }
    }
    return nil
  }

  private func merge(into position: Int) -> Merge {
    Merge(
      source: levels[position].number, destination: position == 0 ? nil : levels[position - 1].number,
      size: levels[position].logs.reduce(.zero) { $0 + $1.nominalBytes })
  }

  /// Whether the server runs, reaches the datastore and still owns the replica.
  package var canAct: Bool { lifecycle == .replicating && isServerRunning && isHostAccessible }

  /// The merges that were begun and are not completed.
  package var mergesInProgress: [Merge] { runningMerges.map(\.merge) }

  // MARK: - Doing

  /// Begins a merge, which runs beside everything else, the next delta included.
  ///
  /// Until it is completed, its logs and what its destination grows by both take space.
  ///
  /// - Precondition: It is ``nextMerge``.
  package mutating func mergeBegan(_ merge: Merge) {
    precondition(merge == nextMerge, "merges begin in order")
    guard let upper = levels.firstIndex(where: { $0.number == merge.source }) else {
      preconditionFailure("a merge reads logs that exist")
    }
    let growths = levels[upper].logs.indices.map { mergeGrowth(ofDisk: $0, level: upper) }
    runningMerges.append(RunningMerge(merge: merge, growths: growths))
    noteSpaceUse()
  }

  /// A merge has read and written everything: its logs are removed.
  ///
  /// - Precondition: It was begun and not interrupted since.
  package mutating func mergeCompleted(_ merge: Merge) {
    guard let index = runningMerges.firstIndex(where: { $0.merge == merge }),
      let upper = levels.firstIndex(where: { $0.number == merge.source })
    else { preconditionFailure("a merge is completed that runs") }
    if testImage != nil { noteSpaceUse() }
    runningMerges.remove(at: index)
    let level = levels.remove(at: upper)
    if upper == 0 {
      for (index, log) in level.logs.enumerated() { mergeIntoBase(log, ofDisk: index) }
      baseRecord = level.record
      isBaseRetained = level.isRetained
    } else {
      let lower = upper - 1
      for (index, log) in level.logs.enumerated() {
        levels[lower].logs[index].formOverlay(log)
        levels[lower].changes[index] = levels[lower].changes[index] + level.changes[index]
      }
      levels[lower].record = level.record
      levels[lower].isRetained = level.isRetained
    }
    // A merge that ran when a test began can end below its image, whose content it does not change.
    if let position = testImage?.position, position > upper { testImage?.position = position - 1 }
  }

  mutating func mergeIntoBase(_ log: RedoLog, ofDisk index: Int) {
    if disks[index].allocation != nil {
      for run in log.runs { disks[index].allocation?.mark(run) }
    }
    log.merge(into: disks[index].base)
    if planted.contains(.wrongExtentMerged) { spill(log, ofDisk: index) }
  }

  /// A merge stopped in its midst: it starts over when it is begun again, and nothing is lost.
  ///
  /// What it had written stays written. Nobody can recover the destination's instance any more, and the source's
  /// logs cover every extent written.
  ///
  /// - Parameter written: What it had written by then, whole extents of one disk after the other, ascending.
  /// - Precondition: It was begun.
  package mutating func mergeInterrupted(_ merge: Merge, written: ByteCount) {
    guard let index = runningMerges.firstIndex(where: { $0.merge == merge }),
      let upper = levels.firstIndex(where: { $0.number == merge.source })
    else { preconditionFailure("a merge is interrupted that runs") }
    runningMerges.remove(at: index)
    var rest = written
    for index in disks.indices where rest > .zero {
      let log = levels[upper].logs[index]
      let part = log.prefix(extentCount: Int(rest.bytes / log.geometry.extentSize.bytes))
      rest = rest > part.nominalBytes ? rest - part.nominalBytes : .zero
      if upper == 0 {
        mergeIntoBase(part, ofDisk: index)
      } else {
        levels[upper - 1].logs[index].formOverlay(part)
      }
      // Either log now changes something else in what lies below it.
      for position in max(0, upper - 1)...upper {
        levels[position].changes[index] = levels[position].logs[index].digestChange(
          over: disks[index].base, through: levels[..<position].map { $0.logs[index] })
      }
    }
    noteSpaceUse()
  }

  // MARK: - One merge at a time

  /// What the merge under way, or else the next one, reads and writes; `nil` if there is none.
  package var nextMergeSize: ByteCount? { (runningMerges.first?.merge ?? nextMerge)?.size }

  /// Completes the merge of ``nextMergeSize``, for drivers that run one at a time and only wait for it.
  ///
  /// - Precondition: There is one.
  package mutating func mergeOldestInstance() {
    if let running = runningMerges.first { return mergeCompleted(running.merge) }
    guard let merge = nextMerge else { preconditionFailure("only a complete instance is merged") }
    mergeBegan(merge)
    mergeCompleted(merge)
  }
}

extension RedoLog {
  /// A complete log of the first extents of this one.
  fileprivate func prefix(extentCount: Int) -> RedoLog {
    var batch = ExtentBatch(geometry: geometry)
    var rest = extentCount
    for run in runs {
      for extent in run.prefix(rest) {
        guard let payload = payload(of: extent) else { preconditionFailure("a log holds its runs") }
        batch.append(extent..<extent + 1, payloads: payload.span.bytes)
      }
      rest = max(0, rest - run.count)
    }
    var log = RedoLog(geometry: geometry)
    log.append(batch)
    log.seal()
    return log
  }
}
