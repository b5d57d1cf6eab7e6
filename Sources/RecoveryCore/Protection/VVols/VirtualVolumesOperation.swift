/// What is asked of the storage provider of virtual volumes for replication groups.
///
/// - Source: PowerCLI, storage-policy replication cmdlets.
package enum VirtualVolumesOperation: String, Sendable, Hashable, CaseIterable {
  /// Makes a point in time with a name at the source and copies it.
  case sync
  case prepareFailover
  /// Asks whether a failover would work, and changes nothing.
  case checkFailover
  case failover
  /// Without a source.
  case unplannedFailover
  case testFailoverStart
  case testFailoverStop
  /// Makes what is in test the recovered data.
  case promote
  case reverse
}

/// The state of a replication group as its storage provider reports it.
package enum VirtualVolumesState: String, Sendable, Hashable, CaseIterable {
  case source = "SOURCE"
  case target = "TARGET"
  case failedOver = "FAILEDOVER"
  case inTest = "INTEST"
}
