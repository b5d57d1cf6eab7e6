package import BlockStorage

extension ReplicaFiles {
  // MARK: Merging

  /// Merges the logs of the oldest level into the base disks, durably.
  ///
  /// It can be done again after a crash in its midst. The logs are removed with the next descriptor.
  package func mergeIntoBases(_ number: UInt64) throws(Failure) {
    try changing { () throws(Failure) in
      precondition(levels.first?.number == number, "only the oldest level lies on the base disks")
      let level = levels.removeFirst()
      for (index, logs) in level.logs.enumerated() {
        for entry in logs {
          obsolete.append(entry.name)
          if entry.log.phase == .merged { continue }
          do throws(RedoLogMergeError<Folder.Failure, Folder.Failure>) {
            try entry.log.merge(into: bases[index])
          } catch {
            switch error {
            case .log(let failure): throw Self.failure(of: entry.name, failure)
            case .base(let failure): throw .storage(failure)
            }
          }
        }
      }
    }
  }

  /// Makes new logs of those of two neighbouring levels, in place of those of the lower one.
  ///
  /// They count, and the logs they were made of are removed, with the next descriptor.
  package func merge(
    _ upper: UInt64, into lower: UInt64, instance: LoggedInstance, generation: UInt64
  ) throws(Failure) {
    try changing { () throws(Failure) in
      guard let position = levels.firstIndex(where: { $0.number == lower }),
        levels.indices.contains(position + 1), levels[position + 1].number == upper
      else { preconditionFailure("neighbouring levels are merged") }
      for index in bases.indices {
        let logs = levels[position].logs[index] + levels[position + 1].logs[index]
        obsolete += logs.map(\.name)
        guard let merged = try merged(logs) else {
          levels[position].logs[index] = []
          continue
        }
        let name = "\(names.log(lower, ofDisk: index)).merged\(generation)-delta.vmdk"
        var entry = try createLog(name, ofDisk: index)
        let copy = RedoLogCopy(into: entry.log)
        try using(name) { () throws(Log.Failure) in
          try merged.merge(into: copy)
          try copy.finish()
          try entry.log.commit(instance)
        }
        entry.sequence = instance.sequence
        levels[position].logs[index] = [entry]
      }
      levels.remove(at: position + 1)
    }
  }

  /// What several committed logs, oldest first, make of a disk; `nil` if they hold nothing.
  func merged(_ logs: [NamedLog]) throws(Failure) -> RedoLog? {
    var result: RedoLog?
    for entry in logs where entry.log.phase != .merged {
      let log = try using(entry.name) { () throws(Log.Failure) in try entry.log.load() }
      if result == nil { result = log } else { result?.formOverlay(log) }
    }
    return result
  }
}
