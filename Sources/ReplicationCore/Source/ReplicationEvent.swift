package import Quantities

/// What happened in a replication, for the record; polled from the source.
package enum ReplicationEvent: Sendable, Hashable {
  case fullSyncStarted(isInitial: Bool)
  /// Every difference is at the target; the delta that makes it consistent follows at once.
  case fullSyncCompleted(SyncAccount)
  case deltaStarted(sequence: SyncSequence)
  case deltaCompleted(SyncAccount)
  /// The sync was given up; its extents are dirty again.
  case syncAborted(SyncAccount, AbortReason)
  case connectionLost
  case connectionRestored
  /// The guest was still being quiesced when the delta was given up; nothing of it existed yet.
  case deltaNotStarted(AbortReason)
  /// Quiescing the guest has taken longer than the recovery point objective, and still goes on.
  case preparationExceededObjective
  /// The replication is in error until it is configured again.
  case configurationFailed(ConfigurationProblem)
}

/// What one sync did until it ended.
package struct SyncAccount: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable {
    case fullSync
    case delta
  }

  package let kind: Kind
  package let sequence: SyncSequence
  package let startedAt: Instant
  /// Extents read and handed to the connection, in nominal bytes.
  package var payloadSize: ByteCount
  /// Everything handed to the connection: payload and checksums.
  package var wireSize: ByteCount
  /// Bytes whose checksums were compared.
  package var comparedSize: ByteCount
  /// Extents copied before a guest overwrote them.
  package var preservedExtents: Int
  /// What of a delta's ``wireSize`` was the virtual machine's configuration.
  package var configurationSize = ByteCount.zero
  /// The most that the demand log took up, metadata included.
  package var demandLogPeak = ByteCount.zero
  /// What the guest was brought to before the instance of a delta was taken.
  package var consistency = Quiescing.Mode.none
  /// Whether the guest of a delta was to be brought to rest, and did not answer.
  package var failedToQuiesce = false
}

/// Why a sync was given up.
package enum AbortReason: String, Sendable, Hashable {
  case connectionLost
  /// The server or host that received failed.
  case targetLost
  case poweredOff
  case hostFailed
  case paused
  /// An administrator asked for a full sync.
  case fullSyncRequested
  /// The demand log failed or was full.
  case demandLog
  /// The virtual machine moved to another host.
  case migrated
  /// The bitmaps were lost or speak of other content; see ``TrackingLoss``.
  case trackingLost
  case diskGrown
  case reconfigured
  /// The configuration is wrong; see ``ConfigurationProblem``.
  case configurationFailed
  /// An administrator stopped the offline instance.
  case offlineInstanceStopped
  /// The replica was recovered, or the replication removed.
  case replicationEnded
}
