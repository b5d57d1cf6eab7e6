package import Quantities

extension ProductProfile {
  /// How much one installation supports.
  package struct Limits: Sendable, Hashable {
    /// How many replications one replication server receives.
    package var replicationsPerServer = 200
    /// How many replications one appliance manages.
    package var replicationsPerAppliance: Int
    /// How many of them may have source and target in the same vCenter.
    package var replicationsWithinOneVCenter: Int?
    /// How many replication servers belong to one appliance, its own included.
    package var serversPerAppliance = 10
    /// How many virtual machines are configured in one operation.
    package var machinesPerConfiguration = 20
    /// The largest disk that can be replicated.
    package var diskSizeMaximum: ByteCount
    /// The memory of the appliance.
    package var applianceMemory: ByteCount?
    /// The memory of an additional replication server.
    package var serverMemory: ByteCount?
    /// The larger of the two sizes of the appliance; the other has 2.
    package var applianceProcessorsMaximum = 4

    init(_ release: ProductRelease) {
      replicationsPerAppliance = release >= .v6 ? 2_000 : 500
      replicationsWithinOneVCenter = release >= .v7_0 ? 500 : nil
      diskSizeMaximum = release >= .v6 ? .tebibytes(62) : .tebibytes(2)
      //                               5.0  6.x           7.0           8.0           8.0U3          enhanced
      applianceMemory = release.pick(
        nil, .gibibytes(4), .gibibytes(8), .gibibytes(8), .gibibytes(12), .gibibytes(12))
      serverMemory = release.pick(
        nil, .mebibytes(716), .gibibytes(1), .gibibytes(1), .gibibytes(1), .gibibytes(1))
    }

    static let constants: [ProductConstant] = [
      ProductConstant(
        "limits.replicationsPerServer", \.limits.replicationsPerServer, unit: "replications",
        "How many replications one replication server receives.",
        source: ProductSource.operationalLimits + ".", assumedFor: [.v5_0]),
      ProductConstant(
        "limits.replicationsPerAppliance", \.limits.replicationsPerAppliance, unit: "replications",
        "How many replications one appliance manages.",
        source: ProductSource.operationalLimits + ".", assumedFor: [.v5_0, .v8_0, .v8_0U3, .enhanced],
        note: "Appliances from 8.6 on may manage more (4,000 is said); no source was found."),
      ProductConstant(
        "limits.replicationsWithinOneVCenter", \.limits.replicationsWithinOneVCenter, unit: "replications",
        "How many of them may have source and target in the same vCenter.",
        source: ProductSource.operationalLimits + ".", assumedFor: [.v8_0, .v8_0U3, .enhanced],
        note: "The configuration maximums of 8.3 say 500, its documentation 1,000; the lower is safe."),
      ProductConstant(
        "limits.serversPerAppliance", \.limits.serversPerAppliance, unit: "servers",
        "How many replication servers belong to one appliance, its own included.",
        source: ProductSource.operationalLimits + ": 1 and 9 more.", assumedFor: [.v5_0]),
      ProductConstant(
        "limits.machinesPerConfiguration", \.limits.machinesPerConfiguration, unit: "virtual machines",
        "How many virtual machines are configured in one operation.",
        source: ProductSource.operationalLimits + ".", assumedFor: [.v5_0],
        note: "Appliance 5.5 allowed 30 on vSAN. No run depends on it."),
      ProductConstant(
        "limits.diskSizeMaximum", \.limits.diskSizeMaximum,
        "The largest disk that can be replicated.",
        source: "VMware: 62 TB from ESXi 5.5 on; vSphere counts in powers of two.", assumedFor: [.v5_0],
        note: "Before 5.5 a virtual disk ended just below 2 TB; no source was read."),
      ProductConstant(
        "limits.applianceMemory", \.limits.applianceMemory,
        "The memory of the appliance.",
        source: "VMware, vSphere Replication 6.1, 8.5 and 9.0, system requirements.", assumedFor: [.v8_0]),
      ProductConstant(
        "limits.serverMemory", \.limits.serverMemory,
        "The memory of an additional replication server.",
        source: "VMware, vSphere Replication 6.1, 8.5 and 9.0, system requirements."),
      ProductConstant(
        "limits.applianceProcessorsMaximum", \.limits.applianceProcessorsMaximum, unit: "virtual processors",
        "The larger of the two sizes of the appliance; the other has 2.",
        source: "VMware, vSphere Replication, system requirements.", assumedFor: [.v5_0]),
    ]
  }
}
