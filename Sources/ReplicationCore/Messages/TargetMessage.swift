package import Quantities

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

extension TargetMessage {
  /// The bytes on the way back: the checksums of the extents in differing regions.
  package func wireSize(parameters: ReplicationParameters) -> ByteCount {
    guard case .regionsCompared(let comparison) = self else { return .zero }
    return parameters.checksumSize * UInt64(comparison.differences.reduce(0) { $0 + $1.checksums.count })
  }
}
