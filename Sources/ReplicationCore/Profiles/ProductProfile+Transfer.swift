import BlockStorage
package import Quantities

extension ProductProfile {
  /// How a source host reads and sends.
  package struct Transfer: Sendable, Hashable {
    /// What the options count that say "block".
    package enum BlockUnit: String, Sendable, Hashable, CaseIterable {
      /// One extent of the disk.
      case extent
      /// One network update of neighbouring extents.
      case update
    }

    /// How many blocks of one disk may be on the network without an answer.
    package var blocksInFlight: Int
    /// The largest number of blocks in flight that the option accepts.
    package var blocksInFlightMaximum: Int?
    /// Whether a block in flight is one extent or one network update of several.
    package var blockUnit = BlockUnit.extent
    /// How many consecutive extents are sent as one network update at most.
    package var coalescedExtents: Int
    /// The most payload in one network update.
    package var updateSizeMaximum = ByteCount.kibibytes(128)
    /// How many reads of one disk run at a time.
    package var diskReads = 32
    /// How many reads of one disk are issued in one time slice.
    package var diskReadsPerSlice = 16
    /// How many disks of one host may be in the disk phase of a sync at a time.
    package var hostContexts: Int
    /// Whether changed blocks are sent before the next instance begins (opportunistic updates).
    package var sendsEarly = false
    /// How many blocks the list for early sending holds.
    package var earlyUpdateBlocks = 4_000
    /// How often the progress of a sync is reported to the host's management service.
    package var progressInterval = TimeSpan.seconds(5)
    /// The pause between attempts to flush the tracking state for vMotion.
    package var migrationFlushInterval = TimeSpan.seconds(3)

    init(_ release: ProductRelease) {
      //                             5.0  6.x  7.0  8.0  8.0U3  enhanced
      blocksInFlight = release.pick(8, 64, 64, 64, 2_048, 2_048)
      blocksInFlightMaximum = release.pick(nil, 256, 256, 256, 4_096, 4_096)
      coalescedExtents = release.pick(8, 8, 8, 16, 16, 16)
      hostContexts = release.pick(512, 512, 512, 16, 64, 64)
    }

    /// How large a tracked extent is, by the size of its disk.
    package var extentSizes: String {
      let sizes = [ByteCount.tebibytes(2), .tebibytes(8), .tebibytes(32)].map {
        "\(ExtentGeometry.standardExtentSize(forDiskOf: $0)) up to \($0)"
      }
      let largest = ExtentGeometry.standardExtentSize(forDiskOf: ExtentGeometry.diskSizeMaximum)
      return (sizes + ["\(largest) above"]).joined(separator: "; ")
    }

    static let constants: [ProductConstant] = [
      ProductConstant(
        "transfer.extentSizes", \.transfer.extentSizes,
        "How large a tracked extent is, by the size of its disk.",
        source: "ESXi advanced settings `HBR.HbrMinExtentSizeKB` and those of the larger sizes and breaks.",
        assumedFor: [.v5_0]),
      ProductConstant(
        "transfer.blocksInFlight", \.transfer.blocksInFlight, unit: "blocks",
        "How many blocks of one disk may be on the network without an answer.",
        source: ProductSource.option("TransferDiskMaxNetwork")
          + " 5.0: K. Werneburg, 2012, there a count of buffers."),
      ProductConstant(
        "transfer.blocksInFlightMaximum", \.transfer.blocksInFlightMaximum, unit: "blocks",
        "The largest number of blocks in flight that the option accepts.",
        source: ProductSource.option("TransferDiskMaxNetwork")),
      ProductConstant(
        "transfer.blockUnit", \.transfer.blockUnit,
        "Whether a block in flight is one extent or one network update of several.",
        source: "No source tells; an extent is the careful reading.", .inferred,
        note: "Decides a factor of up to 16 for sequential changes on a long path: calibrate."),
      ProductConstant(
        "transfer.coalescedExtents", \.transfer.coalescedExtents, unit: "extents",
        "How many consecutive extents are sent as one network update at most.",
        source: ProductSource.option("TransferMaxContExtents"), assumedFor: [.v5_0],
        note: "8 up to 7.0, 16 from 7.0 Update 3 on: such hosts are named 8.0 here."),
      ProductConstant(
        "transfer.updateSizeMaximum", \.transfer.updateSizeMaximum,
        "The most payload in one network update.",
        source: ProductSource.option("HbrMaxUpdateSizeKB"), assumedFor: [.v5_0]),
      ProductConstant(
        "transfer.diskReads", \.transfer.diskReads, unit: "reads",
        "How many reads of one disk run at a time.",
        source: ProductSource.option("TransferDiskMaxIo"), assumedFor: [.v5_0],
        note: "They bound a run whose profile says what one takes (`diskReadLatency`)."),
      ProductConstant(
        "transfer.diskReadsPerSlice", \.transfer.diskReadsPerSlice, unit: "reads",
        "How many reads of one disk are issued in one time slice.",
        source: ProductSource.option("TransferDiskMaxIoPerSlice"), assumedFor: [.v5_0],
        note: "No run depends on it."),
      ProductConstant(
        "transfer.hostContexts", \.transfer.hostContexts, unit: "disks",
        "How many disks of one host may be in the disk phase of a sync at a time.",
        source: ProductSource.option("HbrResourceMaxDiskContexts"), assumedFor: [.v5_0],
        note: "512 up to 7.0, 16 in 7.0 Update 3 and 8.0: hosts of 7.0 Update 3 are named 8.0 here."),
      ProductConstant(
        "transfer.sendsEarly", \.transfer.sendsEarly,
        "Whether changed blocks are sent before the next instance begins (opportunistic updates).",
        source: "VI API, `oppUpdatesEnabled`; false in every published configuration.",
        note: "No run depends on it."),
      ProductConstant(
        "transfer.earlyUpdateBlocks", \.transfer.earlyUpdateBlocks, unit: "blocks",
        "How many blocks the list for early sending holds.",
        source: ProductSource.options + ".",
        note: "No run depends on it."),
      ProductConstant(
        "transfer.progressInterval", \.transfer.progressInterval,
        "How often the progress of a sync is reported to the host's management service.",
        source: ProductSource.options + "."),
      ProductConstant(
        "transfer.migrationFlushInterval", \.transfer.migrationFlushInterval,
        "The pause between attempts to flush the tracking state for vMotion.",
        source: ProductSource.option("MigrateFlushTimerSecs")),
    ]
  }
}

extension ProductProfile.Transfer.BlockUnit: ProductConstantValue {
  static var unitName: String { "choice" }
  var text: String { rawValue }
}
