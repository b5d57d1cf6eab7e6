package import BlockStorage
package import Quantities

/// A number that grows with every sync of one replication.
package typealias SyncSequence = UInt64

/// What the source of a replication sends to its target, in this order within a connection.
package enum SourceMessage: Sendable {
  /// A full sync begins; the target answers with ``TargetMessage/fullSyncReady(sequence:allocated:)``.
  case fullSyncBegan(sequence: SyncSequence)
  /// The checksums of consecutive regions of one disk, to be compared with the target's.
  case regionChecksums(CompareRequest)
  /// Content for the extents of a full sync.
  case fullSyncData(sequence: SyncSequence, disk: Int, batch: ExtentBatch)
  /// Everything that differed was sent.
  case fullSyncEnded(sequence: SyncSequence)
  /// A part of the instance `sequence`.
  case deltaData(sequence: SyncSequence, disk: Int, batch: ExtentBatch)
  /// Every extent of the instance was sent.
  case deltaEnded(InstanceSummary)
}

/// Consecutive regions of one disk whose checksums are compared as one request.
package struct CompareRequest: Sendable, Hashable {
  package let disk: Int
  /// The extents of all the regions.
  package let extents: Range<Int>
  /// Extents per region; the last one may have fewer.
  package let regionExtents: Int
  /// One per region.
  package let checksums: [UInt64]

  package init(disk: Int, extents: Range<Int>, regionExtents: Int, checksums: [UInt64]) {
    self.disk = disk
    self.extents = extents
    self.regionExtents = regionExtents
    self.checksums = checksums
  }

  package var regions: [Range<Int>] { Self.regions(of: extents, size: regionExtents) }

  static func regions(of extents: Range<Int>, size: Int) -> [Range<Int>] {
    stride(from: extents.lowerBound, to: extents.upperBound, by: size).map {
      $0..<min($0 + size, extents.upperBound)
    }
  }
}

/// What the source says about a finished instance.
package struct InstanceSummary: Sendable {
  package let sequence: SyncSequence
  /// The moment whose content the instance holds: the start of its sync.
  package let pointInTime: Instant
  /// How many extents of each disk the instance holds.
  package let extentCounts: [Int]
  /// The digest of each disk at that moment.
  package let certificates: [ContentDigest]
}

/// What the target of a replication answers.
package enum TargetMessage: Sendable, Hashable {
  /// The target waits for a full sync; the runs of each disk where it holds data already.
  case fullSyncReady(sequence: SyncSequence, allocated: [[Range<Int>]])
  /// The answer to one compare request, in the order of the requests.
  case regionsCompared(RegionComparison)
  case fullSyncAccepted(sequence: SyncSequence)
  /// All disks of the instance are complete; it can be recovered from now on.
  case instanceCompleted(sequence: SyncSequence)
}

/// The regions of a compare request that differ, each with the target's checksum of every extent.
package struct RegionComparison: Sendable, Hashable {
  package struct Difference: Sendable, Hashable {
    package let extents: Range<Int>
    package let checksums: [UInt64]
  }

  package let disk: Int
  package let differences: [Difference]
}

extension SourceMessage {
  /// The nominal content in the message: whole extents, whatever represents them.
  package func payloadSize(extentSizes: [ByteCount]) -> ByteCount {
    switch self {
    case .fullSyncData(_, let disk, let batch), .deltaData(_, let disk, let batch):
      extentSizes[disk] * UInt64(batch.extentCount)
    case .fullSyncBegan, .regionChecksums, .fullSyncEnded, .deltaEnded: .zero
    }
  }

  /// The checksums in the message; frames and headers below are the network model's business.
  package func checksumTraffic(parameters: ReplicationParameters) -> ByteCount {
    if case .regionChecksums(let request) = self {
      return parameters.checksumSize * UInt64(request.checksums.count)
    }
    return .zero
  }
}

extension SourceMessage {
  /// Payload and checksums.
  package func wireSize(extentSizes: [ByteCount], parameters: ReplicationParameters) -> ByteCount {
    payloadSize(extentSizes: extentSizes) + checksumTraffic(parameters: parameters)
  }
}

extension TargetMessage {
  /// The bytes on the way back: the checksums of the extents in differing regions.
  package func wireSize(parameters: ReplicationParameters) -> ByteCount {
    guard case .regionsCompared(let comparison) = self else { return .zero }
    return parameters.checksumSize * UInt64(comparison.differences.reduce(0) { $0 + $1.checksums.count })
  }
}
