package import Quantities

/// An event that the source side of a replication posts to vCenter, as `hbr.primary.DeltaCompletedEvent`.
package struct PrimaryEvent: Sendable, Hashable {
  package let kind: Kind
  /// The one argument of a completed sync: what it sent, in bytes.
  package let size: ByteCount?

  package init(_ kind: Kind, size: ByteCount? = nil) {
    self.kind = kind
    self.size = size
  }

  /// The simulation never posts ``systemPaused``, ``invalidMachineConfiguration``, ``compressionOK``, ``compressionNotOK``,
  /// ``objectiveOK`` and ``objectiveTooShort``: when the product does is not known.
  ///
  /// - Source: The published list of vCenter's events (lamw/vcenter-event-mapping). That every name but one
  ///   ends in `Event` is verified only for completed syncs.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case syncStarted = "hbr.primary.SyncStartedEvent"
    case syncCompleted = "hbr.primary.SyncCompletedEvent"
    case deltaStarted = "hbr.primary.DeltaStartedEvent"
    case deltaCompleted = "hbr.primary.DeltaCompletedEvent"
    case deltaAborted = "hbr.primary.DeltaAbortedEvent"
    case fileSystemQuiescedDeltaCompleted = "hbr.primary.FSQuiescedDeltaCompletedEvent"
    case applicationQuiescedDeltaCompleted = "hbr.primary.AppQuiescedDeltaCompletedEvent"
    /// Quiescing was asked for and did not happen.
    case unquiescedDeltaCompleted = "hbr.primary.UnquiescedDeltaCompletedEvent"
    case failedToStartDelta = "hbr.primary.FailedToStartDeltaEvent"
    case failedToStartSync = "hbr.primary.FailedToStartSyncEvent"
    case noConnection = "hbr.primary.NoConnectionToHbrServerEvent"
    case connectionRestored = "hbr.primary.ConnectionRestoredToHbrServerEvent"
    case noProgress = "hbr.primary.NoProgressWithHbrServerEvent"
    /// The product, not an administrator, paused the replication.
    case systemPaused = "hbr.primary.SystemPausedReplication"
    case invalidDiskConfiguration = "hbr.primary.InvalidDiskReplicationConfigurationEvent"
    case invalidMachineConfiguration = "hbr.primary.InvalidVmReplicationConfigurationEvent"
    case configurationChanged = "hbr.primary.VmReplicationConfigurationChangedEvent"
    case compressionOK = "hbr.primary.NetCompressionOkForServerEvent"
    case compressionNotOK = "hbr.primary.NetCompressionNotOkForServerEvent"
    case objectiveOK = "hbr.primary.RpoOkForServerEvent"
    /// The server does not support so short an objective.
    case objectiveTooShort = "hbr.primary.RpoTooLowForServerEvent"
    /// Preparing a delta, quiescing above all, takes longer than the objective.
    case preparationExceedsObjective = "hbr.primary.PrepareDeltaTimeExceedsRpoEvent"

    /// How vCenter shows it.
    ///
    /// - Source: No source was found; unverified. What ends well is information, what may end by itself a
    ///   warning, what needs somebody an error.
    package var severity: Severity {
      switch self {
      case .syncStarted, .syncCompleted, .deltaStarted, .deltaCompleted,
        .fileSystemQuiescedDeltaCompleted, .applicationQuiescedDeltaCompleted,
        .connectionRestored, .configurationChanged, .compressionOK, .objectiveOK:
        .information
      case .deltaAborted, .unquiescedDeltaCompleted, .noConnection, .noProgress, .compressionNotOK,
        .preparationExceedsObjective:
        .warning
      case .failedToStartDelta, .failedToStartSync, .systemPaused, .invalidDiskConfiguration,
        .invalidMachineConfiguration, .objectiveTooShort:
        .error
      }
    }
  }

  package enum Severity: String, Sendable, Hashable, CaseIterable {
    case information = "info"
    case warning
    case error
  }

  /// How the guest was brought to rest for an instance.
  package enum Preparation: String, Sendable, Hashable, CaseIterable {
    /// Not asked for: the instance is as after a crash.
    case none
    case fileSystem
    case application
    /// Asked for, and the guest did not do it.
    case failed
  }

  /// The event of vCenter for an event of the core, or `nil` where vCenter has none.
  ///
  /// A full sync that is given up has no event of its own. The argument is what went on the wire: an idle
  /// machine's instance was reported with 12,599 bytes for 12,143 bytes of files, so more than content counts.
  ///
  /// - Parameter preparation: Of the instance that the event is about; only completed deltas ask.
  package init?(of event: ReplicationEvent, preparation: Preparation = .none) {
    switch event {
    case .fullSyncStarted: self.init(.syncStarted)
    case .fullSyncCompleted(let account): self.init(.syncCompleted, size: account.wireSize)
    case .deltaStarted: self.init(.deltaStarted)
    case .deltaCompleted(let account):
      let kind: Kind =
        switch preparation {
        case .none: .deltaCompleted
        case .fileSystem: .fileSystemQuiescedDeltaCompleted
        case .application: .applicationQuiescedDeltaCompleted
        case .failed: .unquiescedDeltaCompleted
        }
      self.init(kind, size: account.wireSize)
    case .syncAborted(let account, _):
      guard account.kind == .delta else { return nil }
      self.init(.deltaAborted)
    case .connectionLost: self.init(.noConnection)
    case .connectionRestored: self.init(.connectionRestored)
    case .deltaNotStarted: self.init(.failedToStartDelta)
    case .preparationExceededObjective: self.init(.preparationExceedsObjective)
    case .configurationFailed: self.init(.invalidDiskConfiguration)
    }
  }
}
