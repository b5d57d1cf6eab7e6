import BlockStorage
import Quantities

/// The progress of one full sync at its source: which regions to compare, what to send.
///
/// Regions are taken in ascending order, disk after disk. A region that neither side has allocated is
/// skipped, one that only the source has is sent without comparing, any other is compared by checksum;
/// of a region that differs, only the differing extents are sent. Extents that the guest writes
/// meanwhile are left to the delta that follows.
///
/// - Source: ESXi advanced settings `HBR.ChecksumRegionSize`, `HBR.ChecksumUseAllocInfo` and
///   `HBR.HbrOptimizeFullSync`.
struct FullSyncScan {
  /// What a region needs.
  private enum Need {
    /// Neither side holds anything but zeros there.
    case nothing
    /// Only the source holds something there.
    case sending
    case comparing
  }

  /// Consecutive extents that wait to be sent.
  private struct Piece {
    let disk: Int
    var extents: Range<Int>
  }

  private let geometries: [ExtentGeometry]
  private let parameters: ReplicationParameters
  /// Where the target holds data, per disk in ascending runs; `nil` until it has answered.
  private var targetAllocation: [[Range<Int>]]?
  /// The disk and the extent where the next region begins.
  private var disk = 0
  private var cursor = 0
  /// The first run of the target's allocation that does not end before `cursor`.
  private var allocationIndex = 0
  /// In the order in which they are sent; those before `sentPieceCount` were.
  private var pieces: [Piece] = []
  private var sentPieceCount = 0
  private var comparesInFlight = 0

  init(geometries: [ExtentGeometry], parameters: ReplicationParameters) {
    self.geometries = geometries
    self.parameters = parameters
  }

  /// Whether everything was compared, answered and sent.
  var isDone: Bool {
    targetAllocation != nil && disk == geometries.count && comparesInFlight == 0
      && sentPieceCount == pieces.count
  }

  mutating func targetReady(allocated: [[Range<Int>]]) { targetAllocation = allocated }

  /// Takes the answer to the oldest compare request.
  mutating func received(_ comparison: RegionComparison, reading disks: [some ReplicatedDisk]) {
    comparesInFlight -= 1
    let source = disks[comparison.disk]
    for difference in comparison.differences {
      for (extent, theirs) in zip(difference.extents, difference.checksums)
      where source.checksum(ofRegion: extent..<extent + 1) != theirs {
        queue(extent..<extent + 1, of: comparison.disk)
      }
    }
  }

  /// The next data or compare request, or `nil` while only an answer of the target can lead on.
  ///
  /// - Parameter trackers: Of the disks; what is dirty there is left to the delta.
  mutating func nextMessage(
    sequence: SyncSequence, trackers: [ChangeTracker], reading disks: [some ReplicatedDisk]
  ) -> SourceMessage? {
    guard targetAllocation != nil else { return nil }
    while true {
      if let data = nextData(sequence: sequence, trackers: trackers, reading: disks) { return data }
      guard let region = nextRegion() else { return nil }
      let need = need(of: region, reading: disks[disk])
      if need == .comparing && comparesInFlight == parameters.compareRequestsInFlight { return nil }
      let stretch = takeStretch(from: region, needing: need, reading: disks[disk])
      switch need {
      case .nothing: break
      case .sending: queueAllocated(stretch, reading: disks[disk])
      case .comparing:
        comparesInFlight += 1
        return .regionChecksums(request(for: stretch, reading: disks[disk]))
      }
    }
  }

  // MARK: - Regions

  /// The region at the cursor, which moves on to the next disk at the end of one; `nil` after the last.
  private mutating func nextRegion() -> Range<Int>? {
    while disk < geometries.count, cursor == geometries[disk].extentCount {
      disk += 1
      cursor = 0
      allocationIndex = 0
    }
    return disk < geometries.count ? region(at: cursor) : nil
  }

  private func region(at extent: Int) -> Range<Int> {
    extent..<min(extent + parameters.checksumRegionExtents, geometries[disk].extentCount)
  }

  private mutating func need(of region: Range<Int>, reading source: some ReplicatedDisk) -> Need {
    if !parameters.usesAllocationInformation || isAllocatedAtTarget(region) { return .comparing }
    return source.isAllocated(region: region) ? .sending : .nothing
  }

  private mutating func isAllocatedAtTarget(_ region: Range<Int>) -> Bool {
    guard let runs = targetAllocation?[disk] else { return true }
    while allocationIndex < runs.count, runs[allocationIndex].upperBound <= region.lowerBound {
      allocationIndex += 1
    }
    return allocationIndex < runs.count && runs[allocationIndex].lowerBound < region.upperBound
  }

  /// Takes the regions from `first` on that have the same need, at most those of one compare request.
  private mutating func takeStretch(
    from first: Range<Int>, needing need: Need, reading source: some ReplicatedDisk
  ) -> Range<Int> {
    cursor = first.upperBound
    for _ in 1..<parameters.compareRequestRegions where cursor < geometries[disk].extentCount {
      let next = region(at: cursor)
      guard self.need(of: next, reading: source) == need else { break }
      cursor = next.upperBound
    }
    return first.lowerBound..<cursor
  }

  private func request(for stretch: Range<Int>, reading source: some ReplicatedDisk) -> CompareRequest {
    let regions = CompareRequest.regions(of: stretch, size: parameters.checksumRegionExtents)
    return CompareRequest(
      disk: disk, extents: stretch, regionExtents: parameters.checksumRegionExtents,
      checksums: regions.map { source.checksum(ofRegion: $0) })
  }

  // MARK: - Sending

  private mutating func queueAllocated(_ extents: Range<Int>, reading source: some ReplicatedDisk) {
    var rest = extents
    while let run = source.nextAllocatedRun(in: rest) {
      queue(run, of: disk)
      rest = run.upperBound..<extents.upperBound
    }
  }

  private mutating func queue(_ extents: Range<Int>, of disk: Int) {
    if sentPieceCount < pieces.count, let last = pieces.last, last.disk == disk,
      last.extents.upperBound == extents.lowerBound
    {
      pieces[pieces.count - 1].extents = last.extents.lowerBound..<extents.upperBound
    } else {
      pieces.append(Piece(disk: disk, extents: extents))
    }
  }

  /// A message filled with what waits of one disk and is not dirty, or `nil` if there is nothing.
  private mutating func nextData(
    sequence: SyncSequence, trackers: [ChangeTracker], reading disks: [some ReplicatedDisk]
  ) -> SourceMessage? {
    while sentPieceCount < pieces.count {
      let disk = pieces[sentPieceCount].disk
      let limit = parameters.chunkExtents(of: geometries[disk])
      var batch = ExtentBatch(geometry: geometries[disk])
      while batch.extentCount < limit, sentPieceCount < pieces.count, pieces[sentPieceCount].disk == disk {
        let waiting = pieces[sentPieceCount].extents
        guard let clean = trackers[disk].dirty.nextClearRun(in: waiting) else {
          dropWaiting(upTo: waiting.upperBound)
          continue
        }
        let end = min(clean.upperBound, clean.lowerBound + limit - batch.extentCount)
        batch.append(clean.lowerBound..<end, from: disks[disk])
        dropWaiting(upTo: end)
      }
      if !batch.isEmpty { return .fullSyncData(sequence: sequence, disk: disk, batch: batch) }
    }
    return nil
  }

  /// Shortens the first waiting piece to what lies at or after `extent`.
  private mutating func dropWaiting(upTo extent: Int) {
    let end = pieces[sentPieceCount].extents.upperBound
    pieces[sentPieceCount].extents = extent..<end
    if extent == end { sentPieceCount += 1 }
    if sentPieceCount == pieces.count {
      pieces.removeAll(keepingCapacity: true)
      sentPieceCount = 0
    }
  }
}
