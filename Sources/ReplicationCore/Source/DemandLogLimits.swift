package import Quantities

/// What the demand log of one virtual machine can do, and when a delta that needs it is given up.
///
/// The log holds the extents of an instance that the guest overwrote before they were read; see
/// ``ChangeTracker``. It lies in the persistent state files, on the source's datastore.
///
/// - Source: ESXi advanced settings, whose values are those of ``ProductProfile/DemandLog``; what follows from them
///   (that a guest's write waits for its copies, 64 at a time) is inferred.
package struct DemandLogLimits: Sendable, Hashable {
  /// Copies under way at a time, over all disks of a virtual machine.
  ///
  /// - Source: ESXi advanced setting `HBR.HbrDemandLogIOPerVM`.
  package var concurrentCopies: Int

  /// How often a failed read or write of the log is tried again, and how long after the failure before it.
  ///
  /// - Source: ESXi advanced settings `HBR.Demandlog*`: 20 times, 10 ms apart.
  package var retries: Int
  package var retryDelay: TimeSpan

  /// When a read or write of the log that is not answered counts as failed; the driver's business.
  ///
  /// - Source: ESXi advanced settings `HBR.Demandlog*`.
  package var ioTimeout: TimeSpan

  /// The same for the metadata of the persistent state file.
  ///
  /// - Source: ESXi advanced settings `HBR.Demandlog*`.
  package var metadataTimeout: TimeSpan

  /// The largest single SCSI command of the guest that is tolerated during a delta; the driver's business, since
  /// a drawn run of writes is not one command.
  ///
  /// - Source: ESXi advanced setting `HBR.HbrMaxGuestXferWhileDeltaMB`.
  package var guestTransferMaximum: ByteCount

  /// Extents in one read of the log, and reads under way at a time, as it is sent; the driver's business.
  ///
  /// - Source: ESXi advanced settings `HBR.Demandlog*`; 4 reads instead of 32 in 6.0 and 6.5.
  package var readExtents: Int
  package var concurrentReads: Int

  /// Bytes of metadata beside every preserved extent.
  ///
  /// - Source: VMware Live Site Recovery, "Optimized reprotect": 512 × changed / extentSize + changed.
  package var metadataSize: ByteCount

  /// The room for the log on the source's datastore, metadata included; `nil` for as much as it takes.
  ///
  /// - Source: None in the product: the space left is the datastore's.
  package var capacity: ByteCount?

  /// Those of release 8.0, or of another one.
  package init(of profile: ProductProfile.DemandLog = ProductProfile.DemandLog(.v8_0)) {
    concurrentCopies = profile.copiesPerMachine
    (retries, retryDelay) = (profile.retries, profile.retryDelay)
    (ioTimeout, metadataTimeout) = (profile.ioTimeout, profile.stateFileTimeout)
    guestTransferMaximum = profile.guestTransferMaximum
    (readExtents, concurrentReads) = (profile.readBlocks, profile.reads)
    metadataSize = profile.extentRecordSize
  }

  /// How long a failing log is tried before the delta is given up: *retries × delay*, 200 ms by default.
  package var retrySpan: TimeSpan { retryDelay * Int64(retries) }

  /// What `extentCount` preserved extents take up in the log: *n · (extent + 512)*.
  package func size(ofExtents extentCount: Int, extentSize: ByteCount) -> ByteCount {
    (extentSize + metadataSize) * UInt64(extentCount)
  }

  func validate() {
    precondition(concurrentCopies > 0, "at least one extent is copied at a time")
    precondition(retries >= 0 && retryDelay >= .zero, "retries take no negative time")
  }
}
