package import BlockStorage
package import Quantities

/// What the source of a replication sends to its target, in this order within a connection.
package enum SourceMessage: Sendable {
  /// A full sync begins; the target answers with ``TargetMessage/fullSyncReady(sequence:allocated:)``.
  ///
  /// Both sides draw the ``ComparisonKey`` of the sync from `keySeed`.
  case fullSyncBegan(sequence: SyncSequence, keySeed: UInt128)
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

extension SourceMessage {
  /// The disk that the content of the message belongs to, if it has any.
  package var contentDisk: Int? {
    switch self {
    case .fullSyncData(_, let disk, _), .deltaData(_, let disk, _): disk
    case .fullSyncBegan, .regionChecksums, .fullSyncEnded, .deltaEnded: nil
    }
  }

  /// The nominal content in the message: whole extents, whatever represents them.
  package var payloadSize: ByteCount {
    switch self {
    case .fullSyncData(_, _, let batch), .deltaData(_, _, let batch):
      batch.geometry.extentSize * UInt64(batch.extentCount)
    case .fullSyncBegan, .regionChecksums, .fullSyncEnded, .deltaEnded: .zero
    }
  }

  /// What compression leaves of zeros.
  ///
  /// - Source: VMware, vSphere Replication 8.5, on freed ranges: zeros shrink to almost nothing. In the format of FastLZ a
  ///   match of at most 264 bytes takes three.
  package static let compressedZeroShare = Ratio(partsPerBillion: 3_000_000_000 / 264)

  /// What is left of the payload after compression: ``compressedZeroShare`` of zeros, the share of its disk of anything
  /// else.
  ///
  /// - Parameters:
  ///   - shares: Per replicated disk.
  ///   - incompressibleTagBit: Extents whose payload has it stay as large as they are; `nil` where there are none.
  package func compressedSize(
    shares: [Ratio], incompressibleTagBit: UInt64? = nil
  ) -> ByteCount {
    switch self {
    case .fullSyncData(_, let disk, let batch), .deltaData(_, let disk, let batch):
      let zeroCount = batch.zeroExtentCount
      let fixedCount = incompressibleTagBit.map { batch.count(ofTagsWith: $0) } ?? 0
      let extentSize = batch.geometry.extentSize
      let content = extentSize * UInt64(batch.extentCount - zeroCount - fixedCount)
      let zeros = extentSize * UInt64(zeroCount)
      return content.scaled(by: shares[disk]) + zeros.scaled(by: Self.compressedZeroShare)
        + extentSize * UInt64(fixedCount)
    case .fullSyncBegan, .regionChecksums, .fullSyncEnded, .deltaEnded: return .zero
    }
  }

  /// The checksums in the message; frames and headers below are the network model's business.
  package func checksumTraffic(parameters: ReplicationParameters) -> ByteCount {
    if case .regionChecksums(let request) = self {
      return parameters.checksumSize * UInt64(request.checksums.count)
    }
    return .zero
  }

  /// The configuration files, which travel with the end of every instance.
  package func configurationTraffic(parameters: ReplicationParameters) -> ByteCount {
    if case .deltaEnded = self { parameters.configurationFiles.wireSize } else { .zero }
  }
}

extension ExtentBatch {
  /// How many of the payloads are tags that have a bit.
  ///
  /// - Precondition: A payload is a tag of eight bytes.
  fileprivate func count(ofTagsWith bit: UInt64) -> Int {
    precondition(geometry.payloadWidth == 8, "a tag has eight bytes")
    return payloads.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 8).count {
        bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self) & bit != 0
      }
    }
  }
}
