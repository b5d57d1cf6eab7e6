package import Quantities

extension ProductProfile {
  /// What the target keeps for an instance.
  package struct Target: Sendable, Hashable {
    /// What the redo log of a disk takes before anything is in it.
    package var emptyRedoLogSize = TargetParameters().emptyRedoLogSize
    /// How long one update of a replica may take before it is reported as slow.
    package var slowUpdateAfter = TimeSpan.seconds(10)
    /// The configuration files of one small virtual machine, sent with every instance.
    package var configurationFilesSize = TargetParameters().configurationSize
    /// What the instance of that machine took on the network when no disk had changed.
    package var idleInstanceSize = ByteCount.bytes(12_599)
    /// The pieces in which configuration files are sent.
    package var configurationChunkSize = TargetParameters().configurationChunkSize
    /// How many points in time are kept besides the latest instance.
    package var pointsInTimeMaximum: Int
    /// Whether a disk can grow under a running machine without a full sync.
    package var growsDisksWithoutFullSync: Bool

    init(_ release: ProductRelease) {
      pointsInTimeMaximum = release.pick(0, 24, 24, 24, 24, 24)
      growsDisksWithoutFullSync = release >= .v7_0
    }

    static let constants: [ProductConstant] = [
      ProductConstant(
        "target.emptyRedoLogSize", \.target.emptyRedoLogSize,
        "What the redo log of a disk takes before anything is in it.",
        source: "virtuallyhyper.com, 2012, on VMFS."),
      ProductConstant(
        "target.slowUpdateAfter", \.target.slowUpdateAfter,
        "How long one update of a replica may take before it is reported as slow.",
        source: "Broadcom KB 414717.",
        note: "No run depends on it."),
      ProductConstant(
        "target.configurationFilesSize", \.target.configurationFilesSize,
        "The configuration files of one small virtual machine, sent with every instance.",
        source: "virtuallyhyper.com, 2012: vmx, vmxf and nvram."),
      ProductConstant(
        "target.idleInstanceSize", \.target.idleInstanceSize,
        "What the instance of that machine took on the network when no disk had changed.",
        source: "virtuallyhyper.com, 2012."),
      ProductConstant(
        "target.configurationChunkSize", \.target.configurationChunkSize,
        "The pieces in which configuration files are sent.",
        source: ProductSource.options + ".", assumedFor: [.v5_0]),
      ProductConstant(
        "target.pointsInTimeMaximum", \.target.pointsInTimeMaximum, unit: "instances",
        "How many points in time are kept besides the latest instance.",
        source: "VMware configuration maximums; vSphere Replication 6.5, p. 7 to 9.", assumedFor: [.v5_0],
        note: "Appliances before 5.5 are taken to keep none. What 8.6 and later allow was not found."),
      ProductConstant(
        "target.growsDisksWithoutFullSync", \.target.growsDisksWithoutFullSync,
        "Whether a disk can grow under a running machine without a full sync.",
        source: "VMware, vSphere Replication 8.4 and 9.0: source hosts from 7.0, target hosts from 6.5 on."),
    ]
  }
}
