package import Quantities

extension ProductProfile {
  /// How finely a driver's messages follow those of the product.
  package enum MessageDetail: Sendable, Hashable {
    /// Batches of megabytes, fast to simulate; the driver holds rates to the window law.
    case batched
    /// One message per network update and one request per region, as many under way as the product has.
    ///
    /// The extent size is that of the disks.
    case exact(extentSize: ByteCount)
  }

  /// The numbers with which the replication core works like this release.
  ///
  /// With ``MessageDetail/batched`` messages, release 8.0 has the defaults of ``ReplicationParameters``.
  package func parameters(_ detail: MessageDetail = .batched) -> ReplicationParameters {
    var parameters = ReplicationParameters()
    parameters.checksumRegionExtents = fullSync.checksumRegionExtents
    parameters.usesAllocationInformation = fullSync.usesAllocationInformation
    parameters.optimizesFullSync = fullSync.leavesWritesToDelta
    parameters.growsDisksOnline = target.growsDisksWithoutFullSync
    parameters.fullSyncRetryDelay = connection.syncRetryDelay
    parameters.requestRetryMinimum = connection.requestRetryMinimum
    parameters.requestRetryMaximum = connection.requestRetryMaximum
    parameters.demandLog = DemandLogLimits(of: demandLog)
    parameters.connectionTimeout = connection.noConnectionAfter
    parameters.reconnectDelayStep = connection.reconnectDelayStep
    parameters.reconnectDelayMaximum = connection.reconnectDelayMaximum
    if case .exact(let extentSize) = detail {
      let update = max(
        extentSize, min(extentSize * UInt64(transfer.coalescedExtents), transfer.updateSizeMaximum))
      let window = windowSize(extentSize: extentSize, runExtents: transfer.coalescedExtents)
      parameters.chunkSize = update
      parameters.chunksInFlight = max(1, Int(window.bytes / update.bytes))
      parameters.compareRequestRegions = 1
      parameters.compareRequestsInFlight = fullSync.regionRequestsInFlight
    }
    return parameters
  }
}
