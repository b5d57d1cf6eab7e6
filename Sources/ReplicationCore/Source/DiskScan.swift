import BlockStorage
import Quantities

/// The progress of one disk in a full sync at its source: which regions to compare, what to send.
///
/// Regions are taken in ascending order. A region that neither side has allocated is skipped, one that the target
/// has not is sent without comparing, any other is compared by checksum; of a region that differs, only the differing
/// extents are sent. Extents that the guest writes meanwhile are left to the delta that follows.
///
/// - Source: ESXi advanced settings `HBR.ChecksumRegionSize`, `HBR.ChecksumUseAllocInfo` and
///   `HBR.HbrOptimizeFullSync`.
struct DiskScan {
  /// What a region needs.
  private enum Need {
    /// Neither side holds anything but zeros there.
    case nothing
    /// The target holds nothing there.
    case sending
    case comparing
  }

  let disk: Int
  private let geometry: ExtentGeometry
  private let parameters: ReplicationParameters
  private let key: ComparisonKey
  /// Where the target holds data, in ascending runs; set before the first message is asked for.
  var targetAllocation: [Range<Int>] = []
  /// The extent where the next region begins.
  private var cursor = 0
  /// The first run of the target's allocation that does not end before `cursor`.
  private var allocationIndex = 0
  /// Extents that wait to be sent, in the order in which they are sent; those before `sentPieceCount` were.
  private var pieces: [Range<Int>] = []
  private var sentPieceCount = 0
  /// How many extents each unanswered compare request covers, oldest first.
  private var comparing: [Int] = []
  /// Extents found to differ, those that were left to the delta not counted.
  private var sendingExtentCount = 0
  private var sentExtentCount = 0

  init(disk: Int, geometry: ExtentGeometry, parameters: ReplicationParameters, key: ComparisonKey) {
    self.key = key
    self.disk = disk
    self.geometry = geometry
    self.parameters = parameters
  }

  /// Whether everything was compared, answered and sent.
  var isDone: Bool {
    cursor == geometry.extentCount && comparing.isEmpty && sentPieceCount == pieces.count
  }

  var totalSize: ByteCount { geometry.nominalBytes(ofExtents: geometry.extentCount) }
  var checksummedSize: ByteCount { geometry.nominalBytes(ofExtents: cursor - comparing.reduce(0, +)) }
  var sendingSize: ByteCount { geometry.nominalBytes(ofExtents: sendingExtentCount) }
  var sentSize: ByteCount { geometry.nominalBytes(ofExtents: sentExtentCount) }

  /// Takes the answer to the oldest compare request of this disk.
  mutating func received(_ comparison: RegionComparison, reading source: some ReplicatedDisk) {
    comparing.removeFirst()
    for difference in comparison.differences {
      for (extent, theirs) in zip(difference.extents, difference.checksums)
      where source.checksum(ofRegion: extent..<extent + 1, key: key) != theirs {
        queue(extent..<extent + 1)
      }
    }
  }

  /// The next data or compare request, or `nil` while only an answer of the target can lead on.
  ///
  /// - Parameter mayCompare: Whether a further compare request may be under way.
  mutating func nextMessage(
    sequence: SyncSequence, mayCompare: Bool, tracker: ChangeTracker, reading source: some ReplicatedDisk
  ) -> SourceMessage? {
    while true {
      if let batch = nextBatch(tracker: tracker, reading: source) {
        return .fullSyncData(sequence: sequence, disk: disk, batch: batch)
      }
      guard cursor < geometry.extentCount else { return nil }
      let region = region(at: cursor)
      let need = need(of: region, reading: source)
      if need == .comparing && !mayCompare { return nil }
      let stretch = takeStretch(from: region, needing: need, reading: source)
      switch need {
      case .nothing: break
      case .sending: queueAllocated(stretch, reading: source)
      case .comparing:
        comparing.append(stretch.count)
        return .regionChecksums(request(for: stretch, reading: source))
      }
    }
  }

  // MARK: - Regions

  private func region(at extent: Int) -> Range<Int> {
    extent..<min(extent + parameters.checksumRegionExtents, geometry.extentCount)
  }

  /// A source that does not know its allocation finds by reading what it needs not send.
  private mutating func need(of region: Range<Int>, reading source: some ReplicatedDisk) -> Need {
    guard parameters.usesAllocationInformation, parameters.allocationKnowledge.isKnownAtTarget,
      !isAllocatedAtTarget(region)
    else { return .comparing }
    return source.isAllocated(region: region) ? .sending : .nothing
  }

  private mutating func isAllocatedAtTarget(_ region: Range<Int>) -> Bool {
    while allocationIndex < targetAllocation.count,
      targetAllocation[allocationIndex].upperBound <= region.lowerBound
    {
      allocationIndex += 1
    }
    return allocationIndex < targetAllocation.count
      && targetAllocation[allocationIndex].lowerBound < region.upperBound
  }

  /// Takes the regions from `first` on that have the same need, at most those of one compare request.
  private mutating func takeStretch(
    from first: Range<Int>, needing need: Need, reading source: some ReplicatedDisk
  ) -> Range<Int> {
    cursor = first.upperBound
    for _ in 1..<parameters.compareRequestRegions where cursor < geometry.extentCount {
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
      checksums: regions.map { source.checksum(ofRegion: $0, key: key) })
  }

  // MARK: - Sending

  private mutating func queueAllocated(_ extents: Range<Int>, reading source: some ReplicatedDisk) {
    var rest = extents
    while let run = source.nextAllocatedRun(in: rest) {
      queue(run)
      rest = run.upperBound..<extents.upperBound
    }
  }

  private mutating func queue(_ extents: Range<Int>) {
    sendingExtentCount += extents.count
    if sentPieceCount < pieces.count, let last = pieces.last, last.upperBound == extents.lowerBound {
      pieces[pieces.count - 1] = last.lowerBound..<extents.upperBound
    } else {
      pieces.append(extents)
    }
  }

  /// A batch filled with what waits and is not left to the delta, or `nil` if there is nothing.
  private mutating func nextBatch(tracker: ChangeTracker, reading source: some ReplicatedDisk) -> ExtentBatch?
  {
    let limit = parameters.chunkExtents(of: geometry)
    var batch = ExtentBatch(geometry: geometry)
    while batch.extentCount < limit, sentPieceCount < pieces.count {
      let waiting = pieces[sentPieceCount]
      guard let clean = nextRunToSend(in: waiting, tracker: tracker) else {
        leaveToDelta(waiting.count)
        dropWaiting(upTo: waiting.upperBound)
        continue
      }
      let end = min(clean.upperBound, clean.lowerBound + limit - batch.extentCount)
      batch.append(clean.lowerBound..<end, from: source)
      leaveToDelta(clean.lowerBound - waiting.lowerBound)
      dropWaiting(upTo: end)
    }
    sentExtentCount += batch.extentCount
    return batch.isEmpty ? nil : batch
  }

  private func nextRunToSend(in waiting: Range<Int>, tracker: ChangeTracker) -> Range<Int>? {
    parameters.optimizesFullSync ? tracker.dirty.nextClearRun(in: waiting) : waiting
  }

  private mutating func leaveToDelta(_ extentCount: Int) { sendingExtentCount -= extentCount }

  /// Shortens the first waiting piece to what lies at or after `extent`.
  private mutating func dropWaiting(upTo extent: Int) {
    let end = pieces[sentPieceCount].upperBound
    pieces[sentPieceCount] = extent..<end
    if extent == end { sentPieceCount += 1 }
    if sentPieceCount == pieces.count {
      pieces.removeAll(keepingCapacity: true)
      sentPieceCount = 0
    }
  }
}
