import BlockStorage
package import Quantities

/// The product's numbers that this core works with, each with its source.
///
/// The defaults are those of release 8.0; ``ProductProfile/parameters(_:)`` gives those of any release.
///
/// A value marked *inferred* is a reading of several sources and stays a parameter.
package struct ReplicationParameters: Sendable, Hashable {
  /// Extents whose checksums are compared as one; 256 extents are 2 MiB at 8 KiB.
  ///
  /// - Source: ESXi advanced setting `HBR.ChecksumRegionSize`.
  package var checksumRegionExtents = 256

  /// Bytes on the wire for the checksum of a region or of an extent.
  ///
  /// - Source: Inferred; 128 bits make an undetected difference of a region improbable for good.
  package var checksumSize = ByteCount.bytes(16)

  /// Whether a full sync skips what neither side has allocated and sends what only the source has
  /// without comparing it.
  ///
  /// - Source: ESXi advanced setting `HBR.ChecksumUseAllocInfo`, on by default; vSAN and VMFS
  ///   know the allocation of both sides.
  package var usesAllocationInformation = true

  /// Regions in one compare request, and requests under way at a time.
  ///
  /// - Source: Unknown for the product; 32 regions are 64 MiB at 8 KiB.
  package var compareRequestRegions = 32
  package var compareRequestsInFlight = 2

  /// The most payload in one data message: how finely a transfer is followed, not a product limit.
  package var chunkSize = ByteCount.mebibytes(4)

  /// Data messages read ahead of their delivery, so that the connection never idles.
  package var chunksInFlight = 2

  /// How long a connection may make no progress before it counts as lost.
  ///
  /// - Source: ESXi's no-connection event after 60 s.
  package var connectionTimeout = TimeSpan.seconds(60)

  /// Each failed attempt to reconnect waits this much longer than the one before.
  ///
  /// - Source: ESXi advanced settings: reconnect delay +10 s per failure up to 90 s.
  package var reconnectDelayStep = TimeSpan.seconds(10)
  package var reconnectDelayMaximum = TimeSpan.seconds(90)

  /// What the demand log can do and when a delta that needs it is given up.
  package var demandLog = DemandLogLimits()

  /// How long a delta that was given up because of its demand log waits before it begins again: the first time, and at most.
  ///
  /// - Source: ESXi advanced settings: a request is tried again after 1 to 60 s, after 5 s at most from 8.0U3. That each
  ///   failure in a row doubles the wait, and that a delta is such a request, is inferred.
  package var requestRetryMinimum = TimeSpan.seconds(1)
  package var requestRetryMaximum = TimeSpan.seconds(60)

  /// What happens to an UNMAP that hits what is still to be sent.
  ///
  /// - Source: ESXi advanced setting `HBR.DemandlogFailCollidingUnmap`; the default is unverified.
  package var collidingUnmaps = CollidingUnmapPolicy.preserve

  /// Whether an UNMAP of what holds zeros already leaves it clean.
  ///
  /// - Source: ESXi advanced setting `HBR.UnmapOptimization` from 8.0, off by default; its effect is inferred.
  package var optimizesUnmap = false

  /// How long a full sync waits before it starts over after its connection or target was lost.
  ///
  /// - Source: ESXi advanced setting `HBR.SyncTransferRetrySleepSecs`.
  package var fullSyncRetryDelay = TimeSpan.seconds(5)

  /// Whether a full sync leaves what the guest writes meanwhile to the delta that follows.
  ///
  /// - Source: ESXi advanced setting `HBR.HbrOptimizeFullSync`, from 6.5.
  package var optimizesFullSync = true

  /// Which sides can tell what is allocated; it counts while ``usesAllocationInformation`` is true.
  package var allocationKnowledge = AllocationKnowledge.both

  /// The configuration files sent with every instance; ``ConfigurationFiles/traced`` are those observed.
  package var configurationFiles = ConfigurationFiles.none

  /// How far apart the attempts to hand the tracking over in a vMotion are.
  ///
  /// - Source: ESXi advanced setting `HBR.MigrateFlushTimerSecs`.
  package var migrationFlushInterval = TimeSpan.seconds(3)

  /// Whether a sync in flight goes on after a vMotion instead of starting again.
  ///
  /// - Source: Unknown for the product; *inferred* to start again.
  package var continuesSyncsAcrossMigration = false

  /// Whether a snapshot of the virtual machine copies what is still to be sent to the demand log.
  ///
  /// - Source: ESXi advanced settings `HBR.CopySnap*`; the default is unverified.
  package var copiesSnapshotBlocks = false

  /// Whether a disk can grow under a running virtual machine without a full sync.
  ///
  /// - Source: VMware, vSphere Replication 8.4 documentation: source from 7.0 and target from 6.5.
  package var growsDisksOnline = true

  package init() {}

  /// The most extents in one data message, at least one.
  func chunkExtents(of geometry: ExtentGeometry) -> Int {
    max(1, Int(chunkSize.bytes / geometry.extentSize.bytes))
  }

  /// The wait after so many failures in a row of a request, at least one.
  func requestRetryDelay(afterFailures count: Int) -> TimeSpan {
    var delay = requestRetryMinimum
    for _ in 1..<max(1, count) where delay < requestRetryMaximum {
      delay = min(delay * 2, requestRetryMaximum)
    }
    return delay
  }

  /// Traps on numbers with which a sync would never end.
  func validate() {
    precondition(checksumRegionExtents > 0, "a region has at least one extent")
    precondition(compareRequestRegions > 0, "a compare request has at least one region")
    precondition(compareRequestsInFlight > 0, "at least one compare request is under way at a time")
    precondition(chunksInFlight > 0, "at least one data message is under way at a time")
    precondition(
      reconnectDelayStep > .zero && reconnectDelayMaximum > .zero, "attempts to reconnect are apart")
    precondition(
      requestRetryMinimum >= .zero && requestRetryMaximum >= requestRetryMinimum,
      "the longest wait before a request is tried again is no shorter than the first")
    precondition(migrationFlushInterval > .zero, "attempts to hand over are apart")
    demandLog.validate()
  }
}
