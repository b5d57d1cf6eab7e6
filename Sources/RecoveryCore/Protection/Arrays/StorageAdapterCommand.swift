/// What Site Recovery Manager asks of an array through its storage replication adapter, one call of its program each.
///
/// - Source: A published log of an adapter, "How does SRM communicate with the array?", 2012; what some of them do is
///   inferred from their names.
package enum StorageAdapterCommand: String, Sendable, Hashable, CaseIterable {
  case queryInfo
  case queryErrorDefinitions
  case queryCapabilities
  case queryConnectionParameters
  /// Finds the arrays and their peers, so that they can be paired.
  case discoverArrays
  /// Finds the replicated devices of a pair.
  case discoverDevices
  /// Copies what has changed, once, at the source.
  case syncOnce
  case querySyncStatus
  case checkTestFailoverStart
  /// Presents writable snapshots to the recovery hosts.
  case testFailoverStart
  case testFailoverStop
  case checkFailover
  /// Makes the source devices read-only.
  case prepareFailover
  /// Breaks the replication and promotes the target devices.
  case failover
  /// Turns the direction around.
  case reverseReplication
  /// Takes `prepareFailover` back.
  case restoreReplication
}

/// The state of a storage replication adapter at a site.
package enum StorageAdapterStatus: String, Sendable, Hashable, CaseIterable {
  case ok = "OK"
  /// The paired site has no such adapter.
  case notInstalled = "NOT_INSTALLED"
  case versionMismatch = "VERSION_MISMATCH"
  case remoteBroken = "REMOTE_BROKEN"
}

/// Whether an array answered when its manager last asked.
package enum ArrayPingStatus: String, Sendable, Hashable, CaseIterable {
  case unknown = "UNKNOWN"
  case success = "SUCCESS"
  case failure = "FAILURE"
}

/// The part that a device plays in its replication.
package enum DeviceReplicationState: String, Sendable, Hashable, CaseIterable {
  case unknown = "UNKNOWN"
  case outgoing = "OUTGOING"
  case incoming = "INCOMING"
  /// Some of the devices of its consistency group play another part.
  case partial = "PARTIAL"
  /// Its replication was broken by a failover.
  case failover = "FAILOVER"
}
