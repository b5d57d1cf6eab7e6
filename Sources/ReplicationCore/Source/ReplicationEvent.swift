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
}
