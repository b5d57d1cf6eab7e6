import BlockStorage

/// What the target does wrong where a defect is planted.
extension ReplicationTarget {
  /// Merges what an incomplete instance brought.
  mutating func mergeIncomplete() {
    for index in disks.indices {
      guard var log = disks[index].incoming else { continue }
      log.seal()
      log.merge(into: disks[index].base)
    }
  }

  /// Writes the first extent of a log once more, behind its first run.
  func spill(_ log: RedoLog, ofDisk index: Int) {
    let base = disks[index].base
    guard let run = log.runs.first, run.upperBound < base.geometry.extentCount else { return }
    base.fill(run.upperBound..<run.upperBound + 1, tag: base.tag(of: run.lowerBound))
  }

  /// How many logs an instance at a position of the chain is read through: all of them, unless the last one is forgotten.
  func mergedCount(upTo position: Int) -> Int {
    planted.contains(.lastMergeSkipped) ? max(0, position - 1) : position
  }
}
