import BlockStorage
import Quantities

/// The progress of one full sync at its source: which regions to compare, what to send.
///
/// Regions are taken in ascending order, disk after disk. A region that neither side has allocated is
/// skipped, one that only the source has is sent without comparing, any other is compared by checksum;
/// of a region that differs, only the differing extents are sent. Extents that the guest writes
/// meanwhile are left to the delta that follows.
///
/// - Source: `HBR.ChecksumRegionSize`, `HBR.ChecksumUseAllocInfo` and `HbrOptimizeFullSync`.
struct FullSyncScan {
  private struct Piece {
    let disk: Int
    var extents: Range<Int>
  }

  private let parameters: ReplicationParameters
  private let geometries: [ExtentGeometry]
  /// Where the target holds data, per disk; `nil` until it has answered.
  private var targetAllocation: [[Range<Int>]]?
  private var disk = 0
  private var cursor = 0
  /// The first run of the target's allocation that may still matter at `cursor`.
  private var allocationCursor = 0
  private var toSend: [Piece] = []
  private var toSendIndex = 0
  private var comparesInFlight = 0

  init(geometries: [ExtentGeometry], parameters: ReplicationParameters) {
    self.parameters = parameters
    self.geometries = geometries
  }

  mutating func targetReady(allocated: [[Range<Int>]]) { targetAllocation = allocated }

  /// Whether everything was compared, answered and sent.
  var isDone: Bool {
    targetAllocation != nil && disk == geometries.count && comparesInFlight == 0
      && toSendIndex == toSend.count
  }

  mutating func received(_ comparison: RegionComparison, reading disks: [some ReplicatedDisk]) {
    comparesInFlight -= 1
    let disk = comparison.disk
    for difference in comparison.differences {
      var runStart: Int?
      for (offset, theirs) in difference.checksums.enumerated() {
        let extent = difference.extents.lowerBound + offset
        if disks[disk].checksum(ofRegion: extent..<extent + 1) != theirs {
          runStart = runStart ?? extent
        } else if let start = runStart {
          send(start..<extent, of: disk)
          runStart = nil
        }
      }
      if let start = runStart { send(start..<difference.extents.upperBound, of: disk) }
    }
  }

  private mutating func send(_ extents: Range<Int>, of disk: Int) {
    if let last = toSend.indices.last, last >= toSendIndex, toSend[last].disk == disk,
      toSend[last].extents.upperBound == extents.lowerBound
    {
      toSend[last].extents = toSend[last].extents.lowerBound..<extents.upperBound
    } else {
      toSend.append(Piece(disk: disk, extents: extents))
    }
  }

  /// The next data to send, or `nil` if there is none at the moment.
  mutating func nextData(
    sequence: SyncSequence, dirty: (Int) -> DirtyBitmap, reading disks: [some ReplicatedDisk]
  ) -> SourceMessage? {
    while toSendIndex < toSend.count {
      let piece = toSend[toSendIndex]
      let geometry = geometries[piece.disk]
      let limit = max(1, Int(parameters.chunkSize.bytes / geometry.extentSize.bytes))
      let written = dirty(piece.disk)
      var batch = ExtentBatch(geometry: geometry)
      var position = piece.extents.lowerBound
      while position < piece.extents.upperBound, batch.extentCount < limit {
        let next = written.nextRun(in: position..<piece.extents.upperBound)
        if let next, next.lowerBound == position {
          position = next.upperBound
          continue
        }
        let end = min(
          next?.lowerBound ?? piece.extents.upperBound, position + limit - batch.extentCount)
        batch.append(position..<end, from: disks[piece.disk])
        position = end
      }
      advance(to: position)
      if batch.extentCount > 0 {
        return .fullSyncData(sequence: sequence, disk: piece.disk, batch: batch)
      }
    }
    return nil
  }

  private mutating func advance(to position: Int) {
    let end = toSend[toSendIndex].extents.upperBound
    if position < end {
      toSend[toSendIndex].extents = position..<end
      return
    }
    toSendIndex += 1
    if toSendIndex == toSend.count {
      toSend.removeAll(keepingCapacity: true)
      toSendIndex = 0
    }
  }

  /// The next compare request, or `nil` if none is possible at the moment.
  ///
  /// Regions that need no comparing are queued for sending on the way.
  mutating func nextCompare(reading disks: [some ReplicatedDisk]) -> CompareRequest? {
    guard let targetAllocation, comparesInFlight < parameters.compareRequestsInFlight else { return nil }
    while disk < geometries.count {
      let geometry = geometries[disk]
      let size = parameters.checksumRegionExtents
      var request: Range<Int>?
      var checksums: [UInt64] = []
      while cursor < geometry.extentCount, checksums.count < parameters.compareRequestRegions {
        let region = cursor..<min(cursor + size, geometry.extentCount)
        let isOurs = !parameters.usesAllocationInformation || disks[disk].isAllocated(region: region)
        let isTheirs =
          !parameters.usesAllocationInformation
          || isAllocated(region, in: targetAllocation[disk])
        if isTheirs {
          request = (request?.lowerBound ?? region.lowerBound)..<region.upperBound
          checksums.append(disks[disk].checksum(ofRegion: region))
        } else if request != nil {
          break
        } else if isOurs {
          sendAllocated(region, of: disk, reading: disks[disk])
          if toSend.count - toSendIndex >= 2 || queuedExtents >= size * parameters.compareRequestRegions {
            cursor = region.upperBound
            return nil
          }
        }
        cursor = region.upperBound
      }
      if let request {
        comparesInFlight += 1
        return CompareRequest(
          disk: disk, extents: request, regionExtents: size, checksums: checksums)
      }
      if cursor >= geometry.extentCount {
        disk += 1
        cursor = 0
        allocationCursor = 0
      }
    }
    return nil
  }

  private var queuedExtents: Int { toSendIndex < toSend.count ? toSend[toSend.count - 1].extents.count : 0 }

  private mutating func sendAllocated(
    _ region: Range<Int>, of disk: Int, reading source: some ReplicatedDisk
  ) {
    var rest = region
    while let run = source.nextAllocatedRun(in: rest) {
      send(run, of: disk)
      rest = run.upperBound..<region.upperBound
    }
  }

  private mutating func isAllocated(_ region: Range<Int>, in runs: [Range<Int>]) -> Bool {
    while allocationCursor < runs.count, runs[allocationCursor].upperBound <= region.lowerBound {
      allocationCursor += 1
    }
    return allocationCursor < runs.count && runs[allocationCursor].lowerBound < region.upperBound
  }
}
