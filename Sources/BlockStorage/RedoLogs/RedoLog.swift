package import Quantities

/// The extents received for one instance on one disk, kept beside the base disk until they are merged.
///
/// Batches are appended as they arrive; of an extent received twice the later payload counts. ``seal()``
/// declares the log complete. Only a complete log is read through, digested or merged: an
/// incomplete redo log is never recoverable.
///
///     var log = RedoLog(geometry: base.geometry)
///     log.append(batch)
///     log.seal()
///     let digest = base.digest + log.digestChange(over: base)  // before the base is touched
///     log.merge(into: base)
///
/// It is a value whose memory is one row of payloads in order of arrival and one list of runs. A
/// sender walks its bitmap upwards, so the list is in order as it arrives, and only where it is not does
/// sealing sort it.
package struct RedoLog: Sendable {
  /// A run of extents and where its payloads begin, in extents from the start of the row.
  struct Segment: Sendable {
    var extents: Range<Int>
    var payloadIndex: Int
  }

  package let geometry: ExtentGeometry
  /// Whether the log holds all extents of its instance.
  package private(set) var isComplete = false
  /// Payloads received, repeated extents counted each time.
  package private(set) var appendedExtentCount = 0

  /// In order of arrival while that is ascending and, once sealed, always: ascending and disjoint.
  private(set) var segments: [Segment] = []
  private(set) var payloads: [UInt8] = []
  /// The extents received, kept from the first run out of order on until the segments are sorted.
  private var received: DirtyBitmap?

  package init(geometry: ExtentGeometry) { self.geometry = geometry }

  /// What a log's lists hold.
  package struct Volume: Sendable, Hashable {
    let runCount: Int
    let byteCount: Int
  }

  /// An empty log with memory for a volume: that of the one before it, since what changes in one interval often does in the next.
  package init(geometry: ExtentGeometry, expecting volume: Volume) {
    self.geometry = geometry
    segments.reserveCapacity(volume.runCount)
    payloads.reserveCapacity(volume.byteCount)
  }

  package var volume: Volume { Volume(runCount: segments.count, byteCount: payloads.count) }

  /// The number of different extents in the log.
  package var extentCount: Int { received?.count ?? payloads.count / geometry.payloadWidth }

  /// What was written to the log's datastore while it filled.
  package var nominalBytesAppended: ByteCount { geometry.nominalBytes(ofExtents: appendedExtentCount) }

  /// What a merge reads from the log and writes to the base.
  package var nominalBytes: ByteCount { geometry.nominalBytes(ofExtents: extentCount) }

  /// Bytes of memory held, whether used or kept for reuse.
  package var allocatedBytes: Int {
    payloads.capacity + segments.capacity * MemoryLayout<Segment>.stride
      + (received?.allocatedBytes ?? 0)
  }

  /// The extents of a complete log, ascending.
  package var runs: [Range<Int>] {
    precondition(isComplete, "an incomplete redo log is never read through")
    return segments.map(\.extents)
  }

  // MARK: Filling

  /// Stores a batch that was received.
  ///
  /// - Precondition: The log is not complete; the batch is of the log's geometry.
  package mutating func append(_ batch: ExtentBatch) {
    precondition(!isComplete, "a complete redo log takes no more extents")
    precondition(batch.geometry == geometry, "a redo log takes extents of its geometry")
    var payloadIndex = payloads.count / geometry.payloadWidth
    payloads.append(contentsOf: batch.payloads)
    for run in batch.runs {
      append(run, payloadIndex: payloadIndex)
      payloadIndex += run.count
    }
    appendedExtentCount += batch.extentCount
  }

  private mutating func append(_ run: Range<Int>, payloadIndex: Int) {
    if received != nil {
      received?.mark(run)
    } else if let last = segments.indices.last {
      let end = segments[last].extents.upperBound
      if run.lowerBound < end {
        // The first run out of order: from here on only a bitmap knows which extents are new.
        var bitmap = DirtyBitmap(geometry: geometry)
        for segment in segments { bitmap.mark(segment.extents) }
        bitmap.mark(run)
        received = bitmap
      } else if run.lowerBound == end
        && segments[last].payloadIndex + segments[last].extents.count == payloadIndex
      {
        segments[last].extents = segments[last].extents.lowerBound..<run.upperBound
        return
      }
    }
    segments.append(Segment(extents: run, payloadIndex: payloadIndex))
  }

  /// Declares the log complete: it holds every extent of its instance.
  ///
  /// - Precondition: It was not declared so before.
  package mutating func seal() {
    precondition(!isComplete, "a redo log is completed once")
    sortSegments()
    isComplete = true
  }

  /// Brings the segments into ascending order without overlap, the payload received last winning.
  private mutating func sortSegments() {
    guard let received else { return }
    let storedCount = payloads.count / geometry.payloadWidth
    if received.count < storedCount { dropReplacedSegments() }
    segments.sort { $0.extents.lowerBound < $1.extents.lowerBound }
    if received.count < storedCount { compactPayloads() }
    self.received = nil
  }

  /// Cuts from every segment what a later one replaces.
  private mutating func dropReplacedSegments() {
    var seen = DirtyBitmap(geometry: geometry)
    var kept: [Segment] = []
    for segment in segments.reversed() {
      var rest = segment.extents
      while let run = seen.nextClearRun(in: rest) {
        let skipped = run.lowerBound - segment.extents.lowerBound
        kept.append(Segment(extents: run, payloadIndex: segment.payloadIndex + skipped))
        rest = run.upperBound..<rest.upperBound
      }
      seen.mark(segment.extents)
    }
    segments = kept
  }

  /// Rewrites the row of payloads in the order of the segments, without those that no segment uses.
  private mutating func compactPayloads() {
    let width = geometry.payloadWidth
    var compacted: [UInt8] = []
    compacted.reserveCapacity(extentCount * width)
    for index in segments.indices {
      let start = segments[index].payloadIndex * width
      segments[index].payloadIndex = compacted.count / width
      compacted.append(contentsOf: payloads[start..<start + segments[index].extents.count * width])
    }
    payloads = compacted
  }

  /// Takes in a younger log: the result is what both make of a base, one after the other.
  ///
  /// This is how a chain is shortened (a point in time expires) and how the delta that follows a full
  /// sync joins it. ``appendedExtentCount`` adds up.
  ///
  /// - Precondition: Both are complete and of one geometry.
  /// - Complexity: O(*n* log *n*) in the runs, O(*m*) in the extents of both.
  package mutating func formOverlay(_ younger: RedoLog) {
    precondition(isComplete && younger.isComplete, "an incomplete redo log is never merged")
    precondition(geometry == younger.geometry, "redo logs of one disk are overlaid")
    let ownCount = payloads.count / geometry.payloadWidth
    payloads.append(contentsOf: younger.payloads)
    for segment in younger.segments {
      append(segment.extents, payloadIndex: ownCount + segment.payloadIndex)
    }
    appendedExtentCount += younger.appendedExtentCount
    sortSegments()
  }

  // MARK: Using

  /// Whether the complete log holds the extent.
  package func contains(extent: Int) -> Bool { segmentIndex(at: extent) != nil }

  /// The payload of the extent, `nil` if the complete log does not hold it.
  package func payload(of extent: Int) -> [UInt8]? {
    guard let index = segmentIndex(at: extent) else { return nil }
    let width = geometry.payloadWidth
    let segment = segments[index]
    let start = (segment.payloadIndex + extent - segment.extents.lowerBound) * width
    return Array(payloads[start..<start + width])
  }

  /// Writes the log's extents to `base`.
  ///
  /// Doing it twice, as after a crash in its midst, gives the same.
  ///
  /// - Precondition: The log is complete and of the geometry of `base`.
  package func merge<Base: ExtentWriting & ~Copyable>(
    into base: borrowing Base
  ) throws(Base.WriteFailure) {
    precondition(isComplete, "an incomplete redo log is never merged")
    precondition(base.geometry == geometry, "a redo log is merged into a disk of its geometry")
    let width = geometry.payloadWidth
    let bytes = payloads.span.bytes
    let runs = segments.map { $0.extents }
    for group in stride(from: 0, to: segments.count, by: prefetchedRunCount) {
      let indices = group..<min(group + prefetchedRunCount, segments.count)
      base.prefetch(runs.span.extracting(indices))
      for index in indices {
        let start = segments[index].payloadIndex * width
        let byteCount = runs[index].count * width
        try base.write(runs[index], payloads: bytes.extracting(start..<start + byteCount))
      }
    }
  }

  /// What the log changes in the digest of the disk below it, computed from what both really store.
  ///
  /// - Parameter olderLogs: Complete logs between `base` and this one, oldest first.
  /// - Precondition: The log is complete.
  package func digestChange(
    over base: ExtentStore, through olderLogs: [RedoLog] = []
  ) -> ContentDigest.Change {
    precondition(isComplete, "an incomplete redo log has no digest")
    precondition(base.geometry == geometry, "a redo log lies over a disk of its geometry")
    let width = geometry.payloadWidth
    var sum: UInt64 = 0
    payloads.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      for segment in segments {
        sum &+= ExtentContribution.sum(
          of: start + segment.payloadIndex * width, width: width, extents: segment.extents)
      }
    }
    if olderLogs.isEmpty {
      let runs = segments.map { $0.extents }
      for group in stride(from: 0, to: segments.count, by: prefetchedRunCount) {
        let indices = group..<min(group + prefetchedRunCount, segments.count)
        base.prefetch(runs.span.extracting(indices))
        for index in indices { sum &-= base.digestSum(ofRegion: runs[index]) }
      }
    } else {
      let below = ReplicaImage(base: base, logs: olderLogs)
      for segment in segments { sum &-= below.digestSum(ofRegion: segment.extents) }
    }
    return ContentDigest.Change(sum: sum)
  }

  /// Replaces in `target`, the payloads of `extents`, what the complete log holds of them.
  func overlay(_ extents: Range<Int>, onto target: UnsafeMutableRawPointer) {
    precondition(isComplete, "an incomplete redo log is never read through")
    let width = geometry.payloadWidth
    payloads.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      var index = firstSegmentIndex(endingAfter: extents.lowerBound)
      while index < segments.count, segments[index].extents.lowerBound < extents.upperBound {
        let segment = segments[index]
        let common = segment.extents.clamped(to: extents)
        let source = segment.payloadIndex + common.lowerBound - segment.extents.lowerBound
        (target + (common.lowerBound - extents.lowerBound) * width)
          .copyMemory(from: start + source * width, byteCount: common.count * width)
        index += 1
      }
    }
  }

  private func segmentIndex(at extent: Int) -> Int? {
    precondition(isComplete, "an incomplete redo log is never read through")
    let index = firstSegmentIndex(endingAfter: extent)
    return index < segments.count && segments[index].extents.contains(extent) ? index : nil
  }

  /// The first segment that ends after the extent, by bisection.
  private func firstSegmentIndex(endingAfter extent: Int) -> Int {
    var candidates = 0..<segments.count
    while !candidates.isEmpty {
      let middle = candidates.lowerBound + candidates.count / 2
      candidates =
        segments[middle].extents.upperBound > extent
        ? candidates.lowerBound..<middle : middle + 1..<candidates.upperBound
    }
    return candidates.lowerBound
  }
}
