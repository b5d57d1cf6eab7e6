package import Quantities

extension ProductProfile {
  /// How a full sync compares and decides what to send.
  package struct FullSync: Sendable, Hashable {
    /// How many extents are compared as one region and one request; 2 MiB at 8 KiB.
    package var checksumRegionExtents = 256
    /// How many extents one read for a checksum fetches; 64 KiB at 8 KiB.
    package var checksumReadBlocks = 8
    /// How many reads for checksums of one disk run at a time.
    package var checksumReads = 8
    /// How many reads for checksums are issued in one time slice.
    package var checksumReadsPerSlice = 2
    /// How many requests to compare a region may wait for their answer.
    package var regionRequestsInFlight = 8
    /// What one such read takes in the comparison of a seed, both sides counted.
    package var checksumReadLatency = TimeSpan.milliseconds(5)
    /// For how many regions allocation is looked up at once; 64 GiB at 8 KiB.
    package var allocationZoneRegions = 32_768
    /// Whether what is not allocated is neither read nor compared.
    package var usesAllocationInformation: Bool
    /// Whether blocks written during a full sync are left to the delta after it.
    package var leavesWritesToDelta: Bool
    /// Whether the processor's instruction for CRC-32 can be left unused.
    package var canSwitchOffChecksumInstruction: Bool
    /// Whether state files made at a planned migration can spare a reprotect the comparison.
    package var hasOptimizedReprotect: Bool

    init(_ release: ProductRelease) {
      usesAllocationInformation = release >= .v6
      leavesWritesToDelta = release >= .v6
      canSwitchOffChecksumInstruction = release <= .v7_0
      hasOptimizedReprotect = release >= .v8_0
    }

    static let constants: [ProductConstant] = [
      ProductConstant(
        "fullSync.checksumRegionExtents", \.fullSync.checksumRegionExtents, unit: "extents",
        "How many extents are compared as one region and one request; 2 MiB at 8 KiB.",
        source: ProductSource.option("ChecksumRegionSize"), assumedFor: [.v5_0]),
      ProductConstant(
        "fullSync.checksumReadBlocks", \.fullSync.checksumReadBlocks, unit: "extents",
        "How many extents one read for a checksum fetches; 64 KiB at 8 KiB.",
        source: ProductSource.options + ".", assumedFor: [.v5_0],
        note: "They bound a run whose profile says what a read takes (`diskReadLatency`)."),
      ProductConstant(
        "fullSync.checksumReads", \.fullSync.checksumReads, unit: "reads",
        "How many reads for checksums of one disk run at a time.",
        source: ProductSource.options + ".", assumedFor: [.v5_0],
        note: "They bound a run whose profile says what a read takes (`diskReadLatency`)."),
      ProductConstant(
        "fullSync.checksumReadsPerSlice", \.fullSync.checksumReadsPerSlice, unit: "reads",
        "How many reads for checksums are issued in one time slice.",
        source: ProductSource.options + ".", assumedFor: [.v5_0],
        note: "No run depends on it."),
      ProductConstant(
        "fullSync.regionRequestsInFlight", \.fullSync.regionRequestsInFlight, unit: "requests",
        "How many requests to compare a region may wait for their answer.",
        source: "No source tells; taken is the number of reads in parallel. From 1 to 8 is plausible.",
        .unverified),
      ProductConstant(
        "fullSync.checksumReadLatency", \.fullSync.checksumReadLatency,
        "What one such read takes in the comparison of a seed, both sides counted.",
        source:
          "Broadcom KB 440767: 150 GB are compared in 20 to 40 min: 4.2 to 8.4 ms per 512 KiB.",
        .inferred,
        note: "5 ms give 105 MB/s and 23.8 min. An all-flash datastore reads in 1 ms: 524 MB/s. "
          + "A run goes by `checksumRate` and `diskReadLatency` of its profile."),
      ProductConstant(
        "fullSync.allocationZoneRegions", \.fullSync.allocationZoneRegions, unit: "regions",
        "For how many regions allocation is looked up at once; 64 GiB at 8 KiB.",
        source: ProductSource.options + ".", assumedFor: [.v5_0],
        note: "No run depends on it."),
      ProductConstant(
        "fullSync.usesAllocationInformation", \.fullSync.usesAllocationInformation,
        "Whether what is not allocated is neither read nor compared.",
        source:
          "ESXi advanced setting `HBR.ChecksumUseAllocInfo`; vSphere Replication 8.5: 6.0 on both sides."
      ),
      ProductConstant(
        "fullSync.leavesWritesToDelta", \.fullSync.leavesWritesToDelta,
        "Whether blocks written during a full sync are left to the delta after it.",
        source: ProductSource.option("HbrOptimizeFullSync") + " From 6.5 on."),
      ProductConstant(
        "fullSync.canSwitchOffChecksumInstruction", \.fullSync.canSwitchOffChecksumInstruction,
        "Whether the processor's instruction for CRC-32 can be left unused.",
        source: ProductSource.option("DisableChecksumOffload") + " Up to 7.0.", assumedFor: [.v5_0],
        note: "No run depends on it."),
      ProductConstant(
        "fullSync.hasOptimizedReprotect", \.fullSync.hasOptimizedReprotect,
        "Whether state files made at a planned migration can spare a reprotect the comparison.",
        source:
          "VMware, Site Recovery Manager 8.6, \"Optimized reprotect\"; that it begins with release 8.0 is inferred: "
          + "hosts from 7.0 Update 2 on can do it.", .inferred),
    ]
  }
}
