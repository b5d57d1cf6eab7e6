package import Quantities

extension ProductProfile {
  /// The log of old content that a guest would overwrite before it is sent, and the state file that holds it.
  package struct DemandLog: Sendable, Hashable {
    /// How many chunks of one disk's demand log may be on the network without an answer.
    package var chunksInFlight: Int
    /// How many reads of one disk's demand log run at a time.
    package var reads: Int
    /// How many extents one read of the demand log fetches; 64 KiB at 8 KiB.
    package var readBlocks = 8
    /// How many copies before a write one virtual machine may have under way.
    package var copiesPerMachine = 64
    /// How often a failed read or write of the log is tried again before the delta is aborted.
    package var retries = 20
    /// The pause between two such attempts.
    package var retryDelay = TimeSpan.milliseconds(10)
    /// How long one read or write of the log may take.
    package var ioTimeout = TimeSpan.seconds(120)
    /// How long one access to the metadata of the state file may take.
    package var stateFileTimeout = TimeSpan.seconds(300)
    /// The largest single command of a guest that is let through during a delta.
    package var guestTransferMaximum = ByteCount.mebibytes(1_024)
    /// What the log spends on each preserved extent besides its content.
    package var extentRecordSize = ByteCount.bytes(512)
    /// The header of the persistent state file of one disk.
    package var stateFileHeaderSize = ByteCount.bytes(512)
    /// How many bitmaps of one bit per extent the state file holds.
    package var stateFileBitmaps = 2
    /// Whether the host knows the option to treat freed ranges apart.
    package var hasUnmapOptimization: Bool
    /// Whether that option is on.
    package var usesUnmapOptimization = false
    /// The highest value, from 0, of the policy for freed ranges that collide with a delta.
    package var unmapCollisionPolicyMaximum = 3

    package init(_ release: ProductRelease) {
      //                             5.0  6.x  7.0  8.0  8.0U3  enhanced
      chunksInFlight = release.pick(8, 8, 64, 64, 256, 256)
      reads = release.pick(4, 4, 32, 32, 32, 32)
      hasUnmapOptimization = release >= .v8_0
    }

    static let constants: [ProductConstant] = [
      ProductConstant(
        "demandLog.chunksInFlight", \.demandLog.chunksInFlight, unit: "chunks",
        "How many chunks of one disk's demand log may be on the network without an answer.",
        source: ProductSource.options + ".", assumedFor: [.v5_0],
        note: "8 in 6.0 and 6.5, 64 from 6.7 on; release 6.x stands for 6.5. No run depends on it."),
      ProductConstant(
        "demandLog.reads", \.demandLog.reads, unit: "reads",
        "How many reads of one disk's demand log run at a time.",
        source: ProductSource.options + ".", assumedFor: [.v5_0],
        note: "4 in 6.0 and 6.5, 32 later; release 6.x stands for 6.5. No run depends on it."),
      ProductConstant(
        "demandLog.readBlocks", \.demandLog.readBlocks, unit: "extents",
        "How many extents one read of the demand log fetches; 64 KiB at 8 KiB.",
        source: ProductSource.options + ".", assumedFor: [.v5_0],
        note: "No run depends on it."),
      ProductConstant(
        "demandLog.copiesPerMachine", \.demandLog.copiesPerMachine, unit: "copies",
        "How many copies before a write one virtual machine may have under way.",
        source: ProductSource.option("HbrDemandLogIOPerVM"), assumedFor: [.v5_0]),
      ProductConstant(
        "demandLog.retries", \.demandLog.retries, unit: "attempts",
        "How often a failed read or write of the log is tried again before the delta is aborted.",
        source: ProductSource.options + ", `HBR.Demandlog*`.", assumedFor: [.v5_0]),
      ProductConstant(
        "demandLog.retryDelay", \.demandLog.retryDelay,
        "The pause between two such attempts.",
        source: ProductSource.options + ", `HBR.Demandlog*`.", assumedFor: [.v5_0]),
      ProductConstant(
        "demandLog.ioTimeout", \.demandLog.ioTimeout,
        "How long one read or write of the log may take.",
        source: ProductSource.options + ", `HBR.Demandlog*`.", assumedFor: [.v5_0],
        note: "No run depends on it."),
      ProductConstant(
        "demandLog.stateFileTimeout", \.demandLog.stateFileTimeout,
        "How long one access to the metadata of the state file may take.",
        source: ProductSource.options + ".", assumedFor: [.v5_0],
        note: "No run depends on it."),
      ProductConstant(
        "demandLog.guestTransferMaximum", \.demandLog.guestTransferMaximum,
        "The largest single command of a guest that is let through during a delta.",
        source: ProductSource.option("HbrMaxGuestXferWhileDeltaMB"), assumedFor: [.v5_0],
        note: "No run depends on it."),
      ProductConstant(
        "demandLog.extentRecordSize", \.demandLog.extentRecordSize,
        "What the log spends on each preserved extent besides its content.",
        source: "VMware, Site Recovery Manager 8.6, \"Optimized reprotect\"."),
      ProductConstant(
        "demandLog.stateFileHeaderSize", \.demandLog.stateFileHeaderSize,
        "The header of the persistent state file of one disk.",
        source: "VMware, Site Recovery Manager 8.6, \"Optimized reprotect\"."),
      ProductConstant(
        "demandLog.stateFileBitmaps", \.demandLog.stateFileBitmaps, unit: "bitmaps",
        "How many bitmaps of one bit per extent the state file holds.",
        source: "The same; two give the observed 328,192 bytes of a 10 GiB disk (virtuallyhyper.com, 2012)."),
      ProductConstant(
        "demandLog.hasUnmapOptimization", \.demandLog.hasUnmapOptimization,
        "Whether the host knows the option to treat freed ranges apart.",
        source: ProductSource.option("UnmapOptimization")),
      ProductConstant(
        "demandLog.usesUnmapOptimization", \.demandLog.usesUnmapOptimization,
        "Whether that option is on.",
        source: ProductSource.option("UnmapOptimization")),
      ProductConstant(
        "demandLog.unmapCollisionPolicyMaximum", \.demandLog.unmapCollisionPolicyMaximum, unit: "value",
        "The highest value, from 0, of the policy for freed ranges that collide with a delta.",
        source:
          "ESXi advanced setting `HBR.DemandlogFailCollidingUnmap`; Broadcom KB 410023 suggests 0, 2 and 3.",
        assumedFor: [.v5_0]),
    ]
  }
}
