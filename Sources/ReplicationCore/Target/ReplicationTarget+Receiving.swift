import BlockStorage

extension ReplicationTarget {
  mutating func keepFullSync() {
    for index in disks.indices {
      guard var log = disks[index].incoming else { continue }
      disks[index].incoming = nil
      log.seal()
      if disks[index].fullSync == nil {
        disks[index].fullSync = log
      } else {
        disks[index].fullSync?.formOverlay(log)
      }
    }
  }

  mutating func beginDelta(_ sequence: SyncSequence) {
    switch sync {
    case .none: sync = .delta(sequence: sequence)
    case .delta(sequence): break
    case .delta, .fullSync: preconditionFailure("a sync begins after the one before it has ended")
    }
  }

  mutating func append(_ batch: ExtentBatch, toDisk index: Int) {
    // Taken out while it grows, so that it stays the only owner of its memory.
    var log = disks[index].incoming.take() ?? newLog(ofDisk: index)
    log.append(batch)
    disks[index].incoming = log
  }

  private func newLog(ofDisk index: Int) -> RedoLog {
    let geometry = disks[index].base.geometry
    guard let volume = disks[index].lastVolume else { return RedoLog(geometry: geometry) }
    return RedoLog(geometry: geometry, expecting: volume)
  }

  /// The logs above the base of a disk that stay, oldest first.
  private func logs(ofDisk index: Int) -> [RedoLog] {
    levels.map { $0.logs[index] } + (disks[index].fullSync.map { [$0] } ?? [])
  }

  func allocatedRuns(ofDisk index: Int) -> [Range<Int>] {
    var allocated = allocatedExtents(of: disks[index].base)
    // A log may allocate what the base does not: an extent too many costs a comparison, one missing
    // would leave stale content.
    for log in logs(ofDisk: index) {
      for run in log.runs { allocated.mark(run) }
    }
    var runs: [Range<Int>] = []
    allocated.forEachRun { runs.append($0) }
    return runs
  }

  func comparisonKey(seed: UInt128) -> ComparisonKey {
    ComparisonKey(seed: seed, payloadWidth: disks.map(\.base.geometry.payloadWidth).max() ?? 0)
  }

  func compare(_ request: CompareRequest, key: ComparisonKey) -> RegionComparison {
    let image = ReplicaImage(base: disks[request.disk].base, logs: logs(ofDisk: request.disk))
    func checksum(_ extents: Range<Int>) -> RegionChecksum { image.checksum(ofRegion: extents, key: key) }
    let differences = zip(request.regions, request.checksums).compactMap { region, theirs in
      checksum(region) == theirs
        ? nil
        : RegionComparison.Difference(
          extents: region, checksums: region.map { checksum($0..<$0 + 1) })
    }
    return RegionComparison(disk: request.disk, differences: differences)
  }
}

/// The extents that hold anything but zeros.
func allocatedExtents(of base: ExtentStore) -> DirtyBitmap {
  var allocated = DirtyBitmap(geometry: base.geometry)
  var rest = 0..<base.geometry.extentCount
  while let run = base.nextAllocatedRun(in: rest) {
    allocated.mark(run)
    rest = run.upperBound..<rest.upperBound
  }
  return allocated
}
